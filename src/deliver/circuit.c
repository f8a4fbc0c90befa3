/*
 * circuit: whether a sink may be tried, and when again.
 *
 * Hides what of a sink is written down: six numbers.  Version 0.1 wrote two,
 * the wait and the failures.
 */
#include "config.h"

#include <inttypes.h>

#include "base/units.h"
#include "deliver/circuit.h"
#include "deliver/retry.h"

#define FAILURES_MAX 1000000000	/* so that counting ends nowhere */

static bool
circuit_is_failure(const struct outcome *outcome)
{
	return outcome->class != OUTCOME_DELIVERED &&
	       outcome->class != OUTCOME_REFUSED;
}

static void
circuit_failed(struct circuit *circuit, const struct outcome *outcome,
    int64_t now_ms, uint64_t random)
{
	int64_t before = circuit->failures;

	if (circuit->failures < FAILURES_MAX)
		circuit->failures++;
	if (!circuit->failing_since_ms)
		circuit->failing_since_ms = now_ms;
	if (outcome->class == OUTCOME_GONE)
		circuit->gone = true;
	if (outcome->scope == OUTCOME_OF_SINK ||
	    circuit->failures >= CIRCUIT_OPENS_AFTER)
		circuit->open_until_ms =
		    now_ms + retry_wait(outcome, before, random);
}

void
circuit_outcome(struct circuit *circuit, const struct outcome *outcome,
    int64_t now_ms, uint64_t random)
{
	if (circuit_is_failure(outcome)) {
		circuit_failed(circuit, outcome, now_ms, random);
		return;
	}
	circuit->failures = 0;
	circuit->open_until_ms = 0;
	circuit->gone = false;
	/* Who has heard that it fails has yet to hear that it works. */
	if (outcome->class == OUTCOME_DELIVERED || !circuit->told)
		circuit->failing_since_ms = 0;
}

int64_t
circuit_next(const struct circuit *circuit)
{
	return circuit->gone ? INT64_MAX : circuit->open_until_ms;
}

void
circuit_clamp(struct circuit *circuit, int64_t now_ms)
{
	if (circuit->open_until_ms > now_ms + RETRY_AFTER_MAX_MS)
		circuit->open_until_ms = 0;
	if (circuit->failing_since_ms > now_ms)
		circuit->failing_since_ms = now_ms;
	if (circuit->told_ms > now_ms)
		circuit->told_ms = 0;
}

void
circuit_close(struct circuit *circuit)
{
	circuit->open_until_ms = 0;
	circuit->gone = false;
}

/* --- Words ---------------------------------------------------------------- */

static bool
circuit_is_worth_a_word(const struct circuit *circuit,
    const struct outcome *last, int64_t now_ms)
{
	if (last->class == OUTCOME_GONE)
		return true;
	if (circuit->told_ms &&
	    now_ms - circuit->told_ms < CIRCUIT_TELLS_EVERY_MS)
		return false;
	return last->class == OUTCOME_CONFIG ||
	       (circuit->failures >= CIRCUIT_OPENS_AFTER &&
		   now_ms - circuit->failing_since_ms >=
		       CIRCUIT_TELLS_AFTER_MS);
}

enum circuit_word
circuit_word(struct circuit *circuit, const struct outcome *last,
    int64_t now_ms)
{
	bool is_gone = last->class == OUTCOME_GONE;

	circuit_clamp(circuit, now_ms);
	if (circuit->told && last->class == OUTCOME_DELIVERED) {
		circuit->told = circuit->told_gone = false;
		return CIRCUIT_WORKS;
	}
	if (circuit->told && (!is_gone || circuit->told_gone))
		return CIRCUIT_SILENT;
	if (!circuit_is_failure(last) ||
	    !circuit_is_worth_a_word(circuit, last, now_ms))
		return CIRCUIT_SILENT;
	circuit->told = true;
	circuit->told_gone = is_gone;
	circuit->told_ms = now_ms;
	return CIRCUIT_FAILS;
}

/* --- Over a restart ------------------------------------------------------- */

enum { SAVED_UNTIL, SAVED_FAILURES, SAVED_OLD, SAVED_SINCE = SAVED_OLD,
	SAVED_GONE, SAVED_TOLD, SAVED_TOLD_AT, SAVED_COUNT };

void
circuit_save(const struct circuit *circuit, struct buf *out)
{
	buf_addf(out,
	    "%" PRId64 " %" PRId64 " %" PRId64 " %d %d %" PRId64,
	    circuit->open_until_ms, circuit->failures,
	    circuit->failing_since_ms, circuit->gone,
	    circuit->told + circuit->told_gone, circuit->told_ms);
}

/* How many numbers there are; -1 when there is anything else. */
static int
circuit_numbers(struct span saved, int64_t out[SAVED_COUNT])
{
	int count = 0;
	bool more = true;

	while (more && count < SAVED_COUNT) {
		const char *blank =
		    saved.len ? memchr(saved.data, ' ', saved.len) : NULL;
		size_t len = blank ? (size_t)(blank - saved.data) : saved.len;
		size_t skip = blank ? len + 1 : len;

		if (number_parse(span_of(saved.data, len), 0, INT64_MAX,
			&out[count++], NULL))
			return -1;
		saved = span_of(saved.data + skip, saved.len - skip);
		more = blank != NULL;
	}
	return more ? -1 : count;
}

int
circuit_load(struct circuit *circuit, struct span saved, int64_t now_ms,
    struct err *err)
{
	int64_t numbers[SAVED_COUNT] = {0};
	int count = circuit_numbers(saved, numbers);

	*circuit = (struct circuit){0};
	if ((count != SAVED_COUNT && count != SAVED_OLD) ||
	    numbers[SAVED_GONE] > 1 || numbers[SAVED_TOLD] > 2 ||
	    numbers[SAVED_FAILURES] > FAILURES_MAX)
		return err_set(err,
		    "what is stored of a sink's health is damaged, and "
		    "forgotten");
	circuit->open_until_ms = numbers[SAVED_UNTIL];
	circuit->failures = numbers[SAVED_FAILURES];
	circuit->failing_since_ms = numbers[SAVED_SINCE];
	circuit->gone = numbers[SAVED_GONE] != 0;
	circuit->told = numbers[SAVED_TOLD] != 0;
	circuit->told_gone = numbers[SAVED_TOLD] == 2;
	circuit->told_ms = numbers[SAVED_TOLD_AT];
	/* The old form does not say since when. */
	if (circuit->failures && !circuit->failing_since_ms)
		circuit->failing_since_ms = now_ms;
	circuit_clamp(circuit, now_ms);
	return 0;
}
