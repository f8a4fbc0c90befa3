/*
 * agent_reload: another configuration, without losing what is held.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/diag.h"
#include "ctaild/accepted.h"
#include "ctaild/agent_internal.h"

static struct session *
load_session(struct agent *agent)
{
	struct conf_errors errors = CONF_ERRORS_INIT;
	bool accepted;
	struct conf *conf = agent_load_conf(agent, &accepted);
	struct session *session = conf ? session_new(conf, &errors) : NULL;

	if (errors.text.len)
		fwrite(errors.text.data, 1, errors.text.len, stderr);
	conf_errors_release(&errors);
	return session;
}

static bool
rule_lives_on(const struct plan *plan, const struct plan_rule *old)
{
	for (size_t i = 0; i < plan->rule_count; i++)
		if (!strcmp(rule_name(plan->rules[i].rule),
			rule_name(old->rule)) &&
		    !strcmp(plan->rules[i].definition, old->definition))
			return true;
	return false;
}

/* What a changed or removed rule still holds goes out at once, under its old
 * name. */
static void
flush_ended_rules(struct agent *agent, const struct plan *next)
{
	const struct session *old = agent->session;

	for (size_t i = 0; i < old->plan->rule_count; i++)
		if (!rule_lives_on(next, &old->plan->rules[i]))
			pipeline_flush(old->pipeline, i, clock_wall_ms());
}

/* Rule files as they are now are not to be tried again by themselves. */
static int
refuse(struct agent *agent, struct err *err)
{
	agent->rules_changed = false;
	plan_files_changed(agent->session->plan);
	diag(DIAG_ERROR, "%s is refused; the configuration that was in force "
	    "stays in force", agent->config_path);
	agent_notice(agent, SEVERITY_ERROR, "the new configuration is refused",
	    "The one that was in force stays in force. Run `ctailctl check' "
	    "to see what is wrong.");
	agent_commit(agent, LEDGER_NORMAL, NULL);
	return err_set(err, "%s is refused, the old configuration stays in "
	    "force; see `ctailctl check'", agent->config_path);
}

static int
check_reloadable(const struct agent *agent, const struct session *next,
    struct err *err)
{
	if (agent->paused)
		return err_set(err, "the state cannot be written at present "
		    "(%s); reload again when it can", agent->trouble);
	if (!agent->options->state_dir &&
	    strcmp(conf_agent(next->conf)->state_dir, agent->state_dir))
		return err_set(err, "state_dir changed from %s to %s; that "
		    "needs a restart", agent->state_dir,
		    conf_agent(next->conf)->state_dir);
	return 0;
}

/* From here on the old session is gone, so failing is fatal for reading; the
 * state is untouched and a restart finds it. */
static int
swap_sessions(struct agent *agent, struct session *next, struct err *err)
{
	struct session *old = agent->session;

	agent_watch_source(agent, false);
	ledger_attach(agent->ledger, NULL, NULL, NULL, NULL);
	agent->session = next;
	if (agent_start_session(agent, next, err)) {
		ledger_discard(agent->ledger);
		agent->session = old;
		session_attach(old, agent->ledger, agent->silences);
		courier_configure(agent->courier, old->conf);
		agent_watch_source(agent, true);
		session_free(next);
		return -1;
	}
	session_free(old);
	agent->pruned = false;
	agent->rules_changed = false;
	agent_watch_source(agent, true);
	agent_tell_skipped(agent);
	return 0;
}

int
agent_reload(struct agent *agent, struct err *err)
{
	struct session *next;

	if (!agent->config_path)
		return err_set(err, "built-in rules cannot be reloaded");
	if (agent->stopping)
		return err_set(err, "the agent is stopping");
	next = load_session(agent);
	if (!next)
		return refuse(agent, err);
	if (check_reloadable(agent, next, err)) {
		session_free(next);
		return -1;
	}
	agent_look_quiet(agent, true);
	agent_tell_quiet(agent, false);
	pipeline_end_context(agent->session->pipeline);
	flush_ended_rules(agent, next->plan);
	if (agent_commit(agent, LEDGER_NORMAL, err)) {
		session_free(next);
		return -1;
	}
	if (swap_sessions(agent, next, err))
		return -1;
	if (!agent->options->dry_run &&
	    accepted_write(agent->state_dir, agent->config_path, next->conf,
		err))
		diag(DIAG_WARNING, "%s", err->text);
	reserve_resize(agent->reserve, conf_agent(next->conf)->reserve);
	if (!agent->options->dry_run && reserve_keep(agent->reserve, err))
		diag(DIAG_WARNING, "%s", err->text);
	agent->first_look = true;
	agent_wake(agent);
	if (!agent->options->dry_run)
		courier_kick(agent->courier);
	diag(DIAG_NOTICE, "%s was read again and is in force",
	    agent->config_path);
	return 0;
}
