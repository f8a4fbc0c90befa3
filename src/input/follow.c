/*
 * follow: which generation of a log is read next.
 *
 * Hides the life of a name: the file under it now (current, which may be an
 * older generation until that is read), those it left behind (old, oldest
 * first, drained until they are quiet), and what to do when there is none.
 * Here is one look; follow_internal.h says where the rest is.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/bug.h"
#include "base/mem.h"
#include "input/follow_internal.h"

#define AGAIN_MS 1000

struct follow *
follow_new(const char *path, const struct follow_options *options,
    const struct checkpoint *checkpoint)
{
	size_t size = strlen(path) + 1;
	struct follow *follow = xcalloc(1, sizeof(*follow) + size);

	memcpy(follow->path, path, size);
	follow->options = options;
	follow->current = GENERATION_INIT;
	follow->pending = FOLLOW_EOF;
	follow->fresh = follow->unsettled = true;
	if (checkpoint)
		follow_resume(follow, checkpoint);
	return follow;
}

void
follow_free(struct follow *follow)
{
	if (!follow)
		return;
	follow_old_drop_all(follow);
	generation_clear(&follow->current);
	if (follow->kept)
		checkpoint_release(follow->kept);
	free(follow->kept);
	free(follow->handed);
	free(follow->pending_text);
	free(follow);
}

const char *
follow_path(const struct follow *follow)
{
	return follow->path;
}

const struct position *
follow_position(const struct follow *follow)
{
	return &follow->current.position;
}

int64_t
follow_changed(const struct follow *follow)
{
	return follow->current.changed;
}

struct follow_gaps
follow_gaps(const struct follow *follow)
{
	return follow->gaps;
}

/* --- One look ------------------------------------------------------------ */

enum generation_answer
follow_take(struct follow *follow, struct generation *generation,
    const struct reading *reading, struct portion *out)
{
	if (reading->extent && !generation->content.unpack)
		return generation_measure(generation, reading->buffer,
		    reading->now, out, reading->err);
	return generation_read(generation, reading->buffer,
	    follow->options->max_line, reading->now, out, reading->err);
}

enum follow_verdict
follow_hand_out(struct follow *follow, struct generation *generation,
    const struct portion *portion, bool partial)
{
	follow->handed = xmalloc(sizeof(*follow->handed));
	*follow->handed = (struct handed){generation, *portion, partial};
	return FOLLOW_DATA;
}

static enum follow_verdict
look_at_current(struct follow *follow, const struct reading *reading)
{
	struct generation *current = &follow->current;
	struct portion portion;
	enum generation_answer answer =
	    follow_take(follow, current, reading, &portion);
	bool data = answer == GENERATION_DATA;

	if (answer == GENERATION_FAILED)
		return follow_unreadable(follow, current, reading->err);
	if (answer == GENERATION_FOREIGN)
		return follow_foreign(follow, reading);
	if (!data && follow_is_untouched(follow) &&
	    generation_has_stirred(current))
		follow->unsettled = true;
	if (data || follow->unsettled) {
		enum follow_verdict verdict =
		    follow_look_back(follow, data, reading);

		if (verdict != FOLLOW_DATA)
			return verdict;
	}
	follow->unsettled = false;
	if (data)
		return follow_hand_out(follow, current, &portion, false);
	return follow_look_ahead(follow, &portion, reading);
}

static void
drop_handed(struct follow *follow)
{
	free(follow->handed);
	follow->handed = NULL;
}

static bool
is_unchanged(struct follow *follow, const struct reading *reading)
{
	int64_t stamp_ns = follow->stamp_ns;
	struct stat st;

	follow->stamp_ns = 0;
	if (!stamp_ns || !follow->options->once ||
	    lstat(follow->path, &st) < 0 ||
	    !position_is_unchanged(&follow->current.position, stamp_ns, &st))
		return false;
	follow->stamp_ns = stamp_ns;
	follow->settled_ns = reading->now->wall_ns;
	follow_explain(follow, "%s has not changed since", follow->path);
	return true;
}

static enum follow_verdict
look(struct follow *follow, const struct reading *reading)
{
	enum follow_verdict verdict;

	drop_handed(follow);
	follow->named = false;
	follow->looked = reading->now->boot_ms;
	follow->waiting = false;
	reading->err->text[0] = '\0';
	if (follow->fresh)
		follow_wake(follow, reading->now);
	verdict = follow_tell_pending(follow, reading->err);
	if (verdict != FOLLOW_EOF)
		return verdict;
	verdict = follow_old_read(follow, reading);
	if (verdict != FOLLOW_EOF)
		return verdict;
	if (is_unchanged(follow, reading))
		return FOLLOW_EOF;
	if (!generation_is_open(&follow->current)) {
		verdict = follow_open_current(follow, reading);
		if (verdict != FOLLOW_DATA)
			return verdict;
		generation_learn_tail(&follow->current);
	}
	return look_at_current(follow, reading);
}

/* --- Taking and consuming --------------------------------------------------
 */

enum follow_verdict
follow_read(struct follow *follow, struct buf *buffer,
    const struct follow_now *now, struct follow_block *out, struct err *err)
{
	struct reading reading = {.buffer = buffer, .now = now, .err = err};
	enum follow_verdict verdict = look(follow, &reading);

	if (verdict != FOLLOW_DATA)
		return verdict;
	*out = (struct follow_block){
	    .bytes = follow->handed->portion.bytes,
	    .position = follow->handed->generation->position,
	    .path = follow_shown(follow, follow->handed->generation),
	    .changed = follow->handed->generation->changed,
	    .partial = follow->handed->partial,
	};
	return verdict;
}

enum follow_verdict
follow_extent(struct follow *follow, struct buf *buffer,
    const struct follow_now *now, struct follow_extent *out,
    struct span *bytes_out, struct err *err)
{
	struct reading reading = {
	    .buffer = buffer, .now = now, .extent = true, .err = err};
	enum follow_verdict verdict = look(follow, &reading);
	const struct portion *portion;

	if (verdict != FOLLOW_DATA)
		return verdict;
	portion = &follow->handed->portion;
	*bytes_out = portion->bytes;
	*out = (struct follow_extent){
	    .content = &follow->handed->generation->content,
	    .end = portion->end,
	    .position = follow->handed->generation->position,
	    .path = follow_shown(follow, follow->handed->generation),
	    .partial = follow->handed->partial,
	};
	if (portion->start.len) {
		out->proven = portion->start;
	} else {
		out->proven = portion->before;
		out->proven_at = out->position.offset - portion->before.len;
	}
	return verdict;
}

static struct handed *
handed(struct follow *follow)
{
	if (!follow->handed)
		BUG("%s: nothing is out", follow->path);
	return follow->handed;
}

/* A file that was truncated before its first bytes were taken may have a copy
 * by now. */
static void
note_consumed(struct follow *follow)
{
	const struct handed *out = follow->handed;

	if (follow_is_untouched(follow))
		follow->asked = false;
	if (out->partial &&
	    out->generation->position.offset == out->portion.end)
		out->generation->flushed = true;
	drop_handed(follow);
}

void
follow_consume(struct follow *follow, const struct follow_block *block,
    size_t used, bool skipping)
{
	const struct handed *out = handed(follow);

	if (block->bytes.data != out->portion.bytes.data)
		BUG("%s: another block is out", follow->path);
	generation_advance(out->generation, &out->portion, used, skipping);
	note_consumed(follow);
}

void
follow_consume_part(
    struct follow *follow, struct follow_block *block, size_t used)
{
	struct handed *out = handed(follow);
	struct portion *portion = &out->portion;
	struct position *position = &out->generation->position;
	const char *at = portion->bytes.data + used;

	if (block->bytes.data != portion->bytes.data)
		BUG("%s: another block is out", follow->path);
	if (used == 0)
		return;
	generation_advance(out->generation, portion, used, false);
	/* The overlap lies before the block. */
	portion->before = span_of(at - position->tail.len, position->tail.len);
	portion->bytes = span_of(at, portion->bytes.len - used);
	block->bytes = portion->bytes;
	block->position = *position;
}

void
follow_consume_extent(struct follow *follow, const struct follow_extent *extent,
    uint64_t reached, struct span last)
{
	const struct handed *out = handed(follow);

	if (extent->end != out->portion.end)
		BUG("%s: another extent is out", follow->path);
	generation_advance_to(out->generation, &out->portion, reached, last);
	note_consumed(follow);
}

/* --- The rest ----------------------------------------------------------------
 */

int
follow_seek(struct follow *follow, uint64_t offset, struct err *err)
{
	struct generation *current = &follow->current;
	int fd = generation_open_file(follow->path, err);

	if (fd < 0)
		return -1;
	follow_old_drop_all(follow);
	generation_clear(current);
	content_init(&current->content, fd, COMPRESSION_NONE, NULL);
	current->live = true;
	drop_handed(follow);
	follow->stamp_ns = 0;
	follow->asked = true;
	follow->unsettled = false;
	free(follow->pending_text);
	follow->pending_text = NULL;
	follow->pending = FOLLOW_EOF;
	if (generation_seek(current, offset) < 0) {
		generation_clear(current);
		return err_set(err, "cannot move the position in %s: %s",
		    follow->path, strerror(errno));
	}
	return 0;
}

bool
follow_is_behind(const struct follow *follow)
{
	const struct generation *current = &follow->current;

	return follow_old_is_open(follow) ||
	       (generation_is_open(current) && !current->live);
}

int64_t
follow_due(const struct follow *follow)
{
	if (!follow->waiting && !follow_old_is_open(follow))
		return -1;
	return follow->looked + AGAIN_MS;
}

/* What was not drained to its end yet is opened again at the next look. */
void
follow_close(struct follow *follow)
{
	generation_close(&follow->current);
	for (struct generation *old = follow->old; old; old = old->next) {
		if (generation_is_open(old))
			old->look_at = GENERATION_NEVER;
		generation_close(old);
	}
}

bool
follow_is_open(const struct follow *follow)
{
	return generation_is_open(&follow->current);
}
