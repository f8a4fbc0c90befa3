/*
 * tally_headings: how many lines the reports of [logcheck] sections would
 * have, heading by heading.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ctailctl/tally.h"
#include "judge/logcheck.h"

void
tally_take_report_line(void *arg, const struct report_line *line)
{
	struct tally *tally = arg;
	const struct plan_rule *rule = line->rule;
	struct tally_heading *heading;
	struct buf name = BUF_INIT;

	buf_addf(&name, "%zu %d %s", line->report, (int)rule->layer,
	    rule->group ? rule->group : "");
	heading = map_get(tally->headings, buf_span(&name));
	if (!heading) {
		heading = xcalloc(1, sizeof(*heading));
		heading->report = &tally->plan->reports[line->report];
		heading->layer = rule->layer;
		heading->group = rule->group;
		map_put(tally->headings, buf_span(&name), heading);
	}
	heading->lines++;
	buf_release(&name);
	rehearsal_report(tally->rehearsal, line);
}

static int
compare(const void *left, const void *right)
{
	const struct tally_heading *a = *(struct tally_heading *const *)left;
	const struct tally_heading *b = *(struct tally_heading *const *)right;

	if (a->report != b->report)
		return a->report < b->report ? -1 : 1;
	if (a->layer != b->layer)
		return a->layer < b->layer ? -1 : 1;
	return strcmp(a->group ? a->group : "", b->group ? b->group : "");
}

/* Sorted; the caller frees the list. */
static struct tally_heading **
sorted(const struct tally *tally, size_t *count_out)
{
	struct tally_heading **list =
	    xcalloc(map_count(tally->headings) + 1, sizeof(*list));
	size_t cursor = 0, count = 0;
	struct span key;
	void *value;

	while (map_next(tally->headings, &cursor, &key, &value))
		list[count++] = value;
	if (count)
		qsort(list, count, sizeof(*list), compare);
	*count_out = count;
	return list;
}

static uint64_t
lines_of(struct tally_heading *const *list, size_t count,
    const struct plan_report *report)
{
	uint64_t lines = 0;

	for (size_t i = 0; i < count; i++)
		if (list[i]->report == report)
			lines += list[i]->lines;
	return lines;
}

void
tally_report_headings(const struct tally *tally, struct buf *out)
{
	const struct plan_report *report = NULL;
	size_t count;
	struct tally_heading **list = sorted(tally, &count);

	for (size_t i = 0; i < count; i++) {
		if (list[i]->report != report) {
			report = list[i]->report;
			buf_addf(out,
			    "\nlogcheck %s would be reported: %" PRIu64
			    " lines\n",
			    report->name, lines_of(list, count, report));
		}
		buf_addf(out, "  %10" PRIu64 "  ", list[i]->lines);
		logcheck_add_heading(out, list[i]->layer, list[i]->group);
		buf_add_byte(out, '\n');
	}
	free(list);
}

void
tally_json_headings(const struct tally *tally, struct json *json)
{
	size_t count;
	struct tally_heading **list = sorted(tally, &count);

	for (size_t i = 0; i < count; i++) {
		struct buf heading = BUF_INIT;

		logcheck_add_heading(
		    &heading, list[i]->layer, list[i]->group);
		json_open(json, '{');
		json_key(json, "logcheck");
		json_string(json, span_str(list[i]->report->name));
		json_key(json, "heading");
		json_string(json, buf_span(&heading));
		json_key(json, "lines");
		json_number(json, (int64_t)list[i]->lines);
		json_close(json, '}');
		buf_release(&heading);
	}
	free(list);
}
