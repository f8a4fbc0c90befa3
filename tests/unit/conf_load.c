/*
 * conf_load: what a configuration may say, and what it is told when it says
 * something else.
 */
#include "config.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "conf/conf.h"
#include "tap.h"

static const struct conf_places places = {
    .state_dir = "/var/lib/ctail", .sendmail = "/usr/sbin/sendmail"};
static const struct conf_places no_mailer = {
    .state_dir = "/var/lib/ctail", .sendmail = NULL};

/* A log, a rule and a sink that are fine, for what is added to them. */
#define BASE                                                                   \
	"[log auth]\npath = /var/log/a\n"                                      \
	"[rule r]\nlog = auth\nmatch = x\n"                                    \
	"[file box]\npath = /tmp/f\n"
#define BASE_LINES 7

static struct conf *
load(const char *text, const char *mistakes, const char *sentence)
{
	struct conf_errors errors = CONF_ERRORS_INIT;
	struct conf *conf =
	    conf_load_text("c.ini", span_str(text), &places, &errors);

	IS_STR(buf_str(&errors.text), mistakes, sentence);
	OK((conf == NULL) == (errors.count > 0), "... and by its result");
	conf_errors_release(&errors);
	return conf;
}

static void
refuses(const char *text, const char *mistakes, const char *sentence)
{
	conf_free(load(text, mistakes, sentence));
}

static void
accepts(const char *text, const char *sentence)
{
	conf_free(load(text, "", sentence));
}

static const struct rule_settings *
rule_at(const struct conf *conf, size_t n)
{
	return conf_section(conf, &rule_setting_table, n)->settings;
}

static void
test_good(void)
{
	struct conf *conf =
	    load("[agent]\nsink = box\n[log auth]\npath = /x\n"
		 "  /y\npath = /z\n"
		 "[rule r]\nlog = auth\nmatch = one ; two\n"
		 "        three\nmatch = #four\nseverity = error\n"
		 "[file box]\npath = /tmp/f\n",
		"", "a good configuration loads");
	const struct log_settings *log;
	const struct rule_settings *rule;

	if (!conf)
		return;
	log = conf_section(conf, &log_setting_table, 0)->settings;
	rule = rule_at(conf, 0);
	IS_INT(log->path.count, 3, "a list takes indented lines and repeats");
	IS_STR(log->path.items[2].text, "/z", "... in their order");
	IS_INT(log->path.items[1].origin.line, 5, "... each with its line");
	IS_STR(
	    rule->match.items[0].text, "one ; two", "a pattern may hold ` ;'");
	IS_STR(rule->match.items[2].text, "#four",
	    "an item may begin with `#' behind its key");
	IS_INT(rule->severity, SEVERITY_ERROR, "a choice is read");
	IS_STR(conf_section(conf, &rule_setting_table, 0)->name, "r",
	    "a section has its name");
	IS_INT(conf_section(conf, &rule_setting_table, 0)->origin.line, 7,
	    "... and its line");
	OK(conf_section(conf, &rule_setting_table, 1) == NULL,
	    "there is no second rule");
	OK(conf_sink(conf, span_str("box")) == conf_sink_at(conf, 0),
	    "a sink is found by name and by number");
	OK(conf_sink(conf, span_str("r")) == NULL, "a rule is no sink");
	IS_STR(conf_agent(conf)->state_dir, "/var/lib/ctail",
	    "the state directory is where it usually is");
	IS_INT(conf_agent(conf)->reserve, 8 << 20, "the reserve is 8 MB");
	conf_free(conf);
}

static void
test_keys(void)
{
	struct buf want = BUF_INIT;

	refuses(BASE "[rule s]\nlog = auth\nmatch = x\nseverty = error\n",
	    "c.ini:11: [rule s] there is no key `severty'; did you mean "
	    "`severity'?\n",
	    "an unknown key is refused with a proposal");
	refuses(BASE "[rule s]\nlog = auth\nmatch = x\nzzzzzzzz = 1\n",
	    "c.ini:11: [rule s] there is no key `zzzzzzzz'; ctail.ini(5) has "
	    "those of [rule]\n",
	    "... or without, when nothing is near");
	refuses(BASE "[rule s]\nlog = auth\nmatch = x\nseverity = info\n"
		     "severity = error\n",
	    "c.ini:12: [rule s] `severity' stands twice, in line 11 and line "
	    "12; remove one\n",
	    "a scalar key that stands twice names both lines");
	refuses(BASE "[rule s]\nlog = auth\nmatch = x\nseverity =\n",
	    "c.ini:11: [rule s] `severity' has no value; write one or remove "
	    "the line\n",
	    "a key without a value is refused");
	refuses(BASE "[rule s]\nlog = auth\nmatch =\n",
	    "c.ini:10: [rule s] `match' has no value; write one or remove "
	    "the line\n",
	    "... a list's too, and only once");
	refuses(BASE
	    "[rule s]\nlog = auth\nmatch = x\nseverity = info\n  error\n",
	    "c.ini:12: [rule s] `severity' takes one line, and this indented "
	    "line would continue it; remove the line or its indentation\n",
	    "a scalar cannot be continued");
	buf_addf(&want, "c.ini:8: [log b] `path' is missing: %s\n",
	    setting_find(&log_setting_table, span_str("path"))->help);
	refuses(BASE "[log b]\nmax_line = 1k\n", buf_str(&want),
	    "a missing key is named, and what it is for");
	buf_release(&want);
	refuses("[agent]\nheartbeat = 5m via phone\n" BASE,
	    "c.ini:2: [agent] `heartbeat' is not built yet (a sign of life, "
	    "as 5m via SINK); remove the line\n",
	    "a key of a later version is refused by name");
	refuses("[agent]\nstate_dir = here\nreserve = 2g\n" BASE,
	    "c.ini:3: [agent] reserve must be from 0 to 1g\n",
	    "a value out of its bounds is refused");
	refuses("[agent]\nstate_dir = here\n" BASE,
	    "c.ini:2: [agent] state_dir must be an absolute path (begin with "
	    "/)\n",
	    "a relative state directory is refused");
}

static void
test_indentation(void)
{
	refuses(BASE "[rule s]\nlog = auth\nmatch = x\n  severity = error\n",
	    "c.ini:11: [rule s] this line looks like a key but continues the "
	    "value of `match' above, because it is indented; remove the "
	    "indentation\n",
	    "trap 3: an indented key is refused with the hint");
	refuses(BASE "[rule s]\nlog = auth\nmatch = x\n  [rule t]\n",
	    "c.ini:11: [rule s] this line looks like a section but continues "
	    "the value of `match' above, because it is indented; remove the "
	    "indentation\n",
	    "trap 3: an indented section is refused with the hint");
	refuses(BASE
	    "[rule s]\nlog = auth\nmatch = x\n  [job t]\n\tenabled=no\n",
	    "c.ini:11: [rule s] this line looks like a section but continues "
	    "the value of `match' above, because it is indented; remove the "
	    "indentation\n"
	    "c.ini:12: [rule s] this line looks like a key but continues the "
	    "value of `match' above, because it is indented; remove the "
	    "indentation\n",
	    "trap 3: so are `enabled' and sections of later versions");
	accepts(BASE "[rule s]\nlog = auth\nmatch = x\n  [a-z]\n  user = root\n"
		     "  severity is = 3\n  [^rule x]\n",
	    "a pattern that only resembles them is a pattern");
	accepts(BASE "[webhook w]\nurl = https://h.example/\n"
		     "template = {\n  \"text\":\n  \"${line}\"}\n"
		     "[agent]\nsink = w\n",
	    "a template may have several lines");
}

static void
test_template_lines(void)
{
	struct conf *conf =
	    load("[webhook w]\nurl = https://h.example/\n"
		 "template =\n  {\"a\": 1,\n  # no\n  \"b\": 2}\n",
		"", "a template may begin below its key");
	struct buf text = BUF_INIT;

	if (!conf)
		return;
	conf_show(conf, CONF_SHOW_ACCEPTED, &text);
	OK(strstr(buf_str(&text), "template = {\"a\": 1,\n\t\"b\": 2}\n"),
	    "its lines are joined by newlines");
	buf_release(&text);
	conf_free(conf);
}

static void
test_sections(void)
{
	refuses(BASE "[job x]\ncommand = /bin/x\n",
	    "c.ini:8: [job] is not built yet in this version of ctail; "
	    "remove the section\n",
	    "a section of a later version is refused by name");
	refuses(BASE "[webhok x]\nurl = y\n",
	    "c.ini:8: there is no section [webhok]; did you mean "
	    "[webhook]?\n",
	    "an unknown section is refused with a proposal");
	refuses(BASE "[email x]\nto = y\n",
	    "c.ini:8: there is no section [email]; the sections are agent, "
	    "log, rule, logcheck, smtp, webhook, alertmanager, sendmail, "
	    "exec, file, syslog\n",
	    "where none is near, they are listed");
	refuses(BASE "[rule]\nmatch = x\n",
	    "c.ini:8: [rule]: this section needs a name, as [rule "
	    "ssh-brute]\n",
	    "a section without its name is refused");
	refuses(BASE "[agent x]\n",
	    "c.ini:8: [agent x]: this section has no name\n",
	    "so is [agent] with one");
	refuses(BASE "[rule a b]\nmatch = x\n",
	    "c.ini:8: [rule a b]: a section's name is one word\n",
	    "so is a name of two words");
	refuses(BASE "[file none]\npath = /x\n",
	    "c.ini:8: [file none]: `none' cannot be a name: it stands for no "
	    "sink at all\n",
	    "so is the name none");
	refuses(BASE
	    "[log a1234567890123456789012345678901234567890]\npath = /x\n",
	    "c.ini:8: [log a1234567890123456789012345678901234567890]: a "
	    "section's name has at most 40 bytes\n",
	    "so is a name of 41 bytes");
	refuses(BASE "[log auth]\npath = /y\n",
	    "c.ini:8: the section [log auth] stands already in c.ini, line 1; "
	    "put both together\n",
	    "a section that stands twice names both lines");
	refuses(BASE "[exec box]\ncommand = /bin/x\n[agent]\nsink = box\n",
	    "c.ini:8: the name is taken: [file box] stands already in c.ini, "
	    "line 6; all sinks share one space of names\n",
	    "two sinks cannot share a name");
	accepts("[log x]\npath = /x\n[rule x]\nlog = x\nmatch = x\n"
		"[file x]\npath = /tmp/x\n",
	    "a log, a rule and a sink can");
	accepts("", "an empty file is a configuration");
}

static void
test_all_at_once(void)
{
	refuses("k = 1\n[agent]\nsnik = f\n[log auth]\npath = /x\n  [log b]\n"
		"[rule r]\nlog = aut\nmatch = x\nseverity = eror\n"
		"sink = default-mial\n[fiel x]\n",
	    "c.ini:1: a key before any [section]; it belongs into one\n"
	    "c.ini:3: [agent] there is no key `snik'; did you mean `sink'?\n"
	    "c.ini:6: [log auth] this line looks like a section but continues "
	    "the value of `path' above, because it is indented; remove the "
	    "indentation\n"
	    "c.ini:8: [rule r] there is no log `aut'; did you mean `auth'?\n"
	    "c.ini:10: [rule r] severity: `eror' is not one of debug, info, "
	    "notice, warning, error, critical; did you mean `error'?\n"
	    "c.ini:11: [rule r] there is no sink `default-mial'; did "
	    "you mean `default-mail'?\n"
	    "c.ini:12: there is no section [fiel]; did you mean [file]?\n",
	    "all mistakes are shown at once, in the order of the lines");
}

static void
test_foreign_keys(void)
{
	refuses(BASE "[rule s]\nlog = auth\nfailregex = x\nmaxretry = 3\n"
		     "query_key = ip\n",
	    "c.ini:10: [rule s] there is no key `failregex'; here that is "
	    "`match'\n"
	    "c.ini:11: [rule s] there is no key `maxretry'; here that is "
	    "`when', as in `when = 5 in 10m'\n"
	    "c.ini:12: [rule s] there is no key `query_key'; here that is "
	    "`key'\n",
	    "the words of other tools are known");
	refuses("[log auth]\nlogfile = /x\n[rule r]\nlog = auth\nmatch = x\n"
		"retry = 1\n",
	    "c.ini:2: [log auth] there is no key `logfile'; here that is "
	    "`path'\n"
	    "c.ini:6: [rule r] there is no key `retry'; ctail.ini(5) has "
	    "those of [rule]\n",
	    "each in its section, and as a whole word");
}

static void
test_names(void)
{
	refuses(BASE "[rule s]\nlog = aut\nmatch = x\n",
	    "c.ini:9: [rule s] there is no log `aut'; did you mean `auth'?\n",
	    "a log that is not there is refused");
	refuses(BASE "[rule s]\nlog = z*\nmatch = x\n",
	    "c.ini:9: [rule s] there is no log `z*'; the logs are: auth\n",
	    "so is a glob without a match");
	accepts(BASE "[rule s]\nlog = [a]* auth\nmatch = x\n",
	    "a glob that matches is fine");
	refuses(BASE "[rule s]\nlog = auth\nmatch = x\nsink = boxx\n",
	    "c.ini:11: [rule s] there is no sink `boxx'; did you mean `box'?\n",
	    "a sink that is not there is refused");
	refuses(BASE "[rule s]\nlog = auth\nmatch = x\nsink = box box\n",
	    "c.ini:11: [rule s] the sink `box' is named twice\n",
	    "so is one that is named twice");
	refuses(BASE "[rule s]\nlog = auth\nmatch = x\nsink = none box\n",
	    "c.ini:11: [rule s] sink: \"none\" stands alone or not at all\n",
	    "none stands alone");
	accepts(BASE "[rule s]\nlog = auth\nmatch = x\nsink = none\n",
	    "a rule may only count");
	refuses("[agent]\nsink = none\n" BASE,
	    "c.ini:2: [agent] `sink' cannot be none here: ctail itself must "
	    "be able to report what goes wrong\n",
	    "ctail itself may not be silent");
	refuses("[agent]\nsink = boxes\n" BASE,
	    "c.ini:2: [agent] there is no sink `boxes'; did you mean `box'?\n",
	    "a default sink must be there");
}

static void
test_enabled(void)
{
	struct conf *conf =
	    load(BASE "[log b]\npath = /b\nenabled = no\n"
		      "[file g]\npath = /g\nenabled = no\n"
		      "[rule s]\nlog = auth b\nmatch = x\nsink = box g\n"
		      "[rule t]\nlog = b\nmatch = x\n"
		      "[rule u]\nlog = auth\nmatch = x\nenabled = no\n",
		"", "sections may be switched off");
	const struct conf_section *section;

	if (!conf)
		return;
	IS_INT(conf_count(conf, &log_setting_table), 1,
	    "a log that is switched off is not there");
	OK(conf_sink(conf, span_str("g")) == NULL, "nor is such a sink");
	IS_INT(conf_count(conf, &rule_setting_table), 2,
	    "nor a rule without any log left");
	section = conf_section(conf, &rule_setting_table, 1);
	IS_STR(section->name, "s", "a rule with one left stays");
	IS_INT(rule_at(conf, 1)->sink.count, 1, "... with the sinks left");
	IS_INT(rule_at(conf, 1)->log.count, 1, "... and the logs left");
	conf_free(conf);
	refuses(BASE "[rule s]\nenabled = no\nlog = q\nseverity = x\n"
		     "match = y\n",
	    "c.ini:10: [rule s] there is no log `q'; the logs are: auth\n"
	    "c.ini:11: [rule s] severity: `x' is not one of debug, info, "
	    "notice, warning, error, critical\n",
	    "what is switched off is still checked");
	refuses(BASE "[file g]\npath = /g\nenabled = no\n"
		     "[rule s]\nlog = auth\nmatch = x\nsink = g\n",
	    "c.ini:14: [rule s] `sink' names only sinks that are switched "
	    "off\n",
	    "a rule whose sinks are all switched off is refused");
	refuses("[file g]\nenabled = maybe\npath = /x\n",
	    "c.ini:2: [file g] enabled: `maybe' is neither yes nor no\n",
	    "enabled is yes or no");
	refuses(BASE "[agent]\nenabled = no\n",
	    "c.ini:9: [agent] there is no key `enabled'; ctail.ini(5) has "
	    "those of [agent]\n",
	    "[agent] cannot be switched off");
}

static void
test_default_sinks(void)
{
	struct conf_errors errors = CONF_ERRORS_INIT;
	struct conf *conf = load("", "", "without any sink some are made up");
	const struct setting_list *list = conf_default_sinks(conf);

	IS_INT(list->count, 2, "two of them");
	IS_STR(list->items[0].text, "default-mail", "mail to root");
	IS_STR(list->items[1].text, "default-file", "and a file");
	OK(conf_sink(conf, span_str("default-mail")) &&
		conf_sink(conf, span_str("default-file")),
	    "both are found by name");
	conf_free(conf);
	conf = conf_load_text("c", span_str(""), &no_mailer, &errors);
	list = conf_default_sinks(conf);
	OK(list->count == 1 && !strcmp(list->items[0].text, "default-file"),
	    "without a mailer there is the file alone");
	conf_free(conf);
	conf = load(BASE, "", "with one sink there is no need to name it");
	list = conf_default_sinks(conf);
	OK(list->count == 1 && !strcmp(list->items[0].text, "box"),
	    "... it is the default");
	conf_free(conf);
	conf = load("[agent]\nsink = box\n" BASE "[file g]\npath = /g\n", "",
	    "of several one is named");
	list = conf_default_sinks(conf);
	OK(list->count == 1 && !strcmp(list->items[0].text, "box"),
	    "... and that is the default");
	conf_free(conf);
	refuses(BASE "[file g]\npath = /g\n",
	    "c.ini: [agent] there are several sinks: name with `sink' those "
	    "that rules without one, and ctail itself, send to\n",
	    "of several none is guessed");
}

static char directory[] = "/tmp/ctail-conf-XXXXXX";

static void
write_file(const char *name, const char *text)
{
	struct buf path = BUF_INIT;
	FILE *file;

	buf_addf(&path, "%s/%s", directory, name);
	file = fopen(buf_str(&path), "w");
	fputs(text, file);
	fclose(file);
	buf_release(&path);
}

static void
link_to_itself(const char *name)
{
	struct buf path = BUF_INIT;

	buf_addf(&path, "%s/%s", directory, name);
	OK(symlink(name, buf_str(&path)) == 0, "a loop is made");
	buf_release(&path);
}

static void
remove_file(const char *name)
{
	struct buf path = BUF_INIT;

	buf_addf(&path, "%s/%s", directory, name);
	if (unlink(buf_str(&path)) < 0)
		rmdir(buf_str(&path));
	buf_release(&path);
}

/* Loads ctail.ini of the directory, whose name is cut from the mistakes. */
static struct conf *
load_file(const char *only_sink, const char *mistakes, const char *sentence)
{
	struct conf_errors errors = CONF_ERRORS_INIT;
	struct buf path = BUF_INIT, seen = BUF_INIT;
	struct conf *conf;
	const char *text;

	buf_addf(&path, "%s/ctail.ini", directory);
	conf = only_sink
		   ? conf_load_sink(buf_str(&path), only_sink, &places, &errors)
		   : conf_load(buf_str(&path), &places, &errors);
	for (text = buf_str(&errors.text); *text;) {
		if (!strncmp(text, directory, strlen(directory)))
			text += strlen(directory) + 1;
		else
			buf_add_byte(&seen, *text++);
	}
	IS_STR(buf_str(&seen), mistakes, sentence);
	OK((conf == NULL) == (errors.count > 0), "... and by its result");
	conf_errors_release(&errors);
	buf_release(&path);
	buf_release(&seen);
	return conf;
}

static void
test_include(void)
{
	struct conf *conf;

	write_file("ctail.ini", "[agent]\ninclude = conf.d/*.ini extra.ini\n"
				"sink = box\n" BASE);
	write_file("extra.ini", "[rule x]\nlog = auth\nmatch = x\n");
	write_file("conf.d/b.ini", "[rule b]\nlog = auth\nmatch = b\n");
	write_file("conf.d/B.ini", "[rule B]\nlog = auth\nmatch = b\n");
	write_file("conf.d/a.conf", "nonsense\n");
	conf = load_file(NULL, "", "files are included by pattern");
	IS_INT(conf_count(conf, &rule_setting_table), 4, "all that match");
	IS_STR(conf_section(conf, &rule_setting_table, 1)->name, "B",
	    "in the order of their bytes");
	IS_STR(conf_section(conf, &rule_setting_table, 3)->name, "x",
	    "pattern by pattern");
	conf_free(conf);

	write_file("conf.d/b.ini", "[rule r]\nlog = auth\nmatch = b\n"
				   "[agent]\nreserve = 1m\n[oops\n");
	write_file("extra.ini", "[rule x]\nlog = nowhere\nmatch = x\n");
	load_file(NULL,
	    "conf.d/b.ini:1: the section [rule r] stands already in "
	    "ctail.ini, line 6; put both together\n"
	    "conf.d/b.ini:4: the section [agent] stands already in "
	    "ctail.ini, line 1; put both together\n"
	    "conf.d/b.ini:6: the section header has no closing bracket\n"
	    "extra.ini:2: [rule x] there is no log `nowhere'; the logs are: "
	    "auth\n",
	    "mistakes name the file they stand in");
	write_file("conf.d/b.ini", "");
	write_file("conf.d/B.ini", "");
	remove_file("extra.ini");
	load_file(NULL,
	    "ctail.ini:2: [agent] include: there is no file `extra.ini' "
	    "(beside ctail.ini)\n",
	    "a file named exactly must be there");
	write_file("ctail.ini", "[agent]\ninclude = none.d/*.ini\n");
	conf = load_file(NULL, "", "a pattern may match nothing");
	conf_free(conf);
	write_file("ctail.ini", "[agent]\ninclude = loop.d/*.ini\n");
	link_to_itself("loop.d");
	load_file(NULL,
	    "ctail.ini:2: [agent] include: a directory of `loop.d/*.ini' "
	    "cannot be read\n",
	    "a directory that cannot be listed is not an empty one");
	remove_file("loop.d");
	write_file("ctail.ini", "[agent]\ninclude = conf.d/*.ini\n");
	write_file("conf.d/b.ini", "[agent]\ninclude = x\n");
	load_file(NULL,
	    "conf.d/b.ini:1: the section [agent] stands already in "
	    "ctail.ini, line 1; put both together\n",
	    "[agent] stands once");
	write_file("conf.d/b.local.ini", "[agent]\ninclude = x\n");
	write_file("conf.d/b.ini", "");
	load_file(NULL,
	    "conf.d/b.local.ini:2: [agent] an included file cannot include "
	    "further ones\n",
	    "includes have one level");
	remove_file("conf.d/b.local.ini");
	remove_file("conf.d/b.ini");
	remove_file("conf.d/B.ini");
	remove_file("conf.d/a.conf");
}

static void
test_local(void)
{
	const struct rule_settings *rule;
	struct buf want = BUF_INIT;
	struct conf *conf;

	write_file("ctail.ini",
	    "[agent]\ninclude = conf.d/*.ini\nsink = box\nreserve = 1m\n"
	    "[log auth]\npath = /var/log/a\n"
	    "[rule r]\nlog = auth\nmatch = x\n  y\nseverity = error\n"
	    "exclude = z\nsubject = s\n"
	    "[rule off]\nlog = auth\nmatch = x\n"
	    "[file box]\npath = /tmp/f\n");
	write_file("conf.d/z.local.ini",
	    "[rule r]\nmatch = p\nmatch = q\n  s\nseverity =\nexclude =\n"
	    "[rule off]\nenabled = no\n[agent]\nreserve =\n"
	    "[rule new]\nlog = auth\nmatch = x\n");
	conf = load_file(NULL, "", "a .local.ini may repeat sections");
	rule = rule_at(conf, 0);
	IS_INT(rule->match.count, 3, "its keys replace");
	IS_STR(rule->match.items[0].text, "p", "... lists whole");
	IS_STR(rule->match.items[2].text, "s", "... with all their lines");
	IS_INT(rule->severity, SEVERITY_WARNING,
	    "an empty key brings the default back");
	IS_INT(rule->exclude.count, 0, "... an empty list");
	IS_STR(rule->subject, "s", "what it does not name stays");
	IS_INT(conf_agent(conf)->reserve, 8 << 20, "[agent] too");
	IS_STR(conf_section(conf, &rule_setting_table, 1)->name, "new",
	    "it may switch off and add");
	conf_free(conf);
	write_file("conf.d/z.local.ini",
	    "[log auth]\nmax_line =\n[rule r]\nthen = stop\n[rule r]\nthen = "
	    "stop\n"
	    "[exec box]\ncommand = /x\n");
	load_file(NULL,
	    "conf.d/z.local.ini:5: the section [rule r] stands already in "
	    "conf.d/z.local.ini, line 3; put both together\n"
	    "conf.d/z.local.ini:7: the name is taken: [file box] stands "
	    "already in ctail.ini, line 17; all sinks share one space of "
	    "names\n",
	    "it cannot repeat itself or change what a sink is");
	write_file("conf.d/z.local.ini", "[log auth]\npath =\n");
	buf_addf(&want,
	    "conf.d/z.local.ini:1: [log auth] `path' is missing: "
	    "%s\n",
	    setting_find(&log_setting_table, span_str("path"))->help);
	load_file(NULL, buf_str(&want), "... nor take away what is needed");
	buf_release(&want);
	remove_file("conf.d/z.local.ini");
}

static void
test_one_sink(void)
{
	struct conf *conf;

	write_file("ctail.ini",
	    "bad\n[agent]\nsnik = x\nstate_dir = /s\ninclude = conf.d/*.ini "
	    "gone.ini\n[rule r]\nmatch = (\nlog = q\n"
	    "[file box]\npath = /tmp/f\n[oops\nbad\n");
	write_file("conf.d/s.ini", "[file g]\npath = /g\nbad\n[nonsense]\n");
	conf = load_file("box", "", "a sink loads though the rest is bad");
	OK(conf && conf_sink_at(conf, 0) && !conf_sink_at(conf, 1), "it alone");
	IS_STR(conf_agent(conf)->state_dir, "/s", "[agent] is there too");
	conf_free(conf);
	load_file("g",
	    "conf.d/s.ini:3: this is neither KEY = VALUE nor [SECTION] nor "
	    "a comment; a further line of the value above it would be "
	    "indented\n",
	    "a mistake in its own section counts");
	load_file("h", "ctail.ini: there is no sink `h'\n",
	    "one that is not there is told");
	conf = load_file("default-file", "", "the made-up file is found");
	conf_free(conf);
	conf = load_file("default-mail", "", "and the made-up mail");
	conf_free(conf);
	write_file("ctail.ini", "[file box]\npath = /tmp/f\nenabled = no\n");
	load_file("box",
	    "ctail.ini:1: the sink `box' is switched off (enabled = no)\n",
	    "one that is switched off is told");
	remove_file("conf.d/s.ini");
	remove_file("ctail.ini");
}

static void
test_missing_file(void)
{
	struct conf_errors errors = CONF_ERRORS_INIT;

	OK(conf_load("/nonexistent/ctail.ini", &places, &errors) == NULL,
	    "a file that is not there is no configuration");
	IS_STR(buf_str(&errors.text),
	    "/nonexistent/ctail.ini: there is no configuration file here; "
	    "write one as ctail.ini(5) says and try it with `ctailctl "
	    "check', or name another with -c FILE\n",
	    "... and the sentence says what to do");
	conf_errors_release(&errors);
}

static void
test_many(void)
{
	struct conf_errors errors = CONF_ERRORS_INIT;
	struct origin origin = {"f", 1};

	for (unsigned i = 0; i < 1000; i++) {
		origin.line = 1000 - i;
		conf_error(&errors, origin, "x\ny");
	}
	IS_INT(errors.count, 1000, "mistakes are counted");
	OK(!strncmp(buf_str(&errors.text), "f:801: x?y\nf:802: x?y\n", 22),
	    "... shown in order, each in one line");
	OK(strstr(buf_str(&errors.text), "further mistakes are not shown\n"),
	    "... up to a bound");
	conf_errors_release(&errors);
}

static void
test_places(void)
{
	struct conf_places found;
	char *path;

	setenv("STATE_DIRECTORY", "/var/lib/one:/var/lib/two", 1);
	conf_places_find(&found);
	IS_STR(
	    found.state_dir, "/var/lib/one", "systemd says where the state is");
	conf_places_release(&found);
	unsetenv("STATE_DIRECTORY");
	setenv("XDG_STATE_HOME", "/home/x/state", 1);
	setenv("XDG_CONFIG_HOME", "/home/x/conf", 1);
	conf_places_find(&found);
	IS_STR(found.state_dir,
	    geteuid() ? "/home/x/state/ctail" : "/var/lib/ctail",
	    "else it depends on the user");
	conf_places_release(&found);
	path = conf_default_path();
	OK(strstr(path, "ctail/ctail.ini"), "so does the file");
	OK(geteuid() == 0 ||
		!strncmp(path, "/home/x/conf/", sizeof("/home/x/conf/") - 1),
	    "... of an ordinary user");
	free(path);
}

int
main(void)
{
	struct buf path = BUF_INIT;

	if (!mkdtemp(directory))
		return 1;
	buf_addf(&path, "%s/conf.d", directory);
	mkdir(buf_str(&path), 0700);
	test_good();
	test_keys();
	test_indentation();
	test_template_lines();
	test_sections();
	test_all_at_once();
	test_foreign_keys();
	test_names();
	test_enabled();
	test_default_sinks();
	test_include();
	test_local();
	test_one_sink();
	test_missing_file();
	test_many();
	test_places();
	rmdir(buf_str(&path));
	rmdir(directory);
	buf_release(&path);
	return tap_done();
}
