/*
 * reports_internal: what the reports*.c files share.
 */
#ifndef CTAIL_CTAILD_REPORTS_INTERNAL_H
#define CTAIL_CTAILD_REPORTS_INTERNAL_H

#include "ctaild/reports.h"

/* Of a record; a longer one is cut, and says so. */
#define REPORT_LINE_BYTES (64 * 1024)

/* Of the section "Logcheck Warnings", but for its heading. */
#define REPORT_WARNING_BYTES (32 * 1024)

struct report_entry {
	int64_t n;		/* in the order of arrival */
	enum logcheck_layer layer;
	const char *part;	/* plan_rule.group, or "" */
	const char *log;	/* its base name */
	const char *text;
	size_t len;
	int64_t at_ms;
	bool stored;
	char *bytes;		/* of those three */
};

/* What stands above some of the lines. */
struct report_heading {
	enum logcheck_layer layer;
	const char *part;	/* of an entry */
};

/* What becomes one alert. */
struct report_page {
	struct report_page *next;
	struct report_entry *entries;
	size_t count, cap;
	struct report_heading *headings;
	size_t heading_count;
	size_t bytes;		/* when it is laid out, without warnings */
	int64_t first_ms;	/* its time counts from here */
	bool full;
};

struct report_section {
	char *name;
	const struct plan_report *planned;	/* NULL: it is gone */
	struct report_page *first, *last;	/* only the last takes lines */
};

/* What a heading costs with its underline and the empty line behind its
 * lines; and the warnings. */
size_t report_heading_bytes(enum logcheck_layer layer, const char *part);
size_t report_warning_bytes(const struct plan_report *planned);

/* The page as an alert (alert_release); entries are put in order. */
void report_alert(const struct report_section *section,
    struct report_page *page, const struct alert_place *place,
    struct alert *alert);

#endif
