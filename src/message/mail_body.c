/*
 * mail_body: what a person reads.
 *
 * Made for the first screen of a phone: what happened, the lines, and below
 * them a small table of where and how often.
 */
#include "config.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/units.h"
#include "message/mail.h"
#include "message/text.h"

#define LINE_CHARACTERS 1000
#define HEADING_CHARACTERS 500

static void
body_heading(const struct alert *alert, struct buf *out)
{
	for (const char *letter = severity_name(alert->severity); *letter;
	     letter++)
		buf_add_byte(out, (char)(*letter - 'a' + 'A'));
	buf_add_str(out, ": ");
	text_heading(out, span_str(alert->subject), HEADING_CHARACTERS);
	buf_add_str(out, "\n\n");
}

static void
body_held(const struct alert *alert, struct buf *out)
{
	char first[CLOCK_TEXT_MAX], last[CLOCK_TEXT_MAX];
	char period[UNITS_TEXT_MAX];

	clock_format_local(alert->first_ms, first);
	clock_format_local(alert->last_ms, last);
	duration_format(alert->held_period_ms, period);
	buf_addf(out,
	    "%" PRId64 " more between %s and %s, held back by the throttle "
	    "of %s; the last:\n\n",
	    alert->count, first, last, period);
}

static void
body_lines(const struct alert *alert, struct buf *out)
{
	int64_t earlier = alert->count - (int64_t)alert->line_count;

	if (alert->kind == ALERT_SUMMARY)
		body_held(alert, out);
	else if (earlier > 0 && alert->line_count > 0)
		buf_addf(out, "(the last %zu of %" PRId64 ")\n\n",
		    alert->line_count, alert->count);
	for (size_t i = 0; i < alert->line_count; i++) {
		text_shown(out,
		    span_of(alert->lines[i].text, alert->lines[i].len),
		    LINE_CHARACTERS);
		buf_add_byte(out, '\n');
	}
	if (alert->line_count > 0)
		buf_add_byte(out, '\n');
	if (alert->undecided)
		buf_add_str(out,
		    "Not decided: a pattern of the rule ran into its limit "
		    "here, which counts as a match.\n\n");
}

static void
body_text(struct buf *out, const char *name, const char *text)
{
	if (text[0] == '\0')
		return;
	buf_addf(out, "%-8s", name);
	text_shown(out, span_str(text), LINE_CHARACTERS);
	buf_add_byte(out, '\n');
}

static void
body_time(struct buf *out, const char *name, int64_t wall_ms)
{
	char text[CLOCK_TEXT_MAX];

	clock_format_local(wall_ms, text);
	body_text(out, name, text);
}

static void
body_table(const struct alert *alert, struct buf *out)
{
	body_text(out, "Rule", alert->rule);
	body_text(out, "Host", alert->hostname);
	body_text(out, "File", alert->file);
	if (alert->file[0] != '\0')
		buf_addf(out, "%-8s%" PRIu64 "\n", "Offset", alert->offset);
	if (alert->count > 0)
		buf_addf(out, "%-8s%" PRId64 "\n", "Count", alert->count);
	if (alert->first_ms > 0)
		body_time(out, "First", alert->first_ms);
	if (alert->last_ms > 0)
		body_time(out, "Last", alert->last_ms);
	body_text(out, "Key", alert->key);
	body_text(out, "Id", alert->id);
}

void
mail_body(const struct alert *alert, struct buf *out)
{
	body_heading(alert, out);
	body_lines(alert, out);
	body_table(alert, out);
}
