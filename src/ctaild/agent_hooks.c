/*
 * agent_hooks: where alerts go: into the ledger, or onto standard output in a
 * dry run.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/map.h"
#include "ctaild/agent_internal.h"
#include "ctaild/earlier.h"
#include "message/mail.h"

static void
output_failed(struct agent *agent)
{
	if (agent->output_failed)
		return;
	diag(DIAG_ERROR, "standard output: %s", strerror(errno));
	agent->output_failed = true;
	loop_stop(agent->loop);
}

/* As it would be mailed. */
static void
print_alert(struct agent *agent, const struct alert *alert,
    const struct setting_list *sinks)
{
	struct buf body = BUF_INIT;

	mail_body(alert, &body);
	fputs("--- alert", stdout);
	for (size_t i = 0; i < sinks->count; i++)
		printf("%s %s", i ? "," : ", to", sinks->items[i].text);
	fputs(" ---\n", stdout);
	fwrite(body.data, 1, body.len, stdout);
	fputs("---\n", stdout);
	buf_release(&body);
	if (fflush(stdout))
		output_failed(agent);
}

/* One that is still amended is printed when it is whole. */
static void
print(struct agent *agent, const struct emission *emission)
{
	if (emission->wait_ms)
		map_put(agent->waiting, span_str(emission->alert->id),
		    (void *)emission->sinks);
	else
		print_alert(agent, emission->alert, emission->sinks);
}

void
agent_emit(void *arg, const struct emission *emission)
{
	struct agent *agent = arg;

	if (agent->options->dry_run)
		print(agent, emission);
	else
		ledger_take(agent->ledger, emission);
}

static void
amend(void *arg, const struct alert *alert)
{
	struct agent *agent = arg;
	const struct setting_list *sinks;

	if (!agent->options->dry_run) {
		ledger_amend(agent->ledger, alert);
		return;
	}
	sinks = map_take(agent->waiting, span_str(alert->id));
	if (sinks)
		print_alert(agent, alert, sinks);
}

static void
notice(void *arg, enum severity severity, const char *subject, const char *text)
{
	struct agent *agent = arg;
	struct buf full = BUF_INIT;

	buf_add_str(&full, text);
	if (agent_may_tell(agent, span_str(subject), &full)) {
		diag(severity >= SEVERITY_ERROR ? DIAG_ERROR : DIAG_WARNING,
		    "%s", buf_str(&full));
		agent_notice(agent, severity, subject, buf_str(&full));
	}
	buf_release(&full);
}

static void
report(void *arg, const struct report_line *line)
{
	struct agent *agent = arg;

	agent->reported_lines++;
	reports_add(agent->session->reports, line);
}

void
agent_tell_reports(struct agent *agent, bool all)
{
	const struct setting_list *sinks;
	struct alert alert;

	while (reports_take(agent->session->reports, clock_wall_ms(), all,
	    agent->hostname, &alert, &sinks)) {
		struct emission emission = {.alert = &alert, .sinks = sinks};

		agent_emit(agent, &emission);
		alert_release(&alert);
	}
}

static void
look_back(void *arg, const struct record *record,
    void (*each)(void *each_arg, struct span text), void *each_arg)
{
	const struct session *session = ((struct agent *)arg)->session;
	struct earlier earlier = {.log = &session->logs[record->log],
	    .source = session->source,
	    .pipeline = session->pipeline,
	    .want = session->plan->logs[record->log].context};

	earlier_records(&earlier, record, each, each_arg);
}

struct pipeline_hooks
agent_hooks(struct agent *agent)
{
	return (struct pipeline_hooks){.emit = agent_emit,
	    .amend = amend,
	    .notice = notice,
	    .about_log = agent_about_log,
	    .earlier = look_back,
	    .report = report,
	    .arg = agent};
}
