/*
 * ledger_internal: struct ledger, for the ledger*.c files only.
 */
#ifndef CTAIL_CTAILD_LEDGER_INTERNAL_H
#define CTAIL_CTAILD_LEDGER_INTERNAL_H

#include "base/map.h"
#include "ctaild/exporter.h"
#include "ctaild/ledger.h"
#include "ctaild/storms.h"

struct pending_alert {
	struct buf fields;		/* message/alert.h's encoding */
	char id[ALERT_ID_SIZE];		/* "": from the transaction */
	const struct setting_list *sinks;
	char *sink;			/* a cap's summary: this one alone */
	int64_t wait_ms;
	bool asked;			/* the caps have been, so: */
	bool *held;			/* per sink; NULL: by none */
};

/* More of an alert that is stored. */
struct pending_amend {
	struct buf fields;
	char id[ALERT_ID_SIZE];
};

struct pending_note {
	const char *kind;
	struct buf name, saved;
};

/* What is known of a position that is no file's. */
struct cursor {
	struct buf stored;		/* by the last commit */
	struct buf taken;		/* by the one that runs; or empty */
};

struct ledger {
	struct store *store;
	const char *state_dir;
	const struct plan *plan;
	struct source *source;
	struct pipeline *pipeline;
	struct silences *silences;
	struct reports *reports;	/* or NULL */
	struct counts *counts;		/* or NULL */
	struct ledger_cursors cursors;	/* each NULL: there are none */
	struct map *known_cursors;	/* path -> struct cursor */
	struct pending_alert *alerts;
	size_t alert_count, alert_cap;
	struct pending_amend *amends;
	size_t amend_count;
	struct pending_note *notes;
	size_t note_count;
	struct storms *storms;
	bool storms_loaded, storms_configured;
	struct buf patterns;		/* names of meta rows, NUL-separated */
	struct buf text;		/* of one checkpoint, or of a name */
	struct exporter *exporter;
	int64_t now_ms;			/* of the commit that runs */
	enum ledger_how how;
	int failed;			/* first error of this commit */
	struct err *err;
};

/* Keeps the first failure of a commit; the rest of the transaction is then
 * pointless, and false comes back. */
bool ledger_passed(struct ledger *ledger, int result);

/* --- ledger_gather.c --- */

/* What was gathered goes, because it is stored or unwanted. */
void ledger_drop_gathered(struct ledger *ledger);

/* --- ledger_outbox.c --- */

/* Within the transaction: alerts with their rows, and what is amended. */
void ledger_put_alerts(struct ledger *ledger);

/* What the caps hold. */
void ledger_put_storms(struct ledger *ledger);

/* The caps as they were stored and are configured.  0, or as the store's
 * functions. */
int ledger_ready_storms(
    struct ledger *ledger, int64_t now_ms, struct err *err);

/* --- ledger_position.c --- */

void ledger_put_positions(struct ledger *ledger);
void ledger_positions_stored(struct ledger *ledger);
void ledger_forget_cursors(struct ledger *ledger);

#endif
