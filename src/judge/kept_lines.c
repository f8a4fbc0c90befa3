/*
 * kept_lines: each line is two bytes of length, eight of time, and its bytes.
 * Hides how a line is cut.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "judge/kept_lines.h"

#define LINE_TIME 2
#define LINE_HEAD (LINE_TIME + sizeof(int64_t))

static const char cut_mark[] = " [...]";

#define CUT_MARK_LEN (sizeof(cut_mark) - 1)

size_t
kept_line_len(struct span line, size_t max)
{
	if (line.len <= max)
		return line.len;
	return utf8_cut(line, max - CUT_MARK_LEN) + CUT_MARK_LEN;
}

void
kept_line_write(char *out, struct span line, size_t len)
{
	size_t head = len < line.len ? len - CUT_MARK_LEN : len;

	if (head)
		memcpy(out, line.data, head);
	if (len < line.len)
		memcpy(out + head, cut_mark, CUT_MARK_LEN);
}

void
kept_lines_add_at(struct kept_lines *lines, int64_t time_ms, struct span line,
    size_t line_max)
{
	size_t len = kept_line_len(line, line_max);
	char *at;

	lines->data =
	    xreallocarray(lines->data, lines->size + LINE_HEAD + len, 1);
	at = lines->data + lines->size;
	at[0] = (char)(len >> 8);
	at[1] = (char)len;
	memcpy(at + LINE_TIME, &time_ms, sizeof(time_ms));
	kept_line_write(at + LINE_HEAD, line, len);
	lines->size += (uint32_t)(LINE_HEAD + len);
	lines->count++;
}

void
kept_lines_add(struct kept_lines *lines, struct span line, size_t line_max)
{
	kept_lines_add_at(lines, 0, line, line_max);
}

bool
kept_lines_next_at(const struct kept_lines *lines, size_t *at,
    struct span *out, int64_t *time_ms_out)
{
	const unsigned char *head;

	if (*at >= lines->size)
		return false;
	head = (const unsigned char *)lines->data + *at;
	memcpy(time_ms_out, head + LINE_TIME, sizeof(*time_ms_out));
	*out = span_of(
	    lines->data + *at + LINE_HEAD, (size_t)head[0] << 8 | head[1]);
	*at += LINE_HEAD + out->len;
	return true;
}

bool
kept_lines_next(const struct kept_lines *lines, size_t *at, struct span *out)
{
	int64_t time_ms;

	return kept_lines_next_at(lines, at, out, &time_ms);
}

void
kept_lines_trim(struct kept_lines *lines, size_t count)
{
	struct span line;
	size_t at = 0;

	if (lines->count <= count)
		return;
	if (!count) {
		kept_lines_release(lines);
		return;
	}
	while (lines->count > count && kept_lines_next(lines, &at, &line))
		lines->count--;
	lines->size -= (uint32_t)at;
	memmove(lines->data, lines->data + at, lines->size);
}

void
kept_lines_pick(struct kept_lines *lines, int64_t first_ms, int64_t last_ms)
{
	struct kept_lines picked = {lines->data, 0, 0};
	struct span line;
	int64_t time_ms;
	size_t at = 0, from = 0;

	while (kept_lines_next_at(lines, &at, &line, &time_ms)) {
		if (!time_ms || (time_ms >= first_ms && time_ms <= last_ms)) {
			memmove(picked.data + picked.size, lines->data + from,
			    at - from);
			picked.size += (uint32_t)(at - from);
			picked.count++;
		}
		from = at;
	}
	*lines = picked;
	if (!lines->count)
		kept_lines_release(lines);
}

void
kept_lines_clamp(struct kept_lines *lines, int64_t now_ms)
{
	struct span line;
	int64_t time_ms;
	size_t at = 0;

	while (kept_lines_next_at(lines, &at, &line, &time_ms)) {
		char *head = lines->data + at - line.len - LINE_HEAD;

		if (time_ms > now_ms)
			memcpy(head + LINE_TIME, &now_ms, sizeof(now_ms));
	}
}

struct span
kept_lines_last(const struct kept_lines *lines)
{
	struct span line = {"", 0};
	size_t at = 0;

	while (kept_lines_next(lines, &at, &line))
		continue;
	return line;
}

void
kept_lines_release(struct kept_lines *lines)
{
	free(lines->data);
	*lines = (struct kept_lines){NULL, 0, 0};
}
