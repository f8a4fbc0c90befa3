/*
 * judge_held: what is held back, batches of it, and the lines kept.
 */
#include "config.h"

#include "base/fields.h"
#include "judge/batch.h"
#include "tap.h"

static struct event
event_of(int64_t time_ms, const char *line)
{
	return (struct event){.matches = 3,
	    .first_ms = time_ms - 5,
	    .last_ms = time_ms,
	    .line = span_str(line)};
}

static void
hold(struct held *held, int64_t time_ms, const char *line, size_t lines_max)
{
	struct event event = event_of(time_ms, line);

	held_add(held, &event, lines_max);
}

static bool
line_is(const struct held *held, size_t which, const char *want)
{
	struct span line = {"", 0};
	size_t at = 0, i;

	for (i = 0; i <= which; i++) {
		if (!kept_lines_next(&held->lines, &at, &line))
			return false;
	}
	return span_is(line, want);
}

static void
test_held(void)
{
	struct held held = {0};
	char text[32], large[3000];
	int i;

	hold(&held, 1000, "one", 2);
	hold(&held, 900, "two", 2);
	OK(held.events == 2 && held.matches == 6, "events are counted");
	OK(held.first_ms == 895 && held.last_ms == 1000,
	    "the times are the earliest and the latest");
	hold(&held, 950, "three", 2);
	OK(held.lines.count == 2 && line_is(&held, 0, "two") &&
		line_is(&held, 1, "three"),
	    "the last lines are kept");
	hold(&held, 950, "none", 0);
	IS_INT(held.lines.count, 0, "none, when none are asked for");
	for (i = 0; i < 120; i++) {
		snprintf(text, sizeof(text), "line %d", i);
		hold(&held, 2000, text, 1000);
	}
	OK(held.lines.count == HELD_LINES_MAX && line_is(&held, 0, "line 70") &&
		line_is(&held, 49, "line 119") && !line_is(&held, 50, ""),
	    "and never more than fifty");
	memset(large, 'x', sizeof(large) - 1);
	large[sizeof(large) - 1] = 0;
	hold(&held, 1, large, 1);
	OK(held.lines.count == 1 && kept_lines_last(&held.lines).len == HELD_LINE_BYTES,
	    "long lines are cut");
	held.matches = INT64_MAX - 1;
	hold(&held, 1, "x", 1);
	OK(held.matches == INT64_MAX, "counts do not overflow");
	held_release(&held);
	OK(!held.events && !held.lines.data, "released, it is empty");
}

static bool
load_held(struct span fields, struct held *held)
{
	struct err err = ERR_INIT;

	return !fields_check(fields, &err) &&
	       !held_load(held, "x.", fields, &err);
}

static bool
refuses(const char *name, int64_t value)
{
	struct held held = {0};
	struct buf fields = BUF_INIT;
	bool refused;

	fields_add_number(&fields, name, value);
	fields_add_number(&fields, "x.events", 2);
	fields_add_number(&fields, "x.matches", 2);
	fields_add_number(&fields, "x.first", 10);
	fields_add_number(&fields, "x.last", 20);
	refused = !load_held(buf_span(&fields), &held) && !held.events;
	held_release(&held);
	buf_release(&fields);
	return refused;
}

static void
test_held_saved(void)
{
	struct held held = {0}, back = {0};
	struct buf fields = BUF_INIT;
	int i;

	held_save(&held, "x.", &fields);
	IS_INT((long long)fields.len, 0, "nothing held is saved as nothing");
	OK(load_held(buf_span(&fields), &back) && !back.events,
	    "and loaded from it");
	hold(&held, 1000, "one\0", 50);
	hold(&held, 2000, "", 50);
	held_save(&held, "y.", &fields);
	held_save(&held, "x.", &fields);
	hold(&back, 5, "old", 50);
	OK(load_held(buf_span(&fields), &back) && back.events == 2 &&
		back.matches == 6 && back.first_ms == 995 &&
		back.last_ms == 2000 && back.lines.count == 2 &&
		line_is(&back, 0, "one") && line_is(&back, 1, ""),
	    "what was held is loaded by its prefix");
	OK(back.times && !memcmp(back.times, held.times, sizeof(*back.times)),
	    "with its times");
	fields_add_str(&fields, "x.line", "what led to an event");
	OK(load_held(buf_span(&fields), &back) && back.lines.count == 3,
	    "an event may have several lines");
	buf_reset(&fields);
	fields_add_str(&fields, "x.line", "a line of no event");
	OK(!load_held(buf_span(&fields), &back) && !back.events &&
		!back.lines.data,
	    "lines without an event are refused, and nothing is left");
	OK(back.times == NULL && held.times && held.times->width_ms,
	    "times are counted, and none are left");
	OK(refuses("x.events", -1) && refuses("x.events", 0) &&
		refuses("x.matches", -1) && refuses("x.first", -1) &&
		refuses("x.first", 21),
	    "impossible values are refused");
	buf_reset(&fields);
	fields_add_number(&fields, "x.events", 1000);
	for (i = 0; i <= HELD_LINES_MAX; i++)
		fields_add_str(&fields, "x.line", "l");
	OK(!load_held(buf_span(&fields), &back), "too many lines are refused");
	held_release(&held);
	held_release(&back);
	buf_release(&fields);
}

static bool
formats_as(const char *text, const char *want)
{
	struct batch_spec spec = {0, 0};
	struct buf out = BUF_INIT;
	struct err err = ERR_INIT;
	bool same = !batch_parse(span_str(text), &spec, &err);

	batch_format(&spec, &out);
	same = same && !strcmp(buf_str(&out), want);
	if (!same)
		printf("# %s: %s %s\n", text, buf_str(&out), err.text);
	buf_release(&out);
	return same;
}

static bool
refused(const char *text, const char *because)
{
	struct batch_spec spec = {77, 0};
	struct err err = ERR_INIT;

	if (batch_parse(span_str(text), &spec, &err) &&
	    strstr(err.text, because) && spec.period_ms == 77)
		return true;
	printf("# \"%s\": %s\n", text, err.text);
	return false;
}

static void
test_batch_words(void)
{
	OK(formats_as("30s max 50", "30s max 50"), "a batch has time and size");
	OK(formats_as(" 1d  max\t10000", "1d max 10000"), "up to its limits");
	OK(formats_as("500ms", "500ms"), "the size may be missing");
	OK(formats_as("none", "none"), "none is none");
	OK(refused("none max 5", "nothing can follow"), "of nothing");
	OK(refused("", ""), "nothing is refused");
	OK(refused("0s", "longer than 0"), "no time too");
	OK(refused("25h", "at most 1d"), "and more than a day");
	OK(refused("30s max", ""), "and a size without its number");
	OK(refused("30s max 0", ""), "and none");
	OK(refused("30s max 10001", ""), "and a huge one");
	OK(refused("30s min 5", "is written"), "and other words");
	OK(refused("30s max 5 6", "is written"), "and too many of them");
}

static const struct batch_spec thirty = {30000, 3};

static void
test_batch(void)
{
	struct batch batch = {0};
	struct event event = event_of(1000, "x");

	OK(!batch_add(&thirty, &batch, 50000, &event) && batch.due_ms == 80000,
	    "the first opens the batch for its time");
	OK(!batch_add(&thirty, &batch, 70000, &event) && batch.due_ms == 80000,
	    "the second changes nothing about that");
	OK(batch_add(&thirty, &batch, 70001, &event) && batch.held.events == 3,
	    "with as many as it may have it is full");
	batch_clamp(&thirty, &batch, 60000);
	IS_INT(batch.due_ms, 80000, "a clock slewed changes nothing");
	batch_clamp(&thirty, &batch, 10000);
	IS_INT(batch.due_ms, 40000,
	    "no deadline lies further away than the batch's length");
	batch_release(&batch);
	IS_INT(batch.due_ms, 0, "released, it is not open");
}

static void
test_batch_saved(void)
{
	static const struct batch_spec none = {0, 0};
	struct batch batch = {0}, back = {0};
	struct event event = event_of(1000, "line");
	struct buf saved = BUF_INIT;
	struct err err = ERR_INIT;

	batch_save(&batch, &saved);
	IS_INT((long long)saved.len, 0, "what is not open is saved as nothing");
	OK(!batch_load(&thirty, &back, buf_span(&saved), 5, &err) &&
		!back.due_ms,
	    "and loaded from it");
	batch_add(&thirty, &batch, 50000, &event);
	buf_add(&batch.payload, "a\0b", 3);
	batch_save(&batch, &saved);
	OK(!batch_load(&thirty, &back, buf_span(&saved), 60000, &err) &&
		back.due_ms == 80000 && back.held.events == 1 &&
		line_is(&back.held, 0, "line") &&
		span_equal(buf_span(&back.payload), buf_span(&batch.payload)),
	    "an open one comes back as it was");
	OK(!batch_load(&thirty, &back, buf_span(&saved), 20000, &err) &&
		back.due_ms == 50000,
	    "after the clock was set back its deadline is its length away");
	OK(batch_load(&none, &back, buf_span(&saved), 60000, &err) &&
		!back.due_ms && !back.payload.len,
	    "a rule without a batch refuses it");
	OK(batch_load(
	       &thirty, &back, span_of(saved.data, saved.len - 1), 60000, &err),
	    "a truncated one is refused");
	buf_reset(&saved);
	fields_add_number(&saved, "due", 80000);
	OK(batch_load(&thirty, &back, buf_span(&saved), 60000, &err) &&
		!back.due_ms,
	    "an open one with nothing in it too");
	buf_reset(&saved);
	buf_reserve(&batch.payload, BATCH_PAYLOAD_BYTES + 1);
	memset(batch.payload.data, 'x', BATCH_PAYLOAD_BYTES + 1);
	batch.payload.len = BATCH_PAYLOAD_BYTES + 1;
	batch_save(&batch, &saved);
	OK(!batch_load(&thirty, &back, buf_span(&saved), 60000, &err) &&
		back.due_ms && !back.payload.len,
	    "a payload that is too large is left out");
	fields_add(&saved, "payload", buf_span(&batch.payload));
	OK(batch_load(&thirty, &back, buf_span(&saved), 60000, &err) &&
		!back.due_ms,
	    "and refused from the store");
	batch_release(&batch);
	batch_release(&back);
	buf_release(&saved);
}

int
main(void)
{
	test_held();
	test_held_saved();
	test_batch_words();
	test_batch();
	test_batch_saved();
	return tap_done();
}
