/*
 * files: a directory to try things out in, for the unit tests of input.
 *
 * Everything lies below one directory made by files_begin, which
 * files_end removes.  Names are relative to it.
 */
#ifndef CTAIL_TESTS_FILES_H
#define CTAIL_TESTS_FILES_H

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char files_dir[512];

static inline void
files_begin(void)
{
	const char *base = getenv("TMPDIR");

	snprintf(files_dir, sizeof(files_dir), "%s/ctail-unit.XXXXXX",
	    base && *base ? base : "/tmp");
	if (!mkdtemp(files_dir)) {
		perror("mkdtemp");
		exit(99);
	}
}

static inline int
files_remove_one(const char *path, const struct stat *st, int type,
    struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void
files_clear(void)
{
	nftw(files_dir, files_remove_one, 16, FTW_DEPTH | FTW_PHYS);
	mkdir(files_dir, 0700);
}

static inline void
files_end(void)
{
	nftw(files_dir, files_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* A few results stay valid at a time. */
static inline const char *
files_path(const char *name)
{
	static char paths[8][1024];
	static unsigned at;
	char *path = paths[at++ % 8];

	snprintf(path, sizeof(paths[0]), "%s/%s", files_dir, name);
	return path;
}

static inline void
files_put(const char *name, const void *bytes, size_t len, int flags)
{
	int fd = open(files_path(name), O_WRONLY | O_CREAT | flags, 0644);

	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len) {
		perror(name);
		exit(99);
	}
	close(fd);
}

static inline void
files_write(const char *name, const char *text)
{
	files_put(name, text, strlen(text), O_TRUNC);
}

static inline void
files_append(const char *name, const char *text)
{
	files_put(name, text, strlen(text), O_APPEND);
}

static inline void
files_rename(const char *from, const char *to)
{
	if (rename(files_path(from), files_path(to)) < 0) {
		perror(from);
		exit(99);
	}
}

static inline void
files_mkdir(const char *name)
{
	if (mkdir(files_path(name), 0755) < 0 && errno != EEXIST) {
		perror(name);
		exit(99);
	}
}

#endif
