/*
 * tally_top: what stands out in a tally.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "ctailctl/tally.h"
#include "judge/shape.h"

/* Of the same count the one that is first in the alphabet, so that two runs
 * say the same. */
static bool
is_more(const struct tally_shape *a, const struct tally_shape *b)
{
	return a->count > b->count ||
	       (a->count == b->count && strcmp(a->sample, b->sample) < 0);
}

size_t
tally_top_shapes(struct tally *tally, struct tally_shape *out[TALLY_SHAPES])
{
	size_t count = 0, at = 0;
	struct span name;
	void *value;

	while (map_next(tally->shapes, &at, &name, &value)) {
		struct tally_shape *shape = value;
		size_t place = count;

		while (place && is_more(shape, out[place - 1]))
			place--;
		if (place == TALLY_SHAPES)
			continue;
		if (count < TALLY_SHAPES)
			count++;
		memmove(&out[place + 1], &out[place],
		    (count - place - 1) * sizeof(out[0]));
		out[place] = shape;
	}
	for (size_t i = 0; i < count; i++) {
		struct buf text = BUF_INIT;

		shape_describe(
		    span_of(out[i]->sample, out[i]->sample_len), &text);
		free(out[i]->text);
		out[i]->text = buf_take(&text);
	}
	return count;
}

const struct tally_rule *
tally_top_rule(const struct tally *tally)
{
	const struct tally_rule *top = NULL;
	size_t telling = 0;

	for (size_t i = 0; i < tally->plan->rule_count; i++) {
		const struct tally_rule *rule = &tally->rules[i];

		telling += rule->told > 0;
		if (rule->told > (top ? top->told : 0))
			top = rule;
	}
	return telling > 1 ? top : NULL;
}

const struct tally_key *
tally_top_key(const struct tally *tally)
{
	const struct tally_key *top = NULL;
	struct span name;
	size_t at = 0;
	void *value;

	while (map_next(tally->keys, &at, &name, &value)) {
		const struct tally_key *key = value;

		if (!top || key->alerts > top->alerts ||
		    (key->alerts == top->alerts &&
			strcmp(key->key, top->key) < 0))
			top = key;
	}
	return top;
}
