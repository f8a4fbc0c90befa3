/*
 * alert: what ctail has to tell somebody.
 *
 * Built by the agent when a rule decides, stored as one run of fields
 * (base/fields.h), decoded by the worker that renders and sends it.  All text
 * from logs is bytes: whoever renders it cleans it for its own medium.  An
 * alert owns everything it points to (alert_release).
 */
#ifndef CTAIL_MESSAGE_ALERT_H
#define CTAIL_MESSAGE_ALERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/severity.h"
#include "base/span.h"

#define ALERT_ID_SIZE 41	/* 40 hexadecimal digits and a NUL */
#define ALERT_LINES_MAX 50
#define ALERT_CAPTURES_MAX 64
#define ALERT_CONTEXT_MAX 50	/* records before, and as many after */

/* Longer ones are cut, and lines and captures then say so; together these
 * bounds keep an encoded alert below FRAME_MAX. */
#define ALERT_TEXT_BYTES 4096	/* rule, subject, file, key, ... */
#define ALERT_LINE_BYTES 8192
#define ALERT_CAPTURE_BYTES 4096
#define ALERT_NAME_BYTES 128	/* of a capture */
#define ALERT_CONTEXT_BYTES 1024	/* of a record before or after */
#define ALERT_REPORT_BYTES (512 * 1024)
#define ALERT_REPORT_LINES 20	/* beside a report, which has no captures and
				 * no context */
#define ALERT_HINT_BYTES 2048	/* a longer one is left out: cut it is wrong */

enum alert_kind {
	ALERT_MATCH,		/* a rule's condition was met */
	ALERT_SUMMARY,		/* what a throttle held back */
	ALERT_NOTICE,		/* ctail about itself: a full disk, ... */
	ALERT_GAP,		/* lines of a log are lost, or may be */
	ALERT_TEST,		/* ctailctl send-test */
	ALERT_DIGEST,		/* what `hours` held back */
	ALERT_ABSENT,		/* nothing matched, or came, for too long */
	ALERT_RECOVERY,		/* an incident is over */
	ALERT_STORM,		/* what a sink's cap held back */
	ALERT_SILENCE,		/* what a silence held back */
	ALERT_RENEWAL,		/* an incident goes on, while a throttle holds
				 * its alerts back: for Alertmanager alone */
	ALERT_REPORT,		/* of a [logcheck]: many lines in sections */
};

const char *alert_kind_name(enum alert_kind kind);

struct alert_capture {
	char *name;
	char *value;
	size_t len;
};

struct alert_line {
	char *text;
	size_t len;
	uint32_t match_offset, match_len;	/* bytes of text that the
				 * pattern matched; len 0: not known */
};

/* When what it counts came: counts of equal spans of time. */
#define ALERT_BINS 24

struct alert_times {
	int64_t start_ms;	/* wall clock */
	int64_t width_ms;	/* of a bin; 0: not known */
	uint32_t bins[ALERT_BINS];
};

struct alert {
	char id[ALERT_ID_SIZE];		/* stable over every attempt */
	char incident[ALERT_ID_SIZE];	/* rule, host and key */
	enum alert_kind kind;
	enum severity severity;
	char *rule;
	char *subject;		/* rendered; one line after cleaning */
	char *hostname;
	char *log;		/* [log] section; "" for a notice */
	char *file;		/* path the completing record stood in */
	uint64_t offset;	/* of the completing record */
	char *key;		/* rendered; "" without one */
	int64_t count;		/* records it stands for */
	int64_t first_ms, last_ms, made_ms;	/* wall clock */
	int64_t events;		/* alerts it stands for (batch, DIGEST); 0: 1 */
	int64_t held_period_ms;	/* SUMMARY: the throttle's period; ABSENT: how
				 * long nothing came */
	bool undecided;		/* a pattern ran into its limit */
	bool missing;		/* SUMMARY of absences: it is so still */
	struct alert_times times;
	struct alert_line lines[ALERT_LINES_MAX];	/* oldest first */
	size_t line_count;
	size_t last_line_kept;	/* bytes of the last one that are the log's,
				 * while it is built: for alert_set_match */
	struct alert_line before[ALERT_CONTEXT_MAX];	/* oldest first */
	size_t before_count;
	struct alert_line after[ALERT_CONTEXT_MAX];
	size_t after_count;
	char *report;		/* of ALERT_REPORT: all of it, as it is to be
				 * read, with its headings; then lines are the
				 * first few; else "" */
	char *hint_exclude;	/* a ready `exclude` line, or "" */
	char *hint_silence;	/* a ready command, or "" */
	struct alert_capture captures[ALERT_CAPTURES_MAX];
	size_t capture_count;
};

/* All strings empty, nothing NULL. */
void alert_init(struct alert *alert);
void alert_release(struct alert *alert);

/* Replaces a text; a NUL in it becomes U+FFFD. */
void alert_set(char **field, struct span text);

/* The same for hint_exclude and hint_silence; one that cannot be whole is
 * empty. */
void alert_set_hint(char **field, struct span text);

/* Behind it the alert takes ALERT_REPORT_LINES lines, the first ones, and
 * nothing else that is a list; what it has of them goes. */
void alert_set_report(struct alert *alert, struct span text);

/* When there are ALERT_LINES_MAX already, the oldest goes; behind the record
 * the last one is not taken any more. */
void alert_add_line(struct alert *alert, struct span line);
void alert_clear_lines(struct alert *alert);

/* What of the last line the pattern matched; clipped to what was kept of
 * it. */
void alert_set_match(struct alert *alert, size_t offset, size_t len);
void alert_add_before(struct alert *alert, struct span line);
void alert_add_after(struct alert *alert, struct span line);
void alert_add_capture(struct alert *alert, struct span name,
    struct span value);

/* The last line, or the empty span. */
struct span alert_last_line(const struct alert *alert);

void alert_encode(const struct alert *alert, struct buf *out);

/* Every bound is checked: the bytes may come from a damaged database. */
int alert_decode(struct span fields, struct alert *out, struct err *err);

/* 40 hexadecimal digits from named parts; the same parts give the same id. */
void alert_make_id(const struct span *parts, size_t count,
    char out[ALERT_ID_SIZE]);

#endif
