/*
 * status_counts: the ledger of losses, as rows.
 *
 * The same table makes the text and the JSON of `ctailctl status`.
 */
#ifndef CTAIL_CTAILD_STATUS_COUNTS_H
#define CTAIL_CTAILD_STATUS_COUNTS_H

#include <stddef.h>
#include <stdint.h>
#include "base/map.h"
#include "ctaild/command.h"
#include "store/store_alert.h"

enum status_when {
	STATUS_ALWAYS,		/* in the text */
	STATUS_NONZERO,
	STATUS_JSON,		/* only there */
};

struct status_count {
	const char *name;	/* in JSON */
	const char *words;	/* behind the number */
	uint64_t value;
	enum status_when when;
};

#define STATUS_COUNTS_MAX 32

/* What is known of the n-th log or rule of the plan; how many rows. */
size_t status_log_counts(const struct command_context *context, size_t log,
    struct status_count out[STATUS_COUNTS_MAX]);
size_t status_rule_counts(const struct command_context *context, size_t rule,
    struct status_count out[STATUS_COUNTS_MAX]);

/* Of a [logcheck], all its rules together. */
size_t status_report_counts(const struct command_context *context,
    size_t report, struct status_count out[STATUS_COUNTS_MAX]);
size_t status_file_counts(
    const struct source_file *file, struct status_count out[STATUS_COUNTS_MAX]);

/* What is asked of the store and the ledger before anything is printed. */
struct status_facts {
	struct store_counts counts;
	struct map *waiting;	/* sink -> deliveries, as an integer */
	struct map *caps;	/* sink -> struct ledger_cap */
};

void status_json(const struct command_context *context,
    const struct status_facts *facts, struct buf *out);

#endif
