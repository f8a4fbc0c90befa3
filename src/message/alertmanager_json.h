/*
 * alertmanager_json: an alert as Prometheus Alertmanager's API v2 wants it.
 *
 * Labels are identity: alerts with equal labels are one alert, which later
 * ones keep alive or end.  So they hold what every alert of an incident has
 * in common (rule, host, key, severity) and nothing that differs between
 * them: neither log text nor the log's name, which a summary or a recovery
 * does not know.  What ctail says about itself belongs to no incident; there
 * the kind, and of a notice its sentence, tell one from another.
 */
#ifndef CTAIL_MESSAGE_ALERTMANAGER_JSON_H
#define CTAIL_MESSAGE_ALERTMANAGER_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/span.h"
#include "message/alert.h"

/* Of the lines in the description: Alertmanager itself has no bound, but keeps
 * everything in memory. */
#define ALERTMANAGER_LINES_BYTES 2048

/* What is absent is so until something comes again. */
#define ALERTMANAGER_ABSENT_MS (7 * 86400000LL)

struct alertmanager_label {
	struct span name, value;
};

struct alertmanager_form {
	const struct alertmanager_label *labels;	/* further ones */
	size_t label_count;
	int64_t resolve_after_ms;
	int64_t now_ms;		/* wall clock: an alert that comes late is not
				 * over already when it comes */
};

/* True for a label that ctail itself sets. */
bool alertmanager_label_is_ours(struct span name);

/* Appends the array of one alert. */
void alertmanager_json(const struct alert *alert,
    const struct alertmanager_form *form, struct buf *out);

#endif
