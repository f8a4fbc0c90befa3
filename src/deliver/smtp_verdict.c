/*
 * smtp_verdict: what the end of an exchange with a mail server means.
 */
#include "config.h"

#include "deliver/smtp_verdict.h"

#define ENDED_ANY (-1)

#define AT_ANY 0u
#define AT_GREETING (1u << SMTP_STAGE_GREETING)
#define AT_SENDER (1u << SMTP_STAGE_SENDER)
#define AT_RECIPIENTS (1u << SMTP_STAGE_RECIPIENTS)
#define AT_DATA (1u << SMTP_STAGE_DATA)
#define AT_MESSAGE (1u << SMTP_STAGE_MESSAGE)

#define ASK_THE_SERVER "read the server's reply, and look into its log"

/* The first row that fits decides. */
static const struct smtp_verdict smtp_verdicts[] = {
    {TRANSFER_NO_TLS, AT_ANY, 4, OUTCOME_RETRY, OUTCOME_OF_SINK,
	"the server has no TLS for now", ASK_THE_SERVER},
    {TRANSFER_NO_TLS, AT_ANY, 0, OUTCOME_CONFIG, OUTCOME_OF_SINK,
	"the server does not offer STARTTLS, and nothing is sent in clear",
	NULL},
    {TRANSFER_UNTRUSTED, AT_ANY, 0, OUTCOME_CONFIG, OUTCOME_OF_SINK,
	"the server's certificate is not trusted", NULL},
    {TRANSFER_PIN_WRONG, AT_ANY, 0, OUTCOME_CONFIG, OUTCOME_OF_SINK,
	"the server's key is not the one in tls_pin", NULL},
    {TRANSFER_OUR_CERTIFICATE, AT_ANY, 0, OUTCOME_CONFIG, OUTCOME_OF_SINK,
	"cert_file or key_file cannot be used", NULL},
    {TRANSFER_NO_AUTHORITY, AT_ANY, 0, OUTCOME_CONFIG, OUTCOME_OF_SINK,
	"ca_file cannot be used", NULL},
    {TRANSFER_LOGIN_FAILED, AT_ANY, 4, OUTCOME_RETRY, OUTCOME_OF_SINK,
	"the server cannot check the login now", ASK_THE_SERVER},
    {TRANSFER_LOGIN_FAILED, AT_ANY, 5, OUTCOME_CONFIG, OUTCOME_OF_SINK,
	"the server refused the user or the password", NULL},
    {TRANSFER_LOGIN_FAILED, AT_ANY, 0, OUTCOME_CONFIG, OUTCOME_OF_SINK,
	"the server offers no way to log in that we know", NULL},
    {TRANSFER_STOPPED, AT_ANY, 0, OUTCOME_CONFIG, OUTCOME_OF_SINK,
	"the server does not offer to log in (AUTH), and nothing is sent "
	"without",
	NULL},
    {TRANSFER_UNUSABLE, AT_ANY, 0, OUTCOME_CONFIG, OUTCOME_OF_SINK,
	"cannot send", NULL},
    {TRANSFER_NO_HOST, AT_ANY, 0, OUTCOME_RETRY, OUTCOME_OF_SINK,
	"the host is not found", NULL},
    {TRANSFER_NO_CONNECTION, AT_ANY, 0, OUTCOME_RETRY, OUTCOME_OF_SINK,
	"the server cannot be reached", NULL},
    {TRANSFER_TLS_FAILED, AT_ANY, 0, OUTCOME_RETRY, OUTCOME_OF_SINK,
	"TLS failed", NULL},
    {TRANSFER_BROKEN_OFF, AT_MESSAGE, 0, OUTCOME_DOUBT, OUTCOME_OF_SINK,
	"the connection broke while the message was handed over", NULL},
    {TRANSFER_TIMED_OUT, AT_MESSAGE, 0, OUTCOME_DOUBT, OUTCOME_OF_SINK,
	"no answer in time to the message", NULL},
    {TRANSFER_BROKEN_OFF, AT_ANY, 0, OUTCOME_RETRY, OUTCOME_OF_SINK,
	"the connection broke", NULL},
    {TRANSFER_TIMED_OUT, AT_ANY, 0, OUTCOME_RETRY, OUTCOME_OF_SINK,
	"no answer in time", NULL},
    {ENDED_ANY, AT_ANY, 421, OUTCOME_RETRY, OUTCOME_OF_SINK,
	"the server is closing", ASK_THE_SERVER},
    {ENDED_ANY, AT_ANY, 452, OUTCOME_RETRY, OUTCOME_OF_SINK,
	"the server has no room now", "look at the server's disks"},
    {ENDED_ANY, AT_ANY, 530, OUTCOME_CONFIG, OUTCOME_OF_SINK,
	"the server wants a login or TLS first",
	"set user and a password, and tls = on"},
    {ENDED_ANY, AT_ANY, 535, OUTCOME_CONFIG, OUTCOME_OF_SINK,
	"the server refused the user or the password",
	"check user and password"},
    {ENDED_ANY, AT_GREETING, 5, OUTCOME_CONFIG, OUTCOME_OF_SINK,
	"the server refuses us",
	"read the server's reply: it may mind our "
	"address, or the name in helo"},
    {ENDED_ANY, AT_GREETING, 4, OUTCOME_RETRY, OUTCOME_OF_SINK,
	"the server has no time", ASK_THE_SERVER},
    {ENDED_ANY, AT_SENDER, 4, OUTCOME_RETRY, OUTCOME_OF_SINK,
	"the sender was not taken now", ASK_THE_SERVER},
    {ENDED_ANY, AT_SENDER, 5, OUTCOME_REFUSED, OUTCOME_OF_ALERT,
	"the sender was refused",
	"check from: the server must know it, or "
	"let this user send as it"},
    {ENDED_ANY, AT_RECIPIENTS, 4, OUTCOME_RETRY, OUTCOME_OF_ALERT,
	"not taken now", ASK_THE_SERVER},
    {ENDED_ANY, AT_RECIPIENTS, 5, OUTCOME_REFUSED, OUTCOME_OF_ALERT, "refused",
	"check to; a server that refuses to relay wants a login, "
	"or a line for this machine"},
    {ENDED_ANY, AT_DATA | AT_MESSAGE, 4, OUTCOME_RETRY, OUTCOME_OF_ALERT,
	"the message was not taken now", ASK_THE_SERVER},
    {ENDED_ANY, AT_DATA | AT_MESSAGE, 5, OUTCOME_REFUSED, OUTCOME_OF_ALERT,
	"the message was refused", ASK_THE_SERVER},
    {ENDED_ANY, AT_MESSAGE, 0, OUTCOME_DOUBT, OUTCOME_OF_SINK,
	"the message was handed over, but not answered for", NULL},
    {ENDED_ANY, AT_ANY, 0, OUTCOME_RETRY, OUTCOME_OF_SINK, "not sent", NULL},
};

static bool
smtp_verdict_fits(const struct smtp_verdict *verdict, enum transfer_ended ended,
    enum smtp_stage stage, int code)
{
	return (verdict->ended == ENDED_ANY || verdict->ended == (int)ended) &&
	       (verdict->at == AT_ANY || verdict->at & (1u << stage)) &&
	       (verdict->code == 0 || verdict->code == code ||
		   verdict->code == code / 100);
}

const struct smtp_verdict *
smtp_verdict(enum transfer_ended ended, enum smtp_stage stage, int code)
{
	const struct smtp_verdict *verdict = smtp_verdicts;

	while (!smtp_verdict_fits(verdict, ended, stage, code))
		verdict++;
	return verdict;
}
