/*
 * literals_escape: what a backslash begins outside of brackets.
 *
 * Hides where each escape ends, which is what has to be right; what it stands
 * for may remain unknown.
 */
#include "config.h"

#include <string.h>

#include "base/ascii.h"
#include "judge/literals_internal.h"

/* Up to most digits; how many there were. */
static size_t
read_digits(
    const unsigned char *at, size_t most, int base, uint32_t *number_out)
{
	uint32_t number = 0;
	size_t len;
	int value;

	for (len = 0; len < most; len++) {
		value = ascii_hex_value(at[len]);
		if (value < 0 || value >= base)
			break;
		if (number < 0x1000000)
			number = number * (uint32_t)base + (uint32_t)value;
	}
	*number_out = number;
	return len;
}

/* Letters that stand for one character each. */
static bool
letter_means(unsigned char letter, uint32_t *character_out)
{
	static const char letters[] = "aefnrt";
	static const char means[] = "\a\x1b\f\n\r\t";
	const char *found = letter ? strchr(letters, letter) : NULL;

	if (found)
		*character_out = (unsigned char)means[found - letters];
	return found;
}

/* \xHH and \x{H...}; blanks in braces are for the newer versions. */
static bool
escaped_hex(struct reader *reader, uint32_t *character_out)
{
	const unsigned char *at = reader->at + 2;
	size_t len;

	if (*at != '{') {
		len = read_digits(at, 2, 16, character_out);
		reader->at = at + len;
		return true;
	}
	len = read_digits(at + 1, SIZE_MAX, 16, character_out);
	if (!len || at[1 + len] != '}')
		return false;
	reader->at = at + len + 2;
	return true;
}

static bool
escaped_octal(struct reader *reader, uint32_t *character_out)
{
	size_t len = read_digits(reader->at + 2, 2, 8, character_out);

	reader->at += 2 + len;
	return true;
}

static bool
escaped_control(struct reader *reader, uint32_t *character_out)
{
	unsigned char byte = reader->at[2];

	if (byte < ' ' || byte > '~')
		return false;
	if (ascii_is_lower(byte))
		byte ^= 0x20;
	*character_out = byte ^ 0x40;
	reader->at += 3;
	return true;
}

bool
reader_escaped(struct reader *reader, uint32_t *character_out)
{
	unsigned char letter = reader->at[1];

	switch (letter) {
	case '\0':
		return false;
	case 'x':
		return escaped_hex(reader, character_out);
	case '0':
		return escaped_octal(reader, character_out);
	case 'c':
		return escaped_control(reader, character_out);
	}
	if (letter_means(letter, character_out)) {
		reader->at += 2;
		return true;
	}
	if (ascii_is_alnum(letter))
		return false;
	reader->at++;
	*character_out = reader_take(reader);
	return true;
}

/* \p{..}, \pL. */
static void
skip_property(struct reader *reader)
{
	if (*reader->at == '{')
		reader_skip_to(reader, '}');
	else if (ascii_is_alnum(*reader->at))
		reader->at++;
	else
		reader_give_up(reader);
}

/* \g{..}, \k<..>, \g'..', \g-1. */
static void
skip_reference(struct reader *reader)
{
	size_t len;

	switch (*reader->at) {
	case '{':
		reader_skip_to(reader, '}');
		return;
	case '<':
		reader_skip_to(reader, '>');
		return;
	case '\'':
		reader->at++;
		reader_skip_to(reader, '\'');
		return;
	case '+':
	case '-':
		reader->at++;
		break;
	}
	len = strspn((const char *)reader->at, "0123456789");
	reader->at += len;
	if (!len)
		reader_give_up(reader);
}

/* \N{U+..}, as opposed to a repeated \N. */
static void
skip_not_newline(struct reader *reader)
{
	long least, most;

	if (*reader->at == '{' && !reader_interval(reader->at, &least, &most))
		reader_skip_to(reader, '}');
}

static void
skip_braces(struct reader *reader)
{
	if (*reader->at == '{')
		reader_skip_to(reader, '}');
	else
		reader_give_up(reader);
}

static void
skip_nothing(struct reader *reader)
{
	(void)reader;
}

/* \1, or \12 for an octal one, as the number of groups will have it. */
static void
skip_number(struct reader *reader)
{
	reader->at += strspn((const char *)reader->at, "0123456789");
}

/* What stands for unknown text, and how its end is found. */
static const struct escape {
	const char *letters;
	void (*skip)(struct reader *reader);
} escapes[] = {
    {"dDhHvVwWsSRXC", skip_nothing},
    {"N", skip_not_newline},
    {"pP", skip_property},
    {"gk", skip_reference},
    {"ox", skip_braces},
    {"123456789", skip_number},
};

static void
reader_unknown_escape(struct reader *reader, struct part *out)
{
	char letter = (char)reader->at[1];
	size_t i;

	part_unknown(out);
	for (i = 0; letter && i < sizeof(escapes) / sizeof(escapes[0]); i++) {
		if (strchr(escapes[i].letters, letter)) {
			reader->at += 2;
			escapes[i].skip(reader);
			return;
		}
	}
	reader_give_up(reader);
}

void
reader_escape(struct reader *reader, struct part *out)
{
	char letter = (char)reader->at[1];
	uint32_t character;

	part_empty(out);
	if (letter && strchr("AbBGKzZ", letter)) {
		reader->at += 2;
		return;
	}
	if (!reader_escaped(reader, &character)) {
		reader_unknown_escape(reader, out);
		return;
	}
	out->head.count = 0;
	if (!reader_strings(reader, character, &out->head))
		part_unknown(out);
}
