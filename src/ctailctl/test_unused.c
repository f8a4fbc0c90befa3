/*
 * test_unused: the lines of rule files that never matched.
 *
 * One line may be a pattern of many rules: a file that one section reports is
 * what another one leaves out.  It counts as used when any of them found
 * something.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ctailctl/tally.h"
#include "ctailctl/terminal.h"
#include "message/text.h"

#define LISTED_MAX 20 /* more are listed on request only */
#define WHOLE_MIN 4   /* so many of a file, and all of it, are one line */
#define PATTERN_MAX 120
#define PATTERN_MIN 20

/* --- A pattern, for a person ---------------------------------------------- */

void
tally_add_shown(struct buf *out, const char *text, size_t least, size_t most)
{
	struct buf shown = BUF_INIT;

	text_shown(&shown, span_str(text), most);
	if (terminal_columns())
		terminal_cut(
		    out, buf_span(&shown), terminal_room(out, least, most));
	else
		buf_add_span(out, buf_span(&shown));
	buf_add_byte(out, '\n');
	buf_release(&shown);
}

void
tally_add_pattern(struct buf *out, const struct tally_pattern *pattern)
{
	buf_addf(out, "%s:%u  ",
	    pattern->origin.file ? pattern->origin.file : "?",
	    pattern->origin.line);
	tally_add_shown(
	    out, pattern_text(pattern->pattern), PATTERN_MIN, PATTERN_MAX);
}

/* --- Where rules come from ------------------------------------------------ */

static bool
is_within(const char *file, const char *path)
{
	size_t len = strlen(path);

	if (strncmp(file, path, len))
		return false;
	return !file[len] || file[len] == '/' || (len && path[len - 1] == '/');
}

static const char *
find_within(const char *file, const struct setting_list *paths)
{
	for (size_t i = 0; i < paths->count; i++)
		if (is_within(file, paths->items[i].text))
			return paths->items[i].text;
	return NULL;
}

const char *
tally_rule_files(const struct plan_rule *rule, struct origin origin)
{
	const struct rule_settings *settings = rule_settings(rule->rule);
	const char *found;

	if (!origin.file)
		return NULL;
	if (rule->report)
		return is_within(origin.file, rule->report->settings->rules)
			   ? rule->report->settings->rules
			   : NULL;
	found = find_within(origin.file, &settings->match_file);
	return found ? found
		     : find_within(origin.file, &settings->exclude_file);
}

/* --- Lines ---------------------------------------------------------------- */

struct rule_line {
	const struct tally_pattern *pattern; /* one of them */
	uint64_t hits;			     /* of all */
};

struct rule_lines {
	struct rule_line *items; /* in the order of the rules */
	size_t count;
	struct map *places; /* "FILE:LINE" -> its number, plus one */
};

static void
add_line(struct rule_lines *lines, const struct tally_pattern *pattern)
{
	struct buf place = BUF_INIT;
	size_t number;

	buf_addf(&place, "%s:%u", pattern->origin.file, pattern->origin.line);
	number = (size_t)(uintptr_t)map_get(lines->places, buf_span(&place));
	if (!number) {
		number = ++lines->count;
		lines->items[number - 1].pattern = pattern;
		map_put(
		    lines->places, buf_span(&place), (void *)(uintptr_t)number);
	}
	lines->items[number - 1].hits += pattern->hits;
	buf_release(&place);
}

static void
gather_lines(const struct tally *tally, struct rule_lines *lines)
{
	size_t count = 0;

	for (size_t i = 0; i < tally->plan->rule_count; i++)
		count += tally->rules[i].pattern_count;
	*lines = (struct rule_lines){
	    .items = xcalloc(count + 1, sizeof(*lines->items)),
	    .places = map_new()};
	for (size_t i = 0; i < tally->plan->rule_count; i++) {
		const struct tally_rule *rule = &tally->rules[i];

		for (size_t k = 0; rule->read && k < rule->pattern_count; k++)
			if (rule->patterns[k].files)
				add_line(lines, &rule->patterns[k]);
	}
}

/* --- What is said --------------------------------------------------------- */

/* How many lines from here on are of the same file; 0 when one of them
 * matched. */
static size_t
count_whole(const struct rule_lines *lines, size_t at)
{
	const char *file = lines->items[at].pattern->origin.file;
	size_t count = 0;

	for (; at < lines->count; at++, count++) {
		const struct rule_line *line = &lines->items[at];

		if (!file || !line->pattern->origin.file ||
		    strcmp(line->pattern->origin.file, file))
			break;
		if (line->hits)
			return 0;
	}
	return count;
}

/* Most files are of programs that have nothing in this log. */
static void
list_unused(
    const struct rule_lines *lines, const char *files, struct buf *out)
{
	const char *file = NULL;

	for (size_t i = 0; i < lines->count; i++) {
		const struct rule_line *line = &lines->items[i];
		const char *here = line->pattern->origin.file;
		bool begins = !file || !here || strcmp(file, here) != 0;
		size_t whole;

		file = here;
		if (line->hits || strcmp(line->pattern->files, files))
			continue;
		whole = begins ? count_whole(lines, i) : 0;
		buf_add_str(out, "  ");
		if (whole < WHOLE_MIN) {
			tally_add_pattern(out, line->pattern);
			continue;
		}
		buf_addf(out, "%s  none of its %zu rules\n", here, whole);
		i += whole - 1;
	}
}

/* All that was named by one path. */
static void
report_files(const struct tally *tally, const struct rule_lines *lines,
    const char *files, struct buf *out)
{
	size_t all = 0, unused = 0;

	for (size_t i = 0; i < lines->count; i++)
		if (!strcmp(lines->items[i].pattern->files, files)) {
			all++;
			unused += !lines->items[i].hits;
		}
	if (!unused)
		return;
	buf_addf(
	    out, "\n%zu of %zu rules of %s never matched", unused, all, files);
	if (!tally->options.unused && unused > LISTED_MAX) {
		buf_add_str(out, "; --unused lists them\n");
		return;
	}
	buf_add_str(out, ":\n");
	list_unused(lines, files, out);
}

static bool
is_first_of_files(const struct rule_lines *lines, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (!strcmp(lines->items[i].pattern->files,
			lines->items[at].pattern->files))
			return false;
	return true;
}

void
tally_report_unused_files(const struct tally *tally, struct buf *out)
{
	struct rule_lines lines;
	const char *files = "";

	gather_lines(tally, &lines);
	for (size_t i = 0; i < lines.count; i++) {
		const char *here = lines.items[i].pattern->files;

		/* Those of one path mostly stand together. */
		if (here == files || !is_first_of_files(&lines, i))
			continue;
		files = here;
		report_files(tally, &lines, files, out);
	}
	map_free(lines.places, NULL);
	free(lines.items);
}
