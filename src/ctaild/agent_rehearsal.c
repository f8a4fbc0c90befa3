/*
 * agent_rehearsal: the first and the last word of a run that sends nothing.
 *
 * Without a control socket nobody can ask such a run how it is; and what its
 * rules held back when it ends would otherwise never be told.
 */
#include "config.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/diag.h"
#include "ctaild/agent_internal.h"

struct rehearsal {
	uint64_t lines, matched, alerts, held;
};

static void
add_file(void *arg, const struct source_file *file)
{
	struct rehearsal *sum = arg;

	sum->lines += file->lines;
}

static void
add_rule(const struct agent *agent, size_t rule, struct rehearsal *sum)
{
	struct pipeline *pipeline = agent->session->pipeline;
	struct pipeline_rule_totals totals;
	struct decider_totals state;

	pipeline_rule_totals(pipeline, rule, &totals);
	decider_totals(pipeline_decider(pipeline), rule, &state);
	sum->matched += totals.matched;
	sum->alerts += state.alerts + state.summaries;
	for (size_t i = REASON_NONE + 1; i < REASON_COUNT; i++)
		sum->held += state.held[i];
}

/* What is held is told, because nobody will do so later. */
static void
flush_rules(struct agent *agent)
{
	struct pipeline *pipeline = agent->session->pipeline;
	int64_t now_ms = clock_wall_ms();

	pipeline_end_pass(pipeline, now_ms);
	for (size_t i = 0; i < agent->session->plan->rule_count; i++)
		pipeline_flush(pipeline, i, now_ms);
	agent_tell_reports(agent, true);
}

void
agent_rehearsal_begin(const struct agent *agent)
{
	const struct agent_options *options = agent->options;

	if (!options->files || options->mode == AGENT_ONCE)
		return;
	diag(DIAG_INFO, "watching %s%s from here on with built-in rules; "
	    "nothing is stored or sent", options->files[0],
	    options->file_count > 1 ? " and the other files" : "");
}

void
agent_rehearsal_end(struct agent *agent)
{
	struct rehearsal sum = {0};
	struct buf reported = BUF_INIT;

	if (!agent->options->dry_run)
		return;
	flush_rules(agent);
	source_files(agent->session->source, add_file, &sum);
	journals_files(agent->session->journals, add_file, &sum);
	for (size_t i = 0; i < agent->session->plan->rule_count; i++)
		add_rule(agent, i, &sum);
	if (agent->session->plan->report_count)
		buf_addf(&reported, ", %" PRIu64 " lines reported",
		    agent->reported_lines);
	diag(DIAG_INFO, "read %" PRIu64 " line%s: %" PRIu64 " matched, %"
	    PRIu64 " alert%s, %" PRIu64 " held back%s",
	    sum.lines, sum.lines == 1 ? "" : "s", sum.matched, sum.alerts,
	    sum.alerts == 1 ? "" : "s", sum.held, buf_str(&reported));
	buf_release(&reported);
}
