/*
 * store_state: the windows and throttles of every rule and key.
 *
 * A row belongs to a rule's name and its definition's hash; rows of another
 * definition of the same rule are state of a rule that changed.
 */
#ifndef CTAIL_STORE_STORE_STATE_H
#define CTAIL_STORE_STORE_STATE_H

#include "store/store.h"

struct stored_state {
	struct span rule;
	struct span definition;
	struct span key;
	struct span saved;	/* empty in put: delete the row */
};

int store_state_put(struct store *store, const struct stored_state *state,
    struct err *err);
int store_state_each(struct store *store,
    void (*each)(void *arg, const struct stored_state *state), void *arg,
    struct err *err);

int store_state_each_of(struct store *store, struct span rule,
    struct span definition,
    void (*each)(void *arg, const struct stored_state *state), void *arg,
    struct err *err);

/* Whose rows there are, each once, at a cost that the number of rows does not
 * change. */
int store_state_owners(struct store *store, owner_call *each, void *arg,
    struct err *err);

/* Deletes the rule's rows of every other definition (NULL: all rows). */
int store_state_forget(struct store *store, struct span rule,
    const char *keep_definition, struct err *err);

#endif
