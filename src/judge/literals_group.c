/*
 * literals_group: everything that begins with a parenthesis.
 *
 * Hides the many kinds of groups.  A group that may be passed over, or whose
 * text stands elsewhere in the pattern (conditions, recursion), is unknown;
 * verbs, which can end a match early, give up all of the pattern.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/mem.h"
#include "judge/literals_internal.h"

enum {
	/* PCRE2 itself allows no more than 250. */
	GROUP_DEPTH_MAX = 250,
};

/* From behind the opening to behind the closing parenthesis; options set
 * inside end there. */
static void
group_inside(struct reader *reader, unsigned options, struct part *out)
{
	unsigned before = reader->options;

	if (++reader->depth > GROUP_DEPTH_MAX) {
		reader_give_up(reader);
		return;
	}
	reader->options = options;
	reader_branches(reader, out);
	reader->options = before;
	reader->depth--;
	if (*reader->at == ')')
		reader->at++;
	else
		reader_give_up(reader);
}

static void
group_plain(struct reader *reader, size_t opening, struct part *out)
{
	reader->at += opening;
	group_inside(reader, reader->options, out);
}

static void
group_named(struct reader *reader, size_t opening, char last, struct part *out)
{
	reader->at += opening;
	reader_skip_to(reader, last);
	if (!reader->lost)
		group_inside(reader, reader->options, out);
}

static void
group_assertion(struct reader *reader, size_t opening, struct part *out)
{
	group_plain(reader, opening, out);
	if (!reader->lost)
		part_assert(&reader->weigher, out);
}

/* What must not be there says nothing. */
static void
group_denial(struct reader *reader, size_t opening, struct part *out)
{
	group_plain(reader, opening, out);
	part_empty(out);
}

/* A reference or a recursion: nothing to be read inside. */
static void
group_reference(struct reader *reader, struct part *out)
{
	reader_skip_to(reader, ')');
	part_unknown(out);
}

/* (?1), (?+1), (?-1), (?R) without anything else. */
static void
group_recursion(struct reader *reader, struct part *out)
{
	reader->at += 3;
	reader->at += strspn((const char *)reader->at, "0123456789");
	if (*reader->at == ')')
		reader->at++;
	else
		reader_give_up(reader);
	part_unknown(out);
}

/* (?C) and (?C1); nobody asked to be called. */
static void
group_callout(struct reader *reader, struct part *out)
{
	group_recursion(reader, out);
	part_empty(out);
}

/* The condition is a group itself, or a name in parentheses. */
static void
group_condition(struct reader *reader, struct part *out)
{
	reader->at += 2;
	if (reader->at[1] == '*') {
		reader_give_up(reader);
		return;
	}
	if (reader->at[1] == '?') {
		unsigned before = reader->depth++;

		if (before < GROUP_DEPTH_MAX)
			reader_group(reader, out);
		else
			reader_give_up(reader);
		reader->depth = before;
	} else
		reader_skip_to(reader, ')');
	if (!reader->lost)
		group_inside(reader, reader->options, out);
	part_unknown(out);
}

static unsigned
option_of(char letter)
{
	switch (letter) {
	case 'i':
		return READER_NOCASE;
	case 'x':
		return READER_EXTENDED;
	}
	return 0;
}

/* (?i), (?^x-i:...) and the like.  The letters that are known here; others,
 * and xx, change what the text behind them means. */
static void
group_options(struct reader *reader, struct part *out)
{
	const char *at = (const char *)reader->at + 2;
	unsigned options = reader->options;
	bool off = false;

	if (*at == '^') {
		options = 0;
		at++;
	}
	for (; strchr("imnsxJU-", *at) && *at; at++) {
		if (*at == '-')
			off = true;
		else if (off)
			options &= ~option_of(*at);
		else
			options |= option_of(*at);
		if (at[0] == 'x' && at[1] == 'x')
			break;
	}
	part_empty(out);
	if (*at != ')' && *at != ':') {
		reader_give_up(reader);
		return;
	}
	reader->at = (const unsigned char *)at + 1;
	if (*at == ')')
		reader->options = options;
	else
		group_inside(reader, options, out);
}

static void
group_lookbehind_or_name(struct reader *reader, struct part *out)
{
	switch (reader->at[3]) {
	case '=':
	case '*':
		group_assertion(reader, 4, out);
		return;
	case '!':
		group_denial(reader, 4, out);
		return;
	}
	group_named(reader, 3, '>', out);
}

static void
group_python(struct reader *reader, struct part *out)
{
	switch (reader->at[3]) {
	case '<':
		group_named(reader, 4, '>', out);
		return;
	case '=':
	case '>':
		group_reference(reader, out);
		return;
	}
	reader_give_up(reader);
}

/* (?+1) and (?-1), as opposed to (?-i). */
static void
group_signed(struct reader *reader, struct part *out)
{
	if (ascii_is_digit(reader->at[3]))
		group_recursion(reader, out);
	else
		group_options(reader, out);
}

static void
group_of_kind(struct reader *reader, struct part *out)
{
	char kind = (char)reader->at[2];

	switch (kind) {
	case ':':
	case '|':
	case '>':
		group_plain(reader, 3, out);
		return;
	case '=':
	case '*':
		group_assertion(reader, 3, out);
		return;
	case '!':
		group_denial(reader, 3, out);
		return;
	case '<':
		group_lookbehind_or_name(reader, out);
		return;
	case '\'':
		group_named(reader, 3, '\'', out);
		return;
	case 'P':
		group_python(reader, out);
		return;
	case '&':
		group_reference(reader, out);
		return;
	case '(':
		group_condition(reader, out);
		return;
	case 'C':
		group_callout(reader, out);
		return;
	case '+':
	case '-':
		group_signed(reader, out);
		return;
	}
	if (kind == 'R' || ascii_is_digit(kind))
		group_recursion(reader, out);
	else
		group_options(reader, out);
}

void
reader_group(struct reader *reader, struct part *out)
{
	if (reader->at[1] == '*')
		reader_give_up(reader);
	else if (reader->at[1] == '?')
		group_of_kind(reader, out);
	else
		group_plain(reader, 1, out);
}
