/*
 * checkpoint: what is remembered of one log, in memory and as text.
 *
 * Hides how the lists grow; the parser is in checkpoint_parse.c.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/sha256.h"
#include "input/checkpoint.h"

void
checkpoint_release(struct checkpoint *checkpoint)
{
	for (size_t i = 0; i < checkpoint->old_count; i++)
		free(checkpoint->old[i].path);
	free(checkpoint->old);
	free(checkpoint->heads);
	*checkpoint = CHECKPOINT_INIT;
}

void
checkpoint_copy(struct checkpoint *to, const struct checkpoint *from)
{
	*to = CHECKPOINT_INIT;
	to->position = from->position;
	to->settled_ns = from->settled_ns;
	to->stamp_ns = from->stamp_ns;
	for (size_t i = 0; i < from->old_count; i++) {
		struct checkpoint_old *old = checkpoint_add_old(to);

		*old = from->old[i];
		if (old->path)
			old->path = xstrdup(old->path);
	}
	for (size_t i = 0; i < from->head_count; i++)
		checkpoint_add_head(to, &from->heads[i]);
}

struct checkpoint_old *
checkpoint_add_old(struct checkpoint *checkpoint)
{
	struct checkpoint_old *old;

	while (checkpoint->old_count >= CHECKPOINT_OLD_MAX)
		checkpoint_drop_old(checkpoint, 0);
	checkpoint->old = xreallocarray(checkpoint->old,
	    checkpoint->old_count + 1, sizeof(*checkpoint->old));
	old = &checkpoint->old[checkpoint->old_count++];
	*old = (struct checkpoint_old){0};
	return old;
}

void
checkpoint_add_head(
    struct checkpoint *checkpoint, const struct fingerprint *head)
{
	if (head->len == 0)
		return;
	if (checkpoint->head_count >= CHECKPOINT_HEADS_MAX) {
		checkpoint->head_count = CHECKPOINT_HEADS_MAX - 1;
		memmove(checkpoint->heads, checkpoint->heads + 1,
		    checkpoint->head_count * sizeof(*checkpoint->heads));
	}
	checkpoint->heads = xreallocarray(checkpoint->heads,
	    checkpoint->head_count + 1, sizeof(*checkpoint->heads));
	checkpoint->heads[checkpoint->head_count++] = *head;
}

void
checkpoint_drop_old(struct checkpoint *checkpoint, size_t i)
{
	free(checkpoint->old[i].path);
	checkpoint->old_count--;
	memmove(checkpoint->old + i, checkpoint->old + i + 1,
	    (checkpoint->old_count - i) * sizeof(*checkpoint->old));
}

static void
add_print(struct buf *out, const struct fingerprint *print)
{
	char digits[2 * POSITION_HASH + 1] = "";

	if (print->len)
		hex_encode(print->hash, sizeof(print->hash), digits);
	buf_addf(out, " %u:%s", (unsigned)print->len, digits);
}

static void
add_position(struct buf *out, const struct position *position)
{
	buf_addf(out, " %" PRIu64 " %" PRIu64 " %" PRId64 " %" PRIu64,
	    position->dev, position->ino, position->birth_ns, position->offset);
	add_print(out, &position->first);
	add_print(out, &position->head);
	add_print(out, &position->tail);
	buf_addf(out, " %d %s", position->skipping,
	    *position->incarnation ? position->incarnation : "-");
}

/* A path is a hint only: one of an absurd length is left out. */
static void
add_path(struct buf *out, const char *path)
{
	size_t start = out->len;

	if (path && !strcmp(path, "-")) {
		buf_add_str(out, "%2D");
		return;
	}
	for (; path && *path; path++) {
		unsigned char byte = (unsigned char)*path;

		if (checkpoint_path_plain(byte))
			buf_add_byte(out, *path);
		else
			buf_addf(out, "%%%02X", byte);
	}
	if (out->len - start > CHECKPOINT_PATH_MAX)
		out->len = start;
	if (out->len == start)
		buf_add_byte(out, '-');
}

void
checkpoint_format(const struct checkpoint *checkpoint, struct buf *out)
{
	buf_add_str(out, "position");
	add_position(out, &checkpoint->position);
	buf_addf(out, "\nsettled %" PRId64 "\n", checkpoint->settled_ns);
	if (checkpoint->stamp_ns)
		buf_addf(out, "stamp %" PRId64 "\n", checkpoint->stamp_ns);
	for (size_t i = 0; i < checkpoint->old_count; i++) {
		const struct checkpoint_old *old = &checkpoint->old[i];

		buf_add_str(out, "old");
		add_position(out, &old->position);
		buf_addf(out, " %" PRIu64 " %" PRId64 " %d ", old->end,
		    old->changed_ms, old->flushed);
		add_path(out, old->path);
		buf_add_byte(out, '\n');
	}
	for (size_t i = 0; i < checkpoint->head_count; i++) {
		buf_add_str(out, "head");
		add_print(out, &checkpoint->heads[i]);
		buf_add_byte(out, '\n');
	}
}
