/*
 * reports: collects lines in pages, one page an alert.
 *
 * A page that is full waits for nothing but reports_take, and the next line
 * begins another.  Lines are numbered over all sections, so that "up to this
 * number" says which rows of a section an alert has made superfluous.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "ctaild/reports_internal.h"
#include "store/store_report.h"

#define FURTHER_LINE "    " /* before the further lines of a record */

/* Rows of a section that an alert has told. */
struct forgotten {
	char *section;
	int64_t last_n;
};

struct reports {
	const struct plan *plan;
	struct report_section *sections; /* the plan's, then those gone */
	size_t count;
	int64_t next_n;
	struct forgotten *forgotten; /* since the last commit */
	size_t forgotten_count;
};

static struct report_section *
add_section(struct reports *reports, struct span name,
    const struct plan_report *planned)
{
	struct report_section *section;

	reports->sections = xreallocarray(reports->sections, reports->count + 1,
	    sizeof(*reports->sections));
	section = &reports->sections[reports->count++];
	*section = (struct report_section){
	    .name = xstrndup(name.data, name.len), .planned = planned};
	return section;
}

struct reports *
reports_new(const struct plan *plan)
{
	struct reports *reports = xcalloc(1, sizeof(*reports));

	reports->plan = plan;
	reports->next_n = 1;
	for (size_t i = 0; i < plan->report_count; i++)
		add_section(reports, span_str(plan->reports[i].name),
		    &plan->reports[i]);
	return reports;
}

static void
free_page(struct report_page *page)
{
	for (size_t i = 0; i < page->count; i++)
		free(page->entries[i].bytes);
	free(page->entries);
	free(page->headings);
	free(page);
}

static void
free_forgotten(struct reports *reports)
{
	for (size_t i = 0; i < reports->forgotten_count; i++)
		free(reports->forgotten[i].section);
	free(reports->forgotten);
	reports->forgotten = NULL;
	reports->forgotten_count = 0;
}

void
reports_free(struct reports *reports)
{
	if (!reports)
		return;
	for (size_t i = 0; i < reports->count; i++) {
		struct report_page *page = reports->sections[i].first, *next;

		for (; page; page = next) {
			next = page->next;
			free_page(page);
		}
		free(reports->sections[i].name);
	}
	free(reports->sections);
	free_forgotten(reports);
	free(reports);
}

/* --- Collecting ----------------------------------------------------------- */

/* The line as it will stand in the report: of a record of several, no further
 * one can look like a heading. */
static void
write_line(struct span text, struct buf *out)
{
	size_t len = text.len > REPORT_LINE_BYTES
			 ? utf8_cut(text, REPORT_LINE_BYTES)
			 : text.len;

	for (size_t i = 0; i < len; i++) {
		if (text.data[i] == '\0')
			utf8_append(out, UTF8_REPLACEMENT);
		else
			buf_add_byte(out, text.data[i]);
		if (text.data[i] == '\n')
			buf_add_str(out, FURTHER_LINE);
	}
	if (len < text.len)
		buf_addf(out, " [... %zu more bytes]", text.len - len);
}

static bool
has_heading(const struct report_page *page, const struct report_entry *entry)
{
	for (size_t i = 0; i < page->heading_count; i++)
		if (page->headings[i].layer == entry->layer &&
		    !strcmp(page->headings[i].part, entry->part))
			return true;
	return false;
}

static size_t
cost_of(const struct report_page *page, const struct report_entry *entry)
{
	return entry->len + 1 +
	       (has_heading(page, entry)
		       ? 0
		       : report_heading_bytes(entry->layer, entry->part));
}

static int64_t
max_lines(const struct report_section *section)
{
	int64_t max =
	    section->planned ? section->planned->settings->batch.max : 0;

	return max ? max : BATCH_MAX;
}

static void
take_heading(struct report_page *page, const struct report_entry *entry)
{
	if (has_heading(page, entry))
		return;
	page->headings = xreallocarray(page->headings, page->heading_count + 1,
	    sizeof(*page->headings));
	page->headings[page->heading_count++] =
	    (struct report_heading){entry->layer, entry->part};
}

static void
put_on_page(struct report_page *page, const struct report_entry *entry)
{
	page->bytes += cost_of(page, entry);
	take_heading(page, entry);
	if (page->count == page->cap) {
		page->cap = page->cap * 2 + 16;
		page->entries = xreallocarray(
		    page->entries, page->cap, sizeof(*page->entries));
	}
	page->entries[page->count++] = *entry;
}

static struct report_page *
page_for(struct report_section *section, const struct report_entry *entry)
{
	size_t limit =
	    ALERT_REPORT_BYTES - report_warning_bytes(section->planned);
	struct report_page *page = section->last;

	if (page && page->bytes + cost_of(page, entry) > limit)
		page->full = true;
	if (page && !page->full)
		return page;
	page = xcalloc(1, sizeof(*page));
	page->first_ms = entry->at_ms;
	if (section->last)
		section->last->next = page;
	else
		section->first = page;
	section->last = page;
	return page;
}

static const char *
pack(char **at, struct span text)
{
	char *begin = *at;

	if (text.len)
		memcpy(begin, text.data, text.len);
	begin[text.len] = '\0';
	*at += text.len + 1;
	return begin;
}

/* Takes what the entry says of itself; its texts are these. */
static void
take_entry(struct report_section *section, struct report_entry *entry,
    struct span part, struct span log, struct span text)
{
	char *at = entry->bytes = xmalloc(part.len + log.len + text.len + 3);
	struct report_page *page;

	entry->part = pack(&at, part);
	entry->log = pack(&at, log);
	entry->text = pack(&at, text);
	entry->len = text.len;
	page = page_for(section, entry);
	put_on_page(page, entry);
	if ((int64_t)page->count >= max_lines(section))
		page->full = true;
}

static struct span
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return span_str(slash ? slash + 1 : path);
}

void
reports_add(struct reports *reports, const struct report_line *line)
{
	struct report_section *section = &reports->sections[line->report];
	struct report_entry entry = {.n = reports->next_n,
	    .layer = line->rule->layer,
	    .at_ms = line->now_ms};
	struct buf text = BUF_INIT;

	/* `sink = none': it only counts. */
	if (!section->planned->sinks->count)
		return;
	reports->next_n += reports->next_n < INT64_MAX;
	write_line(line->text, &text);
	take_entry(section, &entry, span_str(line->rule->group),
	    base_name(line->log_path), buf_span(&text));
	buf_release(&text);
}

/* --- When it is told ------------------------------------------------------ */

static int64_t
page_due(const struct report_section *section, const struct report_page *page)
{
	if (page->full || !section->planned)
		return 1;
	return page->first_ms + section->planned->settings->batch.period_ms;
}

int64_t
reports_due(const struct reports *reports)
{
	int64_t due = 0;

	for (size_t i = 0; i < reports->count; i++) {
		const struct report_section *section = &reports->sections[i];
		int64_t its =
		    section->first ? page_due(section, section->first) : 0;

		if (its && (!due || its < due))
			due = its;
	}
	return due;
}

static size_t
count_lines(const struct report_section *section)
{
	size_t lines = 0;

	for (const struct report_page *page = section->first; page;
	     page = page->next)
		lines += page->count;
	return lines;
}

void
reports_waiting(const struct reports *reports, reports_each *each, void *arg)
{
	for (size_t i = 0; i < reports->count; i++) {
		const struct report_section *section = &reports->sections[i];

		if (section->first)
			each(arg, section->name, count_lines(section),
			    page_due(section, section->first));
	}
}

/* A clock that was set back must not make it wait longer than its time. */
static bool
is_due(const struct report_section *section, struct report_page *page,
    int64_t now_ms)
{
	if (page->first_ms > now_ms)
		page->first_ms = now_ms;
	return page_due(section, page) <= now_ms;
}

/* The rows that are stored of it go with the next commit. */
static void
forget_rows(struct reports *reports, const struct report_section *section,
    const struct report_page *page)
{
	int64_t last_n = 0;

	for (size_t i = 0; i < page->count; i++)
		if (page->entries[i].stored && page->entries[i].n > last_n)
			last_n = page->entries[i].n;
	if (!last_n)
		return;
	reports->forgotten = xreallocarray(reports->forgotten,
	    reports->forgotten_count + 1, sizeof(*reports->forgotten));
	reports->forgotten[reports->forgotten_count++] =
	    (struct forgotten){xstrdup(section->name), last_n};
}

static void
tell_first(struct reports *reports, struct report_section *section,
    const struct alert_place *place, struct alert *alert)
{
	struct report_page *page = section->first;

	report_alert(section, page, place, alert);
	forget_rows(reports, section, page);
	section->first = page->next;
	if (!section->first)
		section->last = NULL;
	free_page(page);
}

bool
reports_take(struct reports *reports, int64_t now_ms, bool all,
    const char *hostname, struct alert *alert,
    const struct setting_list **sinks_out)
{
	struct alert_place place = {hostname, now_ms, false};

	for (size_t i = 0; i < reports->count; i++) {
		struct report_section *section = &reports->sections[i];

		if (!section->first ||
		    (!is_due(section, section->first, now_ms) && !all))
			continue;
		tell_first(reports, section, &place, alert);
		*sinks_out = section->planned
				 ? section->planned->sinks
				 : conf_default_sinks(reports->plan->conf);
		return true;
	}
	return false;
}

/* --- What is stored ------------------------------------------------------- */

static int
store_entry(struct store *store, const struct report_section *section,
    const struct report_entry *entry, struct err *err)
{
	struct stored_report_line line = {.n = entry->n,
	    .section = span_str(section->name),
	    .layer = entry->layer,
	    .part = span_str(entry->part),
	    .log = span_str(entry->log),
	    .at_ms = entry->at_ms,
	    .text = span_of(entry->text, entry->len)};

	return store_report_put(store, &line, err);
}

/* Behind an entry that is stored nothing before it is not: so only the end of
 * the last pages is looked at. */
static int
store_section(
    struct store *store, const struct report_section *section, struct err *err)
{
	int result = 0;

	for (struct report_page *page = section->first; page;
	     page = page->next)
		for (size_t i = page->count; i-- > 0 && !result &&
		     !page->entries[i].stored;)
			result =
			    store_entry(store, section, &page->entries[i], err);
	return result;
}

int
reports_store(struct reports *reports, struct store *store, struct err *err)
{
	int result = 0;

	for (size_t i = 0; i < reports->forgotten_count && !result; i++)
		result = store_report_forget(store,
		    span_str(reports->forgotten[i].section),
		    reports->forgotten[i].last_n, err);
	for (size_t i = 0; i < reports->count && !result; i++)
		result = store_section(store, &reports->sections[i], err);
	return result;
}

void
reports_stored(struct reports *reports)
{
	free_forgotten(reports);
	for (size_t i = 0; i < reports->count; i++)
		for (struct report_page *page = reports->sections[i].first;
		     page; page = page->next)
			for (size_t k = page->count;
			     k-- > 0 && !page->entries[k].stored;)
				page->entries[k].stored = true;
}

struct load {
	struct reports *reports;
	int64_t now_ms;
};

static struct report_section *
find_section(struct reports *reports, struct span name)
{
	for (size_t i = 0; i < reports->count; i++)
		if (span_is(name, reports->sections[i].name))
			return &reports->sections[i];
	return add_section(reports, name, NULL);
}

/* What is damaged is told all the same, as far as it goes. */
static void
load_line(void *arg, const struct stored_report_line *line)
{
	const struct load *load = arg;
	struct reports *reports = load->reports;
	struct report_entry entry = {.n = line->n,
	    .layer = LOGCHECK_SYSTEM,
	    .at_ms = line->at_ms < load->now_ms ? line->at_ms : load->now_ms,
	    .stored = true};
	size_t len = line->text.len;

	if (line->layer >= 0 && line->layer < LOGCHECK_LAYERS)
		entry.layer = (enum logcheck_layer)line->layer;
	if (len > ALERT_REPORT_BYTES / 2)
		len = utf8_cut(line->text, ALERT_REPORT_BYTES / 2);
	if (line->n >= reports->next_n)
		reports->next_n = line->n + (line->n < INT64_MAX);
	take_entry(find_section(reports, line->section), &entry,
	    span_of(line->part.data, strnlen(line->part.data, line->part.len)),
	    span_of(line->log.data, strnlen(line->log.data, line->log.len)),
	    span_of(line->text.data, len));
}

int
reports_load(struct reports *reports, struct store *store, int64_t now_ms,
    struct err *err)
{
	struct load load = {reports, now_ms};

	return store_report_each(store, load_line, &load, err);
}
