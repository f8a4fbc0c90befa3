/*
 * pattern_sample: a line that a pattern probably matches.
 *
 * Reads PCRE2's syntax roughly and writes text along it, with chance deciding
 * alternatives, repetitions and members of classes.  Nobody relies on the
 * line: PCRE2 is asked afterwards whether it matches.
 */
#ifndef CTAIL_TESTS_PATTERN_SAMPLE_H
#define CTAIL_TESTS_PATTERN_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/span.h"

#define SAMPLE_BYTES_MAX 2000

struct sampler {
	uint64_t chance;
	bool nocase, extended;
	unsigned depth;
	struct buf *out;
};

static inline unsigned
chance_of(uint64_t *state, unsigned below)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (unsigned)((*state >> 11) % below);
}

static inline const char *
sample_class_end(const char *at)
{
	at++;
	if (*at == '^')
		at++;
	if (*at == ']')
		at++;
	while (*at && *at != ']') {
		if (*at == '\\' && at[1])
			at += 2;
		else if (*at == '[' && at[1] == ':' && strstr(at, ":]"))
			at = strstr(at, ":]") + 2;
		else
			at++;
	}
	return *at ? at + 1 : at;
}

static inline const char *
sample_until(const char *at, char last)
{
	const char *end = strchr(at, last);

	return end ? end + 1 : at + strlen(at);
}

static inline const char *
sample_escape_end(const char *at)
{
	const char *end;

	switch (at[1]) {
	case '\0':
		return at + 1;
	case 'Q':
		end = strstr(at, "\\E");
		return end ? end + 2 : at + strlen(at);
	case 'x':
		if (at[2] != '{')
			return at + 2 +
			       strspn(at + 2, "0123456789abcdefABCDEF");
		return sample_until(at, '}');
	case 'c':
		return at + (at[2] ? 3 : 2);
	case 'p':
	case 'P':
	case 'g':
	case 'k':
	case 'o':
		if (at[2] == '{' || at[2] == '<')
			return sample_until(at, at[2] == '{' ? '}' : '>');
		return at + (at[2] ? 3 : 2);
	}
	return at + 2;
}

/* Behind the item that begins here. */
static inline const char *
sample_item_end(const char *at)
{
	unsigned depth = 0;

	do {
		if (*at == '\\')
			at = sample_escape_end(at);
		else if (*at == '[')
			at = sample_class_end(at);
		else if (!strncmp(at, "(?#", 3))
			at = sample_until(at, ')');
		else {
			if (*at == '(')
				depth++;
			else if (*at == ')' && depth)
				depth--;
			at++;
			while (((unsigned char)*at & 0xc0) == 0x80)
				at++;
		}
	} while (depth && *at);
	return at;
}

static inline void
sample_byte(struct sampler *sampler, char byte)
{
	bool letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';

	if (letter && sampler->nocase && !chance_of(&sampler->chance, 3)) {
		if ((byte | 0x20) == 'k' && !chance_of(&sampler->chance, 3)) {
			buf_add_str(sampler->out, "\xe2\x84\xaa");
			return;
		}
		if ((byte | 0x20) == 's' && !chance_of(&sampler->chance, 3)) {
			buf_add_str(sampler->out, "\xc5\xbf");
			return;
		}
		byte ^= 0x20;
	}
	buf_add_byte(sampler->out, byte);
}

static inline void
sample_one_of(struct sampler *sampler, const char *bytes)
{
	sample_byte(sampler,
	    bytes[chance_of(&sampler->chance, (unsigned)strlen(bytes))]);
}

static inline const char *
sample_named(const char *at)
{
	static const char *const names[][2] = {
	    {"[:digit:]", "0123456789"}, {"[:xdigit:]", "0123456789abcdef"},
	    {"[:alpha:]", "abcxyzABZ"}, {"[:upper:]", "ABCXYZ"},
	    {"[:lower:]", "abcxyz"}, {"[:space:]", " \t"},
	    {"[:blank:]", " \t"}, {"[:punct:]", ".,:-/"}};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strncmp(at, names[i][0], strlen(names[i][0])))
			return names[i][1];
	}
	return "ab1";
}

static inline void
sample_letter_escape(struct sampler *sampler, char letter)
{
	static const char *const means[][2] = {{"d", "0123456789"},
	    {"D", "ab -."}, {"s", " \t"}, {"S", "ab1-"}, {"w", "abks1_"},
	    {"W", " .-"}, {"h", " \t"}, {"H", "ab"}, {"v", "\n\r"},
	    {"V", "ab"}, {"N", "ab"}, {"R", "\n\r"}, {"X", "ab"}, {"n", "\n"},
	    {"t", "\t"}, {"r", "\r"}, {"e", "\x1b"}, {"a", "\a"},
	    {"f", "\f"}};

	for (size_t i = 0; i < sizeof(means) / sizeof(means[0]); i++) {
		if (means[i][0][0] == letter)
			sample_one_of(sampler, means[i][1]);
	}
}

static inline void
sample_code(struct sampler *sampler, unsigned long code)
{
	if (code < 0x80)
		sample_byte(sampler, (char)code);
	else if (code < 0x800)
		buf_addf(sampler->out, "%c%c", (int)(0xc0 | code >> 6),
		    (int)(0x80 | (code & 0x3f)));
	else
		buf_addf(sampler->out, "%c%c%c", (int)(0xe0 | code >> 12),
		    (int)(0x80 | (code >> 6 & 0x3f)),
		    (int)(0x80 | (code & 0x3f)));
}

static inline void
sample_escape(struct sampler *sampler, const char *at)
{
	const char *end = sample_escape_end(at);
	char byte = at[1];

	if (byte == 'Q') {
		for (at += 2; at < end && strncmp(at, "\\E", 2); at++)
			sample_byte(sampler, *at);
	} else if (byte == 'x') {
		sample_code(sampler,
		    strtoul(at + (at[2] == '{' ? 3 : 2), NULL, 16) & 0xffff);
	} else if (byte == 'c' && at[2]) {
		buf_add_byte(sampler->out, (char)((at[2] & 0x5f) ^ 0x40));
	} else if ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z') {
		sample_letter_escape(sampler, byte);
	} else if (byte == '0') {
		buf_add_byte(sampler->out, '\0');
	} else if (byte >= '1' && byte <= '9') {
		sample_one_of(sampler, "ab");
	} else if (byte)
		sample_byte(sampler, byte);
}

static inline void
sample_class(struct sampler *sampler, const char *at)
{
	const char *end = sample_class_end(at);
	const char *chosen = at + 1;
	unsigned seen = 0;

	if (at[1] == '^') {
		sample_one_of(sampler, "abkz 0.-:/");
		return;
	}
	for (at++; at + 1 < end;) {
		const char *from = at;

		if (!chance_of(&sampler->chance, ++seen))
			chosen = at;
		if (*at == '[' && at[1] == ':')
			at = sample_until(at, ']');
		else
			at += *at == '\\' ? 2 : 1;
		if (*at == '-' && at + 2 < end && *from != '[')
			at += 2;
	}
	if (*chosen == '[' && chosen[1] == ':')
		sample_one_of(sampler, sample_named(chosen));
	else if (*chosen == '\\')
		sample_escape(sampler, chosen);
	else if (chosen[1] == '-' && chosen + 3 < end && chosen[2] > *chosen)
		sample_byte(sampler,
		    (char)(*chosen + (int)chance_of(&sampler->chance,
				   (unsigned)(chosen[2] - *chosen + 1))));
	else
		sample_byte(sampler, *chosen);
}

static inline const char *sample_branches(
    struct sampler *sampler, const char *at);

static inline void
sample_options(struct sampler *sampler, const char *at)
{
	bool on = true;

	for (; *at && *at != ':' && *at != ')'; at++) {
		if (*at == '-')
			on = false;
		else if (*at == '^')
			sampler->nocase = sampler->extended = false;
		else if (*at == 'i')
			sampler->nocase = on;
		else if (*at == 'x')
			sampler->extended = on;
	}
	if (*at == ':')
		sample_branches(sampler, at + 1);
}

static inline void
sample_special_group(struct sampler *sampler, const char *at)
{
	switch (at[2]) {
	case ':':
	case '|':
	case '>':
		sample_branches(sampler, at + 3);
		return;
	case '=':
		if (chance_of(&sampler->chance, 2))
			sample_branches(sampler, at + 3);
		return;
	case '!':
	case 'R':
	case '&':
		return;
	case '(':
		sample_branches(sampler, sample_item_end(at + 2));
		return;
	case '<':
	case 'P':
	case '\'':
		if (at[3] == '!' || at[3] == '>')
			return;
		if (at[3] == '=' && at[2] == '<')
			sample_branches(sampler, at + 4);
		else
			sample_branches(sampler,
			    sample_until(at + 4, at[2] == '\'' ? '\'' : '>'));
		return;
	}
	sample_options(sampler, at + 2);
}

static inline void
sample_group(struct sampler *sampler, const char *at)
{
	bool nocase = sampler->nocase, extended = sampler->extended;
	bool lasting = at[1] == '?' && at[2] && strchr("ixsmU-^", at[2]) &&
		       sample_until(at, ')') == sample_item_end(at) &&
		       !memchr(at, ':', (size_t)(sample_item_end(at) - at));

	if (at[1] == '?')
		sample_special_group(sampler, at);
	else if (at[1] != '*')
		sample_branches(sampler, at + 1);
	if (lasting)
		return;
	sampler->nocase = nocase;
	sampler->extended = extended;
}

static inline void
sample_item(struct sampler *sampler, const char *at)
{
	const char *end = sample_item_end(at);

	if (sampler->out->len > SAMPLE_BYTES_MAX || sampler->depth > 60)
		return;
	sampler->depth++;
	if (*at == '\\')
		sample_escape(sampler, at);
	else if (*at == '[')
		sample_class(sampler, at);
	else if (!strncmp(at, "(?#", 3))
		;
	else if (*at == '(')
		sample_group(sampler, at);
	else if (*at == '.')
		sample_one_of(sampler, "abks 01-:");
	else if (*at == '^' || *at == '$')
		;
	else if (sampler->extended && strchr(" \t\n", *at))
		;
	else
		for (; at < end; at++)
			sample_byte(sampler, *at);
	sampler->depth--;
}

/* How often, and where that ends. */
static inline const char *
sample_times(struct sampler *sampler, const char *at, unsigned *times_out)
{
	long least = 0, most = 1;
	int len = 0;

	*times_out = 1;
	if (*at == '*' || *at == '+' || *at == '?') {
		least = *at == '+';
		most = *at == '?' ? 1 : least + 3;
		at++;
	} else if (sscanf(at, "{%ld,%ld}%n", &least, &most, &len) == 2 && len) {
		at += len;
	} else if (sscanf(at, "{%ld,}%n", &least, &len) == 1 && len) {
		most = least + 2;
		at += len;
	} else if (sscanf(at, "{%ld}%n", &least, &len) == 1 && len) {
		most = least;
		at += len;
	} else
		return at;
	if (least < 0 || least > 300 || most < least)
		least = most = 1;
	if (most > least + 3)
		most = least + 3;
	*times_out = (unsigned)least +
		     chance_of(&sampler->chance, (unsigned)(most - least) + 1);
	return *at == '?' || *at == '+' ? at + 1 : at;
}

static inline void
sample_branch(struct sampler *sampler, const char *at, const char *end)
{
	while (at < end && *at != '|' && *at != ')') {
		const char *item = at;
		unsigned times;

		at = sample_times(sampler, sample_item_end(at), &times);
		while (times--)
			sample_item(sampler, item);
	}
}

/* Behind the closing parenthesis. */
static inline const char *
sample_branches(struct sampler *sampler, const char *at)
{
	const char *chosen = at, *end = at;
	unsigned seen = 1;

	while (*end && *end != ')') {
		end = sample_item_end(end);
		if (*end == '|' && !chance_of(&sampler->chance, ++seen))
			chosen = end + 1;
	}
	sample_branch(sampler, chosen, end);
	return *end ? end + 1 : end;
}

/* Appends such a line. */
static inline void
pattern_sample(const char *pattern, bool nocase, bool extended,
    uint64_t *chance, struct buf *out)
{
	struct sampler sampler = {.chance = *chance,
	    .nocase = nocase,
	    .extended = extended,
	    .out = out};

	sample_branches(&sampler, pattern);
	*chance = sampler.chance;
}

#endif
