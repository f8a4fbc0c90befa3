/*
 * mover_none: where the kernel cannot move bytes, it says so.
 */
#include "config.h"

#include "ctail/mover.h"

void
mover_init(struct mover *mover, bool is_pipe, bool is_file)
{
	(void)is_pipe;
	(void)is_file;
	*mover = (struct mover){0};
}

enum mover_answer
mover_move(struct mover *mover, int fd, uint64_t *at, uint64_t to)
{
	(void)mover;
	(void)fd;
	(void)at;
	(void)to;
	return MOVER_UNABLE;
}
