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
	const char *word = alert->kind == ALERT_RECOVERY
			       ? "recovered"
			       : severity_name(alert->severity);

	for (; *word; word++)
		buf_add_byte(out, (char)(*word - 'a' + 'A'));
	buf_add_str(out, ": ");
	text_heading(out, span_str(alert->subject), HEADING_CHARACTERS);
	buf_add_str(out, "\n\n");
}

/* What the lines are, of kinds that are not about one record. */
static const struct body_kind {
	const char *what; /* behind the number */
	const char *why;  /* behind the times; NULL: nothing */
} body_kinds[] = {
    [ALERT_SUMMARY] = {"more", "held back by the throttle"},
    [ALERT_DIGEST] = {"records", "held back until the rule's hours began"},
    [ALERT_SILENCE] = {"records", "held back by a silence"},
    [ALERT_STORM] = {"alerts", "held back by the cap of the sink"},
};

#define BODY_KINDS (sizeof(body_kinds) / sizeof(body_kinds[0]))

static void
body_held(
    const struct alert *alert, const struct body_kind *kind, struct buf *out)
{
	char first[CLOCK_TEXT_MAX], last[CLOCK_TEXT_MAX];
	char period[UNITS_TEXT_MAX];

	clock_format_local(alert->first_ms, first);
	clock_format_local(alert->last_ms, last);
	duration_format(alert->held_period_ms, period);
	buf_addf(out, "%" PRId64 " %s between %s and %s, %s", alert->count,
	    kind->what, first, last, kind->why);
	if (alert->kind == ALERT_SUMMARY)
		buf_addf(out, " of %s", period);
	buf_add_str(out, alert->kind == ALERT_STORM ? ":\n\n"
			 : alert->line_count	    ? "; the last:\n\n"
						    : ".\n\n");
}

static void
body_line(const struct alert_line *line, const char *prefix, struct buf *out)
{
	text_record(
	    out, prefix, span_of(line->text, line->len), LINE_CHARACTERS);
}

static bool
is_of_records(const struct alert *alert)
{
	return alert->kind == ALERT_MATCH || alert->kind == ALERT_RECOVERY;
}

static void
body_intro(const struct alert *alert, struct buf *out)
{
	int64_t earlier = alert->count - (int64_t)alert->line_count;
	const struct body_kind *kind =
	    (size_t)alert->kind < BODY_KINDS ? &body_kinds[alert->kind] : NULL;

	if (kind && kind->why)
		body_held(alert, kind, out);
	else if (is_of_records(alert) && earlier > 0 && alert->line_count > 0)
		buf_addf(out, "(the last %zu of %" PRId64 ")\n\n",
		    alert->line_count, alert->count);
}

static void
body_lines(const struct alert *alert, struct buf *out)
{
	body_intro(alert, out);
	for (size_t i = 0; i < alert->line_count; i++)
		body_line(&alert->lines[i], "", out);
	if (alert->line_count > 0)
		buf_add_byte(out, '\n');
	if (alert->undecided)
		buf_add_str(out,
		    "Not decided: a pattern of the rule ran into its limit "
		    "here, which counts as a match.\n\n");
}

/* The last line once more, between its neighbours. */
static void
body_context(const struct alert *alert, struct buf *out)
{
	if (alert->before_count + alert->after_count == 0)
		return;
	buf_add_str(out, "Around it in the log:\n\n");
	for (size_t i = 0; i < alert->before_count; i++)
		body_line(&alert->before[i], "  ", out);
	if (alert->line_count > 0)
		body_line(&alert->lines[alert->line_count - 1], "> ", out);
	for (size_t i = 0; i < alert->after_count; i++)
		body_line(&alert->after[i], "  ", out);
	buf_add_byte(out, '\n');
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
	if (alert->events > 1)
		buf_addf(out, "%-8s%" PRId64 "\n", "Alerts", alert->events);
	if (alert->first_ms > 0)
		body_time(out, "First", alert->first_ms);
	if (alert->last_ms > 0)
		body_time(out, "Last", alert->last_ms);
	body_text(out, "Key", alert->key);
	body_text(out, "Id", alert->id);
}

/* Ready to be copied: so the bytes are what they are, as clean text. */
static void
body_hint(struct buf *out, const char *what, const char *hint)
{
	if (hint[0] == '\0')
		return;
	buf_addf(out, "\n%s\n    ", what);
	text_heading(out, span_str(hint), ALERT_HINT_BYTES);
	buf_add_byte(out, '\n');
}

static void
body_hints(const struct alert *alert, struct buf *out)
{
	struct buf what = BUF_INIT;

	buf_add_str(&what, "To hear of lines like this no more, add to [rule ");
	text_heading(&what, span_str(alert->rule), HEADING_CHARACTERS);
	buf_add_str(&what, "]:");
	body_hint(out, buf_str(&what), alert->hint_exclude);
	body_hint(out,
	    "To hear nothing of it for a while, run:", alert->hint_silence);
	buf_release(&what);
}

void
mail_body(const struct alert *alert, struct buf *out)
{
	body_heading(alert, out);
	body_lines(alert, out);
	body_context(alert, out);
	body_table(alert, out);
	body_hints(alert, out);
}
