/*
 * literals: reads a pattern for the strings that no match can do without.
 *
 * Hides the syntax between the items: alternatives, repetitions, and what
 * stands for nothing (comments, \Q, \E, white space in extended mode).  What
 * is not known for certain gives up: a part of the pattern, or all of it.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/mem.h"
#include "judge/literals_internal.h"
#include "judge/pattern.h"

enum {
	PATTERN_BYTES_MAX = 65536,
	PLAIN_BYTES_MAX = 32, /* taken at once */
	REPEAT_MAX = 65535,
	/* Bytes that are weighed as candidates, of one pattern. */
	WEIGHED_MAX = 1024 * 1024,
};

void
reader_give_up(struct reader *reader)
{
	reader->lost = true;
	reader->at = (const unsigned char *)"";
}

static size_t
digits(const unsigned char *at, long *number_out)
{
	size_t len;

	*number_out = 0;
	for (len = 0; ascii_is_digit(at[len]); len++) {
		if (*number_out <= REPEAT_MAX)
			*number_out = *number_out * 10 + (at[len] - '0');
	}
	return len;
}

/* What every version takes for a repetition. */
static size_t
strict_interval(const unsigned char *at, long *least_out, long *most_out)
{
	size_t len = 1, some = digits(at + 1, least_out);

	if (!some)
		return 0;
	len += some;
	*most_out = *least_out;
	if (at[len] == ',') {
		some = digits(at + ++len, most_out);
		if (!some)
			*most_out = -1;
		len += some;
	}
	return at[len] == '}' ? len + 1 : 0;
}

/* {,n} and blanks are a repetition since PCRE2 10.43, and text before. */
size_t
reader_interval(const unsigned char *at, long *least_out, long *most_out)
{
	size_t len = strict_interval(at, least_out, most_out);

	if (len)
		return len;
	len = 1 + strspn((const char *)at + 1, "0123456789, \t");
	if (at[len] != '}' || len == 1)
		return 0;
	*least_out = 0;
	*most_out = -1;
	return len + 1;
}

/* The length of what stands for nothing, and for which nothing more has to be
 * remembered. */
static size_t
reader_blank(struct reader *reader)
{
	const char *at = (const char *)reader->at;
	bool extended = reader->options & READER_EXTENDED;
	const char *end;

	if (at[0] == '\\' && at[1] == 'E')
		return 2;
	if (!strncmp(at, "(?#", 3)) {
		end = strchr(at, ')');
		if (!end)
			reader_give_up(reader);
		return end ? (size_t)(end - at) + 1 : 0;
	}
	if (!extended)
		return 0;
	/* Some characters beyond ASCII are white space here, others not. */
	if (*reader->at >= 0x80)
		reader_give_up(reader);
	if (*at == '#')
		return strcspn(at, "\n");
	return ascii_is_space(*reader->at);
}

static void
reader_skip_blank(struct reader *reader)
{
	size_t len;

	for (;;) {
		const unsigned char *at = reader->at;

		if (reader->quoting) {
			if (at[0] != '\\' || at[1] != 'E')
				return;
			reader->quoting = false;
			reader->at += 2;
		} else if (at[0] == '\\' && at[1] == 'Q') {
			reader->quoting = true;
			reader->at += 2;
		} else {
			len = reader_blank(reader);
			if (!len)
				return;
			reader->at += len;
		}
	}
}

void
reader_skip_to(struct reader *reader, char byte)
{
	const char *at = strchr((const char *)reader->at, byte);

	if (at)
		reader->at = (const unsigned char *)at + 1;
	else
		reader_give_up(reader);
}

static bool
reader_repetition(struct reader *reader, long *least_out, long *most_out)
{
	size_t len = 1;

	reader_skip_blank(reader);
	if (reader->quoting)
		return false;
	*most_out = -1;
	switch (*reader->at) {
	case '*':
		*least_out = 0;
		break;
	case '+':
		*least_out = 1;
		break;
	case '?':
		*least_out = 0;
		*most_out = 1;
		break;
	case '{':
		len = reader_interval(reader->at, least_out, most_out);
		break;
	default:
		return false;
	}
	reader->at += len;
	return len > 0;
}

/* Lazy and possessive ones match nothing else. */
static void
reader_skip_manner(struct reader *reader)
{
	reader_skip_blank(reader);
	if (!reader->quoting && (*reader->at == '?' || *reader->at == '+'))
		reader->at++;
}

static void
reader_repeat(struct reader *reader, struct part *item)
{
	long least, most;
	bool any = false;

	while (!reader->lost && reader_repetition(reader, &least, &most)) {
		reader_skip_manner(reader);
		part_repeat(&reader->weigher, item, least, most);
		any = any || (least == 0 && most < 0);
	}
	/* Perhaps it was text, and what followed repeats the last of it. */
	if (any)
		part_unknown(item);
}

static void
reader_character(struct reader *reader, struct part *out)
{
	part_empty(out);
	out->head.count = 0;
	if (!reader_strings(reader, reader_take(reader), &out->head))
		part_unknown(out);
}

static void
reader_item(struct reader *reader, struct part *out)
{
	if (reader->quoting) {
		reader_character(reader, out);
		return;
	}
	switch (*reader->at) {
	case '\\':
		reader_escape(reader, out);
		return;
	case '[':
		reader_class(reader, out);
		return;
	case '(':
		reader_group(reader, out);
		return;
	case '.':
		reader->at++;
		part_unknown(out);
		return;
	case '^':
	case '$':
		reader->at++;
		part_empty(out);
		return;
	case '*':
	case '+':
	case '?':
		/* What it repeats was not seen. */
		reader_give_up(reader);
		return;
	}
	reader_character(reader, out);
}

/* What may mean something else than itself, or ends a pattern. */
static const bool special[256] = {['\0'] = true,
    ['\\'] = true, ['^'] = true, ['$'] = true, ['.'] = true, ['['] = true,
    ['|'] = true, ['('] = true, [')'] = true, ['?'] = true, ['*'] = true,
    ['+'] = true, ['{'] = true};

/* How many bytes stand for themselves one by one, whatever follows. */
static size_t
reader_plain(const struct reader *reader)
{
	const char *at = (const char *)reader->at;
	size_t len;

	if (reader->quoting || reader->options)
		return 0;
	for (len = 0; len < PLAIN_BYTES_MAX; len++) {
		if ((unsigned char)at[len] >= 0x80 ||
		    special[(unsigned char)at[len]])
			break;
	}
	/* The last one may be repeated. */
	if (len && at[len] && strchr("?*+{\\(", at[len]))
		len--;
	return len;
}

static bool
reader_at_end(struct reader *reader)
{
	unsigned char byte;

	reader_skip_blank(reader);
	byte = *reader->at;
	return reader->lost || !byte ||
	       (!reader->quoting && (byte == '|' || byte == ')'));
}

static void
reader_branch(struct reader *reader, struct part *out)
{
	struct part *item = xmalloc(sizeof(*item));
	size_t len;

	part_empty(out);
	while (!reader_at_end(reader)) {
		len = reader_plain(reader);
		part_empty(item);
		if (len) {
			strings_only(&item->head, reader->at, len);
			reader->at += len;
		} else {
			reader_item(reader, item);
			if (!reader->lost)
				reader_repeat(reader, item);
		}
		if (!reader->lost)
			part_join(&reader->weigher, out, item);
	}
	part_close(&reader->weigher, out);
	free(item);
}

void
reader_branches(struct reader *reader, struct part *out)
{
	struct part *branch;

	reader_branch(reader, out);
	if (reader->lost || *reader->at != '|')
		return;
	branch = xmalloc(sizeof(*branch));
	while (!reader->lost && *reader->at == '|') {
		reader->at++;
		reader_branch(reader, branch);
		if (!reader->lost)
			part_either(&reader->weigher, out, branch);
	}
	free(branch);
}

/* The rarest four bytes, with what stands around them. */
static void
literal_of(const struct rarity *rarity, const struct string *string,
    struct literal *out)
{
	size_t i, best = 0, from, len = string->len;
	uint32_t least = UINT32_MAX;

	for (i = 0; len > LITERAL_BYTES_MAX && i + 4 <= len; i++) {
		uint32_t cost = rarity_of(
		    rarity, span_of((const char *)string->bytes + i, 4));

		if (cost < least) {
			least = cost;
			best = i;
		}
	}
	from = best < LITERAL_BYTES_MAX / 2 ? 0 : best - LITERAL_BYTES_MAX / 2;
	if (len > LITERAL_BYTES_MAX) {
		if (from > len - LITERAL_BYTES_MAX)
			from = len - LITERAL_BYTES_MAX;
		len = LITERAL_BYTES_MAX;
	}
	memcpy(out->bytes, string->bytes + from, len);
	out->len = (unsigned char)len;
}

static bool
literal_in(const struct literal *part, const struct literal *whole)
{
	return memmem(whole->bytes, whole->len, part->bytes, part->len);
}

/* A string that has another one in it says nothing more. */
static void
literals_add(struct literals *out, const struct literal *literal)
{
	size_t i, kept = 0;

	for (i = 0; i < out->count; i++) {
		if (literal_in(&out->of[i], literal))
			return;
	}
	for (i = 0; i < out->count; i++) {
		if (!literal_in(literal, &out->of[i]))
			out->of[kept++] = out->of[i];
	}
	out->of[kept] = *literal;
	out->count = kept + 1;
}

static void
literals_take(const struct rarity *rarity, const struct strings *set,
    struct literals *out)
{
	size_t i;

	out->nocase = set->nocase;
	for (i = 0; i < set->count; i++) {
		struct literal literal = {.len = 0};

		literal_of(rarity, &set->of[i], &literal);
		literals_add(out, &literal);
	}
}

void
literals_find(const char *pattern, unsigned flags, const struct rarity *rarity,
    struct literals *out)
{
	struct reader reader = {
	    .at = (const unsigned char *)pattern,
	    .utf = flags & PATTERN_UTF,
	    .weigher = {rarity, WEIGHED_MAX},
	};
	struct part *all;

	out->nocase = false;
	out->count = 0;
	if (strlen(pattern) > PATTERN_BYTES_MAX)
		return;
	if (flags & PATTERN_NOCASE)
		reader.options |= READER_NOCASE;
	if (flags & PATTERN_EXTENDED)
		reader.options |= READER_EXTENDED;
	all = xmalloc(sizeof(*all));
	reader_branches(&reader, all);
	if (!reader.lost && !*reader.at) {
		part_settle(&reader.weigher, all);
		if (all->must.count)
			literals_take(rarity, &all->must, out);
	}
	free(all);
}
