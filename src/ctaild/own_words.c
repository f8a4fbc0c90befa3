/*
 * own_words: finds the program of a syslog line.
 */
#include "config.h"

#include <ctype.h>

#include "ctaild/own_words.h"

static const char *const programs[] = {"ctaild", "ctail-send", "ctail-exec",
    NULL};

/* Takes a word and the blanks behind it off the front. */
static struct span
next_word(struct span *rest)
{
	struct span word = *rest;
	size_t at = 0;

	while (at < rest->len && rest->data[at] != ' ')
		at++;
	word.len = at;
	while (at < rest->len && rest->data[at] == ' ')
		at++;
	*rest = span_of(rest->data + at, rest->len - at);
	return word;
}

/* "NAME[DIGITS]:" */
static bool
is_program(struct span word, const char *name)
{
	size_t len = strlen(name);

	if (word.len < len + 4 || memcmp(word.data, name, len) ||
	    word.data[len] != '[' || memcmp(word.data + word.len - 2, "]:", 2))
		return false;
	for (size_t i = len + 1; i < word.len - 2; i++)
		if (!isdigit((unsigned char)word.data[i]))
			return false;
	return true;
}

/* The stamp is one word that begins with a digit, or month, day and time. */
static void
skip_stamp(struct span *rest)
{
	struct span first = next_word(rest);

	if (first.len && isdigit((unsigned char)first.data[0]))
		return;
	next_word(rest);
	next_word(rest);
}

bool
own_words(struct span line)
{
	struct span rest = line, program;

	skip_stamp(&rest);
	next_word(&rest);
	program = next_word(&rest);
	for (size_t i = 0; programs[i]; i++)
		if (is_program(program, programs[i]))
			return true;
	return false;
}
