/*
 * prefilter_pair: one string, or very few, by two bytes of each.
 *
 * The rarest two are compared at their distance, many places at a time: about
 * as fast as memory can be read, where they are rare together.  Hides which
 * they are; a machine without vectors looks for one byte only.
 */
#include "config.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "base/mem.h"
#include "judge/prefilter_pair_internal.h"

static uint32_t
byte_rarity(const struct rarity *rarity, unsigned char byte, bool folds)
{
	char text[2] = {(char)byte, (char)(byte - 0x20)};
	uint32_t sum = rarity_of(rarity, span_of(text, 1));

	return folds ? sum + rarity_of(rarity, span_of(text + 1, 1)) : sum;
}

static bool
byte_folds(const struct prefilter_string *string, size_t at)
{
	return string->nocase && ascii_is_lower(string->bytes[at]);
}

static void
set_bytes(struct pair_string *out, const struct prefilter_string *string,
    size_t first, size_t second)
{
	out->first = (uint8_t)first;
	out->gap = (uint8_t)(second - first);
	out->byte[0] = string->bytes[first];
	out->byte[1] = string->bytes[second];
	out->fold[0] = byte_folds(string, first) ? 0x20 : 0;
	out->fold[1] = byte_folds(string, second) ? 0x20 : 0;
}

static void
choose_bytes(const struct prefilter_string *string, const struct rarity *rarity,
    struct pair_string *out)
{
	uint64_t common[LITERAL_BYTES_MAX], least = UINT64_MAX;

	set_bytes(out, string, 0, 0);
	for (size_t i = 0; i < string->len; i++)
		common[i] = 1 + byte_rarity(rarity, string->bytes[i],
				    byte_folds(string, i));
	for (size_t i = 0; i < string->len; i++)
		for (size_t k = i + 1; k < string->len; k++)
			if (common[i] * common[k] < least) {
				least = common[i] * common[k];
				set_bytes(out, string, i, k);
			}
}

static pair_scan *
choose_scan(enum prefilter_engine engine)
{
	pair_scan *scan = NULL;

	if (engine == PREFILTER_PAIR_PORTABLE)
		return pair_scan_portable;
	if (engine != PREFILTER_PAIR_NARROW)
		scan = pair_machine(32);
	if (!scan)
		scan = pair_machine(16);
	return scan ? scan : pair_scan_portable;
}

struct pair *
pair_new(const struct prefilter *filter, const struct rarity *rarity,
    const uint32_t *which, size_t count, enum prefilter_engine engine)
{
	struct pair *pair = xcalloc(1, sizeof(*pair));

	pair->scan = choose_scan(engine);
	pair->count = count;
	for (size_t i = 0; i < count; i++) {
		struct pair_string *one = &pair->of[i];

		one->string = which[i];
		choose_bytes(&filter->strings[which[i]], rarity, one);
		pair->folds |= one->fold[0] || one->fold[1];
		if (one->gap > pair->gap_max)
			pair->gap_max = one->gap;
	}
	return pair;
}

void
pair_free(struct pair *pair)
{
	free(pair);
}

void
pair_search(struct hunt *hunt)
{
	hunt->filter->pair->scan(hunt, hunt->filter->pair);
}

/* A string that passed at that place.  True: nothing more has to be found. */
static bool
pair_hit(struct hunt *hunt, const struct pair_string *string, size_t at)
{
	return at >= string->first &&
	       prefilter_confirm(
		   hunt, string->string, at - string->first, at);
}

bool
pair_hits(struct hunt *hunt, const struct pair *pair, size_t at,
    const uint64_t places[PAIR_STRINGS_MAX])
{
	uint64_t any = 0;

	for (size_t i = 0; i < pair->count; i++)
		any |= places[i];
	for (; any; any &= any - 1) {
		size_t place = (size_t)__builtin_ctzll(any);

		for (size_t i = 0; i < pair->count; i++)
			if (places[i] >> place & 1 &&
			    pair_hit(hunt, &pair->of[i], at + place))
				return true;
	}
	return false;
}

/* --- One byte at a time --------------------------------------------------- */

static void
scan_for_byte(struct hunt *hunt, const struct pair_string *string)
{
	struct span text = hunt->text;
	const char *at = text.data, *end = text.data + text.len;

	while (at < end &&
	       (at = memchr(at, string->byte[0], (size_t)(end - at)))) {
		if (pair_hit(hunt, string, (size_t)(at - text.data)))
			return;
		at++;
	}
}

static inline bool
stands(const struct pair_string *string, unsigned char byte)
{
	return (byte | string->fold[0]) == string->byte[0];
}

void
pair_scan_portable(struct hunt *hunt, const struct pair *pair)
{
	if (pair->count == 1 && !pair->folds) {
		scan_for_byte(hunt, &pair->of[0]);
		return;
	}
	for (size_t at = 0; at < hunt->text.len; at++)
		for (size_t i = 0; i < pair->count; i++)
			if (stands(&pair->of[i],
				(unsigned char)hunt->text.data[at]) &&
			    pair_hit(hunt, &pair->of[i], at))
				return;
}
