/*
 * streak: when to stop asking a question whose answer is always the same.
 *
 * After some such answers in a row it rests for as many questions, and for
 * twice as many each time the next answer is no other.
 */
#ifndef CTAIL_JUDGE_STREAK_H
#define CTAIL_JUDGE_STREAK_H

#include <stdbool.h>
#include <stddef.h>

enum { STREAK_LEAST = 8, STREAK_REST_MAX = 512 };

/* All 0: nothing was asked yet. */
struct streak {
	size_t answers; /* the same, in a row */
	size_t rest;	/* how many questions next time; 0: STREAK_LEAST */
	size_t resting; /* questions not to be asked now */
};

/* True: this one is not to be asked. */
static inline bool
streak_rests(struct streak *streak)
{
	if (!streak->resting)
		return false;
	streak->resting--;
	return true;
}

static inline void
streak_note(struct streak *streak, bool same)
{
	if (!same) {
		*streak = (struct streak){0};
		return;
	}
	if (++streak->answers < STREAK_LEAST)
		return;
	if (!streak->rest)
		streak->rest = STREAK_LEAST;
	streak->resting = streak->rest;
	if (streak->rest < STREAK_REST_MAX)
		streak->rest *= 2;
	/* One more will do to go on resting. */
	streak->answers = STREAK_LEAST - 1;
}

#endif
