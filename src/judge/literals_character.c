/*
 * literals_character: single characters, and what they look like in a line.
 *
 * Hides UTF-8, and who keeps company with whom where case does not matter.
 */
#include "config.h"

#include "base/ascii.h"
#include "judge/literals_internal.h"

uint32_t
reader_take(struct reader *reader)
{
	const unsigned char *at = reader->at;
	uint32_t character = *at;
	size_t i, more = 0;

	if (reader->utf && character >= 0xc0) {
		more = character >= 0xf0 ? 3 : character >= 0xe0 ? 2 : 1;
		character &= 0x3fu >> more;
	}
	for (i = 1; i <= more; i++) {
		if ((at[i] & 0xc0) != 0x80) {
			reader_give_up(reader);
			return 0;
		}
		character = character << 6 | (at[i] & 0x3f);
	}
	reader->at += more + 1;
	return character;
}

static size_t
encode_utf8(uint32_t character, unsigned char *out)
{
	size_t i, more = character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;

	if (character < 0x80) {
		out[0] = (unsigned char)character;
		return 1;
	}
	for (i = more; i; i--) {
		out[i] = (unsigned char)(0x80 | (character & 0x3f));
		character >>= 6;
	}
	out[0] = (unsigned char)(0xff00u >> (more + 1) | character);
	return more + 1;
}

/* In UTF, KELVIN SIGN is a k and LATIN SMALL LETTER LONG S is an s to those
 * to whom case does not matter; no other letter of ASCII has such company. */
static bool
add_companion(
    const struct reader *reader, uint32_t character, struct strings *set)
{
	if (!reader->utf)
		return true;
	if ((character | 0x20) == 'k')
		return strings_add(set, "\xe2\x84\xaa", 3, true);
	if ((character | 0x20) == 's')
		return strings_add(set, "\xc5\xbf", 2, true);
	return true;
}

bool
reader_strings(
    const struct reader *reader, uint32_t character, struct strings *set)
{
	bool nocase = reader->options & READER_NOCASE;
	unsigned char bytes[4];
	size_t len = 1;

	if (nocase && character >= 0x80)
		return false;
	if (character > (reader->utf ? 0x10ffffu : 0xffu))
		return false;
	nocase = nocase && ascii_is_letter((int)character);
	if (reader->utf)
		len = encode_utf8(character, bytes);
	else
		bytes[0] = (unsigned char)character;
	return strings_add(set, bytes, len, nocase) &&
	       (!nocase || add_companion(reader, character, set));
}
