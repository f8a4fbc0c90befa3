/*
 * restore_internal: for the restore*.c files only.
 */
#ifndef CTAIL_CTAILD_RESTORE_INTERNAL_H
#define CTAIL_CTAILD_RESTORE_INTERNAL_H

#include "ctaild/restore.h"

/* --- restore_notes.c --- */

/* What pipeline_notes_changed said: alerts that wait, and whose delivery is
 * put off for as long as they may, and patterns in quarantine. */
int restore_notes(const struct restore *restore, int64_t now_ms,
    struct err *err);

#endif
