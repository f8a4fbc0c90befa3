/*
 * platform: the only file of base with conditions on the system.
 *
 * Hides what the systems call the same thing.  Everything here is one small
 * question with one answer; logic belongs to the callers.
 */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#ifdef HAVE_MALLOC_TRIM
#include <malloc.h>
#endif
#ifdef HAVE_SYS_PRCTL_H
#include <sys/prctl.h>
#endif
#ifdef __linux__
#include <sys/vfs.h>
#endif

#include "base/platform_internal.h"

const char *
platform_program_name(void)
{
#if HAVE_DECL_PROGRAM_INVOCATION_SHORT_NAME
	return program_invocation_short_name;
#else
	return getprogname();
#endif
}

clockid_t
platform_boot_clock(void)
{
#ifdef CLOCK_BOOTTIME
	return CLOCK_BOOTTIME;
#else
	return CLOCK_MONOTONIC;
#endif
}

clockid_t
platform_stamp_clock(void)
{
#ifdef CLOCK_REALTIME_COARSE
	return CLOCK_REALTIME_COARSE;
#elif defined(CLOCK_REALTIME_FAST)
	return CLOCK_REALTIME_FAST;
#else
	return CLOCK_REALTIME;
#endif
}

int
platform_close_from(int first)
{
#ifdef HAVE_CLOSE_RANGE
	return close_range((unsigned)first, UINT_MAX, 0);
#else
	(void)first;
	errno = ENOSYS;
	return -1;
#endif
}

void
platform_die_with_parent(void)
{
#ifdef PR_SET_PDEATHSIG
	prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
}

int
platform_filesystem_type(const char *path, uint32_t *type_out)
{
#ifdef __linux__
	struct statfs status;

	if (statfs(path, &status))
		return -1;
	*type_out = (uint32_t)status.f_type;
	return 0;
#else
	(void)path;
	(void)type_out;
	return -1;
#endif
}

int
platform_peer(int fd, uid_t *uid_out)
{
#ifdef __linux__
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size))
		return -1;
	*uid_out = peer.uid;
	return 0;
#else
	gid_t gid;

	return getpeereid(fd, uid_out, &gid);
#endif
}

void
platform_trim_memory(void)
{
#ifdef HAVE_MALLOC_TRIM
	malloc_trim(0);
#endif
}
