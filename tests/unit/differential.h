/*
 * differential: a filter and a sweep never change what matches, for tests.
 *
 * Patterns and lines are collected; PCRE2 is asked of each pair, and then the
 * prefilter with every engine, by record and by block, and the sweep over
 * blocks of random sizes: whoever is ruled out did not match.  What PCRE2
 * could not decide counts as no match: the absence of a string is the proof.
 * Records and blocks lie at the very edge of readable memory.
 */
#ifndef CTAIL_TESTS_DIFFERENTIAL_H
#define CTAIL_TESTS_DIFFERENTIAL_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "judge/logcheck.h"
#include "judge/prefilter.h"
#include "judge/seek.h"
#include "judge/sweep.h"
#include "pattern_sample.h"

#define DIFFERENTIAL_SHOWN 10
#define DIFFERENTIAL_ENGINES 8

/* Memory with nothing behind it. */
struct edge {
	char *memory;
	size_t room, page;
};

static inline struct span
edge_copy(struct edge *edge, struct span bytes)
{
	if (bytes.len > edge->room || !edge->memory) {
		if (edge->memory)
			munmap(edge->memory, edge->room + edge->page);
		edge->page = (size_t)sysconf(_SC_PAGESIZE);
		edge->room = (bytes.len + edge->page) / edge->page * edge->page;
		edge->memory = mmap(NULL, edge->room + edge->page,
		    PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (edge->memory == MAP_FAILED ||
		    mprotect(edge->memory + edge->room, edge->page, PROT_NONE))
			abort();
	}
	if (bytes.len)
		memcpy(edge->memory + edge->room - bytes.len, bytes.data,
		    bytes.len);
	return span_of(edge->memory + edge->room - bytes.len, bytes.len);
}

static inline void
edge_release(struct edge *edge)
{
	if (edge->memory)
		munmap(edge->memory, edge->room + edge->page);
	memset(edge, 0, sizeof(*edge));
}

struct differential_line {
	size_t at, len; /* in texts */
	bool in_blocks; /* it is one line */
	bool quiet;	/* nothing matches it */
};

struct differential {
	struct prefilter_pattern *patterns; /* text NULL: not of the filter */
	struct pattern **compiled;
	const struct pattern **swept; /* as patterns */
	size_t count, room;
	struct differential_line *lines;
	size_t line_count, line_room;
	struct buf texts;
	bool *matches; /* of each line, each pattern */
	struct rarity *rarity;
	struct pattern_scratch *scratch;
	struct edge edge;
	uint64_t chance;

	/* What is tried now, to be shown. */
	enum prefilter_engine engine;
	const char *way;

	/* Over all runs. */
	unsigned long pairs, matched, asked, ruled_out, passed, swept_lines;
	unsigned long sought, sure, wholes, sets, wrong;
};

static inline void
differential_init(struct differential *d, uint64_t chance)
{
	memset(d, 0, sizeof(*d));
	d->rarity = rarity_new();
	d->scratch = pattern_scratch_new();
	d->chance = chance;
}

static inline unsigned
differential_pick(struct differential *d, unsigned below)
{
	return chance_of(&d->chance, below);
}

/* Without patterns and lines. */
static inline void
differential_clear(struct differential *d)
{
	for (size_t i = 0; i < d->count; i++)
		pattern_free(d->compiled[i]);
	d->count = d->line_count = 0;
	buf_reset(&d->texts);
	free(d->matches);
	d->matches = NULL;
}

static inline void
differential_release(struct differential *d)
{
	differential_clear(d);
	free(d->patterns);
	free(d->compiled);
	free(d->swept);
	free(d->lines);
	buf_release(&d->texts);
	rarity_free(d->rarity);
	pattern_scratch_free(d->scratch);
	edge_release(&d->edge);
}

/* False: PCRE2 refuses it. */
static inline bool
differential_pattern(struct differential *d, const char *text, unsigned flags)
{
	struct err err = ERR_INIT;
	struct pattern *pattern = pattern_new(text, flags, &err);

	if (!pattern)
		return false;
	if (d->count == d->room) {
		d->room = 2 * d->room + 16;
		d->patterns =
		    xreallocarray(d->patterns, d->room, sizeof(*d->patterns));
		d->compiled =
		    xreallocarray(d->compiled, d->room, sizeof(*d->compiled));
		d->swept = xreallocarray(d->swept, d->room, sizeof(*d->swept));
	}
	d->patterns[d->count] = (struct prefilter_pattern){
	    pattern_text(pattern), flags & ~(unsigned)PATTERN_INTERPRETED};
	d->compiled[d->count] = pattern;
	d->swept[d->count] = pattern;
	d->count++;
	return true;
}

/* From now on it is none of the filter's. */
static inline void
differential_mask(struct differential *d, size_t pattern)
{
	d->patterns[pattern].text = NULL;
	d->swept[pattern] = NULL;
}

static inline void
differential_line(struct differential *d, struct span text)
{
	if (d->line_count == d->line_room) {
		d->line_room = 2 * d->line_room + 16;
		d->lines =
		    xreallocarray(d->lines, d->line_room, sizeof(*d->lines));
	}
	d->lines[d->line_count++] = (struct differential_line){d->texts.len,
	    text.len, !text.len || !memchr(text.data, '\n', text.len), true};
	buf_add_span(&d->texts, text);
}

static inline struct span
differential_text(const struct differential *d, size_t line)
{
	return span_of(d->texts.len ? d->texts.data + d->lines[line].at : "",
	    d->lines[line].len);
}

static inline void
differential_wrong(struct differential *d, size_t line, size_t pattern)
{
	struct span text = differential_text(d, line);

	if (d->wrong++ >= DIFFERENTIAL_SHOWN)
		return;
	printf("# %s, engine %d, %zu patterns, flags %u: %s\n#  line", d->way,
	    (int)d->engine, d->count, pattern_flags(d->compiled[pattern]),
	    pattern_text(d->compiled[pattern]));
	for (size_t i = 0; i < text.len && i < 200; i++)
		printf(" %02x", (unsigned char)text.data[i]);
	printf("\n");
}

/* Something else than a match that was lost. */
static inline void
differential_broken(struct differential *d, const char *what)
{
	if (d->wrong++ < DIFFERENTIAL_SHOWN)
		printf("# %s, engine %d, %zu patterns: %s\n", d->way,
		    (int)d->engine, d->count, what);
}

/* PCRE2's word. */
static inline void
differential_ask(struct differential *d)
{
	d->matches = xcalloc(d->line_count * d->count, sizeof(*d->matches));
	for (size_t line = 0; line < d->line_count; line++) {
		struct span text = differential_text(d, line);
		bool *its = d->matches + line * d->count;

		for (size_t i = 0; i < d->count; i++) {
			if (!d->swept[i])
				continue;
			d->pairs++;
			its[i] = pattern_match(d->compiled[i], d->scratch, text,
				     NULL) == PATTERN_YES;
			d->matched += its[i];
			d->lines[line].quiet &= !its[i];
		}
	}
}

static inline void
differential_compare(
    struct differential *d, size_t line, const struct candidates *found)
{
	const bool *its = d->matches + line * d->count;

	for (size_t i = 0; i < d->count; i++) {
		bool has = candidates_has(found, i);

		d->asked++;
		d->ruled_out += !has;
		if (its[i] && !has)
			differential_wrong(d, line, i);
		if (has && !d->swept[i])
			differential_broken(d, "a candidate of another filter");
	}
}

static inline void
differential_records(struct differential *d, const struct prefilter *filter)
{
	struct candidates *found = prefilter_candidates_new(filter);

	d->way = "by record";
	for (size_t line = 0; line < d->line_count; line++) {
		prefilter_search(filter,
		    edge_copy(&d->edge, differential_text(d, line)), found);
		differential_compare(d, line, found);
	}
	candidates_free(found);
}

/* --- Blocks --------------------------------------------------------------- */

/* Lines, and where each begins in the block. */
struct differential_block {
	struct buf bytes;
	size_t *begin, *line;
	size_t count, room;
};

static inline void
block_line(struct differential_block *block, const struct differential *d,
    size_t line, bool crlf)
{
	struct span text = differential_text(d, line);

	if (block->count == block->room) {
		block->room = 2 * block->room + 64;
		block->begin = xreallocarray(
		    block->begin, block->room, sizeof(*block->begin));
		block->line = xreallocarray(
		    block->line, block->room, sizeof(*block->line));
	}
	block->begin[block->count] = block->bytes.len;
	block->line[block->count++] = line;
	buf_add_span(&block->bytes, text);
	/* One CR before the newline is not the line's. */
	if (crlf || (text.len && text.data[text.len - 1] == '\r'))
		buf_add_byte(&block->bytes, '\r');
	buf_add_byte(&block->bytes, '\n');
}

/* As they came. */
static inline void
block_all(struct differential_block *block, struct differential *d)
{
	bool crlf = differential_pick(d, 2);

	block->count = 0;
	buf_reset(&block->bytes);
	for (size_t line = 0; line < d->line_count; line++)
		if (d->lines[line].in_blocks)
			block_line(block, d, line, crlf);
}

/* Stretches in which many match and others in which nothing does, since who
 * searches may go about them differently. */
static inline void
block_fill(
    struct differential_block *block, struct differential *d, size_t count)
{
	bool dense = differential_pick(d, 2), crlf = !differential_pick(d, 5);
	unsigned rest = 0;

	block->count = 0;
	buf_reset(&block->bytes);
	for (size_t tries = 8 * count; tries && block->count < count; tries--) {
		size_t line = differential_pick(d, (unsigned)d->line_count);

		if (!rest--) {
			rest = differential_pick(d, 120);
			dense = !dense;
		}
		if (d->lines[line].in_blocks && (dense || d->lines[line].quiet))
			block_line(block, d, line, crlf);
	}
}

/* One line again and again, then another across a border of 4 KiB, since who
 * searches may do so by pieces. */
static inline void
block_far(struct differential_block *block, struct differential *d)
{
	size_t quiet = differential_pick(d, (unsigned)d->line_count);
	size_t line = differential_pick(d, (unsigned)d->line_count);
	size_t far = 4096 * (1 + differential_pick(d, 5));

	for (unsigned tries = 20; tries && !d->lines[quiet].quiet; tries--)
		quiet = differential_pick(d, (unsigned)d->line_count);
	for (unsigned tries = 20; tries && d->lines[line].quiet; tries--)
		line = differential_pick(d, (unsigned)d->line_count);
	block->count = 0;
	buf_reset(&block->bytes);
	while (d->lines[quiet].in_blocks &&
	       block->bytes.len + d->lines[quiet].len < far)
		block_line(block, d, quiet, false);
	if (d->lines[line].in_blocks)
		block_line(block, d, line, false);
}

static inline struct span
block_text(const struct differential_block *block, struct span bytes, size_t i)
{
	size_t end = i + 1 < block->count ? block->begin[i + 1] : bytes.len;

	end--;
	if (end > block->begin[i] && bytes.data[end - 1] == '\r')
		end--;
	return span_of(bytes.data + block->begin[i], end - block->begin[i]);
}

/* Nothing may match a line that was passed over; back comes the first that
 * was not. */
static inline size_t
block_pass(struct differential *d, const struct differential_block *block,
    size_t i, size_t to)
{
	for (; i < block->count && block->begin[i] < to; i++) {
		const bool *its = d->matches + block->line[i] * d->count;

		d->passed++;
		for (size_t k = 0; k < d->count; k++)
			if (its[k])
				differential_wrong(d, block->line[i], k);
	}
	return i;
}

/* Where the filter says that a string is. */
static inline void
differential_find(struct differential *d, const struct prefilter *filter,
    const struct differential_block *block, struct span bytes)
{
	size_t i = 0;

	d->way = "a place in a block";
	while (i < block->count) {
		size_t from = block->begin[i];
		size_t at = prefilter_find(filter, bytes, from), to = i;

		if (at < from || at > bytes.len) {
			differential_broken(d, "a place outside of the text");
			return;
		}
		/* The line before this byte holds none, if it ends there. */
		while (to < block->count &&
		       (to + 1 < block->count ? block->begin[to + 1]
					      : bytes.len) <= at)
			to++;
		if (prefilter_is_open(filter) && at != from)
			differential_broken(d, "an open filter passes lines");
		i = block_pass(d, block, i,
		    to < block->count ? block->begin[to] : bytes.len);
		i += 1 + !differential_pick(d, 8);
	}
}

/* As the agent does it: on to the next, its candidates, the line behind. */
static inline void
differential_sweep(struct differential *d, struct sweep *sweep,
    struct candidates *found, const struct differential_block *block,
    struct span bytes)
{
	size_t i = 0;

	d->way = "a sweep";
	sweep_begin(sweep, bytes);
	while (i < block->count) {
		size_t at = sweep_next(sweep, block->begin[i]);
		size_t before = i;

		if (at < block->begin[i] || at > bytes.len) {
			differential_broken(d, "a place outside of the block");
			return;
		}
		i = block_pass(d, block, i, at);
		d->swept_lines += i - before;
		if (i == block->count)
			break;
		if (block->begin[i] != at) {
			differential_broken(d, "a line begins in the middle");
			return;
		}
		/* Also of lines that something else is wanted of. */
		do {
			d->swept_lines++;
			sweep_candidates(sweep, block->begin[i],
			    block_text(block, bytes, i), found);
			differential_compare(d, block->line[i], found);
			i++;
		} while (i < block->count && !differential_pick(d, 6));
	}
}

/* Whether a pattern matches the line of which a string is known. */
static inline bool
differential_is_found(const struct differential *d, size_t line,
    const struct candidates *open)
{
	const bool *its = d->matches + line * d->count;

	for (size_t i = 0; i < d->count; i++)
		if (its[i] && !candidates_has(open, i))
			return true;
	return false;
}

/* Each line of which a string is known that matches, and no other for sure. */
static inline void
differential_seek_all(struct differential *d, struct seek *seek,
    const struct candidates *open, const struct differential_block *block,
    struct span bytes)
{
	size_t i = 0;

	seek_begin(seek, bytes);
	while (i < block->count) {
		struct seek_line line;

		seek_next(seek, block->begin[i], &line);
		for (; i < block->count && block->begin[i] < line.start; i++)
			if (differential_is_found(d, block->line[i], open))
				differential_broken(d, "a line was missed");
		if (i == block->count)
			break;
		if (line.start != block->begin[i] ||
		    line.end != (i + 1 < block->count ? block->begin[i + 1]
						      : bytes.len)) {
			differential_broken(d, "what is found is no line");
			return;
		}
		d->sought++;
		d->sure += line.surely;
		if (line.surely &&
		    !differential_is_found(d, block->line[i], open))
			differential_broken(d, "a line does not match");
		/* It may be asked about again, or lines be passed over. */
		i += differential_pick(d, 8) ? 1 : differential_pick(d, 9);
	}
}

static inline void
differential_seek(struct differential *d, const struct prefilter *filter,
    const struct differential_block *block, struct span bytes)
{
	struct candidates *open = prefilter_candidates_new(filter);
	struct seek_pattern *patterns =
	    xcalloc(d->count + 1, sizeof(*patterns));
	struct seek *seek;

	d->way = "a search for any";
	for (size_t i = 0; i < d->count; i++)
		patterns[i].pattern = d->swept[i];
	seek = seek_new(filter, patterns, d->count, d->scratch, NULL);
	differential_seek_all(d, seek, open, block, bytes);
	seek_free(seek);
	free(patterns);
	candidates_free(open);
}

/* What is told to be the whole of a pattern is a match of it, also as logcheck
 * sees the line. */
static inline void
differential_whole(struct differential *d, size_t line, struct span text,
    const struct prefilter_hit *hit, size_t at)
{
	size_t pattern = hit->patterns[0];

	d->wholes++;
	if (!d->matches[line * d->count + pattern] ||
	    pattern_match(d->compiled[pattern], d->scratch,
		logcheck_line(text), NULL) != PATTERN_YES)
		differential_wrong(d, line, pattern);
	if (at > text.len || text.len - at < hit->whole.len ||
	    memcmp(text.data + at, hit->whole.data, hit->whole.len) != 0)
		differential_broken(d, "the pattern does not stand there");
}

static inline void
differential_wholes(struct differential *d, const struct prefilter *filter,
    const struct differential_block *block, struct span bytes)
{
	struct prefilter_walk *walk = prefilter_walk_new(filter);
	struct prefilter_hit hit = {.place = 0};

	d->way = "the whole of a pattern";
	prefilter_walk_begin(walk, bytes);
	while (prefilter_walk_next(walk, hit.place, &hit)) {
		size_t i = 0;

		if (!hit.whole.len)
			continue;
		while (i + 1 < block->count && block->begin[i + 1] <= hit.place)
			i++;
		differential_whole(d, block->line[i],
		    block_text(block, bytes, i), &hit,
		    hit.place - block->begin[i]);
	}
	prefilter_walk_free(walk);
}

static inline void
differential_blocks(struct differential *d, const struct prefilter *filter)
{
	struct sweep *sweep = sweep_new(filter, d->swept, d->count, d->scratch);
	/* A sweep that tries the open patterns adds those that matched, also
	 * where none is in it for good. */
	bool adds = prefilter_is_open(filter) && sweep_pays(sweep) &&
		    differential_pick(d, 3);
	struct candidates *found = adds ? candidates_new(d->count)
					: prefilter_candidates_new(filter);
	struct differential_block block = {.count = 0};
	unsigned rounds = 1 + differential_pick(d, 3);

	while (rounds--) {
		static const unsigned sizes[] = {0, 1, 1, 2, 9, 60, 400, 1500};
		unsigned size = sizes[differential_pick(d, 8)];
		struct span bytes;

		if (size == 1)
			block_far(&block, d);
		else if (size)
			block_fill(&block, d, 1 + differential_pick(d, size));
		else
			block_all(&block, d);
		bytes = edge_copy(&d->edge, buf_span(&block.bytes));
		differential_find(d, filter, &block, bytes);
		differential_seek(d, filter, &block, bytes);
		differential_wholes(d, filter, &block, bytes);
		differential_sweep(d, sweep, found, &block, bytes);
	}
	buf_release(&block.bytes);
	free(block.begin);
	free(block.line);
	candidates_free(found);
	sweep_free(sweep);
}

/* --- All of it ------------------------------------------------------------ */

static inline void
differential_engine(struct differential *d, enum prefilter_engine engine)
{
	struct prefilter *filter =
	    prefilter_new(d->patterns, d->count, d->rarity, engine);

	d->engine = engine;
	differential_records(d, filter);
	differential_blocks(d, filter);
	prefilter_free(filter);
}

/* These patterns and lines; what is wrong is counted and shown. */
static inline void
differential_run(struct differential *d)
{
	static const enum prefilter_engine engines[DIFFERENTIAL_ENGINES] = {
	    PREFILTER_AUTO, PREFILTER_GRAMS, PREFILTER_VECTOR,
	    PREFILTER_VECTOR_NARROW, PREFILTER_VECTOR_PORTABLE, PREFILTER_PAIR,
	    PREFILTER_PAIR_NARROW, PREFILTER_PAIR_PORTABLE};

	d->sets++;
	differential_ask(d);
	for (size_t i = 0; i < DIFFERENTIAL_ENGINES; i++)
		differential_engine(d, engines[i]);
}

static inline void
differential_tell(const struct differential *d)
{
	printf("# %lu sets: %lu pairs, %lu match; of %lu questions %lu were "
	       "ruled out; %lu lines swept or passed, %lu passed; "
	       "%lu found by any, %lu for sure; %lu wholes\n",
	    d->sets, d->pairs, d->matched, d->asked, d->ruled_out,
	    d->swept_lines, d->passed, d->sought, d->sure, d->wholes);
}

#endif
