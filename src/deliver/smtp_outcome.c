/*
 * smtp_outcome: what an attempt at a mail server comes to.
 *
 * An alert is done when nobody is left to be addressed.  What an attempt that
 * failed as a whole has learned about single recipients is not used: they are
 * asked again.
 */
#include "config.h"

#include "base/buf.h"
#include "deliver/smtp_outcome.h"
#include "deliver/smtp_verdict.h"

/* A server that wants a login has refused nobody for good. */
static bool
smtp_is_refusal(int code)
{
	return code / 100 == 5 && code != 530 && code != 535;
}

/* How much one reply to RCPT says about what follows for all. */
static int
smtp_weight(int code)
{
	if (code == 421)
		return 5;
	if (code / 100 == 5 && !smtp_is_refusal(code))
		return 4;
	if (code == 452)
		return 3;
	return code / 100 == 4 ? 2 : 1;
}

/* True when every RCPT was answered with no; then libcurl goes no further. */
static bool
smtp_all_said_no(const struct smtp_attempt *attempt)
{
	const struct smtp_dialogue *dialogue = attempt->dialogue;

	if (dialogue->stage != SMTP_STAGE_RECIPIENTS ||
	    attempt->recipients->asked_count > dialogue->recipient_count)
		return false;
	for (size_t i = 0; i < attempt->recipients->asked_count; i++) {
		if (dialogue->recipients[i].code < 400)
			return false;
	}
	return attempt->recipients->asked_count > 0;
}

static const struct smtp_reply *
smtp_decisive_reply(const struct smtp_attempt *attempt)
{
	const struct smtp_dialogue *dialogue = attempt->dialogue;
	const struct smtp_reply *reply = &dialogue->last;

	if (!smtp_all_said_no(attempt))
		return reply;
	for (size_t i = 0; i < attempt->recipients->asked_count; i++) {
		const struct smtp_reply *other = &dialogue->recipients[i];

		if (smtp_weight(other->code) > smtp_weight(reply->code))
			reply = other;
	}
	return reply;
}

/* Whom the replies to RCPT settle: those refused, and, where the message was
 * taken, those who were not. */
static void
smtp_settle(const struct smtp_attempt *attempt, bool was_taken)
{
	const struct smtp_dialogue *dialogue = attempt->dialogue;
	size_t count = attempt->recipients->asked_count;

	for (size_t i = 0; i < count && i < dialogue->recipient_count; i++) {
		struct smtp_recipient *one =
		    smtp_recipients_asked(attempt->recipients, i);
		int code = dialogue->recipients[i].code;

		if (smtp_is_refusal(code))
			one->fate = SMTP_REFUSED;
		else if (was_taken && code / 100 == 2)
			one->fate = SMTP_TAKEN;
	}
}

/* The message itself will never be taken, so nobody will have it. */
static void
smtp_settle_refused(const struct smtp_attempt *attempt)
{
	for (size_t i = 0; i < attempt->recipients->asked_count; i++)
		smtp_recipients_asked(attempt->recipients, i)->fate =
		    SMTP_REFUSED;
}

/* "a@x (550 no such user), b@x (earlier)": those of one fate. */
static void
smtp_name(
    const struct smtp_attempt *attempt, enum smtp_fate fate, struct buf *out)
{
	const struct smtp_recipients *recipients = attempt->recipients;
	const struct smtp_dialogue *dialogue = attempt->dialogue;
	size_t nth = 0, named = 0;

	for (size_t i = 0; i < recipients->count; i++) {
		const struct smtp_recipient *one = &recipients->items[i];
		const struct smtp_reply *reply = NULL;

		if (nth < recipients->asked_count &&
		    recipients->asked[nth] == i)
			reply = &dialogue->recipients[nth++];
		if (one->fate != fate)
			continue;
		if (reply && reply->code < 400)
			reply = &dialogue->last;
		buf_addf(out, "%s%s (", named++ ? ", " : "", one->address);
		if (reply)
			buf_addf(out, "%d%s)", reply->code, reply->text);
		else
			buf_add_str(out, "earlier)");
	}
}

/* Nobody is left to be addressed. */
static void
smtp_describe_done(
    const struct smtp_attempt *attempt, int code, struct outcome *out)
{
	size_t total = attempt->recipients->count;
	size_t taken = smtp_recipients_count(attempt->recipients, SMTP_TAKEN);
	struct buf names = BUF_INIT;

	smtp_name(attempt, SMTP_REFUSED, &names);
	if (taken == total)
		outcome_set(out, OUTCOME_DELIVERED, code, "taken by %s:%s",
		    attempt->host, attempt->dialogue->last.text);
	else if (taken > 0)
		outcome_set(out, OUTCOME_DELIVERED, code,
		    "taken by %s for %zu of %zu recipients; refused: %s",
		    attempt->host, taken, total, buf_str(&names));
	else
		outcome_set(out, OUTCOME_REFUSED, code, "%s: refused: %s",
		    attempt->host, buf_str(&names));
	out->partly = taken > 0 && taken < total;
	buf_release(&names);
}

/* Some are left: for a moment, for all we know. */
static void
smtp_describe_rest(
    const struct smtp_attempt *attempt, int code, struct outcome *out)
{
	size_t taken = smtp_recipients_count(attempt->recipients, SMTP_TAKEN);
	struct buf names = BUF_INIT;

	smtp_name(attempt, SMTP_OPEN, &names);
	if (taken > 0)
		outcome_set(out, OUTCOME_RETRY, code,
		    "taken by %s for %zu of %zu recipients; not now: %s",
		    attempt->host, taken, attempt->recipients->count,
		    buf_str(&names));
	else
		outcome_set(out, OUTCOME_RETRY, code, "%s: not taken now: %s",
		    attempt->host, buf_str(&names));
	out->scope = OUTCOME_OF_ALERT;
	buf_release(&names);
}

static void
smtp_describe_recipients(
    const struct smtp_attempt *attempt, int code, struct outcome *out)
{
	if (smtp_recipients_count(attempt->recipients, SMTP_OPEN))
		smtp_describe_rest(attempt, code, out);
	else
		smtp_describe_done(attempt, code, out);
}

/* The server's words about a login are not repeated: they might quote it.
 * libcurl's are of use where no reply tells more. */
static void
smtp_describe_verdict(const struct smtp_attempt *attempt,
    const struct smtp_verdict *verdict, const struct smtp_reply *last,
    struct outcome *out)
{
	const struct transfer_result *result = attempt->result;

	if (result->ended == TRANSFER_LOGIN_FAILED ||
	    result->ended == TRANSFER_STOPPED)
		outcome_set(out, verdict->class, last->code,
		    last->code >= 400 ? "%s: %s (%d)" : "%s: %s",
		    attempt->host, verdict->what, last->code);
	else if (last->code >= 400)
		outcome_set(out, verdict->class, last->code, "%s: %s: %d%s",
		    attempt->host, verdict->what, last->code, last->text);
	else
		outcome_set(out, verdict->class, 0, "%s: %s: %s", attempt->host,
		    verdict->what, result->text);
	out->scope = verdict->scope;
}

static void
smtp_outcome_failed(const struct smtp_attempt *attempt, struct outcome *out,
    const char **advice_out)
{
	enum smtp_stage stage = attempt->dialogue->stage;
	const struct smtp_reply *reply = smtp_decisive_reply(attempt);
	int code = reply->code;
	const struct smtp_verdict *verdict =
	    smtp_verdict(attempt->result->ended, stage, code);
	bool of_alert = verdict->scope == OUTCOME_OF_ALERT;

	*advice_out = verdict->advice ? verdict->advice
				      : transfer_advice(attempt->result->ended);
	if (of_alert)
		smtp_settle(attempt, false);
	if (of_alert && smtp_all_said_no(attempt)) {
		smtp_describe_recipients(attempt, code, out);
		return;
	}
	smtp_describe_verdict(attempt, verdict, reply, out);
	if (verdict->class != OUTCOME_REFUSED)
		return;
	smtp_settle_refused(attempt);
	if (smtp_recipients_count(attempt->recipients, SMTP_TAKEN) > 0)
		smtp_describe_done(attempt, code, out);
}

void
smtp_outcome(const struct smtp_attempt *attempt, struct outcome *out,
    const char **advice_out)
{
	*advice_out = NULL;
	if (attempt->result->ended == TRANSFER_DONE) {
		smtp_settle(attempt, true);
		smtp_describe_recipients(
		    attempt, attempt->dialogue->last.code, out);
	} else {
		smtp_outcome_failed(attempt, out, advice_out);
	}
	if (out->class != OUTCOME_DELIVERED && out->class != OUTCOME_REFUSED)
		smtp_recipients_save(attempt->recipients, out->settled);
}
