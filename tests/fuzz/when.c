/*
 * Fuzzes the words of `when` and `batch`, and the stored states of conditions,
 * absences, batches and what is held, which a damaged database may hold.
 * The first byte says which.
 */
#include "config.h"

#include <stdlib.h>

#include "base/fields.h"
#include "fuzz/fuzz.h"
#include "judge/absence.h"
#include "judge/batch.h"
#include "judge/when.h"

#define NOW INT64_C(1700000000000)

static const struct hours_spec always;

static void
try_words(struct span text)
{
	struct when_spec when = {0}, when_again = {0};
	struct batch_spec batch = {0, 0}, batch_again = {0, 0};
	struct buf shown = BUF_INIT;

	if (!when_parse(text, &when, NULL)) {
		when_format(&when, &shown);
		if (when_parse(buf_span(&shown), &when_again, NULL) ||
		    when_again.kind != when.kind ||
		    when_again.count != when.count ||
		    when_again.window_ms != when.window_ms)
			abort();
	}
	buf_reset(&shown);
	if (!batch_parse(text, &batch, NULL)) {
		batch_format(&batch, &shown);
		if (batch_parse(buf_span(&shown), &batch_again, NULL) ||
		    batch_again.period_ms != batch.period_ms ||
		    batch_again.max != batch.max)
			abort();
	}
	buf_release(&shown);
}

/* Whatever was loaded goes on, and is saved as something that loads. */
static void
use_state(const struct when_spec *spec, struct when_state *state)
{
	struct when_match match = {
	    .time_ms = NOW, .now_ms = NOW, .hours = &always};
	struct when_met met;
	struct buf saved = BUF_INIT;
	int i;

	for (i = 0; i < 5; i++) {
		match.value = span_of(&"abcde"[i], 1);
		when_feed(spec, state, &match, &met);
	}
	when_partner(spec, state, &match, &met);
	when_settle(spec, state, &always, NOW / 2);
	if (when_deadline(spec, state) > NOW / 2 + WHEN_ABSENT_MAX_MS)
		abort();
	when_ring(spec, state, NOW, &met);
	when_save(spec, state, &saved);
	if (when_load(spec, state, &always, buf_span(&saved), NOW, NULL))
		abort();
	buf_release(&saved);
}

static void
try_state(const char *words, struct span saved)
{
	struct when_spec spec = {0};
	struct when_state *state;

	if (when_parse(span_str(words), &spec, NULL))
		abort();
	state = when_state_new(&spec);
	if (when_load(&spec, state, &always, saved, NOW, NULL) &&
	    (when_pending(&spec, state) || when_deadline(&spec, state)))
		abort();
	use_state(&spec, state);
	when_state_free(&spec, state);
}

static void
try_held(struct span saved)
{
	static const struct batch_spec spec = {30000, 50};
	struct event event = {1, NOW, NOW, {"line", 4}, NULL};
	struct batch batch = {0};
	struct held held = {0};
	struct absence absence;

	batch_load(&spec, &batch, saved, NOW, NULL);
	if (batch.due_ms > NOW + spec.period_ms)
		abort();
	batch_add(&spec, &batch, NOW, &event);
	batch_release(&batch);
	if (!fields_check(saved, NULL)) {
		held_load(&held, "", saved, NULL);
		held_add(&held, &event, HELD_LINES_MAX);
		if (held.lines.count > HELD_LINES_MAX)
			abort();
	}
	held_release(&held);
	absence_load(&absence, &always, 3600000, saved, NOW, NULL);
	if (absence.due_ms > NOW + 3600000)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span rest;

	if (!len)
		return 0;
	rest = span_of((const char *)bytes + 1, len - 1);
	switch (bytes[0]) {
	case 'w':
		try_words(rest);
		break;
	case 'c':
		try_state("5 in 10m", rest);
		break;
	case 'd':
		try_state("distinct 20 x in 10m", rest);
		break;
	case 'a':
		try_state("absent 26h", rest);
		break;
	case 'u':
		try_state("unless x in 2h", rest);
		break;
	default:
		try_held(rest);
	}
	return 0;
}
