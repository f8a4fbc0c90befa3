/*
 * position: how far one file has been read, and how to know it again.
 *
 * Identity is content first: device and inode numbers come back at once on
 * ext4, so a position carries two fingerprints besides them: of the head of
 * the file (at most POSITION_PRINT bytes) and of the last consumed bytes
 * before offset.  Hashes are kept, not bytes.  The incarnation names
 * one file's life: it is new whenever a file is begun or rewound, and alert
 * ids are made from it.
 */
#ifndef CTAIL_INPUT_POSITION_H
#define CTAIL_INPUT_POSITION_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include "base/span.h"

#define POSITION_PRINT 1024
#define POSITION_FIRST 64
#define POSITION_HASH 16

struct fingerprint {
	uint16_t len;			/* bytes hashed; 0: none */
	unsigned char hash[POSITION_HASH];	/* front of their SHA-256 */
};

struct position {
	uint64_t dev;			/* 0: not known (from an offset file) */
	uint64_t ino;
	int64_t birth_ns;		/* 0: the file system does not say */
	uint64_t offset;		/* first byte not yet consumed */
	struct fingerprint head;	/* as long as offset allows */
	struct fingerprint first;	/* of POSITION_FIRST bytes, once so many
					 * were read: to know a copy that is
					 * shorter than head */
	struct fingerprint tail;	/* ends at offset */
	bool skipping;			/* inside a line beyond max_line */
	char incarnation[33];
};

void fingerprint_take(struct fingerprint *print, struct span bytes);
bool fingerprint_equal(const struct fingerprint *a,
    const struct fingerprint *b);

/* Of NUL bytes only: what a writer without O_APPEND leaves behind a truncation
 * looks alike in every file and proves little. */
bool fingerprint_is_blank(const struct fingerprint *print);

/* Fills dev, ino and birth_ns from an open file; -1 with errno. */
int position_identify(struct position *position, int fd);

/* The same of what is under path, links followed. */
int position_identify_path(struct position *position, const char *path);

/* The file, as lstat saw it, ends at the position and has not changed since
 * its time of change was stamp_ns (checkpoint.h; 0: not known).  Whatever
 * happens to a file changes that time: being written, truncated, renamed.  A
 * symbolic link never is unchanged. */
bool position_is_unchanged(const struct position *position, int64_t stamp_ns,
    const struct stat *st);
int64_t position_stamp_ns(const struct stat *st);

/* Same ino, and the same dev and birth time where both know them. */
bool position_same_file(const struct position *a, const struct position *b);

#endif
