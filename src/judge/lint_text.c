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
#include <strings.h>

#include "judge/lint_internal.h"

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define WORD_MIN 4 /* the shortest [info] */

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

/* Nobody who means a set writes one of its characters twice. */
static bool
has_twice(const struct set *set)
{
	for (const char *at = set->begin; at < set->end; at++)
		if (memchr(at + 1, *at, (size_t)(set->end - at - 1)))
			return true;
	return false;
}

/* "error", "WARNING", "preauth"; but [VDIWEF] and [KMGTPE] are sets. */
static bool
is_word(const struct set *set)
{
	/* Those without a letter that stands twice. */
	static const char *const words[] = {"info", "warn", "debug", "trace",
	    "notice", "alert", "crit", "panic", "preauth", "client", "main",
	    "core", "auth", "audit", NULL};
	size_t len = (size_t)(set->end - set->begin);

	if (len < WORD_MIN || !consists_of(set, LOWER UPPER))
		return false;
	for (size_t i = 0; words[i]; i++)
		if (strlen(words[i]) == len &&
		    !strncasecmp(words[i], set->begin, len))
			return true;
	return has_twice(set);
}

/* The number of a process; eth[01] and slot[13] are sets, in order. */
static bool
is_process(const struct set *set)
{
	bool rises = true, falls = true;

	if (set->begin == set->end || !consists_of(set, DIGITS))
		return false;
	for (const char *at = set->begin + 1; at < set->end; at++) {
		rises = rises && at[-1] < *at;
		falls = falls && at[-1] > *at;
	}
	return !rises && !falls;
}

/* "2938", "\d+", "0-9*". */
static bool
is_number(const struct set *set)
{
	size_t len = (size_t)(set->end - set->begin);

	if (is_process(set))
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

/* (?x) and (?ix): comments are what they look like. */
static bool
takes_comments(const char *pattern)
{
	size_t letters;

	if (strncmp(pattern, "(?", 2))
		return false;
	letters = strspn(pattern + 2, "imnsxJU");
	return memchr(pattern + 2, 'x', letters) != NULL;
}

static bool
has_comment(const char *pattern)
{
	if (takes_comments(pattern))
		return false;
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
