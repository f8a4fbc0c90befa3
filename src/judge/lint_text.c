/*
 * lint_text: whether text of a log was taken into a pattern as it stands.
 *
 * Brackets around a word or a process's number are a set of characters to a
 * pattern, a comment behind it is a part of it, and backslashes that were
 * doubled for a string in quotes stay doubled.  All of this compiles, and
 * matches nothing, or almost everything.
 */
#include "config.h"

#include <string.h>

#include "judge/lint_internal.h"

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define WORD_MIN 4 /* the shortest [info]; [aeiou] and [KMGT] are sets */

/* A set of characters, [...]. */
struct set {
	const char *pattern;
	const char *begin, *end; /* what is between the brackets */
};

static bool
consists_of(const struct set *set, const char *bytes)
{
	return strspn(set->begin, bytes) == (size_t)(set->end - set->begin);
}

/* "error", "WARNING", "preauth": no alphabet, and can be spoken. */
static bool
is_word(const struct set *set)
{
	bool ascends = true, speaks = false;

	if (set->end - set->begin < WORD_MIN ||
	    !consists_of(set, LOWER UPPER))
		return false;
	for (const char *at = set->begin; at < set->end; at++) {
		ascends = ascends && (at == set->begin || at[-1] <= *at);
		speaks = speaks || strchr("aeiouAEIOU", *at);
	}
	return speaks && !ascends;
}

/* "1234", "\d+", "0-9*". */
static bool
is_number(const struct set *set)
{
	size_t len = (size_t)(set->end - set->begin);

	if (len && consists_of(set, DIGITS))
		return true;
	return (len == 3 && !memcmp(set->begin, "\\d", 2) &&
		   strchr("+*", set->begin[2])) ||
	       (len == 4 && !memcmp(set->begin, "0-9", 3) &&
		   strchr("+*", set->begin[3]));
}

/* As brackets in logs do, it stands by itself, or behind a name and before a
 * colon. */
static bool
is_meant_as_text(const struct set *set)
{
	const char *open = set->begin - 1, *behind = set->end + 1;
	char before = open > set->pattern ? open[-1] : ' ';

	if (is_word(set))
		return strchr(" ^]*(", before) && strchr(" :.", *behind);
	return is_number(set) && *behind == ':' &&
	       strchr(LOWER UPPER "_-+)", before);
}

/* The end of a set that begins here, or NULL. */
static const char *
set_end(const char *begin)
{
	const char *at = begin + (*begin == '^');

	at += *at == ']';
	while (*at && *at != ']')
		at += *at == '\\' && at[1] ? 2 : 1;
	return *at ? at : NULL;
}

static bool
has_text_in_brackets(const char *pattern)
{
	for (const char *at = pattern; *at; at++) {
		struct set set = {pattern, at + 1, NULL};

		if (*at == '\\' && at[1])
			at++;
		else if (*at == '[') {
			set.end = set_end(set.begin);
			if (!set.end)
				return false;
			if (is_meant_as_text(&set))
				return true;
			at = set.end;
		}
	}
	return false;
}

/* \\d+ where \d+ was meant; \\\d+ is a backslash and digits. */
static bool
has_doubled_backslash(const char *pattern)
{
	for (const char *at = pattern; *at; at++) {
		if (*at != '\\' || !at[1])
			continue;
		at++;
		if (*at == '\\' && at[1] && at[2] &&
		    strchr("dDsSwW", at[1]) && strchr("+*{", at[2]))
			return true;
	}
	return false;
}

static bool
has_comment(const char *pattern)
{
	for (const char *at = pattern; (at = strchr(at, '#')); at++) {
		if (at > pattern && strchr(" \t", at[-1]) && at[1] &&
		    strchr(" \t", at[1]))
			return true;
	}
	return false;
}

const char *
lint_text(const char *pattern)
{
	if (has_text_in_brackets(pattern))
		return "brackets are a set of characters, of which one is "
		       "taken; write \\[ and \\] where they stand in the log, "
		       "or show with a should_match that a set is meant";
	if (has_doubled_backslash(pattern))
		return "two backslashes are one in the log; there are no "
		       "quotes here that want them doubled: write \\d+ for "
		       "digits, or show with a should_match that they are "
		       "meant";
	if (has_comment(pattern))
		return "the comment behind this pattern is a part of it: give "
		       "it a line of its own, or show with a should_match "
		       "that it is meant";
	return NULL;
}
