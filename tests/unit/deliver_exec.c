/*
 * [exec] and [sendmail]: what log text can do to a command, and what not.
 */
#include "config.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/durable.h"
#include "deliver/exec_settings.h"
#include "deliver/sendmail_settings.h"
#include "deliver/worker.h"
#include "message/json.h"
#include "tap.h"

static char directory[64];
static char script[96];
static char record[96];

/* Writes its arguments, one in each pair of brackets, then what else it is
 * asked for, into `record`. */
static void
write_script(const char *then)
{
	struct buf text = BUF_INIT;
	struct err err = ERR_INIT;

	snprintf(script, sizeof(script), "%s/command", directory);
	snprintf(record, sizeof(record), "%s/record", directory);
	unlink(record);
	buf_addf(&text,
	    "#!/bin/sh\nexec >%s\n"
	    "for a; do printf '[%%s]' \"$a\"; done\n%s\n",
	    record, then);
	if (durable_replace(script, buf_span(&text), 0700, &err))
		abort();
	buf_release(&text);
}

static const char *
recorded(void)
{
	static struct buf bytes;
	struct err err = ERR_INIT;

	buf_reset(&bytes);
	durable_read(record, 1 << 20, &bytes, &err);
	return buf_str(&bytes);
}

static struct alert *
make_alert(struct span value)
{
	struct alert *alert = malloc(sizeof(*alert));

	alert_init(alert);
	memcpy(alert->id, "00112233445566778899aabbccddeeff00112233", 41);
	memcpy(alert->incident, alert->id, 41);
	alert_set(&alert->rule, span_str("brute"));
	alert_set(&alert->subject, span_str("5x from somewhere"));
	alert_set(&alert->hostname, span_str("host"));
	alert->severity = SEVERITY_ERROR;
	alert_add_capture(alert, span_str("ip"), value);
	alert_add_line(alert, value);
	return alert;
}

static void
free_alert(struct alert *alert)
{
	alert_release(alert);
	free(alert);
}

static struct outcome
run_exec(const char *arg, bool arg_dash, struct span value)
{
	struct setting_item item = {(char *)arg, {"test", 1}};
	struct exec_settings settings = {
	    .sink = {.timeout = 60000},
	    .command = script,
	    .arg = {&item, 1},
	    .arg_dash = arg_dash,
	};
	struct alert *alert = make_alert(value);
	struct outcome outcome = {0};
	void *run = exec_driver.open("block", &settings, "host", &outcome);

	if (run) {
		exec_driver.send(run,
		    &(struct delivery){.alert = alert}, &outcome);
		exec_driver.close(run);
	}
	free_alert(alert);
	return outcome;
}

static void
test_arguments(void)
{
	static const char *const hostile[] = {
	    "$(id)", "`id`", "; rm -rf /", "a b  c", "\"'\\", "*", "~root",
	    "${ip} $ip", "a\nb", "\t", "\x01\x7f\xff\xfe", "&& id", "> /x",
	    "--", "%s%n", "${", "$$", "a=b"};
	char want[128];

	write_script("");
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		snprintf(want, sizeof(want), "[x%s]", hostile[i]);
		struct outcome outcome =
		    run_exec("x${ip}", false, span_str(hostile[i]));
		OK(outcome.class == OUTCOME_DELIVERED &&
			!strcmp(recorded(), want),
		    "hostile value %zu arrives as it is, in one argument", i);
	}
	run_exec("${ip}", false, span_str(""));
	IS_STR(recorded(), "[]", "an empty value is an empty argument");
}

static void
test_dashes(void)
{
	struct outcome outcome;

	write_script("");
	outcome = run_exec("${ip}", false, span_str("-rf"));
	IS_INT(outcome.class, OUTCOME_REFUSED,
	    "log text that begins with a dash is refused");
	OK(strstr(outcome.text, "arg_dash"), "and it says what allows it");
	OK(access(record, F_OK) != 0, "and nothing was run");
	outcome = run_exec("${nothing}-x${ip}", false, span_str("y"));
	IS_INT(outcome.class, OUTCOME_REFUSED,
	    "an empty value does not lay a dash bare");
	run_exec("${ip}", true, span_str("-rf"));
	IS_STR(recorded(), "[-rf]", "arg_dash = yes allows it");
	run_exec("--ip=${ip}", false, span_str("-rf"));
	IS_STR(recorded(), "[--ip=-rf]", "an option of the section's is fine");
	run_exec("-v", false, span_str("-rf"));
	IS_STR(recorded(), "[-v]", "so is one without log text");
}

static void
test_limits(void)
{
	char many[30 * 5 + 1] = "";
	char longest[4000];
	struct outcome outcome;

	write_script("");
	outcome = run_exec("${ip}", false, span_of("a\0b", 3));
	IS_INT(outcome.class, OUTCOME_REFUSED, "a NUL is refused");
	OK(strstr(outcome.text, "NUL"), "and called so");
	memset(longest, 'x', sizeof(longest));
	for (size_t i = 0; i < 30; i++)
		memcpy(many + 5 * i, "${ip}", 6);
	outcome = run_exec(many, false, span_of(longest, sizeof(longest)));
	IS_INT(outcome.class, OUTCOME_REFUSED,
	    "an argument that is too long is refused");
}

static void
test_environment(void)
{
	write_script("printf ' %s %s %s %s %s' \"$CTAIL_RULE\" "
		     "\"$CTAIL_SEVERITY\" \"$CTAIL_VAR_IP\" \"$CTAIL_ID\" "
		     "\"${LD_PRELOAD-none}\"");
	run_exec("a", false, span_str("() { :;}; id"));
	IS_STR(recorded(),
	    "[a] brute error () { :;}; id "
	    "00112233445566778899aabbccddeeff00112233 none",
	    "the alert is in the environment, ours is not");
}

static void
test_json(void)
{
	struct err err = ERR_INIT;

	write_script("cat");
	run_exec("", false, span_str("\"\n\xff"));
	const char *text = recorded() + 2;
	OK(!json_check(span_of(text, strcspn(text, "\n")), &err),
	    "standard input is the alert as JSON");
	OK(strstr(text, "\"brute\""), "with its rule");
}

static void
test_failure(void)
{
	write_script("echo it is broken >&2; exit 3");
	struct outcome outcome = run_exec("a", false, span_str("b"));
	IS_INT(outcome.class, OUTCOME_RETRY, "a failure is tried again");
	IS_INT(outcome.code, 3, "its status is told");
	OK(strstr(outcome.text, "it is broken"), "and what it said");
	snprintf(script, sizeof(script), "%s/missing", directory);
	outcome = run_exec("a", false, span_str("b"));
	IS_INT(outcome.class, OUTCOME_CONFIG,
	    "a command that is missing waits for a person");
}

static void
keep_line(void *arg, const char *text)
{
	buf_addf(arg, "%s\n", text);
}

static void
test_trace(void)
{
	struct setting_item items[] = {{(char *)"--token=s3cret", {"t", 1}},
	    {(char *)"${ip}", {"t", 2}}};
	struct exec_settings settings = {
	    .sink = {.timeout = 60000}, .command = script, .arg = {items, 2}};
	struct buf lines = BUF_INIT;
	const struct trace trace = {keep_line, &lines};
	struct outcome outcome = {0};
	struct alert *alert = make_alert(span_str("192.0.2.1"));

	write_script("echo blocked >&2");
	void *run = exec_driver.open("block", &settings, "host", &outcome);
	exec_driver.send(run,
	    &(struct delivery){.alert = alert, .trace = &trace}, &outcome);
	exec_driver.close(run);
	OK(strstr(buf_str(&lines), script), "a test shows what is run");
	OK(strstr(buf_str(&lines), "2 arguments"), "with how many arguments");
	OK(!strstr(buf_str(&lines), "s3cret"), "but none of them");
	OK(strstr(buf_str(&lines), "blocked"), "and what it says");
	buf_release(&lines);
	free_alert(alert);
}

static void
test_together(void)
{
	struct setting_item items[EXEC_ARGUMENTS_MAX];
	struct exec_settings settings = {.sink = {.timeout = 60000},
	    .command = script,
	    .arg = {items, EXEC_ARGUMENTS_MAX}};
	char longest[4000];
	struct outcome outcome = {0};

	for (size_t i = 0; i < EXEC_ARGUMENTS_MAX; i++)
		items[i] = (struct setting_item){
		    (char *)"${ip}${ip}${ip}${ip}${ip}${ip}", {"t", 1}};
	memset(longest, 'x', sizeof(longest));
	struct alert *alert = make_alert(span_of(longest, sizeof(longest)));
	write_script("");
	void *run = exec_driver.open("block", &settings, "host", &outcome);
	exec_driver.send(run, &(struct delivery){.alert = alert}, &outcome);
	exec_driver.close(run);
	IS_INT(outcome.class, OUTCOME_REFUSED,
	    "arguments that are too long together are refused");
	OK(strstr(outcome.text, "1 MiB"), "and it is said");
	free_alert(alert);
}

static struct outcome
run_sendmail(const char *from)
{
	struct setting_item to[] = {
	    {(char *)"root", {"test", 1}}, {(char *)"a@b.example", {"t", 1}}};
	struct sendmail_settings settings = {
	    .sink = {.timeout = 60000},
	    .command = script,
	    .to = {to, 2},
	    .from = (char *)from,
	};
	struct alert *alert = make_alert(span_str(".\nBcc: evil@example.org"));
	struct outcome outcome = {0};
	void *run = sendmail_driver.open("root", &settings, "host", &outcome);

	if (run) {
		sendmail_driver.send(run,
		    &(struct delivery){.alert = alert}, &outcome);
		sendmail_driver.close(run);
	}
	free_alert(alert);
	return outcome;
}

static void
test_sendmail(void)
{
	write_script("cat");
	IS_INT(run_sendmail("ctail@h.example").class, OUTCOME_DELIVERED,
	    "mail goes to the mailer");
	const char *text = recorded();
	OK(!strncmp(text, "[-oi][-f][ctail@h.example][--][root][a@b.example]",
	       49),
	    "the recipients are arguments behind --");
	OK(!strchr(text, '\r'), "its lines end as mailers want it here");
	OK(strstr(text, "\nMessage-ID: <00112233445566778899"),
	    "the alert's id is the message's");
	OK(!strstr(text, "\nBcc:"), "no log text becomes a header");
	run_sendmail(NULL);
	OK(!strncmp(recorded(), "[-oi][--][root]", 15),
	    "without a sender the mailer decides");

	write_script("exit 75");
	IS_INT(run_sendmail(NULL).class, OUTCOME_RETRY, "75 is tried again");
	snprintf(script, sizeof(script), "%s/missing", directory);
	IS_INT(run_sendmail(NULL).class, OUTCOME_CONFIG,
	    "a mailer that is missing waits for a person");
}

int
main(void)
{
	const char *base = getenv("TMPDIR");

	signal(SIGPIPE, SIG_IGN);
	setenv("LD_PRELOAD", "", 1);
	snprintf(directory, sizeof(directory), "%.32s/ctail-exec-XXXXXX",
	    base && strlen(base) < 32 ? base : "/tmp");
	if (!mkdtemp(directory))
		return EXIT_FAILURE;
	test_arguments();
	test_dashes();
	test_limits();
	test_environment();
	test_json();
	test_failure();
	test_trace();
	test_together();
	test_sendmail();
	unlink(record);
	snprintf(script, sizeof(script), "%s/command", directory);
	unlink(script);
	rmdir(directory);
	return tap_done();
}
