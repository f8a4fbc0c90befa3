/*
 * journal: the systemd journal as a log, through ctail-journal.
 *
 * A process of its own reads the journal (it links libsystemd and has the
 * right to; DESIGN.md section 2) and sends one frame (base/fields.h) a
 * record over a socket.  It is started by ctaild, or connected to as a
 * socket-activated instance, told where to begin, and kept; when it ends it
 * is started again, not more often than every JOURNAL_RESTART_MS.
 *
 * The position is the journal's own cursor, kept in the same row and the same
 * transaction as a file's checkpoint.  A record's incarnation and offset are
 * the cursor's sequence id and number, so that alert ids are stable.  When the
 * cursor's record is not there any more (vacuumed), reading goes on at the
 * next one there is, and that is a gap.  A record looks like a line of
 * /var/log/syslog with an RFC 3339 time; its journal fields come with it.
 */
#ifndef CTAIL_INPUT_JOURNAL_H
#define CTAIL_INPUT_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "base/span.h"
#include "input/log_settings.h"
#include "input/source.h"

#define JOURNAL_RESTART_MS 5000
#define JOURNAL_CURSOR_MAX 512

/* How long one pass waits for a helper that says nothing. */
#define JOURNAL_PATIENCE_MS 60000

struct journal;

struct journal_options {
	const char *program;	/* path of ctail-journal */
	const char *socket;	/* where to ask for it instead, or NULL */
	const char *directory;	/* journal files to read (tests); or NULL */
	bool once;		/* ends at the journal's end (--once) */
};

/* log (borrowed) and its index for record.log.  Records come with path and
 * log_path "journal:NAME".  A helper that was started ends when its connection
 * does; whoever gets SIGCHLD reaps it. */
struct journal *journal_new(const struct source_log *log, size_t index,
    const struct journal_options *options, struct source_handler handler);
void journal_free(struct journal *journal);

/* "journal:NAME". */
const char *journal_path(const struct journal *journal);

/* Where to continue, before the first turn; a cursor that is not one is an
 * error.  Without it: the end, or the start, as the log's settings say. */
int journal_restore(struct journal *journal, struct span cursor,
    struct err *err);

/* To poll for reading; -1 while no helper is there.  Changes with turns
 * only. */
int journal_fd(const struct journal *journal);
int64_t journal_due(const struct journal *journal);	/* boot ms, or -1 */

/* Starts the helper when it is time, and hands out what has arrived, about
 * budget bytes; true when there is more at once. */
bool journal_turn(struct journal *journal, int64_t now_boot, size_t budget);

/* Everything that is there now has been handed out, or cannot be (--once). */
bool journal_is_done(const struct journal *journal);

/* Behind the last record handed out; empty before the first, unless the
 * helper has said where the journal ends. */
struct span journal_cursor(const struct journal *journal);

/* For `status`; path is "journal:NAME". */
void journal_status(const struct journal *journal, struct source_file *out);

#endif
