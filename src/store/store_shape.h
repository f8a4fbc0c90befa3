/*
 * store_shape: the shapes that `when = new` knows, per rule and definition.
 */
#ifndef CTAIL_STORE_STORE_SHAPE_H
#define CTAIL_STORE_STORE_SHAPE_H

#include <stdint.h>
#include "store/store.h"

/* Storing one that is there is not an error. */
int store_shape_put(struct store *store, struct span rule,
    struct span definition, uint64_t shape, struct err *err);
int store_shape_each(struct store *store,
    void (*each)(void *arg, struct span rule, struct span definition,
	uint64_t shape),
    void *arg, struct err *err);

/* As store_state_owners. */
int store_shape_owners(struct store *store, owner_call *each, void *arg,
    struct err *err);

/* Deletes the rule's rows of every other definition (NULL: all rows). */
int store_shape_forget(struct store *store, struct span rule,
    const char *keep_definition, struct err *err);

#endif
