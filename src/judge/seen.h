/*
 * seen: the shapes that are known, at most SEEN_MAX.
 *
 * When it is full nothing is new any more, and that is said once.  Memory:
 * 10 to 20 bytes a shape, 1 MiB at SEEN_MAX, and up to 16 bytes more for each
 * one that is not saved yet.
 */
#ifndef CTAIL_JUDGE_SEEN_H
#define CTAIL_JUDGE_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEEN_MAX 100000

struct seen;

enum seen_answer {
	SEEN_KNOWN,
	SEEN_NEW,		/* it is known from now on */
	SEEN_FULL,
};

struct seen *seen_new(void);
void seen_free(struct seen *seen);
enum seen_answer seen_add(struct seen *seen, uint64_t shape);
bool seen_knows(const struct seen *seen, uint64_t shape);
size_t seen_count(const struct seen *seen);

/* Those added since seen_saved. */
void seen_dirty(const struct seen *seen,
    void (*each)(void *arg, uint64_t shape), void *arg);
void seen_saved(struct seen *seen);

/* From the store: known, not dirty. */
void seen_load(struct seen *seen, uint64_t shape);

#endif
