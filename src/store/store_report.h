/*
 * store_report: lines of reports that are not told yet.
 *
 * Put in the transaction that stores the position behind them, forgotten in
 * the one that stores the alert that tells them.
 */
#ifndef CTAIL_STORE_STORE_REPORT_H
#define CTAIL_STORE_STORE_REPORT_H

#include "store/store.h"

struct stored_report_line {
	int64_t n;		/* grows with every line, over all sections */
	struct span section;	/* a name that may be gone from the
				 * configuration */
	int64_t layer;		/* enum logcheck_layer */
	struct span part;	/* the rule file of its heading; "": none */
	struct span log;
	int64_t at_ms;		/* wall clock of arrival */
	struct span text;
};

/* One with that n there already is replaced. */
int store_report_put(struct store *store,
    const struct stored_report_line *line, struct err *err);

/* Deletes the section's lines up to last_n. */
int store_report_forget(struct store *store, struct span section,
    int64_t last_n, struct err *err);

/* In the order of n.  What is handed out is as it was stored, by whomever:
 * layer may be any number. */
int store_report_each(struct store *store,
    void (*each)(void *arg, const struct stored_report_line *line),
    void *arg, struct err *err);

/* Deletes reports that were told, the oldest first, until all that are left
 * have that many bytes: an alert is small, a report is not. */
int store_report_prune(struct store *store, int64_t max_bytes,
    struct err *err);

#endif
