/*
 * quarantine: a memory of the last overruns of each pattern that had any.
 *
 * There is next to never one, and every try of every pattern asks; so the
 * question is answered from a count before anything is looked up.
 *
 * Hides when there is something to look at: at the time when the first
 * quarantine is over, or a last strike too old to count.
 */
#include "config.h"

#include <stdlib.h>

#include "base/fields.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/units.h"
#include "judge/quarantine.h"

struct suspect {
	const struct pattern *pattern;
	struct suspect *next_new;
	bool is_new;  /* among those not yet told */
	bool changed; /* since it was saved, if it was: */
	bool saved;
	int64_t strikes[QUARANTINE_STRIKES]; /* a ring */
	size_t next_strike;
	size_t strike_count;
	int64_t until_ms; /* 0: free */
};

struct quarantine {
	struct map *suspects; /* by the pattern's address */
	struct suspect *news;
	int64_t now_ms;
	int64_t look_ms; /* then something is over; 0: nothing will be */
	size_t count;	 /* in quarantine */
	bool changed;	 /* some suspect has */
};

struct quarantine *
quarantine_new(void)
{
	struct quarantine *quarantine = xcalloc(1, sizeof(*quarantine));

	quarantine->suspects = map_new();
	return quarantine;
}

void
quarantine_free(struct quarantine *quarantine)
{
	if (!quarantine)
		return;
	map_free(quarantine->suspects, free);
	free(quarantine);
}

static struct span
suspect_key(const struct pattern *const *pattern)
{
	return span_of((const char *)pattern, sizeof(*pattern));
}

static struct suspect *
suspect_find(const struct quarantine *quarantine, const struct pattern *pattern)
{
	return map_get(quarantine->suspects, suspect_key(&pattern));
}

static struct suspect *
suspect_of(struct quarantine *quarantine, const struct pattern *pattern)
{
	struct suspect *suspect = suspect_find(quarantine, pattern);

	if (suspect)
		return suspect;
	suspect = xcalloc(1, sizeof(*suspect));
	suspect->pattern = pattern;
	map_put(quarantine->suspects, suspect_key(&pattern), suspect);
	return suspect;
}

/* --- Time ----------------------------------------------------------------- */

static void
note_change(struct quarantine *quarantine, struct suspect *suspect)
{
	suspect->changed = quarantine->changed = true;
}

static void
look_again(struct quarantine *quarantine, int64_t at_ms)
{
	if (!quarantine->look_ms || at_ms < quarantine->look_ms)
		quarantine->look_ms = at_ms;
}

static const int64_t *
last_strike(const struct suspect *suspect)
{
	return &suspect
		    ->strikes[(suspect->next_strike + QUARANTINE_STRIKES - 1) %
			      QUARANTINE_STRIKES];
}

/* Its other chance, or its last strike is long ago: what it did before is
 * forgotten. */
static void
suspect_release(struct quarantine *quarantine, struct suspect *suspect)
{
	if (suspect->until_ms)
		quarantine->count--;
	suspect->until_ms = 0;
	suspect->strike_count = 0;
	note_change(quarantine, suspect);
}

/* A strike that lies ahead is of a clock that was set back since. */
static bool
is_recent(int64_t strike_ms, int64_t now_ms)
{
	return strike_ms <= now_ms && now_ms - strike_ms <= QUARANTINE_WATCH_MS;
}

static void
suspect_look(struct quarantine *quarantine, struct suspect *suspect)
{
	int64_t now_ms = quarantine->now_ms;

	if (suspect->until_ms > now_ms + QUARANTINE_MS) {
		suspect->until_ms = now_ms + QUARANTINE_MS;
		note_change(quarantine, suspect);
	}
	if (suspect->until_ms ? suspect->until_ms <= now_ms
			      : suspect->strike_count &&
				    !is_recent(*last_strike(suspect), now_ms))
		suspect_release(quarantine, suspect);
	else if (suspect->until_ms)
		look_again(quarantine, suspect->until_ms);
	else if (suspect->strike_count)
		look_again(quarantine,
		    *last_strike(suspect) + QUARANTINE_WATCH_MS + 1);
}

void
quarantine_now(struct quarantine *quarantine, int64_t now_ms)
{
	bool back = now_ms < quarantine->now_ms;
	struct span key;
	size_t cursor = 0;
	void *value;

	quarantine->now_ms = now_ms;
	if (!quarantine->look_ms || (now_ms < quarantine->look_ms && !back))
		return;
	quarantine->look_ms = 0;
	while (map_next(quarantine->suspects, &cursor, &key, &value))
		suspect_look(quarantine, value);
}

/* --- Asking and striking -------------------------------------------------- */

bool
quarantine_holds(
    const struct quarantine *quarantine, const struct pattern *pattern)
{
	const struct suspect *suspect;

	if (!quarantine || !quarantine->count)
		return false;
	suspect = suspect_find(quarantine, pattern);
	return suspect && suspect->until_ms;
}

const struct pattern *
quarantine_next(
    const struct quarantine *quarantine, size_t *cursor, int64_t *until_out)
{
	struct span key;
	void *value;

	while (map_next(quarantine->suspects, cursor, &key, &value)) {
		const struct suspect *suspect = value;

		*until_out = suspect->until_ms;
		if (suspect->until_ms)
			return suspect->pattern;
	}
	return NULL;
}

static void
add_strike(struct suspect *suspect, int64_t at_ms)
{
	suspect->strikes[suspect->next_strike] = at_ms;
	suspect->next_strike = (suspect->next_strike + 1) % QUARANTINE_STRIKES;
	if (suspect->strike_count < QUARANTINE_STRIKES)
		suspect->strike_count++;
}

/* The oldest of the last strikes is recent enough. */
static bool
has_struck_out(const struct suspect *suspect, int64_t now_ms)
{
	return suspect->strike_count == QUARANTINE_STRIKES &&
	       now_ms - suspect->strikes[suspect->next_strike] <=
		   QUARANTINE_WATCH_MS;
}

bool
quarantine_strike(struct quarantine *quarantine, const struct pattern *pattern)
{
	struct suspect *suspect;

	if (!quarantine)
		return false;
	suspect = suspect_of(quarantine, pattern);
	if (suspect->until_ms)
		return false;
	note_change(quarantine, suspect);
	add_strike(suspect, quarantine->now_ms);
	look_again(quarantine, quarantine->now_ms + QUARANTINE_WATCH_MS + 1);
	if (!has_struck_out(suspect, quarantine->now_ms))
		return false;
	suspect->until_ms = quarantine->now_ms + QUARANTINE_MS;
	quarantine->count++;
	if (suspect->is_new)
		return true;
	suspect->is_new = true;
	suspect->next_new = quarantine->news;
	quarantine->news = suspect;
	return true;
}

void
quarantine_news(struct quarantine *quarantine,
    void (*each)(void *arg, const struct pattern *pattern), void *arg)
{
	struct suspect *suspect = quarantine->news;

	quarantine->news = NULL;
	while (suspect) {
		struct suspect *next = suspect->next_new;

		suspect->is_new = false;
		each(arg, suspect->pattern);
		suspect = next;
	}
}

/* --- What is kept --------------------------------------------------------- */

/* The oldest strike first. */
static void
encode(const struct suspect *suspect, struct buf *out)
{
	size_t at =
	    suspect->next_strike + QUARANTINE_STRIKES - suspect->strike_count;

	buf_reset(out);
	if (suspect->until_ms)
		fields_add_number(out, "until", suspect->until_ms);
	else
		for (size_t i = 0; i < suspect->strike_count; i++)
			fields_add_number(out, "strike",
			    suspect->strikes[(at + i) % QUARANTINE_STRIKES]);
}

void
quarantine_changed(struct quarantine *quarantine,
    void (*each)(void *arg, const struct pattern *pattern, struct span saved),
    void *arg)
{
	struct buf saved = BUF_INIT;
	struct span key;
	size_t cursor = 0;
	void *value;

	if (!quarantine->changed)
		return;
	while (map_next(quarantine->suspects, &cursor, &key, &value)) {
		const struct suspect *suspect = value;

		if (!suspect->changed)
			continue;
		encode(suspect, &saved);
		if (saved.len || suspect->saved)
			each(arg, suspect->pattern, buf_span(&saved));
	}
	buf_release(&saved);
}

void
quarantine_saved(struct quarantine *quarantine)
{
	struct span key;
	size_t cursor = 0;
	void *value;

	if (!quarantine->changed)
		return;
	quarantine->changed = false;
	while (map_next(quarantine->suspects, &cursor, &key, &value)) {
		struct suspect *suspect = value;

		if (suspect->changed)
			suspect->saved =
			    suspect->until_ms || suspect->strike_count;
		suspect->changed = false;
	}
}

static int
load_time(struct suspect *suspect, struct span name, struct span value,
    int64_t now_ms, struct err *err)
{
	int64_t at_ms;

	if (number_parse(value, 1, INT64_MAX, &at_ms, err))
		return -1;
	if (span_is(name, "until"))
		suspect->until_ms = at_ms;
	else if (span_is(name, "strike") && is_recent(at_ms, now_ms))
		add_strike(suspect, at_ms);
	return 0;
}

static int
load_times(
    struct suspect *suspect, struct span saved, int64_t now_ms, struct err *err)
{
	struct span name, value;
	size_t cursor = 0;

	if (fields_check(saved, err))
		return -1;
	while (fields_next(saved, &cursor, &name, &value))
		if (load_time(suspect, name, value, now_ms, err))
			return -1;
	return 0;
}

int
quarantine_load(struct quarantine *quarantine, const struct pattern *pattern,
    struct span saved, int64_t now_ms, struct err *err)
{
	struct suspect *suspect = suspect_of(quarantine, pattern);
	int result = load_times(suspect, saved, now_ms, err);

	suspect->saved = true;
	quarantine->now_ms = now_ms;
	if (suspect->until_ms)
		quarantine->count++;
	suspect_look(quarantine, suspect);
	if (!suspect->until_ms && !suspect->strike_count)
		note_change(quarantine, suspect);
	return result;
}
