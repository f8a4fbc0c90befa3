/*
 * throttle: the gate of one rule and key.
 *
 * Hides when the gate opens, how its length grows, and its stored form.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/fields.h"
#include "base/mem.h"
#include "base/units.h"
#include "base/words.h"
#include "judge/kept_lines.h"
#include "judge/throttle.h"

#define PERIOD_MAX_MS (INT64_C(31) * 24 * 60 * 60 * 1000)
#define DOUBLE_FACTOR 24

static int
throttle_parse_period(struct span word, int64_t *out, struct err *err)
{
	if (duration_parse(word, out, err))
		return -1;
	if (*out < 1 || *out > PERIOD_MAX_MS)
		return err_set(err,
		    "a throttle's time must be longer than 0 and at most 31d "
		    "(\"none\" switches it off)");
	return 0;
}

static int
throttle_refuse(struct err *err)
{
	return err_set(err,
	    "a throttle is written \"1h\", \"10m double max 4h\" or \"none\"");
}

/* What may follow the period: nothing, `double`, `double max T`. */
static int
throttle_parse_double(
    struct span rest, struct throttle_spec *spec, struct err *err)
{
	struct span word = words_next(&rest);

	spec->max_ms = spec->period_ms;
	if (!word.len)
		return 0;
	if (!span_is(word, "double"))
		return throttle_refuse(err);
	spec->max_ms = spec->period_ms * DOUBLE_FACTOR;
	if (spec->max_ms > PERIOD_MAX_MS)
		spec->max_ms = PERIOD_MAX_MS;
	word = words_next(&rest);
	if (!word.len)
		return 0;
	if (!span_is(word, "max"))
		return throttle_refuse(err);
	if (throttle_parse_period(words_next(&rest), &spec->max_ms, err))
		return -1;
	if (words_next(&rest).len)
		return throttle_refuse(err);
	if (spec->max_ms < spec->period_ms)
		return err_set(err,
		    "the max of a throttle must not be shorter than its time");
	return 0;
}

/* off, no and 0 are meant for `none'. */
static bool
throttle_is_no_time(struct span word)
{
	return !word.len || !ascii_is_digit(*word.data) || span_is(word, "0");
}

int
throttle_parse(struct span text, void *spec, struct err *err)
{
	struct throttle_spec parsed = {0, 0};
	struct span rest = text, word = words_next(&rest);

	if (span_is(word, "none")) {
		if (words_next(&rest).len)
			return err_set(err, "nothing can follow \"none\"");
	} else if (throttle_is_no_time(word)) {
		return throttle_refuse(err);
	} else if (throttle_parse_period(word, &parsed.period_ms, err) ||
		   throttle_parse_double(rest, &parsed, err)) {
		return -1;
	}
	*(struct throttle_spec *)spec = parsed;
	return 0;
}

void
throttle_format(const void *spec, struct buf *out)
{
	const struct throttle_spec *throttle = spec;
	char text[UNITS_TEXT_MAX];

	if (!throttle->period_ms) {
		buf_add_str(out, "none");
		return;
	}
	duration_format(throttle->period_ms, text);
	buf_add_str(out, text);
	if (throttle->max_ms > throttle->period_ms) {
		duration_format(throttle->max_ms, text);
		buf_addf(out, " double max %s", text);
	}
}

static void
throttle_forget_held(struct throttle *throttle)
{
	free(throttle->last_line);
	free(throttle->times);
	throttle->last_line = NULL;
	throttle->times = NULL;
	throttle->last_len = throttle->last_cap = 0;
	throttle->held = 0;
	throttle->held_first_ms = 0;
	throttle->held_last_ms = 0;
}

void
throttle_release(struct throttle *throttle)
{
	throttle_forget_held(throttle);
	throttle->until_ms = 0;
	throttle->length_ms = 0;
}

static void
throttle_keep_line(struct throttle *throttle, struct span line)
{
	size_t len = kept_line_len(line, THROTTLE_LINE_MAX);

	/* In a flood every match comes here: memory is asked for only when
	 * lines become longer, or much shorter. */
	if (!throttle->last_line || len > throttle->last_cap ||
	    len < throttle->last_cap / 4) {
		free(throttle->last_line);
		throttle->last_line = xmalloc(len + 1);
		throttle->last_cap = (uint32_t)len;
	}
	throttle->last_len = (uint32_t)len;
	kept_line_write(throttle->last_line, line, len);
	throttle->last_line[len] = '\0';
}

static void
throttle_count_times(
    struct throttle *throttle, const struct throttle_event *event)
{
	struct histogram_lot before = {throttle->held, throttle->held_first_ms,
	    throttle->held_last_ms, NULL};
	struct histogram_lot more = {
	    event->matches, event->first_ms, event->last_ms, event->times};

	histogram_gather(&throttle->times, &before, &more);
}

static void
throttle_hold(struct throttle *throttle, const struct throttle_event *event)
{
	throttle_count_times(throttle, event);
	if (!throttle->held || event->first_ms < throttle->held_first_ms)
		throttle->held_first_ms = event->first_ms;
	if (!throttle->held || event->last_ms > throttle->held_last_ms)
		throttle->held_last_ms = event->last_ms;
	if (throttle->held <= INT64_MAX - event->matches)
		throttle->held += event->matches;
	throttle_keep_line(throttle, event->line);
}

void
throttle_clamp(struct throttle *throttle, int64_t now_ms)
{
	if (throttle->until_ms &&
	    throttle->until_ms - throttle->length_ms > now_ms)
		throttle->until_ms = now_ms + throttle->length_ms;
}

bool
throttle_admit(const struct throttle_spec *spec, struct throttle *throttle,
    int64_t now_ms, const struct throttle_event *event)
{
	if (!spec->period_ms)
		return true;
	throttle_clamp(throttle, now_ms);
	/* Over, but not expired yet: what it holds must go out first, and
	 * this with it. */
	if (throttle->until_ms > now_ms || throttle->held) {
		throttle_hold(throttle, event);
		return false;
	}
	throttle->length_ms = spec->period_ms;
	throttle->until_ms = now_ms + spec->period_ms;
	return true;
}

int64_t
throttle_closed_ms(const struct throttle *throttle)
{
	return throttle->until_ms - throttle->length_ms;
}

int64_t
throttle_due(const struct throttle *throttle)
{
	return throttle->until_ms;
}

static int64_t
throttle_next_length(const struct throttle_spec *spec, int64_t length_ms)
{
	if (spec->max_ms <= spec->period_ms)
		return spec->period_ms;
	return length_ms > spec->max_ms / 2 ? spec->max_ms : length_ms * 2;
}

void
throttle_take(struct throttle *throttle, struct throttle_summary *out)
{
	*out = (struct throttle_summary){
	    .held = throttle->held,
	    .first_ms = throttle->held_first_ms,
	    .last_ms = throttle->held_last_ms,
	    .period_ms = throttle->length_ms,
	    .last_line = throttle->last_line,
	    .last_len = throttle->last_len,
	    .times = throttle->times,
	};
	throttle->last_line = NULL;
	throttle->times = NULL;
	throttle_forget_held(throttle);
}

void
throttle_summary_release(struct throttle_summary *summary)
{
	free(summary->last_line);
	free(summary->times);
	summary->last_line = NULL;
	summary->times = NULL;
}

void
throttle_expire(const struct throttle_spec *spec, struct throttle *throttle,
    int64_t now_ms, struct throttle_summary *out)
{
	*out = (struct throttle_summary){0};
	if (!throttle->until_ms || throttle->until_ms > now_ms)
		return;
	if (!throttle->held) {
		throttle_release(throttle);
		return;
	}
	throttle_take(throttle, out);
	throttle->length_ms = throttle_next_length(spec, throttle->length_ms);
	throttle->until_ms = now_ms + throttle->length_ms;
}

void
throttle_save(const struct throttle *throttle, struct buf *out)
{
	if (!throttle->until_ms)
		return;
	fields_add_number(out, "until", throttle->until_ms);
	fields_add_number(out, "length", throttle->length_ms);
	if (!throttle->held)
		return;
	fields_add_number(out, "held", throttle->held);
	fields_add_number(out, "first", throttle->held_first_ms);
	fields_add_number(out, "last", throttle->held_last_ms);
	if (throttle->times)
		histogram_save(throttle->times, "times", out);
	fields_add(
	    out, "line", span_of(throttle->last_line, throttle->last_len));
}

static bool
throttle_plausible(
    const struct throttle_spec *spec, const struct throttle *throttle)
{
	return throttle->until_ms > 0 && throttle->length_ms > 0 &&
	       throttle->length_ms <= spec->max_ms && throttle->held >= 0 &&
	       throttle->held_first_ms >= 0 &&
	       throttle->held_last_ms >= throttle->held_first_ms;
}

int
throttle_load(const struct throttle_spec *spec, struct throttle *throttle,
    struct span bytes, int64_t now_ms, struct err *err)
{
	struct throttle loaded = {0};
	struct histogram times;
	struct span line = {"", 0};

	throttle_release(throttle);
	if (!bytes.len)
		return 0;
	if (fields_check(bytes, err))
		return err_prefix(err, "a stored throttle");
	loaded.until_ms = fields_get_number(bytes, "until", 0);
	loaded.length_ms = fields_get_number(bytes, "length", 0);
	loaded.held = fields_get_number(bytes, "held", 0);
	loaded.held_first_ms = fields_get_number(bytes, "first", 0);
	loaded.held_last_ms = fields_get_number(bytes, "last", 0);
	if (!throttle_plausible(spec, &loaded))
		return err_set(err, "a stored throttle has impossible values");
	if (histogram_load(&times, "times", bytes, err))
		return err_prefix(err, "a stored throttle");
	if (loaded.held) {
		fields_get(bytes, "line", &line);
		throttle_keep_line(&loaded, line);
		loaded.times = histogram_kept(&times);
	}
	*throttle = loaded;
	throttle_clamp(throttle, now_ms);
	return 0;
}

bool
throttle_left(struct span saved, int64_t *held_out, int64_t *first_ms_out,
    int64_t *last_ms_out, int64_t *period_ms_out, struct span *line_out)
{
	if (fields_check(saved, NULL))
		return false;
	*held_out = fields_get_number(saved, "held", 0);
	*first_ms_out = fields_get_number(saved, "first", 0);
	*last_ms_out = fields_get_number(saved, "last", 0);
	*period_ms_out = fields_get_number(saved, "length", 0);
	if (!fields_get(saved, "line", line_out))
		*line_out = span_str("");
	if (line_out->len > THROTTLE_LINE_MAX)
		line_out->len = THROTTLE_LINE_MAX;
	return *held_out > 0 && *period_ms_out > 0;
}
