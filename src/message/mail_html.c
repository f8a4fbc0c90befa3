/*
 * mail_html: the HTML part of a mail.
 *
 * Hides the look.  Text and background keep the reader's own colours; what
 * has a colour of its own either stands on any background or brings one.
 * What matters stands in style attributes too, since some readers drop the
 * style element; what it says never depends on colour alone.
 */
#include "config.h"

#include "message/html.h"
#include "message/mail.h"
#include "message/mail_html.h"
#include "message/mail_parts.h"
#include "message/mail_report.h"
#include "message/text.h"

#define TITLE_CHARACTERS 200
#define PART_CHARACTERS 200 /* of a match that stands too far behind */
#define BAR_PIXELS 32U

static const char head[] =
    "<!DOCTYPE html>\n"
    "<html lang=\"en\">\n<head>\n"
    "<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, "
    "initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<meta name=\"supported-color-schemes\" content=\"light dark\">\n";

static const char style[] =
    "<style>\n"
    ":root { color-scheme: light dark; supported-color-schemes: light dark }\n"
    ".page { max-width: 46em; margin: 0 auto; line-height: 1.4 }\n"
    ".text { font-family: ui-monospace, monospace }\n"
    ".text pre + pre { border-top: 1px solid rgba(128, 128, 128, 0.25) }\n"
    ".hint { background: rgba(128, 128, 128, 0.12); border-radius: 4px }\n"
    "@media (prefers-color-scheme: dark) {\n"
    ".grey { color: #a0a0a0 !important }\n"
    "mark { background: #7a5c00 !important; color: #ffffff !important }\n"
    "}\n"
    "</style>\n";

#define GREY "color:#767676"
#define MONOSPACE MAIL_MONOSPACE

/* A pre, as Outlook keeps newlines nowhere else; and each record its own, as
 * the newlines between them would be lines. */
#define RECORD "margin:0;font:inherit;white-space:pre-wrap"
#define TEXT_OPEN "<div class=\"text\" style=\"margin:12px 0;" MONOSPACE "\">\n"
#define MARK "<mark style=\"background:#ffe08a;color:#000000\">"

static void
add_text(struct buf *out, const char *text)
{
	html_escape(out, span_str(text));
}

static const char *
bar_colour(const struct alert *alert)
{
	static const char *const colours[] = {
	    [SEVERITY_DEBUG] = "#767676",
	    [SEVERITY_INFO] = "#3b78c4",
	    [SEVERITY_NOTICE] = "#3b78c4",
	    [SEVERITY_WARNING] = "#c77700",
	    [SEVERITY_ERROR] = "#d84315",
	    [SEVERITY_CRITICAL] = "#c2185b",
	};

	return alert->kind == ALERT_RECOVERY ? "#2e8b57"
					     : colours[alert->severity];
}

static void
html_title(const struct alert *alert, struct buf *out)
{
	struct buf subject = BUF_INIT;

	text_heading(&subject, span_str(alert->subject), TITLE_CHARACTERS);
	buf_add_str(out, "<title>");
	html_escape(out, buf_span(&subject));
	buf_add_str(out, "</title>\n");
	buf_release(&subject);
}

static void
html_paragraph(struct buf *out, const char *text)
{
	if (text[0] == '\0')
		return;
	buf_add_str(out, "<p>");
	add_text(out, text);
	buf_add_str(out, "</p>\n");
}

static void
html_heading(const struct alert *alert, struct buf *out)
{
	struct buf text = BUF_INIT;

	buf_addf(out,
	    "<div style=\"border-left:8px solid %s;padding:2px 12px;"
	    "overflow-wrap:anywhere;word-break:break-word\">\n"
	    "<div style=\"font-weight:bold;letter-spacing:0.05em\">",
	    bar_colour(alert));
	mail_part_word(alert, &text);
	html_escape(out, buf_span(&text));
	buf_add_str(out, "</div>\n<div style=\"font-size:1.2em\">");
	buf_reset(&text);
	text_heading(&text, span_str(alert->subject), MAIL_HEADING_CHARACTERS);
	html_escape(out, buf_span(&text));
	buf_add_str(out, "</div>\n</div>\n");
	buf_reset(&text);
	mail_part_intro(alert, &text);
	html_paragraph(out, buf_str(&text));
	buf_release(&text);
}

/* The text with a part of it highlighted. */
static void
html_marked(struct buf *out, struct span text, const struct text_part *part)
{
	html_escape(out, span_of(text.data, part->from));
	buf_add_str(out, MARK);
	html_escape(
	    out, span_of(text.data + part->from, part->to - part->from));
	buf_add_str(out, "</mark>");
	html_escape(out, span_of(text.data + part->to, text.len - part->to));
}

/* What the pattern matched, where the line was cut before it. */
static void
html_matched(struct buf *out, const struct alert_line *line)
{
	struct buf shown = BUF_INIT;
	struct text_part all;

	text_shown(&shown,
	    span_of(line->text + line->match_offset, line->match_len),
	    PART_CHARACTERS);
	all = (struct text_part){0, shown.len};
	buf_add_str(out, "\n[matched: ");
	html_marked(out, buf_span(&shown), &all);
	buf_add_byte(out, ']');
	buf_release(&shown);
}

static void
html_record(const struct alert_line *line, enum mail_record_place place,
    struct buf *out)
{
	struct text_part part = {
	    line->match_offset, (size_t)line->match_offset + line->match_len};
	struct buf shown = BUF_INIT;

	text_record_part(&shown, "", span_of(line->text, line->len),
	    MAIL_LINE_CHARACTERS, &part, &part);
	shown.len--; /* its newline */
	buf_add_str(out, place == MAIL_AROUND
			     ? "<pre class=\"grey\" style=\"" RECORD ";" GREY
			       "\">"
			     : "<pre style=\"" RECORD "\">");
	if (shown.len > 0 && shown.data[0] == '\n')
		buf_add_byte(out, '\n'); /* a reader skips the first one */
	if (part.from < part.to)
		html_marked(out, buf_span(&shown), &part);
	else
		html_escape(out, buf_span(&shown));
	if (part.from == part.to && line->match_len > 0)
		html_matched(out, line);
	buf_add_str(out, "</pre>\n");
	buf_release(&shown);
}

static void
html_left_out(size_t count, struct buf *out)
{
	if (count == 0)
		return;
	buf_add_str(out, "<div class=\"grey\" style=\"" GREY "\">");
	mail_part_left_out(count, out);
	buf_add_str(out, "</div>\n");
}

static void
html_lines(
    const struct alert *alert, const struct mail_fit *fit, struct buf *out)
{
	buf_add_str(out, TEXT_OPEN);
	html_left_out(fit->first_line, out);
	for (size_t i = fit->first_line; i < alert->line_count; i++)
		html_record(&alert->lines[i], MAIL_LISTED, out);
	buf_add_str(out, "</div>\n");
}

static void
html_context(
    const struct alert *alert, const struct mail_fit *fit, struct buf *out)
{
	html_paragraph(out, "Around it in the log:");
	buf_add_str(out, TEXT_OPEN);
	html_left_out(fit->first_before, out);
	for (size_t i = fit->first_before; i < alert->before_count; i++)
		html_record(&alert->before[i], MAIL_AROUND, out);
	if (alert->line_count > 0)
		html_record(
		    &alert->lines[alert->line_count - 1], MAIL_WITHIN, out);
	for (size_t i = 0; i < fit->after_count; i++)
		html_record(&alert->after[i], MAIL_AROUND, out);
	html_left_out(alert->after_count - fit->after_count, out);
	buf_add_str(out, "</div>\n");
}

/* The table below, and the colour of its bars. */
struct html_table {
	struct buf *out;
	const char *colour;
};

static void
html_row_open(struct buf *out, const char *name)
{
	buf_addf(out,
	    "<tr><th scope=\"row\" class=\"grey\" style=\"color:#767676;"
	    "font-weight:normal;text-align:left;vertical-align:top\">%s</th>\n"
	    "<td style=\"padding:1px 0 1px 12px;overflow-wrap:anywhere;"
	    "word-break:break-word\">",
	    name);
}

static void
html_row(void *arg, const char *name, struct span value)
{
	struct html_table *table = arg;

	html_row_open(table->out, name);
	html_escape(table->out, value);
	buf_add_str(table->out, "</td></tr>\n");
}

static void
html_times(void *arg, const char *name, const struct mail_times *times)
{
	struct html_table *table = arg;
	struct buf *out = table->out;

	html_row_open(out, name);
	buf_addf(out, "<table role=\"presentation\" style=\"border-spacing:0;"
		      "border-bottom:1px solid #767676\">\n<tr>\n");
	for (size_t i = 0; i < times->count; i++)
		buf_addf(out,
		    "<td style=\"vertical-align:bottom;padding:0 1px\">"
		    "<div style=\"width:7px;height:%upx;background:%s\">"
		    "</div></td>\n",
		    mail_times_height(times, i, BAR_PIXELS), table->colour);
	buf_add_str(out, "</tr>\n</table>\n");
	buf_addf(out, "%s to %s (%s each)</td></tr>\n", times->from, times->to,
	    times->width);
}

static void
html_hint(void *arg, struct span what, struct span hint)
{
	struct buf *out = arg;

	buf_add_str(out, "<p>");
	html_escape(out, what);
	buf_add_str(out, "</p>\n<pre class=\"hint\" style=\"padding:8px;"
			 "white-space:pre-wrap;" MONOSPACE "\">");
	html_escape(out, hint);
	buf_add_str(out, "</pre>\n");
}

static void
html_below(const struct alert *alert, struct buf *out)
{
	struct html_table rows = {out, bar_colour(alert)};
	struct mail_table table = {html_row, html_times, &rows};

	buf_add_str(out, "<table style=\"margin:16px 0;border-spacing:0\">\n");
	mail_part_table(alert, &table);
	buf_add_str(out, "</table>\n");
	mail_part_hints(alert, html_hint, out);
	buf_add_str(out, "</div>\n</body>\n</html>\n");
}

static void
html_above(const struct alert *alert, struct buf *out)
{
	buf_add_str(out, head);
	html_title(alert, out);
	buf_add_str(out, style);
	buf_add_str(out, "</head>\n<body style=\"margin:0;padding:12px\">\n"
			 "<div class=\"page\" style=\"font-family:sans-serif;"
			 "font-size:16px\">\n");
	html_heading(alert, out);
}

static void
html_report(const struct alert *alert, struct buf *out)
{
	html_above(alert, out);
	mail_report_html(alert, out);
	html_below(alert, out);
}

void
mail_html(const struct alert *alert, struct buf *out)
{
	struct buf above = BUF_INIT, below = BUF_INIT;
	const char *note = mail_part_note(alert);
	struct mail_fit fit;

	if (alert->report[0] != '\0') {
		html_report(alert, out);
		return;
	}
	html_above(alert, &above);
	html_below(alert, &below);
	mail_part_fit(alert, above.len + below.len, html_record, &fit);
	buf_add_span(out, buf_span(&above));
	/* A single line needs no list beside its context. */
	if (alert->line_count > 1 || (alert->line_count > 0 && !fit.context))
		html_lines(alert, &fit, out);
	if (note)
		html_paragraph(out, note);
	if (fit.context)
		html_context(alert, &fit, out);
	buf_add_span(out, buf_span(&below));
	buf_release(&above);
	buf_release(&below);
}
