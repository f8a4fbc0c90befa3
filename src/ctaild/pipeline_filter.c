/*
 * pipeline_filter: which patterns a record of a log may concern.
 *
 * Hides that it asks twice where that is cheaper: first whether any pattern
 * that matches may, and only then which of all; and that filters are made
 * anew once it is known what is rare in a log.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "ctaild/pipeline_internal.h"

/* A new filter is repaid only after some tens of megabytes, and with few
 * patterns there is little to choose from. */
#define LEARN_PATTERNS 32
#define LEARN_FROM (16 * 1024 * 1024)
#define LEARN_STEP (512 * 1024) /* a block of each */
#define LEARN_BLOCKS 16
#define LEARN_AGAIN ((uint64_t)1024 * 1024 * 1024)

/* Those that have to see a record themselves: what takes all is left out where
 * it is known which records it does not get. */
static const struct pattern **
list_patterns(
    const struct pipeline *pipeline, const struct pipeline_filter *filter)
{
	const struct plan *plan = pipeline->plan;
	const struct pattern **patterns =
	    xcalloc(plan->pattern_count + 1, sizeof(*patterns));

	for (size_t i = 0; i < plan->pattern_count; i++) {
		const struct plan_pattern *its = &plan->patterns[i];

		if (its->matches && !(its->takes_all && filter->ignored) &&
		    plan->rules[its->rule].logs[filter->its.log])
			patterns[i] = its->pattern;
	}
	return patterns;
}

static void
make_sweep(struct pipeline *pipeline, struct pipeline_filter *filter)
{
	const struct plan *plan = pipeline->plan;
	const struct pattern **patterns = list_patterns(pipeline, filter);

	filter->sweep = sweep_new(filter->its.match, patterns,
	    plan->pattern_count, pipeline->scratch);
	for (size_t i = 0; i < plan->pattern_count; i++)
		if (patterns[i] && plan->rules[plan->patterns[i].rule].report)
			sweep_set_logcheck(filter->sweep, i);
	free(patterns);
	if (sweep_pays(filter->sweep))
		return;
	sweep_free(filter->sweep);
	seek_free(filter->ignored);
	filter->sweep = NULL;
	filter->ignored = NULL;
}

static void
take(struct pipeline *pipeline, struct pipeline_filter *filter,
    const struct plan_filter *its)
{
	filter->its = *its;
	filter->match = prefilter_candidates_new(its->match);
	filter->every = filter->match;
	if (its->every != its->match)
		filter->every = prefilter_candidates_new(its->every);
	filter->pays = prefilter_pays(its->every);
	filter->decides = prefilter_pays(its->match) &&
			  !prefilter_is_open(its->match);
	pipeline_make_ignored(pipeline, filter);
	make_sweep(pipeline, filter);
}

static void
leave(struct pipeline_filter *filter)
{
	sweep_free(filter->sweep);
	seek_free(filter->ignored);
	if (filter->every != filter->match)
		candidates_free(filter->every);
	candidates_free(filter->match);
	if (filter->learned)
		plan_free_filter(&filter->its);
}

void
pipeline_make_filters(struct pipeline *pipeline)
{
	const struct plan *plan = pipeline->plan;

	pipeline->filters =
	    xcalloc(plan->filter_count + 1, sizeof(*pipeline->filters));
	for (size_t i = 0; i < plan->filter_count; i++) {
		pipeline->filters[i].learn_at = LEARN_FROM;
		take(pipeline, &pipeline->filters[i], &plan->filters[i]);
	}
}

void
pipeline_free_filters(struct pipeline *pipeline)
{
	for (size_t i = 0; i < pipeline->plan->filter_count; i++) {
		leave(&pipeline->filters[i]);
		rarity_free(pipeline->filters[i].rarity);
	}
	free(pipeline->filters);
}

struct pipeline_filter *
pipeline_filter(const struct pipeline *pipeline, size_t log)
{
	return &pipeline->filters[pipeline->plan->logs[log].filter];
}

/* --- A record ------------------------------------------------------------- */

static bool
has_none(const struct pipeline *pipeline, const struct candidates *candidates)
{
	size_t count = pipeline->plan->pattern_count;

	return candidates_next(candidates, 0, count) == count;
}

const struct candidates *
pipeline_candidates(struct pipeline *pipeline, const struct record *record)
{
	struct pipeline_filter *filter = pipeline_filter(pipeline, record->log);
	bool swept = pipeline_was_swept(pipeline, record);

	if (swept)
		sweep_candidates(filter->sweep, pipeline->block.at,
		    record->text, filter->match);
	else if (filter->decides)
		prefilter_search(
		    filter->its.match, record->text, filter->match);
	if ((swept || filter->decides) &&
	    (filter->every == filter->match ||
		has_none(pipeline, filter->match)))
		return filter->match;
	if (!filter->pays)
		return NULL;
	prefilter_search(filter->its.every, record->text, filter->every);
	return filter->every;
}

/* --- What is rare in a log ------------------------------------------------ */

static void
begin_learning(struct pipeline_filter *filter)
{
	filter->rarity = rarity_new();
	filter->samples = 0;
}

static void
end_learning(struct pipeline *pipeline, struct pipeline_filter *filter)
{
	struct plan_filter its;

	plan_build_filter(
	    pipeline->plan, filter->its.log, filter->rarity, &its);
	rarity_free(filter->rarity);
	filter->rarity = NULL;
	leave(filter);
	take(pipeline, filter, &its);
	filter->learned = true;
	filter->learn_at = filter->seen + LEARN_AGAIN;
}

void
pipeline_learn_rarity(struct pipeline *pipeline, size_t log, struct span block)
{
	struct pipeline_filter *filter = pipeline_filter(pipeline, log);

	filter->seen += block.len;
	if (filter->seen < filter->learn_at ||
	    prefilter_covered(filter->its.every) < LEARN_PATTERNS)
		return;
	if (!filter->rarity)
		begin_learning(filter);
	rarity_learn(filter->rarity, block);
	filter->learn_at = filter->seen + LEARN_STEP;
	if (++filter->samples == LEARN_BLOCKS)
		end_learning(pipeline, filter);
}
