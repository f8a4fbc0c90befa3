/*
 * base_ascii: what base/ascii.h says of every byte, and of what is none.
 */
#include "config.h"

#include <limits.h>
#include <string.h>

#include "base/ascii.h"
#include "tap.h"

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define CONTROLS                                                               \
	"\x01\x02\x03\x04\x05\x06\x07\x08\t\n\v\f\r\x0e\x0f\x10\x11\x12\x13"   \
	"\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x7f"

/* No bytes of ASCII, though the low bits of some are those of a letter. */
static const int strangers[] = {INT_MIN, -191, -159, -1, 128, 160, 193, 225,
    255, 256 + 'a', 65536 + '0', 0x10ffff, INT_MAX};

static const struct kind {
	const char *name;
	bool (*is)(int byte);
	const char *bytes; /* all of them but NUL */
	bool nul;
} kinds[] = {
    {"a digit", ascii_is_digit, DIGITS, false},
    {"a lower case letter", ascii_is_lower, LOWER, false},
    {"an upper case letter", ascii_is_upper, UPPER, false},
    {"a letter", ascii_is_letter, LOWER UPPER, false},
    {"a letter or digit", ascii_is_alnum, LOWER UPPER DIGITS, false},
    {"of a word", ascii_is_word, LOWER UPPER DIGITS "_", false},
    {"space", ascii_is_space, " \t\n\v\f\r", false},
    {"a control byte", ascii_is_control, CONTROLS, true},
};

static void
test_kind(const struct kind *kind)
{
	bool strange = false;
	int wrong = -1;

	for (int byte = 0; byte < 256; byte++)
		if (kind->is(byte) !=
		    (byte ? strchr(kind->bytes, byte) != NULL : kind->nul))
			wrong = byte;
	OK(wrong < 0, "exactly the right bytes are %s (not %d)", kind->name,
	    wrong);
	for (size_t i = 0; i < sizeof(strangers) / sizeof(*strangers); i++)
		strange |= kind->is(strangers[i]);
	for (int byte = CHAR_MIN; byte < 0; byte++)
		strange |= kind->is(byte);
	OK(!strange, "nothing beyond ASCII is %s", kind->name);
}

/* The other case of what has one, in order. */
static bool
changes(char (*change)(char), const char *from, const char *to)
{
	for (int byte = CHAR_MIN; byte <= CHAR_MAX; byte++) {
		const char *at = byte ? strchr(from, byte) : NULL;

		if (change((char)byte) != (at ? to[at - from] : (char)byte))
			return false;
	}
	return true;
}

static bool
is_worth(int (*value)(int), const char *sixteen, const char *more)
{
	for (int byte = CHAR_MIN; byte < 256; byte++) {
		const char *at = byte > 0 ? strchr(sixteen, byte) : NULL;
		const char *also = byte > 0 ? strchr(more, byte) : NULL;
		int want = at	  ? (int)(at - sixteen)
			   : also ? 10 + (int)(also - more)
				  : -1;

		if (value(byte) != want)
			return false;
	}
	for (size_t i = 0; i < sizeof(strangers) / sizeof(*strangers); i++)
		if (value(strangers[i]) != -1)
			return false;
	return true;
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		test_kind(&kinds[i]);
	OK(changes(ascii_lower, UPPER, LOWER),
	    "A to Z become lower case and nothing else changes");
	OK(changes(ascii_upper, LOWER, UPPER),
	    "a to z become upper case and nothing else changes");
	OK(is_worth(ascii_hex_lower, DIGITS "abcdef", ""),
	    "0-9 a-f are digits of lower case hexadecimal, nothing else is");
	OK(is_worth(ascii_hex_upper, DIGITS "ABCDEF", ""),
	    "0-9 A-F are digits of upper case hexadecimal, nothing else is");
	OK(is_worth(ascii_hex_value, DIGITS "abcdef", "ABCDEF"),
	    "either case will do where it does not matter");
	return tap_done();
}
