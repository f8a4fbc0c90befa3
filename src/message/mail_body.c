/*
 * mail_body: what a person reads, as plain text.
 *
 * Made for the first screen of a phone, and for a terminal: what happened,
 * the lines, and below them a small table of where and how often.
 */
#include "config.h"

#include "message/mail.h"
#include "message/mail_parts.h"
#include "message/mail_report.h"
#include "message/text.h"

static void
body_heading(const struct alert *alert, struct buf *out)
{
	mail_part_word(alert, out);
	buf_add_str(out, ": ");
	text_heading(out, span_str(alert->subject), MAIL_HEADING_CHARACTERS);
	buf_add_str(out, "\n\n");
	mail_part_intro(alert, out);
	if (out->data[out->len - 1] != '\n')
		buf_add_str(out, "\n\n");
}

static void
body_record(const struct alert_line *line, enum mail_record_place place,
    struct buf *out)
{
	static const char *const prefixes[] = {
	    [MAIL_LISTED] = "", [MAIL_AROUND] = "  ", [MAIL_WITHIN] = "> "};

	text_record(out, prefixes[place], span_of(line->text, line->len),
	    MAIL_LINE_CHARACTERS);
}

static void
body_left_out(size_t count, const char *prefix, struct buf *out)
{
	if (count == 0)
		return;
	buf_add_str(out, prefix);
	mail_part_left_out(count, out);
	buf_add_byte(out, '\n');
}

static void
body_lines(
    const struct alert *alert, const struct mail_fit *fit, struct buf *out)
{
	const char *note = mail_part_note(alert);

	body_left_out(fit->first_line, "", out);
	for (size_t i = fit->first_line; i < alert->line_count; i++)
		body_record(&alert->lines[i], MAIL_LISTED, out);
	if (alert->line_count > 0)
		buf_add_byte(out, '\n');
	if (note)
		buf_addf(out, "%s\n\n", note);
}

/* The last line once more, between its neighbours. */
static void
body_context(
    const struct alert *alert, const struct mail_fit *fit, struct buf *out)
{
	if (!fit->context)
		return;
	buf_add_str(out, "Around it in the log:\n\n");
	body_left_out(fit->first_before, "  ", out);
	for (size_t i = fit->first_before; i < alert->before_count; i++)
		body_record(&alert->before[i], MAIL_AROUND, out);
	if (alert->line_count > 0)
		body_record(
		    &alert->lines[alert->line_count - 1], MAIL_WITHIN, out);
	for (size_t i = 0; i < fit->after_count; i++)
		body_record(&alert->after[i], MAIL_AROUND, out);
	body_left_out(alert->after_count - fit->after_count, "  ", out);
	buf_add_byte(out, '\n');
}

static void
body_row(void *arg, const char *name, struct span value)
{
	struct buf *out = arg;

	buf_addf(out, "%-8s", name);
	buf_add_span(out, value);
	buf_add_byte(out, '\n');
}

static void
body_times(void *arg, const char *name, const struct mail_times *times)
{
	struct buf line = BUF_INIT;

	mail_times_line(times, &line);
	body_row(arg, name, buf_span(&line));
	buf_release(&line);
}

static void
body_hint(void *arg, struct span what, struct span hint)
{
	struct buf *out = arg;

	buf_add_byte(out, '\n');
	buf_add_span(out, what);
	/* At the line's beginning, where a key has to stand. */
	buf_add_byte(out, '\n');
	buf_add_span(out, hint);
	buf_add_byte(out, '\n');
}

/* As logcheck's mail: nothing stands before it. */
static void
body_report(const struct alert *alert, struct buf *out)
{
	struct mail_table table = {body_row, body_times, out};

	mail_report_text(alert, out);
	mail_part_table(alert, &table);
	mail_part_hints(alert, body_hint, out);
}

void
mail_body(const struct alert *alert, struct buf *out)
{
	struct buf heading = BUF_INIT, below = BUF_INIT;
	struct mail_table table = {body_row, body_times, &below};
	struct mail_fit fit;

	if (alert->report[0] != '\0') {
		body_report(alert, out);
		return;
	}
	body_heading(alert, &heading);
	mail_part_table(alert, &table);
	mail_part_hints(alert, body_hint, &below);
	mail_part_fit(alert, heading.len + below.len, body_record, &fit);
	buf_add_span(out, buf_span(&heading));
	body_lines(alert, &fit, out);
	body_context(alert, &fit, out);
	buf_add_span(out, buf_span(&below));
	buf_release(&heading);
	buf_release(&below);
}
