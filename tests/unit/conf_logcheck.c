/*
 * conf_logcheck: the [logcheck] section among the others.
 */
#include "config.h"

#include "base/mem.h"
#include "conf/conf.h"
#include "files.h"
#include "judge/logcheck.h"
#include "tap.h"

#define BASE                                                                   \
	"[log auth]\npath = /var/log/a\n"                                      \
	"[log sys]\npath = /var/log/s\n"                                       \
	"[file box]\npath = /tmp/f\n"                                          \
	"[file other]\npath = /tmp/o\n"                                        \
	"[agent]\nsink = box\n"

static const struct conf_places places = {
    .state_dir = "/var/lib/ctail", .sendmail = NULL};

static struct conf_errors errors;

static struct conf *
load(const char *text)
{
	conf_errors_release(&errors);
	return conf_load_text("c.ini", span_str(text), &places, &errors);
}

static void
refuses(const char *text, const char *mistakes, const char *sentence)
{
	struct conf *conf = load(text);

	OK(conf == NULL, "%s", sentence);
	IS_STR(buf_str(&errors.text), mistakes, "... and says why");
	conf_free(conf);
}

static const struct logcheck_settings *
settings_of(const struct conf *conf, size_t n)
{
	return conf_section(conf, &logcheck_setting_table, n)->settings;
}

static void
test_good(void)
{
	struct conf *conf = load(BASE "[logcheck a]\nlog = *\n"
				      "[logcheck b]\nlog = auth sys\n"
				      "level = paranoid\nrules = /r\n"
				      "cracking_ignore = yes\n"
				      "batch = 10m max 50\nsink = other box\n"
				      "subject = ${hostname}: look\n"
				      "[rule a]\nlog = sys\nmatch = x\n");
	const struct logcheck_settings *settings;

	OK(conf != NULL, "sections are accepted: %s", buf_str(&errors.text));
	if (!conf)
		return;
	IS_INT(conf_count(conf, &logcheck_setting_table), 2, "there are two");
	settings = settings_of(conf, 0);
	OK(settings->level == LOGCHECK_SERVER && settings->log.count == 1,
	    "defaults are there");
	settings = settings_of(conf, 1);
	OK(settings->level == LOGCHECK_PARANOID && settings->cracking_ignore &&
		settings->batch.period_ms == 600000 &&
		settings->batch.max == 50 && settings->sink.count == 2,
	    "every key is read");
	IS_STR(settings->rules, "/r", "the directory as well");
	IS_STR(settings->subject, "${hostname}: look", "and the subject");
	conf_free(conf);
}

static void
test_names(void)
{
	refuses(BASE "[logcheck a]\nlog = aut\n",
	    "c.ini:12: [logcheck a] there is no log `aut'; did you mean "
	    "`auth'?\n",
	    "a log must be there");
	refuses(BASE "[logcheck a]\nlog = *\nsink = bax\n",
	    "c.ini:13: [logcheck a] there is no sink `bax'; did you mean "
	    "`box'?\n",
	    "a sink, too");
	refuses(BASE "[logcheck a]\nlog = *\nsink = none box\n",
	    "c.ini:13: [logcheck a] sink: \"none\" stands alone or not at "
	    "all\n",
	    "none stands alone");
	refuses(BASE "[logcheck a]\nlevel = servr\n",
	    "c.ini:11: [logcheck a] `log' is missing: names or globs of the "
	    "[log] sections it reads\n"
	    "c.ini:12: [logcheck a] level: `servr' is not one of paranoid, "
	    "server, workstation; did you mean `server'?\n",
	    "a log is required, and a level is one that exists");
	refuses(BASE "[logcheck a]\nlog = *\nrules = etc\n",
	    "c.ini:13: [logcheck a] rules: \"etc\" is not absolute; write it "
	    "from the root directory on\n",
	    "rules are an absolute path");
	refuses(BASE "[logcheck a]\nlog = *\nseverity = error\n",
	    "c.ini:13: [logcheck a] there is no key `severity'; ctail.ini(5) "
	    "has those of [logcheck]\n",
	    "a report's severity is not the user's");
	refuses(BASE "[logchek a]\nlog = *\n",
	    "c.ini:11: there is no section [logchek]; did you mean "
	    "[logcheck]?\n",
	    "it is proposed");
	refuses(BASE "[logcheck]\nlog = *\n",
	    "c.ini:11: [logcheck]: this section needs a name, as [rule "
	    "ssh-brute]\n",
	    "it has a name");
	refuses(BASE "[logcheck a]\nlog = *\n[logcheck a]\nlog = *\n",
	    "c.ini:13: the section [logcheck a] stands already in c.ini, line "
	    "11; put both together\n",
	    "of its own");
}

static void
test_off(void)
{
	struct conf *conf =
	    load(BASE "[log no]\npath = /n\nenabled = no\n"
		      "[file gone]\npath = /g\nenabled = no\n"
		      "[logcheck a]\nlog = *\nenabled = no\n"
		      "[logcheck b]\nlog = no\n"
		      "[logcheck c]\nlog = no sys\nsink = gone other\n");

	OK(conf != NULL, "parts may be switched off: %s",
	    buf_str(&errors.text));
	if (!conf)
		return;
	IS_INT(conf_count(conf, &logcheck_setting_table), 1,
	    "a section is then not there, nor one without any log left");
	IS_INT(settings_of(conf, 0)->log.count, 1, "the others keep theirs");
	IS_STR(settings_of(conf, 0)->sink.items[0].text, "other",
	    "and the sinks that are left");
	conf_free(conf);
	refuses(BASE "[file gone]\npath = /g\nenabled = no\n"
		     "[logcheck a]\nlog = *\nsink = gone\n",
	    "c.ini:16: [logcheck a] `sink' names only sinks that are switched "
	    "off\n",
	    "but not without any");
}

static void
test_local(void)
{
	struct conf *conf;

	files_begin();
	files_write("a.ini", "[agent]\ninclude = *.local.ini\nsink = box\n"
			     "[file box]\npath = /f\n[log sys]\npath = /s\n"
			     "[logcheck a]\nlog = sys\nlevel = paranoid\n"
			     "rules = /r\n[logcheck b]\nlog = sys\n");
	files_write("x.local.ini", "[logcheck a]\nlevel = workstation\n"
				   "rules =\n[logcheck b]\nenabled = no\n");
	conf_errors_release(&errors);
	conf = conf_load(files_path("a.ini"), &places, &errors);
	files_end();
	OK(conf != NULL, "a local file may change it: %s",
	    buf_str(&errors.text));
	if (!conf)
		return;
	OK(settings_of(conf, 0)->level == LOGCHECK_WORKSTATION,
	    "its keys replace");
	IS_STR(settings_of(conf, 0)->rules, "/etc/logcheck",
	    "an empty one brings the default back");
	IS_INT(conf_count(conf, &logcheck_setting_table), 1,
	    "and it may be switched off there");
	conf_free(conf);
}

int
main(void)
{
	test_good();
	test_names();
	test_off();
	test_local();
	conf_errors_release(&errors);
	return tap_done();
}
