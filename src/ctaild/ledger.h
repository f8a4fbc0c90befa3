/*
 * ledger: the one transaction.
 *
 * Gathers what a turn of reading decided and stores it in one go: alerts with
 * their outbox rows, the state of every rule and key that changed, and the
 * positions of all files read.  Nothing is lost when that fails: everything
 * stays gathered, and the caller reads no further until a later commit has
 * succeeded.
 *
 * After a commit, offset files are exported (export.h), each at most once a
 * second unless LEDGER_FINAL asks for all.
 */
#ifndef CTAIL_CTAILD_LEDGER_H
#define CTAIL_CTAILD_LEDGER_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "ctaild/plan.h"
#include "input/source.h"
#include "judge/decider.h"
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

/* What is committed from now on; nothing may be pending.  Cursors of before
 * are forgotten. */
void ledger_attach(struct ledger *ledger, const struct plan *plan,
    struct source *source, struct decider *decider);

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

/* Gathers an alert for the sinks of this list (borrowed until the commit);
 * a pipeline_emit. */
void ledger_take(void *ledger, const struct alert *alert,
    const struct setting_list *sinks);

/* Remembers that this path pattern of a log has been accepted. */
void ledger_take_pattern(struct ledger *ledger, const char *log,
    const char *pattern);

bool ledger_pattern_known(struct ledger *ledger, const char *log,
    const char *pattern);

/* Forgets the alerts and patterns gathered since the last commit, when the
 * session they came from did not come to life. */
void ledger_discard(struct ledger *ledger);

size_t ledger_pending(const struct ledger *ledger);

enum ledger_result ledger_commit(struct ledger *ledger, int64_t now_ms,
    enum ledger_how how, struct err *err);

/* When an offset file is stale and due to be exported, wall ms; 0: none. */
int64_t ledger_due(const struct ledger *ledger);

/* For restore.c. */
struct exporter;
struct exporter *ledger_exporter(struct ledger *ledger);

#endif
