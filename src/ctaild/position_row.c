/*
 * position_row: the one place where a position's columns are spelled out.
 */
#include "config.h"

#include <string.h>

#include "ctaild/position_row.h"

static struct span
print_to_row(const struct fingerprint *print)
{
	return span_of((const char *)print, print->len ? sizeof(*print) : 0);
}

static void
generation_to_row(const struct position *position,
    struct stored_generation *out)
{
	*out = (struct stored_generation){
	    .dev = position->dev,
	    .ino = position->ino,
	    .birth_ns = position->birth_ns,
	    .offset = position->offset,
	    .head = print_to_row(&position->head),
	    .tail = print_to_row(&position->tail),
	    .skipping = position->skipping,
	    .incarnation = span_str(position->incarnation),
	};
}

void
position_to_row(const struct source_position *position,
    struct stored_position *out)
{
	*out = (struct stored_position){.path = span_str(position->path),
	    .log = span_str(position->log)};
	generation_to_row(position->live, &out->live);
	out->has_previous = position->previous != NULL;
	if (position->previous)
		generation_to_row(position->previous, &out->previous);
}

static int
print_from_row(struct span row, struct fingerprint *out)
{
	*out = (struct fingerprint){0};
	if (row.len == 0)
		return 0;
	if (row.len != sizeof(*out))
		return -1;
	memcpy(out, row.data, sizeof(*out));
	return out->len <= POSITION_PRINT ? 0 : -1;
}

int
position_from_row(const struct stored_generation *row, struct position *out)
{
	*out = (struct position){.dev = row->dev,
	    .ino = row->ino,
	    .birth_ns = row->birth_ns,
	    .offset = row->offset,
	    .skipping = row->skipping};
	if (row->incarnation.len != sizeof(out->incarnation) - 1)
		return -1;
	memcpy(out->incarnation, row->incarnation.data, row->incarnation.len);
	if (print_from_row(row->head, &out->head) ||
	    print_from_row(row->tail, &out->tail))
		return -1;
	return out->tail.len <= out->offset ? 0 : -1;
}
