/*
 * explain_logcheck: what a rule of a [logcheck] makes of a line: under which
 * heading it is reported, or what keeps it from there.
 */
#include "config.h"

#include <string.h>

#include "ctaild/explain_internal.h"
#include "judge/logcheck.h"

static void
say_reported(const struct matter *matter)
{
	struct buf *out = matter->line->out;
	struct verdict verdict = {NULL};

	buf_addf(out, "logcheck %s: reported under ",
	    matter->planned->report->name);
	logcheck_add_heading(
	    out, matter->planned->layer, matter->planned->group);
	buf_add_str(out, matter->match->undecided
			     ? ", not being decided within the limits\n"
			     : "\n");
	explain_begin_row(matter, "match");
	if (matter->planned->layer == LOGCHECK_SYSTEM)
		buf_add_str(out, "no rule file ignores it\n");
	else
		explain_add_place(
		    out, matter->match->origin, matter->match->by);
	explain_say_held(matter->line, matter->match->by);
	explain_say_silence(matter, &verdict);
}

/* What another part of the report is about is not ignored. */
static bool
is_raised(const struct explained_line *line, const struct plan_report *report,
    struct origin origin)
{
	const struct plan_rule *rules =
	    line->context->plan->rules + report->first_rule;
	struct origin its;
	enum rule_list list;

	for (size_t i = 0; i < report->rule_count; i++)
		if (rule_pattern(rules[i].rule, 0, &list, &its) &&
		    list == RULE_MATCH && !strcmp(its.file, origin.file))
			return true;
	return false;
}

static void
say_ignored(const struct matter *matter)
{
	const struct plan_rule *rule = matter->planned;
	struct buf *out = matter->line->out;
	struct origin origin = matter->match->excluded_origin;
	bool raised = is_raised(matter->line, rule->report, origin);

	buf_addf(out, "logcheck %s: ", rule->report->name);
	if (!raised)
		buf_addf(out, "ignored by %s:%u, and ", origin.file,
		    origin.line);
	buf_add_str(out, "not under ");
	logcheck_add_heading(out, rule->layer, rule->group);
	buf_add_byte(out, '\n');
	explain_begin_row(matter, raised ? "but" : "ignore");
	explain_add_place(out, origin, matter->match->excluded_by);
	explain_say_held(matter->line, matter->match->excluded_by);
}

enum explained
explain_report(struct matter *matter)
{
	const struct explained_line *line = matter->line;

	rule_try(matter->planned->rule, line->scratch, NULL,
	    logcheck_line(line->raw), matter->match);
	if (matter->match->excluded)
		say_ignored(matter);
	else if (matter->match->matched)
		say_reported(matter);
	return matter->match->matched	 ? EXPLAINED_MATCHES
	       : matter->match->excluded ? EXPLAINED_EXCLUDED
					 : EXPLAINED_NO;
}
