/*
 * storms: the caps of all sinks (judge/storm.h), and what they hold.
 *
 * One per sink whose section has a `storm`.  A cap that changes keeps what it
 * holds; that of a sink that is gone, or has no cap any more, is due at once.
 * Saved in notes of kind STORMS_KIND, by the sink's name.
 */
#ifndef CTAIL_CTAILD_STORMS_H
#define CTAIL_CTAILD_STORMS_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/rate.h"
#include "base/span.h"
#include "conf/conf.h"
#include "judge/storm.h"
#include "message/alert.h"
#include "store/store.h"

#define STORMS_KIND "storm"

struct storms;

struct storms *storms_new(void);
void storms_free(struct storms *storms);

/* What the last run stored, in place of everything that is known. */
int storms_load(
    struct storms *storms, struct store *store, struct err *err);

/* The caps from now on.  Behind storms_load, whose damaged notes are logged
 * here. */
void storms_configure(
    struct storms *storms, const struct conf *conf, int64_t now_ms);

/* Whether this sink is to get the alert; counted either way. */
bool storms_admit(struct storms *storms, const char *sink,
    const struct alert *alert, int64_t now_ms);

/* When a summary is due, wall ms; 0: nothing is held. */
int64_t storms_due(const struct storms *storms);

struct storms_cap {
	struct span sink;
	struct rate rate;
	struct storm *storm;
	int64_t at_ms;
};

typedef void storms_each(void *arg, const struct storms_cap *cap);

/* Each cap that has a summary due by now; at_ms is the time to ask it at
 * (storm_expire), which each does. */
void storms_expire(
    struct storms *storms, int64_t now_ms, storms_each *each, void *arg);

/* Every cap, due or not (at_ms: when, or 0); each must not change it. */
void storms_all(const struct storms *storms, storms_each *each, void *arg);

/* For the store, as in judge/silence.h. */
void storms_dirty(struct storms *storms,
    void (*each)(void *arg, struct span sink, struct span saved), void *arg);
void storms_saved(struct storms *storms);

#endif
