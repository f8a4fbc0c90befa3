/*
 * session: what lives as long as one configuration.
 *
 * conf, plan, source and pipeline belong together; a reload makes a new
 * session beside the old one and swaps them when everything worked.
 */
#ifndef CTAIL_CTAILD_SESSION_H
#define CTAIL_CTAILD_SESSION_H

#include <stdbool.h>
#include <stdint.h>
#include "conf/conf.h"
#include "ctaild/counts.h"
#include "ctaild/journals.h"
#include "ctaild/ledger.h"
#include "ctaild/pipeline.h"
#include "ctaild/plan.h"
#include "ctaild/quiet.h"
#include "ctaild/reports.h"
#include "input/source.h"
#include "store/store.h"

struct session {
	struct conf *conf;
	bool borrows_conf;	/* of the session it is to follow */
	struct plan *plan;
	struct source *source;
	struct journals *journals;
	struct source_log *logs;
	struct pipeline *pipeline;
	struct quiet *quiet;
	struct reports *reports;
	struct counts *counts;
};

/* Takes conf; NULL (and conf freed) when a rule, a template or a
 * sample is bad. */
struct session *session_new(struct conf *conf, struct conf_errors *errors);
void session_free(struct session *session);

/* The same configuration over rule files as they are now: it is lent by this
 * session, which outlives the new one or is followed by it. */
struct session *session_again(const struct session *session,
    struct conf_errors *errors);

/* Frees the old one; what it lent belongs to the next. */
void session_follow(struct session *next, struct session *old);

struct session_start {
	struct store *store;
	struct ledger *ledger;
	const char *state_dir;
	const char *hostname;
	int64_t now_ms;
	struct source_handler handler;
	const struct unpacker *unpacker;	/* outlives the session */
	const struct journal_options *journal;	/* copied */
	struct silences *silences;	/* outlives the session */
	const struct pipeline_hooks *hooks;	/* copied */
	bool only_asks;			/* restore.h */
};

/* Opens the logs, puts back what was stored, and lets the clocks run. */
int session_start(struct session *session, const struct session_start *how,
    struct err *err);

/* A started session's logs are what the ledger commits from now on. */
void session_attach(const struct session *session, struct ledger *ledger,
    struct silences *silences);

#endif
