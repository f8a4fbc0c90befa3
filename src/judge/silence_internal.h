/*
 * silence_internal: the list behind the silences.
 *
 * Private to the judge room.
 */
#ifndef CTAIL_JUDGE_SILENCE_INTERNAL_H
#define CTAIL_JUDGE_SILENCE_INTERNAL_H

#include "judge/silence.h"

#define SILENCE_LINES 5		/* of what it holds back, the last ones */

struct silence_row {
	struct silence silence;
	bool dirty;
};

struct silences {
	struct silence_row *rows;	/* in the order of their ids */
	size_t count;
	int64_t *gone;			/* ids the store has still to forget */
	size_t gone_count;
	int64_t next_id;
	bool counter_dirty;
	int64_t now_ms;			/* the latest that was said */
};

/* Texts and times within their bounds. */
int silence_check(const struct silence *silence, struct err *err);

/* Room for one more at the end, zeroed. */
struct silence_row *silences_append(struct silences *silences);

/* Brings back times that the clock has moved away from. */
void silence_clamp(struct silence_row *row, int64_t now_ms);

#endif
