/*
 * The sinks' sections: what their checks take and what they refuse.
 */
#include "config.h"

#include <stdlib.h>

#include "base/severity.h"
#include "deliver/sink_kind.h"
#include "deliver/sink_settings.h"
#include "tap.h"

/* Reads lines "key = value" as the section would be; "" when it is
 * fine, else what is wrong with it. */
static const char *
check(const struct setting_table *table, const char *lines)
{
	static struct err err;
	void *settings = calloc(1, table->size);
	char *copy = strdup(lines), *rest = copy, *line;

	err.text[0] = '\0';
	setting_defaults(table, settings);
	while (!err.text[0] && (line = strsep(&rest, "\n"))) {
		char *equals = strstr(line, " = ");

		if (!equals)
			continue;
		const struct setting *row = setting_find(
		    table, span_of(line, (size_t)(equals - line)));
		if (!row)
			err_set(&err, "unknown key %s", line);
		else
			setting_set(row, settings, span_str(equals + 3),
			    (struct origin){"test", 1}, &err);
	}
	if (!err.text[0] && table->check)
		table->check(settings, &err);
	setting_release(table, settings);
	free(settings);
	free(copy);
	return err.text;
}

static void
takes(const struct setting_table *table, const char *lines,
    const char *sentence)
{
	const char *wrong = check(table, lines);

	OK(!wrong[0], "%s%s%s", sentence, wrong[0] ? ": " : "", wrong);
}

static void
refuses(const struct setting_table *table, const char *lines,
    const char *needle, const char *sentence)
{
	const char *wrong = check(table, lines);

	OK(strstr(wrong, needle) != NULL, "%s (%s)", sentence, wrong);
}

#define MAIL "\nfrom = a@example.org\nto = b@example.org"

static void
test_smtp(void)
{
	const struct setting_table *smtp = &smtp_setting_table;

	takes(smtp, "url = smtps://mail.example.org" MAIL, "smtps is fine");
	takes(smtp, "url = smtp://mail.example.org:587" MAIL,
	    "smtp with a port is fine");
	takes(smtp, "url = smtp://[::1]:25\ntls = off" MAIL,
	    "no TLS on this machine is fine");
	takes(smtp,
	    "url = smtp://relay\ntls = off\nallow_cleartext = yes\nuser = u\n"
	    "password = p" MAIL,
	    "no TLS across a network with consent is fine");
	refuses(smtp, "url = smtp://relay\ntls = off" MAIL, "allow_cleartext",
	    "no TLS across a network is refused");
	refuses(smtp, "url = smtp://127.0.0.1\ntls = off\nuser = u\n"
		      "password = p" MAIL,
	    "in clear", "a password in clear is refused");
	refuses(smtp, "url = smtps://mail\ntls = off" MAIL, "contradicts",
	    "smtps without TLS is refused");
	refuses(smtp, "url = https://mail" MAIL, "smtps://",
	    "another protocol is refused");
	refuses(smtp, "url = smtps://u:p@mail" MAIL, "user or password",
	    "a user in the URL is refused");
	refuses(smtp, "url = smtps://mail/path" MAIL, "helo",
	    "a path in the URL is refused");
	refuses(smtp, "url = smtps://mail\nuser = u" MAIL, "password_file",
	    "a user without a password is refused");
	refuses(smtp, "url = smtps://mail\npassword = p" MAIL,
	    "without a user", "a password without a user is refused");
	refuses(smtp, "url = smtps://mail\nhelo = a b" MAIL, "helo",
	    "a blank in helo is refused");
	refuses(smtp, "url = smtps://mail\nhelo = a/b" MAIL, "helo",
	    "a slash in helo is refused");
	refuses(smtp, "url = smtps://mail\nfrom = a@b\nto = c@d, e f@g", "to",
	    "a bad address is refused");
	refuses(smtp, "url = smtps://mail\nfrom = root\nto = c@d", "from",
	    "a sender without a domain is refused");
	refuses(smtp, "url = smtps://mail\nca_file = ca.pem" MAIL, "absolute",
	    "a relative ca_file is refused");
	refuses(smtp, "url = smtps://mail\ntls_min = 1.1" MAIL, "1.2",
	    "an old TLS is refused");
	refuses(smtp, "url = smtps://mail\ntls_pin = x" MAIL, "not built",
	    "what comes later is refused by name");
	refuses(smtp, "url = smtps://mail\nfallback = x" MAIL, "not built",
	    "so is a common key that comes later");
	takes(smtp, "url = smtps://mail\nstorm = 5 in 10m" MAIL,
	    "a cap is so many in a time");
	takes(smtp, "url = smtps://mail\nstorm = none" MAIL, "or none");
	refuses(smtp, "url = smtps://mail\nstorm = 5" MAIL, "storm",
	    "a number alone is no cap");
}

static void
test_webhook_url(void)
{
	const struct setting_table *webhook = &webhook_setting_table;

	takes(webhook, "url = https://hooks.example.org/x", "https is fine");
	takes(webhook, "url_file = /etc/ctail/url", "a file is fine");
	takes(webhook, "url = http://localhost:8080/x",
	    "http on this machine is fine");
	takes(webhook, "url = http://hub/x\nallow_http = yes",
	    "http with consent is fine");
	refuses(webhook, "preset = slack", "url_file",
	    "a webhook without a URL is refused");
	refuses(webhook, "url = https://a/\nurl_file = /b", "given 2 times",
	    "two URLs are refused");
	refuses(webhook, "url = http://hub/x", "allow_http",
	    "http across a network is refused");
	refuses(webhook, "url = file:///etc/passwd", "no host",
	    "a file is no web service");
	refuses(webhook, "url = gopher://a/", "https://",
	    "another protocol is refused");
	OK(!strstr(check(webhook, "url = http://hub/s3cr3t"), "s3cr3t"),
	    "no error repeats the URL's path");
	refuses(webhook, "url = https://a/\nproxy = ftp://p:1", "proxy",
	    "a proxy of another kind is refused");
	takes(webhook, "url = https://a/\nproxy = socks5h://p:1080",
	    "a SOCKS proxy is fine");
}

static void
test_webhook_body(void)
{
	const struct setting_table *webhook = &webhook_setting_table;

	takes(webhook, "url = https://a/\nheader = X-Env: prod",
	    "a header is fine");
	refuses(webhook, "url = https://a/\nheader = X-Env", "Name: value",
	    "a header without a colon is refused");
	refuses(webhook, "url = https://a/\nheader = X Y: z", "Name: value",
	    "a header's name without blanks");
	refuses(webhook, "url = https://a/\nheader = host: b", "follows",
	    "Host is refused in any case");
	refuses(webhook, "url = https://a/\nheader = Content-Length: 1",
	    "follows", "Content-Length is refused");
	refuses(webhook, "url = https://a/\nheader = Content-Type: x/y",
	    "content_type", "Content-Type has a key of its own");
	refuses(webhook, "url = https://a/\nheader = Authorization: x",
	    "authorization_file", "a password in a header is refused");
	refuses(webhook, "url = https://a/\nheader = X: a\x01", "ASCII",
	    "a control byte in a header is refused");
	refuses(webhook, "url = https://a/\nheader = X: a\rB: c", "ASCII",
	    "a line end in a header is refused");
	refuses(webhook, "url = https://a/\npreset = slak", "slack",
	    "an unknown preset is refused, and the known ones are told");
	takes(webhook,
	    "url = https://a/\ntemplate = {\"t\": \"${subject}\", \"n\": "
	    "${count|json}}",
	    "a JSON template is fine");
	refuses(webhook, "url = https://a/\ntemplate = {\"t\": ${subject}}",
	    "template", "one that log text could break is refused");
	refuses(webhook, "url = https://a/\ntemplate = {\"t\": ", "template",
	    "one that is no JSON is refused");
	takes(webhook,
	    "url = https://a/\ncontent_type = text/plain\ntemplate = "
	    "${subject}",
	    "a text template says so by its type");
	refuses(webhook, "url = https://a/\ncontent_type = text",
	    "content_type", "a content type has a slash");
	refuses(webhook, "url = https://a/\nsign = standard-webhooks",
	    "not built", "signing comes later");
}

static void
test_commands(void)
{
	const struct setting_table *sendmail = &sendmail_setting_table;
	const struct setting_table *exec = &exec_setting_table;

	takes(sendmail, "to = root", "a local user is fine");
	takes(sendmail, "to = root, a@example.org\nfrom = ctail@h",
	    "so are addresses");
	refuses(sendmail, "to = -oQ/tmp", "to",
	    "an address that is an option is refused");
	refuses(sendmail, "to = root\ncommand = sendmail", "absolute",
	    "a mailer needs its path");

	takes(exec, "command = /bin/block\narg = ${ip}\narg = --all",
	    "a command with arguments is fine");
	takes(exec, "command = /bin/block\narg = --ip=${ip}",
	    "an option with log text in its value is fine");
	refuses(exec, "command = block", "absolute", "a command needs a path");
	refuses(exec, "command = /bin/block ${ip}", "arg",
	    "arguments have a key of their own");
	refuses(exec, "command = /bin/x\narg = ${ip", "arg 1",
	    "a broken template is refused");
	refuses(exec, "command = /bin/x\narg = a\narg = --${option}", "arg 2",
	    "log text may not choose an option");
	takes(exec, "command = /bin/x\narg = -${option}\narg_dash = yes",
	    "unless that is wanted");
}

static void
test_file(void)
{
	const struct setting_table *file = &file_setting_table;

	takes(file, "path = /var/lib/ctail/a.jsonl", "a path is fine");
	refuses(file, "path = a.jsonl", "absolute",
	    "a relative path is refused");
	refuses(file, "path = /var/log/", "a file", "a directory is refused");
	refuses(file, "path = /a\nformat = mbox", "json",
	    "a format that comes later is refused");
}

static void
test_common(void)
{
	for (int i = SEVERITY_DEBUG; i <= SEVERITY_CRITICAL; i++)
		IS_STR(severity_choices[i],
		    severity_name((enum severity)i),
		    "min_severity's words are the severities");
	OK(severity_choices[SEVERITY_CRITICAL + 1] == NULL,
	    "and there are no more");
	for (size_t i = 0; sink_kinds[i]; i++) {
		const struct setting_table *table = sink_kinds[i]->table;

		OK(table->rows[0].offset ==
			    offsetof(struct sink_settings, max_age) &&
			!strcmp(table->rows[0].name, "max_age"),
		    "[%s] begins with the common keys", table->section);
		for (size_t row = 0; row < table->count; row++) {
			if (!table->rows[row].help)
				OK(false, "%s has no help",
				    table->rows[row].name);
		}
	}
	refuses(&file_setting_table, "path = /a\ntimeout = 0s", "timeout",
	    "no time at all is refused");
}

int
main(void)
{
	test_smtp();
	test_webhook_url();
	test_webhook_body();
	test_commands();
	test_file();
	test_common();
	return tap_done();
}
