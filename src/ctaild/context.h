/*
 * context: the records before and after one that made an alert.
 *
 * Keeps, for each log file that a rule with `context` reads, its last records
 * (redacted), bounded by CONTEXT_BYTES_MAX over all files; the file read
 * longest ago loses its first.  An alert that wants records behind its own
 * is stored and then waits: for that many records of the same file, or
 * CONTEXT_WAIT_MS, whichever comes first.  It is amended in the store when
 * they are there; a crash meanwhile costs the records behind, not the alert.
 */
#ifndef CTAIL_CTAILD_CONTEXT_H
#define CTAIL_CTAILD_CONTEXT_H

#include <stdbool.h>
#include <stdint.h>
#include "base/span.h"
#include "message/alert.h"

#define CONTEXT_WAIT_MS 5000
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
 * with a delivery CONTEXT_WAIT_MS later.  False: it cannot wait (there are too
 * many, or what they hold together is more than CONTEXT_BYTES_MAX). */
bool context_wait(struct context *context, const char *log_path,
    size_t count, const struct alert *alert, int64_t now_ms);

/* When one has waited long enough (wall ms); 0: none waits. */
int64_t context_due(const struct context *context);

/* Those that have waited long enough; INT64_MAX: all. */
void context_expire(struct context *context, int64_t now_ms,
    context_ready *ready, void *arg);

#endif
