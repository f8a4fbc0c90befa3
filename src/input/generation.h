/*
 * generation: one open file of a log's life, and the overlap read.
 *
 * Private to follow.  A generation knows its descriptor, its position and
 * whether it grows; names and successors are follow's business.
 */
#ifndef CTAIL_INPUT_GENERATION_H
#define CTAIL_INPUT_GENERATION_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "input/position.h"

struct generation {
	struct generation *next;
	char *path;		/* NULL: the log's own name */
	int fd;			/* -1: closed */
	bool hurry;		/* finished without waiting */
	int64_t changed;	/* boot ms when growth was last seen */
	uint64_t end;		/* of what was there then */
	struct position position;
};

enum generation_answer {
	GENERATION_DATA,	/* bytes_out: full lines */
	GENERATION_END,		/* bytes_out: what is left without newline */
	GENERATION_FOREIGN,	/* not the bytes that were read before */
	GENERATION_FAILED,	/* err says why; closed */
};

/* Opens a regular file, never blocking and never touching anything else.
 * -1 with errno (EISDIR or EINVAL when it is something else). */
int generation_open_file(const char *path, struct err *err);

void generation_close(struct generation *generation);

/* Reads behind the position into buffer, whose bytes before bytes_out are
 * the overlap. */
enum generation_answer generation_read(struct generation *generation,
    struct buf *buffer, size_t max_line, int64_t now_boot,
    struct span *bytes_out, struct err *err);

/* The position moves `used` bytes on; bytes as generation_read gave them. */
void generation_advance(struct generation *generation, struct span bytes,
    size_t used, bool skipping);

/* A new life of the open file begins at its first byte. */
int generation_begin(struct generation *generation);

/* As generation_begin, but at offset; UINT64_MAX means behind the last
 * newline. */
int generation_seek(struct generation *generation, uint64_t offset);

#endif
