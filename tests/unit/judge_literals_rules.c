/*
 * judge_literals_rules: literals of rules that people really use.
 *
 * Debian's logcheck rules, translated as ctail translates them, against lines
 * written along them and against logs; or any file of PCRE2 patterns, one a
 * line (fail2ban's, expanded by its own tools: tests/cli/prefilter_rules.t).
 *
 *	judge_literals_rules [--patterns FILE] [LOG...]
 *
 * Without --patterns the rules are those that `./bootstrap check` unpacked,
 * under $CTAIL_PEERS, or those in /etc/logcheck.
 */
#include "config.h"

#include <dirent.h>
#include <stdlib.h>
#include <time.h>

#include "base/durable.h"
#include "base/mem.h"
#include "judge/pattern_file.h"
#include "literals_check.h"
#include "pattern_sample.h"
#include "tap.h"

#define LINES_EACH 6
#define LOG_LINES_MAX 400 /* of each log, spread over it */

struct rules {
	struct buf texts; /* each ends with a NUL */
	size_t count;
	struct rarity *rarity;
	struct pattern_scratch *scratch;
	struct literals_tally tally;
	uint64_t chance;
	struct buf log; /* lines that all rules are asked of */
};

static void
rules_add(
    void *arg, struct origin origin, const char *pattern, const char *mistake)
{
	struct rules *rules = arg;

	(void)origin;
	(void)mistake;
	if (!pattern)
		return;
	buf_add(&rules->texts, pattern, strlen(pattern) + 1);
	rules->count++;
}

static void
rules_directory(struct rules *rules, const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;

	while (directory && (entry = readdir(directory))) {
		struct buf bytes = BUF_INIT;
		char file[1024];

		snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		if (pattern_file_name_counts(span_str(entry->d_name)) &&
		    !durable_read(file, PATTERN_FILE_BYTES_MAX, &bytes, NULL))
			pattern_file_each(
			    file, buf_span(&bytes), rules_add, rules);
		buf_release(&bytes);
	}
	if (directory)
		closedir(directory);
}

static void
rules_logcheck(struct rules *rules)
{
	static const char *const names[] = {"cracking.d", "violations.d",
	    "violations.ignore.d", "ignore.d.paranoid", "ignore.d.server",
	    "ignore.d.workstation"};
	const char *peers = getenv("CTAIL_PEERS");
	char path[1024];
	size_t i;

	if (!peers)
		peers = "peers"; /* of the build */
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/root/etc/logcheck/%s", peers,
		    names[i]);
		rules_directory(rules, path);
	}
	for (i = 0; !rules->count && i < sizeof(names) / sizeof(names[0]);
	     i++) {
		snprintf(path, sizeof(path), "/etc/logcheck/%s", names[i]);
		rules_directory(rules, path);
	}
}

static void
each_line(
    struct span bytes, void (*each)(void *arg, struct span line), void *arg)
{
	while (bytes.len) {
		const char *end = memchr(bytes.data, '\n', bytes.len);
		size_t len = end ? (size_t)(end - bytes.data) : bytes.len;

		each(arg, span_of(bytes.data, len));
		len += end != NULL;
		bytes = span_of(bytes.data + len, bytes.len - len);
	}
}

static void
rules_pattern(void *arg, struct span line)
{
	struct origin origin = {NULL, 0};
	char *pattern = xstrndup(line.data, line.len);

	rules_add(arg, origin, line.len ? pattern : NULL, NULL);
	free(pattern);
}

static void
rules_log(struct rules *rules, const char *file)
{
	struct buf bytes = BUF_INIT;
	struct err err = ERR_INIT;
	size_t step, at = 0, lines;

	if (durable_read(file, 64 * 1024 * 1024, &bytes, &err)) {
		OK(false, "%s", err.text);
		return;
	}
	rarity_learn(rules->rarity, buf_span(&bytes));
	step = bytes.len / LOG_LINES_MAX + 1;
	for (lines = 0; lines < LOG_LINES_MAX && at < bytes.len; lines++) {
		const char *end = memchr(bytes.data + at, '\n', bytes.len - at);
		size_t len =
		    end ? (size_t)(end - bytes.data) - at : bytes.len - at;

		buf_add(&rules->log, bytes.data + at, len);
		buf_add_byte(&rules->log, '\n');
		at += len + 1;
		while (at < bytes.len && at < (lines + 1) * step) {
			end = memchr(bytes.data + at, '\n', bytes.len - at);
			at = end ? (size_t)(end - bytes.data) + 1 : bytes.len;
		}
	}
	buf_release(&bytes);
}

struct asked {
	struct rules *rules;
	const struct pattern *pattern;
	const struct literals *literals;
};

static void
ask(void *arg, struct span line)
{
	struct asked *asked = arg;
	struct rules *rules = asked->rules;

	literals_check(asked->pattern, 0, rules->scratch, asked->literals, line,
	    &rules->tally);
}

static void
rules_try(struct rules *rules, const char *text)
{
	struct literals literals;
	struct err err = ERR_INIT;
	struct pattern *pattern = pattern_new(text, 0, &err);
	struct buf line = BUF_INIT;
	unsigned i;

	literals_find(text, 0, rules->rarity, &literals);
	if (!pattern) {
		printf("# refused: %s: %s\n", text, err.text);
		return;
	}
	rules->tally.patterns++;
	rules->tally.with += literals.count > 0;
	if (!literals.count)
		printf("# none: %s\n", text);
	for (i = 0; i < literals.count && literals.of[i].len >= 4; i++)
		;
	rules->tally.short_ones += i < literals.count;
	for (i = 0; literals.count && i < LINES_EACH; i++) {
		buf_reset(&line);
		pattern_sample(text, false, false, &rules->chance, &line);
		literals_check(pattern, 0, rules->scratch, &literals,
		    buf_span(&line), &rules->tally);
		literals_check_broken(pattern, 0, rules->scratch, &literals,
		    buf_span(&line), rules->chance, &rules->tally);
	}
	if (literals.count)
		each_line(buf_span(&rules->log), ask,
		    &(struct asked){rules, pattern, &literals});
	buf_release(&line);
	pattern_free(pattern);
}

/* How long it takes for all of them: told, not judged. */
static void
rules_time(struct rules *rules)
{
	struct literals literals;
	const char *at = rules->texts.data;
	clock_t began = clock();
	size_t i;

	for (i = 0; i < rules->count; i++, at += strlen(at) + 1)
		literals_find(at, 0, rules->rarity, &literals);
	printf("# literals of %zu patterns found in %ld us\n", rules->count,
	    (long)(clock() - began) * 1000000L / CLOCKS_PER_SEC);
}

static void
rules_all(struct rules *rules)
{
	const struct literals_tally *tally = &rules->tally;
	const char *at = rules->texts.data;
	size_t i;

	rules_time(rules);
	for (i = 0; i < rules->count; i++, at += strlen(at) + 1)
		rules_try(rules, at);
	printf("# %u patterns, %u with literals, %u of these under four "
	       "bytes; %u lines, %u matched, %u that only a literal decided\n",
	    tally->patterns, tally->with, tally->short_ones, tally->lines,
	    tally->matched, tally->undecided);
	OK(tally->wrong == 0, "no match without a literal");
	OK(tally->matched > tally->patterns, "the lines do match");
	OK(tally->with * 100 >= tally->patterns * 90,
	    "nine of ten patterns have literals");
}

int
main(int argc, char **argv)
{
	struct rules rules = {.chance = 88172645463325252u};
	struct buf bytes = BUF_INIT;
	struct err err = ERR_INIT;
	int i = 1;

	rules.rarity = rarity_new();
	rules.scratch = pattern_scratch_new();
	if (argc > 2 && !strcmp(argv[1], "--patterns")) {
		i = 3;
		if (durable_read(argv[2], PATTERN_FILE_BYTES_MAX, &bytes, &err))
			OK(false, "%s", err.text);
		each_line(buf_span(&bytes), rules_pattern, &rules);
	} else
		rules_logcheck(&rules);
	for (; i < argc; i++)
		rules_log(&rules, argv[i]);
	if (rules.count)
		rules_all(&rules);
	else
		tap_skip("no match without a literal",
		    "logcheck's rules are not here");
	buf_release(&bytes);
	buf_release(&rules.texts);
	buf_release(&rules.log);
	rarity_free(rules.rarity);
	pattern_scratch_free(rules.scratch);
	return tap_done();
}
