/*
 * prefilter_walk: the strings of a filter that stand in a text, one by one.
 *
 * Hides that there are two engines: the grams go from place to place and may
 * leave out what is of no interest any more; what the vectors find is gathered
 * for a stretch of the text at a time, since they are good at long ones.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "judge/prefilter_internal.h"

/* Little enough to stay in the cache until the grams come by. */
enum { STRETCH = 16384 };

struct prefilter_walk {
	const struct prefilter *filter;
	struct span text;
	struct gram_walk grams;
	bool has_gram;	/* grams has one that was not told yet */
	bool no_grams;	/* there are no more */
	struct places places;	/* of the other engine, from 0 to searched */
	size_t next_place, searched;
};

struct prefilter_walk *
prefilter_walk_new(const struct prefilter *filter)
{
	struct prefilter_walk *walk = xcalloc(1, sizeof(*walk));

	walk->filter = filter;
	return walk;
}

void
prefilter_walk_free(struct prefilter_walk *walk)
{
	if (!walk)
		return;
	free(walk->places.items);
	free(walk);
}

void
prefilter_walk_begin(struct prefilter_walk *walk, struct span text)
{
	const struct prefilter *filter = walk->filter;

	/* Places are kept as 32 bits. */
	if (text.len > UINT32_MAX)
		text.len = UINT32_MAX;
	walk->text = text;
	walk->grams = (struct gram_walk){0};
	walk->has_gram = false;
	walk->no_grams = !filter->grams;
	walk->places.count = walk->next_place = 0;
	walk->searched = filter->vector || filter->pair ? 0 : text.len;
}

/* They come in nearly this order. */
static void
sort_places(struct places *places)
{
	for (size_t i = 1; i < places->count; i++) {
		struct place its = places->items[i];
		size_t k = i;

		for (; k && places->items[k - 1].at > its.at; k--)
			places->items[k] = places->items[k - 1];
		places->items[k] = its;
	}
}

/* Those that begin in the stretch: others are of the next one. */
static void
search_stretch(struct prefilter_walk *walk)
{
	size_t left = walk->text.len - walk->searched, count = 0;
	size_t len = left < STRETCH ? left : STRETCH;
	size_t sight = left - len < LITERAL_BYTES_MAX ? left
						      : len + LITERAL_BYTES_MAX;
	struct places *places = &walk->places;
	struct hunt hunt = {walk->filter,
	    span_of(walk->text.data + walk->searched, sight), NULL, 0, places};

	places->count = walk->next_place = 0;
	if (walk->filter->vector)
		vector_search(&hunt);
	if (walk->filter->pair)
		pair_search(&hunt);
	sort_places(places);
	while (count < places->count && places->items[count].at < len)
		places->items[count++].at += (uint32_t)walk->searched;
	places->count = count;
	walk->searched += len;
}

/* Of the other engine; what lies behind `end' need not be found. */
static bool
has_place(struct prefilter_walk *walk, size_t from, size_t end)
{
	struct places *places = &walk->places;

	for (;;) {
		while (walk->next_place < places->count &&
		       places->items[walk->next_place].at < from)
			walk->next_place++;
		if (walk->next_place < places->count)
			return places->items[walk->next_place].at < end;
		if (walk->searched < from)
			walk->searched = from;
		if (walk->searched >= end)
			return false;
		search_stretch(walk);
	}
}

static bool
has_gram(struct prefilter_walk *walk, size_t from)
{
	if (walk->no_grams)
		return false;
	if (walk->has_gram && walk->grams.at >= from)
		return true;
	walk->has_gram =
	    grams_walk_next(walk->filter, &walk->grams, walk->text, from);
	walk->no_grams = !walk->has_gram;
	return walk->has_gram;
}

static void
tell(const struct prefilter *filter, size_t place, uint32_t which,
    struct prefilter_hit *out)
{
	const struct prefilter_string *string = &filter->strings[which];

	*out = (struct prefilter_hit){place, filter->owners + string->owners,
	    string->owner_count, span_of("", 0)};
}

/* One that begins there. */
static void
tell_begin(const struct prefilter *filter, const struct place *place,
    struct prefilter_hit *out)
{
	const struct prefilter_string *string = &filter->strings[place->string];

	tell(filter, place->at, place->string, out);
	if (string->is_whole)
		out->whole =
		    span_of((const char *)string->bytes, string->len);
}

bool
prefilter_walk_next(
    struct prefilter_walk *walk, size_t from, struct prefilter_hit *out)
{
	bool gram;

	if (from > walk->text.len)
		from = walk->text.len;
	gram = has_gram(walk, from);
	if (has_place(walk, from, gram ? walk->grams.at : walk->text.len)) {
		tell_begin(walk->filter,
		    &walk->places.items[walk->next_place++], out);
		return true;
	}
	if (!gram)
		return false;
	walk->has_gram = false;
	tell(walk->filter, walk->grams.at, walk->grams.string, out);
	return true;
}
