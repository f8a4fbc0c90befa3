/*
 * rotated_name: of which logs a file could be a generation, by a user's own
 * pattern.
 *
 * The way back from rotation_pattern_glob: the pattern's %s may stand for any
 * part of the name, so there are several answers.  Pure.
 */
#ifndef CTAIL_INPUT_ROTATED_NAME_H
#define CTAIL_INPUT_ROTATED_NAME_H

#include <stdbool.h>
#include "base/span.h"

/*
 * Calls is for every file name that a log could have of which path were a
 * generation, until one call says true; so does this function then.
 * directory (with its slash) is where that log would be; without data: the
 * pattern does not say.
 */
bool rotated_name_of_any(const char *pattern, const char *path,
    bool (*is)(void *arg, struct span directory, struct span base), void *arg);

#endif
