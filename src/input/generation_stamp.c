/*
 * generation_stamp: when a file's time of change proves that it is unchanged.
 *
 * Hides how coarse such times are: a change that follows another one at once
 * may leave the same time behind.  So one counts only when it lay in the past
 * as the file was read, and only where this kernel's clock made it.
 */
#include "config.h"

#include <sys/stat.h>

#include "input/generation.h"
#include "input/watch.h"

/* Kernels count time in steps of at most 10 ms, some file systems in steps of
 * one or two seconds. */
#define MARGIN_NS 20000000
#define COARSE_MARGIN_NS 3000000000

int64_t
generation_stamp(
    const struct generation *generation, const struct follow_now *now)
{
	int fd = generation->content.fd;
	struct stat st;
	int64_t stamp_ns, margin;

	if (fstat(fd, &st) < 0 ||
	    (uint64_t)st.st_size != generation->position.offset)
		return 0;
	stamp_ns = position_stamp_ns(&st);
	margin = st.st_ctim.tv_nsec ? MARGIN_NS : COARSE_MARGIN_NS;
	if (stamp_ns > now->wall_ns - margin || !watch_sees_all(fd))
		return 0;
	return stamp_ns;
}
