/*
 * setting_internal: what the files behind setting.h share.
 */
#ifndef CTAIL_BASE_SETTING_INTERNAL_H
#define CTAIL_BASE_SETTING_INTERNAL_H

#include "base/setting.h"

/* One value of one type.  Both work on the field, not on its struct. */
int setting_value_parse(const struct setting *row, void *field,
    struct span text, struct origin origin, struct err *err);
void setting_value_format(const struct setting *row, const void *field,
    struct buf *out);

/* Frees what the field owns and zeroes it. */
void setting_value_release(const struct setting *row, void *field);

/* The search for the nearest of several words, fed one by one. */
struct nearest {
	struct span word;
	const char *best;	/* NULL: none is near so far */
	size_t distance;
};

struct nearest nearest_to(struct span word);
void nearest_offer(struct nearest *nearest, const char *candidate);

#endif
