/*
 * pattern_walk: along a pattern that compiles, thing by thing.
 *
 * For who wants to know what stands where, and not what it matches.
 */
#ifndef CTAIL_JUDGE_PATTERN_WALK_H
#define CTAIL_JUDGE_PATTERN_WALK_H

#include <stdbool.h>

/* Behind a class; at is behind its `['. */
const char *walk_class(const char *at);

/* Behind a group; at is behind its `('.  NULL: not to be understood. */
const char *walk_group(const char *at);

/* Behind what repeats the thing before it, which is at where nothing does;
 * *none_out: it may be there no time at all. */
const char *walk_repeat(const char *at, bool *none_out);

#endif
