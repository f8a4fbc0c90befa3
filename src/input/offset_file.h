/*
 * offset_file: the two decimal lines, inode and offset, that pygtail and
 * logtail write as well.
 *
 * Read: leading zeros, blanks behind a number and a missing last newline are
 * accepted, and anything after the second line is ignored, as those tools
 * do.  Zero bytes count as absent.  Anything else is an error, never a silent
 * fresh start.  A symbolic link is refused in both directions, and so is a
 * file of another owner (root may use one that belongs to its directory's
 * owner).
 *
 * Written: a temporary file beside it, renamed over it, keeping owner, group
 * and mode of the one it replaces; where the directory does not allow that
 * but the file can be written, and while lines are stored one by one, in
 * place: fixed width, one pwrite, so that a crash leaves the old or the new
 * numbers.
 */
#ifndef CTAIL_INPUT_OFFSET_FILE_H
#define CTAIL_INPUT_OFFSET_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
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

/* The same of one that is open already, and how it looked then. */
enum offset_read offset_file_read_open(int fd, const struct stat *st,
    const char *path, struct offset_entry *out, struct err *err);

/* How a later write will be done. */
enum offset_place {
	OFFSET_REPLACE,		/* beside it and renamed */
	OFFSET_IN_PLACE,	/* the directory cannot be written to */
};

/* Fails early, before anything is printed: 0 when a later write is expected
 * to succeed, and how.  A file that is not there needs the directory. */
int offset_file_writable(const char *path, enum offset_place *place_out,
    struct err *err);

/* sync: also fsync file and directory (ctail), or leave it to the kernel
 * where the file is only an export (ctaild). */
enum offset_sync { OFFSET_NO_SYNC, OFFSET_SYNC };

/* OFFSET_REPLACE turns into writing in place where something is mounted on
 * the name (a container's single file), and where the disk is too full for a
 * second file. */
int offset_file_write(const char *path, const struct offset_entry *entry,
    enum offset_place place, enum offset_sync sync, struct err *err);

/* The file that is there, open for offset_file_pwrite, with the same checks;
 * -1 with err. */
int offset_file_open(const char *path, struct err *err);

/* One pwrite of OFFSET_FIXED bytes ("%020u\n" twice) into a file that
 * holds nothing or as many; shorter content is padded with blanks behind the
 * offset before, longer content is cut off behind it afterwards.  fd is open
 * for reading and writing.  Nothing is synced. */
#define OFFSET_FIXED 42
int offset_file_pwrite(int fd, const char *path,
    const struct offset_entry *entry, struct err *err);

/* True for the names of files that ctail itself writes beside a log: offset
 * files, their fingerprints and the temporary files they are made from.  name
 * has no directory. */
bool offset_file_is_own(struct span name);

#endif
