/*
 * smtp_verdict: what the end of an exchange with a mail server means.
 *
 * A table over how the transfer ended, where the dialogue stood and what the
 * server said last (reference/delivery.md 1.4): the code alone may be stale.
 */
#ifndef CTAIL_DELIVER_SMTP_VERDICT_H
#define CTAIL_DELIVER_SMTP_VERDICT_H

#include "deliver/outcome.h"
#include "deliver/smtp_dialogue.h"
#include "deliver/transfer.h"

struct smtp_verdict {
	int ended;		/* enum transfer_ended, or any */
	unsigned at;		/* stages, as bits */
	int code;		/* 0 fits any, 4 fits 4xx */
	enum outcome_class class;
	enum outcome_scope scope;
	const char *what;
	const char *advice;	/* NULL: transfer_advice */
};

/* Of every end but TRANSFER_DONE. */
const struct smtp_verdict *smtp_verdict(
    enum transfer_ended ended, enum smtp_stage stage, int code);

#endif
