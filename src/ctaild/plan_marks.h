/*
 * plan_marks: what files and directories were when they were read.
 *
 * A mark is taken before the reading, so that what changes meanwhile is
 * noticed.  Of a directory only the names that count matter: an editor's
 * temporary file beside them is no change.
 */
#ifndef CTAIL_CTAILD_PLAN_MARKS_H
#define CTAIL_CTAILD_PLAN_MARKS_H

#include <stdbool.h>
#include "base/buf.h"
#include "base/span.h"

struct plan_marks;

struct plan_marks *plan_marks_new(void);
void plan_marks_free(struct plan_marks *marks);

/* Either may be missing.  A second mark of a path is none. */
void plan_marks_file(struct plan_marks *marks, const char *path);
void plan_marks_directory(struct plan_marks *marks, const char *path);

/* What the names in that directory were found to be. */
void plan_marks_names(struct plan_marks *marks, const char *path,
    struct span names);

/* Whether anything is not as it was, or was at the last look.  list appends
 * the names of a directory, as plan_marks_names had them; false: it cannot be
 * read. */
bool plan_marks_look(struct plan_marks *marks,
    bool (*list)(const char *path, struct buf *out));

#endif
