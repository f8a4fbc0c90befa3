/*
 * follow_checkpoint: a follow to what is remembered of it, and back.
 *
 * Hides that what is stored may be damaged, and that the time a file has been
 * quiet is measured by the boot clock in a process and by the wall clock
 * between processes.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "input/follow_internal.h"

#define NS_PER_MS 1000000

/* What is in the store may be damaged. */
void
follow_adopt(struct generation *generation, const struct position *position)
{
	struct position *own = &generation->position;

	*own = *position;
	own->incarnation[sizeof(own->incarnation) - 1] = '\0';
	if (own->tail.len > POSITION_PRINT || own->tail.len > own->offset)
		own->tail = (struct fingerprint){0};
	if (own->head.len > POSITION_PRINT || own->head.len > own->offset)
		own->head = own->first = (struct fingerprint){0};
	if (own->offset > INT64_MAX)
		*own = (struct position){0};
	generation->end = own->offset;
	generation->untouched = own->offset == 0 && own->head.len == 0;
}

static void
resume_old(struct follow *follow, const struct checkpoint_old *stored)
{
	struct generation *old = follow_old_add(follow);

	follow_adopt(old, &stored->position);
	if (stored->end > old->end && stored->end <= INT64_MAX)
		old->end = stored->end;
	old->changed_ms = stored->changed_ms;
	old->flushed = stored->flushed;
	old->path = stored->path ? xstrdup(stored->path) : NULL;
}

void
follow_add_head(struct follow *follow, const struct fingerprint *head)
{
	if (!follow->kept)
		follow->kept = xcalloc(1, sizeof(*follow->kept));
	checkpoint_add_head(follow->kept, head);
}

void
follow_resume(struct follow *follow, const struct checkpoint *checkpoint)
{
	follow_adopt(&follow->current, &checkpoint->position);
	follow->settled_ns = checkpoint->settled_ns;
	follow->stamp_ns = checkpoint->stamp_ns;
	for (size_t i = 0; i < checkpoint->old_count; i++)
		resume_old(follow, &checkpoint->old[i]);
	for (size_t i = 0; i < checkpoint->head_count; i++)
		follow_add_head(follow, &checkpoint->heads[i]);
}

static int64_t
age_ms(int64_t changed_ms, int64_t now_ms)
{
	if (changed_ms >= now_ms)
		return 0;
	if (changed_ms <= now_ms - FOLLOW_REMEMBER_MS)
		return FOLLOW_REMEMBER_MS;
	return now_ms - changed_ms;
}

void
follow_wake(struct follow *follow, const struct follow_now *now)
{
	int64_t now_ms = now->wall_ns / NS_PER_MS;

	follow->fresh = false;
	for (struct generation *old = follow->old; old; old = old->next) {
		old->changed = now->boot_ms - age_ms(old->changed_ms, now_ms);
		/* Else it would be young until that time is there. */
		if (old->changed_ms > now_ms)
			old->changed_ms = now_ms;
	}
}

static void
store_old(struct checkpoint *checkpoint, const struct generation *old)
{
	struct checkpoint_old *stored = checkpoint_add_old(checkpoint);

	stored->position = old->position;
	stored->end =
	    old->end > old->position.offset ? old->end : old->position.offset;
	stored->changed_ms = old->changed_ms;
	stored->flushed = old->flushed;
	stored->path = old->path ? xstrdup(old->path) : NULL;
}

void
follow_checkpoint(const struct follow *follow, struct checkpoint *out)
{
	static const struct checkpoint none;

	checkpoint_copy(out, follow->kept ? follow->kept : &none);
	out->position = follow->current.position;
	out->settled_ns = follow->settled_ns;
	out->stamp_ns = follow->stamp_ns;
	for (struct generation *old = follow->old; old; old = old->next)
		store_old(out, old);
}

const struct fingerprint *
follow_head(const struct follow *follow, size_t i)
{
	return follow->kept && i < follow->kept->head_count
		   ? &follow->kept->heads[i]
		   : NULL;
}

struct chain
follow_chain(const struct follow *follow, const struct follow_now *now)
{
	const struct follow_options *options = follow->options;

	return (struct chain){
	    .log = follow->path,
	    .rotated = options->rotated,
	    .unpacker = options->unpacker,
	    .wall_ns = now->wall_ns,
	    .explain = options->explain,
	    .explain_arg = options->explain_arg,
	};
}
