/*
 * learn: patterns that exclude lines of the same shape, ready to paste: for a
 * [rule] as `exclude', for a [logcheck] as a line of a rule file.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/map.h"
#include "ctailctl/ctailctl.h"
#include "ctailctl/loaded.h"
#include "ctaild/alert_build.h"
#include "judge/posix.h"
#include "judge/redact.h"
#include "judge/shape.h"

struct learning {
	struct loaded loaded;
	struct pattern_scratch *scratch;
	struct map *known; /* patterns that were written */
	int failed;	   /* an exit status; 0: no line has */
};

/* Such a pattern is one of bytes, whose blanks are blanks. */
static void
print_flags(const struct rule_settings *settings)
{
	if (settings->flags & PATTERN_EXTENDED)
		fputs("# (its flags have `extended': write each blank as "
		      "\\x20, and # as \\#)\n",
		    stdout);
	if (settings->flags & PATTERN_UTF)
		fputs("# (its flags have `utf': bytes above 7f, as \\xNN, "
		      "must become characters)\n",
		    stdout);
}

static void
print_rule(const struct learning *learning, size_t i)
{
	const struct conf_section *section;

	section = conf_section(learning->loaded.conf, &rule_setting_table, i);
	printf("# for [rule %s], %s:%u\n", section->name,
	    section->origin.file ? section->origin.file : "?",
	    section->origin.line);
	print_flags(section->settings);
}

/* What is to be written for a line: under which rules it is found at present,
 * and in which reports. */
struct found {
	bool by_rule, by_report;
};

/* Where a [logcheck] looks for what is not to be told. */
static void
print_report(const struct plan_rule *planned)
{
	const struct logcheck_settings *settings = planned->report->settings;
	const char *directory =
	    planned->layer == LOGCHECK_SYSTEM
		? logcheck_level_directory(settings->level, 0)
		: logcheck_ignore_directory(planned->layer);
	bool counts =
	    planned->layer != LOGCHECK_ALERTS || settings->cracking_ignore;

	printf("# for %s/%s/local%s, of [logcheck %s]\n", settings->rules,
	    directory, counts ? "" : " with cracking_ignore = yes",
	    planned->report->name);
}

static bool
is_found(struct learning *learning, const struct plan_rule *planned,
    struct span line)
{
	struct rule_match match;

	rule_try(planned->rule, learning->scratch, NULL,
	    planned->report ? logcheck_line(line) : line, &match);
	return match.matched;
}

/* Of the parts of a report those of a layer have one place. */
static void
print_rules(struct learning *learning, struct span line, bool of_reports,
    struct found *found)
{
	const struct plan *plan = learning->loaded.plan;
	const struct plan_rule *before = NULL;

	for (size_t i = 0; plan && i < plan->rule_count; i++) {
		const struct plan_rule *planned = &plan->rules[i];

		if (of_reports != (planned->report != NULL) ||
		    !is_found(learning, planned, line))
			continue;
		if (!planned->report)
			print_rule(learning, i);
		else if (!before || before->report != planned->report ||
			 before->layer != planned->layer)
			print_report(planned);
		before = planned;
		*(of_reports ? &found->by_report : &found->by_rule) = true;
	}
}

static bool
holds(struct learning *learning, const char *text, struct span line)
{
	struct err err = ERR_INIT;
	struct pattern *pattern = pattern_new(text, 0, &err);
	bool matches;

	if (!pattern) {
		diag(DIAG_ERROR,
		    "the pattern for this line is none (%s); "
		    "please report it: %s",
		    err.text, text);
		return false;
	}
	matches = pattern_match(pattern, learning->scratch, line, NULL) ==
		  PATTERN_YES;
	pattern_free(pattern);
	if (!matches)
		diag(DIAG_ERROR,
		    "the pattern for this line does not match "
		    "it; please report it: %s",
		    text);
	return matches;
}

/* The masked copy, by the `redact' of every log; false when one of them takes
 * too long. */
static bool
mask(struct learning *learning, struct buf *text)
{
	const struct plan *plan = learning->loaded.plan;
	bool withheld = false;

	for (size_t i = 0; plan && i < plan->log_count && !withheld; i++) {
		struct buf copy = BUF_INIT;
		struct span shown = redact_text(plan->logs[i].redact,
		    learning->scratch, NULL, buf_span(text), &copy, &withheld);

		if (shown.data != text->data) {
			buf_reset(text);
			buf_add_span(text, shown);
		}
		buf_release(&copy);
	}
	return !withheld;
}

/* What is redacted must not get into a configuration either. */
static void
write_shape(struct span text, bool masked, struct buf *out)
{
	struct buf pattern = BUF_INIT;

	shape_pattern(text, &pattern);
	if (masked)
		alert_open_masks(buf_span(&pattern), out);
	else
		buf_add_span(out, buf_span(&pattern));
	buf_release(&pattern);
}

/* Nothing, where nothing else is left of the line. */
static void
make_pattern(struct learning *learning, struct span line, struct buf *out)
{
	struct buf text = BUF_INIT;

	buf_add_span(&text, line);
	if (mask(learning, &text))
		write_shape(buf_span(&text),
		    !span_equal(buf_span(&text), line), out);
	if (span_is(buf_span(out), "^.+$"))
		buf_reset(out);
	if (!out->len)
		diag(DIAG_ERROR, "nothing is learned from a line that `redact' "
				 "hides as a whole");
	buf_release(&text);
}

/* The time and the host are written as in all of logcheck's files; what of
 * them `redact' hides is no time and no host. */
static int
make_rule(struct learning *learning, struct span line, struct buf *out)
{
	struct buf text = BUF_INIT, pattern = BUF_INIT;
	struct span rest;
	size_t prefix;
	int result = -1;

	buf_add_span(&text, line);
	if (mask(learning, &text)) {
		prefix = logcheck_prefix(buf_span(&text));
		rest = span_of(text.data + prefix, text.len - prefix);
		write_shape(
		    rest, !span_equal(buf_span(&text), line), &pattern);
		if (prefix)
			buf_add_str(out, logcheck_prefix_rule);
		result = posix_write(span_of(pattern.data + (prefix > 0),
					 pattern.len - (prefix > 0)),
		    out);
	}
	buf_release(&pattern);
	buf_release(&text);
	return result;
}

static void
print_pattern(struct learning *learning, const struct buf *pattern,
    struct span line)
{
	if (holds(learning, pattern->data, line))
		printf("exclude = %s\n", pattern->data);
	else
		learning->failed = EX_SOFTWARE;
}

static void
print_posix(struct learning *learning, struct span line)
{
	struct buf rule = BUF_INIT, pattern = BUF_INIT;
	struct err err = ERR_INIT;

	if (memchr(line.data, '\n', line.len) ||
	    make_rule(learning, line, &rule)) {
		diag(DIAG_ERROR,
		    "a record of several lines is beyond rule files");
		learning->failed = EX_DATAERR;
	} else if (posix_translate(buf_span(&rule), &pattern, &err)) {
		diag(DIAG_ERROR, "%s; please report it: %s", err.text,
		    buf_str(&rule));
		learning->failed = EX_SOFTWARE;
	} else if (holds(learning, buf_str(&pattern), line)) {
		printf("%s\n", buf_str(&rule));
	} else {
		learning->failed = EX_SOFTWARE;
	}
	buf_release(&pattern);
	buf_release(&rule);
}

/* Then nobody has an `exclude' to paste to. */
static bool
has_reports_only(const struct plan *plan)
{
	return plan && plan->rule_count && plan->rules[0].report;
}

static void
print_line(struct learning *learning, const struct buf *pattern,
    struct span line)
{
	bool only = has_reports_only(learning->loaded.plan);
	struct found found = {false, false};

	print_rules(learning, line, true, &found);
	if (only && !found.by_report)
		puts("# no [logcheck] reports it at present");
	if (only || found.by_report)
		print_posix(learning, logcheck_line(line));
	if (only)
		return;
	print_rules(learning, line, false, &found);
	if (found.by_rule || !found.by_report)
		print_pattern(learning, pattern, line);
}

static void
learn_line(struct learning *learning, struct span line)
{
	struct buf pattern = BUF_INIT;

	if (line.len && line.data[line.len - 1] == '\n')
		line.len--;
	if (line.len && line.data[line.len - 1] == '\r')
		line.len--;
	if (!line.len)
		return;
	make_pattern(learning, line, &pattern);
	if (!pattern.len) {
		learning->failed = EX_DATAERR;
		buf_release(&pattern);
		return;
	}
	if (map_get(learning->known, buf_span(&pattern))) {
		buf_release(&pattern);
		return;
	}
	map_put(learning->known, buf_span(&pattern), learning);
	buf_str(&pattern);
	print_line(learning, &pattern, line);
	buf_release(&pattern);
}

static int
learn_input(struct learning *learning)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;
	int failed;

	while ((len = getline(&line, &cap, stdin)) >= 0)
		learn_line(learning, span_of(line, (size_t)len));
	free(line);
	failed = ferror(stdin);
	if (failed)
		diag(DIAG_ERROR, "standard input cannot be read");
	return failed ? EX_IOERR : EX_OK;
}

/* Without one the patterns are as good. */
static int
load(struct learning *learning, const struct agent_options *options)
{
	loaded_read(&learning->loaded, options, NULL);
	if (!loaded_compile(&learning->loaded) || !options->config) {
		loaded_tell_skipped(&learning->loaded);
		return EX_OK;
	}
	loaded_print_errors(&learning->loaded);
	return EX_CONFIG;
}

/* What is left are lines. */
static bool
is_usable(int *argc, const char *const **argv)
{
	bool ended = *argc && !strcmp((*argv)[0], "--");

	*argc -= ended;
	*argv += ended;
	if (!*argc) {
		fputs("usage: ctailctl learn LINE... | -\n", stderr);
	} else if (!ended && !strncmp((*argv)[0], "--", 2)) {
		diag(DIAG_ERROR,
		    "learn has no option `%.40s'; a line that begins so is "
		    "written behind `--'",
		    (*argv)[0]);
		return false;
	}
	return *argc > 0;
}

int
ctailctl_learn(
    const struct agent_options *options, int argc, const char *const *argv)
{
	struct learning learning = {.known = map_new()};
	int status;

	if (!is_usable(&argc, &argv))
		argc = 0;
	status = argc ? load(&learning, options) : EX_USAGE;
	learning.scratch = pattern_scratch_new();
	pattern_scratch_clock(learning.scratch, clock_boot_ms);
	if (!status && argc == 1 && !strcmp(argv[0], "-"))
		status = learn_input(&learning);
	else
		for (int i = 0; !status && i < argc; i++)
			learn_line(&learning, span_str(argv[i]));
	if (!status)
		status = learning.failed;
	pattern_scratch_free(learning.scratch);
	map_free(learning.known, NULL);
	if (argc)
		loaded_release(&learning.loaded);
	return status;
}
