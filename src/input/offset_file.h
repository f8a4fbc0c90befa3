/*
 * offset_file: the two decimal lines, inode and offset, that pygtail and
 * logtail write as well.
 *
 * Read: leading zeros, blanks behind a number and a missing last newline are
 * accepted, and anything after the second line is ignored, as those tools
 * do.  Zero bytes count as absent.  Anything else is an error, never a silent
 * fresh start.  A symbolic link is refused in both directions.
 *
 * Written: a temporary file beside it, renamed over it, keeping owner, group
 * and mode of the one it replaces.
 */
#ifndef CTAIL_INPUT_OFFSET_FILE_H
#define CTAIL_INPUT_OFFSET_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/span.h"

struct offset_entry {
	uint64_t inode;
	uint64_t offset;
};

enum offset_read {
	OFFSET_OK = 1,
	OFFSET_ABSENT = 0,	/* no file */
	OFFSET_EMPTY = 2,	/* zero bytes: as absent, worth one warning */
	OFFSET_DAMAGED = -1,	/* err says how */
	OFFSET_UNREADABLE = -2,	/* err says why */
};

/* The text form alone: 0 or -1. */
int offset_parse(struct span text, struct offset_entry *out,
    struct err *err);

enum offset_read offset_file_read(const char *path,
    struct offset_entry *out, struct err *err);

/* Fails early, before anything is printed: 0 when a later write is expected
 * to succeed. */
int offset_file_writable(const char *path, struct err *err);

/* sync: also fsync file and directory (ctail), or leave it to the kernel
 * where the file is only an export (ctaild). */
enum offset_sync { OFFSET_NO_SYNC, OFFSET_SYNC };

int offset_file_write(const char *path, const struct offset_entry *entry,
    enum offset_sync sync, struct err *err);

/* True for the names of files that ctail itself writes beside a log: offset
 * files and the temporary files they are made from.  name has no
 * directory. */
bool offset_file_is_own(struct span name);

#endif
