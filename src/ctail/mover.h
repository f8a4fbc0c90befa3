/*
 * mover: the kernel moves bytes of a file to standard output.
 *
 * One of mover_splice.c and mover_none.c is linked, by configure.  Bytes that
 * were spliced into a pipe are the file's own pages: what overwrites them
 * before the reader takes them is what the reader sees (--no-splice).
 */
#ifndef CTAIL_CTAIL_MOVER_H
#define CTAIL_CTAIL_MOVER_H

#include <stdbool.h>
#include <stdint.h>

struct mover {
	bool can_splice, can_copy;
	bool enlarged;		/* the pipe, or it cannot be */
	uint64_t room;		/* of the pipe, once it is large; else 0 */
};

enum mover_answer {
	MOVER_OK,		/* some bytes, or interrupted: again */
	MOVER_UNABLE,		/* the rest must be read and written; also at
				 * the file's end */
	MOVER_FULL,		/* a pipe that does not block has no room */
	MOVER_BROKEN,		/* errno says why */
};

void mover_init(struct mover *mover, bool is_pipe, bool is_file);

/* Moves [*at, to) or less of it and advances *at. */
enum mover_answer mover_move(struct mover *mover, int fd, uint64_t *at,
    uint64_t to);

#endif
