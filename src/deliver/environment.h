/*
 * environment: what a started program finds in its environment.
 *
 * Built from nothing: PATH, LANG, the user's HOME, USER, LOGNAME and SHELL,
 * our TZ if there is one, and what the caller adds.  Nothing is inherited, so
 * nothing that changes how programs are loaded gets through.
 */
#ifndef CTAIL_DELIVER_ENVIRONMENT_H
#define CTAIL_DELIVER_ENVIRONMENT_H

#include <stddef.h>
#include "base/err.h"
#include "base/span.h"

struct environment {
	char **entries;		/* NULL-terminated "NAME=value" */
	size_t count;
};

/* For this user; NULL: the one we are. */
int environment_init(struct environment *environment, const char *user,
    struct err *err);
void environment_release(struct environment *environment);

/* False, and nothing added, when the name is already there or the value
 * holds a NUL. */
bool environment_add(struct environment *environment, const char *name,
    struct span value);

/* NULL when it is not there. */
const char *environment_get(
    const struct environment *environment, const char *name);

#endif
