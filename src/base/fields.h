/*
 * fields: named values in one run of bytes, and frames of them.
 *
 * What ctaild says to its workers and what ctailctl says to ctaild, and how
 * an alert lies in the database.  A name may occur several times; order is
 * kept.
 *
 *   fields:  any number of  u8 name length, name, u32 value length, value
 *   frame:   u32 length of the fields, fields
 *
 * Integers are big-endian.  Names are 1 to FIELD_NAME_MAX bytes of
 * [a-z0-9_.-]; a frame holds at most FRAME_MAX bytes and FIELDS_MAX fields.
 * Whatever comes from outside passes fields_check before it is looked at;
 * a frame beyond a bound is an error for good, not something to skip.
 */
#ifndef CTAIL_BASE_FIELDS_H
#define CTAIL_BASE_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#define FRAME_MAX (1u << 20)
#define FIELDS_MAX 4096
#define FIELD_NAME_MAX 64

/* Building: fields are appended to a buf. */
void fields_add(struct buf *fields, const char *name, struct span value);
void fields_add_str(struct buf *fields, const char *name, const char *value);
void fields_add_number(struct buf *fields, const char *name, int64_t value);

/* Reading: a span that passed fields_check. */
int fields_check(struct span fields, struct err *err);
bool fields_get(struct span fields, const char *name, struct span *out);

/* Absent or malformed counts as otherwise. */
int64_t fields_get_number(struct span fields, const char *name,
    int64_t otherwise);

/* A NUL-terminated copy for the caller to free; NULL when absent or when the
 * value holds a NUL. */
char *fields_get_copy(struct span fields, const char *name);

/* Iterates: start with *cursor = 0; false at the end. */
bool fields_next(struct span fields, size_t *cursor, struct span *name_out,
    struct span *value_out);

/* Appends one frame around the fields. */
void frame_add(struct buf *out, struct span fields);

/* Takes one checked frame off the front of what has been received so far:
 * 1 and the fields (valid until in changes) with *used_out bytes to drop, 0
 * when more bytes are needed, -1 when they can never become a frame. */
int frame_take(struct span in, struct span *fields_out, size_t *used_out,
    struct err *err);

/* The blocking forms for workers and ctailctl.  read: 1, 0 at a clean end
 * between frames, -1; in keeps bytes between calls and belongs to the
 * caller, fields_out is valid until in changes. */
int frame_write(int fd, struct span fields, struct err *err);
int frame_read(int fd, struct buf *in, struct span *fields_out,
    struct err *err);

#endif
