/*
 * secrets: what was sent in secret, and which of a stranger's words repeat it.
 *
 * Hides the ways of writing it: both sides are laid out with all that they say
 * in other words, and compared as bytes.
 */
#include "config.h"

#include <string.h>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/bug.h"
#include "deliver/secret.h"
#include "deliver/secrets.h"

#define WHOLE_MIN 4	/* shorter: it would be found in anything */
#define WORD_MIN 6
#define RUN_MIN 6	/* digits: four bytes */

void
secrets_add(struct secrets *secrets, struct span part)
{
	if (part.len == 0)
		return;
	if (secrets->count == SECRETS_MAX)
		BUG("more than %d secrets in an exchange", SECRETS_MAX);
	secrets->parts[secrets->count++] = part;
}

/* --- In other words ------------------------------------------------------- */

/* Of "%41" the byte, or -1. */
static int
escaped_byte(struct span text)
{
	int high, low;

	if (text.len < 3 || text.data[0] != '%')
		return -1;
	high = ascii_hex_value(text.data[1]);
	low = ascii_hex_value(text.data[2]);
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static void
add_unescaped(struct span text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++) {
		int byte =
		    escaped_byte(span_of(text.data + i, text.len - i));

		buf_add_byte(out, byte < 0 ? text.data[i] : (char)byte);
		i += byte < 0 ? 0 : 2;
	}
	buf_add_byte(out, '\n');
}

/* Of either alphabet of base64. */
static bool
is_base64_digit(char byte)
{
	return ascii_is_word(byte) || (byte && strchr("+/-", byte));
}

/* What the secret stood behind is not known, so neither is where a group of
 * four begins: each of the four places is tried.  Of the two alphabets the
 * first is used; a group that lacks digits gets zeros. */
static void
add_decoded_run(struct span run, struct buf *out)
{
	struct buf digits = BUF_INIT;

	buf_reserve(&digits, run.len + 3 + 1);
	for (size_t from = 0; from < 4; from++) {
		buf_reset(&digits);
		for (size_t i = from; i < run.len; i++)
			buf_add_byte(&digits,
			    run.data[i] == '-'	 ? '+'
			    : run.data[i] == '_' ? '/'
						 : run.data[i]);
		while (digits.len % 4)
			buf_add_byte(&digits, 'A');
		base64_decode(out, buf_span(&digits));
		buf_add_byte(out, '\n');
	}
	secret_wipe(&digits);
}

static void
add_decoded(struct span text, struct buf *out)
{
	size_t at = 0;

	while (at < text.len) {
		size_t len = 0;

		while (at + len < text.len &&
		       is_base64_digit(text.data[at + len]))
			len++;
		if (len >= RUN_MIN)
			add_decoded_run(span_of(text.data + at, len), out);
		at += len + 1;
	}
}

/* Room for all at once: growing would leave copies behind. */
static void
add_all_forms(struct span text, struct buf *out)
{
	buf_reserve(out, 8 * text.len + 16);
	buf_add_span(out, text);
	buf_add_byte(out, '\n');
	add_unescaped(text, out);
	add_decoded(text, out);
}

/* --- The comparison ------------------------------------------------------- */

static bool
holds(struct span text, struct span part, size_t shortest)
{
	return part.len >= shortest && text.len >= part.len &&
	       memmem(text.data, text.len, part.data, part.len);
}

static bool
holds_word(struct span text, struct span secret)
{
	size_t at = 0;

	while (at < secret.len) {
		const char *word = secret.data + at;
		size_t len = 0;

		while (at + len < secret.len && word[len] &&
		       !strchr("/?&=#: \t\n", word[len]))
			len++;
		if (holds(text, span_of(word, len), WORD_MIN))
			return true;
		at += len + 1;
	}
	return false;
}

static bool
holds_secret(struct span text, struct span secret)
{
	struct buf forms = BUF_INIT;
	bool found;

	if (holds(text, secret, WHOLE_MIN))
		return true;
	add_all_forms(secret, &forms);
	found = holds_word(text, buf_span(&forms));
	secret_wipe(&forms);
	return found;
}

bool
secrets_are_in(const struct secrets *secrets, struct span text)
{
	struct buf forms = BUF_INIT;
	bool found = false;

	if (!secrets || secrets->count == 0 || text.len == 0)
		return false;
	add_all_forms(text, &forms);
	for (size_t i = 0; i < secrets->count && !found; i++)
		found = holds_secret(buf_span(&forms), secrets->parts[i]);
	secret_wipe(&forms);
	return found;
}
