/*
 * shape: a text with what varies from line to line taken out.
 *
 * Cuts a text into parts: numbers, hexadecimal words, UUIDs, IPv4, IPv6 and
 * mail addresses, quoted pieces and paths' varying parts on one side, and
 * plain text on the other.  Two texts that differ in the varying parts only
 * have the same shape.  `when = new` remembers shapes, `learn` writes
 * patterns from them.
 */
#ifndef CTAIL_JUDGE_SHAPE_H
#define CTAIL_JUDGE_SHAPE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/span.h"

#define SHAPE_BYTES_MAX 8192	/* of a text; what is behind is not looked at */

enum shape_kind {
	SHAPE_PLAIN,
	SHAPE_TIME,		/* a date with or without its time of day */
	SHAPE_NUMBER,
	SHAPE_HEX,
	SHAPE_UUID,
	SHAPE_ADDRESS4,
	SHAPE_ADDRESS6,
	SHAPE_MAIL,
	SHAPE_QUOTED,		/* with its quotes; but the names of JSON's
				 * members are plain */
	SHAPE_KINDS,
};

/* variant: which of the forms that a kind has (of a time, of quotes); texts
 * that differ in it have different shapes. */
struct shape_part {
	enum shape_kind kind;
	unsigned variant;
	struct span text;
};

/* Cuts the next part off the front of *rest; false at the end.  start: the
 * whole text, for what depends on the byte before. */
bool shape_next(struct span start, struct span *rest,
    struct shape_part *out);

/* The text behind the time it begins with and the brackets and signs around
 * that; all of it where it begins with none (a date alone is none), or has
 * nothing else. */
struct span shape_behind_time(struct span text);

/* 64 bits of SHA-256 over the plain parts and the kinds of the others, with a
 * prefix of the caller's (log, key). */
uint64_t shape_hash(struct span prefix, struct span text);

/* "sshd[<number>]: Failed password for <quoted>", as clean UTF-8. */
void shape_describe(struct span text, struct buf *out);

/* An anchored pattern (PCRE2, of bytes: for a rule without flags) that matches
 * the text and others of its shape, in which the varying parts became classes:
 * ready to paste as `exclude`.  Where all that is said stands in quotes (JSON,
 * name="value", access logs), phrases in them stay but for what varies in them:
 * what is left without them would match any line of that log.  One line of
 * printable ASCII without outer blanks, as ctail.ini needs it.  For a text
 * longer than SHAPE_BYTES_MAX, or when the pattern grows beyond
 * SHAPE_PATTERN_MAX, its end is left open. */
#define SHAPE_PATTERN_MAX 4096
void shape_pattern(struct span text, struct buf *out);

#endif
