/*
 * command_outbox: what alerts, queue, retry and drop have in common.
 */
#ifndef CTAIL_CTAILD_COMMAND_OUTBOX_H
#define CTAIL_CTAILD_COMMAND_OUTBOX_H

#include <stdbool.h>
#include "ctaild/command.h"
#include "store/store_alert.h"

#define OUTBOX_LIST_DEFAULT 20
#define OUTBOX_LIST_MAX 100000

/* A row as two lines: the alert, and how it fares at its sink. */
void outbox_print_row(struct buf *out, const struct outbox_row *row);

/* -n's value. */
int outbox_parse_count(const char *text, int *out, struct err *err);

/* What an outbox command takes; the words of one that it does not take are
 * refused. */
enum outbox_word {
	OUTBOX_WORD_SINK = 1,		/* --sink S */
	OUTBOX_WORD_DEAD = 2,		/* --dead */
	OUTBOX_WORD_ALL = 4,		/* --all */
	OUTBOX_WORD_JSON = 8,		/* --json */
	OUTBOX_WORD_COUNT = 16,		/* -n N */
	OUTBOX_WORD_ID = 32,		/* an alert's, or how it begins */
};

struct outbox_request {
	struct outbox_filter filter;	/* which states is the command's */
	bool dead, all, json;
	int limit;
};

/* 0, or an exit status with err filled.  A sink must be configured, or have
 * something in the outbox. */
int outbox_parse(const struct command_context *context, const char *command,
    unsigned takes, int argc, const char *const *argv,
    struct outbox_request *out, struct err *err);

#endif
