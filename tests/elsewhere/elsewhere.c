/*
 * elsewhere: preloaded into the programs under test, another machine: its
 * clock can be set, its disks may be another's, and a signal may come early.
 *
 *	ELSEWHERE_CLOCK=FILE	the wall clock is off by the ms that FILE says,
 *				as it stands at each look; boot time goes on
 *	ELSEWHERE_DISK=TYPE	every file system has this type (as statfs(2)'s
 *				f_type), 0x6969 being NFS
 *	ELSEWHERE_SIGNAL=N	the first look at a clock brings this signal
 */
#include "config.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

/* The offset in ms; 0 when there is none. */
static long long
clock_offset(void)
{
	const char *path = getenv("ELSEWHERE_CLOCK");
	char text[32] = "";
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;

	if (fd < 0)
		return 0;
	if (read(fd, text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	close(fd);
	return strtoll(text, NULL, 10);
}

static void
move(struct timespec *time)
{
	long long ms = clock_offset(), ns;

	ns = time->tv_nsec + ms % 1000 * 1000000;
	time->tv_sec += (time_t)(ms / 1000);
	if (ns < 0 || ns >= 1000000000) {
		time->tv_sec += ns < 0 ? -1 : 1;
		ns += ns < 0 ? 1000000000 : -1000000000;
	}
	time->tv_nsec = (long)ns;
}

static void
bring_signal(void)
{
	const char *number = getenv("ELSEWHERE_SIGNAL");
	int brought = number ? atoi(number) : 0;

	if (!brought)
		return;
	unsetenv("ELSEWHERE_SIGNAL");
	raise(brought);
}

int
clock_gettime(clockid_t clock, struct timespec *out)
{
	int (*real)(clockid_t clock, struct timespec *out);
	int result;

	*(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
	bring_signal();
	result = real(clock, out);
	if (!result &&
	    (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
		move(out);
	return result;
}

int
statfs(const char *path, struct statfs *out)
{
	int (*real)(const char *path, struct statfs *out);
	const char *type = getenv("ELSEWHERE_DISK");
	int result;

	*(void **)&real = dlsym(RTLD_NEXT, "statfs");
	result = real(path, out);
	if (!result && type)
		out->f_type = (__typeof__(out->f_type))strtoll(type, NULL, 0);
	return result;
}
