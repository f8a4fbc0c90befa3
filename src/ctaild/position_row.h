/*
 * position_row: input's positions as the store's rows and back.
 */
#ifndef CTAIL_CTAILD_POSITION_ROW_H
#define CTAIL_CTAILD_POSITION_ROW_H

#include "input/source.h"
#include "store/store_position.h"

/* Borrows from position; exported and changed_ms are left empty. */
void position_to_row(const struct source_position *position,
    struct stored_position *out);

/* -1 when the row is not what position_to_row makes (the database is
 * hostile input). */
int position_from_row(const struct stored_generation *row,
    struct position *out);

#endif
