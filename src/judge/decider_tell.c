/*
 * decider_tell: decisions out, one by one.
 *
 * Hides the queue in which they wait, whose memory is kept from call to call,
 * so that a match that leads to nothing new costs no allocation.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "judge/decider_internal.h"

/* What a slot keeps for the next one to use. */
#define KEPT_BYTES 4096

static const char *const reason_names[REASON_COUNT] = {
    [REASON_NONE] = "none",
    [REASON_SILENCED] = "silenced",
    [REASON_HOURS] = "hours",
    [REASON_DROPPED] = "dropped",
    [REASON_BATCH] = "batch",
    [REASON_THROTTLE] = "throttle",
};

const char *
decision_reason_name(enum decision_reason reason)
{
	return reason_names[reason];
}

static void
told_reset(struct told *told)
{
	kept_lines_release(&told->lines);
	buf_reset(&told->key);
	buf_reset(&told->payload);
	if (told->payload.cap > KEPT_BYTES)
		buf_release(&told->payload);
}

void
decider_begin(struct decider *decider)
{
	size_t i;

	for (i = 0; i < decider->told_count; i++)
		told_reset(&decider->told[i]);
	decider->told_first = decider->told_count = 0;
	decider->work = WORK_NONE;
}

struct told *
decider_say(struct decider *decider, size_t rule, struct span key)
{
	struct told *told;
	size_t cap;

	if (decider->told_count == decider->told_cap) {
		cap = decider->told_cap ? decider->told_cap * 2 : 4;
		decider->told =
		    xreallocarray(decider->told, cap, sizeof(*told));
		memset(decider->told + decider->told_cap, 0,
		    (cap - decider->told_cap) * sizeof(*told));
		decider->told_cap = cap;
	}
	told = &decider->told[decider->told_count++];
	told->what = (struct decision){.rule = rule};
	told->times.width_ms = 0;
	buf_add_span(&told->key, key);
	return told;
}

struct told *
decider_say_of(struct decider *decider, const struct entry *entry)
{
	return decider_say(decider, entry->rule, entry_key_of(entry));
}

static void
told_hand_out(const struct told *told, struct decision *out)
{
	size_t at = 0;

	*out = told->what;
	out->key = buf_span(&told->key);
	out->payload = buf_span(&told->payload);
	out->times = histogram_told(&told->times);
	while (out->line_count < DECIDER_LINES &&
	       kept_lines_next(&told->lines, &at, &out->lines[out->line_count]))
		out->line_count++;
}

/* Decisions of one piece of work at a time, so that what is due for a
 * hundred thousand keys does not lie in memory at once. */
bool
decider_next(struct decider *decider, struct decision *out)
{
	enum decider_work work;

	while (decider->told_first == decider->told_count) {
		work = decider->work;
		if (work == WORK_NONE)
			return false;
		decider_begin(decider);
		decider->work = work;
		if (!decider_work_on(decider))
			decider->work = WORK_NONE;
	}
	told_hand_out(&decider->told[decider->told_first++], out);
	return true;
}
