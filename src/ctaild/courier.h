/*
 * courier: when what is tried, and what comes of it.
 *
 * Owns a lane (lane.h) per sink that has something due, the backoff of each,
 * and the recording of every attempt in the outbox.  One sink's failure never
 * delays another's alerts.  A failed attempt makes its alert wait (full
 * jitter, deliver/retry.h) or the whole sink (deliver/circuit.h); both are
 * stored, so that they survive a restart.  People hear of a sink that fails
 * by its fallback (sink_words.h).
 *
 * What comes of attempts is stored lazily and made durable within a second,
 * when a lane ends and when the courier does.
 */
#ifndef CTAIL_CTAILD_COURIER_H
#define CTAIL_CTAILD_COURIER_H

#include <stdbool.h>
#include <sys/types.h>
#include "base/loop.h"
#include "conf/conf.h"
#include "ctaild/outlet.h"
#include "message/alert.h"
#include "store/store.h"

struct courier;

/* All borrowed. */
struct courier *courier_new(struct loop *loop, struct store *store,
    const char *hostname, const struct outlet_places *places);
void courier_free(struct courier *courier);

/* The sinks from now on.  Runs of those that stay end after the alert in
 * flight, so that the next one reads its new settings. */
void courier_configure(struct courier *courier, const struct conf *conf);

/* Rows of sinks that are gone move to the first default sink and are
 * marked. */
int courier_move_orphans(struct courier *courier, const struct conf *conf,
    struct err *err);

/* Something may be due: starts what can be started, and arms the timer for
 * the rest. */
void courier_kick(struct courier *courier);

/* For SIGCHLD: this child has been reaped. */
void courier_reaped(struct courier *courier, pid_t pid);

/* True while a lane runs. */
bool courier_busy(const struct courier *courier);

/* True when something is due now or a lane runs (for --once). */
bool courier_has_work(struct courier *courier, int64_t now_ms);

/* Lets lanes end after what they have in flight; aborts them at once. */
void courier_finish(struct courier *courier);
void courier_abort(struct courier *courier);

/* Forgets that a sink has to wait, or is gone: somebody asks for an attempt
 * now.  NULL: of every sink. */
void courier_unblock(struct courier *courier, const char *sink);

/* What was said in the last attempt of this test alert, lines with newlines;
 * NULL when that is not known (any more). */
const char *courier_trace(struct courier *courier, const char *sink,
    const char *id);

/* For `status`: what a sink is doing, in a word or two. */
struct courier_sink {
	const char *name;
	const char *kind;
	bool running;
	bool gone;			/* not tried until a person says so */
	int64_t open_until_ms;		/* of the circuit; 0: closed */
	int64_t failing_since_ms;	/* 0: not */
	int64_t failures;		/* in a row */
	const char *last_answer;	/* "" */
	const char *confined;		/* what the last worker gave up; "" */
	const char *partly;		/* who does not get its alerts; "" */
};

void courier_sinks(struct courier *courier,
    void (*each)(void *arg, const struct courier_sink *sink), void *arg);

#endif
