/*
 * paths: the directory and the last component of a path.
 */
#ifndef CTAIL_INPUT_PATHS_H
#define CTAIL_INPUT_PATHS_H

#include "base/span.h"

/* Everything up to and including the last slash; may be empty.  The rest of
 * the path is the file's name. */
struct span path_directory_span(const char *path);

/* The file's name, without its directory. */
struct span path_name(const char *path);

/* The directory as a path that can be opened ("." and "/" included); the
 * caller frees it. */
char *path_directory(const char *path);

/* directory (with its slash, or empty) and name joined; the caller frees. */
char *path_join(struct span directory, struct span name);

#endif
