/*
 * literals_class: brackets.
 *
 * Hides where brackets end, and which few characters they stand for.  With
 * named classes, escapes for more than one character, \Q and, in UTF,
 * anything beyond ASCII, they stand for an unknown one.
 */
#include "config.h"

#include <string.h>

#include "judge/literals_internal.h"

enum {
	CLASS_MEMBERS_MAX = 8,
};

struct class
{
	bool unknown;
	bool members[256];
	int from; /* the last single character, -1: none */
};

/* The length of [:name:] and its kind, 0 when the bracket is itself.  Read as
 * PCRE2 does: an escaped ] or \ does not end it, another one does. */
static size_t
named_length(const unsigned char *at)
{
	unsigned char kind = at[1];
	size_t i;

	if (kind != ':' && kind != '.' && kind != '=')
		return 0;
	for (i = 2; at[i] && at[i + 1]; i++) {
		if (at[i] == '\\' && (at[i + 1] == ']' || at[i + 1] == '\\'))
			i++;
		else if ((at[i] == '[' && at[i + 1] == kind) || at[i] == ']')
			return 0;
		else if (at[i] == kind && at[i + 1] == ']')
			return i + 2;
	}
	return 0;
}

/* What may stand before the first member. */
static bool
class_is_negated(struct reader *reader)
{
	bool negated = false;

	for (;;) {
		const char *at = (const char *)reader->at;

		if (!strncmp(at, "\\E", 2))
			reader->at += 2;
		else if (!strncmp(at, "\\Q\\E", 4))
			reader->at += 4;
		else if (*at == '^' && !negated) {
			negated = true;
			reader->at++;
		} else
			return negated;
	}
}

static void
class_add(struct reader *reader, struct class *class, uint32_t character)
{
	uint32_t from = class->from < 0 ? character : (uint32_t) class->from;

	if (character >= (reader->utf ? 0x80u : 0x100u))
		class->unknown = true;
	else
		for (; from <= character; from++)
			class->members[from] = true;
	class->from = -1;
}

/* One character, and the other end if it begins a range. */
static void
class_character(struct reader *reader, struct class *class, uint32_t character)
{
	bool ranged = class->from >= 0;

	class_add(reader, class, character);
	if (ranged || class->unknown || reader->at[0] != '-' ||
	    reader->at[1] == ']')
		return;
	class->from = (int)character;
	reader->at++;
	if (reader->at[0] == '[')
		class->unknown = true;
}

static void
class_quoted(struct reader *reader, struct class *class)
{
	const char *end = strstr((const char *)reader->at, "\\E");

	class->unknown = true;
	if (end)
		reader->at = (const unsigned char *)end + 2;
	else
		reader_give_up(reader);
}

static void
class_escape(struct reader *reader, struct class *class)
{
	uint32_t character;

	if (reader->at[1] == 'Q') {
		class_quoted(reader, class);
	} else if (reader->at[1] == 'b') {
		reader->at += 2;
		class_character(reader, class, '\b');
	} else if (reader_escaped(reader, &character)) {
		class_character(reader, class, character);
	} else {
		/* Whatever it is, the rest of it is like any member. */
		class->unknown = true;
		reader->at += reader->at[1] ? 2 : 1;
	}
}

static void
class_member(struct reader *reader, struct class *class)
{
	size_t named = *reader->at == '[' ? named_length(reader->at) : 0;

	if (named) {
		class->unknown = true;
		reader->at += named;
	} else if (*reader->at == '\\')
		class_escape(reader, class);
	else
		class_character(reader, class, reader_take(reader));
}

static void
class_read(struct reader *reader, struct class *class)
{
	bool negated = class_is_negated(reader);

	do {
		if (!*reader->at)
			reader_give_up(reader);
		else
			class_member(reader, class);
	} while (!reader->lost && *reader->at != ']');
	if (!reader->lost)
		reader->at++;
	if (negated)
		class->unknown = true;
}

/* Are they few enough to be listed? */
static bool
class_strings(
    const struct reader *reader, const struct class *class, struct strings *set)
{
	uint32_t i;

	if (class->unknown)
		return false;
	set->count = 0;
	for (i = 0; i < 256; i++) {
		if (!class->members[i])
			continue;
		if (set->count >= CLASS_MEMBERS_MAX ||
		    !reader_strings(reader, i, set))
			return false;
	}
	return set->count > 0;
}

void
reader_class(struct reader *reader, struct part *out)
{
	const char *at = (const char *)reader->at;
	struct class class = {.from = -1};

	part_empty(out);
	/* These two stand for the edge of a word. */
	if (!strncmp(at, "[[:<:]]", 7) || !strncmp(at, "[[:>:]]", 7)) {
		reader->at += 7;
		return;
	}
	reader->at++;
	class_read(reader, &class);
	if (!class_strings(reader, &class, &out->head))
		part_unknown(out);
}
