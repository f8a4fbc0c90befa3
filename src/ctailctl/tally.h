/*
 * tally: what comes out of a rehearsal, as it comes out, and in sum.
 *
 * Prints one line for each alert, and on request for what was held or only
 * counted; keeps the numbers for the report.
 */
#ifndef CTAIL_CTAILCTL_TALLY_H
#define CTAIL_CTAILCTL_TALLY_H

#include <stdbool.h>
#include <stdint.h>
#include "base/map.h"
#include "ctaild/pipeline.h"
#include "ctaild/rehearsal.h"
#include "ctaild/storms.h"
#include "message/json.h"

#define TALLY_SHAPES 5

struct tally_options {
	bool json;
	bool all;		/* what was held and what only counted, too */
	bool unused;		/* each rule of a file that never matched */
};

struct tally_pattern {
	const struct pattern *pattern;
	enum rule_list list;
	struct origin origin;
	const char *files;	/* what names its rule file; NULL: it is of
				 * the section itself */
	uint64_t hits;
};

struct tally_rule {
	struct tally_pattern *patterns;
	size_t pattern_count;
	bool read;		/* one of its logs was */
	uint64_t told;		/* alerts that went to somebody */
	uint64_t capped;	/* held by storm, at every sink */
	int64_t nanoseconds;
};

struct tally_sink {
	const struct conf_section *section;
	uint64_t sent, capped;
};

/* Records that no rule matched, of one shape. */
struct tally_shape {
	uint64_t count;
	char *text;		/* described; NULL until asked for */
	char *sample;
	size_t sample_len;
};

/* Alerts of one key. */
struct tally_key {
	const char *rule;
	uint64_t alerts;
	char *key;
};

/* Lines below one heading of a [logcheck]'s reports. */
struct tally_heading {
	const struct plan_report *report;
	enum logcheck_layer layer;
	const char *group;		/* or NULL */
	uint64_t lines;
};

struct tally {
	struct tally_options options;
	const struct plan *plan;
	const char *hostname;
	struct rehearsal *rehearsal;
	struct silences *silences;
	struct storms *storms;
	struct tally_rule *rules;
	struct tally_sink *sinks;
	size_t sink_count;
	bool *logs_read;
	struct map *hits;	/* pattern -> struct tally_pattern */
	struct map *shapes;	/* shape -> struct tally_shape */
	struct map *keys;	/* rule NUL key -> struct tally_key */
	struct map *headings;	/* of reports -> struct tally_heading */
	uint64_t records, lines, bytes, untimed, unmatched;
	int64_t first_ms, last_ms;	/* of records with a time */
	int64_t learn_before_ms;	/* older ones are learned from only */
	uint64_t learned;
	int64_t begun_ns, ended_ns;
	int64_t length_ms;	/* of what is read, when that was asked for */
	bool stopped;		/* by Ctrl-C */
	bool *progress;		/* or NULL: whether a line of it stands on the
				 * terminal, where something is to be printed */
	int64_t *first_ns;		/* per rule, at TIMED_ALL records */
	bool excluded;		/* the record at hand */
	bool shapes_are_sampled, shapes_are_full, times_are_sampled;
};

/* plan, hostname and logs_read outlive it. */
void tally_init(struct tally *tally, const struct plan *plan,
    const char *hostname, int64_t begin_ms, struct tally_options options,
    bool *logs_read);
void tally_release(struct tally *tally);

void tally_record(struct tally *tally, const struct record *record);

/* What is still held, and the caps. */
void tally_end(struct tally *tally);

/* --- What the report needs --- */

/* The most frequent, most first; how many there are in out. */
size_t tally_top_shapes(struct tally *tally,
    struct tally_shape *out[TALLY_SHAPES]);

/* The rule that told most, when more than one told something, or NULL. */
const struct tally_rule *tally_top_rule(const struct tally *tally);

/* The key with the most alerts, or NULL. */
const struct tally_key *tally_top_key(const struct tally *tally);

/* From the first record to the last, or as long as was asked for. */
int64_t tally_span(const struct tally *tally);

/* Of the logs that were read. */
struct pipeline_log_totals tally_logs(const struct tally *tally);

/* --- test_unused.c --- */

/* The match_file, exclude_file or `rules' of the configuration that a pattern
 * of this rule is from; or NULL. */
const char *tally_rule_files(const struct plan_rule *rule,
    struct origin origin);

/* Text from a log or a pattern behind what stands on this line, cut to the
 * terminal, but not below least nor above most; ends the line. */
void tally_add_shown(struct buf *out, const char *text, size_t least,
    size_t most);

/* Its place and text in this way. */
void tally_add_pattern(struct buf *out, const struct tally_pattern *pattern);

void tally_report_unused_files(const struct tally *tally, struct buf *out);

/* --- tally_headings.c: what reports would have --- */

/* pipeline_hooks.report, with a tally. */
void tally_take_report_line(void *tally, const struct report_line *line);

/* In the order of a report. */
void tally_report_headings(const struct tally *tally, struct buf *out);
void tally_json_headings(const struct tally *tally, struct json *json);

/* test_report.c, test_json.c: at the end. */
void tally_report(struct tally *tally);
void tally_report_json(struct tally *tally);

/* --- test_line.c, test_json.c: one thing that happened --- */

struct tally_event {
	const char *kind;	/* alert_kind_name, "held", "counted" */
	const char *rule;
	struct span key;
	struct span words;	/* the subject, or what held it */
	const struct alert *alert;	/* or NULL */
	const struct setting_list *sinks;	/* or NULL */
};

void tally_print(const struct tally *tally, const struct tally_event *event);
void tally_print_json(const struct tally *tally,
    const struct tally_event *event);

#endif
