/*
 * quarantine: patterns that keep running into their limits.
 *
 * A pattern that overruns QUARANTINE_STRIKES times within QUARANTINE_WATCH_MS
 * is not tried for QUARANTINE_MS, then it has another chance.  What that means
 * is the caller's: a `match` in quarantine finds nothing (the rule says so
 * once, as an alert), an `exclude` excludes nothing, a `redact` withholds
 * everything.  Times are wall-clock ms of arrival; a clock that is set back
 * makes nothing last longer.
 *
 * What is known of a pattern can be kept over the end of the process
 * (quarantine_changed, quarantine_load): strikes of several runs add up, and
 * who begins anew does not pay anew.
 */
#ifndef CTAIL_JUDGE_QUARANTINE_H
#define CTAIL_JUDGE_QUARANTINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "base/span.h"
#include "judge/pattern.h"

#define QUARANTINE_STRIKES 5
#define QUARANTINE_WATCH_MS (60 * 1000)
#define QUARANTINE_MS (60 * 60 * 1000)

struct quarantine;

/* Knows patterns by their address: it lives no longer than they do. */
struct quarantine *quarantine_new(void);
void quarantine_free(struct quarantine *quarantine);

/* To be called with each turn. */
void quarantine_now(struct quarantine *quarantine, int64_t now_ms);

/* Both take a quarantine of NULL: nothing is held. */
bool quarantine_holds(const struct quarantine *quarantine,
    const struct pattern *pattern);

/* Those that are held, and until when (wall ms), in no order: start with
 * *cursor = 0; NULL at the end. */
const struct pattern *quarantine_next(const struct quarantine *quarantine,
    size_t *cursor, int64_t *until_out);

/* It was not decided.  True: from now on it is in quarantine. */
bool quarantine_strike(struct quarantine *quarantine,
    const struct pattern *pattern);

/* For each pattern that went into quarantine since the last call. */
void quarantine_news(struct quarantine *quarantine,
    void (*each)(void *arg, const struct pattern *pattern), void *arg);

/* For each pattern of which something else is known than at the last
 * quarantine_saved; saved is empty when that is nothing any more. */
void quarantine_changed(struct quarantine *quarantine,
    void (*each)(void *arg, const struct pattern *pattern,
	struct span saved), void *arg);
void quarantine_saved(struct quarantine *quarantine);

/* What was saved of it, before it is tried.  A strike that lies ahead is of a
 * clock that was set back since, and does not count.  -1 when it is damaged. */
int quarantine_load(struct quarantine *quarantine,
    const struct pattern *pattern, struct span saved, int64_t now_ms,
    struct err *err);

#endif
