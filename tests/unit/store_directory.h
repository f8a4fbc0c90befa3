/*
 * store_directory: a state directory for one test, and away with it.
 */
#ifndef CTAIL_TESTS_STORE_DIRECTORY_H
#define CTAIL_TESTS_STORE_DIRECTORY_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct directory {
	char path[256];
	char database[300];
};

static inline void
directory_make(struct directory *directory)
{
	const char *parent = getenv("TMPDIR");

	snprintf(directory->path, sizeof(directory->path), "%s/ctail-XXXXXX",
	    parent && *parent ? parent : "/tmp");
	if (!mkdtemp(directory->path)) {
		perror("mkdtemp");
		exit(99);
	}
	snprintf(directory->database, sizeof(directory->database),
	    "%s/ctail.db", directory->path);
}

/* How many entries there are; may remove them. */
static inline int
directory_entries(const struct directory *directory, bool remove_them)
{
	DIR *dir = opendir(directory->path);
	struct dirent *entry;
	int count = 0;

	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		count++;
		if (remove_them)
			unlinkat(dirfd(dir), entry->d_name, 0);
	}
	if (dir)
		closedir(dir);
	return count;
}

static inline void
directory_remove(const struct directory *directory)
{
	chmod(directory->path, 0700);
	directory_entries(directory, true);
	rmdir(directory->path);
}

#endif
