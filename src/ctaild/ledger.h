/*
 * ledger: the one transaction.
 *
 * Gathers what a turn of reading decided and stores it in one go: alerts with
 * their outbox rows, the state of every rule and key that changed, shapes,
 * silences, what the caps of sinks hold, notes (the pipeline's among them),
 * lines of reports, and the positions of all files read.  Nothing is lost when
 * that fails: everything stays gathered, and the caller reads no further until
 * a later commit has succeeded.
 *
 * The caps of sinks (storms.h) decide which outbox rows exist: what a cap
 * holds is stored all the same, with a row that says so (OUTBOX_HELD).  Each
 * alert is asked about once, however often its commit has to be tried.
 *
 * After a commit, offset files are exported (export.h), each at most once a
 * second unless LEDGER_FINAL asks for all.
 */
#ifndef CTAIL_CTAILD_LEDGER_H
#define CTAIL_CTAILD_LEDGER_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "ctaild/alert_build.h"
#include "ctaild/counts.h"
#include "ctaild/pipeline.h"
#include "ctaild/plan.h"
#include "ctaild/reports.h"
#include "input/source.h"
#include "judge/silence.h"
#include "judge/storm.h"
#include "message/alert.h"
#include "store/store.h"

struct ledger;

enum ledger_result {
	LEDGER_OK,
	LEDGER_FULL,		/* the disk is full */
	LEDGER_FAILED,		/* anything else; err says what */
};

enum ledger_how {
	LEDGER_NORMAL,
	LEDGER_FINAL,		/* export every offset file that is stale */
};

/* Both borrowed.  state_dir NULL: no offset files are written. */
struct ledger *ledger_new(struct store *store, const char *state_dir);
void ledger_free(struct ledger *ledger);

/* What is committed from now on, all borrowed; nothing may be pending.
 * Cursors of before are forgotten.  All NULL: nothing is attached. */
void ledger_attach(struct ledger *ledger, const struct plan *plan,
    struct source *source, struct pipeline *pipeline,
    struct silences *silences);

/*
 * Positions that are no file's: a journal's cursor.  Every commit asks for
 * all of them, inside the transaction, and stores those that changed in the
 * row of their path ("journal:NAME", restore.h); so a cursor must stand
 * behind the last record handed out.  Empty text: nothing was read yet,
 * nothing is stored.  No offset file is exported for them.
 */
struct ledger_cursor {
	const char *path;
	const char *log;		/* the section's name */
	struct span text;		/* what restore hands back */
};

struct ledger_cursors {
	void (*each)(void *arg,
	    void (*take)(void *take_arg, const struct ledger_cursor *cursor),
	    void *take_arg);
	void *arg;
};

/* Behind ledger_attach; cursors is copied, its arg lives as long as what is
 * attached. */
void ledger_attach_cursors(struct ledger *ledger,
    const struct ledger_cursors *cursors);

/* Behind ledger_attach: what collects, as long as what is attached. */
void ledger_attach_reports(struct ledger *ledger, struct reports *reports);
void ledger_attach_counts(struct ledger *ledger, struct counts *counts);

/* Gathers an alert for its sinks (borrowed until the commit);
 * pipeline_hooks.emit. */
void ledger_take(void *ledger, const struct emission *emission);

/* pipeline_hooks.amend: more is known of an alert that was taken; it need not
 * wait any longer. */
void ledger_amend(void *ledger, const struct alert *alert);

/* The kinds of notes that the ledger puts by itself: silences by their id
 * (silences_load), caps by their sink (storms.h). */
#define LEDGER_SILENCE "silence"

/* Gathers a note (store_note.h); the last one of a kind and name is stored.
 * kind is a constant. */
void ledger_note(struct ledger *ledger, const char *kind, struct span name,
    struct span saved);

/* Remembers that this path pattern of a log has been accepted. */
void ledger_take_pattern(struct ledger *ledger, const char *log,
    const char *pattern);

bool ledger_pattern_known(struct ledger *ledger, const char *log,
    const char *pattern);

/* Forgets what was gathered since the last commit (but not the changes of
 * what is attached), when the session it came from did not come to life. */
void ledger_discard(struct ledger *ledger);

size_t ledger_pending(const struct ledger *ledger);

enum ledger_result ledger_commit(struct ledger *ledger, int64_t now_ms,
    enum ledger_how how, struct err *err);

/* When an offset file is stale and due to be exported, wall ms; 0: none. */
int64_t ledger_due(const struct ledger *ledger);

/* When a cap's summary is due, wall ms; 0: none is held.  Long past when
 * that is to be found out by ledger_storm_expire. */
int64_t ledger_storm_due(const struct ledger *ledger);

/* Gathers the summaries that are due by now. */
void ledger_storm_expire(struct ledger *ledger,
    const struct alert_place *place);

/* The caps, for `status`: sinks that have one or still hold something.
 * held: alerts that a summary will tell. */
struct ledger_cap {
	const char *sink;
	struct rate rate;
	int64_t held;
	int64_t due_ms;		/* of the summary; 0: none */
};

void ledger_caps(struct ledger *ledger, int64_t now_ms,
    void (*each)(void *arg, const struct ledger_cap *cap), void *arg);

/* For restore.c. */
struct exporter;
struct exporter *ledger_exporter(struct ledger *ledger);

#endif
