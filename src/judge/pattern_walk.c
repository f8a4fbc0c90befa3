/*
 * pattern_walk: along a pattern that compiles, thing by thing.
 */
#include "config.h"

#include <stddef.h>
#include <string.h>

#include "judge/pattern_walk.h"

const char *
walk_class(const char *at)
{
	at += *at == '^';
	at += *at == ']';
	while (*at && *at != ']') {
		const char *name = at + 1;

		if (*at == '\\' && at[1]) {
			at += 2;
		} else if (*at == '[' && *name == ':') {
			const char *end = strstr(name, ":]");

			at = end ? end + 2 : name;
		} else {
			at++;
		}
	}
	return *at ? at + 1 : at;
}

const char *
walk_group(const char *at)
{
	size_t depth = 1;

	while (*at && depth) {
		switch (*at++) {
		case '\\':
			at += *at != '\0';
			break;
		case '[':
			at = walk_class(at);
			break;
		case '(':
			depth++;
			break;
		case ')':
			depth--;
			break;
		}
	}
	return depth ? NULL : at;
}

static size_t
span_digits(const char *at)
{
	return strspn(at, "0123456789");
}

const char *
walk_repeat(const char *at, bool *none_out)
{
	const char *begin = at;
	bool none = *at == '*' || *at == '?';

	*none_out = false;
	if (*at == '{') {
		size_t least = span_digits(at + 1);
		const char *end = at + 1 + least;

		if (*end == ',')
			end += 1 + span_digits(end + 1);
		/* A brace that repeats nothing is itself, for later. */
		if (!least || *end != '}')
			return begin;
		none = strspn(at + 1, "0") == least;
		at = end + 1;
	} else if (none || *at == '+') {
		at++;
	} else {
		return begin;
	}
	*none_out = none;
	return at + (*at == '+' || *at == '?');
}
