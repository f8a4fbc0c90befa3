/*
 * restore: what the last run stored, put back into the rooms.
 */
#ifndef CTAIL_CTAILD_RESTORE_H
#define CTAIL_CTAILD_RESTORE_H

#include <stdint.h>
#include "base/err.h"
#include "ctaild/alert_build.h"
#include "ctaild/ledger.h"
#include "ctaild/pipeline.h"
#include "ctaild/plan.h"
#include "ctaild/quiet.h"
#include "input/source.h"
#include "judge/silence.h"
#include "store/store.h"

/* Rows of this kind of path are not files'. */
#define RESTORE_JOURNAL "journal:"

struct restore {
	struct store *store;
	struct ledger *ledger;
	const struct plan *plan;
	struct pipeline *pipeline;
	struct quiet *quiet;		/* or NULL */
	const char *state_dir;
	bool only_asks;			/* nothing will be read: no delivery is
					 * put off */

	/* Gets each row whose path begins with RESTORE_JOURNAL, its text as
	 * ledger_cursor.text was; for one call only.  NULL: nobody wants
	 * them. */
	void (*journal)(void *arg, const char *path, struct span text);
	void *journal_arg;
};

/* Positions into a source that has not turned yet.  An offset file that
 * somebody edited is obeyed and logged; one that ctail, pygtail or logtail
 * left beside a log that is new to us is taken over, with ctail's
 * fingerprints where they are there.  Of a store that knows no file, as it was
 * lost, those that were exported are taken over likewise. */
int restore_positions(const struct restore *restore, struct source *source,
    struct err *err);

/* What rules whose definition is unchanged know: windows, throttles, what is
 * held, shapes; the clocks of quiet logs; patterns in quarantine; and alerts
 * that wait for records, whose delivery is put off for as long as they may. */
int restore_state(const struct restore *restore, int64_t now_ms,
    struct err *err);

/* What people asked not to be told for a while. */
int restore_silences(struct store *store, struct silences *silences,
    int64_t now_ms, struct err *err);

/* What rules that were changed or removed while nobody ran still held back:
 * emitted at once under the old name, to the default sinks.  The ids are
 * made from the rows, so that a crash before restore_prune does not tell it
 * twice. */
int restore_ended(const struct restore *restore,
    const struct alert_place *place, const struct pipeline_hooks *hooks,
    struct err *err);

/* Forgets positions of paths (and journals) that no log claims any more and
 * that have not moved for seven days, and state, shapes and notes of rules and
 * logs that are gone. */
int restore_prune(const struct restore *restore, struct source *source,
    int64_t now_ms, struct err *err);

#endif
