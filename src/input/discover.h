/*
 * discover: paths with *, ?, [] and ** to the files that are there.
 *
 * A star never matches a leading dot or a slash; "**" as a whole component
 * matches any number of directories (at most DISCOVER_DEPTH, symbolic links
 * to directories not followed there).  A backslash takes the next byte
 * literally, and a path without wildcards stands for itself even when
 * nothing is there.
 */
#ifndef CTAIL_INPUT_DISCOVER_H
#define CTAIL_INPUT_DISCOVER_H

#include <stdbool.h>

#define DISCOVER_DEPTH 32

bool discover_has_wildcard(const char *pattern);

/* True where errno says that something is not there or not ours to look at,
 * rather than that it cannot be looked at now. */
bool discover_is_absence(int error);

/* Calls for every match in byte order, directories included; and, when
 * directory is not NULL, for every directory whose listing decides what
 * matches (also the nearest existing ancestor of a missing one), so that it
 * can be watched.  -1 with errno when there may be more: a directory could not
 * be listed just now. */
int discover_each(const char *pattern,
    void (*match)(void *arg, const char *path),
    void (*directory)(void *arg, const char *path), void *arg);

/* Calls for the nearest directory that exists, from path upwards. */
void discover_directory(const char *path,
    void (*directory)(void *arg, const char *path), void *arg);

/* A NUL is among its first bytes: no text, or UTF-16. */
bool discover_is_binary(const char *path);

/* True when path (or its last component, for a pattern without a slash)
 * matches; for exclude_path. */
bool discover_matches(const char *pattern, const char *path);

#endif
