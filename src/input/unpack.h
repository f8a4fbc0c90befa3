/*
 * unpack: the plain bytes of a compressed file, through ctail-unpack.
 *
 * A process of its own does the decompression (DESIGN.md section 2): it gets
 * the file as standard input and a pipe as standard output, and nothing else.
 * Where ctaild may not start programs it is asked for over a socket instead
 * (unpacker.socket): the file's descriptor is handed over with SCM_RIGHTS and
 * the bytes come back on the connection.
 *
 * The stream is read like a file, at offsets of plain bytes that hardly ever
 * go back: what was asked for last stays in a window, so that an overlap can
 * be read again; an offset before the window starts the program anew.  Never
 * more in memory than one call's length plus UNPACK_BLOCK.
 *
 * The helper is given UNPACK_STALL_MS to say something; then it is killed and
 * the read fails.
 */
#ifndef CTAIL_INPUT_UNPACK_H
#define CTAIL_INPUT_UNPACK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/err.h"

#define UNPACK_BLOCK (256 * 1024)
#define UNPACK_STALL_MS 10000

struct unpacker {
	const char *program;	/* its path; NULL when only socket is given */
	const char *socket;	/* path of a unix socket, or NULL; tried before
				 * program, and instead of it */
	int stall_ms;		/* 0: UNPACK_STALL_MS */
};

struct unpack;

/* How a stream ended; what ctail-unpack says by its exit status. */
enum unpack_end {
	UNPACK_GOING_ON,	/* not at the end yet */
	UNPACK_COMPLETE,	/* the format's own end was there and right */
	UNPACK_UNFINISHED,	/* the file ends before its data does: it is
				 * still being compressed, or was cut */
	UNPACK_DAMAGED,		/* not valid data of its format */
	UNPACK_UNKNOWN,		/* in a format that cannot be read here */
	UNPACK_TOO_LARGE,	/* more plain bytes than any log has */
	UNPACK_FAILED,		/* the helper could not be started or died */
};

/* fd is duplicated; nothing is started before the first read. */
struct unpack *unpack_new(const struct unpacker *unpacker, int fd);
void unpack_free(struct unpack *unpack);

/* As pread(2), except that a short answer means the end (see unpack_end), and
 * that -1 sets err to a whole sentence without the file's name.  After -1 the
 * next call begins anew; after any other end that end stays. */
ssize_t unpack_pread(struct unpack *unpack, void *to, size_t len,
    uint64_t offset, struct err *err);

enum unpack_end unpack_end(const struct unpack *unpack);

/* Why, for people: "is damaged", "is not complete", ... */
const char *unpack_end_words(enum unpack_end end);

#endif
