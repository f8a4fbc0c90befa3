/*
 * prefilter_grams: hashes of four bytes in a row, for strings by the
 * thousand.
 *
 * Of each string, some grams in a row are known; a bitmap of their hashes,
 * small enough for the nearest cache, is asked at every step of a text, and
 * what passes is looked up and compared.  With as many grams of each string
 * as a step is long, one of them is met whatever the string's place is: long
 * steps are faster until the grams are too common.  Hides that weighing.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "judge/prefilter_internal.h"

enum {
	HASH_BITS = 18, /* 32 KiB of them */
	STEP_MAX = 8,
	LEFT_OUT_MAX = 24, /* as many as the vector search is good for */

	/* What things cost, in steps (of 0.75 ns where it was measured). */
	COST_PASS = 16, /* a look at what passed */
	/* A byte of another search for what is left out, in parts of a step:
	 * by pairs for each string, by a byte, by vectors, and where there are
	 * none. */
	COST_PARTS = 32,
	COST_PAIR = 1,
	COST_BYTE = 5,
	COST_VECTOR = 3,
	COST_VECTOR_SLOW = 35,
};

struct gram {
	uint32_t value;
	uint32_t check; /* the bytes of its string farthest from it */
	uint32_t string;
	uint8_t at, check_at, len; /* in the string; of it */
};

struct grams {
	size_t step;
	unsigned shift;	  /* from a hash to its chain */
	uint32_t *chains; /* where each begins, and the end of the last */
	struct gram *grams;
	uint64_t bitmap[(1 << HASH_BITS) / 64];
};

/* The multiplier is 2^32 over the golden ratio (Knuth). */
static inline uint32_t
hash(uint32_t gram)
{
	return gram * UINT32_C(0x9e3779b1);
}

static inline bool
bitmap_has(const uint64_t *bitmap, uint32_t hashed)
{
	return bitmap[hashed >> (38 - HASH_BITS)] >>
		   (hashed >> (32 - HASH_BITS) & 63) &
	       1;
}

static bool
bitmap_add(uint64_t *bitmap, uint32_t hashed)
{
	uint64_t bit = UINT64_C(1) << (hashed >> (32 - HASH_BITS) & 63);
	uint64_t *word = &bitmap[hashed >> (38 - HASH_BITS)];
	bool added = !(*word & bit);

	*word |= bit;
	return added;
}

static uint32_t
gram_at(const struct prefilter_string *string, size_t at)
{
	return prefilter_load(string->bytes + at, PREFILTER_WINDOW) |
	       PREFILTER_FOLD;
}

/* --- How long a step ------------------------------------------------------ */

/* What is thought over before there is a table. */
struct weighing {
	const struct prefilter *filter;
	uint32_t (*common)[LITERAL_BYTES_MAX]; /* how, of each string's grams */
	uint64_t *bitmap; /* of one step's length, while it is weighed */
};

static void
weigh_grams(struct weighing *weighing, const struct rarity *rarity)
{
	for (size_t i = 0; i < weighing->filter->string_count; i++) {
		const struct prefilter_string *string =
		    &weighing->filter->strings[i];

		for (size_t at = 0; at + PREFILTER_WINDOW <= string->len; at++)
			weighing->common[i][at] = rarity_of(
			    rarity, span_of((const char *)string->bytes + at,
					PREFILTER_WINDOW));
	}
}

static bool
fits(const struct prefilter_string *string, size_t step)
{
	return string->len >= PREFILTER_WINDOW - 1 + step;
}

/* The first of the `step' grams that are the rarest together. */
static size_t
rarest_run(const struct weighing *weighing, size_t string, size_t step)
{
	const uint32_t *common = weighing->common[string];
	size_t last =
	    weighing->filter->strings[string].len - (PREFILTER_WINDOW - 1);
	size_t best = 0;
	uint64_t least = UINT64_MAX;

	for (size_t at = 0; at + step <= last; at++) {
		uint64_t sum = 0;

		for (size_t i = 0; i < step; i++)
			sum += common[at + i];
		if (sum < least) {
			least = sum;
			best = at;
		}
	}
	return best;
}

/* How many of 2^30 places pass because of this string. */
static uint64_t
weigh_string(struct weighing *weighing, size_t which, size_t step)
{
	const struct prefilter_string *string =
	    &weighing->filter->strings[which];
	size_t at = rarest_run(weighing, which, step);
	uint64_t places = 0;

	for (size_t i = at; i < at + step; i++)
		if (bitmap_add(weighing->bitmap, hash(gram_at(string, i))))
			places += weighing->common[which][i] +
				  (UINT32_C(1) << (30 - HASH_BITS));
	return places;
}

static uint64_t
left_out_cost(size_t count)
{
	uint64_t cost;

	if (vector_is_fast())
		cost = pair_is_faster(count) ? count * COST_PAIR : COST_VECTOR;
	else
		cost = pair_is_faster(count) ? count * COST_BYTE
					     : COST_VECTOR_SLOW;
	return (cost << 30) / COST_PARTS;
}

/* What a byte costs with steps of this length; UINT64_MAX: impossible. */
static uint64_t
weigh_step(struct weighing *weighing, size_t step)
{
	const struct prefilter *filter = weighing->filter;
	uint64_t passes = 0, cost;
	size_t left_out = 0, needless = 0;

	memset(weighing->bitmap, 0, (1 << HASH_BITS) / 8);
	for (size_t i = 0; i < filter->string_count; i++) {
		if (fits(&filter->strings[i], step)) {
			passes += weigh_string(weighing, i, step);
			continue;
		}
		left_out++;
		needless += fits(&filter->strings[i], 1);
	}
	if (needless > LEFT_OUT_MAX)
		return UINT64_MAX;
	cost = ((UINT64_C(1) << 30) + COST_PASS * passes) / step;
	return cost + left_out_cost(left_out);
}

static size_t
choose_step(struct weighing *weighing)
{
	uint64_t least = UINT64_MAX;
	size_t best = 1;

	for (size_t step = 1; step <= STEP_MAX; step++) {
		uint64_t cost = weigh_step(weighing, step);

		if (cost < least) {
			least = cost;
			best = step;
		}
	}
	return best;
}

/* --- The table ------------------------------------------------------------ */

static uint32_t
chain_of(const struct grams *grams, uint32_t value)
{
	return hash(value) >> grams->shift;
}

/* Sorts by chain, in as many passes as that takes: two. */
static void
chain_up(struct grams *grams, const struct gram *all, size_t count)
{
	size_t chains;
	unsigned bits = 4;

	while (bits < 20 && (size_t)1 << bits < 2 * count)
		bits++;
	chains = (size_t)1 << bits;
	grams->shift = 32 - bits;
	grams->chains = xcalloc(chains + 2, sizeof(*grams->chains));
	grams->grams = xcalloc(count, sizeof(*grams->grams));
	for (size_t i = 0; i < count; i++) {
		bitmap_add(grams->bitmap, hash(all[i].value));
		grams->chains[chain_of(grams, all[i].value) + 2]++;
	}
	for (size_t i = 2; i < chains + 2; i++)
		grams->chains[i] += grams->chains[i - 1];
	for (size_t i = 0; i < count; i++)
		grams->grams[grams->chains[chain_of(grams, all[i].value) +
					   1]++] = all[i];
}

/* Strings that share a gram seldom share both ends as well. */
static struct gram
make_gram(const struct prefilter *filter, size_t which, size_t at)
{
	const struct prefilter_string *string = &filter->strings[which];
	size_t last = (size_t)string->len - PREFILTER_WINDOW;
	size_t check_at = at > last - at ? 0 : last;

	return (struct gram){.value = gram_at(string, at),
	    .check = gram_at(string, check_at),
	    .string = (uint32_t)which,
	    .at = (uint8_t)at,
	    .check_at = (uint8_t)check_at,
	    .len = string->len};
}

static size_t
list_grams(const struct weighing *weighing, size_t step, struct gram *all)
{
	size_t count = 0;

	for (size_t i = 0; i < weighing->filter->string_count; i++) {
		const struct prefilter_string *string =
		    &weighing->filter->strings[i];
		size_t at;

		if (!fits(string, step))
			continue;
		at = rarest_run(weighing, i, step);
		for (size_t end = at + step; at < end; at++)
			all[count++] = make_gram(weighing->filter, i, at);
	}
	return count;
}

static void
leave_out(const struct prefilter *filter, size_t step, uint32_t *left_out,
    size_t *left_count_out)
{
	size_t count = 0;

	for (size_t i = 0; i < filter->string_count; i++)
		if (!fits(&filter->strings[i], step))
			left_out[count++] = (uint32_t)i;
	*left_count_out = count;
}

struct grams *
grams_new(const struct prefilter *filter, const struct rarity *rarity,
    uint32_t *left_out, size_t *left_count_out)
{
	struct grams *grams = xcalloc(1, sizeof(*grams));
	struct weighing weighing = {filter,
	    xcalloc(filter->string_count, sizeof(*weighing.common)),
	    xcalloc(1, sizeof(grams->bitmap))};
	struct gram *all;

	weigh_grams(&weighing, rarity);
	grams->step = choose_step(&weighing);
	all = xcalloc(filter->string_count * grams->step, sizeof(*all));
	chain_up(grams, all, list_grams(&weighing, grams->step, all));
	leave_out(filter, grams->step, left_out, left_count_out);
	free(all);
	free(weighing.common);
	free(weighing.bitmap);
	return grams;
}

void
grams_free(struct grams *grams)
{
	if (!grams)
		return;
	free(grams->chains);
	free(grams->grams);
	free(grams);
}

/* --- The search ----------------------------------------------------------- */

static inline bool
may_stand(const struct gram *gram, struct span text, size_t at)
{
	if (at < gram->at || text.len - (at - gram->at) < gram->len)
		return false;
	return (prefilter_load(text.data + (at - gram->at) + gram->check_at,
		    PREFILTER_WINDOW) |
		   PREFILTER_FOLD) == gram->check;
}

static bool
look_up(struct hunt *hunt, uint32_t value, size_t at)
{
	const struct grams *grams = hunt->filter->grams;
	const uint32_t *chain = grams->chains + chain_of(grams, value);

	for (uint32_t i = chain[0]; i < chain[1]; i++) {
		const struct gram *gram = &grams->grams[i];

		if (gram->value == value && may_stand(gram, hunt->text, at) &&
		    prefilter_confirm(
			hunt, gram->string, at - gram->at, at))
			return true;
	}
	return false;
}

void
grams_search(struct hunt *hunt)
{
	const struct grams *grams = hunt->filter->grams;
	struct span text = hunt->text;
	const uint64_t *bitmap = grams->bitmap;
	size_t step = grams->step;

	for (size_t at = 0; at + PREFILTER_WINDOW <= text.len; at += step) {
		uint32_t value =
		    prefilter_load(text.data + at, PREFILTER_WINDOW) |
		    PREFILTER_FOLD;

		if (bitmap_has(bitmap, hash(value)) && look_up(hunt, value, at))
			return;
	}
}

/* --- The walk ------------------------------------------------------------- */

/* The first place from there on that passes; text.len: none. */
static size_t
next_pass(const struct grams *grams, struct span text, size_t at,
    uint32_t *value_out)
{
	const uint64_t *bitmap = grams->bitmap;
	size_t step = grams->step;

	for (; at + PREFILTER_WINDOW <= text.len; at += step) {
		uint32_t value =
		    prefilter_load(text.data + at, PREFILTER_WINDOW) |
		    PREFILTER_FOLD;

		if (!bitmap_has(bitmap, hash(value)))
			continue;
		*value_out = value;
		return at;
	}
	return text.len;
}

static bool
next_in_chain(const struct prefilter *filter, struct gram_walk *walk,
    struct span text)
{
	while (walk->chain < walk->end) {
		const struct gram *gram = &filter->grams->grams[walk->chain++];

		walk->string = gram->string;
		if (gram->value == walk->value &&
		    may_stand(gram, text, walk->at) &&
		    prefilter_stands(&filter->strings[gram->string],
			text.data + (walk->at - gram->at)))
			return true;
	}
	return false;
}

bool
grams_walk_next(const struct prefilter *filter, struct gram_walk *walk,
    struct span text, size_t from)
{
	const struct grams *grams = filter->grams;
	const uint32_t *chain;

	if (walk->at < from) {
		walk->at = from;
		walk->chain = walk->end = 0;
	} else if (walk->end) {
		if (next_in_chain(filter, walk, text))
			return true;
		walk->at += grams->step;
	}
	while ((walk->at = next_pass(grams, text, walk->at, &walk->value)) <
	       text.len) {
		chain = grams->chains + chain_of(grams, walk->value);
		walk->chain = chain[0];
		walk->end = chain[1];
		if (next_in_chain(filter, walk, text))
			return true;
		walk->at += grams->step;
	}
	walk->chain = walk->end = 0;
	return false;
}
