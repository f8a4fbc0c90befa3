/*
 * storm: the cap of one sink.
 *
 * `storm = 60 in 1h`: so many alerts in any such time (sliding, by arrival).
 * Above the cap every rule still has one alert an hour; the rest is counted
 * by rule and told as one summary when an hour is over.  ctail's own words
 * (notices) pass, and count.  Pure; saved with the transaction, so that a
 * restart gives nobody a fresh cap.
 */
#ifndef CTAIL_JUDGE_STORM_H
#define CTAIL_JUDGE_STORM_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/rate.h"
#include "base/span.h"

#define STORM_RULES_MAX 1000	/* more are counted as one, "others" */
#define STORM_GRACE_MS (60 * 60 * 1000)

struct storm;

/* A rate without a period caps nothing.  rate is copied. */
struct storm *storm_new(const struct rate *rate);
void storm_free(struct storm *storm);

/* True: it goes out.  False: it was counted. */
bool storm_admit(struct storm *storm, struct span rule, int severity,
    int64_t matches, int64_t now_ms);

/* How many alerts it holds at present. */
int64_t storm_held(const struct storm *storm);

/* The clock may have been set back: nothing has happened later than now. */
void storm_settle(struct storm *storm, int64_t now_ms);

/* When a summary is due; 0: nothing is held. */
int64_t storm_due(const struct storm *storm);

/* One rule's share of what was held. */
struct storm_share {
	struct span rule;
	int severity;		/* the most severe one */
	int64_t alerts, matches;
	int64_t first_ms, last_ms;	/* arrival */
};

/* Hands out every share, the most severe first, then the most frequent, and
 * forgets them; the summary itself counts as one alert that passed.  0 when
 * nothing is due. */
size_t storm_expire(struct storm *storm, int64_t now_ms,
    void (*each)(void *arg, const struct storm_share *share), void *arg);

/* Changed since the last save? */
bool storm_is_dirty(const struct storm *storm);
void storm_save(struct storm *storm, struct buf *out);
void storm_saved(struct storm *storm);
int storm_load(struct storm *storm, struct span saved, int64_t now_ms,
    struct err *err);

#endif
