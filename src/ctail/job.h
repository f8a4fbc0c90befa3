/*
 * job: one log, from where it was left to where it ends now.
 */
#ifndef CTAIL_CTAIL_JOB_H
#define CTAIL_CTAIL_JOB_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "ctail/options.h"
#include "ctail/output.h"
#include "ctail/place.h"
#include "ctail/status.h"
#include "input/follow.h"

/* What all logs of one run share. */
struct run {
	const struct options *options;
	struct unpacker unpacker;
	struct follow_options follow_options;
	struct output output;
	struct feed_memory memory;
	struct buf unpacked;	/* the follow's, for packed generations */
	struct buf labelled;	/* --prefix */
};

struct job {
	struct run *run;
	const char *log;
	struct place place;
	struct follow *follow;
	enum exit_status status;	/* its first failure */
	bool finished;		/* nothing more is wanted or possible */

	uint64_t lines, bytes;	/* printed; lines only where they count */
	unsigned rotations, truncations;
	bool inside_line;	/* what was printed last had no newline */
	bool counts_lines;
	uint64_t unmarked;	/* lines since --every-n stored */
	uint64_t marked_bytes;	/* printed when --follow stored on the way */

	char *told;		/* the last warning about its state */
	char *error;		/* why status is what it is, or NULL */
	bool stored;

	/* The position inside a line, behind what --partial-lines printed. */
	bool has_partial;
	struct position partial;

	/* --follow: what may be stored when the output has taken so many
	 * bytes. */
	bool has_pending;
	struct checkpoint pending;
	uint64_t pending_at;
	int64_t next_store_ms;	/* boot time */
	int watches[2];		/* file and directory; -1: none */
	int64_t next_look_ms;
	int64_t looked_ms;
	bool resting;		/* holds nothing open (rest.h) */
};

/* Locks, reads what is stored, and prepares the follow.  seen: how lstat saw
 * the log a moment ago (ino 0: not yet), or NULL.  False: nothing in it can
 * be new, or it cannot be read; status says why and everything was said. */
bool job_open(struct job *job, struct run *run, const char *log,
    const struct stat *seen);
void job_close(struct job *job);

/* Prints everything that is there now, as far as the options allow. */
void job_print(struct job *job);

/* Stores where it is, when that is something new and printing has not
 * failed. */
void job_store(struct job *job);

/* What a restart will continue from; the caller releases it. */
void job_checkpoint(const struct job *job, struct checkpoint *out);

/* The log's final status, gaps and --exit-code included. */
enum exit_status job_status(const struct job *job);

/* job_warn: unless --quiet.  job_fail: always; the first one decides the
 * status. */
void job_warn(const struct job *job, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void job_fail(struct job *job, enum exit_status status, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

/* The status when it cannot be read: what is no regular file is no log. */
enum exit_status job_unreadable(const struct job *job);

/* A warning that is not repeated while it stays the same. */
void job_tell(struct job *job, const char *text);

/* print.c: these lines, with --prefix or as they are. */
enum output_answer print_lines(struct job *job, struct span bytes);

/* Says why printing ended; false. */
bool print_failed(struct job *job, enum output_answer answer,
    const char *path, const struct err *err);

/* allowance.c: where printing of an extent must end; its own end when nothing
 * limits it.  -1 with err. */
int allowed_end(struct job *job, const struct follow_extent *extent,
    struct span packed, uint64_t *end_out, struct err *err);

/* Nothing more may be printed of this log. */
bool allowance_is_used(const struct job *job);

/* mark.c.  whole: what is printed of this extent is stored with all
 * fingerprints when it was consumed, else line by line at `reached`.  False:
 * it failed, which was said. */
bool mark_is_whole(const struct job *job, const struct follow_extent *extent);
bool mark_generation(struct job *job, const struct follow_extent *extent);
bool mark_reached(struct job *job, uint64_t offset);
bool mark_consumed(struct job *job);
bool mark_passed(struct job *job);

/* partial.c: what stands behind the last newline of the live file. */
void print_unfinished(struct job *job);

/* json_status.c: the object for --json-status, with its newline. */
void json_status_add(struct buf *out, const struct job *job);

#endif
