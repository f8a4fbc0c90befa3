/*
 * The sinks' sections: what their checks take and what they refuse.
 */
#include "config.h"

#include "base/severity.h"
#include "deliver/sink_kind.h"
#include "deliver/sink_settings.h"
#include "section.h"
#include "tap.h"

#define MAIL "\nfrom = a@example.org\nto = b@example.org"

#define FIFTY "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee"
#define HASH "0123456789+/abcdefghijklmnopqrstuvwxyzABCDE"

/* The same for every sink of the network; [smtp] stands for them. */
static void
test_tls(void)
{
	static const char *const bad[] = {"x", "sha256//", "sha256//" HASH,
	    "sha256//" HASH "==", "sha256//" HASH "F=", "sha256/" HASH "E=",
	    "sha1//" HASH "E=", "/etc/key.pem",
	    "sha256//0123456789+/abcdefghijklmnopqrstuvwxyzABCDF=",
	    "sha256//0123456789+/abcdefghijklmn pqrstuvwxyzABCDE=",
	    "sha256//0123456789-_abcdefghijklmnopqrstuvwxyzABCDE=",
	    "sha256//" HASH "=;", ";sha256//" HASH "=",
	    "sha256//" HASH "=; sha256//" HASH "="};
	const struct setting_table *smtp = &smtp_setting_table;
	char lines[512];

	takes(smtp,
	    "url = smtps://mail\ncert_file = /etc/c.pem\n"
	    "key_file = /etc/c.key" MAIL,
	    "a client certificate and its key are fine");
	takes(smtp, "url = smtps://mail\ncert_file = /etc/c.pem" MAIL,
	    "the key may be in the same file");
	refuses(smtp, "url = smtps://mail\nkey_file = /etc/c.key" MAIL,
	    "without its cert_file", "a key alone is refused");
	refuses(smtp, "url = smtps://mail\ncert_file = c.pem" MAIL, "absolute",
	    "a relative certificate is refused");
	refuses(smtp,
	    "url = smtps://mail\ncert_file = /c\nkey_file = c.key" MAIL,
	    "key_file must be an absolute", "and a relative key");
	takes(smtp, "url = smtps://mail\ntls_pin = sha256//" HASH "=" MAIL,
	    "a pin is fine");
	takes(smtp,
	    "url = smtps://mail\ntls_pin = sha256//" HASH "=;sha256//" HASH
	    "=" MAIL,
	    "so are two");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(lines, sizeof(lines), "url = smtps://mail\n"
		    "tls_pin = %s" MAIL, bad[i]);
		refuses(smtp, lines, "tls_pin must be",
		    "what is no pin is refused");
	}
}

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
	refuses(smtp, "url = mail.example.org:25" MAIL,
	    "smtps://mail.example.org", "a host alone is shown as a URL");
	refuses(smtp, "url = smtp://mail\ntls = no" MAIL, "did you mean `off'",
	    "no is off, not on");
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
	takes(smtp, "url = smtps://mail\nfallback = x" MAIL,
	    "another sink may hear when this one fails");
	takes(smtp, "url = smtp://mail.example\nsocket = /run/x\ntls = off" MAIL,
	    "a socket is of this machine: nothing of it crosses a network");
	refuses(smtp, "url = smtps://mail\nsocket = run/x" MAIL, "absolute",
	    "its path is absolute");
	refuses(smtp,
	    "url = smtps://mail\nsocket = /" FIFTY FIFTY "12345678" MAIL,
	    "107 bytes", "and no longer than the system takes");
	refuses(smtp, "url = smtps://mail\nuser = \npassword = p" MAIL,
	    "user is empty", "an empty user is refused");
	refuses(smtp, "url = smtps://mail\nuser = u\npassword = " MAIL,
	    "password is empty",
	    "an empty password, which would choose EXTERNAL, is refused");
	takes(smtp, "url = smtps://mail\nstorm = 5 in 10m" MAIL,
	    "a cap is so many in a time");
	takes(smtp, "url = smtps://mail\nstorm = none" MAIL, "or none");
	refuses(smtp, "url = smtps://mail\nstorm = 5" MAIL, "storm",
	    "a number alone is no cap");
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
	takes(file, "path = /a\nformat = mbox", "a mailbox is fine");
	refuses(file, "path = /a\nformat = maildir", "json",
	    "another format is refused, and the known ones are told");
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
	test_tls();
	test_commands();
	test_file();
	test_common();
	return tap_done();
}
