/*
 * quarantine: a memory of the last overruns of each pattern that had any.
 *
 * There is next to never one, and every try of every pattern asks; so the
 * question is answered from a count before anything is looked up.
 */
#include "config.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "judge/quarantine.h"

struct suspect {
	const struct pattern *pattern;
	struct suspect *next_new;
	bool is_new;			     /* among those not yet told */
	int64_t strikes[QUARANTINE_STRIKES]; /* a ring */
	size_t next_strike;
	size_t strike_count;
	int64_t until_ms; /* 0: free */
};

struct quarantine {
	struct map *suspects; /* by the pattern's address */
	struct suspect *news;
	int64_t now_ms;
	size_t count; /* in quarantine */
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

/* Its other chance: what it did before is forgotten. */
static void
suspect_release(struct quarantine *quarantine, struct suspect *suspect)
{
	suspect->until_ms = 0;
	suspect->strike_count = 0;
	quarantine->count--;
}

void
quarantine_now(struct quarantine *quarantine, int64_t now_ms)
{
	struct span key;
	size_t cursor = 0;
	void *value;

	quarantine->now_ms = now_ms;
	if (!quarantine->count)
		return;
	while (map_next(quarantine->suspects, &cursor, &key, &value)) {
		struct suspect *suspect = value;

		if (suspect->until_ms > now_ms + QUARANTINE_MS)
			suspect->until_ms = now_ms + QUARANTINE_MS;
		if (suspect->until_ms && suspect->until_ms <= now_ms)
			suspect_release(quarantine, suspect);
	}
}

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

/* True when the oldest of the last strikes is recent enough. */
static bool
suspect_add_strike(struct suspect *suspect, int64_t now_ms)
{
	int64_t *oldest;

	suspect->strikes[suspect->next_strike] = now_ms;
	suspect->next_strike = (suspect->next_strike + 1) % QUARANTINE_STRIKES;
	if (suspect->strike_count < QUARANTINE_STRIKES)
		suspect->strike_count++;
	if (suspect->strike_count < QUARANTINE_STRIKES)
		return false;
	oldest = &suspect->strikes[suspect->next_strike];
	return now_ms - *oldest <= QUARANTINE_WATCH_MS;
}

bool
quarantine_strike(struct quarantine *quarantine, const struct pattern *pattern)
{
	struct suspect *suspect;

	if (!quarantine)
		return false;
	suspect = suspect_find(quarantine, pattern);
	if (!suspect) {
		suspect = xcalloc(1, sizeof(*suspect));
		suspect->pattern = pattern;
		map_put(quarantine->suspects, suspect_key(&pattern), suspect);
	}
	if (suspect->until_ms ||
	    !suspect_add_strike(suspect, quarantine->now_ms))
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
