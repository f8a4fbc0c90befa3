/*
 * reach: how far a pattern gets in a record that it does not match.
 *
 * Hides where a pattern may be cut: behind a thing and what repeats it.  What
 * stands behind a beginning that does not match cannot make it match, so that
 * the longest one is found by halving.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "base/mem.h"
#include "judge/pattern_walk.h"
#include "judge/reach.h"

#define DIGITS "0123456789"
#define HEX DIGITS "abcdefABCDEF"
#define WORD                                                                   \
	DIGITS "abcdefghijklmnopqrstuvwxyz"                                    \
	       "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* Places behind each thing of one alternative. */
struct cuts {
	const char **places;
	size_t count;
};

/* Behind an escape; at is behind its backslash.  NULL: not understood. */
static const char *
walk_escape(const char *at)
{
	char letter = *at;
	const char *end;

	if (!letter || strchr("QE", letter))
		return NULL;
	at++;
	if (strchr("pPxogkN", letter) && *at && strchr("{<'", *at)) {
		end = strchr(at + 1,
		    *at == '{'	 ? '}'
		    : *at == '<' ? '>'
				 : '\'');
		return end ? end + 1 : NULL;
	}
	if (letter == 'x') {
		size_t digits = strspn(at, HEX);

		return at + (digits < 2 ? digits : 2);
	}
	if (letter == 'c' || letter == 'p' || letter == 'P')
		return *at ? at + 1 : NULL;
	return at + (ascii_is_digit(letter) ? strspn(at, DIGITS) : 0);
}

/* Behind a thing and what repeats it; NULL: not understood. */
static const char *
walk_thing(const char *at)
{
	bool none;

	/* Bytes of one character stay together. */
	if ((unsigned char)*at >= 0xC0)
		while (((unsigned char)at[1] & 0xC0) == 0x80)
			at++;
	switch (*at++) {
	case '\\':
		at = walk_escape(at);
		break;
	case '(':
		at = walk_group(at);
		break;
	case '[':
		at = walk_class(at);
		break;
	}
	return at ? walk_repeat(at, &none) : NULL;
}

/* The cuts of the alternative that begins here; its end, or NULL. */
static const char *
cut(const char *at, struct cuts *out)
{
	out->count = 0;
	while (*at && *at != '|') {
		at = walk_thing(at);
		if (!at)
			return NULL;
		out->places[out->count++] = at;
	}
	return at;
}

static bool
matches(const struct pattern *pattern, struct pattern_scratch *scratch,
    struct span beginning, struct span record, struct captures *captures)
{
	struct buf text = BUF_INIT;
	struct pattern *begun;
	bool yes;

	buf_add_span(&text, beginning);
	begun = pattern_new(buf_str(&text), pattern_flags(pattern), NULL);
	yes = begun && pattern_match(begun, scratch, record, captures) ==
			   PATTERN_YES;
	pattern_free(begun);
	buf_release(&text);
	return yes;
}

/* Behind what says what kind of group it is; at is behind its `('. */
static const char *
walk_kind(const char *at)
{
	size_t len;

	if (*at != '?')
		return at;
	len = strcspn(at, ":=!>)'");
	/* (?<=...) and (?<!...) end here, (?'name'...) with the other quote. */
	if (at[len] == '\'')
		len += 1 + strcspn(at + len + 1, "'");
	return at[len] && at[len] != ')' ? at + len + 1 : at + len;
}

/* Letters and digits that stand for themselves. */
static size_t
count_words(struct span pattern)
{
	const char *at = pattern.data, *end = pattern.data + pattern.len;
	size_t count = 0;

	while (at && at < end) {
		char byte = *at++;

		if (byte == '\\')
			at = walk_escape(at);
		else if (byte == '[')
			at = walk_class(at);
		else if (byte == '(')
			at = walk_kind(at);
		else if (byte == '{')
			at += strspn(at, DIGITS ",");
		else if (byte && strchr(WORD, byte))
			count++;
	}
	return count;
}

bool
reach_is_farther(const struct reach *one, const struct reach *other)
{
	if (one->words != other->words)
		return one->words > other->words;
	return one->has.len > other->has.len;
}

/* The longest beginning of one alternative. */
static bool
reach_of(const struct pattern *pattern, struct pattern_scratch *scratch,
    const char *begin, const struct cuts *cuts, struct span record,
    struct reach *out)
{
	size_t low = 0, high = cuts->count; /* low things match, high do not */
	struct captures captures;
	struct span has, found;

	while (low + 1 < high) {
		size_t middle = low + (high - low) / 2;

		has = span_of(
		    begin, (size_t)(cuts->places[middle - 1] - begin));
		if (matches(pattern, scratch, has, record, &captures))
			low = middle;
		else
			high = middle;
	}
	if (!low)
		return false;
	has = span_of(begin, (size_t)(cuts->places[low - 1] - begin));
	if (!matches(pattern, scratch, has, record, &captures))
		return false;
	found = captures.groups[0];
	out->has = has;
	out->words = count_words(has);
	out->wants = span_of(has.data + has.len,
	    (size_t)(cuts->places[cuts->count - 1] - (has.data + has.len)));
	out->rest = span_of(found.data + found.len,
	    (size_t)(record.data + record.len - (found.data + found.len)));
	return true;
}

bool
pattern_reach(const struct pattern *pattern, struct pattern_scratch *scratch,
    struct span record, struct reach *out)
{
	const char *begin = pattern_text(pattern), *end;
	struct cuts cuts = {NULL, 0};
	struct reach one;
	bool any = false;

	if (!record.len || (pattern_flags(pattern) & PATTERN_EXTENDED))
		return false;
	cuts.places = xcalloc(strlen(begin) + 1, sizeof(*cuts.places));
	for (; (end = cut(begin, &cuts)); begin = end + 1) {
		if (reach_of(pattern, scratch, begin, &cuts, record, &one) &&
		    (!any || reach_is_farther(&one, out))) {
			*out = one;
			any = true;
		}
		if (!*end)
			break;
	}
	free(cuts.places);
	return any;
}
