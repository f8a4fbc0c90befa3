/*
 * Rules with and without a filter: the same results, in every detail.
 *
 * First a few rules made up for it; then Debian's logcheck rules as the
 * `exclude' and the `match' of one, against lines written along them and
 * against the logs that are named as arguments; then sets of them of several
 * sizes, by record and by block, with each engine.  The rules are those that
 * `./bootstrap check' unpacked, under $CTAIL_PEERS; or any file of PCRE2
 * patterns, one a line (fail2ban's: tests/cli/prefilter_rules.t).
 *
 *	judge_prefilter_rules [--patterns FILE] [LOG...]
 */
#include "config.h"

#include <dirent.h>

#include "base/durable.h"
#include "base/mem.h"
#include "judge/pattern_file.h"
#include "differential.h"
#include "judge/prefilter.h"
#include "pattern_sample.h"
#include "rule.h"

#define LOG_LINES_MAX 300
#define SAMPLES_EVERY 7 /* one of so many patterns has a line written */

/* A rule, and the filter over it. */
struct filtered {
	struct fixture with; /* .match: what the filtered rule says */
	struct rule_match without;
	struct prefilter *filter;
	struct candidates *found;
	size_t lines, matched, excluded;
};

static void
filtered_make(struct filtered *f, enum prefilter_engine engine)
{
	size_t count = rule_pattern_count(f->with.rule);
	struct prefilter_pattern *patterns = xcalloc(count, sizeof(*patterns));
	struct rarity *rarity = rarity_new();
	const struct pattern *pattern;
	enum rule_list list;
	struct origin origin;

	for (size_t i = 0;
	     (pattern = rule_pattern(f->with.rule, i, &list, &origin)); i++)
		patterns[i] = (struct prefilter_pattern){
		    pattern_text(pattern), pattern_flags(pattern)};
	f->filter = prefilter_new(patterns, count, rarity, engine);
	f->found = prefilter_candidates_new(f->filter);
	rarity_free(rarity);
	free(patterns);
}

static void
filtered_unmake(struct filtered *f)
{
	candidates_free(f->found);
	prefilter_free(f->filter);
}

static bool
same_captures(const struct captures *a, const struct captures *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (a->groups[i].data != b->groups[i].data ||
		    a->groups[i].len != b->groups[i].len)
			return false;
	return true;
}

static bool
same_match(const struct rule_match *a, const struct rule_match *b)
{
	return a->matched == b->matched && a->excluded == b->excluded &&
	       a->undecided == b->undecided && a->by == b->by &&
	       a->origin.line == b->origin.line &&
	       a->excluded_by == b->excluded_by &&
	       a->excluded_origin.line == b->excluded_origin.line &&
	       same_captures(&a->captures, &b->captures);
}

static bool
filtered_same(struct filtered *f, struct span line)
{
	struct rule_candidates candidates = {f->found, 0};
	const struct rule *rule = f->with.rule;
	bool same;

	prefilter_search(f->filter, line, f->found);
	rule_try(rule, f->with.scratch, NULL, line, &f->without);
	rule_try_candidates(
	    rule, &candidates, f->with.scratch, NULL, line, &f->with.match);
	same = same_match(&f->without, &f->with.match);
	f->lines++;
	f->matched += f->without.matched;
	f->excluded += f->without.excluded;
	rule_try_close(rule, f->with.scratch, NULL, line, &f->without);
	rule_try_close_candidates(
	    rule, &candidates, f->with.scratch, NULL, line, &f->with.match);
	same = same && same_match(&f->without, &f->with.match);
	if (!same)
		printf("# differs: %.*s\n", (int)line.len, line.data);
	return same;
}

/* --- A rule made up ------------------------------------------------------- */

static void
test_a_rule(void)
{
	static const char *const lines[] = {"", "x", "login failed for ann",
	    "login failed for root", "login FAILED for bob from cron",
	    "logged in: ann", "42", "login ok", "two\nlogin failed for x\n",
	    "disk full 7", "cron disk full 8"};
	struct filtered f = {.filter = NULL};
	bool same = true;

	fixture_init(&f.with);
	fixture_set(&f.with, "match", "failed for (?<who>\\w+)");
	fixture_set(&f.with, "match", "(?i)failed for (?<who>\\w+)");
	fixture_set(&f.with, "match", "^\\d+$");
	fixture_set(&f.with, "match", "disk full (\\d)");
	fixture_set(&f.with, "exclude", "root");
	fixture_set(&f.with, "exclude", "cron");
	fixture_set(&f.with, "close", "logged in: (?<who>\\w+)|login ok");
	OK(fixture_make(&f.with), "a rule with several of each kind is made");
	filtered_make(&f, PREFILTER_AUTO);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		same &= filtered_same(&f, span_str(lines[i]));
	OK(same && f.matched == 4 && f.excluded == 3,
	    "it says the same of each record with a filter");
	filtered_unmake(&f);
	fixture_release(&f.with);
}

/* A pattern that is ruled out is not tried, whatever it would do. */
static void
test_not_tried(void)
{
	struct candidates *none = candidates_new(3);
	struct rule_candidates behind = {none, 1};
	struct fixture f;

	fixture_init(&f);
	fixture_set(&f, "match", "a");
	fixture_set(&f, "exclude", "b");
	OK(fixture_make(&f), "a rule whose patterns have the numbers 1 and 2");
	rule_try_candidates(
	    f.rule, &behind, f.scratch, NULL, span_str("ab"), &f.match);
	OK(!f.match.matched && !f.match.excluded,
	    "without candidates, nothing matches");
	candidates_add(none, 1);
	rule_try_candidates(
	    f.rule, &behind, f.scratch, NULL, span_str("ab"), &f.match);
	OK(f.match.matched, "the candidate does");
	candidates_add(none, 2);
	rule_try_candidates(
	    f.rule, &behind, f.scratch, NULL, span_str("ab"), &f.match);
	OK(f.match.excluded, "and the other one excludes");
	candidates_free(none);
	fixture_release(&f);
}

/* --- logcheck's ----------------------------------------------------------- */

static void
add_item(
    void *arg, struct origin origin, const char *pattern, const char *mistake)
{
	struct setting_list *list = arg;

	(void)mistake;
	if (!pattern)
		return;
	list->items = xreallocarray(
	    list->items, list->count + 1, sizeof(*list->items));
	list->items[list->count++] =
	    (struct setting_item){xstrdup(pattern), origin};
}

static void
read_directory(const char *path, struct setting_list *list)
{
	DIR *directory = opendir(path);
	struct dirent *entry;

	while (directory && (entry = readdir(directory))) {
		struct buf bytes = BUF_INIT;
		char file[1400];

		snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		if (pattern_file_name_counts(span_str(entry->d_name)) &&
		    !durable_read(file, PATTERN_FILE_BYTES_MAX, &bytes, NULL))
			pattern_file_each(
			    NULL, buf_span(&bytes), add_item, list);
		buf_release(&bytes);
	}
	if (directory)
		closedir(directory);
}

static void
read_logcheck(struct setting_list *list)
{
	static const char *const names[] = {"cracking.d", "violations.d",
	    "violations.ignore.d", "ignore.d.paranoid", "ignore.d.server",
	    "ignore.d.workstation"};
	const char *peers = getenv("CTAIL_PEERS");
	char path[1024];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(path, sizeof(path), "%s/root/etc/logcheck/%s",
		    peers ? peers : "peers", names[i]);
		read_directory(path, list);
	}
}

static void
add_log(struct buf *lines, const char *path)
{
	struct buf bytes = BUF_INIT;
	size_t used = 0, count = 0;

	if (durable_read(path, PATTERN_FILE_BYTES_MAX, &bytes, NULL))
		printf("# %s cannot be read\n", path);
	while (used < bytes.len && count++ < LOG_LINES_MAX) {
		const char *begin = buf_str(&bytes) + used;
		size_t len = strcspn(begin, "\n");

		buf_add(lines, begin, len);
		buf_add_byte(lines, '\n');
		used += len + 1;
	}
	buf_release(&bytes);
}

static void
add_samples(struct buf *lines, const struct setting_list *list)
{
	uint64_t chance = 20261122;
	struct buf line = BUF_INIT;

	for (size_t i = 0; i < list->count; i += SAMPLES_EVERY) {
		buf_reset(&line);
		pattern_sample(
		    list->items[i].text, false, false, &chance, &line);
		if (memchr(buf_str(&line), '\n', line.len))
			continue;
		buf_add_span(lines, buf_span(&line));
		buf_add_byte(lines, '\n');
	}
	buf_release(&line);
}

static bool
all_same(struct filtered *f, struct span lines)
{
	bool same = true;

	while (lines.len && same) {
		const char *end = memchr(lines.data, '\n', lines.len);
		size_t len = (size_t)(end - lines.data);

		same = filtered_same(f, span_of(lines.data, len));
		lines = span_of(end + 1, lines.len - len - 1);
	}
	return same;
}

static void
test_logcheck(const struct setting_list *list, bool excludes,
    struct span lines, enum prefilter_engine engine)
{
	struct filtered f = {.filter = NULL};
	bool same;

	fixture_init(&f.with);
	fixture_set(&f.with, "match", excludes ? "." : "never seen");
	if (excludes)
		f.with.files.exclude = *list;
	else
		f.with.files.match = *list;
	fixture_make(&f.with);
	filtered_make(&f, engine);
	same = all_same(&f, lines);
	OK(same && f.excluded + f.matched > list->count / SAMPLES_EVERY / 2,
	    "%zu logcheck rules that %s, engine %d: the same of %zu lines, "
	    "of which %zu match and %zu are excluded",
	    list->count, excludes ? "exclude" : "match", (int)engine, f.lines,
	    f.matched, f.excluded);
	filtered_unmake(&f);
	fixture_release(&f.with);
}

/* --- Sets of them --------------------------------------------------------- */

/* Lines along some of them, and a stretch of the others' and the logs'. */
static void
set_lines(struct differential *d, struct span lines, size_t most)
{
	struct buf line = BUF_INIT;
	size_t step = d->count / most + 1;
	size_t at = differential_pick(d, (unsigned)lines.len + 1);

	for (size_t i = differential_pick(d, (unsigned)step); i < d->count;
	     i += step) {
		buf_reset(&line);
		pattern_sample(pattern_text(d->compiled[i]), false, false,
		    &d->chance, &line);
		differential_line(d, buf_span(&line));
	}
	while (d->line_count < 2 * most && at < lines.len) {
		const char *end = memchr(lines.data + at, '\n', lines.len - at);
		size_t to = end ? (size_t)(end - lines.data) : lines.len;

		differential_line(d, span_of(lines.data + at, to - at));
		at = to + 1;
	}
	buf_release(&line);
}

/* So many, from a place of the list by chance on. */
static void
try_set(struct differential *d, const struct setting_list *list,
    struct span lines, size_t size)
{
	size_t first = differential_pick(d, (unsigned)list->count);

	differential_clear(d);
	for (size_t i = 0; i < size && i < list->count; i++)
		differential_pattern(
		    d, list->items[(first + i) % list->count].text, 0);
	if (!d->count)
		return;
	set_lines(d, lines, size > 100 ? 200 : 40);
	differential_run(d);
}

static void
test_sets(const struct setting_list *list, struct span lines)
{
	static const struct {
		size_t size, times;
	} sets[] = {{1, 60}, {2, 40}, {10, 20}, {24, 10}, {100, 5}, {700, 2},
	    {5000, 1}};
	struct differential d;

	differential_init(&d, 20261122);
	rarity_learn(d.rarity, lines);
	for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++)
		for (size_t k = 0; k < sets[i].times; k++)
			try_set(&d, list, lines, sets[i].size);
	differential_tell(&d);
	OK(!d.wrong && d.matched > list->count / 10,
	    "sets of %zu patterns match the same with each engine, by record "
	    "and by block",
	    list->count);
	OK(d.passed > d.swept_lines / 10, "and many lines are passed over");
	differential_release(&d);
}

static void
read_patterns(const char *path, struct setting_list *list)
{
	struct buf bytes = BUF_INIT;
	struct origin origin = {path, 0};
	char *text, *rest;

	if (durable_read(path, PATTERN_FILE_BYTES_MAX, &bytes, NULL))
		printf("# %s cannot be read\n", path);
	rest = (char *)buf_str(&bytes);
	while ((text = strsep(&rest, "\n")))
		if (*text)
			add_item(list, origin, text, NULL);
	buf_release(&bytes);
}

static void
release_list(struct setting_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i].text);
	free(list->items);
}

static int
try_file(const char *path, int logs, char **log)
{
	struct setting_list list = {NULL, 0};
	struct buf lines = BUF_INIT;

	read_patterns(path, &list);
	add_samples(&lines, &list);
	while (logs--)
		add_log(&lines, *log++);
	if (list.count)
		test_sets(&list, buf_span(&lines));
	else
		OK(false, "there are patterns in %s", path);
	release_list(&list);
	buf_release(&lines);
	return tap_done();
}

int
main(int argc, char **argv)
{
	struct setting_list list = {NULL, 0};
	struct buf lines = BUF_INIT;

	if (argc > 2 && !strcmp(argv[1], "--patterns"))
		return try_file(argv[2], argc - 3, argv + 3);
	test_a_rule();
	test_not_tried();
	read_logcheck(&list);
	if (!list.count) {
		tap_skip("logcheck's rules", "they are not here");
		return tap_done();
	}
	add_samples(&lines, &list);
	for (int i = 1; i < argc; i++)
		add_log(&lines, argv[i]);
	test_logcheck(&list, true, buf_span(&lines), PREFILTER_AUTO);
	test_logcheck(
	    &list, false, buf_span(&lines), PREFILTER_VECTOR_PORTABLE);
	test_sets(&list, buf_span(&lines));
	release_list(&list);
	buf_release(&lines);
	return tap_done();
}
