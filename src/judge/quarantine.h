/*
 * quarantine: patterns that keep running into their limits.
 *
 * A pattern that overruns QUARANTINE_STRIKES times within QUARANTINE_WATCH_MS
 * is not tried for QUARANTINE_MS, then it has another chance.  What that means
 * is the caller's: a `match` in quarantine finds nothing (the rule says so
 * once, as an alert), an `exclude` excludes nothing, a `redact` withholds
 * everything.  Times are wall-clock ms of arrival; a clock that is set back
 * makes nothing last longer.
 */
#ifndef CTAIL_JUDGE_QUARANTINE_H
#define CTAIL_JUDGE_QUARANTINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
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

/* It was not decided.  True: from now on it is in quarantine. */
bool quarantine_strike(struct quarantine *quarantine,
    const struct pattern *pattern);

/* For each pattern that went into quarantine since the last call. */
void quarantine_news(struct quarantine *quarantine,
    void (*each)(void *arg, const struct pattern *pattern), void *arg);

#endif
