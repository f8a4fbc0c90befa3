/*
 * request: what ctaild wants to read of the journal.
 *
 * The first frame (base/fields.h) of a connection:
 *   cursor      where to go on, behind this entry; else
 *   begin       end or start
 *   follow      yes: go on for ever; no: end behind what is there
 *   max_line    bytes of a line that are wanted
 *   unit        any number; alternatives
 *   match       FIELD=VALUE, any number
 *   boot        current
 *   capture     NAME=FIELD, any number: sent along with each record
 *   directory   of journal files, instead of the system's (tests)
 */
#ifndef CTAIL_JOURNAL_REQUEST_H
#define CTAIL_JOURNAL_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

struct request {
	char *cursor;		/* or NULL */
	char *directory;	/* or NULL */
	bool from_start;
	bool follow;
	bool this_boot;
	size_t max_line;
	struct buf fields;	/* unit, match and capture are read from it */
};

#define REQUEST_INIT {.fields = BUF_INIT}

/* Takes the fields of the frame; err when they are none. */
int request_init(struct request *request, struct span fields,
    struct err *err);
void request_release(struct request *request);

/* Iterates over the values of one name, as fields_next does. */
bool request_next(const struct request *request, const char *name,
    size_t *cursor, struct span *value_out);

#endif
