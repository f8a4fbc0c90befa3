/*
 * map: a hash table from bytes to pointers.
 *
 * Keys are copied.  Hashed with SipHash-2-4 (Aumasson and Bernstein, 2012)
 * under a random seed, because keys come from hostile log lines.  Order of
 * iteration is unspecified.  Values belong to the caller.
 */
#ifndef CTAIL_BASE_MAP_H
#define CTAIL_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include "base/span.h"

struct map;

struct map *map_new(void);

/* free_value may be NULL. */
void map_free(struct map *map, void (*free_value)(void *));

size_t map_count(const struct map *map);

/* NULL when absent. */
void *map_get(const struct map *map, struct span key);

/* Returns the value that was there before, or NULL. */
void *map_put(struct map *map, struct span key, void *value);

/* Removes; returns the value or NULL. */
void *map_take(struct map *map, struct span key);

/* Iterates: start with *cursor = 0; false at the end.  The map must not
 * change meanwhile. */
bool map_next(const struct map *map, size_t *cursor, struct span *key_out,
    void **value_out);

#endif
