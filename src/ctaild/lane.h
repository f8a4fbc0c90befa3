/*
 * lane: one sink's run.
 *
 * Speaks ctaild's side of the frames (deliver/worker.h): hello, one alert at
 * a time, one outcome for each, until nothing is due; then the connection is
 * shut down.  Every step has a deadline, after which the worker is ended and
 * the alert in flight counts as in doubt.  A lane knows nothing of other
 * sinks, of backoff or of the database: it asks for the next alert and
 * reports outcomes.
 */
#ifndef CTAIL_CTAILD_LANE_H
#define CTAIL_CTAILD_LANE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/loop.h"
#include "ctaild/outlet.h"
#include "deliver/outcome.h"

struct lane;

struct lane_calls {
	/* The next due alert's fields, and what of it is settled (outcome.h);
	 * false when there is none. */
	bool (*next)(void *arg, int64_t *row_out, struct buf *fields_out,
	    struct buf *settled_out);

	/* How an attempt ended; row 0: the sink could not be used at all. */
	void (*outcome)(void *arg, int64_t row,
	    const struct outcome *outcome);

	/* The run is over; the lane frees itself afterwards. */
	void (*ended)(void *arg);

	/* The worker is ready; what it gave up, in words, or "".  NULL: nobody
	 * asks. */
	void (*ready)(void *arg, const char *confined);

	/* A line of what a test alert's server and the worker said; at most
	 * TRACE_LINES_MAX of TRACE_LINE_BYTES, clean.  NULL: nobody asks. */
	void (*trace)(void *arg, const char *text);
};

/* What a step may take beyond the sink's own timeout, which the worker should
 * obey by itself. */
#define LANE_SLACK_MS 15000

struct lane_spec {
	const char *sink;
	const char *hostname;
	enum sink_program program;
	int64_t timeout_ms;		/* of one attempt, by the sink */
	int64_t slack_ms;		/* LANE_SLACK_MS */
};

/* NULL when no worker can be had; err says why. */
struct lane *lane_start(struct loop *loop, const struct lane_spec *spec,
    const struct outlet_places *places, struct lane_calls calls, void *arg,
    struct err *err);

/* Asks for no further alert: the run ends after the one in flight. */
void lane_finish(struct lane *lane);

/* Ends it now; what is in flight counts as in doubt.  Says nothing of the
 * sink. */
void lane_abort(struct lane *lane);

/* A child was reaped; when it was this lane's worker, its number is forgotten
 * before somebody else gets it. */
void lane_reaped(struct lane *lane, pid_t pid);

#endif
