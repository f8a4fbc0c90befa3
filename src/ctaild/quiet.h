/*
 * quiet: the `quiet` key of [log]: nothing at all is written for so long.
 *
 * One clock per log with the key; a sign is any of its files having been
 * written.  Told once, and once more when the log speaks again.  Who knows the
 * files says when they were written last; so what was written while nobody
 * ran, or before an agent was started, is no silence.  Pure: `now` is an
 * argument.
 */
#ifndef CTAIL_CTAILD_QUIET_H
#define CTAIL_CTAILD_QUIET_H

#include <stdbool.h>
#include <stdint.h>
#include "ctaild/alert_build.h"
#include "ctaild/plan.h"

/* The kind of the notes that keep the clocks; the name is the log's. */
#define QUIET_NOTE "quiet"

struct quiet;

/* plan outlives it. */
struct quiet *quiet_new(const struct plan *plan);
void quiet_free(struct quiet *quiet);

/* A stored clock; that of a log without the key (any more) is ignored. */
void quiet_load(struct quiet *quiet, struct span log, struct span saved,
    int64_t now_ms);

/* A file of this log was written at that time, wall ms (a time in the future
 * says nothing). */
void quiet_sign(struct quiet *quiet, const char *log, int64_t written_ms,
    int64_t now_ms);

/* Starts the clocks that do not run, and hands out what is to be told, its
 * text empty of what is known of the files: who emits it fills `about' in.
 * caught_up: the logs have been read to their ends. */
void quiet_expire(struct quiet *quiet, int64_t now_ms, bool caught_up,
    void (*tell)(void *arg, size_t log, struct alert_quiet *what),
    void *arg);

/* When a clock rings, wall ms; 0: none runs. */
int64_t quiet_due(const struct quiet *quiet);

/* Whether any log has the key. */
bool quiet_is_used(const struct quiet *quiet);

/* For the transaction: the clocks that changed since the last call. */
void quiet_changed(struct quiet *quiet,
    void (*each)(void *arg, const char *log, struct span saved), void *arg);

#endif
