/*
 * journals: the [log] sections that are journals, as one source.
 *
 * What source.h is for files: turns, positions, descriptors to poll.
 */
#ifndef CTAIL_CTAILD_JOURNALS_H
#define CTAIL_CTAILD_JOURNALS_H

#include <stdbool.h>
#include <stdint.h>
#include "base/loop.h"
#include "ctaild/ledger.h"
#include "input/journal.h"
#include "input/source.h"

struct journals;

/* Takes those of the logs that have `journal`; logs outlives it. */
struct journals *journals_new(const struct source_log *logs, size_t count,
    const struct journal_options *options, struct source_handler handler);
void journals_free(struct journals *journals);

/* For struct restore: one stored row.  Rows of others are ignored. */
void journals_restore(void *journals, const char *path, struct span text);

/* For ledger_attach_cursors. */
void journals_each_cursor(void *journals,
    void (*take)(void *take_arg, const struct ledger_cursor *cursor),
    void *take_arg);

/* As source_turn, for all of them together; each gets its share. */
bool journals_turn(struct journals *journals, int64_t now_boot,
    size_t budget);

/* What the turns since the last call have done to positions. */
enum journals_progress {
	JOURNALS_REST,
	JOURNALS_MOVED,
	JOURNALS_BEGUN,		/* where one begins is known now: to be stored
				 * before anything else is read */
};
enum journals_progress journals_progress(struct journals *journals);

/* When the next turn is due although nothing is readable, or -1. */
int64_t journals_due(const struct journals *journals);

/* Everything that is there now has been handed out (--once). */
bool journals_are_done(const struct journals *journals);

/* Has the loop call when something can be read.  To be called again behind
 * every turn, because helpers come and go. */
void journals_watch(struct journals *journals, struct loop *loop,
    void (*call)(void *arg, unsigned events), void *arg);
void journals_unwatch(struct journals *journals);

/* For `status`. */
void journals_files(const struct journals *journals,
    void (*each)(void *arg, const struct source_file *file), void *arg);

#endif
