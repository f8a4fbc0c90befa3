/*
 * seek: from hit to line, and from line to line.
 *
 * Hides that each pattern is tried once on a line, however many of its strings
 * stand there; and that a line which was found ahead of time is kept.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "judge/logcheck.h"
#include "judge/seek.h"

/* Longer ones are not cheap. */
enum { SEEK_LINE_MAX = 4096 };

struct seek {
	struct seek_pattern *patterns;
	size_t count;
	struct pattern_scratch *scratch;
	const struct quarantine *quarantine;
	struct prefilter_walk *walk;
	struct prefilter_hit hit;
	bool has_hit; /* hit was not looked at yet */
	struct candidates *tried; /* on the line at hand */
	struct span lines;
	struct seek_line found; /* the last one; none from `known' to it */
	size_t known;
};

struct seek *
seek_new(const struct prefilter *filter, const struct seek_pattern *patterns,
    size_t count, struct pattern_scratch *scratch,
    const struct quarantine *quarantine)
{
	struct seek *seek = xcalloc(1, sizeof(*seek));

	seek->patterns = xcalloc(count + 1, sizeof(*seek->patterns));
	memcpy(seek->patterns, patterns, count * sizeof(*patterns));
	seek->count = count;
	seek->scratch = scratch;
	seek->quarantine = quarantine;
	seek->walk = prefilter_walk_new(filter);
	seek->tried = candidates_new(count);
	seek_begin(seek, span_of("", 0));
	return seek;
}

void
seek_free(struct seek *seek)
{
	if (!seek)
		return;
	prefilter_walk_free(seek->walk);
	candidates_free(seek->tried);
	free(seek->patterns);
	free(seek);
}

void
seek_begin(struct seek *seek, struct span lines)
{
	seek->lines = lines;
	seek->has_hit = false;
	seek->found = (struct seek_line){0};
	seek->known = SIZE_MAX;
	prefilter_walk_begin(seek->walk, lines);
}

/* --- One line ------------------------------------------------------------- */

static bool
has_hit(struct seek *seek, size_t from)
{
	if (!seek->has_hit || seek->hit.place < from)
		seek->has_hit =
		    prefilter_walk_next(seek->walk, from, &seek->hit);
	return seek->has_hit;
}

static void
set_line(struct seek *seek, size_t from, struct seek_line *out)
{
	const char *data = seek->lines.data, *place = data + seek->hit.place;
	const char *before = memrchr(data + from, '\n',
	    (size_t)(place - (data + from)));
	const char *newline =
	    memchr(place, '\n', seek->lines.len - seek->hit.place);

	out->start = before ? (size_t)(before - data) + 1 : from;
	out->end = newline ? (size_t)(newline - data) + 1 : seek->lines.len;
	out->surely = false;
}

static struct span
line_text(struct span lines, const struct seek_line *line)
{
	struct span text =
	    span_of(lines.data + line->start, line->end - line->start);

	if (text.len && text.data[text.len - 1] == '\n')
		text.len--;
	if (text.len && text.data[text.len - 1] == '\r')
		text.len--;
	return text;
}

/* whole: a string that is all of it stands there. */
static enum pattern_verdict
try_pattern(struct seek *seek, size_t number, bool whole, struct span text)
{
	const struct seek_pattern *its = &seek->patterns[number];

	if (!its->pattern || candidates_has(seek->tried, number))
		return PATTERN_NO;
	candidates_add(seek->tried, number);
	if (quarantine_holds(seek->quarantine, its->pattern))
		return PATTERN_NO;
	if (whole)
		return PATTERN_YES;
	return pattern_match_cheaply(its->pattern, seek->scratch,
	    its->of_logcheck ? logcheck_line(text) : text);
}

/* Those of the string at hand. */
static enum pattern_verdict
try_hit(struct seek *seek, struct span text)
{
	enum pattern_verdict all = PATTERN_NO;

	for (size_t i = 0; i < seek->hit.count; i++) {
		enum pattern_verdict verdict = try_pattern(seek,
		    seek->hit.patterns[i], !i && seek->hit.whole.len, text);

		if (verdict == PATTERN_YES)
			return verdict;
		if (verdict == PATTERN_UNDECIDED)
			all = verdict;
	}
	return all;
}

/* False: no pattern matches it. */
static bool
try_line(struct seek *seek, struct seek_line *line)
{
	struct span text = line_text(seek->lines, line);
	size_t from = line->start;
	bool maybe = text.len > SEEK_LINE_MAX;

	candidates_clear(seek->tried);
	while (!maybe && has_hit(seek, from) && seek->hit.place < line->end) {
		enum pattern_verdict verdict = try_hit(seek, text);

		seek->has_hit = false;
		line->surely = verdict == PATTERN_YES;
		if (line->surely)
			return true;
		maybe = verdict == PATTERN_UNDECIDED;
	}
	return maybe;
}

/* --- The next line -------------------------------------------------------- */

static void
find(struct seek *seek, size_t from, struct seek_line *out)
{
	while (has_hit(seek, from)) {
		set_line(seek, from, out);
		if (try_line(seek, out))
			return;
		from = out->end;
	}
	*out = (struct seek_line){seek->lines.len, seek->lines.len, false};
}

void
seek_next(struct seek *seek, size_t from, struct seek_line *out)
{
	if (from < seek->known || from > seek->found.start) {
		find(seek, from, &seek->found);
		seek->known = from;
	}
	*out = seek->found;
}
