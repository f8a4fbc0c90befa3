/*
 * conf_show: what is shown reads back to the same.
 */
#include "config.h"

#include "conf/conf.h"
#include "hostile.h"
#include "tap.h"

static const struct conf_places places = {
    .state_dir = "/var/lib/ctail", .sendmail = "/usr/sbin/sendmail"};

static struct conf *
load(struct span text)
{
	struct conf_errors errors = CONF_ERRORS_INIT;
	struct conf *conf = conf_load_text("c", text, &places, &errors);

	if (!conf)
		printf("# %s", buf_str(&errors.text));
	conf_errors_release(&errors);
	return conf;
}

static void
show(struct span text, enum conf_show how, struct buf *out)
{
	struct conf *conf = load(text);

	buf_reset(out);
	if (conf)
		conf_show(conf, how, out);
	conf_free(conf);
}

static void
round_trip(const char *text, const char *sentence)
{
	struct buf first = BUF_INIT, second = BUF_INIT;

	show(span_str(text), CONF_SHOW_ACCEPTED, &first);
	show(buf_span(&first), CONF_SHOW_ACCEPTED, &second);
	OK(first.len > 0, "%s: it loads", sentence);
	IS_STR(buf_str(&second), buf_str(&first), sentence);
	buf_release(&first);
	buf_release(&second);
}

static const char everything[] =
    "[agent]\nstate_dir = /var/lib/x\nsink = ops dump\nreserve = 3m\n"
    "[log a]\npath = /var/log/a ; b\n  /srv/**/*.log\n"
    "exclude_path = *.tmp\nexclude_path = #odd\nstart = start\nmax_line = 64k\n"
    "[log b]\npath = /b\nenabled = no\n"
    "[rule r]\nlog = a b\nmatch = Failed (?<user>\\S+) ; from (?<ip>\\S+)\n"
    "match = ;semicolon (?<ip>x)\nexclude = \"quoted\"\n"
    "when = 5 in 10m\nkey = ${ip}\nthrottle = 1h double max 24h\n"
    "severity = error\nthen = stop\nsink = ops\nflags = nocase utf\n"
    "subject = ${count}x \xE2\x82\xAC from ${ip}\n"
    "should_match = Failed x ; from y\n"
    "[rule counts]\nlog = *\nmatch = .\nsink = none\n"
    "[logcheck all]\nlog = a b\nlevel = workstation\nrules = /r ; s\n"
    "cracking_ignore = yes\nbatch = 10m max 500\nsink = ops dump\n"
    "subject = ${hostname} ; look\n[logcheck plain]\nlog = *\n"
    "[smtp ops]\nurl = smtps://mail.example.org:465\nuser = u\n"
    "password_file = /etc/ctail/p\nfrom = c@example.org\n"
    "to = a@example.org, b@example.org\n  c@example.org\n"
    "[webhook hook]\nurl_file = /etc/ctail/url\nheader = X-A: b\n"
    "header = X-C: d\ntemplate = {\n  \"text\": \"${subject}\",\n"
    "  \"n\": ${count|json}}\nmin_severity = warning\n"
    "[exec block]\ncommand = /usr/bin/true\narg = ${ip}\narg = ;\n"
    "[sendmail root]\nto = root\n"
    "[file dump]\npath = /tmp/dump\nmax_age = 90m\ntimeout = 1500ms\n";

static void
test_round_trip(void)
{
	round_trip(everything, "a large configuration reads back to the same");
	round_trip("", "so does an empty one, with what was made up for it");
	round_trip(
	    "[file only]\npath = /x\n", "so does one with a single sink");
}

static void
test_text(void)
{
	struct buf text = BUF_INIT;

	show(span_str("[file only]\npath = /x\n[log l]\npath = "
		      "/a\nexclude_path = ;b\n"
		      "[rule r]\nlog = l l*\nmatch = x\n"),
	    CONF_SHOW_PEOPLE, &text);
	OK(!strncmp(buf_str(&text),
	       "[agent]\nstate_dir = /var/lib/ctail\nsink = only\n"
	       "reserve = 8m\n\n[file only]\n",
	       strlen("[agent]\nstate_dir = /var/lib/ctail\nsink = only\n"
		      "reserve = 8m\n\n[file only]\n")),
	    "[agent] comes first, with what is in force");
	OK(strstr(buf_str(&text), "path = /a\nexclude_path = ;b\n"),
	    "an item that looks like a comment stands behind its key");
	OK(strstr(buf_str(&text), "log = l l*\n"), "words stand in a line");
	OK(strstr(buf_str(&text), "\nthrottle = 10m double max 4h\n"),
	    "defaults are shown");
	show(span_str("[log l]\npath = /a\n[logcheck x]\nlog = l\n"),
	    CONF_SHOW_PEOPLE, &text);
	OK(strstr(buf_str(&text),
	       "\n[logcheck x]\nlog = l\nlevel = server\n"
	       "rules = /etc/logcheck\ncracking_ignore = no\nbatch = 1h\n"),
	    "those of [logcheck] too");
	show(span_str("[log b]\npath = /b\nenabled = no\n"), CONF_SHOW_PEOPLE,
	    &text);
	OK(!strstr(buf_str(&text), "/b"), "what is switched off is not");
	OK(strstr(buf_str(&text), "[sendmail default-mail]\n"),
	    "what was made up is shown");
	OK(strstr(buf_str(&text), "sink = default-mail default-file\n"),
	    "... and named");
	buf_release(&text);
}

static const char secrets[] =
    "[agent]\nsink = hook\n"
    "[webhook hook]\nurl = https://hooks.example.org/s3cr3t/path?t=1\n"
    "[webhook root]\nurl = https://hooks.example.org/\n"
    "header = X-Token: t0k3n\nheader = X-Env: prod\n"
    "[smtp ops]\nurl = smtps://mail.example.org\nuser = u\n"
    "password = hunter2\nfrom = c@example.org\nto = a@example.org\n"
    "[alertmanager fleet]\nurl = http://am1:9093/prefix http://am2:9093\n";

static void
test_secrets(void)
{
	struct buf text = BUF_INIT;
	const char *shown;

	show(span_str(secrets), CONF_SHOW_PEOPLE, &text);
	shown = buf_str(&text);
	OK(!strstr(shown, "hunter2"), "a password is not shown to people");
	OK(strstr(shown, "password = <secret>\n"), "... only that it is there");
	OK(!strstr(shown, "s3cr3t"), "nor is the path of a URL");
	OK(!strstr(shown, "t0k3n") &&
		strstr(shown, "header = X-Token: <secret>\n"),
	    "nor what a header says");
	OK(strstr(shown, "url = https://hooks.example.org/...\n"),
	    "... only where it leads");
	OK(strstr(shown, "url = https://hooks.example.org/\n"),
	    "a URL without secrets is whole");
	OK(strstr(shown, "url = smtps://mail.example.org\n"),
	    "... with or without its last slash");
	OK(strstr(shown, "url = http://am1:9093/... http://am2:9093\n"),
	    "of several URLs each is shown so");
	show(span_str(secrets), CONF_SHOW_ACCEPTED, &text);
	OK(text.len > 0 && !strstr(buf_str(&text), "hunter2"),
	    "the accepted copy leaves inline secrets out");
	OK(!strstr(buf_str(&text), "s3cr3t"), "... a URL that is one, too");
	OK(strstr(buf_str(&text), "password = " SETTING_LEFT_OUT "\n"),
	    "... and says so");
	round_trip(secrets, "it loads all the same");
	buf_release(&text);
}

/* Patterns of anything that can stand in a line. */
static void
test_random(void)
{
	static const char *const shreds[] = {";", " ;", "#", "\"", "=", "[",
	    "]", " ", "\t", "\xC3\xA9", "\xFF", "\\", "a", "severity = x",
	    "[rule x]", "$", "|"};
	struct buf text = BUF_INIT, first = BUF_INIT, second = BUF_INIT;
	unsigned long long state = 7;
	int same = 0, total = 200;

	for (int i = 0; i < total; i++) {
		buf_reset(&text);
		buf_add_str(&text, "[log l]\npath = /x\n[rule r]\nlog = l\n");
		for (int j = 0; j < 4; j++) {
			buf_add_str(&text, "match = x");
			for (int k = 0; k < 40; k++)
				buf_add_str(
				    &text, shreds[hostile_next(&state) %
						  (sizeof(shreds) /
						      sizeof(shreds[0]))]);
			buf_add_str(&text, ".\n");
		}
		show(buf_span(&text), CONF_SHOW_PEOPLE, &first);
		show(buf_span(&first), CONF_SHOW_PEOPLE, &second);
		same +=
		    first.len > 0 && !strcmp(buf_str(&first), buf_str(&second));
	}
	IS_INT(same, total, "200 random rules read back to the same");
	buf_release(&text);
	buf_release(&first);
	buf_release(&second);
}

int
main(void)
{
	test_round_trip();
	test_text();
	test_secrets();
	test_random();
	return tap_done();
}
