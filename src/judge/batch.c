/*
 * batch: the words of the `batch` key, the open batch, and its stored form.
 */
#include "config.h"

#include "base/fields.h"
#include "base/units.h"
#include "base/words.h"
#include "judge/batch.h"

static int
batch_parse_period(struct span word, int64_t *out, struct err *err)
{
	if (duration_parse(word, out, err))
		return -1;
	if (*out < 1 || *out > BATCH_PERIOD_MAX_MS)
		return err_set(err,
		    "a batch's time must be longer than 0 and at most 1d "
		    "(\"none\" switches it off)");
	return 0;
}

/* What may follow the period: nothing, or `max N`. */
static int
batch_parse_max(struct span rest, int64_t *out, struct err *err)
{
	struct span word = words_next(&rest);

	if (!word.len)
		return 0;
	if (!span_is(word, "max"))
		goto mistake;
	if (number_parse(words_next(&rest), 1, BATCH_MAX, out, err))
		return -1;
	if (!words_next(&rest).len)
		return 0;
mistake:
	return err_set(
	    err, "a batch is written \"30s\", \"30s max 50\" or \"none\"");
}

int
batch_parse(struct span text, void *spec, struct err *err)
{
	struct batch_spec parsed = {0, 0};
	struct span rest = text, word = words_next(&rest);

	if (span_is(word, "none")) {
		if (words_next(&rest).len)
			return err_set(err, "nothing can follow \"none\"");
	} else if (batch_parse_period(word, &parsed.period_ms, err) ||
		   batch_parse_max(rest, &parsed.max, err)) {
		return -1;
	}
	*(struct batch_spec *)spec = parsed;
	return 0;
}

void
batch_format(const void *spec, struct buf *out)
{
	const struct batch_spec *batch = spec;
	char text[UNITS_TEXT_MAX];

	if (!batch->period_ms) {
		buf_add_str(out, "none");
		return;
	}
	duration_format(batch->period_ms, text);
	buf_add_str(out, text);
	if (batch->max)
		buf_addf(out, " max %lld", (long long)batch->max);
}

void
batch_clamp(const struct batch_spec *spec, struct batch *batch, int64_t now_ms)
{
	if (batch->due_ms - spec->period_ms > now_ms)
		batch->due_ms = now_ms + spec->period_ms;
}

bool
batch_add(const struct batch_spec *spec, struct batch *batch, int64_t now_ms,
    const struct event *event)
{
	if (!batch->due_ms)
		batch->due_ms = now_ms + spec->period_ms;
	batch_clamp(spec, batch, now_ms);
	held_add(&batch->held, event, HELD_LINES_MAX);
	return spec->max && batch->held.events >= spec->max;
}

void
batch_release(struct batch *batch)
{
	held_release(&batch->held);
	buf_release(&batch->payload);
	batch->due_ms = 0;
}

void
batch_save(const struct batch *batch, struct buf *out)
{
	if (!batch->due_ms)
		return;
	fields_add_number(out, "due", batch->due_ms);
	held_save(&batch->held, "", out);
	/* Better an alert without its details than one that cannot be read
	 * back. */
	if (batch->payload.len <= BATCH_PAYLOAD_BYTES)
		fields_add(out, "payload", buf_span(&batch->payload));
}

static int
batch_load_payload(struct batch *batch, struct span fields, struct err *err)
{
	struct span payload;

	if (!fields_get(fields, "payload", &payload))
		return 0;
	if (payload.len > BATCH_PAYLOAD_BYTES)
		return err_set(err, "a stored batch is too large");
	buf_add_span(&batch->payload, payload);
	return 0;
}

int
batch_load(const struct batch_spec *spec, struct batch *batch,
    struct span fields, int64_t now_ms, struct err *err)
{
	batch_release(batch);
	if (!fields.len)
		return 0;
	if (fields_check(fields, err))
		return err_prefix(err, "a stored batch");
	if (held_load(&batch->held, "", fields, err))
		return err_prefix(err, "a stored batch");
	batch->due_ms = fields_get_number(fields, "due", 0);
	if (batch->due_ms < 1 || !batch->held.events || !spec->period_ms) {
		batch_release(batch);
		return err_set(err, "a stored batch has impossible values");
	}
	if (batch_load_payload(batch, fields, err)) {
		batch_release(batch);
		return -1;
	}
	batch_clamp(spec, batch, now_ms);
	return 0;
}
