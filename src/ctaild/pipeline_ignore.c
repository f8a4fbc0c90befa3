/*
 * pipeline_ignore: lines that one rule would take, but for its excludes.
 *
 * Where a rule takes all lines of a log, most of which its excludes are meant
 * for (as in logcheck), those are found block by block: whichever exclude it
 * is that a line matches, and no other rule has a string there, the line is
 * done.  Hides which rule that is.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "ctaild/pipeline_internal.h"

static bool
reads(const struct pipeline *pipeline, const struct pipeline_filter *filter,
    const struct plan_pattern *pattern)
{
	return pipeline->plan->rules[pattern->rule].logs[filter->its.log];
}

/* False: no rule takes all, or more than one does. */
static bool
find_ignorer(
    const struct pipeline *pipeline, struct pipeline_filter *filter)
{
	const struct plan *plan = pipeline->plan;
	size_t found = plan->rule_count;

	for (size_t i = 0; i < plan->pattern_count; i++) {
		const struct plan_pattern *its = &plan->patterns[i];

		if (!its->takes_all || !reads(pipeline, filter, its))
			continue;
		if (found != plan->rule_count && found != its->rule)
			return false;
		found = its->rule;
	}
	filter->ignorer = found;
	return found != plan->rule_count;
}

void
pipeline_make_ignored(
    struct pipeline *pipeline, struct pipeline_filter *filter)
{
	const struct plan *plan = pipeline->plan;
	struct seek_pattern *patterns;
	bool any = false;

	filter->ignored = NULL;
	filter->streak = (struct streak){0};
	if (!find_ignorer(pipeline, filter))
		return;
	patterns = xcalloc(plan->pattern_count + 1, sizeof(*patterns));
	for (size_t i = 0; i < plan->pattern_count; i++) {
		const struct plan_pattern *its = &plan->patterns[i];

		if (its->matches || its->rule != filter->ignorer)
			continue;
		patterns[i] = (struct seek_pattern){
		    its->pattern, plan->rules[its->rule].report != NULL};
		any = true;
	}
	if (any)
		filter->ignored = seek_new(filter->its.every, patterns,
		    plan->pattern_count, pipeline->scratch,
		    pipeline->quarantine);
	free(patterns);
}

/* An exclude takes away what a match of the same rule found: only that nothing
 * but its excludes is to be said of a line lets it go. */
size_t
pipeline_next_wanted(
    struct pipeline_filter *filter, struct span lines, size_t from)
{
	size_t wanted = from, raised;

	if (from >= lines.len || streak_rests(&filter->streak))
		return from;
	raised = sweep_next(filter->sweep, from);
	while (wanted < raised) {
		struct seek_line line;

		seek_next(filter->ignored, wanted, &line);
		if (line.start != wanted || !line.surely)
			break;
		wanted = line.end;
	}
	streak_note(&filter->streak, wanted == from);
	return wanted;
}
