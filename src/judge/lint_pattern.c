/*
 * lint_pattern: whether a pattern can match any whole record at all.
 *
 * A glance, not an analysis: it walks along the alternatives outside of all
 * parentheses, and knows of each only whether something must stand before or
 * behind an anchor.  What it does not understand (inline options, \Q) ends
 * the glance, and the pattern counts as good.
 */
#include "config.h"

#include <stdbool.h>
#include <string.h>

#include "judge/lint_internal.h"
#include "judge/pattern_walk.h"

/* One thing of a pattern. */
enum thing {
	THING_TEXT,    /* takes at least one byte */
	THING_NEWLINE, /* takes a newline */
	THING_BEGIN,   /* ^ */
	THING_END,     /* $ */
	THING_LOOSE,   /* may take nothing; or a group, whatever is in it */
	THING_OR,
	THING_UNKNOWN,
};

struct glance {
	const char *at;
	bool lines;
	/* of the alternative at hand: */
	bool text;	 /* something has been taken */
	bool ended;	 /* a $ was passed */
	const char *why; /* it matches nothing, since ...; or NULL */
};

/* What begins with (? or (* and is no plain group. */
static bool
is_plain_group(const char *at)
{
	if (*at == '*')
		return false;
	if (*at != '?')
		return true;
	return at[1] && strchr(":|><=!P'", at[1]) != NULL;
}

static enum thing
glance_group(struct glance *glance)
{
	const char *end;

	if (!is_plain_group(glance->at))
		return THING_UNKNOWN;
	end = walk_group(glance->at);
	if (!end)
		return THING_UNKNOWN;
	glance->at = end;
	return THING_LOOSE;
}

static enum thing
glance_escape(struct glance *glance)
{
	char letter = *glance->at;

	if (!letter)
		return THING_UNKNOWN;
	glance->at++;
	if (letter == 'A')
		return THING_BEGIN;
	if (letter == 'z')
		return THING_END;
	if (letter == 'n')
		return THING_NEWLINE;
	/* Digits or braces follow these; the rest takes one byte. */
	if (strchr("QEGKbBZgkxoNpPcXCRu0123456789", letter))
		return strchr("bB", letter) ? THING_LOOSE : THING_UNKNOWN;
	return THING_TEXT;
}

static enum thing
glance_thing(struct glance *glance)
{
	switch (*glance->at++) {
	case '\\':
		return glance_escape(glance);
	case '(':
		return glance_group(glance);
	case '[':
		glance->at = walk_class(glance->at);
		return THING_TEXT;
	case '|':
		return THING_OR;
	case '^':
		return THING_BEGIN;
	case '$':
		return THING_END;
	}
	return THING_TEXT;
}

/* Passes what repeats; true when that may be none at all. */
static bool
glance_repeats(struct glance *glance)
{
	bool none;

	glance->at = walk_repeat(glance->at, &none);
	return none;
}

static void
glance_takes(struct glance *glance, enum thing thing)
{
	if (glance->ended && !glance->why)
		glance->why = "it wants something behind its `$'";
	if (thing == THING_NEWLINE && glance->lines && !glance->why)
		glance->why = "it wants a newline, and the records of its "
			      "logs are single lines";
	glance->text = true;
}

static void
glance_note(struct glance *glance, enum thing thing)
{
	if (thing == THING_BEGIN && glance->text && !glance->why)
		glance->why = "it wants something before its `^'";
	if (thing == THING_END)
		glance->ended = true;
	if (thing == THING_TEXT || thing == THING_NEWLINE)
		glance_takes(glance, thing);
}

/* Why no alternative can match; NULL when one can. */
const char *
lint_never_matches(const char *pattern, unsigned flags, bool lines)
{
	struct glance glance = {.at = pattern, .lines = lines};
	const char *first = NULL;

	if (flags & PATTERN_EXTENDED)
		return NULL;
	while (*glance.at) {
		enum thing thing = glance_thing(&glance);

		if (thing == THING_UNKNOWN)
			return NULL;
		if (thing == THING_OR) {
			if (!glance.why)
				return NULL;
			first = first ? first : glance.why;
			glance.text = glance.ended = false;
			glance.why = NULL;
		} else if (!glance_repeats(&glance)) {
			glance_note(&glance, thing);
		}
	}
	return glance.why && first ? first : glance.why;
}
