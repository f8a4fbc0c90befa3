/*
 * prefilter: the strings of all patterns, each once, and who searches them.
 *
 * Hides the choice between the engines: a vector search is fastest as long
 * as what it cannot tell apart is little; beyond that, hashed grams, with the
 * vector search for the few strings that are too short for them.
 */
#include "config.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "base/mem.h"
#include "judge/prefilter_internal.h"

/* More strings than that make the vector search stop too often: with rules of
 * logcheck the two were as fast at 30 to 36.  The figures in prefilter_grams.c
 * were measured in the same way. */
enum { VECTOR_STRINGS_MAX = 24 };

/* Where two engines search for the first place, neither may run far ahead of
 * what the other finds. */
enum { FIND_AT_A_TIME = 4096 };

/* A string of one pattern. */
struct owned {
	struct prefilter_string string;
	uint32_t pattern;
};

struct collection {
	struct owned *items;
	size_t count, room;
};

/* Bytes that stand for themselves, as whoever trims lines sees them. */
static bool
is_plain(const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~' ||
		    strchr("\\^$.[]|()?*+{}", text[i]))
			return false;
	return len && text[len - 1] != ' ';
}

static bool
is_whole(const struct prefilter_pattern *pattern,
    const struct literals *literals)
{
	const struct literal *literal = literals->of;

	return literals->count == 1 && !pattern->flags &&
	       is_plain(pattern->text) &&
	       span_equal(span_str(pattern->text),
		   span_of((const char *)literal->bytes, literal->len));
}

static void
collect(struct collection *all, const struct literals *literals, size_t pattern,
    bool whole)
{
	if (all->count + literals->count > all->room) {
		all->room = 2 * all->room + LITERALS_MAX;
		all->items =
		    xreallocarray(all->items, all->room, sizeof(*all->items));
	}
	for (size_t i = 0; i < literals->count; i++) {
		const struct literal *literal = &literals->of[i];
		struct owned *owned = &all->items[all->count++];

		*owned = (struct owned){.pattern = (uint32_t)pattern};
		owned->string.is_whole = whole;
		memcpy(owned->string.bytes, literal->bytes, literal->len);
		owned->string.len = literal->len;
		owned->string.nocase = literals->nocase;
	}
}

static int
compare_strings(
    const struct prefilter_string *a, const struct prefilter_string *b)
{
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	if (a->nocase != b->nocase)
		return a->nocase ? 1 : -1;
	return memcmp(a->bytes, b->bytes, a->len);
}

static int
compare_owned(const void *a, const void *b)
{
	const struct owned *one = a, *other = b;
	int order = compare_strings(&one->string, &other->string);

	if (order)
		return order;
	if (one->string.is_whole != other->string.is_whole)
		return one->string.is_whole ? -1 : 1;
	return one->pattern < other->pattern ? -1
					     : one->pattern > other->pattern;
}

/* Each string once, with its patterns. */
static void
merge(struct prefilter *filter, struct collection *all)
{
	if (all->count)
		qsort(
		    all->items, all->count, sizeof(*all->items), compare_owned);
	filter->strings = xcalloc(all->count, sizeof(*filter->strings));
	filter->owners = xcalloc(all->count, sizeof(*filter->owners));
	for (size_t i = 0; i < all->count; i++) {
		const struct owned *owned = &all->items[i];
		struct prefilter_string *string;

		if (!i || compare_strings(&owned[-1].string, &owned->string)) {
			string = &filter->strings[filter->string_count++];
			*string = owned->string;
			string->owners = (uint32_t)i;
		}
		string = &filter->strings[filter->string_count - 1];
		string->owner_count++;
		filter->owners[i] = owned->pattern;
	}
}

static void
find_strings(struct prefilter *filter, const struct prefilter_pattern *patterns,
    const struct rarity *rarity)
{
	struct collection all = {NULL, 0, 0};
	struct literals literals;

	for (size_t i = 0; i < filter->pattern_count; i++) {
		if (!patterns[i].text)
			continue;
		literals_find(
		    patterns[i].text, patterns[i].flags, rarity, &literals);
		filter->open[i] = !literals.count;
		filter->open_count += !literals.count;
		filter->covered += literals.count > 0;
		collect(&all, &literals, i, is_whole(&patterns[i], &literals));
	}
	merge(filter, &all);
	free(all.items);
}

static bool
wants_grams(const struct prefilter *filter, enum prefilter_engine engine)
{
	if (engine != PREFILTER_AUTO)
		return engine == PREFILTER_GRAMS;
	if (!vector_is_fast())
		return filter->string_count > 1;
	return filter->string_count > VECTOR_STRINGS_MAX;
}

static bool
is_pair(enum prefilter_engine engine)
{
	return engine == PREFILTER_PAIR || engine == PREFILTER_PAIR_NARROW ||
	       engine == PREFILTER_PAIR_PORTABLE;
}

static bool
wants_pair(size_t count, enum prefilter_engine engine)
{
	if (!count || count > PAIR_STRINGS_MAX)
		return false;
	return is_pair(engine) ||
	       ((engine == PREFILTER_AUTO || engine == PREFILTER_GRAMS) &&
		   pair_is_faster(count));
}

static void
choose_engines(struct prefilter *filter, const struct rarity *rarity,
    enum prefilter_engine engine)
{
	uint32_t *rest = xcalloc(filter->string_count, sizeof(*rest));
	size_t count = filter->string_count;

	if (wants_grams(filter, engine)) {
		filter->grams = grams_new(filter, rarity, rest, &count);
	} else {
		for (size_t i = 0; i < count; i++)
			rest[i] = (uint32_t)i;
	}
	if (wants_pair(count, engine))
		filter->pair = pair_new(filter, rarity, rest, count, engine);
	else if (count)
		filter->vector =
		    vector_new(filter, rarity, rest, count, engine);
	free(rest);
}

struct prefilter *
prefilter_new(const struct prefilter_pattern *patterns, size_t count,
    const struct rarity *rarity, enum prefilter_engine engine)
{
	struct prefilter *filter = xcalloc(1, sizeof(*filter));

	filter->pattern_count = count;
	filter->open = xcalloc(count, sizeof(*filter->open));
	find_strings(filter, patterns, rarity);
	choose_engines(filter, rarity, engine);
	return filter;
}

void
prefilter_free(struct prefilter *filter)
{
	if (!filter)
		return;
	grams_free(filter->grams);
	vector_free(filter->vector);
	pair_free(filter->pair);
	free(filter->strings);
	free(filter->owners);
	free(filter->open);
	free(filter);
}

size_t
prefilter_covered(const struct prefilter *filter)
{
	return filter->covered;
}

bool
prefilter_is_open(const struct prefilter *filter)
{
	return filter->open_count > 0;
}

/* Measured: one try by PCRE2 costs more than a vector search, and as much as
 * some hundred bytes of another. */
bool
prefilter_pays(const struct prefilter *filter)
{
	return filter->covered >= (vector_is_fast() ? 1 : 4);
}

struct candidates *
prefilter_candidates_new(const struct prefilter *filter)
{
	struct candidates *out = candidates_new(filter->pattern_count);

	for (size_t i = 0; i < filter->pattern_count; i++)
		if (filter->open[i])
			candidates_keep(out, i);
	return out;
}

void
prefilter_search(
    const struct prefilter *filter, struct span record, struct candidates *out)
{
	struct hunt hunt = {filter, record, out, 0, NULL};

	candidates_clear(out);
	if (filter->grams)
		grams_search(&hunt);
	if (filter->vector)
		vector_search(&hunt);
	if (filter->pair)
		pair_search(&hunt);
}

/* The first place of the text; its length: none. */
static size_t
find_in(const struct prefilter *filter, struct span text)
{
	struct hunt hunt = {filter, text, NULL, text.len, NULL};

	if (filter->grams)
		grams_search(&hunt);
	/* A string that lies before that place has ended before it. */
	hunt.text.len = hunt.found;
	if (filter->vector)
		vector_search(&hunt);
	if (filter->pair)
		pair_search(&hunt);
	return hunt.found;
}

static size_t
find_with_both(
    const struct prefilter *filter, struct span text, size_t from)
{
	for (; from < text.len; from += FIND_AT_A_TIME) {
		size_t len = text.len - from, found;

		if (len > FIND_AT_A_TIME + LITERAL_BYTES_MAX)
			len = FIND_AT_A_TIME + LITERAL_BYTES_MAX;
		found = find_in(filter, span_of(text.data + from, len));
		if (found < len)
			return from + found;
	}
	return text.len;
}

size_t
prefilter_find(const struct prefilter *filter, struct span text, size_t from)
{
	if (from >= text.len)
		return text.len;
	if (prefilter_is_open(filter))
		return from;
	if (filter->grams && (filter->vector || filter->pair))
		return find_with_both(filter, text, from);
	return from + find_in(filter,
			  span_of(text.data + from, text.len - from));
}

/* --- For the engines ------------------------------------------------------ */

bool
prefilter_stands(const struct prefilter_string *string, const char *bytes)
{
	if (!string->nocase)
		return !memcmp(bytes, string->bytes, string->len);
	for (size_t i = 0; i < string->len; i++)
		if (ascii_lower(bytes[i]) != (char)string->bytes[i])
			return false;
	return true;
}

static void
add_place(struct places *places, size_t at, size_t which)
{
	if (places->count == places->room) {
		places->room = 2 * places->room + 64;
		places->items = xreallocarray(
		    places->items, places->room, sizeof(*places->items));
	}
	places->items[places->count++] =
	    (struct place){(uint32_t)at, (uint32_t)which};
}

bool
prefilter_confirm(struct hunt *hunt, size_t which, size_t at, size_t here)
{
	const struct prefilter_string *string = &hunt->filter->strings[which];
	const uint32_t *owners = hunt->filter->owners + string->owners;

	if (hunt->text.len - at < string->len ||
	    !prefilter_stands(string, hunt->text.data + at))
		return false;
	if (hunt->places) {
		add_place(hunt->places, at, which);
		return false;
	}
	if (!hunt->out) {
		hunt->found = here;
		return true;
	}
	for (size_t i = 0; i < string->owner_count; i++)
		candidates_add(hunt->out, owners[i]);
	return false;
}

size_t
prefilter_rarest(const struct prefilter_string *string, size_t width,
    const struct rarity *rarity)
{
	uint32_t least = UINT32_MAX;
	size_t best = 0;

	for (size_t at = 0; at + width <= string->len; at++) {
		uint32_t here = rarity_of(
		    rarity, span_of((const char *)string->bytes + at, width));

		if (here < least) {
			least = here;
			best = at;
		}
	}
	return best;
}
