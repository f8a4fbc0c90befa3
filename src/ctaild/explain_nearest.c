/*
 * explain_nearest: why no rule knows a line.
 *
 * A slip of the pen, an anchor before the time, a blank too many: of all
 * patterns the one that gets farthest is most likely the one that was meant.
 */
#include "config.h"

#include "base/clock.h"
#include "ctaild/explain_internal.h"
#include "judge/reach.h"
#include "message/text.h"

#define TIME_MAX_MS 500 /* the agent has other work */
#define SHOWN_MAX 60

struct nearest {
	const struct rule *rule; /* NULL: none yet */
	const struct pattern *pattern;
	struct origin origin;
	struct reach reach;
};

static void
look_at_rule(const struct explained_line *line, const struct rule *rule,
    int64_t end_ms, struct nearest *nearest)
{
	const struct pattern *pattern;
	struct origin origin;
	enum rule_list list;
	struct reach reach;

	for (size_t i = 0; clock_boot_ms() < end_ms &&
			   (pattern = rule_pattern(rule, i, &list, &origin)) &&
			   list == RULE_MATCH;
	     i++) {
		if (!pattern_reach(
			pattern, line->scratch, line->raw, &reach) ||
		    (nearest->rule &&
			reach.has.len <= nearest->reach.has.len))
			continue;
		*nearest = (struct nearest){rule, pattern, origin, reach};
	}
}

static void
add_row(struct buf *out, const char *name, struct span text)
{
	buf_addf(out, "    %-9s `", name);
	text_shown(out, text, SHOWN_MAX);
	buf_add_str(out, "'\n");
}

/* The same place in the copy in which redact masked what it masks. */
static struct span
shown_of(const struct explained_line *line, struct span rest)
{
	if (line->shown.len != line->raw.len)
		return span_of(rest.data, 0);
	return span_of(line->shown.data + (rest.data - line->raw.data),
	    rest.len);
}

void
explain_nearest(const struct explained_line *line)
{
	const struct plan *plan = line->context->plan;
	struct nearest nearest = {.rule = NULL};
	int64_t end_ms = clock_boot_ms() + TIME_MAX_MS;

	for (size_t i = 0; i < plan->rule_count && clock_boot_ms() < end_ms;
	     i++) {
		if (plan->rules[i].logs[line->log] && !plan->rules[i].report)
			look_at_rule(
			    line, plan->rules[i].rule, end_ms, &nearest);
	}
	if (!nearest.rule)
		return;
	buf_addf(line->out, "nearest: rule %s\n    match     ",
	    rule_name(nearest.rule));
	explain_add_place(line->out, nearest.origin, nearest.pattern);
	add_row(line->out, "matches", nearest.reach.has);
	add_row(line->out, "wants", nearest.reach.wants);
	add_row(line->out, "finds", shown_of(line, nearest.reach.rest));
}
