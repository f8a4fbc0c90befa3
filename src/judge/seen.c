/*
 * seen: a hash table of 64-bit shapes, at most four fifths full.
 *
 * Open addressing with linear probing; nothing is ever removed.  SEEN_MAX
 * shapes take 131072 slots of 8 bytes: 1 MiB, and as much once more for a
 * moment while the table grows.  Those to be saved are in a list besides,
 * which is released when they were.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/random.h"
#include "judge/seen.h"

enum { SLOT_BITS_AT_FIRST = 6, DIRTY_AT_FIRST = 16 };

struct seen {
	uint64_t *slots; /* 0: free */
	uint64_t seed;	 /* shapes are hostile, slots must not be */
	size_t count;
	unsigned bits;
	uint64_t *dirty;
	size_t dirty_count, dirty_cap;
};

/* The one shape that would look like a free slot. */
static uint64_t
seen_stand_in(uint64_t shape)
{
	return shape ? shape : 1;
}

/* The slot of this shape, or the free one where it belongs. */
static uint64_t *
seen_slot(const struct seen *seen, uint64_t shape)
{
	size_t mask = ((size_t)1 << seen->bits) - 1;
	uint64_t mixed = (shape ^ seen->seed) * UINT64_C(0x9e3779b97f4a7c15);
	size_t at;

	mixed = (mixed ^ mixed >> 32) * (seen->seed | 1);
	at = (size_t)(mixed >> (64 - seen->bits));
	while (seen->slots[at] && seen->slots[at] != shape)
		at = (at + 1) & mask;
	return &seen->slots[at];
}

struct seen *
seen_new(void)
{
	struct seen *seen = xcalloc(1, sizeof(*seen));

	random_bytes(&seen->seed, sizeof(seen->seed));
	seen->bits = SLOT_BITS_AT_FIRST;
	seen->slots = xcalloc((size_t)1 << seen->bits, sizeof(*seen->slots));
	return seen;
}

void
seen_free(struct seen *seen)
{
	if (!seen)
		return;
	free(seen->slots);
	free(seen->dirty);
	free(seen);
}

static void
seen_grow(struct seen *seen)
{
	size_t i, size = (size_t)1 << seen->bits;
	uint64_t *old = seen->slots;

	if (seen->count + 1 <= size / 5 * 4)
		return;
	seen->bits++;
	seen->slots = xcalloc(size * 2, sizeof(*seen->slots));
	for (i = 0; i < size; i++) {
		if (old[i])
			*seen_slot(seen, old[i]) = old[i];
	}
	free(old);
}

static enum seen_answer
seen_put(struct seen *seen, uint64_t shape)
{
	if (*seen_slot(seen, shape))
		return SEEN_KNOWN;
	if (seen->count >= SEEN_MAX)
		return SEEN_FULL;
	seen_grow(seen);
	*seen_slot(seen, shape) = shape;
	seen->count++;
	return SEEN_NEW;
}

enum seen_answer
seen_add(struct seen *seen, uint64_t shape)
{
	enum seen_answer answer;

	shape = seen_stand_in(shape);
	answer = seen_put(seen, shape);
	if (answer != SEEN_NEW)
		return answer;
	if (seen->dirty_count == seen->dirty_cap) {
		seen->dirty_cap =
		    seen->dirty_cap ? seen->dirty_cap * 2 : DIRTY_AT_FIRST;
		seen->dirty = xreallocarray(
		    seen->dirty, seen->dirty_cap, sizeof(*seen->dirty));
	}
	seen->dirty[seen->dirty_count++] = shape;
	return SEEN_NEW;
}

bool
seen_knows(const struct seen *seen, uint64_t shape)
{
	return *seen_slot(seen, seen_stand_in(shape)) != 0;
}

size_t
seen_count(const struct seen *seen)
{
	return seen->count;
}

void
seen_dirty(
    const struct seen *seen, void (*each)(void *arg, uint64_t shape), void *arg)
{
	size_t i;

	for (i = 0; i < seen->dirty_count; i++)
		each(arg, seen->dirty[i]);
}

void
seen_saved(struct seen *seen)
{
	free(seen->dirty);
	seen->dirty = NULL;
	seen->dirty_count = seen->dirty_cap = 0;
}

void
seen_load(struct seen *seen, uint64_t shape)
{
	seen_put(seen, seen_stand_in(shape));
}
