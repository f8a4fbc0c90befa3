/*
 * test: what would have been told about these records.
 */
#include "config.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/mem.h"
#include "base/units.h"
#include "ctailctl/ctailctl.h"
#include "ctailctl/loaded.h"
#include "ctailctl/tally.h"
#include "ctailctl/test_samples.h"

#define HOSTNAME_MAX 256
#define LOOK_EVERY 4096 /* records between two looks at the clock */
#define SHOW_EVERY_NS INT64_C(250000000)

static const char usage[] =
    "usage: ctailctl test [--json] [--all] [--unused] [--log NAME] SAMPLE...\n"
    "       ctailctl test [--json] [--all] [--unused] [--log NAME]\n"
    "           --last DURATION\n";

struct test {
	struct tally_options options;
	const char *log;
	int64_t last_ms; /* 0: samples are given */
	const char **samples;
	int sample_count;

	struct loaded loaded;
	char *unpack_program;
	struct unpacker unpacker;
	struct source_log *logs;
	struct test_samples chosen;
	struct readers *readers;
	struct tally tally;
	char hostname[HOSTNAME_MAX];
	bool shows; /* progress, at a terminal */
	int64_t shown_ns;
	bool progress; /* it stands on the terminal now */
	int status;
};

/* The one thing a signal may touch. */
static volatile sig_atomic_t interrupted;

static void
on_interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

static void
catch_interrupt(void)
{
	struct sigaction action = {.sa_handler = on_interrupt};

	/* A second one ends the program at once. */
	action.sa_flags = (int)SA_RESETHAND;
	sigaction(SIGINT, &action, NULL);
}

/* --- The command line ----------------------------------------------------- */

static int
take_last(struct test *test, const char *word)
{
	struct err err = ERR_INIT;

	if (!word) {
		fputs("ctailctl: --last needs a time, like 7d\n", stderr);
		return -1;
	}
	if (duration_parse(span_str(word), &test->last_ms, &err)) {
		diag(DIAG_ERROR, "--last: %s", err.text);
		return -1;
	}
	if (!test->last_ms) {
		diag(DIAG_ERROR, "--last: 0 is no time to look back");
		return -1;
	}
	return 0;
}

static int
take_option(struct test *test, const char *const *argv, int *at)
{
	const char *word = argv[*at], *next = argv[*at + 1];

	if (!strcmp(word, "--json")) {
		test->options.json = true;
	} else if (!strcmp(word, "--all")) {
		test->options.all = true;
	} else if (!strcmp(word, "--unused")) {
		test->options.unused = true;
	} else if (!strcmp(word, "--log")) {
		test->log = next;
		++*at;
		if (!next)
			fputs("ctailctl: --log needs a name\n", stderr);
		return next ? 0 : -1;
	} else if (!strcmp(word, "--last")) {
		++*at;
		return take_last(test, next);
	} else {
		fprintf(stderr, "ctailctl: test has no option `%s'\n%s", word,
		    usage);
		return -1;
	}
	return 0;
}

/* Options may follow samples, as people write them; `--' ends them. */
static int
parse(struct test *test, int argc, const char *const *argv)
{
	bool options = true;

	test->samples = xcalloc((size_t)argc + 1, sizeof(*test->samples));
	for (int at = 0; at < argc; at++) {
		if (options && !strcmp(argv[at], "--"))
			options = false;
		else if (!options || argv[at][0] != '-' || !argv[at][1])
			test->samples[test->sample_count++] = argv[at];
		else if (take_option(test, argv, &at))
			return EX_USAGE;
	}
	if ((test->sample_count > 0) == (test->last_ms > 0)) {
		fputs(usage, stderr);
		return EX_USAGE;
	}
	return EX_OK;
}

/* --- Making ready --------------------------------------------------------- */

static void
make_logs(struct test *test, const struct agent_options *options)
{
	const struct plan *plan = test->loaded.plan;
	struct buf program = BUF_INIT;

	buf_addf(&program, "%s/ctail-unpack",
	    options->libexec ? options->libexec : CTAIL_LIBEXECDIR);
	test->unpack_program = buf_take(&program);
	test->unpacker = (struct unpacker){.program = test->unpack_program};
	test->logs = xcalloc(plan->log_count + 1, sizeof(*test->logs));
	for (size_t i = 0; i < plan->log_count; i++)
		test->logs[i] = (struct source_log){.name = plan->logs[i].name,
		    .settings = plan->logs[i].settings,
		    .unpacker = &test->unpacker,
		    .group = plan->logs[i].group};
	if (gethostname(test->hostname, sizeof(test->hostname)))
		snprintf(test->hostname, sizeof(test->hostname), "localhost");
	test->hostname[sizeof(test->hostname) - 1] = '\0';
}

static int
choose(struct test *test)
{
	struct err err = ERR_INIT;
	int result = 0;

	test_samples_init(&test->chosen, test->loaded.plan, test->logs);
	if (test->last_ms)
		result = test_samples_add_logs(&test->chosen, test->log, &err);
	for (int i = 0; i < test->sample_count && !result; i++)
		result = test_samples_add(
		    &test->chosen, test->samples[i], test->log, &err);
	if (!result && !test->chosen.count)
		result = err_set(&err, "no log is there to be read");
	if (!result)
		return EX_OK;
	diag(DIAG_ERROR, "%s", err.text);
	return test->last_ms || test->log ? EX_NOINPUT : EX_USAGE;
}

static void
say_journals(const struct test *test)
{
	const struct plan *plan = test->loaded.plan;

	for (size_t i = 0; i < plan->log_count && test->last_ms; i++)
		if (plan->logs[i].settings->journal.count)
			diag(DIAG_NOTICE,
			    "log %s is a journal, which cannot "
			    "be read back here",
			    plan->logs[i].name);
}

static int
begin(struct test *test)
{
	int64_t now_ms = clock_wall_ms();
	struct readers_spec spec = {.plan = test->loaded.plan,
	    .logs = test->logs,
	    .latest_ms = test->chosen.newest_ms};
	struct err err = ERR_INIT;

	tally_init(&test->tally, spec.plan, test->hostname, spec.latest_ms,
	    test->options, test->chosen.logs_read);
	test->tally.progress = &test->progress;
	if (test->last_ms) {
		spec.since_ms = now_ms - test->last_ms;
		test->tally.length_ms = test->last_ms;
		if (test->chosen.is_new) {
			test->tally.learn_before_ms = spec.since_ms;
			spec.since_ms -= test->last_ms;
		}
	}
	test->readers =
	    readers_new(&spec, test->chosen.list, test->chosen.count, &err);
	if (test->readers)
		return EX_OK;
	diag(DIAG_ERROR, "%s", err.text);
	return EX_OSERR;
}

/* --- Reading -------------------------------------------------------------- */

static void
show_progress(struct test *test)
{
	int64_t now_ns = clock_boot_ns();
	int64_t spent_ms = (now_ns - test->tally.begun_ns) / 1000000 + 1;
	uint64_t done, size;

	if (now_ns - test->shown_ns < SHOW_EVERY_NS)
		return;
	test->shown_ns = now_ns;
	test->progress = true;
	readers_progress(test->readers, &done, &size);
	fputs("\r", stderr);
	if (size && done <= size)
		fprintf(stderr, "%3" PRIu64 " %%  ", done * 100 / size);
	fprintf(stderr, "%" PRIu64 " records, %" PRIu64 " a second\033[K",
	    test->tally.records,
	    test->tally.records * 1000 / (uint64_t)spent_ms);
}

static void
on_sentence(void *arg, bool failed, const char *text)
{
	struct test *test = arg;

	diag(failed ? DIAG_ERROR : DIAG_WARNING, "%s", text);
	if (failed)
		test->status = EX_DATAERR;
}

static void
read_all(struct test *test)
{
	struct record record;
	int got = 1;

	while (!interrupted && !ferror(stdout) &&
	       (got = readers_next(test->readers, &record))) {
		if (got < 0)
			continue;
		tally_record(&test->tally, &record);
		if (test->shows && !(test->tally.records % LOOK_EVERY))
			show_progress(test);
	}
	test->tally.stopped = interrupted;
	if (test->progress)
		fputs("\r\033[K", stderr);
	test->progress = false;
	tally_end(&test->tally);
}

/* A line is written over with an escape sequence. */
static bool
has_progress(void)
{
	const char *term = getenv("TERM");

	return isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
}

/* Zeros alone look like rules that do not match. */
static void
say_nothing_read(const struct test *test)
{
	char span[UNITS_TEXT_MAX];

	if (!test->last_ms || test->tally.records || test->tally.learned ||
	    interrupted)
		return;
	duration_format(test->last_ms, span);
	diag(DIAG_NOTICE, "these logs have no record of the last %s", span);
}

static void
run(struct test *test)
{
	test->shows = has_progress();
	catch_interrupt();
	read_all(test);
	readers_sentences(test->readers, on_sentence, test);
	say_nothing_read(test);
	if (test->status && !test->tally.records)
		return;
	if (test->options.json)
		tally_report_json(&test->tally);
	else
		tally_report(&test->tally);
}

static void
release(struct test *test)
{
	if (test->readers)
		readers_free(test->readers);
	if (test->tally.plan)
		tally_release(&test->tally);
	if (test->chosen.plan)
		test_samples_release(&test->chosen);
	free(test->logs);
	free(test->samples);
	free(test->unpack_program);
	loaded_release(&test->loaded);
}

int
ctailctl_test(
    const struct agent_options *options, int argc, const char *const *argv)
{
	struct test test = {.status = EX_OK};

	test.status = parse(&test, argc, argv);
	if (test.status) {
		free(test.samples);
		return test.status;
	}
	loaded_read(&test.loaded, options, NULL);
	if (loaded_compile(&test.loaded)) {
		loaded_print_errors(&test.loaded);
		test.status = EX_CONFIG;
	} else {
		loaded_tell_skipped(&test.loaded);
		make_logs(&test, options);
		say_journals(&test);
		test.status = choose(&test);
	}
	if (!test.status)
		test.status = begin(&test);
	if (!test.status)
		run(&test);
	release(&test);
	return test.status;
}
