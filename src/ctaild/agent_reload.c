/*
 * agent_reload: another configuration, or other rule files, without losing
 * what is held.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/diag.h"
#include "ctaild/accepted.h"
#include "ctaild/agent_internal.h"

enum reload_what {
	RELOAD_EVERYTHING,
	RELOAD_RULE_FILES
};

/* Rule files change by themselves, with a package; the configuration is then
 * perhaps half written, and nobody has asked for it. */
static struct session *
load_session(struct agent *agent, enum reload_what what)
{
	struct conf_errors errors = CONF_ERRORS_INIT;
	struct session *session = NULL;
	struct conf *conf;
	bool accepted;

	if (what == RELOAD_RULE_FILES)
		session = session_again(agent->session, &errors);
	else if ((conf = agent_load_conf(agent, &accepted)))
		session = session_new(conf, &errors);
	if (errors.text.len)
		fwrite(errors.text.data, 1, errors.text.len, stderr);
	conf_errors_release(&errors);
	return session;
}

/* What one without a sink holds nobody hears of. */
static bool
tells_as_before(const struct plan_rule *rule, const struct plan_rule *old)
{
	return rule->sinks->count || !old->sinks->count;
}

static bool
rule_lives_on(const struct plan *plan, const struct plan_rule *old)
{
	for (size_t i = 0; i < plan->rule_count; i++)
		if (!strcmp(rule_name(plan->rules[i].rule),
			rule_name(old->rule)) &&
		    !strcmp(plan->rules[i].definition, old->definition))
			return tells_as_before(&plan->rules[i], old);
	return false;
}

/* What a rule still holds that is changed, removed or only counts from now on
 * goes out at once, under its old name. */
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
refuse(struct agent *agent, enum reload_what what, struct err *err)
{
	const char *refused = what == RELOAD_RULE_FILES ? "what rule files say"
							: agent->config_path;

	agent->rules_changed = false;
	plan_files_changed(agent->session->plan);
	diag(DIAG_ERROR, "%s is refused; the configuration that was in force "
	    "stays in force", refused);
	agent_notice(agent, SEVERITY_ERROR, "the new configuration is refused",
	    "The one that was in force stays in force. Run `ctailctl check' "
	    "to see what is wrong.");
	agent_commit(agent, LEDGER_NORMAL, NULL);
	return err_set(err, "%s is refused, the old configuration stays in "
	    "force; see `ctailctl check'", refused);
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
	session_follow(next, old);
	agent->prune_ms = 0;
	agent->rules_changed = false;
	agent_watch_source(agent, true);
	agent_tell_skipped(agent);
	return 0;
}

/* What the old session still holds is told and stored.  Alerts that wait for
 * records go on with the next one, but for those of a dry run, which are stored
 * nowhere. */
static int
end_session(struct agent *agent, const struct session *next, struct err *err)
{
	agent_look_quiet(agent, true);
	agent_tell_quiet(agent, false);
	if (agent->options->dry_run)
		pipeline_end_context(agent->session->pipeline);
	flush_ended_rules(agent, next->plan);
	return agent_commit(agent, LEDGER_NORMAL, err);
}

/* What lies beside the state, for what is in force now. */
static void
store_beside(struct agent *agent)
{
	const struct conf *conf = agent->session->conf;
	struct err err = ERR_INIT;

	reserve_resize(agent->reserve, conf_agent(conf)->reserve);
	if (agent->options->dry_run)
		return;
	if (accepted_write(agent->state_dir, agent->config_path, conf, &err))
		diag(DIAG_WARNING, "%s", err.text);
	if (reserve_keep(agent->reserve, &err))
		diag(DIAG_WARNING, "%s", err.text);
}

static int
reload(struct agent *agent, enum reload_what what, struct err *err)
{
	struct session *next;

	if (!agent->config_path)
		return err_set(err, "built-in rules cannot be reloaded");
	if (agent->stopping)
		return err_set(err, "the agent is stopping");
	next = load_session(agent, what);
	if (!next)
		return refuse(agent, what, err);
	if (check_reloadable(agent, next, err) ||
	    end_session(agent, next, err)) {
		session_free(next);
		return -1;
	}
	if (swap_sessions(agent, next, err))
		return -1;
	if (what == RELOAD_EVERYTHING)
		store_beside(agent);
	agent->first_look = true;
	agent_wake(agent);
	if (!agent->options->dry_run)
		courier_kick(agent->courier);
	return 0;
}

int
agent_reload(struct agent *agent, struct err *err)
{
	int result = reload(agent, RELOAD_EVERYTHING, err);

	if (!result)
		diag(DIAG_NOTICE, "%s was read again and is in force",
		    agent->config_path);
	return result;
}

int
agent_reload_rules(struct agent *agent, struct err *err)
{
	int result = reload(agent, RELOAD_RULE_FILES, err);

	if (!result)
		diag(DIAG_NOTICE, "rule files were read again and are in "
		    "force");
	return result;
}
