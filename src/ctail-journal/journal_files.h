/*
 * journal_files: opening the journal, and questions about it that need a
 * look of their own, without the matches of the reader.
 */
#ifndef CTAIL_JOURNAL_JOURNAL_FILES_H
#define CTAIL_JOURNAL_JOURNAL_FILES_H

#include <stdint.h>
#include <systemd/sd-journal.h>
#include "base/buf.h"
#include "base/err.h"

/* directory NULL: the system's. */
int journal_files_open(const char *directory, sd_journal **out,
    struct err *err);

/* 1 and the cursor of the last entry there is (the caller frees it), 0 when
 * there is none, -1 with err. */
int journal_files_last(const char *directory, char **cursor_out,
    struct err *err);

enum cursor_state {
	CURSOR_THERE,		/* its entry, or the very next one, is there */
	CURSOR_GONE,		/* something behind it, and not it */
	CURSOR_ALONE,		/* nothing is there to tell by */
};

/* -1 with err.  next_us: when the first entry behind it was written. */
int journal_files_look(const char *directory, const char *cursor,
    enum cursor_state *out, int64_t *next_us, struct err *err);

/* What keeps this user from reading the system's journal, or "" . */
void journal_files_access(const char *directory, struct buf *why_out);

/* The number behind NAME= in a cursor; false when it is not there. */
int64_t cursor_time_us(const char *cursor);

#endif
