/*
 * output: standard output, and bytes of a log into it as cheaply as it takes
 * them.
 *
 * Large backlogs are moved by the kernel (mover.h).  The bytes right before
 * the place that was reached always go through memory, because a fingerprint
 * must be of what was output and not of what the file holds later.
 */
#ifndef CTAIL_CTAIL_OUTPUT_H
#define CTAIL_CTAIL_OUTPUT_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/span.h"
#include "ctail/feed.h"
#include "ctail/mover.h"
#include "ctail/progress.h"

struct output {
	bool is_pipe, is_file;
	struct mover mover;
	struct progress progress;
	uint64_t written;	/* bytes taken so far */
	const volatile sig_atomic_t *stop;	/* or NULL */
	int64_t give_up_ms;	/* *stop was seen: boot time until when the
				 * line that was begun may be ended */
	bool inside_line;	/* behind what was written last */
};

enum output_answer {
	OUTPUT_OK = 0,
	OUTPUT_STOPPED,		/* *stop was set meanwhile; a line that was
				 * begun was ended, if the reader took it */
	OUTPUT_BROKEN,		/* errno says why */
	OUTPUT_NO_SOURCE,	/* the log could not be read; err says it */
};

void output_init(struct output *output, bool no_splice, bool progress);

enum output_answer output_write(struct output *output, struct span bytes);

/* All that the feed has left; feed->at is how far it came. */
enum output_answer output_feed(struct output *output, struct feed *feed,
    struct err *err);

/* Whether what was written is safe as far as write(2) can be trusted: some
 * file systems tell only at the end. */
enum output_answer output_settle(struct output *output);

/* For pipes: how many of the written bytes the reader has taken. */
uint64_t output_taken(const struct output *output);

/* Waits until the pipe is empty; BROKEN when its reader goes away before. */
enum output_answer output_drain(struct output *output);

#endif
