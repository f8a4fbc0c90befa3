/*
 * reader: the process that reads one file or log for readers.c, and what it
 * writes into its pipe.
 */
#ifndef CTAIL_CTAILCTL_READER_H
#define CTAIL_CTAILCTL_READER_H

#include "ctailctl/readers.h"

enum reader_kind {
	READER_RECORD = 1,	/* behind it: path, log_path, text */
	READER_PROGRESS,	/* offset and end are done and size */
	READER_FAILED,		/* behind it: a sentence */
	READER_WARNED,		/* likewise */
	READER_END,
};

/* Both ends are the same program, so it is written as it lies in memory. */
struct reader_frame {
	uint32_t kind;
	uint32_t path_len, log_path_len;
	uint32_t cut, partial;
	uint64_t text_len;
	uint64_t offset, end, lines;
	int64_t time_ms;
};

/* Reads everything into the pipe, and ends the process. */
_Noreturn void reader_run(const struct readers_spec *spec,
    const struct reading *reading, int pipe);

#endif
