/*
 * session: builds the rooms' objects for one configuration.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "ctaild/restore.h"
#include "ctaild/session.h"

static struct session *
compile(struct conf *conf, bool borrows_conf, struct conf_errors *errors)
{
	struct session *session = xcalloc(1, sizeof(*session));
	size_t before = errors->count;

	session->conf = conf;
	session->borrows_conf = borrows_conf;
	session->plan = plan_new(conf, errors);
	if (session->plan)
		plan_check_samples(session->plan, errors);
	if (!session->plan || errors->count > before) {
		session_free(session);
		return NULL;
	}
	return session;
}

struct session *
session_new(struct conf *conf, struct conf_errors *errors)
{
	return compile(conf, false, errors);
}

struct session *
session_again(const struct session *session, struct conf_errors *errors)
{
	return compile(session->conf, true, errors);
}

void
session_follow(struct session *next, struct session *old)
{
	if (next->borrows_conf) {
		next->borrows_conf = old->borrows_conf;
		old->borrows_conf = true;
	}
	session_free(old);
}

static void
free_logs(struct session *session)
{
	if (!session->logs)
		return;
	for (size_t i = 0; i < session->plan->log_count; i++)
		free((bool *)session->logs[i].known);
	free(session->logs);
}

void
session_free(struct session *session)
{
	if (!session)
		return;
	counts_free(session->counts);
	pipeline_free(session->pipeline);
	quiet_free(session->quiet);
	reports_free(session->reports);
	source_free(session->source);
	journals_free(session->journals);
	free_logs(session);
	plan_free(session->plan);
	if (!session->borrows_conf)
		conf_free(session->conf);
	free(session);
}

static const bool *
known_patterns(const struct session_start *how, const char *log,
    const struct setting_list *patterns)
{
	bool *known = xcalloc(patterns->count + 1, sizeof(*known));

	for (size_t i = 0; i < patterns->count; i++) {
		known[i] = ledger_pattern_known(
		    how->ledger, log, patterns->items[i].text);
		if (!known[i])
			ledger_take_pattern(
			    how->ledger, log, patterns->items[i].text);
	}
	return known;
}

static void
make_logs(struct session *session, const struct session_start *how)
{
	size_t count = session->plan->log_count;

	session->logs = xcalloc(count + 1, sizeof(*session->logs));
	for (size_t i = 0; i < count; i++) {
		const struct conf_section *section =
		    conf_section(session->conf, &log_setting_table, i);
		const struct log_settings *settings = section->settings;

		session->logs[i] = (struct source_log){.name = section->name,
		    .settings = settings,
		    .unpacker = how->unpacker,
		    .known =
			known_patterns(how, section->name, &settings->path),
		    .group = session->plan->logs[i].group};
	}
}

void
session_attach(const struct session *session, struct ledger *ledger,
    struct silences *silences)
{
	struct ledger_cursors cursors = {
	    .each = journals_each_cursor, .arg = session->journals};

	ledger_attach(ledger, session->plan, session->source, session->pipeline,
	    silences);
	ledger_attach_cursors(ledger, &cursors);
	ledger_attach_reports(ledger, session->reports);
	ledger_attach_counts(ledger, session->counts);
}

static int
restore_everything(
    struct session *session, const struct session_start *how, struct err *err)
{
	struct alert_place place = {how->hostname, how->now_ms, false};
	struct restore restore = {.store = how->store,
	    .ledger = how->ledger,
	    .plan = session->plan,
	    .pipeline = session->pipeline,
	    .quiet = session->quiet,
	    .state_dir = how->state_dir,
	    .only_asks = how->only_asks,
	    .journal = journals_restore,
	    .journal_arg = session->journals};

	if (restore_positions(&restore, session->source, err) ||
	    restore_state(&restore, how->now_ms, err) ||
	    counts_load(session->counts, how->store, how->now_ms, err) ||
	    reports_load(session->reports, how->store, how->now_ms, err))
		return -1;
	return restore_ended(&restore, &place, how->hooks, err);
}

int
session_start(
    struct session *session, const struct session_start *how, struct err *err)
{
	make_logs(session, how);
	session->source = source_new(
	    session->logs, session->plan->log_count, how->handler, err);
	if (!session->source)
		return -1;
	session->journals = journals_new(session->logs,
	    session->plan->log_count, how->journal, how->handler);
	session->pipeline = pipeline_new(
	    session->plan, how->hostname, how->silences, how->hooks);
	session->quiet = quiet_new(session->plan);
	session->reports = reports_new(session->plan);
	session->counts = counts_new(session->plan, session->pipeline);
	if (restore_everything(session, how, err))
		return -1;
	pipeline_start(session->pipeline, how->now_ms);
	session_attach(session, how->ledger, how->silences);
	return 0;
}
