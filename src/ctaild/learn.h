/*
 * learn: what `new` is to know before it says a word.
 *
 * A rule with `when = new` learns once from what its logs hold already: of
 * each file, at most LEARN_BYTES_MAX before the place where reading begins,
 * from its rotated generations where it has not so many.
 * Which rule has learned from which log is remembered, with its definition,
 * in the transaction that stores the shapes; so a crash makes it learn again,
 * and a changed rule does too.  The journal of systemd cannot be read back, so
 * nothing is learned from it.
 */
#ifndef CTAIL_CTAILD_LEARN_H
#define CTAIL_CTAILD_LEARN_H

#include <stdint.h>
#include "base/err.h"
#include "ctaild/ledger.h"
#include "ctaild/pipeline.h"
#include "ctaild/plan.h"
#include "input/source.h"
#include "store/store.h"

#define LEARN_BYTES_MAX (UINT64_C(64) * 1024 * 1024)

/* The kind of the notes; a name is rule NUL definition NUL log. */
#define LEARN_NOTE "learned"

struct learn {
	const struct plan *plan;
	const struct source_log *logs;
	const struct source *source;	/* that has not turned yet */
	struct pipeline *pipeline;
	struct store *store;
	struct ledger *ledger;
	int64_t now_ms;
	bool silent;		/* no word to the journal about it */
};

/* Before the first turn of a session whose state has been restored. */
int learn_run(const struct learn *learn, struct err *err);

/* Whether a note of this name is of a rule and log that are still there. */
bool learn_note_is_current(const struct plan *plan, struct span name);

#endif
