/*
 * source: all logs of a configuration, and what is new in them.
 *
 * Owns discovery, watches and follows.  The caller gives [log] sections in
 * their order (a path claimed by several belongs to the first), polls
 * source_fd, and calls source_turn, which reads what is dirty within a
 * budget, round-robin, and hands out records.  Positions reach the caller
 * by source_positions: the caller stores them in its transaction.
 *
 * First sight: a file that is there when its path pattern is accepted for
 * the first time begins as `start` says; one that appears later begins at its
 * first byte.  The caller knows which patterns are new (source_log.known).
 */
#ifndef CTAIL_INPUT_SOURCE_H
#define CTAIL_INPUT_SOURCE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/span.h"
#include "input/follow.h"
#include "input/log_settings.h"
#include "input/checkpoint.h"
#include "input/record.h"
#include "input/unpack.h"

struct source;

struct source_log {
	const char *name;
	const struct log_settings *settings;	/* outlives the source */
	const struct unpacker *unpacker;	/* outlives it too; or NULL */
	const bool *known;	/* per settings->path item: seen before */
	unsigned group;		/* logs of one group (not 0) are merged by the
				 * time of their records: within one pass, what
				 * is there of all their files is handed out
				 * oldest first (source_merge.c); what comes
				 * meanwhile waits for the next pass, so that
				 * none is kept from its turn for ever */
};

enum source_notice {
	SOURCE_MISSING,		/* waiting for a log to appear */
	SOURCE_APPEARED,
	SOURCE_UNREADABLE,
	SOURCE_NOT_A_FILE,	/* a directory, a device, ... */
	SOURCE_ROTATED,
	SOURCE_GAP,		/* lines are lost, or may be */
	SOURCE_WAITING,		/* for a file that is being compressed */
	SOURCE_TRUNCATED,
	SOURCE_VANISHED,
	SOURCE_CUT_LINE,
	SOURCE_POLLING,		/* watches are not to be had here */
	SOURCE_COPY,		/* of another log under a name of its own: not
				 * read */
	SOURCE_NO_TIME,		/* of `start = last`: no time was found in it,
				 * so it is begun at its end */
};

struct source_handler {
	void (*record)(void *arg, const struct record *record);
	/* Each notice comes once per state, not once per look. */
	void (*notice)(void *arg, enum source_notice kind, const char *path,
	    const char *text);
	record_place *place;	/* NULL: lines are records */
	/* The time of a record (as the rules will count it), for merging and
	 * for `start = last`; NULL or 0: not known, it is as old as the one
	 * before.  A pure question: it is asked again for the same record. */
	int64_t (*time)(void *arg, size_t log, const char *log_path,
	    struct span text);

	/* Of whole lines that are records of their own, none of them cut, each
	 * with its newline: how many bytes from the first on hold lines that
	 * nobody wants to see.  These count as handed out (skipped says how
	 * many they were), and record gets the line behind them, if there is
	 * one; then it is asked again with what is left.  NULL: all are
	 * wanted.  Neither is used where the files of a group are merged, nor
	 * where lines are joined. */
	size_t (*unwanted)(void *arg, size_t log, const char *log_path,
	    struct span lines);
	void (*skipped)(void *arg, size_t log, uint64_t lines);
	void *arg;
};

struct source_position {
	const char *path;	/* the log's own name */
	const char *log;	/* the section's name */
	const struct checkpoint *checkpoint;
};

struct source *source_new(const struct source_log *logs, size_t count,
    struct source_handler handler, struct err *err);
void source_free(struct source *source);

/* A stored checkpoint (copied), before the first turn; takes effect when the
 * path is discovered. */
void source_restore(struct source *source, const char *path,
    const struct checkpoint *checkpoint);

/* The same of one that comes from elsewhere and is in no store yet: its
 * position counts as changed. */
void source_take_over(struct source *source, const char *path,
    const struct checkpoint *checkpoint);

/* The checkpoint stored for this path; NULL when there is none, or a file has
 * it. */
const struct checkpoint *source_restored(const struct source *source,
    const char *path);

int source_fd(const struct source *source);

/* False for the few milliseconds after hints came in, when source_fd need not
 * be polled because source_due is as near: a busy log then wakes the caller
 * every 5 ms and not for every line. */
bool source_listening(const struct source *source);

/* When the next turn is due although nothing is readable, boot ms; the slow
 * sweep included. */
int64_t source_due(const struct source *source);

/* Makes everything dirty, discovery too. */
void source_rescan(struct source *source);

/* Before the first turn of a --once: what comes to a file after its first look
 * is no reason to read on, so that a writer that never stops cannot keep the
 * turns from ending; and there is no SOURCE_POLLING, since nobody waits. */
void source_read_once(struct source *source);

/* Reads about budget bytes; a look that finds nothing counts a little too.
 * True when there is more to read at once. */
bool source_turn(struct source *source, const struct follow_now *now,
    size_t budget);

/* The positions changed since source_positions_stored, all of them, and that
 * of one path, if it is followed. */
void source_positions_changed(struct source *source,
    void (*each)(void *arg, const struct source_position *position),
    void *arg);
void source_positions_stored(struct source *source);
void source_positions_all(struct source *source,
    void (*each)(void *arg, const struct source_position *position),
    void *arg);
void source_position_of(struct source *source, const char *path,
    void (*call)(void *arg, const struct source_position *position),
    void *arg);

/* True when everything that was there at the last look has been handed out,
 * of every log; an open record counts as handed out until its time is up. */
bool source_is_caught_up(const struct source *source);

/* For the pass of --once: true while an open record waits for its time. */
bool source_is_waiting(const struct source *source);

/* Moves a file's position; offset UINT64_MAX is the end.  -1 when the path
 * is not followed. */
int source_seek(struct source *source, const char *path, uint64_t offset,
    struct err *err);

/* For `status`. */
struct source_file {
	const char *path;
	const char *log;
	uint64_t offset;
	int64_t size;		/* -1: absent */
	uint64_t lines, bytes, cut, partial;
	struct follow_gaps gaps;
	uint64_t records;	/* as many as lines where none are joined */
	int64_t read_ms;	/* wall ms of the last record's arrival; 0:
				 * none since the start */
	const char *state;	/* "inotify", "polling", "missing", ... */
	const char *why;	/* polling: "nfs", "no watches left", ...; else
				 * NULL */
};

void source_files(struct source *source,
    void (*each)(void *arg, const struct source_file *file), void *arg);

#endif
