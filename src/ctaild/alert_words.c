/*
 * alert_words: subjects for what no rule's template was written for, in
 * sentences that a tired person understands.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/units.h"
#include "ctaild/alert_build_internal.h"
#include "judge/shape.h"

void
alert_words_count(struct buf *out, int64_t count)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRId64, count);

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0 && digits[i - 1] != '-')
			buf_add_byte(out, ',');
		buf_add_byte(out, digits[i]);
	}
}

void
alert_words_elapsed(struct buf *out, int64_t ms)
{
	static const struct {
		int64_t seconds;
		char letter;
	} units[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
	int64_t left = ms / 1000;
	int shown = 0;

	for (size_t i = 0; i < 4 && shown < 2; i++) {
		int64_t count = left / units[i].seconds;

		left -= count * units[i].seconds;
		if (!count && (shown || i < 3)) {
			if (shown)
				break;
			continue;
		}
		buf_addf(out, "%s%" PRId64 "%c", shown ? " " : "", count,
		    units[i].letter);
		shown++;
	}
}

/* With its time: it may be long ago. */
void
alert_words_last(struct buf *out, const struct alert *alert)
{
	if (!alert->line_count)
		return;
	buf_add_str(out, ", last: ");
	buf_add_span(
	    out, alert_cut(alert_last_line(alert), ALERT_SUBJECT_LINE_BYTES));
}

/* "RULE on HOST", and the key in brackets. */
static void
add_who(struct buf *out, const struct alert *alert)
{
	buf_addf(out, "%s on %s", alert->rule, alert->hostname);
	if (*alert->key) {
		buf_add_str(out, " (");
		buf_add_span(out,
		    alert_cut(span_str(alert->key), ALERT_SUBJECT_LINE_BYTES));
		buf_add_byte(out, ')');
	}
}

void
alert_words_summary(
    struct alert *alert, const struct decision *decision, int64_t absent_ms)
{
	char period[UNITS_TEXT_MAX];
	struct buf text = BUF_INIT;

	add_who(&text, alert);
	buf_add_str(&text, ": ");
	alert_words_count(&text, alert->count);
	buf_add_str(&text, " more");
	if (absent_ms) {
		duration_format(absent_ms, period);
		buf_addf(&text, " time%s nothing matched for %s",
		    alert->count == 1 ? "" : "s", period);
	}
	duration_format(decision->period_ms, period);
	if (decision->ended)
		buf_add_str(&text, " before its rule ended");
	else if (decision->evicted)
		buf_add_str(&text, " before its key was forgotten");
	else
		buf_addf(&text, " %s %s", absent_ms ? "within" : "in", period);
	alert_words_last(&text, alert);
	alert_take_subject(alert, &text);
}

void
alert_words_digest(struct alert *alert, const struct decision *decision)
{
	struct buf text = BUF_INIT;

	add_who(&text, alert);
	buf_add_str(&text, ": ");
	alert_words_count(&text, decision->events);
	buf_addf(&text, " alert%s outside of its hours",
	    decision->events == 1 ? "" : "s");
	alert_words_last(&text, alert);
	alert_take_subject(alert, &text);
}

void
alert_words_absent(struct alert *alert, const char *about)
{
	char period[UNITS_TEXT_MAX];
	struct buf text = BUF_INIT;

	duration_format(alert->held_period_ms, period);
	add_who(&text, alert);
	buf_addf(&text, ": nothing matched for %s", period);
	if (*about)
		buf_addf(&text, " (%s)", about);
	alert_take_subject(alert, &text);
}

void
alert_words_recovery(struct alert *alert, int64_t since_ms, bool absent)
{
	int64_t lasted = (absent ? alert->made_ms : alert->last_ms) - since_ms;
	struct buf text = BUF_INIT;

	add_who(&text, alert);
	buf_add_str(&text, absent ? " matched again" : " is over");
	if (since_ms > 0 && lasted >= 0) {
		buf_add_str(&text, " after ");
		alert_words_elapsed(&text, lasted);
	}
	if (alert->line_count) {
		buf_add_str(&text, ": ");
		buf_add_span(&text,
		    alert_cut(shape_behind_time(alert_last_line(alert)),
			ALERT_SUBJECT_LINE_BYTES));
	}
	alert_take_subject(alert, &text);
}
