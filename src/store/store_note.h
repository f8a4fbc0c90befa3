/*
 * store_note: small things that are remembered by kind and name: silences,
 * what a sink's cap holds, the counts of the ledger of losses, when a log
 * was last written, alerts that wait for records, patterns in quarantine.
 */
#ifndef CTAIL_STORE_STORE_NOTE_H
#define CTAIL_STORE_STORE_NOTE_H

#include "store/store.h"

/* saved empty: delete. */
int store_note_put(struct store *store, const char *kind, struct span name,
    struct span saved, struct err *err);
int store_note_each(struct store *store, const char *kind,
    void (*each)(void *arg, struct span name, struct span saved), void *arg,
    struct err *err);

#endif
