/*
 * reports_alert: a page as logcheck's mail has it.
 *
 * Hides the layout: sections in the order in which logcheck looks for them,
 * each with its heading and an underline of "=-" that is as long, its lines
 * as `sort -k 1,3 -s` puts them, and an empty line.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/clock.h"
#include "ctaild/alert_build_internal.h"
#include "ctaild/reports_internal.h"
#include "message/variables.h"

static const char warnings_heading[] = "Logcheck Warnings";

/* The file whose name does not stand in its heading has its place among the
 * others all the same. */
static const char nameless[] = "logcheck";

/* --- Layout --------------------------------------------------------------- */

static void
add_heading(struct buf *out, struct span heading)
{
	buf_add_span(out, heading);
	buf_add_byte(out, '\n');
	for (size_t i = 0; i < heading.len; i++)
		buf_add_byte(out, i % 2 ? '-' : '=');
	buf_add_byte(out, '\n');
}

static void
add_section_heading(struct buf *out, const struct report_entry *entry)
{
	struct buf heading = BUF_INIT;

	logcheck_add_heading(&heading, entry->layer, entry->part);
	add_heading(out, buf_span(&heading));
	buf_release(&heading);
}

size_t
report_heading_bytes(enum logcheck_layer layer, const char *part)
{
	struct report_entry entry = {.layer = layer, .part = part};
	struct buf text = BUF_INIT;
	size_t bytes;

	add_section_heading(&text, &entry);
	bytes = text.len + 1;
	buf_release(&text);
	return bytes;
}

/* The lines of the text that fit, and how many there are more. */
static void
add_some_lines(struct buf *out, struct span text, size_t max)
{
	size_t kept = 0, more = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] != '\n')
			continue;
		if (i + 1 <= max)
			kept = i + 1;
		else
			more++;
	}
	buf_add(out, text.data, kept);
	if (more)
		buf_addf(out, "... and %zu more\n", more);
}

static void
add_warnings(struct buf *out, const struct plan_report *planned)
{
	if (!planned || !planned->skipped.text.len)
		return;
	add_heading(out, span_str(warnings_heading));
	add_some_lines(
	    out, buf_span(&planned->skipped.text), REPORT_WARNING_BYTES);
	buf_add_byte(out, '\n');
}

size_t
report_warning_bytes(const struct plan_report *planned)
{
	size_t len = planned ? planned->skipped.text.len : 0;

	if (!len)
		return 0;
	if (len > REPORT_WARNING_BYTES)
		len = REPORT_WARNING_BYTES;
	return len + 2 * sizeof(warnings_heading) + 64;
}

/* --- Order ---------------------------------------------------------------- */

static int
compare_parts(const struct report_entry *a, const struct report_entry *b)
{
	int order = strcmp(*a->part ? a->part : nameless,
	    *b->part ? b->part : nameless);

	return order ? order : strcmp(a->part, b->part);
}

static int
compare_headings(const struct report_entry *a, const struct report_entry *b)
{
	if (a->layer != b->layer)
		return a->layer < b->layer ? -1 : 1;
	return compare_parts(a, b);
}

static int
compare_entries(const void *left, const void *right)
{
	const struct report_entry *a = left, *b = right;
	int order = compare_headings(a, b);

	if (!order)
		order = logcheck_compare(
		    span_of(a->text, a->len), span_of(b->text, b->len));
	if (!order)
		order = strcmp(a->log, b->log);
	return order ? order : (a->n > b->n) - (a->n < b->n);
}

static void
lay_out(const struct report_section *section, const struct report_page *page,
    struct buf *out)
{
	const struct report_entry *before = NULL;

	for (size_t i = 0; i < page->count; i++) {
		const struct report_entry *entry = &page->entries[i];

		if (!before || compare_headings(before, entry)) {
			if (before)
				buf_add_byte(out, '\n');
			add_section_heading(out, entry);
		}
		buf_add(out, entry->text, entry->len);
		buf_add_byte(out, '\n');
		before = entry;
	}
	buf_add_byte(out, '\n');
	add_warnings(out, section->planned);
}

/* --- The alert ------------------------------------------------------------ */

static void
take_times(struct alert *alert, const struct report_page *page)
{
	alert->first_ms = alert->last_ms = page->entries[0].at_ms;
	for (size_t i = 1; i < page->count; i++) {
		int64_t at_ms = page->entries[i].at_ms;

		if (at_ms < alert->first_ms)
			alert->first_ms = at_ms;
		if (at_ms > alert->last_ms)
			alert->last_ms = at_ms;
	}
}

/* "host 2026-11-22 14:03 +0100 Security Events", as logcheck's. */
static void
default_subject(enum logcheck_layer highest, struct alert *alert)
{
	struct buf subject = BUF_INIT;
	char time[CLOCK_TEXT_MAX];

	clock_format_local(alert->made_ms, time);
	buf_addf(&subject, "%s %.16s%s %s", alert->hostname, time,
	    strrchr(time, ' '), logcheck_heading(highest));
	alert_take_subject(alert, &subject);
}

static void
make_subject(const struct report_section *section, enum logcheck_layer highest,
    struct alert *alert)
{
	struct buf subject = BUF_INIT;

	default_subject(highest, alert);
	if (!section->planned || !section->planned->subject)
		return;
	template_render(
	    section->planned->subject, variable_lookup, alert, &subject);
	alert_take_subject(alert, &subject);
}

void
report_alert(const struct report_section *section, struct report_page *page,
    const struct alert_place *place, struct alert *alert)
{
	struct buf text = BUF_INIT;
	enum logcheck_layer highest;

	if (!page->count)
		BUG("a report without lines");
	qsort(page->entries, page->count, sizeof(*page->entries),
	    compare_entries);
	highest = page->entries[0].layer;
	alert_begin(alert, place, ALERT_REPORT, logcheck_severity(highest),
	    section->name);
	alert->count = (int64_t)page->count;
	take_times(alert, page);
	lay_out(section, page, &text);
	alert_set_report(alert, buf_span(&text));
	buf_release(&text);
	for (size_t i = 0; i < page->count && i < ALERT_REPORT_LINES; i++)
		alert_add_line(alert,
		    span_of(page->entries[i].text, page->entries[i].len));
	make_subject(section, highest, alert);
}
