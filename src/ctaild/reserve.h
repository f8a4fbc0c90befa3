/*
 * reserve: space kept back for the day the disk is full.
 *
 * A file of real blocks in the state directory.  Giving it up makes room for
 * the alert that says so.
 */
#ifndef CTAIL_CTAILD_RESERVE_H
#define CTAIL_CTAILD_RESERVE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"

struct reserve;

/* Nothing is touched before reserve_keep.  state_dir is borrowed. */
struct reserve *reserve_new(const char *state_dir, int64_t bytes);

/* Another size from now on, for the next reserve_keep. */
void reserve_resize(struct reserve *reserve, int64_t bytes);

void reserve_free(struct reserve *reserve);

/* Makes the file unless it is there; -1 when there is no room for it. */
int reserve_keep(struct reserve *reserve, struct err *err);

/* True when there was something to give up. */
bool reserve_give_up(struct reserve *reserve);

/* Whether there is next to no space beside it. */
bool reserve_is_needed(const struct reserve *reserve);

#endif
