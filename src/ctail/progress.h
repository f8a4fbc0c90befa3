/*
 * progress: how far a long backlog is, for a person at a terminal.
 *
 * On standard error, a few times a second and only after a while; erased when
 * the backlog is through.
 */
#ifndef CTAIL_CTAIL_PROGRESS_H
#define CTAIL_CTAIL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool wanted;
	uint64_t from, to;
	int64_t next_ms;	/* when to say something again; 0: not begun */
	int shown;		/* columns to erase */
};

/* wanted: unless standard error is no terminal, or standard output is one. */
void progress_init(struct progress *progress, bool wanted);
void progress_begin(struct progress *progress, uint64_t from, uint64_t to);
void progress_update(struct progress *progress, uint64_t at);
void progress_end(struct progress *progress);

#endif
