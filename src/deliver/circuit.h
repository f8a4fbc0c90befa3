/*
 * circuit: whether a sink may be tried, and when again.
 *
 * The breaker of Nygard, "Release It!" (2007): closed, everything passes; an
 * outcome of the sink's (outcome.h, scope), or CIRCUIT_OPENS_AFTER failures in
 * a row, opens it for a full-jitter wait (retry.h), no shorter than the
 * server asked for; then one attempt decides.  GONE keeps it open until
 * somebody closes it.  An alert that is refused says nothing against the
 * sink: somebody is there and answers.  It also knows when a failing sink is
 * worth a word to a person, once, and that a word is due when it works again.
 *
 * Pure: now_ms is wall clock, random is uniform over all of uint64_t.  No wait
 * is longer than RETRY_AFTER_MAX_MS; a deadline further away is of a clock
 * that was set back, and silences nobody.
 */
#ifndef CTAIL_DELIVER_CIRCUIT_H
#define CTAIL_DELIVER_CIRCUIT_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "deliver/outcome.h"

#define CIRCUIT_OPENS_AFTER 5
#define CIRCUIT_TELLS_AFTER_MS (2 * 60 * 1000)	/* of failing, when a person
						 * need not act */
#define CIRCUIT_TELLS_EVERY_MS (10 * 60 * 1000)	/* a sink that comes and goes
						 * must not storm */

struct circuit {
	int64_t failures;		/* in a row */
	int64_t failing_since_ms;	/* 0: not */
	int64_t open_until_ms;		/* 0: closed */
	bool gone;
	bool told;			/* a person has heard that it fails */
	bool told_gone;			/* and that it is gone */
	int64_t told_ms;		/* when that was last; 0: never */
};

void circuit_outcome(struct circuit *circuit, const struct outcome *outcome,
    int64_t now_ms, uint64_t random);

/* When an attempt may be made: 0 now, INT64_MAX never. */
int64_t circuit_next(const struct circuit *circuit);

/* After a clock step; and when somebody wants an attempt now (which forgets
 * `gone' too). */
void circuit_clamp(struct circuit *circuit, int64_t now_ms);
void circuit_close(struct circuit *circuit);

/* What is to be told now, behind circuit_outcome; told once.  FAILS: the last
 * outcome was CONFIG or GONE, or it has failed for CIRCUIT_TELLS_AFTER_MS and
 * was tried CIRCUIT_OPENS_AFTER times; GONE also behind another failure, for
 * nobody tries any more.  WORKS: an alert got through after that. */
enum circuit_word { CIRCUIT_SILENT, CIRCUIT_FAILS, CIRCUIT_WORKS };
enum circuit_word circuit_word(struct circuit *circuit,
    const struct outcome *last, int64_t now_ms);

/* As one line of text and back.  What is damaged is refused, and the circuit
 * is then as new. */
void circuit_save(const struct circuit *circuit, struct buf *out);
int circuit_load(struct circuit *circuit, struct span saved, int64_t now_ms,
    struct err *err);

#endif
