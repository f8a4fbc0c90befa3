/*
 * mapping_mmap: windows where the system has mmap(2).
 *
 * Hides the room in which windows follow one another, placed so that large
 * pages of the file are large pages of ours; and the handler of SIGBUS, which
 * does what libwayland's of shared pools does: it lays zeros over the window
 * and lets the look go on.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bug.h"
#include "base/mapping.h"
#include "base/mem.h"

#define ROOM ((size_t)(MAPPING_MAX + MAPPING_GRAIN))

struct mapping {
	int fd;
	char *reserved, *room; /* room: the same, from a large page's border */
};

/* The one object of ctail that a handler has to find by itself: SIGBUS comes
 * in the midst of a look at a byte, and carries an address but nothing of
 * ours.  It is written while nothing can fault (no window is shown), and by
 * the handler, on the one thread that looks. */
static struct window {
	char *volatile begin;
	volatile size_t len;
	volatile sig_atomic_t torn;
	volatile sig_atomic_t watched; /* there is a mapping */
	struct sigaction before;
} window;

static bool
is_in_window(const siginfo_t *info)
{
	/* Up to 0: somebody sent it. */
	return info->si_code > 0 &&
	       (uintptr_t)info->si_addr - (uintptr_t)window.begin < window.len;
}

static void
on_bus_error(int number, siginfo_t *info, void *context)
{
	int before = errno;

	(void)context;
	if (is_in_window(info) &&
	    mmap(window.begin, window.len, PROT_READ,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		0) != MAP_FAILED) {
		window.torn = 1;
	} else {
		sigaction(SIGBUS, &window.before, NULL);
		raise(number);
	}
	errno = before;
}

/* One that is held back would end the process instead. */
static void
watch(void)
{
	struct sigaction action = {.sa_flags = SA_SIGINFO};
	sigset_t bus;

	if (window.watched)
		BUG("a second mapping");
	action.sa_sigaction = on_bus_error;
	sigemptyset(&action.sa_mask);
	sigemptyset(&bus);
	sigaddset(&bus, SIGBUS);
	sigaction(SIGBUS, &action, &window.before);
	sigprocmask(SIG_UNBLOCK, &bus, NULL);
	window.watched = 1;
}

static void *
reserve(void *at, size_t len)
{
	return mmap(at, len, PROT_NONE,
	    MAP_PRIVATE | MAP_ANONYMOUS | (at ? MAP_FIXED : 0), -1, 0);
}

struct mapping *
mapping_new(void)
{
	size_t grain = (size_t)MAPPING_GRAIN;
	void *reserved = reserve(NULL, ROOM + grain);
	struct mapping *mapping;

	if (reserved == MAP_FAILED)
		return NULL;
	mapping = xcalloc(1, sizeof(*mapping));
	mapping->fd = -1;
	mapping->reserved = reserved;
	mapping->room =
	    mapping->reserved + (grain - (uintptr_t)reserved % grain) % grain;
	watch();
	return mapping;
}

void
mapping_free(struct mapping *mapping)
{
	if (!mapping)
		return;
	window.len = 0;
	sigaction(SIGBUS, &window.before, NULL);
	window.watched = 0;
	munmap(mapping->reserved, ROOM + (size_t)MAPPING_GRAIN);
	free(mapping);
}

off_t
mapping_border(off_t at)
{
	return at - at % sysconf(_SC_PAGESIZE);
}

int
mapping_show(struct mapping *mapping, int fd, off_t from, off_t to,
    struct span *out)
{
	char *at = mapping->room + from % MAPPING_GRAIN;
	size_t len = (size_t)(to - from);

	if (from < 0 || from >= to || to - from > MAPPING_MAX ||
	    from != mapping_border(from))
		BUG("no window");
	window.len = 0;
	/* The pages of the last one are given back. */
	if (reserve(mapping->room, ROOM) == MAP_FAILED ||
	    mmap(at, len, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, from) ==
		MAP_FAILED)
		return -1;
	mapping->fd = fd;
	window.torn = 0;
	window.begin = at;
	window.len = len;
	*out = span_of(at, len);
	return 0;
}

bool
mapping_holds(const struct mapping *mapping, off_t end)
{
	struct stat st;

	return !window.torn && !fstat(mapping->fd, &st) && st.st_size >= end;
}
