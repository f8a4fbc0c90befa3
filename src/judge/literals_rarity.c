/*
 * literals_rarity: how often strings are to be expected in log text.
 *
 * Hides the model: characters in 64 classes (letters, one for all digits, one
 * for all that is not ASCII), how they follow one another, and counts of four
 * in a row by a hash of them.  What was not seen four in a row is estimated
 * from how its pairs follow; the more was learned, the less that counts.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "judge/literals.h"
#include "judge/literals_internal.h"

enum {
	CLASSES = 64,
	CLASS_DIGIT = 52,
	CLASS_CONTROL = 62,
	CLASS_HIGH = 63,
	GRAM = 4,
	GRAM_BITS = 17,
	/* What the estimate from pairs weighs beside grams that were seen. */
	ESTIMATE_WEIGHT = 2000,
};

struct rarity {
	unsigned char class_of[256];
	uint64_t learned; /* bytes */
	uint32_t first[CLASSES];
	uint32_t pairs[CLASSES][CLASSES];
	float begins[CLASSES];
	float follows[CLASSES][CLASSES];
	uint16_t grams[1 << GRAM_BITS];
};

static void
rarity_classes(struct rarity *rarity)
{
	/* The most frequent signs have classes of their own. */
	static const char *const signs[] = {
	    " ", ".", ":", "-", "/", "_", "=", "()[]<>{}", "\"'`,;"};
	size_t i, byte;

	for (byte = 0; byte < 256; byte++)
		rarity->class_of[byte] =
		    byte < 128 ? CLASS_CONTROL : CLASS_HIGH;
	for (i = 0; i < 26; i++) {
		rarity->class_of['a' + i] = (unsigned char)i;
		rarity->class_of['A' + i] = (unsigned char)(26 + i);
	}
	for (i = 0; i < 10; i++)
		rarity->class_of['0' + i] = CLASS_DIGIT;
	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		for (byte = 0; signs[i][byte]; byte++)
			rarity->class_of[(unsigned char)signs[i][byte]] =
			    (unsigned char)(CLASS_DIGIT + 1 + i);
	}
}

static unsigned
gram_place(uint32_t gram)
{
	return gram * 2654435761u >> (32 - GRAM_BITS);
}

static void
rarity_count(struct rarity *rarity, struct span sample)
{
	uint32_t gram = 0;
	size_t i;

	for (i = 0; i < sample.len; i++) {
		unsigned here = rarity->class_of[(unsigned char)sample.data[i]];
		uint16_t *count;

		rarity->first[here]++;
		if (i)
			rarity->pairs[gram & (CLASSES - 1)][here]++;
		gram = (gram << 6 | here) & 0xffffff;
		count = &rarity->grams[gram_place(gram)];
		if (i >= GRAM - 1 && *count < UINT16_MAX)
			++*count;
	}
	rarity->learned += sample.len;
}

/* Probabilities of the counts; nothing is impossible. */
static void
rarity_estimate(struct rarity *rarity)
{
	size_t a, b;

	for (a = 0; a < CLASSES; a++) {
		rarity->begins[a] = ((float)rarity->first[a] + 0.5f) /
				    ((float)rarity->learned + 0.5f * CLASSES);
	}
	for (a = 0; a < CLASSES; a++) {
		for (b = 0; b < CLASSES; b++)
			rarity->follows[a][b] = ((float)rarity->pairs[a][b] +
						    4 * rarity->begins[b]) /
						((float)rarity->first[a] + 4);
	}
}

struct rarity *
rarity_new(void)
{
	struct rarity *rarity = xcalloc(1, sizeof(*rarity));

	rarity_classes(rarity);
	rarity_count(rarity, span_str(rarity_text));
	rarity_estimate(rarity);
	return rarity;
}

void
rarity_free(struct rarity *rarity)
{
	free(rarity);
}

void
rarity_learn(struct rarity *rarity, struct span sample)
{
	if (sample.len > RARITY_SAMPLE_MAX)
		sample.len = RARITY_SAMPLE_MAX;
	rarity_count(rarity, sample);
	rarity_estimate(rarity);
}

static uint32_t
rarity_scaled(float share)
{
	const float gib = 1024.0f * 1024 * 1024;

	return (uint32_t)(share * gib);
}

static unsigned
class_at(const struct rarity *rarity, struct span bytes, size_t at)
{
	return rarity->class_of[(unsigned char)bytes.data[at]];
}

/* Judged by how its pairs follow one another. */
static float
rarity_of_chain(const struct rarity *rarity, struct span bytes)
{
	unsigned before = class_at(rarity, bytes, 0);
	float share = rarity->begins[before];
	size_t i;

	for (i = 1; i < bytes.len; i++) {
		unsigned here = class_at(rarity, bytes, i);

		share *= rarity->follows[before][here];
		before = here;
	}
	return share;
}

/* How often it was seen, and as often as it might have been. */
static inline float
rarity_of_gram(const struct rarity *rarity, uint32_t gram)
{
	unsigned first = gram >> 18 & 63, second = gram >> 12 & 63;
	unsigned third = gram >> 6 & 63, fourth = gram & 63;
	float estimate = rarity->begins[first] *
			 rarity->follows[first][second] *
			 rarity->follows[second][third] *
			 rarity->follows[third][fourth];

	return (float)rarity->grams[gram_place(gram)] +
	       ESTIMATE_WEIGHT * estimate;
}

uint32_t
rarity_of(const struct rarity *rarity, struct span bytes)
{
	float least = (float)rarity->learned + ESTIMATE_WEIGHT;
	uint32_t gram = 0;
	size_t i;

	if (!bytes.len)
		return UINT32_MAX;
	if (bytes.len < GRAM)
		return rarity_scaled(rarity_of_chain(rarity, bytes));
	for (i = 0; i < bytes.len; i++) {
		float times;

		gram = (gram << 6 | class_at(rarity, bytes, i)) & 0xffffff;
		if (i < GRAM - 1)
			continue;
		times = rarity_of_gram(rarity, gram);
		if (times < least)
			least = times;
	}
	return rarity_scaled(
	    least / ((float)rarity->learned + ESTIMATE_WEIGHT));
}
