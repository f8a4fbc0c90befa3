/*
 * sweep: hits become lines; and patterns without a string, a bit for each
 * line.
 *
 * Hides when it gives up for a while: where nearly every line is a hit, it is
 * cheaper to have each looked at than to find it first.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "judge/streak.h"
#include "judge/sweep_internal.h"

struct sweep {
	const struct prefilter *filter;
	struct prefilter *strings; /* of the patterns that have some, where
				    * filter is open; or NULL */
	struct open_lines *open;   /* of the others; or NULL */
	struct span lines;
	size_t hit;		   /* the line found last, from which on */
	size_t known;		   /* there is no other before it */
	struct streak streak;	   /* of lines right behind one another */
	bool pays;
};

struct sweep *
sweep_new(const struct prefilter *filter,
    const struct pattern *const *patterns, size_t count,
    struct pattern_scratch *scratch)
{
	struct sweep *sweep = xcalloc(1, sizeof(*sweep));

	sweep->filter = filter;
	sweep->pays = true;
	if (!prefilter_is_open(filter))
		return sweep;
	sweep->open = open_lines_new(filter, patterns, count, scratch);
	sweep->pays = open_lines_pay(sweep->open);
	if (sweep->pays)
		sweep->strings = open_lines_others(filter, patterns, count);
	return sweep;
}

void
sweep_free(struct sweep *sweep)
{
	if (!sweep)
		return;
	prefilter_free(sweep->strings);
	open_lines_free(sweep->open);
	free(sweep);
}

void
sweep_set_logcheck(struct sweep *sweep, size_t pattern)
{
	if (sweep->open)
		open_lines_set_logcheck(sweep->open, pattern);
}

bool
sweep_pays(const struct sweep *sweep)
{
	return sweep->pays;
}

void
sweep_begin(struct sweep *sweep, struct span lines)
{
	sweep->lines = lines;
	sweep->hit = sweep->known = 0;
	if (sweep->open && sweep->pays)
		open_lines_begin(sweep->open, lines);
}

/* --- The next line -------------------------------------------------------- */

static size_t
line_begin(struct span lines, size_t from, size_t place)
{
	const char *newline =
	    memrchr(lines.data + from, '\n', place - from);

	return newline ? (size_t)(newline - lines.data) + 1 : from;
}

static size_t
find_line(const struct sweep *sweep, size_t from)
{
	const struct prefilter *strings =
	    sweep->strings ? sweep->strings : sweep->filter;
	struct span lines = sweep->lines;
	size_t place = prefilter_find(strings, lines, from);

	if (place < lines.len)
		place = line_begin(lines, from, place);
	if (sweep->open)
		place = open_lines_next(sweep->open, from, place);
	return place;
}

size_t
sweep_next(struct sweep *sweep, size_t from)
{
	if (!sweep->pays || from >= sweep->lines.len)
		return from;
	if (sweep->known <= from && from < sweep->hit)
		return sweep->hit;
	if (streak_rests(&sweep->streak))
		return from;
	sweep->known = from;
	sweep->hit = find_line(sweep, from);
	streak_note(&sweep->streak, sweep->hit == from);
	return sweep->hit;
}

void
sweep_candidates(
    struct sweep *sweep, size_t at, struct span text, struct candidates *out)
{
	if (!sweep->strings) {
		prefilter_search(sweep->filter, text, out);
		return;
	}
	prefilter_search(sweep->strings, text, out);
	open_lines_candidates(sweep->open, at, out);
}
