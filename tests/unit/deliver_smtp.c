/*
 * A mail server's replies: where the dialogue stands, what its end means, and
 * what becomes of each recipient.
 */
#include "config.h"

#include "deliver/smtp_outcome.h"
#include "deliver/smtp_verdict.h"
#include "tap.h"

#define HELLO "220 mx|>EHLO a|250-mx|250 HELP|"
#define LOGIN "220 mx|>EHLO a|250 AUTH PLAIN|>AUTH PLAIN x|235 in|"

/* Lines divided by '|': the server's, and behind a '>' ours. */
static bool
say(struct smtp_dialogue *dialogue, const char *lines)
{
	bool go_on = true;

	while (go_on) {
		size_t len = strcspn(lines, "|");
		char line[1024];

		snprintf(line, sizeof(line), "%.*s\r\n", (int)len, lines);
		if (line[0] == '>')
			smtp_dialogue_command(dialogue, span_str(line + 1));
		else
			go_on = smtp_dialogue_line(dialogue, span_str(line));
		if (!lines[len])
			break;
		lines += len + 1;
	}
	return go_on;
}

static void
test_dialogue(void)
{
	struct smtp_dialogue dialogue;

	smtp_dialogue_init(&dialogue, 2, false);
	smtp_dialogue_begin(&dialogue);
	IS_INT(dialogue.stage, SMTP_STAGE_GREETING, "it begins with nothing");
	OK(say(&dialogue, HELLO ">MAIL FROM:<a@x>|250 ok"),
	    "greeting and sender are fine");
	IS_INT(dialogue.stage, SMTP_STAGE_SENDER, "MAIL names the sender");
	OK(dialogue.is_new, "a greeting means a new connection");
	say(&dialogue, ">RCPT TO:<b@x>|250 ok|>RCPT TO:<c@x>|550-no|550 none");
	IS_INT(dialogue.stage, SMTP_STAGE_RECIPIENTS, "RCPT a recipient");
	IS_INT(dialogue.recipients[0].code, 250, "the first is taken");
	IS_INT(dialogue.recipients[1].code, 550, "the second is refused");
	IS_STR(dialogue.recipients[1].text, " none", "with these words");
	say(&dialogue, ">DATA");
	IS_INT(dialogue.stage, SMTP_STAGE_DATA, "DATA asks to go on");
	say(&dialogue, "354 go on");
	IS_INT(dialogue.stage, SMTP_STAGE_MESSAGE, "354 asks for the message");
	say(&dialogue, "250 queued as 7");
	IS_STR(dialogue.last.text, " queued as 7", "the last words are kept");
	IS_INT(dialogue.recipients[1].code, 550,
	    "the answer to the message is no recipient's");

	smtp_dialogue_begin(&dialogue);
	say(&dialogue, ">MAIL FROM:<a@x>|250 ok|>RCPT TO:<b@x>|450 later");
	IS_INT(dialogue.recipients[0].code, 450,
	    "on a used connection it counts anew");
	IS_INT(
	    dialogue.recipients[1].code, 0, "what was not asked has no code");
	OK(!dialogue.is_new, "and no greeting is expected");
	say(&dialogue, ">QUIT|221 bye");
	IS_INT(dialogue.last.code, 450, "the farewell is not the last word");
	say(&dialogue, "220 mx|>EHLO a|250 mx");
	OK(dialogue.is_new,
	    "a new connection may begin before the old one ends");
	smtp_dialogue_release(&dialogue);
}

static void
test_login(void)
{
	static const char *const envelope =
	    ">MAIL FROM:<a@x>|250 ok|>RCPT TO:<b@x>|250 ok|>DATA|354 go";
	struct smtp_dialogue dialogue;

	smtp_dialogue_init(&dialogue, 1, true);
	smtp_dialogue_begin(&dialogue);
	OK(say(&dialogue, HELLO) && !say(&dialogue, envelope),
	    "without the login that was asked for nothing is sent");
	smtp_dialogue_begin(&dialogue);
	OK(say(&dialogue, LOGIN) && say(&dialogue, envelope),
	    "with it the message may go");
	smtp_dialogue_begin(&dialogue);
	OK(say(&dialogue, envelope), "a login holds as long as its connection");
	smtp_dialogue_begin(&dialogue);
	OK(say(&dialogue, HELLO) && !say(&dialogue, envelope),
	    "and not longer");
	smtp_dialogue_begin(&dialogue);
	OK(say(&dialogue, HELLO ">MAIL FROM:<a@x>|235 in|>RCPT TO:<b@x>|250 "
				"ok") &&
		!say(&dialogue, ">DATA|354 go"),
	    "235 to something else is no login");
	smtp_dialogue_release(&dialogue);
}

static void
test_odd_lines(void)
{
	struct smtp_dialogue dialogue;
	struct secrets secrets = SECRETS_INIT;
	char longest[600];

	smtp_dialogue_init(&dialogue, 1, false);
	smtp_dialogue_begin(&dialogue);
	OK(say(&dialogue, "|2|22|abc|2x0 a|\xff\xfe\xfd|250-more"),
	    "what is no reply is passed over");
	IS_INT((int)dialogue.replies, 0, "and is not counted");
	OK(say(&dialogue, "235x in|2500 ok"),
	    "nor is what libcurl passes over");
	IS_INT((int)dialogue.replies, 0, "a code ends with a blank or the line");
	OK(!dialogue.logged_in, "and no such line logs anybody in");
	OK(smtp_dialogue_line(&dialogue, span_str("250")),
	    "a bare code is one");
	IS_STR(dialogue.last.text, "", "that has no text");
	memset(longest, 'x', sizeof(longest));
	memcpy(longest, "550 ", 4);
	smtp_dialogue_line(&dialogue, span_of(longest, sizeof(longest)));
	IS_INT((int)strlen(dialogue.last.text), SMTP_REPLY_TEXT_MAX - 1,
	    "a long text is cut");
	secrets_add(&secrets, span_str("s3cr3t"));
	dialogue.secrets = &secrets;
	smtp_dialogue_line(&dialogue, span_str("550 s3cr3t is wrong\r\n"));
	IS_STR(dialogue.last.text, " " SECRETS_WITHHELD,
	    "a reply that repeats the password is not kept");
	IS_INT(dialogue.last.code, 550, "but for its code");
	smtp_dialogue_command(&dialogue, span_str(""));
	smtp_dialogue_command(&dialogue, span_str("RCPT"));
	smtp_dialogue_command(&dialogue, span_str("RCPTx\r\n"));
	IS_INT((int)dialogue.recipients_named, 0, "half a command is none");
	OK(say(&dialogue, "354 surprise"), "354 asks only behind DATA");
	IS_INT(dialogue.stage, SMTP_STAGE_GREETING, "and changes nothing else");
	say(&dialogue, ">RCPT TO:<a@x>|250 ok|>RCPT TO:<b@x>|550 no");
	IS_INT(dialogue.recipients[0].code, 250,
	    "more recipients than there are do no harm");
	smtp_dialogue_release(&dialogue);

	smtp_dialogue_init(&dialogue, 0, false);
	smtp_dialogue_begin(&dialogue);
	OK(say(&dialogue, ">RCPT TO:<a@x>|250 b|>DATA|354 c"),
	    "no recipients, no harm");
	smtp_dialogue_release(&dialogue);
}

/* --- Recipients ----------------------------------------------------------- */

static const char *const three[] = {"a@x", "b@x", "c@x", NULL};

static const char *
asked(const struct smtp_recipients *recipients)
{
	static char text[64];

	text[0] = '\0';
	for (size_t i = 0; recipients->to[i]; i++) {
		strcat(text, i ? " " : "");
		strcat(text, recipients->to[i]);
	}
	return text;
}

static void
test_recipients(void)
{
	static const char *const turned[] = {"c@x", "a@x", "d@x", NULL};
	char settled[OUTCOME_SETTLED_MAX];
	struct smtp_recipients recipients;

	smtp_recipients_init(&recipients, three, 3);
	smtp_recipients_load(&recipients, span_str(""));
	IS_STR(asked(&recipients), "a@x b@x c@x", "at first all are addressed");
	smtp_recipients_save(&recipients, settled);
	IS_STR(settled, "", "and nothing is settled");
	smtp_recipients_asked(&recipients, 0)->fate = SMTP_TAKEN;
	smtp_recipients_asked(&recipients, 1)->fate = SMTP_REFUSED;
	smtp_recipients_save(&recipients, settled);
	IS_INT((int)strlen(settled), 8 + 1 + 8 + 1,
	    "eight digits for each who is done");
	smtp_recipients_load(&recipients, span_str(settled));
	IS_STR(asked(&recipients), "c@x", "then only the others are");
	IS_INT((int)smtp_recipients_count(&recipients, SMTP_REFUSED), 1,
	    "and it is known who was refused");
	smtp_recipients_load(&recipients, span_str("0  ! 12345678 zz -"));
	IS_STR(asked(&recipients), "a@x b@x c@x", "strange marks are nobody's");
	smtp_recipients_release(&recipients);

	smtp_recipients_init(&recipients, turned, 3);
	smtp_recipients_load(&recipients, span_str(settled));
	IS_STR(asked(&recipients), "c@x d@x",
	    "a list that was turned round and changed knows who is done");
	smtp_recipients_release(&recipients);
}

static void
test_shared_marks(void)
{
	static const char *const twice[] = {"a@x", "a@x", "b@x", NULL};
	char settled[OUTCOME_SETTLED_MAX];
	struct smtp_recipients recipients;

	smtp_recipients_init(&recipients, twice, 3);
	smtp_recipients_load(&recipients, span_str(""));
	smtp_recipients_asked(&recipients, 0)->fate = SMTP_TAKEN;
	smtp_recipients_save(&recipients, settled);
	IS_STR(settled, "", "two with one mark are done when both are");
	smtp_recipients_asked(&recipients, 1)->fate = SMTP_TAKEN;
	smtp_recipients_save(&recipients, settled);
	IS_INT((int)strlen(settled), 8, "and it is said once");
	smtp_recipients_load(&recipients, span_str(settled));
	IS_STR(asked(&recipients), "b@x", "and holds for both");
	smtp_recipients_release(&recipients);
}

static void
test_many(void)
{
	static char names[100][16];
	const char *addresses[101] = {NULL};
	char settled[OUTCOME_SETTLED_MAX];
	struct smtp_recipients recipients;

	for (int i = 0; i < 100; i++) {
		snprintf(names[i], sizeof(names[i]), "u%d@x", i);
		addresses[i] = names[i];
	}
	smtp_recipients_init(&recipients, addresses, 100);
	smtp_recipients_load(&recipients, span_str(""));
	for (size_t i = 0; i < 100; i++)
		smtp_recipients_asked(&recipients, i)->fate = SMTP_REFUSED;
	smtp_recipients_save(&recipients, settled);
	smtp_recipients_load(&recipients, span_str(settled));
	IS_INT((int)recipients.asked_count, 0,
	    "a hundred recipients can all be settled");
	smtp_recipients_release(&recipients);
}

/* --- Outcomes ------------------------------------------------------------- */

struct attempt {
	const char *says;
	enum transfer_ended ended;
	enum outcome_class class;
	enum outcome_scope scope;
	const char *text; /* a part of it */
	const char *left; /* whom the next attempt addresses */
};

static void
try_attempt(const char *const *to, const char *settled_before,
    const struct attempt *try, struct outcome *outcome)
{
	struct smtp_dialogue dialogue;
	struct smtp_recipients recipients;
	struct transfer_result result = {
	    .ended = try->ended, .text = "libcurl's words"};
	const struct smtp_attempt attempt = {
	    "mx", &recipients, &dialogue, &result};
	const char *advice;
	size_t count = 0;

	while (to[count])
		count++;
	*outcome = (struct outcome){0};
	smtp_dialogue_init(&dialogue, count, false);
	smtp_recipients_init(&recipients, to, count);
	smtp_dialogue_begin(&dialogue);
	smtp_recipients_load(&recipients, span_str(settled_before));
	say(&dialogue, try->says);
	smtp_outcome(&attempt, outcome, &advice);
	OK(outcome->class == try->class && outcome->scope == try->scope &&
		strstr(outcome->text, try->text),
	    "%s%.40s: %s of %s", try->text, try->says,
	    outcome_class_name(try->class),
	    try->scope == OUTCOME_OF_SINK ? "the sink" : "the alert");
	if (outcome->class != try->class || !strstr(outcome->text, try->text))
		printf("# got %s %d: %s\n", outcome_class_name(outcome->class),
		    outcome->scope, outcome->text);
	smtp_recipients_load(&recipients, span_str(outcome->settled));
	if (try->left)
		IS_STR(asked(&recipients), try->left, "who is left is asked");
	smtp_recipients_release(&recipients);
	smtp_dialogue_release(&dialogue);
}

#define MAIL ">MAIL FROM:<s@x>|250 ok"
#define RCPT(reply) "|>RCPT TO:<r@x>|" reply
#define DATA "|>DATA|354 go"
#define SINK OUTCOME_OF_SINK
#define ALERT OUTCOME_OF_ALERT

static void
test_one_recipient(void)
{
	static const char *const one[] = {"a@x", NULL};
	static const struct attempt rows[] = {
	    {MAIL RCPT("250 ok") DATA "|250 as 7", TRANSFER_DONE,
		OUTCOME_DELIVERED, ALERT, "taken by mx: as 7", NULL},
	    {"220 mx|>EHLO a|250 mx|>MAIL FROM:<s@x>|451 wait",
		TRANSFER_SEND_FAILED, OUTCOME_RETRY, SINK, "451 wait", "a@x"},
	    {">MAIL FROM:<s@x>|550 who", TRANSFER_SEND_FAILED, OUTCOME_REFUSED,
		ALERT, "sender was refused: 550 who", NULL},
	    {MAIL RCPT("450 grey"), TRANSFER_SEND_FAILED, OUTCOME_RETRY, ALERT,
		"a@x (450 grey)", "a@x"},
	    {MAIL RCPT("452 full"), TRANSFER_SEND_FAILED, OUTCOME_RETRY, SINK,
		"452 full", "a@x"},
	    {MAIL RCPT("421 bye"), TRANSFER_SEND_FAILED, OUTCOME_RETRY, SINK,
		"421 bye", "a@x"},
	    {MAIL RCPT("550 none"), TRANSFER_SEND_FAILED, OUTCOME_REFUSED,
		ALERT, "a@x (550 none)", NULL},
	    {MAIL RCPT("530 log in"), TRANSFER_SEND_FAILED, OUTCOME_CONFIG,
		SINK, "530 log in", "a@x"},
	    {MAIL RCPT("250 ok") "|>DATA|451 not now", TRANSFER_SEND_FAILED,
		OUTCOME_RETRY, ALERT, "451 not now", "a@x"},
	    {MAIL RCPT("250 ok") "|>DATA|554 no", TRANSFER_SEND_FAILED,
		OUTCOME_REFUSED, ALERT, "554 no", NULL},
	    {MAIL RCPT("250 ok") DATA "|451 later", TRANSFER_REPLY_BAD,
		OUTCOME_RETRY, ALERT, "451 later", "a@x"},
	    {MAIL RCPT("250 ok") DATA "|421 later", TRANSFER_REPLY_BAD,
		OUTCOME_RETRY, SINK, "421 later", "a@x"},
	    {MAIL RCPT("250 ok") DATA "|452 full", TRANSFER_REPLY_BAD,
		OUTCOME_RETRY, SINK, "452 full", "a@x"},
	    {MAIL RCPT("250 ok") DATA "|554 spam", TRANSFER_REPLY_BAD,
		OUTCOME_REFUSED, ALERT, "554 spam", NULL},
	    {MAIL RCPT("250 ok") DATA, TRANSFER_BROKEN_OFF, OUTCOME_DOUBT, SINK,
		"handed over", "a@x"},
	    {MAIL RCPT("250 ok") DATA, TRANSFER_SEND_FAILED, OUTCOME_DOUBT,
		SINK, "handed over", "a@x"},
	    {MAIL RCPT("250 ok") DATA, TRANSFER_TIMED_OUT, OUTCOME_DOUBT, SINK,
		"no answer in time to the message", "a@x"},
	    {MAIL "|>RCPT TO:<r@x>", TRANSFER_BROKEN_OFF, OUTCOME_RETRY, SINK,
		"the connection broke", "a@x"},
	    {MAIL "|>RCPT TO:<r@x>", TRANSFER_TIMED_OUT, OUTCOME_RETRY, SINK,
		"no answer in time", "a@x"},
	    {"421 busy", TRANSFER_REPLY_BAD, OUTCOME_RETRY, SINK, "421 busy",
		"a@x"},
	    {"450 busy", TRANSFER_REPLY_BAD, OUTCOME_RETRY, SINK, "450 busy",
		"a@x"},
	    {"500 you", TRANSFER_REPLY_BAD, OUTCOME_CONFIG, SINK, "500 you",
		"a@x"},
	    {"220 mx|>EHLO a|250 AUTH PLAIN|>AUTH PLAIN x|535 s3cret",
		TRANSFER_LOGIN_FAILED, OUTCOME_CONFIG, SINK,
		"refused the user or the password (535)", "a@x"},
	    {"220 mx|>EHLO a|250 AUTH X", TRANSFER_LOGIN_FAILED, OUTCOME_CONFIG,
		SINK, "no way to log in", "a@x"},
	    {"220 mx|>EHLO a|250 AUTH PLAIN|>AUTH PLAIN x|454 wait",
		TRANSFER_LOGIN_FAILED, OUTCOME_RETRY, SINK,
		"cannot check the login now", "a@x"},
	    {"220 mx|>EHLO a|250 mx", TRANSFER_NO_TLS, OUTCOME_CONFIG, SINK,
		"in clear", "a@x"},
	    {"220 mx|>EHLO a|250 STARTTLS|>STARTTLS|454 wait", TRANSFER_NO_TLS,
		OUTCOME_RETRY, SINK, "no TLS for now", "a@x"},
	    {"220 mx|>EHLO a|250 STARTTLS|>STARTTLS|220 go", TRANSFER_UNTRUSTED,
		OUTCOME_CONFIG, SINK, "not trusted", "a@x"},
	    {"", TRANSFER_PIN_WRONG, OUTCOME_CONFIG, SINK, "tls_pin", "a@x"},
	    {"", TRANSFER_OUR_CERTIFICATE, OUTCOME_CONFIG, SINK, "cert_file",
		"a@x"},
	    {"", TRANSFER_NO_AUTHORITY, OUTCOME_CONFIG, SINK, "ca_file",
		"a@x"},
	    {"", TRANSFER_TLS_FAILED, OUTCOME_RETRY, SINK, "TLS failed", "a@x"},
	    {"", TRANSFER_NO_HOST, OUTCOME_RETRY, SINK, "not found", "a@x"},
	    {"", TRANSFER_NO_CONNECTION, OUTCOME_RETRY, SINK,
		"cannot be reached: libcurl's words", "a@x"},
	    {MAIL RCPT("250 ok") DATA, TRANSFER_STOPPED, OUTCOME_CONFIG, SINK,
		"AUTH", "a@x"},
	    {"", TRANSFER_OTHER, OUTCOME_RETRY, SINK, "not sent", "a@x"},
	};
	struct outcome outcome;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		try_attempt(one, "", &rows[i], &outcome);
		OK(!strstr(outcome.text, "s3cret"), "and quotes no login");
	}
}

static void
test_several_recipients(void)
{
	static const struct attempt partly = {
	    MAIL RCPT("250 ok") RCPT("550 none") RCPT("451 grey") DATA "|250 7",
	    TRANSFER_DONE, OUTCOME_RETRY, ALERT,
	    "taken by mx for 1 of 3 recipients; not now: c@x (451 grey)",
	    "c@x"};
	static const struct attempt then = {MAIL RCPT("250 ok") DATA "|250 8",
	    TRANSFER_DONE, OUTCOME_DELIVERED, ALERT,
	    "for 2 of 3 recipients; refused: b@x (earlier)", NULL};
	static const struct attempt refused_then = {MAIL RCPT("550 gone"),
	    TRANSFER_SEND_FAILED, OUTCOME_DELIVERED, ALERT,
	    "for 1 of 3 recipients; refused: b@x (earlier), c@x (550 gone)",
	    NULL};
	static const struct attempt spam_then = {MAIL RCPT("250 ok") DATA
	    "|554 spam",
	    TRANSFER_REPLY_BAD, OUTCOME_DELIVERED, ALERT,
	    "for 1 of 3 recipients; refused: b@x (earlier), c@x (554 spam)",
	    NULL};
	static const struct attempt lost_then = {MAIL RCPT("250 ok") DATA,
	    TRANSFER_BROKEN_OFF, OUTCOME_DOUBT, SINK, "handed over", "c@x"};
	static const struct attempt down_then = {"", TRANSFER_NO_CONNECTION,
	    OUTCOME_RETRY, SINK, "cannot be reached", "c@x"};
	struct outcome first, second;

	try_attempt(three, "", &partly, &first);
	OK(!first.partly, "what goes on is not partly done");
	try_attempt(three, first.settled, &then, &second);
	OK(second.partly, "what ends without somebody is partly done");
	try_attempt(three, first.settled, &refused_then, &second);
	try_attempt(three, first.settled, &spam_then, &second);
	try_attempt(three, first.settled, &lost_then, &second);
	IS_STR(second.settled, first.settled,
	    "a lost answer settles nobody, and forgets nobody");
	try_attempt(three, first.settled, &down_then, &second);
	IS_STR(second.settled, first.settled, "nor does a server that is down");
}

static void
test_mixed_refusals(void)
{
	static const struct attempt rows[] = {
	    {MAIL RCPT("550 a") RCPT("550 b") RCPT("551 c"),
		TRANSFER_SEND_FAILED, OUTCOME_REFUSED, ALERT,
		"a@x (550 a), b@x (550 b), c@x (551 c)", NULL},
	    {MAIL RCPT("450 a") RCPT("550 b") RCPT("550 c"),
		TRANSFER_SEND_FAILED, OUTCOME_RETRY, ALERT, "a@x (450 a)",
		"a@x"},
	    {MAIL RCPT("550 a") RCPT("452 b") RCPT("550 c"),
		TRANSFER_SEND_FAILED, OUTCOME_RETRY, SINK, "no room",
		"a@x b@x c@x"},
	    {MAIL RCPT("550 a") RCPT("421 b"), TRANSFER_BROKEN_OFF,
		OUTCOME_RETRY, SINK, "broke", "a@x b@x c@x"},
	    {MAIL RCPT("250 a") RCPT("550 b") RCPT("250 c") "|>DATA|451 d",
		TRANSFER_SEND_FAILED, OUTCOME_RETRY, ALERT, "451 d", "a@x c@x"},
	    {MAIL RCPT("250 a") RCPT("550 b") RCPT("250 c") DATA,
		TRANSFER_BROKEN_OFF, OUTCOME_DOUBT, SINK, "handed over",
		"a@x b@x c@x"},
	    {MAIL RCPT("250 a") RCPT("452 b") RCPT("530 c") DATA "|250 x",
		TRANSFER_DONE, OUTCOME_RETRY, ALERT, "b@x (452 b), c@x (530 c)",
		"b@x c@x"},
	};
	struct outcome outcome;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		try_attempt(three, "", &rows[i], &outcome);
}

int
main(void)
{
	test_dialogue();
	test_login();
	test_odd_lines();
	test_recipients();
	test_shared_marks();
	test_many();
	test_one_recipient();
	test_several_recipients();
	test_mixed_refusals();
	return tap_done();
}
