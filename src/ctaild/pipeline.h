/*
 * pipeline: records in, alerts out.
 *
 * Runs every rule of a plan, in file order, over each record of the logs it
 * names, feeds matches to the decider, and hands over what became an alert.
 * Everything that leaves it is redacted.  Knows nothing of storing or
 * sending; the clock is an argument, so that `ctailctl test` and the tests
 * run it on a clock of their own.
 */
#ifndef CTAIL_CTAILD_PIPELINE_H
#define CTAIL_CTAILD_PIPELINE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/severity.h"
#include "ctaild/plan.h"
#include "input/source.h"
#include "judge/decider.h"
#include "judge/silence.h"
#include "message/alert.h"

struct pipeline;

/* An alert for these sinks, valid during the call; its id is empty when it
 * has no record (alert_build.h).  wait_ms: it is to be delivered that much
 * later, since records behind it may still be added. */
struct emission {
	const struct alert *alert;
	const struct setting_list *sinks;
	int64_t wait_ms;
};

/* What happened to one match, before anything is held back or sent; for the
 * tester and the tests. */
struct pipeline_trace {
	size_t rule;
	const struct record *record;	/* NULL: the clock did it */
	const struct rule_match *match;	/* NULL without record */
	const struct decision *decision;
};

/* A record for the report of a [logcheck] section, as it is to stand there:
 * redacted, without blanks at its end.  Valid during the call. */
struct report_line {
	size_t report;			/* index of plan.reports */
	const struct plan_rule *rule;	/* its layer and group */
	struct span text;
	const char *log_path;
	int64_t now_ms;			/* wall clock of arrival */
};

struct pipeline_hooks {
	void (*emit)(void *arg, const struct emission *emission);

	/* An emission that waited is complete: same id, more in it. */
	void (*amend)(void *arg, const struct alert *alert);

	/* ctail about itself: keys evicted, a pattern in quarantine, ...; said
	 * once per hour and subject. */
	void (*notice)(void *arg, enum severity severity, const char *subject,
	    const char *text);

	/* Optional: */

	/* What is known of the files of a log, for an alert about what is
	 * missing: "/var/log/x was last written 2026-...". */
	void (*about_log)(void *arg, size_t log, struct buf *out);

	/* The records that stand right before this one in its file, oldest
	 * first, as they are; for the context of its alert. */
	void (*earlier)(void *arg, const struct record *record,
	    void (*each)(void *each_arg, struct span text), void *each_arg);
	void (*trace)(void *arg, const struct pipeline_trace *trace);
	void (*unmatched)(void *arg, const struct record *record);

	/* A pattern found the record: one of `match` (or, closes, of `close`),
	 * or an `exclude`, and before anything is decided. */
	void (*tried)(void *arg, size_t rule, const struct rule_match *match,
	    bool closes);

	/* Instead of a decision, for rules of a [logcheck]. */
	void (*report)(void *arg, const struct report_line *line);
	bool rehearses;		/* nobody hears it: nothing is renewed */
	void *arg;
};

/* hooks is copied; the rest outlives the pipeline. */
struct pipeline *pipeline_new(const struct plan *plan, const char *hostname,
    struct silences *silences, const struct pipeline_hooks *hooks);
void pipeline_free(struct pipeline *pipeline);

struct decider *pipeline_decider(struct pipeline *pipeline);

/* Before each turn of reading: what time it is. */
void pipeline_turn(struct pipeline *pipeline, int64_t now_ms);

/* Behind the loading of the state: clocks of absence begin to run. */
void pipeline_start(struct pipeline *pipeline, int64_t now_ms);

void pipeline_record(struct pipeline *pipeline, const struct record *record,
    int64_t now_ms);

/* For source_handler.unwanted and .skipped, with the pipeline as arg: lines
 * that no pattern of a rule of this log can match, and that no alert wants as
 * context. */
size_t pipeline_unwanted(void *pipeline, size_t log, const char *log_path,
    struct span lines);
void pipeline_skipped(void *pipeline, size_t log, uint64_t lines);

/* For source_handler.place and .time, with the pipeline as arg. */
enum line_place pipeline_place(void *pipeline, size_t log,
    struct span line);
int64_t pipeline_time(void *pipeline, size_t log, const char *log_path,
    struct span text);

/* The time that a record says of itself (judge/timestamp.h), believed or not;
 * 0: none.  Times without a year are not later than a day after the latest,
 * which is now, or what a rehearsal says: its clock is not that of the
 * world. */
int64_t pipeline_stamp(struct pipeline *pipeline, size_t log,
    const char *log_path, struct span text);
void pipeline_set_latest(struct pipeline *pipeline, int64_t latest_ms);

/* Whether the records that come now were written before somebody looked: then
 * one without a time to believe has not that of its arrival
 * (judge/record_clock.h). */
void pipeline_set_late(struct pipeline *pipeline, bool late);

/* A record that `new` is to learn from without a word: by the rules that read
 * its log and have not learned from it yet. */
void pipeline_learn(struct pipeline *pipeline, const struct record *record);

/* Whether a rule with `new` has still to learn from this log; and that it
 * need not (any more). */
bool pipeline_learns(const struct pipeline *pipeline, size_t rule,
    size_t log);
void pipeline_set_learned(struct pipeline *pipeline, size_t rule,
    size_t log);

/* Whether any rule does. */
bool pipeline_wants_learning(const struct pipeline *pipeline, size_t log);

/* What is due at this time.  caught_up: the logs have been read to their
 * ends, so that what is missing is missing. */
void pipeline_expire(struct pipeline *pipeline, int64_t now_ms,
    bool caught_up);

/* When pipeline_expire has work next, wall ms; 0: nothing waits. */
int64_t pipeline_due(const struct pipeline *pipeline);

/* What `new` remembers of this text in this log, under this key (both as
 * they are shown). */
uint64_t pipeline_shape(const struct plan *plan, size_t log,
    struct span key, struct span text);

/* The end of a --once pass or of a rehearsal: batches and alerts that wait
 * for records go out as they are. */
void pipeline_end_pass(struct pipeline *pipeline, int64_t now_ms);

/* Alerts that wait for records go out as they are. */
void pipeline_end_context(struct pipeline *pipeline);

/* Emits what a rule still holds, because its life ends. */
void pipeline_flush(struct pipeline *pipeline, size_t rule, int64_t now_ms);

/* Whether anything was told since the last call: then the next commit must
 * not wait. */
bool pipeline_has_told(struct pipeline *pipeline);

/* The newest record time accepted of a file (judge/record_clock.h), which is
 * stored with its position; 0: none. */
int64_t pipeline_newest(const struct pipeline *pipeline,
    const char *log_path);
void pipeline_restore_newest(struct pipeline *pipeline,
    const char *log_path, int64_t newest_ms);

/* Of a file that is gone for good. */
void pipeline_forget_newest(struct pipeline *pipeline, struct span log_path);

/* The ledger of losses, by rule and by log, since the start. */
struct pipeline_rule_totals {
	uint64_t records, matched, excluded, undecided, closed;
	uint64_t nanoseconds;	/* spent matching; 0 unless timed */
};

struct pipeline_log_totals {
	uint64_t records;	/* seen by some rule */
	uint64_t unmatched;	/* no rule matched nor excluded them */
	uint64_t ignored;	/* only excluded */
	uint64_t cut, undecided, withheld;	/* by redact */
	uint64_t untimed;	/* matched and counted at arrival, though the
				 * log has a timestamp format, or a time was
				 * found in it before */
	uint64_t own;		/* ctail's own words */
};

void pipeline_rule_totals(const struct pipeline *pipeline, size_t rule,
    struct pipeline_rule_totals *out);
/* The same but for the records: how many of its logs' it did not see, because
 * an earlier rule kept them. */
uint64_t pipeline_rule_misses(const struct pipeline *pipeline, size_t rule,
    struct pipeline_rule_totals *out);
void pipeline_log_totals(const struct pipeline *pipeline, size_t log,
    struct pipeline_log_totals *out);

/* The patterns that are not tried at present; and each with whose it is
 * ("rule NAME (FILE:LINE)") and until when (wall ms).  text is NULL where it
 * may say what a secret looks like. */
const struct quarantine *pipeline_quarantine(const struct pipeline *pipeline);

struct pipeline_quarantined {
	const char *whose, *text;
	int64_t until_ms;
};

void pipeline_quarantined(const struct pipeline *pipeline,
    void (*each)(void *arg, const struct pipeline_quarantined *what),
    void *arg);

/*
 * What is to be kept beside the decider's state, in the same transaction, as
 * notes (store_note.h): alerts that wait for records, by their id; patterns
 * that ran into their limits, by whose they are; what is known of the order of
 * a log's dates, by its name.  Those that changed since pipeline_notes_saved;
 * saved is empty when there is nothing to keep any more.
 */
#define PIPELINE_CONTEXT_NOTE "context"
#define PIPELINE_QUARANTINE_NOTE "quarantine"
#define PIPELINE_DATES_NOTE "dates"

typedef void pipeline_note(void *arg, const char *kind, struct span name,
    struct span saved);
void pipeline_notes_changed(struct pipeline *pipeline, pipeline_note *each,
    void *arg);
void pipeline_notes_saved(struct pipeline *pipeline);

/* What was kept, before the first record; the alert as it was stored.  A note
 * of a pattern or log that is no more is passed over.  -1 when it is
 * damaged. */
int pipeline_load_waiting(struct pipeline *pipeline,
    const struct alert *alert, struct span saved, int64_t now_ms,
    struct err *err);
int pipeline_load_quarantine(struct pipeline *pipeline, struct span name,
    struct span saved, int64_t now_ms, struct err *err);

int pipeline_load_dates(struct pipeline *pipeline, struct span name,
    struct span saved, struct err *err);

/* Whether such a note is still of something. */
bool pipeline_has_waiting(const struct pipeline *pipeline, struct span id);
bool pipeline_has_pattern(struct pipeline *pipeline, struct span name);
bool pipeline_has_dates(const struct pipeline *pipeline, struct span name);

/* Measures the time each rule takes, for the tester. */
void pipeline_time_rules(struct pipeline *pipeline,
    int64_t (*clock_ns)(void));

#endif
