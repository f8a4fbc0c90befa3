/*
 * rotation: which names belong to older generations of a log, and their
 * order.
 *
 * Names are recognised by a table of suffix shapes (".1", ".1.gz",
 * "-20240101", "app.1.log", ...) and by the user's own patterns (`rotated =`,
 * --log-pattern), in which %s is the log's file name.  A name is only a
 * candidate: what a generation really is gets decided by its bytes (chain.h).
 * Pure: no file is looked at.
 */
#ifndef CTAIL_INPUT_ROTATION_H
#define CTAIL_INPUT_ROTATION_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/span.h"
#include "input/compression.h"

/* Where a name stands.  Ranks compare within one family only; the larger is
 * the newer.  Names from a user's pattern whose %s is not followed by a known
 * suffix have no rank (ranked is false): their time of change orders them. */
struct rotation_name {
	int family;
	bool ranked;
	uint64_t rank;
	enum compression compression;
};

/* True when name is base with a rotation suffix.  Both are file names
 * without a directory.  out may be NULL. */
bool rotation_parse(struct span name, struct span base,
    struct rotation_name *out);

/* As rotation_parse, for a name that a user's pattern has produced: never
 * fails, the rank is found where the name ends in a known suffix. */
void rotation_parse_user(struct span name, struct span base,
    struct rotation_name *out);

/* Calls is for every name of which name could be a generation, until one call
 * says true; so does this function then. */
bool rotation_of_any(struct span name, bool (*is)(void *arg, struct span base),
    void *arg);

/* A user's pattern must have exactly one %s in its last component. */
int rotation_pattern_check(const char *pattern, struct err *err);

/* The glob that a pattern makes for this log (discover.h's syntax; the bytes
 * of the log's own path taken literally): relative ones start in the log's
 * directory.  The caller frees it. */
char *rotation_pattern_glob(const char *pattern, const char *log);

#endif
