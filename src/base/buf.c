/*
 * buf: how bytes grow.
 *
 * Hides the growth: by half, from 64 bytes, never shrinking.
 */
#include "config.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/bug.h"
#include "base/mem.h"

#define BUF_CAP_MIN 64

void
buf_release(struct buf *buf)
{
	free(buf->data);
	*buf = (struct buf)BUF_INIT;
}

void
buf_reset(struct buf *buf)
{
	buf->len = 0;
}

char *
buf_reserve(struct buf *buf, size_t extra)
{
	size_t need, cap;

	if (extra > SIZE_MAX / 2 - buf->len)
		BUG("a buf of %zu bytes was asked for %zu more", buf->len,
		    extra);
	need = buf->len + extra;
	if (need > buf->cap || !buf->data) {
		cap = buf->cap + buf->cap / 2;
		if (cap < BUF_CAP_MIN)
			cap = BUF_CAP_MIN;
		if (cap < need)
			cap = need;
		buf->data = xreallocarray(buf->data, cap, 1);
		buf->cap = cap;
	}
	return buf->data + buf->len;
}

void
buf_add(struct buf *buf, const void *bytes, size_t len)
{
	if (!len)
		return;
	memcpy(buf_reserve(buf, len), bytes, len);
	buf->len += len;
}

void
buf_add_span(struct buf *buf, struct span bytes)
{
	buf_add(buf, bytes.data, bytes.len);
}

void
buf_add_str(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void
buf_add_byte(struct buf *buf, char byte)
{
	buf_add(buf, &byte, 1);
}

void
buf_addv(struct buf *buf, const char *format, va_list args)
{
	va_list again;
	char *room;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0)
		BUG("the format \"%s\" cannot be printed", format);
	room = buf_reserve(buf, (size_t)len + 1);
	vsnprintf(room, buf->cap - buf->len, format, args);
	buf->len += (size_t)len;
}

void
buf_addf(struct buf *buf, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buf_addv(buf, format, args);
	va_end(args);
}

void
buf_drop(struct buf *buf, size_t len)
{
	if (len > buf->len)
		BUG("%zu of %zu bytes dropped", len, buf->len);
	if (len && len < buf->len)
		memmove(buf->data, buf->data + len, buf->len - len);
	buf->len -= len;
}

const char *
buf_str(struct buf *buf)
{
	*buf_reserve(buf, 1) = '\0';
	return buf->data;
}

char *
buf_take(struct buf *buf)
{
	char *text;

	buf_str(buf);
	text = buf->data;
	*buf = (struct buf)BUF_INIT;
	return text;
}

struct span
buf_span(const struct buf *buf)
{
	return span_of(buf->data ? buf->data : "", buf->len);
}
