/*
 * sweep_open: which lines of a block the patterns without a string may match.
 *
 * Hides that each pattern is tried on all lines before the next one is, so
 * that its code stays in the caches; and that this is left alone for some
 * blocks where it has ruled out next to nothing.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "judge/logcheck.h"
#include "judge/sweep_internal.h"

enum {
	LINE_MAX_BYTES = 1024, /* longer ones are not cheap */
	WORD = 64,
	PATTERNS_MAX = 4096,
	IDLE_MAX = 64, /* blocks that are not tried */
};

struct open_pattern {
	const struct pattern *pattern;
	size_t number;
	bool of_logcheck;
};

struct open_line {
	uint32_t start, len;
	bool may;  /* some pattern may match it */
	bool dear; /* all may: to find out would cost too much */
};

struct open_lines {
	struct pattern_scratch *scratch;
	struct open_pattern *patterns;
	size_t count, words; /* words: of a line's bits */
	struct open_line *lines;
	uint64_t *bits;
	size_t line_count, room;
	size_t idle, next_idle; /* blocks not to be tried: now, next time */
	bool untried;
};

static bool
is_open(const struct candidates *always, size_t number)
{
	return candidates_has(always, number);
}

struct open_lines *
open_lines_new(const struct prefilter *filter,
    const struct pattern *const *patterns, size_t count,
    struct pattern_scratch *scratch)
{
	struct open_lines *open = xcalloc(1, sizeof(*open));
	struct candidates *always = prefilter_candidates_new(filter);

	open->scratch = scratch;
	open->patterns = xcalloc(count + 1, sizeof(*open->patterns));
	for (size_t i = 0; i < count; i++)
		if (patterns[i] && is_open(always, i))
			open->patterns[open->count++] =
			    (struct open_pattern){patterns[i], i, false};
	open->words = open->count / WORD + 1;
	open->next_idle = 1;
	candidates_free(always);
	return open;
}

void
open_lines_free(struct open_lines *open)
{
	if (!open)
		return;
	free(open->patterns);
	free(open->lines);
	free(open->bits);
	free(open);
}

void
open_lines_set_logcheck(struct open_lines *open, size_t pattern)
{
	for (size_t i = 0; i < open->count; i++)
		if (open->patterns[i].number == pattern)
			open->patterns[i].of_logcheck = true;
}

/* What matches this matches nearly everything. */
bool
open_lines_pay(const struct open_lines *open)
{
	for (size_t i = 0; i < open->count; i++)
		if (pattern_match_cheaply(open->patterns[i].pattern,
			open->scratch, span_str("x")) == PATTERN_YES)
			return false;
	return open->count <= PATTERNS_MAX;
}

struct prefilter *
open_lines_others(const struct prefilter *filter,
    const struct pattern *const *patterns, size_t count)
{
	struct prefilter_pattern *others = xcalloc(count + 1, sizeof(*others));
	struct candidates *always = prefilter_candidates_new(filter);
	struct rarity *rarity = rarity_new();
	struct prefilter *made;

	for (size_t i = 0; i < count; i++)
		if (patterns[i] && !is_open(always, i))
			others[i] = (struct prefilter_pattern){
			    pattern_text(patterns[i]),
			    pattern_flags(patterns[i])};
	made = prefilter_new(others, count, rarity, PREFILTER_AUTO);
	rarity_free(rarity);
	candidates_free(always);
	free(others);
	return made;
}

/* --- A block -------------------------------------------------------------- */

static void
add_line(struct open_lines *open, size_t start, size_t len)
{
	if (open->line_count == open->room) {
		open->room = 2 * open->room + 1024;
		open->lines = xreallocarray(
		    open->lines, open->room, sizeof(*open->lines));
		open->bits = xreallocarray(open->bits,
		    open->room * open->words, sizeof(*open->bits));
	}
	memset(open->bits + open->line_count * open->words, 0,
	    open->words * sizeof(*open->bits));
	open->lines[open->line_count++] =
	    (struct open_line){.start = (uint32_t)start,
		.len = (uint32_t)len,
		.may = len > LINE_MAX_BYTES,
		.dear = len > LINE_MAX_BYTES};
}

static void
cut(struct open_lines *open, struct span lines)
{
	size_t at = 0;

	open->line_count = 0;
	while (at < lines.len) {
		const char *from = lines.data + at;
		const char *newline = memchr(from, '\n', lines.len - at);
		size_t len = newline ? (size_t)(newline - from)
				     : lines.len - at;
		size_t text = len && from[len - 1] == '\r' ? len - 1 : len;

		add_line(open, at, text);
		at += len + (newline != NULL);
	}
}

static void
try_pattern(struct open_lines *open, struct span lines, size_t which)
{
	const struct open_pattern *its = &open->patterns[which];

	for (size_t i = 0; i < open->line_count; i++) {
		struct open_line *line = &open->lines[i];
		struct span text = span_of(lines.data + line->start, line->len);
		enum pattern_verdict verdict;

		if (line->dear)
			continue;
		verdict = pattern_match_cheaply(its->pattern, open->scratch,
		    its->of_logcheck ? logcheck_line(text) : text);
		if (verdict == PATTERN_NO)
			continue;
		line->may = true;
		if (verdict == PATTERN_YES)
			open->bits[i * open->words + which / WORD] |=
			    UINT64_C(1) << which % WORD;
		else
			line->dear = true;
	}
}

static void
note_yield(struct open_lines *open)
{
	size_t count = 0;

	for (size_t i = 0; i < open->line_count; i++)
		count += open->lines[i].may;
	if (count <= open->line_count / 2) {
		open->next_idle = 1;
		return;
	}
	open->idle = open->next_idle;
	if (open->next_idle < IDLE_MAX)
		open->next_idle *= 2;
}

void
open_lines_begin(struct open_lines *open, struct span lines)
{
	open->line_count = 0;
	if (!open->count)
		return;
	open->untried = open->idle > 0 || lines.len > UINT32_MAX;
	if (open->idle)
		open->idle--;
	if (open->untried)
		return;
	cut(open, lines);
	for (size_t i = 0; i < open->count; i++)
		try_pattern(open, lines, i);
	note_yield(open);
}

/* The first line that does not begin before at. */
static size_t
line_from(const struct open_lines *open, size_t at)
{
	size_t low = 0, high = open->line_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (open->lines[middle].start < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t
open_lines_next(const struct open_lines *open, size_t from, size_t before)
{
	if (open->untried)
		return from;
	for (size_t i = line_from(open, from);
	     i < open->line_count && open->lines[i].start < before; i++)
		if (open->lines[i].may)
			return open->lines[i].start;
	return before;
}

void
open_lines_candidates(
    const struct open_lines *open, size_t at, struct candidates *out)
{
	size_t line = open->untried ? 0 : line_from(open, at);
	bool all = open->untried || line >= open->line_count ||
		   open->lines[line].start != at || open->lines[line].dear;
	size_t first = line * open->words;

	for (size_t i = 0; i < open->count; i++)
		if (all || open->bits[first + i / WORD] >> i % WORD & 1)
			candidates_add(out, open->patterns[i].number);
}
