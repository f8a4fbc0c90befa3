/*
 * mail_parts: what a mail says, for its plain and its HTML part alike.
 *
 * Private to the files of mail.  Text that is handed out here is clean
 * (message/text.h), UTF-8 and not yet escaped.
 */
#ifndef CTAIL_MESSAGE_MAIL_PARTS_H
#define CTAIL_MESSAGE_MAIL_PARTS_H

#include "base/buf.h"
#include "message/alert.h"
#include "message/mail_times.h"

#define MAIL_LINE_CHARACTERS 1000	/* of a line of a record */
#define MAIL_HEADING_CHARACTERS 500

/* "WARNING": how bad it is, in capitals; or "RECOVERED". */
void mail_part_word(const struct alert *alert, struct buf *out);

/* What the lines are, as one sentence or two; nothing when they speak for
 * themselves. */
void mail_part_intro(const struct alert *alert, struct buf *out);

/* NULL unless the alert stands for something that was not decided. */
const char *mail_part_note(const struct alert *alert);

/* The table of where and how often; rows and times are called in order. */
struct mail_table {
	void (*row)(void *arg, const char *name, struct span value);
	void (*times)(void *arg, const char *name,
	    const struct mail_times *times);
	void *arg;
};

void mail_part_table(const struct alert *alert,
    const struct mail_table *table);

/* What to copy to hear less. */
typedef void mail_hint(void *arg, struct span what, struct span hint);
void mail_part_hints(const struct alert *alert, mail_hint *call, void *arg);

/* How a part writes a record. */
enum mail_record_place {
	MAIL_LISTED,		/* among the lines */
	MAIL_AROUND,		/* before and after the last of them */
	MAIL_WITHIN,		/* the last one, between these */
};

typedef void mail_record(const struct alert_line *line,
    enum mail_record_place place, struct buf *out);

/* Which records a part of at most MAIL_PART_BYTES has room for, beside the
 * fixed bytes of everything else: the newest lines, and the nearest around
 * the last one. */
struct mail_fit {
	size_t first_line;	/* ... to line_count */
	size_t first_before;	/* ... to before_count */
	size_t after_count;
	bool context;		/* there is some, and it has room */
};

void mail_part_fit(const struct alert *alert, size_t fixed,
    mail_record *record, struct mail_fit *out);

/* How many records that fit left out, in words; nothing when none. */
void mail_part_left_out(size_t count, struct buf *out);

#endif
