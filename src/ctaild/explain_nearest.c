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
#include "judge/redact.h"
#include "message/text.h"

#define TIME_MAX_MS 500 /* the agent has other work */
#define SHOWN_MAX 60

struct search {
	const struct explained_line *line;
	int64_t end_ms;
	/* The one that got farthest; rule is NULL where there is none. */
	const struct plan_rule *rule;
	const struct pattern *pattern;
	struct origin origin;
	struct reach reach;
};

static bool
reads(const struct search *search, const struct plan_rule *rule, size_t log)
{
	return rule->logs[log] && (search->line->log == EXPLAIN_ALL_LOGS ||
				      search->line->log == log);
}

static bool
reads_any(const struct search *search, const struct plan_rule *rule)
{
	for (size_t i = 0; i < search->line->context->plan->log_count; i++)
		if (reads(search, rule, i))
			return true;
	return false;
}

static void
look_at_rule(struct search *search, const struct plan_rule *rule)
{
	const struct explained_line *line = search->line;
	const struct pattern *pattern;
	struct origin origin;
	enum rule_list list;
	struct reach reach;

	for (size_t i = 0;
	     clock_boot_ms() < search->end_ms &&
	     (pattern = rule_pattern(rule->rule, i, &list, &origin)) &&
	     list == RULE_MATCH;
	     i++) {
		if (!pattern_reach(
			pattern, line->scratch, line->raw, &reach) ||
		    (search->rule && !reach_is_farther(&reach, &search->reach)))
			continue;
		search->rule = rule;
		search->pattern = pattern;
		search->origin = origin;
		search->reach = reach;
	}
}

static void
add_row(struct buf *out, const char *name, struct span text)
{
	buf_addf(out, "    %-9s `", name);
	text_shown(out, text, SHOWN_MAX);
	buf_add_str(out, "'\n");
}

/* With masks where a log of the rule has them: they are as long as what they
 * hide. */
static void
add_rest(const struct search *search, struct span rest)
{
	const struct explained_line *line = search->line;
	const struct plan *plan = line->context->plan;
	size_t at = (size_t)(rest.data - line->raw.data);
	struct buf text = BUF_INIT, copy = BUF_INIT;
	struct span shown;
	bool withheld;

	buf_add_span(&text, line->raw);
	for (size_t i = 0; i < plan->log_count; i++) {
		if (!reads(search, search->rule, i))
			continue;
		shown = redact_text(plan->logs[i].redact, line->scratch, NULL,
		    buf_span(&text), &copy, &withheld);
		if (shown.data == text.data)
			continue;
		buf_reset(&text);
		buf_add_span(&text, shown);
	}
	if (rest.len)
		add_row(line->out, "finds", span_of(text.data + at, rest.len));
	else
		buf_add_str(line->out, "    finds     the end of the line\n");
	buf_release(&text);
	buf_release(&copy);
}

void
explain_nearest(const struct explained_line *line)
{
	const struct plan *plan = line->context->plan;
	struct search search = {
	    .line = line, .end_ms = clock_boot_ms() + TIME_MAX_MS};

	for (size_t i = 0;
	     i < plan->rule_count && clock_boot_ms() < search.end_ms; i++) {
		const struct plan_rule *rule = &plan->rules[i];

		if (!rule->report && reads_any(&search, rule))
			look_at_rule(&search, rule);
	}
	if (!search.rule)
		return;
	buf_addf(line->out, "nearest: rule %s\n    match     ",
	    rule_name(search.rule->rule));
	explain_add_place(line->out, search.origin, search.pattern);
	add_row(line->out, "matches", search.reach.has);
	add_row(line->out, "wants", search.reach.wants);
	add_rest(&search, search.reach.rest);
}
