/*
 * post_health: what a sink remembers over a restart, as four lines of text.
 *
 * The database is no friend: every line is bounded and cleaned again, and a
 * line that is not there is nothing.
 */
#include "config.h"

#include <inttypes.h>

#include "base/diag.h"
#include "base/units.h"
#include "ctaild/post.h"

static void
health_name(const struct post *post, struct buf *out)
{
	buf_addf(out, "sink %s", post->name);
}

int
post_health_save(struct post *post, struct err *err)
{
	const struct post_health *health = &post->health;
	struct buf name = BUF_INIT, value = BUF_INIT;
	int result;

	circuit_save(&health->circuit, &value);
	buf_addf(&value,
	    "\n%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 "\n%s\n%s",
	    health->given_up, health->dead_untold, health->dead_told_ms,
	    health->partly_told_ms, health->last_answer, health->partly);
	health_name(post, &name);
	result = store_meta_put(
	    post->store, buf_span(&name), buf_span(&value), err);
	buf_release(&name);
	buf_release(&value);
	return result;
}

/* What stands before the next such byte, which goes too. */
static struct span
cut_off(struct span *rest, char end)
{
	const char *at = rest->len ? memchr(rest->data, end, rest->len) : NULL;
	size_t len = at ? (size_t)(at - rest->data) : rest->len;
	size_t skip = at ? len + 1 : len;
	struct span piece = span_of(rest->data, len);

	*rest = span_of(rest->data + skip, rest->len - skip);
	return piece;
}

static int64_t
take_number(struct span *rest)
{
	int64_t number;

	return number_parse(cut_off(rest, ' '), 0, INT64_MAX / 2, &number,
		   NULL)
		   ? 0
		   : number;
}

static void
take_lines(struct post *post, struct span saved, int64_t now_ms)
{
	struct post_health *health = &post->health;
	struct err err = ERR_INIT;
	struct span counts;

	if (circuit_load(&health->circuit, cut_off(&saved, '\n'), now_ms,
		&err))
		diag(DIAG_WARNING, "sink %s: %s", post->name, err.text);
	counts = cut_off(&saved, '\n');
	health->given_up = take_number(&counts);
	health->dead_untold = take_number(&counts);
	health->dead_told_ms = take_number(&counts);
	health->partly_told_ms = take_number(&counts);
	outcome_clean(cut_off(&saved, '\n'), health->last_answer,
	    sizeof(health->last_answer));
	outcome_clean(cut_off(&saved, '\n'), health->partly,
	    sizeof(health->partly));
}

void
post_health_load(struct post *post, int64_t now_ms)
{
	struct buf name = BUF_INIT, value = BUF_INIT;

	health_name(post, &name);
	if (store_meta_get(post->store, buf_span(&name), &value, NULL) == 1)
		take_lines(post, buf_span(&value), now_ms);
	buf_release(&name);
	buf_release(&value);
}
