/*
 * sample: the records of files as they are now, read once and not followed.
 *
 * For `ctailctl test`, for the shapes that `new` learns from, for forecasts.
 * Knows records and compressed files as source.h does; remembers nothing and
 * changes nothing.
 */
#ifndef CTAIL_INPUT_SAMPLE_H
#define CTAIL_INPUT_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "input/source.h"

struct sample {
	const struct source_log *log;
	size_t index;			/* of the log, for the records */
	struct source_handler handler;	/* notice is not used */
	bool regular;			/* sample_file refuses what else stands
					 * there; a FIFO would be waited for */

	/* After each block, with handler.arg; false ends the reading
	 * (progress, Ctrl-C), which is no error.  done and size are plain
	 * bytes of the file at hand, size 0 where it is not known
	 * (compressed).  NULL: nobody wants to know. */
	bool (*progress)(void *arg, uint64_t done, uint64_t size);
};

/* Hands out the records of one file that begin between two offsets of its
 * plain bytes (0 and UINT64_MAX: all), the first offset included, the last one
 * not; the rest of a record that began before is skipped.  "-" is standard
 * input; what is no regular file is read on to its end, too.  A last line
 * without newline is a record.  A record's incarnation is empty.  0, or -1. */
int sample_file(const struct sample *sample, const char *path,
    uint64_t from, uint64_t to, struct err *err);

/* Every generation of a log that was changed at or after this wall time,
 * oldest first, the live one last; the records older than since_ms by
 * handler.time are left out (0: none; one without a time is as old as the one
 * before).  A generation that cannot be read is passed over, and -1 at the
 * end says which was the first. */
int sample_log(const struct sample *sample, const char *log_path,
    int64_t since_ms, struct err *err);

/* The files that a [log]'s patterns mean at present (source.h's discovery)
 * and that are there, sorted by path.  Other [log] sections are not known
 * here: what belongs to one before it is for the caller to leave out. */
int sample_paths(const struct source_log *log,
    void (*each)(void *arg, const char *path), void *arg, struct err *err);

#endif
