/*
 * mapped: for unit tests of what needs files that can be mapped.
 */
#ifndef CTAIL_TESTS_MAPPED_H
#define CTAIL_TESTS_MAPPED_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mapping.h"

/* Where files are compressed they look as if they had holes. */
static inline bool
mapped_is_full(const char *directory)
{
	static const char bytes[65536];
	char path[512];
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "%s/ctail-full-XXXXXX", directory);
	fd = mkstemp(path);
	unlink(path);
	if (write(fd, bytes, sizeof(bytes)) != sizeof(bytes) || fstat(fd, &st))
		abort();
	close(fd);
	return st.st_blocks >= st.st_size / 512;
}

/* Ends the test where this system maps none as we need it. */
static inline void
mapped_or_skip(void)
{
	struct mapping *mapping = mapping_new();
	const char *directory = getenv("TMPDIR");
	bool full = mapped_is_full("/tmp") &&
		    (!directory || !*directory || mapped_is_full(directory));

	mapping_free(mapping);
	if (mapping && full)
		return;
	puts("1..0 # SKIP files are not mapped on this system");
	exit(0);
}

#endif
