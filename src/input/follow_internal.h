/*
 * follow_internal: what the files of follow share.
 */
#ifndef CTAIL_INPUT_FOLLOW_INTERNAL_H
#define CTAIL_INPUT_FOLLOW_INTERNAL_H

#include "input/follow.h"
#include "input/generation.h"

#define FOLLOW_NEVER (-1)

struct follow {
	struct generation current;
	struct generation *old;
	struct generation *handed; /* whose block is out */
	int64_t absent;		   /* boot ms since when, or FOLLOW_NEVER */
	int64_t looked;		   /* boot ms of the last read */
	bool finished;		   /* absent, and told so */
	char path[];
};

/* What one call takes from the parameters of follow_read. */
struct reading {
	struct buf *buffer;
	size_t max_line;
	int64_t now;
	struct follow_block *out;
	struct err *err;
};

/* follow.c */
void follow_adopt(struct generation *generation,
    const struct position *position);
enum follow_verdict follow_hand_out(struct follow *follow,
    struct generation *generation, struct span bytes, bool partial,
    struct follow_block *out);

/* follow_old.c */
bool follow_is_quiet(const struct generation *generation, int64_t now);
void follow_old_drop(struct follow *follow);

/* Appends; too many at once means the oldest must not wait any longer. */
struct generation *follow_old_add(struct follow *follow);

/* FOLLOW_DATA, or FOLLOW_EOF when none of them has anything now. */
enum follow_verdict follow_old_read(struct follow *follow,
    struct reading *reading);

/* A file that was left before comes back: go on in it. */
bool follow_old_take_back(struct follow *follow, const struct position *found,
    struct generation *current);

#endif
