/*
 * shape_internal: how the varying parts of a text are recognised.
 *
 * Private to the judge room.
 */
#ifndef CTAIL_JUDGE_SHAPE_INTERNAL_H
#define CTAIL_JUDGE_SHAPE_INTERNAL_H

#include "judge/shape.h"

/* Classes of bytes, by a table: every byte of every record is asked, and the
 * locale is not. */
enum {
	SHAPE_IN_DIGIT = 1,
	SHAPE_IN_HEX = 2,
	SHAPE_IN_ALNUM = 4,
	SHAPE_IN_WORD = 8,	/* letters, digits, the underscore, and
				 * everything beyond ASCII */
	SHAPE_IN_LOCAL = 16,	/* the left side of a mail address */
	SHAPE_IN_DOMAIN = 32,
	SHAPE_IN_START = 64,	/* may begin what varies */
};

extern const unsigned char shape_classes[256];

static inline bool
shape_is(char c, unsigned classes)
{
	return shape_classes[(unsigned char)c] & classes;
}

/* How many bytes at the front are in the class, at most max. */
size_t shape_run(struct span text, unsigned classes, size_t max);

/* The varying part that begins at this offset of the text: its length, 0
 * when there is none. */
size_t shape_scan(struct span text, size_t at, struct shape_part *out);

/* A date and time at the front of the text, which stands behind no word. */
size_t shape_time(struct span text, unsigned *variant_out);

/* Patterns that accept everything of a kind and variant. */
void shape_time_pattern(unsigned variant, struct buf *out);
void shape_part_pattern(const struct shape_part *part, struct buf *out);

#endif
