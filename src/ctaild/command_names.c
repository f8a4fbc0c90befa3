/*
 * command_names: names of rules and sinks as somebody typed them.
 *
 * One that is nearly right would do nothing, or look as if there were
 * nothing.
 */
#include "config.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/setting.h"
#include "ctaild/command.h"

static const char *
nearest_rule(const struct plan *plan, const char *name)
{
	const char **names = xcalloc(
	    plan->rule_count + plan->report_count + 1, sizeof(*names));
	const char *nearest;

	for (size_t i = 0; i < plan->rule_count; i++)
		names[i] = rule_name(plan->rules[i].rule);
	for (size_t i = 0; i < plan->report_count; i++)
		names[plan->rule_count + i] = plan->reports[i].name;
	nearest = nearest_word(span_str(name), names);
	free(names);
	return nearest;
}

int
command_check_rule(const struct plan *plan, const char *glob, struct err *err)
{
	const char *nearest;

	for (size_t i = 0; i < plan->rule_count; i++)
		if (!fnmatch(glob, rule_name(plan->rules[i].rule), 0))
			return 0;
	for (size_t i = 0; i < plan->report_count; i++)
		if (!fnmatch(glob, plan->reports[i].name, 0))
			return 0;
	nearest = nearest_rule(plan, glob);
	if (nearest)
		return err_set(err,
		    "no rule is called `%s'; did you mean `%s'?", glob,
		    nearest);
	return err_set(err, "no rule is called `%s'", glob);
}

int
command_refuse_sink(
    const struct plan *plan, const char *name, const char *but, struct err *err)
{
	const struct conf_section *sink;
	const char **names, *nearest;
	size_t count = 0;

	while (conf_sink_at(plan->conf, count))
		count++;
	names = xcalloc(count + 1, sizeof(*names));
	for (size_t i = 0; (sink = conf_sink_at(plan->conf, i)); i++)
		names[i] = sink->name;
	nearest = nearest_word(span_str(name), names);
	free(names);
	if (nearest)
		return err_set(err,
		    "there is no sink `%s' in the configuration%s; did you "
		    "mean `%s'?",
		    name, but, nearest);
	return err_set(
	    err, "there is no sink `%s' in the configuration%s", name, but);
}
