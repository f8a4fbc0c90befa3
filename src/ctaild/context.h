/*
 * context: the records before and after one that made an alert.
 *
 * Keeps, for each log file that a rule with `context` reads, its last records
 * (redacted), bounded by CONTEXT_BYTES_MAX over all files; the file read
 * longest ago loses its first.  An alert that wants records behind its own
 * is stored and then waits: for that many records of the same file, or
 * CONTEXT_WAIT_MS, whichever comes first.  It is amended in the store when
 * they are there.
 *
 * What waits, and what it has so far, is saved with the positions of the
 * records (context_changed, context_load), so that the end of a process costs
 * none.  Time in which nobody read is not held against those that were loaded:
 * they wait until the logs are read to their ends, but no longer than
 * CONTEXT_WAIT_MS from then on.
 */
#ifndef CTAIL_CTAILD_CONTEXT_H
#define CTAIL_CTAILD_CONTEXT_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/span.h"
#include "message/alert.h"

#define CONTEXT_WAIT_MS 5000
#define CONTEXT_DELIVER_MS (CONTEXT_WAIT_MS + 1000)
#define CONTEXT_BYTES_MAX (16 * 1024 * 1024)
#define CONTEXT_LINE_BYTES 1024
#define CONTEXT_WAITING_MAX 1000	/* alerts at one time */

struct context;

struct context *context_new(void);
void context_free(struct context *context);

typedef void context_ready(void *arg, const struct alert *alert);

/* A record of this file, before the rules see it: it completes those that
 * wait, through ready. */
void context_after(struct context *context, const char *log_path,
    struct span line, context_ready *ready, void *arg);

/* Behind the rules: it is remembered, as one of the last `most`. */
void context_keep(struct context *context, const char *log_path,
    struct span line, size_t most);

/* Whether an alert waits for records of this file. */
bool context_waits(const struct context *context, const char *log_path);

/* Whether it is worth while to look back in the file, once: fewer than count
 * are kept, and what stood before them was perhaps read by somebody else. */
bool context_looks_back(struct context *context, const char *log_path,
    size_t count);

/* Forgets the records that are kept, but not the alerts that wait; how many
 * they are. */
void context_forget(struct context *context, const char *log_path);
size_t context_count(const struct context *context, const char *log_path);

/* Puts the records before into the alert. */
void context_before(const struct context *context, const char *log_path,
    size_t count, struct alert *alert);

/* True: a copy of the alert waits for count records; the caller stores it
 * with a delivery CONTEXT_DELIVER_MS later, which is behind the amendment.
 * False: it cannot wait (there are too many, or what they hold together is
 * more than CONTEXT_BYTES_MAX). */
bool context_wait(struct context *context, const char *log_path,
    size_t count, const struct alert *alert, int64_t now_ms);

/* When one has waited long enough (wall ms); 0: none waits. */
int64_t context_due(const struct context *context);

/* Those that have waited long enough.  caught_up: the logs have been read to
 * their ends. */
void context_expire(struct context *context, int64_t now_ms, bool caught_up,
    context_ready *ready, void *arg);

/* All of them, as they are. */
void context_end(struct context *context, context_ready *ready, void *arg);

/* Each alert that began to wait or got a record since the last context_saved,
 * by its id; saved is empty when one that was saved waits no more. */
void context_changed(struct context *context,
    void (*each)(void *arg, const char *id, struct span saved), void *arg);
void context_saved(struct context *context);

/* What was saved, and the alert as it was stored.  -1 when it is damaged. */
int context_load(struct context *context, const struct alert *alert,
    struct span saved, int64_t now_ms, struct err *err);

/* Whether it waits, or has done so and context_saved does not know. */
bool context_has(const struct context *context, struct span id);

#endif
