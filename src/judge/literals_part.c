/*
 * literals_part: what is known of parts of a pattern when they are joined.
 *
 * Hides when listing strings ends: where a product grows too large or too
 * long, what was listed so far is weighed as a candidate, and a new list
 * begins.  Before a list is multiplied it is weighed too, since the product
 * may be worse.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/mem.h"
#include "judge/literals_internal.h"

/* Of the strings of a set one must be found in the log by accident this often
 * in a GiB before a set without it is worth having. */
#define COST_OF_A_STRING 512

/* More than any sum of rarities: a string under four bytes stands for no
 * four bytes in a row, which is what the searches look for. */
#define COST_OF_SHORTNESS ((uint64_t)1 << 40)

/* Thousands of strings are searched for in long steps if they are long (see
 * prefilter_grams.c); so some accidents more are the lesser evil. */
static const uint32_t cost_of_len[] = {[4] = 100000, [5] = 100000,
    [6] = 100000, [7] = 20000, [8] = 20000, [9] = 20000, [10] = 20000};

void
part_empty(struct part *part)
{
	part->exact = true;
	strings_only(&part->head, "", 0);
	strings_none(&part->must);
	part->cost = 0;
	strings_none(&part->either);
	part->maybe = false;
}

void
part_unknown(struct part *part)
{
	part_empty(part);
	part->exact = false;
	strings_only(&part->tail, "", 0);
}

static void
part_copy(struct part *to, const struct part *from)
{
	to->exact = from->exact;
	strings_copy(&to->head, &from->head);
	if (!from->exact)
		strings_copy(&to->tail, &from->tail);
	strings_copy(&to->must, &from->must);
	to->cost = from->cost;
	strings_copy(&to->either, &from->either);
	to->maybe = from->maybe;
}

/* All three ways of writing are to be expected in a log. */
static uint32_t
rarity_of_cases(const struct rarity *rarity, struct span bytes)
{
	char other[STRING_BYTES_MAX];
	uint64_t sum = rarity_of(rarity, bytes);
	bool word = true;
	size_t i;

	for (i = 0; i < bytes.len; i++) {
		bool letter = ascii_is_lower(bytes.data[i]);

		other[i] = bytes.data[i];
		if (letter && word)
			other[i] ^= 0x20;
		word = !letter;
	}
	sum += rarity_of(rarity, span_of(other, bytes.len));
	for (i = 0; i < bytes.len; i++) {
		if (ascii_is_lower(other[i]))
			other[i] ^= 0x20;
	}
	sum += rarity_of(rarity, span_of(other, bytes.len));
	return sum > UINT32_MAX ? UINT32_MAX : (uint32_t)sum;
}

static uint64_t
string_cost(struct weigher *weigher, const struct string *string, bool nocase)
{
	struct span bytes = span_of((const char *)string->bytes, string->len);
	size_t work = nocase ? 3 * bytes.len : bytes.len;
	uint64_t cost = COST_OF_A_STRING;

	weigher->work -= work < weigher->work ? work : weigher->work;
	if (string->len < 4)
		cost += COST_OF_SHORTNESS << (2 * (4 - string->len));
	else if (string->len < sizeof(cost_of_len) / sizeof(*cost_of_len))
		cost += cost_of_len[string->len];
	if (nocase)
		return cost + rarity_of_cases(weigher->rarity, bytes);
	return cost + rarity_of(weigher->rarity, bytes);
}

/* One of the strings of the set is in every match: is that better than what
 * is known already? */
static void
part_offer(
    struct weigher *weigher, struct part *part, const struct strings *set)
{
	uint64_t cost = 0;
	size_t i;

	if (!weigher->work || !set->count || strings_have_empty(set))
		return;
	for (i = 0; i < set->count; i++) {
		cost += string_cost(weigher, &set->of[i], set->nocase);
		if (part->must.count && cost >= part->cost)
			return;
	}
	strings_copy(&part->must, set);
	part->cost = cost;
}

void
part_close(struct weigher *weigher, struct part *part)
{
	part_offer(weigher, part, &part->either);
	strings_none(&part->either);
}

void
part_settle(struct weigher *weigher, struct part *part)
{
	part_close(weigher, part);
	part_offer(weigher, part, &part->head);
	if (!part->exact)
		part_offer(weigher, part, &part->tail);
}

/* Where the list of strings ends: it is the beginning and the ending. */
static void
part_loosen(struct part *part)
{
	if (!part->exact)
		return;
	part->exact = false;
	if (strings_have_empty(&part->head))
		strings_only(&part->head, "", 0);
	strings_copy(&part->tail, &part->head);
}

static void
part_take_must(struct part *part, const struct part *other)
{
	if (!other->must.count ||
	    (part->must.count && part->cost <= other->cost))
		return;
	strings_copy(&part->must, &other->must);
	part->cost = other->cost;
}

/* The strings that end here followed by those that begin there.  What is too
 * long goes on with its last bytes, what is too much with the latter alone. */
static void
part_go_on(struct weigher *weigher, struct part *part, struct strings *ends,
    const struct strings *begins)
{
	if (strings_append(ends, begins))
		return;
	part_offer(weigher, part, ends);
	strings_cut(ends, STRING_BYTES_KEPT);
	if (strings_append(ends, begins))
		return;
	if (strings_have_empty(begins))
		strings_only(ends, "", 0);
	else
		strings_copy(ends, begins);
}

/* Both ends stay what they are; only what lies between them is weighed. */
static void
part_join_loose(
    struct weigher *weigher, struct part *part, const struct part *next)
{
	if (!strings_have_empty(&next->head)) {
		part_go_on(weigher, part, &part->tail, &next->head);
		part_offer(weigher, part, &part->tail);
	}
	strings_copy(&part->tail, &next->tail);
}

static void
part_join_exact(
    struct weigher *weigher, struct part *part, const struct part *next)
{
	if (part->exact) {
		if (strings_append(&part->head, &next->head))
			return;
		part_offer(weigher, part, &part->head);
		part_loosen(part);
	}
	part_go_on(weigher, part, &part->tail, &next->head);
}

/* Behind the part comes one that may be left out, or what follows such a
 * one. */
static void
part_join_either(
    struct weigher *weigher, struct part *part, const struct part *next)
{
	bool goes_on = next->exact;

	if (next->maybe) {
		part_close(weigher, part);
		strings_copy(&part->either,
		    part->exact ? &part->head : &part->tail);
		goes_on = !strings_have_empty(&part->either) &&
			  strings_append(&part->either, &next->either);
		if (!goes_on)
			strings_none(&part->either);
		return;
	}
	if (!part->either.count)
		return;
	goes_on &= strings_append(&part->either, &next->head);
	if (!goes_on)
		part_close(weigher, part);
}

void
part_join(struct weigher *weigher, struct part *part, const struct part *next)
{
	part_take_must(part, next);
	part_join_either(weigher, part, next);
	if (next->head.count > 1 || !next->exact)
		part_offer(
		    weigher, part, part->exact ? &part->head : &part->tail);
	if (next->exact) {
		part_join_exact(weigher, part, next);
		return;
	}
	if (part->exact) {
		strings_copy(&part->tail, &part->head);
		if (!strings_append(&part->head, &next->head))
			part_loosen(part);
		part->exact = false;
	}
	part_join_loose(weigher, part, next);
}

static void
strings_either(struct strings *set, const struct strings *other)
{
	if (strings_have_empty(other) || !strings_unite(set, other) ||
	    strings_have_empty(set))
		strings_only(set, "", 0);
}

void
part_either(struct weigher *weigher, struct part *part, struct part *other)
{
	bool both;

	if (part->exact && other->exact &&
	    part->head.count + other->head.count <= LITERALS_MAX) {
		strings_unite(&part->head, &other->head);
		both = part->must.count && other->must.count;
	} else {
		part_settle(weigher, part);
		part_settle(weigher, other);
		part_loosen(part);
		part_loosen(other);
		strings_either(&part->head, &other->head);
		strings_either(&part->tail, &other->tail);
		both = part->must.count && other->must.count;
	}
	if (!both || !strings_unite(&part->must, &other->must))
		strings_none(&part->must);
	else
		part->cost += other->cost;
}

/* What is not listed begins with one of these, or is not there. */
static void
part_maybe_begins(struct part *part)
{
	struct strings begins;

	strings_copy(&begins, &part->head);
	part_unknown(part);
	part->maybe = !strings_have_empty(&begins);
	strings_close(&begins);
	if (part->maybe && strings_add(&begins, "", 0, false))
		strings_copy(&part->either, &begins);
	else
		part->maybe = false;
}

static void
part_maybe(struct part *part, long most)
{
	if (!part->exact)
		part_maybe_begins(part);
	else if (most != 1 || !strings_add(&part->head, "", 0, false))
		part_unknown(part);
	strings_none(&part->must);
	part->cost = 0;
}

/* Copies behind one another until they are as many as there must be, or are
 * no longer listed: what follows then is not worth the work. */
static long
part_copies(struct weigher *weigher, struct part *part, long least)
{
	struct part *one;
	long times;
	bool listed = true;

	if (least == 1)
		return 1;
	one = xmalloc(sizeof(*one));
	part_copy(one, part);
	for (times = 1; times < least && times < STRING_BYTES_MAX; times++) {
		if (!listed)
			break;
		listed = part->exact;
		part_join(weigher, part, one);
	}
	free(one);
	return times;
}

void
part_repeat(struct weigher *weigher, struct part *part, long least, long most)
{
	part->maybe = false;
	strings_none(&part->either);
	if (most == 0) {
		part_empty(part);
	} else if (least == 0) {
		part_maybe(part, most);
	} else if (part_copies(weigher, part, least) < least || most != least) {
		part_loosen(part);
	}
}

void
part_assert(struct weigher *weigher, struct part *part)
{
	part_settle(weigher, part);
	part->exact = true;
	strings_only(&part->head, "", 0);
}
