/*
 * lint_foreign: whether a pattern is written as another tool wants it.
 *
 * Who ports rules brings fail2ban's tags, grok's names, and the slashes of
 * swatchdog and the quotes of check_logfiles along.  All of these compile, as
 * ordinary letters, and then nothing ever matches.  Slashes and quotes may be
 * meant, so they count only where no sample shows it.
 */
#include "config.h"

#include <string.h>

#include "judge/lint_internal.h"

#define CURLY_BYTES 3
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* Where this stands in the pattern and is not the name of a group. */
static bool
has_tag(const char *pattern, const char *tag)
{
	for (const char *at = pattern; (at = strstr(at, tag)); at++) {
		if (at == pattern || !strchr("?Pkg\\", at[-1]))
			return true;
	}
	return false;
}

static const char *
lint_tags(const char *pattern)
{
	static const char *const addresses[] = {
	    "<HOST>", "<ADDR>", "<IP4>", "<IP6>", "<SUBNET>", NULL};
	static const char *const others[] = {
	    "<F-", "</F-", "<SKIPLINES>", "%(_", "%(mdre-", "%(mdpr-",
	    "%(known/", "<mdre-", "<mdpr-", NULL};

	for (size_t i = 0; addresses[i]; i++) {
		if (has_tag(pattern, addresses[i]))
			return "fail2ban puts an address where this has a "
			       "word in <>; here it is that word: write "
			       "(?<ip>[0-9A-Fa-f.:]+)";
	}
	for (size_t i = 0; others[i]; i++) {
		if (has_tag(pattern, others[i]))
			return "fail2ban replaces its <F-...>, <SKIPLINES> "
			       "and %(...)s; here they are what they look "
			       "like: write what they stand for";
	}
	return NULL;
}

static bool
has_grok(const char *pattern)
{
	for (const char *at = pattern; (at = strstr(at, "%{")); at++) {
		size_t name = strspn(at + 2, UPPER "0123456789_");

		if (name && strchr(":}", at[2 + name]) && at[2 + name])
			return true;
	}
	return false;
}

/* /.../ or m/.../i, and no path: there are letters behind, or something
 * within that a path has not. */
static bool
is_in_slashes(const char *pattern)
{
	const char *begin = pattern + (*pattern == 'm');
	const char *end = strrchr(pattern, '/');

	if (*begin != '/' || end <= begin + 1 ||
	    end[1 + strspn(end + 1, "gimosx")])
		return false;
	for (const char *at = begin + 1; at < end; at++) {
		if (*at == '\\' && at + 1 < end)
			at++;
		else if (*at == '/')
			return false;
	}
	return end[1] || *pattern == 'm' ||
	       strcspn(begin + 1, " ()[]|\\^$*+?") < (size_t)(end - begin - 1);
}

/* One that a word processor or a blog makes of a straight one; all have three
 * bytes. */
static bool
is_curly(const char *at)
{
	static const char *const quotes[] = {
	    "\u201C", "\u201D", "\u201E", "\u2018", "\u2019", NULL};

	for (size_t i = 0; quotes[i]; i++) {
		if (!strncmp(at, quotes[i], CURLY_BYTES))
			return true;
	}
	return false;
}

static bool
is_in_curly_quotes(const char *pattern)
{
	size_t len = strlen(pattern);

	return len > 2 * CURLY_BYTES && is_curly(pattern) &&
	       is_curly(pattern + len - CURLY_BYTES);
}

static bool
is_in_quotes(const char *pattern)
{
	const char *end;

	if (is_in_curly_quotes(pattern))
		return true;
	if (*pattern != '"' && *pattern != '\'')
		return false;
	end = strchr(pattern + 1, *pattern);
	return end && end > pattern + 1 && !end[1];
}

const char *
lint_foreign(const char *pattern, bool shown)
{
	const char *why = lint_tags(pattern);

	if (why)
		return why;
	if (has_grok(pattern))
		return "grok puts a pattern where this has %{NAME}; here it "
		       "is these letters: write the expression itself";
	if (shown)
		return NULL;
	if (is_in_slashes(pattern))
		return "the slashes around this pattern, and what is behind "
		       "them, are a part of it: leave them out (flags = "
		       "nocase is for /i), or show with a should_match that "
		       "they are meant";
	if (is_in_quotes(pattern))
		return "the quotes around this pattern are a part of it: "
		       "leave them out, or show with a should_match that "
		       "they are meant";
	return NULL;
}
