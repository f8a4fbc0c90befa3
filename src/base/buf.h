/*
 * buf: bytes that grow.
 *
 * Invariant: len <= cap, and data is NULL only while cap is 0.  Whoever
 * declares a buf owns it and calls buf_release.  Growth is geometric; bounds
 * on hostile input are the caller's.
 */
#ifndef CTAIL_BASE_BUF_H
#define CTAIL_BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>
#include "base/span.h"

struct buf {
	char *data;
	size_t len;
	size_t cap;
};

#define BUF_INIT {NULL, 0, 0}

void buf_release(struct buf *buf);

/* Empties, keeps the memory. */
void buf_reset(struct buf *buf);

/* Makes room for extra bytes behind len and returns where they go. */
char *buf_reserve(struct buf *buf, size_t extra);

void buf_add(struct buf *buf, const void *bytes, size_t len);
void buf_add_span(struct buf *buf, struct span bytes);
void buf_add_str(struct buf *buf, const char *text);
void buf_add_byte(struct buf *buf, char byte);
void buf_addf(struct buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void buf_addv(struct buf *buf, const char *format, va_list args)
    __attribute__((format(printf, 2, 0), nonnull(2)));

/* Removes len bytes from the front. */
void buf_drop(struct buf *buf, size_t len);

/* A NUL-terminated view that is valid until the next change. */
const char *buf_str(struct buf *buf);

/* Hands the NUL-terminated bytes to the caller, who frees them; buf is
 * empty afterwards. */
char *buf_take(struct buf *buf);

struct span buf_span(const struct buf *buf);

#endif
