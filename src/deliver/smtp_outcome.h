/*
 * smtp_outcome: what an attempt at a mail server comes to, for the alert and
 * for each of its recipients.  Pure.
 */
#ifndef CTAIL_DELIVER_SMTP_OUTCOME_H
#define CTAIL_DELIVER_SMTP_OUTCOME_H

#include "deliver/outcome.h"
#include "deliver/smtp_dialogue.h"
#include "deliver/smtp_recipients.h"
#include "deliver/transfer.h"

struct smtp_attempt {
	const char *host;
	struct smtp_recipients *recipients;	/* loaded; their fates are
						 * changed */
	const struct smtp_dialogue *dialogue;
	const struct transfer_result *result;
};

/* advice_out: what a person can do, or NULL. */
void smtp_outcome(const struct smtp_attempt *attempt, struct outcome *out,
    const char **advice_out);

#endif
