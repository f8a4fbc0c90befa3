/*
 * absence: a clock that runs until something happens.
 *
 * `absent T` of a rule, `unless RULE in T`, `quiet` of a log.  Runs in the
 * rule's hours only; survives restarts as the wall-clock time since which it
 * runs, which never lies behind now, so that the deadline never lies further
 * away than T of open time.  Missing once it has been told; back with the next
 * sign, which is then to be told too.
 */
#ifndef CTAIL_JUDGE_ABSENCE_H
#define CTAIL_JUDGE_ABSENCE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "judge/hours.h"

struct absence {
	int64_t since_ms;	/* the last sign, or when the clock was first
				 * started (arrival); 0: it does not run */
	int64_t due_ms;		/* 0 once missing */
	bool signs;		/* since_ms was a sign */
	bool missing;		/* told */
};

/* Starts a clock that does not run yet. */
void absence_start(struct absence *absence, const struct hours_spec *hours,
    int64_t length_ms, int64_t now_ms);

/* A sign; true when it had been missing (a recovery). */
bool absence_sign(struct absence *absence, const struct hours_spec *hours,
    int64_t length_ms, int64_t now_ms);

/* True, once, when it is due. */
bool absence_expire(struct absence *absence, int64_t now_ms);

/* After a clock step. */
void absence_clamp(struct absence *absence, const struct hours_spec *hours,
    int64_t length_ms, int64_t now_ms);

/* load checks everything; nothing is a clock that does not run. */
void absence_save(const struct absence *absence, struct buf *out);
int absence_load(struct absence *absence, const struct hours_spec *hours,
    int64_t length_ms, struct span fields, int64_t now_ms, struct err *err);

#endif
