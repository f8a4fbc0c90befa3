/*
 * hostile: what a log line may try, and random mixtures of it.
 *
 * The same values in every run: xorshift64* from a fixed seed.
 */
#ifndef CTAIL_TESTS_HOSTILE_H
#define CTAIL_TESTS_HOSTILE_H

#include "base/buf.h"

static const struct {
	const char *text;
	size_t len;
} hostile_shreds[] = {
#define SHRED(text)                                                            \
	{                                                                      \
		text, sizeof(text) - 1                                         \
	}
    SHRED("\r\n"),
    SHRED("\n"),
    SHRED("\r"),
    SHRED("\0"),
    SHRED("\t"),
    SHRED("\x1b[31m"),
    SHRED("\x7f"),
    SHRED("\xc2\x85"),
    SHRED("\xe2\x80\xa8"),
    SHRED("\xe2\x80\xa9"),
    SHRED("\xe2\x80\xae"),
    SHRED("\xd8\x9c"),
    SHRED("\xff"),
    SHRED("\xc3"),
    SHRED("\xe2\x82"),
    SHRED("\xed\xa0\x80"),
    SHRED("\xf4\x90\x80\x80"),
    SHRED("=?"),
    SHRED("=?utf-8?Q?Bcc:=20x?="),
    SHRED("?="),
    SHRED("="),
    SHRED("=0A"),
    SHRED("\r\nBcc: x@example.org\r\n"),
    SHRED("\r\n.\r\n"),
    SHRED("\n.\n"),
    SHRED("From "),
    SHRED("."),
    SHRED("${line}"),
    SHRED("$"),
    SHRED("}"),
    SHRED("<!channel>"),
    SHRED("<@U1>"),
    SHRED("&"),
    SHRED("```"),
    SHRED("`"),
    SHRED("\""),
    SHRED("\\"),
    SHRED("\\u0000"),
    SHRED("{"),
    SHRED("["),
    SHRED(","),
    SHRED(" "),
    SHRED("  "),
    SHRED("word"),
    SHRED("Failed password for root"),
    SHRED("\xc3\xa9"),
    SHRED("\xe2\x82\xac"),
    SHRED("\xf0\x9f\x98\x80"),
    SHRED("averyveryverylongwordwithoutanyblankinit"),
#undef SHRED
};

#define HOSTILE_COUNT (sizeof(hostile_shreds) / sizeof(hostile_shreds[0]))

static inline unsigned long long
hostile_next(unsigned long long *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 2685821657736338717ull;
}

/* Replaces what out holds by up to max shreds. */
static inline void
hostile_text(unsigned long long *state, size_t max, struct buf *out)
{
	size_t count = hostile_next(state) % (max + 1);

	buf_reset(out);
	while (count-- > 0) {
		size_t i = hostile_next(state) % HOSTILE_COUNT;

		buf_add(out, hostile_shreds[i].text, hostile_shreds[i].len);
	}
}

#endif
