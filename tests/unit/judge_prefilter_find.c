/*
 * The prefilter over blocks of many lines: under each engine, prefilter_find
 * gives a place within a string, passes over none, and reads nothing outside
 * of the text.
 */
#include "config.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "judge/pattern.h"
#include "judge/prefilter.h"
#include "tap.h"

#define TEXT_MAX 20000

static const struct {
	enum prefilter_engine engine;
	const char *name;
} engines[] = {
    {PREFILTER_AUTO, "the one chosen"},
    {PREFILTER_GRAMS, "grams"},
    {PREFILTER_VECTOR, "the vector search"},
    {PREFILTER_VECTOR_NARROW, "the narrow vector search"},
    {PREFILTER_VECTOR_PORTABLE, "the portable vector search"},
    {PREFILTER_PAIR, "pairs"},
    {PREFILTER_PAIR_NARROW, "narrow pairs"},
    {PREFILTER_PAIR_PORTABLE, "portable pairs"},
};
#define ENGINES (sizeof(engines) / sizeof(*engines))

/* --- Memory with nothing before and behind it ----------------------------- */

struct cage {
	char *pages, *begin, *end;
	size_t size;
};

static void
cage_init(struct cage *cage)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t inside = (TEXT_MAX + page - 1) / page * page;

	cage->size = inside + 2 * page;
	cage->pages = mmap(NULL, cage->size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	cage->begin = cage->pages + page;
	cage->end = cage->begin + inside;
	mprotect(cage->pages, page, PROT_NONE);
	mprotect(cage->end, page, PROT_NONE);
}

static void
cage_release(struct cage *cage)
{
	munmap(cage->pages, cage->size);
}

/* The text at either end. */
static struct span
cage_put(struct cage *cage, struct span text, bool at_end)
{
	char *place = at_end ? cage->end - text.len : cage->begin;

	memmove(place, text.data, text.len);
	return span_of(place, text.len);
}

/* --- What is right -------------------------------------------------------- */

struct world {
	struct prefilter_pattern *patterns;
	size_t count;
	struct literals *literals;
	struct prefilter *of[ENGINES];
	struct cage cage;
};

static void
world_init(struct world *w, struct prefilter_pattern *patterns, size_t count)
{
	struct rarity *rarity = rarity_new();

	*w = (struct world){.patterns = patterns, .count = count};
	w->literals = xcalloc(count, sizeof(*w->literals));
	for (size_t i = 0; i < count; i++)
		literals_find(patterns[i].text, patterns[i].flags, rarity,
		    &w->literals[i]);
	for (size_t i = 0; i < ENGINES; i++)
		w->of[i] = prefilter_new(
		    patterns, count, rarity, engines[i].engine);
	rarity_free(rarity);
	cage_init(&w->cage);
}

static void
world_release(struct world *w)
{
	for (size_t i = 0; i < ENGINES; i++)
		prefilter_free(w->of[i]);
	free(w->literals);
	cage_release(&w->cage);
}

static unsigned char
fold(char byte, bool nocase)
{
	return (unsigned char)(nocase && byte >= 'A' && byte <= 'Z' ? byte + 32
								    : byte);
}

static bool
stands_at(const struct literal *literal, bool nocase, struct span text)
{
	size_t same = 0;

	while (same < literal->len && same < text.len &&
	       fold(text.data[same], nocase) == literal->bytes[same])
		same++;
	return same == literal->len;
}

/* Of the strings that begin there, where the first and the last end; false:
 * none does. */
static bool
ends_from(const struct world *w, struct span text, size_t at,
    size_t *first_out, size_t *last_out)
{
	struct span rest = span_of(text.data + at, text.len - at);
	bool any = false;

	for (size_t i = 0; i < w->count; i++)
		for (size_t k = 0; k < w->literals[i].count; k++) {
			const struct literal *its = &w->literals[i].of[k];
			size_t end = at + its->len;

			if (!stands_at(its, w->literals[i].nocase, rest))
				continue;
			if (!any || end < *first_out)
				*first_out = end;
			if (!any || end > *last_out)
				*last_out = end;
			any = true;
		}
	return any;
}

/* For each place: first[i], where the first string that begins at i or later
 * ends (SIZE_MAX: none); last[i], where the longest that begins at i does. */
struct truth {
	size_t first[TEXT_MAX + 1], last[TEXT_MAX + 1];
};

static void
find_truth(const struct world *w, struct span text, struct truth *out)
{
	size_t first, last;

	out->first[text.len] = SIZE_MAX;
	for (size_t i = text.len; i--;) {
		out->first[i] = out->first[i + 1];
		out->last[i] = 0;
		if (!ends_from(w, text, i, &first, &last))
			continue;
		out->last[i] = last;
		if (first < out->first[i])
			out->first[i] = first;
	}
}

static bool
place_is_right(
    const struct truth *truth, size_t len, size_t from, size_t place)
{
	size_t i = place < LITERAL_BYTES_MAX ? 0 : place - LITERAL_BYTES_MAX;

	if (truth->first[from] == SIZE_MAX)
		return place == len;
	if (place < from || place >= truth->first[from])
		return false;
	for (i = i < from ? from : i; i <= place; i++)
		if (truth->last[i] > place)
			return true;
	return false;
}

static bool
engine_is_right(const struct world *w, size_t engine, struct span text,
    const struct truth *truth)
{
	size_t from = 0;

	while (from < text.len) {
		size_t place = prefilter_find(w->of[engine], text, from);

		if (!place_is_right(truth, text.len, from, place)) {
			printf("# %s: from %zu to %zu of %zu\n",
			    engines[engine].name, from, place, text.len);
			return false;
		}
		/* Sometimes into the middle of a string. */
		from = place + 1 + place % 3;
	}
	return prefilter_find(w->of[engine], text, text.len) == text.len;
}

static bool
all_right(struct world *w, struct span text)
{
	struct truth *truth = xmalloc(sizeof(*truth));
	bool right = true;

	find_truth(w, text, truth);
	for (size_t i = 0; i < ENGINES && right; i++)
		right = engine_is_right(
			    w, i, cage_put(&w->cage, text, true), truth) &&
			engine_is_right(
			    w, i, cage_put(&w->cage, text, false), truth);
	free(truth);
	return right;
}

/* --- Places --------------------------------------------------------------- */

static bool
right_everywhere(struct world *w, const char *string, char around)
{
	size_t len = strlen(string);
	char text[300];

	for (size_t whole = len; whole <= 200; whole++) {
		size_t last = whole - len, at = whole > 70 ? last - 60 : 0;

		for (at = at > last ? 0 : at; at <= last; at++) {
			memset(text, around, whole);
			memcpy(text + at, string, len);
			if (!all_right(w, span_of(text, whole)))
				return false;
		}
	}
	return true;
}

static struct prefilter_pattern one[] = {{"segfault at", 0}};
static struct prefilter_pattern one_byte[] = {{"Q", 0}};
static struct prefilter_pattern one_nocase[] = {{"k:eLvin", PATTERN_NOCASE}};
static struct prefilter_pattern three[] = {
    {"Zq", 0}, {"a zebra, a quagga", PATTERN_NOCASE}, {"J", 0}};
static struct prefilter_pattern mixed[] = {{"x;", 0}, {"wxyz", 0},
    {"Failed password", PATTERN_NOCASE}, {"a string of some length", 0},
    {"seven|eight|nine|eleven", 0}, {"no_", 0}};

static const struct {
	struct prefilter_pattern *patterns;
	size_t count;
	const char *strings[4], *what;
} sets[] = {
    {one, 1, {"segfault at", "segfault", "ault at"}, "one string"},
    {one_byte, 1, {"Q", "QQ", "q"}, "a single byte"},
    {one_nocase, 1, {"K:ELVIN", "k:elvin", "KELVIN"}, "one of either case"},
    {three, 3, {"Zq", "A zebra, a QUAGGA", "J", "ZZqJ"}, "three strings"},
    {mixed, 6, {"wxyz", "fAILED Password", "no_", "x;"}, "several"},
};

static void
test_places(void)
{
	for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++) {
		struct world w;
		bool right = true;

		world_init(&w, sets[i].patterns, sets[i].count);
		for (size_t k = 0; k < 4 && sets[i].strings[k]; k++)
			right = right &&
				right_everywhere(
				    &w, sets[i].strings[k], '.') &&
				right_everywhere(&w, sets[i].strings[k], 'Z');
		OK(right, "%s: found at every place near either end of a text",
		    sets[i].what);
		world_release(&w);
	}
}

/* --- Random sets and texts ------------------------------------------------ */

/* xorshift (Marsaglia, 2003) */
static uint32_t
dice(uint32_t *state, uint32_t sides)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state % sides;
}

/* Of few letters, so that much is nearly there. */
static char *
random_string(uint32_t *state)
{
	char text[32];
	size_t len = dice(state, 4) ? 4 + dice(state, 20) : 2 + dice(state, 3);

	for (size_t i = 0; i < len; i++)
		text[i] = "abcdeXYZ -:0"[dice(state, 12)];
	return xstrndup(text, len);
}

static struct prefilter_pattern *
random_patterns(uint32_t *state, size_t count)
{
	struct prefilter_pattern *patterns = xcalloc(count, sizeof(*patterns));

	for (size_t i = 0; i < count; i++) {
		patterns[i].text = random_string(state);
		patterns[i].flags = dice(state, 3) ? 0 : PATTERN_NOCASE;
	}
	return patterns;
}

/* Strings of the patterns here and there, whole or not. */
static size_t
random_text(uint32_t *state, const struct world *w, size_t len, uint32_t often,
    char *out)
{
	for (size_t i = 0; i < len; i++)
		out[i] = "abcdeXYZ -:0\n\0.."[dice(state, 16)];
	for (size_t i = 0; i < len; i += 1 + dice(state, often)) {
		uint32_t which = dice(state, (uint32_t)w->count);
		const char *string = w->patterns[which].text;
		size_t part = strlen(string) - (dice(state, 3) == 0);

		if (part < len - i)
			memcpy(out + i, string, part);
	}
	return len;
}

static void
test_random(uint32_t seed, size_t count, size_t longest, size_t texts)
{
	struct prefilter_pattern *patterns = random_patterns(&seed, count);
	char *text = xmalloc(TEXT_MAX);
	bool right = true;
	struct world w;

	world_init(&w, patterns, count);
	for (size_t i = 0; i < texts && right; i++) {
		uint32_t often = i % 2 ? 300 : 6000;
		size_t len = random_text(&seed, &w,
		    dice(&seed, (uint32_t)longest), often, text);

		right = all_right(&w, span_of(text, len));
	}
	OK(right, "%zu random strings, %zu texts of up to %zu bytes", count,
	    texts, longest);
	world_release(&w);
	for (size_t i = 0; i < count; i++)
		free((char *)patterns[i].text);
	free(patterns);
	free(text);
}

/* --- What is not to be found ---------------------------------------------- */

static void
test_absent_patterns(void)
{
	static const struct prefilter_pattern patterns[] = {
	    {NULL, 0}, {"needle", 0}, {NULL, PATTERN_NOCASE}, {"pin", 0}};
	struct span text = span_str("hay\nhay needle\nhay");
	struct rarity *rarity = rarity_new();

	for (size_t i = 0; i < ENGINES; i++) {
		struct prefilter *filter =
		    prefilter_new(patterns, 4, rarity, engines[i].engine);
		struct candidates *found = prefilter_candidates_new(filter);
		size_t place = prefilter_find(filter, text, 0);

		prefilter_search(filter, text, found);
		OK(prefilter_covered(filter) == 2 &&
			!prefilter_is_open(filter) && place >= 8 &&
			place < 14 && candidates_next(found, 0, 4) == 1 &&
			candidates_next(found, 2, 4) == 4,
		    "patterns of another filter are no candidates of %s",
		    engines[i].name);
		candidates_free(found);
		prefilter_free(filter);
	}
	rarity_free(rarity);
}

static void
test_open(void)
{
	static const struct prefilter_pattern patterns[] = {
	    {NULL, 0}, {"needle", 0}, {"\\d+", 0}};
	struct rarity *rarity = rarity_new();
	struct prefilter *filter =
	    prefilter_new(patterns, 3, rarity, PREFILTER_AUTO);

	OK(prefilter_is_open(filter) &&
		prefilter_find(filter, span_str("hay\nhay"), 4) == 4 &&
		prefilter_find(filter, span_str("hay"), 3) == 3,
	    "a pattern without a string is found at once, but not at the end");
	prefilter_free(filter);
	filter = prefilter_new(patterns, 1, rarity, PREFILTER_AUTO);
	OK(!prefilter_is_open(filter) && !prefilter_pays(filter) &&
		prefilter_find(filter, span_str("hay"), 1) == 3,
	    "and without any pattern, nothing is");
	prefilter_free(filter);
	rarity_free(rarity);
}

int
main(void)
{
	test_places();
	test_absent_patterns();
	test_open();
	for (uint32_t seed = 1; seed <= 8; seed++) {
		test_random(seed, 1, 500, 20);
		test_random(seed, 2, 500, 20);
		test_random(seed, 3, 500, 20);
		test_random(seed, 20, 600, 20);
		test_random(seed, 60, 600, 10);
	}
	test_random(101, 3, TEXT_MAX, 4);
	test_random(102, 12, TEXT_MAX, 2);
	test_random(103, 50, TEXT_MAX, 2);
	test_random(104, 500, 2000, 3);
	return tap_done();
}
