/*
 * own_words: finds the program of a syslog line.
 *
 * Strict about everything in front of it: what a log's writer lets others
 * choose must not look like a line of ours.
 */
#include "config.h"

#include "base/ascii.h"
#include "base/civil.h"
#include "ctaild/own_words.h"
#include "message/syslog_line.h"

static const char *const programs[] = {"ctaild", "ctail-send", "ctail-exec",
    SYSLOG_LINE_TAG, NULL};

/* Takes a word and the blanks behind it off the front. */
static struct span
next_word(struct span *rest)
{
	struct span word = *rest;
	const char *end = rest->len ? memchr(rest->data, ' ', rest->len) : NULL;
	size_t at;

	if (end)
		word.len = (size_t)(end - rest->data);
	for (at = word.len; at < rest->len && rest->data[at] == ' ';)
		at++;
	*rest = span_of(rest->data + at, rest->len - at);
	return word;
}

static bool
is_number(struct span word)
{
	for (size_t i = 0; i < word.len; i++)
		if (!ascii_is_digit(word.data[i]))
			return false;
	return word.len > 0;
}

/* "NAME[DIGITS]:" */
static bool
is_program(struct span word, const char *name)
{
	size_t len = strlen(name);

	if (word.len < len + 4 || memcmp(word.data, name, len) ||
	    word.data[len] != '[' || memcmp(word.data + word.len - 2, "]:", 2))
		return false;
	return is_number(span_of(word.data + len + 1, word.len - len - 3));
}

/* True for what begins as the pattern does, in which 0 is any digit. */
static bool
looks_like(struct span word, const char *pattern)
{
	size_t len = strlen(pattern);

	if (word.len < len)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (pattern[i] == '0' ? !ascii_is_digit(word.data[i])
				      : word.data[i] != pattern[i])
			return false;
	}
	return true;
}

/* "<30>", which some logs keep. */
static void
skip_priority(struct span *rest)
{
	const char *end =
	    rest->len && rest->data[0] == '<'
		? memchr(rest->data, '>', rest->len < 5 ? rest->len : 5)
		: NULL;
	size_t len = end ? (size_t)(end - rest->data) + 1 : 0;

	if (len > 2 && is_number(span_of(rest->data + 1, len - 2)))
		*rest = span_of(rest->data + len, rest->len - len);
}

/* One word, or month, day and time. */
static bool
take_stamp(struct span *rest)
{
	struct span first = next_word(rest), day, time;

	if (looks_like(first, "0000-00-00T00:00:00"))
		return true;
	day = next_word(rest);
	time = next_word(rest);
	return first.len == 3 && civil_month_named(first) >= 0 &&
	       is_number(day) && looks_like(time, "00:00:00");
}

/* "HOST PROGRAM[7]: " behind the stamp */
static bool
is_old_form(struct span rest)
{
	struct span program;

	if (!take_stamp(&rest))
		return false;
	next_word(&rest);
	program = next_word(&rest);
	for (size_t i = 0; programs[i]; i++)
		if (is_program(program, programs[i]))
			return true;
	return false;
}

/* "1 STAMP HOST ctail-alert 7 match [ctail@32473 ": our own data too, for
 * others may write lines of this form. */
static bool
is_new_form(struct span rest)
{
	struct span data;

	if (!span_is(next_word(&rest), "1") ||
	    !looks_like(next_word(&rest), "0000-00-00T00:00:00"))
		return false;
	next_word(&rest);
	if (!span_is(next_word(&rest), SYSLOG_LINE_TAG) ||
	    !is_number(next_word(&rest)))
		return false;
	next_word(&rest);
	data = next_word(&rest);
	return span_is(data, "[" SYSLOG_LINE_DATA);
}

bool
own_words(struct span line)
{
	skip_priority(&line);
	return is_old_form(line) || is_new_form(line);
}
