/* Unit tests of base/map.h. */
#include "config.h"

#include "base/map.h"
#include "base/map_internal.h"
#include "base/mem.h"
#include "tap.h"

static void
siphash_vector(void)
{
	uint64_t seed[2] = {0x0706050403020100u, 0x0f0e0d0c0b0a0908u};
	char message[16];
	int i;

	for (i = 0; i < 15; i++)
		message[i] = (char)i;
	OK(map_siphash(seed, span_of(message, 15)) == 0xa129ca6149be45e5u,
	    "the hash gives the value printed in the SipHash paper");
	OK(map_siphash(seed, span_of(message, 14)) !=
		map_siphash(seed, span_of(message, 15)),
	    "the length is part of the hash");
}

static void
small_map(void)
{
	struct map *map = map_new();
	int one = 1, two = 2;

	OK(!map_get(map, span_str("a")), "an empty map has nothing");
	OK(!map_take(map, span_str("a")), "nothing can be taken from it");
	OK(!map_put(map, span_str("a"), &one), "a new key had no value");
	OK(map_put(map, span_str("a"), &two) == &one,
	    "a second put returns the value before");
	IS_INT((long long)map_count(map), 1, "and does not count twice");
	OK(!map_put(map, span_of("", 0), &one), "the empty key is a key");
	OK(!map_put(map, span_of("a\0b", 3), &one), "so is one with a NUL");
	OK(map_get(map, span_str("a")) == &two,
	    "a key is not mixed up with a longer one");
	OK(map_get(map, span_of("a\0b", 3)) == &one, "nor the longer with it");
	OK(map_get(map, span_of(NULL, 0)) == &one,
	    "an empty span without bytes is the empty key");
	OK(map_take(map, span_str("a")) == &two, "take returns the value");
	OK(!map_get(map, span_str("a")), "and removes the key");
	IS_INT((long long)map_count(map), 2, "the others stay");
	map_free(map, NULL);
	map_free(NULL, NULL);
}

static struct span
key_of(int number, char text[32])
{
	return span_of(text, (size_t)snprintf(text, 32, "key %d", number));
}

#define FLOOD 20000

/* Every change is made to a plain array too, and the two are compared. */
static void
flood(void)
{
	struct map *map = map_new();
	static int values[FLOOD];
	static bool there[FLOOD];
	unsigned long state = 1;
	size_t count = 0;
	bool same = true;
	char text[32];
	int i, key;

	for (i = 0; i < FLOOD * 10; i++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		key = (int)(state >> 40) % FLOOD;
		if (state >> 63) {
			void *before =
			    map_put(map, key_of(key, text), &values[key]);

			same &= before == (there[key] ? &values[key] : NULL);
			count += !there[key];
			there[key] = true;
		} else {
			void *before = map_take(map, key_of(key, text));

			same &= before == (there[key] ? &values[key] : NULL);
			count -= there[key];
			there[key] = false;
		}
	}
	OK(same, "put and take return what a plain array remembers");
	IS_INT((long long)map_count(map), (long long)count,
	    "the count is right after 200,000 changes");
	for (i = 0; i < FLOOD; i++)
		same &= map_get(map, key_of(i, text)) ==
			(there[i] ? &values[i] : NULL);
	OK(same, "every key is found or missing as it should be");
	map_free(map, NULL);
}

static void
iteration(void)
{
	struct map *map = map_new();
	bool seen[100] = {false}, twice = false, right = true;
	int values[100], i, count = 0;
	size_t cursor = 0;
	struct span key;
	char text[32];
	void *value;

	for (i = 0; i < 100; i++)
		map_put(map, key_of(i, text), &values[i]);
	while (map_next(map, &cursor, &key, &value)) {
		i = (int)((int *)value - values);
		twice |= seen[i];
		seen[i] = true;
		right &= span_equal(key, key_of(i, text));
		count++;
	}
	OK(right, "iteration yields each value with its key");
	OK(!twice && count == 100, "iteration yields everything once");
	OK(!map_next(map, &cursor, &key, &value), "and stays at the end");
	map_free(map, NULL);
}

static void
owned_values(void)
{
	struct map *map = map_new();

	map_put(map, span_str("a"), xstrdup("1"));
	map_put(map, span_str("b"), xstrdup("2"));
	map_free(map, free);
	OK(true, "values are freed with the map (a leak would be reported)");
}

int
main(void)
{
	siphash_vector();
	small_map();
	flood();
	iteration();
	owned_values();
	return tap_done();
}
