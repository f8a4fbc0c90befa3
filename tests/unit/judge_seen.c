/*
 * judge_seen: which shapes are known.
 */
#include "config.h"

#include "judge/seen.h"
#include "tap.h"

struct sum {
	uint64_t count, sum;
};

static void
add_up(void *arg, uint64_t shape)
{
	struct sum *sum = arg;

	sum->count++;
	sum->sum += shape;
}

static struct sum
dirty(const struct seen *seen)
{
	struct sum sum = {0, 0};

	seen_dirty(seen, add_up, &sum);
	return sum;
}

static void
test_new_and_known(void)
{
	struct seen *seen = seen_new();

	OK(!seen_knows(seen, 7) && !seen_knows(seen, 7),
	    "asking whether a shape is known does not make it so");
	OK(seen_add(seen, 7) == SEEN_NEW, "the first time a shape is new");
	OK(seen_knows(seen, 7), "and then it is");
	OK(seen_add(seen, 7) == SEEN_KNOWN, "then it is known");
	OK(seen_add(seen, 0) == SEEN_NEW && seen_add(seen, 0) == SEEN_KNOWN,
	    "a shape of 0 is one like the others");
	OK(seen_add(seen, UINT64_MAX) == SEEN_NEW, "the largest too");
	IS_INT((long long)seen_count(seen), 3, "they are counted");
	seen_free(seen);
	seen_free(NULL);
}

static void
test_saved(void)
{
	struct seen *seen = seen_new();

	seen_load(seen, 1000);
	OK(seen_add(seen, 1000) == SEEN_KNOWN,
	    "a shape from the store is known");
	IS_INT((long long)dirty(seen).count, 0, "and need not be saved");
	seen_add(seen, 20);
	seen_add(seen, 22);
	seen_add(seen, 20);
	OK(dirty(seen).count == 2 && dirty(seen).sum == 42,
	    "new ones have to be saved, each once");
	seen_saved(seen);
	IS_INT((long long)dirty(seen).count, 0, "and are then");
	OK(seen_add(seen, 20) == SEEN_KNOWN, "they stay known");
	seen_add(seen, 5);
	OK(dirty(seen).count == 1 && dirty(seen).sum == 5,
	    "only what came since is to be saved");
	seen_free(seen);
}

static void
test_full(void)
{
	struct seen *seen = seen_new();
	uint64_t i;
	int wrong = 0;

	/* As like one another as hostile shapes could be. */
	for (i = 0; i < SEEN_MAX; i++)
		wrong += seen_add(seen, i << 40) != SEEN_NEW;
	IS_INT(wrong, 0, "as many as there may be are new");
	OK(seen_add(seen, 3) == SEEN_FULL, "then nothing is new any more");
	for (i = 0; i < SEEN_MAX; i++)
		wrong += seen_add(seen, i << 40) != SEEN_KNOWN;
	IS_INT(wrong, 0, "what is known is still known");
	seen_load(seen, 2);
	OK(seen_add(seen, 2) == SEEN_FULL && seen_count(seen) == SEEN_MAX,
	    "a store that holds more cannot make it grow");
	OK(dirty(seen).count == SEEN_MAX, "all have to be saved");
	seen_free(seen);
}

int
main(void)
{
	test_new_and_known();
	test_saved();
	test_full();
	return tap_done();
}
