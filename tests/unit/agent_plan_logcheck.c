/*
 * agent_plan_logcheck: the rules that [logcheck] sections become, and rule
 * files that change.
 */
#include "config.h"

#include <limits.h>

#include "base/mem.h"
#include "ctaild/plan.h"
#include "files.h"
#include "tap.h"

static struct conf *conf;
static struct conf_errors errors;

/* A section over the test's directory `lc'; more are further keys. */
static struct plan *
make(const char *before, const char *more)
{
	struct conf_places places = {"/tmp", NULL};
	struct buf text = BUF_INIT;
	struct plan *plan;

	buf_addf(&text,
	    "[file out]\npath = /tmp/x\n[log sys]\npath = /l/s\n"
	    "[log other]\npath = /l/o\n%s[logcheck all]\nlog = sys\n"
	    "rules = %s\n%s",
	    before, files_path("lc"), more);
	conf_free(conf);
	conf_errors_release(&errors);
	conf = conf_load_text("test.ini", buf_span(&text), &places, &errors);
	plan = conf ? plan_new(conf, &errors) : NULL;
	buf_release(&text);
	return plan;
}

static void
refused(const char *before, const char *more, const char *want,
    const char *sentence)
{
	struct plan *plan = make(before, more);

	OK(!plan && strstr(buf_str(&errors.text), want), "%s", sentence);
	if (plan || !strstr(buf_str(&errors.text), want))
		printf("# %s\n", plan ? "accepted" : buf_str(&errors.text));
	plan_free(plan);
}

static void
put_tree(void)
{
	static const char *const directories[] = {"lc", "lc/cracking.d",
	    "lc/cracking.ignore.d", "lc/violations.d",
	    "lc/violations.ignore.d", "lc/ignore.d.paranoid",
	    "lc/ignore.d.server", "lc/ignore.d.workstation",
	    "lc/cracking.d/directory"};

	files_clear();
	for (size_t i = 0; i < sizeof(directories) / sizeof(*directories); i++)
		files_mkdir(directories[i]);
	files_write("lc/cracking.d/kernel", "# attacks\nattack\n\nworm\n");
	files_write("lc/cracking.d/kernel.dpkg-old", "old\n");
	files_write("lc/cracking.d/empty", "# nothing yet\n");
	files_write("lc/cracking.ignore.d/kernel", "harmless\n");
	files_write("lc/violations.d/su", "^su.*failed$\n");
	files_write("lc/violations.d/logcheck", "denied\n");
	files_write("lc/violations.d/logcheck-more", "refused\n");
	files_write("lc/violations.ignore.d/su", "su_ignored\n");
	files_write("lc/violations.ignore.d/logcheck-su", "su_too\n");
	files_write("lc/violations.ignore.d/local", "mine\n");
	files_write("lc/violations.ignore.d/local-2", "mine2\n");
	files_write("lc/violations.ignore.d/other", "foreign\n");
	files_write("lc/ignore.d.paranoid/a", "paranoid\n");
	files_write("lc/ignore.d.server/a", "server\n");
	files_write("lc/ignore.d.workstation/a", "workstation\n");
}

/* "NAME: MATCH... ! EXCLUDE...". */
static const char *
described(const struct plan_rule *rule)
{
	static struct buf text;
	enum rule_list list, last = RULE_MATCH;
	const struct pattern *pattern;
	struct origin origin;

	buf_reset(&text);
	buf_addf(&text, "%s:", rule_name(rule->rule));
	for (size_t i = 0;
	     (pattern = rule_pattern(rule->rule, i, &list, &origin)); i++) {
		buf_addf(&text, "%s %s", list == last ? "" : " !",
		    pattern_text(pattern));
		last = list;
	}
	return buf_str(&text);
}

static void
has_rules(const struct plan *plan, size_t first, const char *const *wants,
    size_t count)
{
	OK(plan && plan->rule_count == first + count, "there are %zu rules",
	    first + count);
	for (size_t i = 0; plan && i < count && first + i < plan->rule_count;
	     i++)
		IS_STR(described(&plan->rules[first + i]), wants[i],
		    "a rule has its patterns");
}

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

static const char *const server_rules[] = {
    "all/cracking.d/kernel: attack worm",
    "all/violations.d/logcheck: denied ! mine mine2 su_too foreign "
    "su_ignored ^su.*failed$ attack worm",
    "all/violations.d/logcheck-more: refused ! mine mine2 attack worm",
    "all/violations.d/su: ^su.*failed$ ! mine mine2 su_too su_ignored "
    "attack worm",
    "all/system: ^ ! server paranoid attack worm denied refused "
    "^su.*failed$",
};

static void
test_rules(void)
{
	struct plan *plan = make("", "");
	const struct plan_report *report;
	const struct plan_rule *rules;

	has_rules(plan, 0, server_rules, COUNT(server_rules));
	if (!plan) {
		printf("# %s\n", buf_str(&errors.text));
		return;
	}
	report = &plan->reports[0];
	rules = plan->rules;
	OK(plan->report_count == 1 && report->first_rule == 0 &&
		report->rule_count == COUNT(server_rules) &&
		!strcmp(report->name, "all") && !report->subject,
	    "they are one report's");
	OK(report->file_count == 12 && report->pattern_count == 12,
	    "files and patterns that count are counted");
	IS_STR(rules[0].group, "kernel", "a heading has the file's name");
	OK(rules[1].group == NULL && rules[4].group == NULL,
	    "that of logcheck has none, nor have system events");
	IS_STR(rules[3].group, "su", "the next one has");
	OK(rules[0].layer == LOGCHECK_ALERTS &&
		rules[1].layer == LOGCHECK_EVENTS &&
		rules[4].layer == LOGCHECK_SYSTEM,
	    "layers come in their order");
	OK(rule_settings(rules[0].rule)->severity == SEVERITY_CRITICAL &&
		rule_settings(rules[3].rule)->severity == SEVERITY_WARNING &&
		rule_settings(rules[4].rule)->severity == SEVERITY_NOTICE,
	    "each has its severity");
	OK(!rule_settings(rules[0].rule)->throttle.period_ms &&
		!rule_settings(rules[0].rule)->batch.period_ms &&
		rules[0].sinks->count == 1,
	    "they wait for nothing, and have the default sink");
	OK(rules[4].report == report && rules[4].logs[0] && !rules[4].logs[1],
	    "they read the section's logs");
	OK(plan_rule_is_called(&rules[0], "all") &&
		plan_rule_is_called(&rules[0], "all/crack*") &&
		!plan_rule_is_called(&rules[0], "al") &&
		!plan_rule_is_called(&rules[0], "all/system"),
	    "they go by the section's name, too");
	OK(!plan->warnings.count && !plan->skipped.count,
	    "there is nothing to warn of");
	plan_check_templates(plan, &errors);
	plan_check_samples(plan, &errors);
	IS_INT((long long)errors.count, 0, "and every check finds them good");
	plan_free(plan);
}

static void
test_levels(void)
{
	static const char *const ignored[] = {
	    "all/cracking.d/kernel: attack worm ! harmless",
	};
	struct plan *plan = make("", "level = paranoid\n");

	IS_STR(plan ? described(&plan->rules[4]) : "",
	    "all/system: ^ ! paranoid attack worm denied refused "
	    "^su.*failed$",
	    "paranoid ignores little");
	plan_free(plan);
	plan = make("", "level = workstation\n");
	IS_STR(plan ? described(&plan->rules[4]) : "",
	    "all/system: ^ ! workstation server paranoid attack worm denied "
	    "refused ^su.*failed$",
	    "workstation ignores more");
	plan_free(plan);
	plan = make("", "cracking_ignore = yes\n");
	IS_STR(plan ? described(&plan->rules[0]) : "", ignored[0],
	    "cracking.ignore.d counts when it is asked for");
	plan_free(plan);
}

/* The rules that report this line, by the last part of their names. */
static const char *
reported(const struct plan *plan, const char *line)
{
	static struct buf text;
	struct pattern_scratch *scratch = pattern_scratch_new();
	struct rule_match match;

	buf_reset(&text);
	for (size_t i = 0; i < plan->rule_count; i++) {
		rule_try(plan->rules[i].rule, scratch, NULL,
		    logcheck_line(span_str(line)), &match);
		if (match.matched)
			buf_addf(&text, " %s",
			    strrchr(rule_name(plan->rules[i].rule), '/') + 1);
	}
	pattern_scratch_free(scratch);
	return buf_str(&text);
}

static void
test_lines(void)
{
	static const struct {
		const char *line, *want, *sentence;
	} cases[] = {
	    {"unheard of", " system", "what nobody knows is a system event"},
	    {"", " system", "so is an empty line"},
	    {"the server says", "", "what is ignored is none"},
	    {"workstation", " system", "unless another level ignores it"},
	    {"an attack, denied, refused, server", " kernel",
		"an attack is nothing else, and ignored by nobody"},
	    {"su failed \t\r", " su", "blanks at the end do not count"},
	    {"su failed refused denied", " logcheck logcheck-more",
		"two files may report one line"},
	    {"su denied failed", " su", "but for logcheck, which yields"},
	    {"su mine failed", "", "what is ignored there is no system event"},
	    {"su_too denied", "", "logcheck is subject to all of them"},
	    {"foreign refused", " logcheck-more",
		"the others to those of their name"},
	};
	struct plan *plan = make("", "");

	for (size_t i = 0; plan && i < COUNT(cases); i++)
		IS_STR(reported(plan, cases[i].line), cases[i].want,
		    cases[i].sentence);
	plan_free(plan);
}

static void
test_among_others(void)
{
	static const char rule[] = "[rule first]\nlog = *\nmatch = x\n"
				   "when = unless second in 5m\n"
				   "[rule second]\nlog = *\nmatch = y\n";
	struct plan *plan = make(rule, "sink = none\nsubject = ${count}\n"
				       "[logcheck b]\nlog = other\nrules = /\n");

	OK(!plan && strstr(buf_str(&errors.text),
			"[logcheck b] rules: / has none of cracking.d"),
	    "a directory without rules is refused");
	plan_free(plan);
	plan = make(rule, "sink = none\nsubject = ${count}\n");
	has_rules(plan, 2, server_rules, COUNT(server_rules));
	OK(plan && plan->rules[0].partner == 1 && !plan->rules[0].report &&
		plan->reports[0].first_rule == 2,
	    "rules of sections stand before them");
	OK(plan && plan->rules[2].sinks->count == 0 && plan->reports[0].subject,
	    "a section has its sink and its subject");
	if (plan)
		plan_check_templates(plan, &errors);
	IS_INT((long long)errors.count, 0, "which are checked");
	plan_free(plan);
	refused("[rule r]\nlog = *\nmatch = x\nwhen = unless all/system in "
		"5m\n",
	    "", "there is no rule `all/system'", "no rule can wait for them");
	refused("", "subject = ${ip}\n",
	    "test.ini:10: [logcheck all] subject: ${ip} is no variable",
	    "a report has no captures");
	plan = make("", "subject = [logcheck] ${subject}\n");
	OK(plan, "in its subject ${subject} is logcheck's");
	plan_free(plan);
	refused("[rule r]\nlog = *\nmatch = x\nsubject = ${subject}\n", "",
	    "would stand for itself", "in that of a rule it would be itself");
	refused("", "subject = ${x\n", "[logcheck all] subject: ",
	    "which is a good template");
}

/* --- What is wrong with files --------------------------------------------- */

static void
test_bad_lines(void)
{
	struct plan *plan;
	const char *warnings, *skipped;

	put_tree();
	files_append("lc/cracking.d/kernel", "(open\n");
	files_append("lc/ignore.d.server/a", "x{1000}{1000}{100}\nfine\n");
	plan = make("", "");
	OK(plan != NULL, "a bad line refuses nothing");
	if (!plan)
		return;
	IS_STR(described(&plan->rules[4]),
	    "all/system: ^ ! server fine paranoid attack worm denied refused "
	    "^su.*failed$",
	    "all others are in force");
	warnings = buf_str(&plan->warnings.text);
	OK(strstr(warnings, "cracking.d/kernel:5: [logcheck all] rules: this "
			    "line is skipped: column "),
	    "it is told with its file and line");
	OK(strstr(warnings, "server/a:2: [logcheck all] rules: this line is "
			    "skipped: as PCRE2: column"),
	    "so is one that only PCRE2 refuses");
	IS_INT((long long)plan->warnings.count, 2,
	    "once, whatever has a part in it");
	skipped = buf_str(&plan->reports[0].skipped.text);
	OK(plan->reports[0].skipped.count == 2 &&
		strstr(skipped, "cracking.d/kernel:5: column "),
	    "the report knows of it");
	IS_STR(buf_str(&plan->skipped.text), skipped, "as the plan does");
	IS_INT((long long)plan->reports[0].pattern_count, 13,
	    "and does not count it");
	plan_free(plan);
}

static void
test_line_ends(void)
{
	struct plan *plan;

	put_tree();
	files_write("lc/ignore.d.server/a", "# DOS\r\n\r\none$\r\ntwo\r\n");
	plan = make("", "");
	IS_STR(plan ? described(&plan->rules[4]) : "",
	    "all/system: ^ ! one$ two paranoid attack worm denied refused "
	    "^su.*failed$",
	    "rules with the line ends of DOS are rules");
	OK(plan && plan->warnings.count == 1 && !plan->skipped.count &&
		strstr(buf_str(&plan->warnings.text),
		    "server/a:3: [logcheck all] rules: lines of this file end "
		    "in carriage returns"),
	    "which is told once");
	plan_free(plan);
}

static void
test_directories(void)
{
	struct plan *plan;

	put_tree();
	files_write("lc/cracking.d/kernel", "(\n");
	plan = make("", "");
	OK(plan && plan->rule_count == 4, "a file of bad lines is no rule");
	plan_free(plan);
	files_clear();
	refused("", "", "test.ini:9: [logcheck all] rules: cannot read ",
	    "rules that are not there are refused");
	refused("", "", "install logcheck-database", "with a remedy");
	files_mkdir("lc");
	refused("", "", "has none of cracking.d, violations.d and ignore.d.*",
	    "so is an empty directory");
	files_mkdir("lc/ignore.d.paranoid");
	plan = make("", "");
	IS_STR(plan ? described(&plan->rules[0]) : "", "all/system: ^",
	    "any of them is enough");
	plan_free(plan);
	files_write("lc/violations.d", "x\n");
	refused("", "", "lc/violations.d is not a directory",
	    "a file in a directory's place is refused");
	files_clear();
	files_write("lc", "");
	refused("", "", "lc is not a directory", "here as well");
	if (geteuid() == 0) {
		tap_skip("what may not be read is refused", "root may");
		return;
	}
	put_tree();
	chmod(files_path("lc"), 0);
	refused("", "", "give ctail's user the group", "with a remedy");
	chmod(files_path("lc"), 0700);
}

static void
test_unread(void)
{
	struct plan *plan;

	put_tree();
	files_write("lc/ignore.d.server/huge", "");
	if (truncate(files_path("lc/ignore.d.server/huge"), 1 << 25))
		perror("truncate");
	plan = make("", "");
	OK(plan && plan->rule_count == 5 &&
		plan->reports[0].pattern_count == 12,
	    "a file that cannot be read takes no other with it");
	OK(plan && strstr(buf_str(&plan->warnings.text),
		       "/huge: [logcheck all] rules: this file is skipped: "),
	    "is warned of");
	OK(plan && plan->reports[0].skipped.count == 1 &&
		strstr(buf_str(&plan->reports[0].skipped.text), "is longer"),
	    "and told in the report");
	plan_free(plan);
}

/* As a package's files in its directory, those of nobody's naming. */
static void
test_unread_excludes(void)
{
	struct buf rule = BUF_INIT;
	struct plan *plan;

	put_tree();
	files_mkdir("many");
	files_write("many/huge", "");
	if (truncate(files_path("many/huge"), 1 << 25))
		perror("truncate");
	buf_addf(&rule, "[rule r]\nlog = *\nmatch = x\nexclude_file = %s\n",
	    files_path("many"));
	plan = make(buf_str(&rule), "");
	OK(plan && strstr(buf_str(&plan->warnings.text),
		       "/huge: [rule r] exclude_file: this file is skipped: "),
	    "so is one in the directory of an exclude_file");
	plan_free(plan);
	buf_addf(&rule, " %s\n", files_path("many/huge"));
	refused(buf_str(&rule), "", "is longer than",
	    "one that is named is refused");
	buf_release(&rule);
}

static void
test_symlinks(void)
{
	struct plan *plan;

	put_tree();
	if (symlink(files_path("lc/violations.d/su"),
		files_path("lc/cracking.d/link")) ||
	    symlink(files_path("nowhere"), files_path("lc/cracking.d/dead")))
		perror("symlink");
	plan = make("", "");
	OK(plan && plan->rule_count == 6 &&
		!strcmp(plan->rules[1].group, "link"),
	    "a link to a file is a file, a dead one is none");
	plan_free(plan);
}

/* --- Rules that were not meant ---------------------------------------------- */

static bool
warns(const struct plan *plan, const char *text)
{
	return plan && strstr(plan_warnings(plan)->data, text);
}

static void
test_unmeant(void)
{
	struct plan *plan;

	put_tree();
	files_write("lc/ignore.d.server/local", "# foo|\nfoo|\n^foo $\n^foo$\n");
	files_write("lc/violations.ignore.d/local", ".*\n");
	files_write("lc/violations.d/local", "x*\n");
	files_write("lc/ignore.d.workstation/local", ".*\n");
	plan = make("", "");
	OK(plan && plan->takes_all.count == 3,
	    "rules that match every line are known in every layer");
	OK(warns(plan, "ignore.d.server/local:2: [logcheck "),
	    "each is warned of, with its place");
	OK(warns(plan, "local:2: [logcheck all] rules: this rule matches "
		       "every line\n"),
	    "and what is wrong with it");
	OK(warns(plan, "local:3: [logcheck all] rules: this rule can never "
		       "match: "),
	    "so is one that matches none");
	OK(plan && plan->warnings.count == 4, "of others nothing is said");
	plan_free(plan);
}

/* --- Files that change ---------------------------------------------------- */

/* A new second for each change, so that nothing depends on the clock. */
static void
touch(const char *name)
{
	static time_t seconds = 1000000000;
	struct timespec times[2] = {{seconds, 0}, {seconds, 0}};

	seconds++;
	if (utimensat(AT_FDCWD, files_path(name), times, 0))
		perror(name);
}

static void
changes(const struct plan *plan, const char *sentence)
{
	OK(plan_files_changed(plan), "%s", sentence);
	OK(!plan_files_changed(plan), "... once");
}

static void
test_changes(void)
{
	struct plan *plan;

	put_tree();
	touch("lc/ignore.d.server/a");
	touch("lc/ignore.d.server");
	plan = make("", "");
	if (!plan)
		return;
	OK(!plan_files_changed(plan), "nothing has changed at first");
	files_write("lc/ignore.d.server/a", "SERVER\n");
	touch("lc/ignore.d.server/a");
	changes(plan, "an edit of the same size is noticed");
	files_write("lc/ignore.d.server/b", "more\n");
	touch("lc/ignore.d.server");
	changes(plan, "a new file is");
	files_write("lc/ignore.d.server/b.dpkg-new", "more\n");
	files_mkdir("lc/ignore.d.server/c");
	touch("lc/ignore.d.server");
	OK(!plan_files_changed(plan), "but none that does not count");
	files_rename("lc/ignore.d.server/b", "lc/ignore.d.server/d");
	touch("lc/ignore.d.server");
	changes(plan, "a new name is");
	remove(files_path("lc/ignore.d.server/d"));
	touch("lc/ignore.d.server");
	changes(plan, "a file that goes is");
	files_write("other", "new\n");
	files_rename("other", "lc/ignore.d.paranoid/a");
	changes(plan, "one that is replaced is");
	chmod(files_path("lc/ignore.d.paranoid/a"), 0600);
	changes(plan, "one that somebody else may read now is");
	files_write("lc/ignore.d.server/late", "more\n");
	touch("lc/ignore.d.server");
	changes(plan, "a new file that is not read is");
	chmod(files_path("lc/ignore.d.server/late"), 0600);
	changes(plan, "and again when it may be");
	plan_free(plan);
}

static void
test_links_that_come(void)
{
	struct plan *plan;

	put_tree();
	if (symlink(files_path("target"), files_path("lc/ignore.d.server/dead")))
		perror("symlink");
	plan = make("", "");
	OK(plan && !plan_files_changed(plan), "a dead link is no change");
	if (!plan)
		return;
	files_write("target", "more\n");
	changes(plan, "a file that comes at its end is");
	if (symlink(files_path("late"), files_path("lc/ignore.d.server/link")))
		perror("symlink");
	touch("lc/ignore.d.server");
	changes(plan, "another dead link is one");
	files_write("late", "more\n");
	changes(plan, "and so is its file");
	plan_free(plan);
}

static void
test_more_changes(void)
{
	struct buf rule = BUF_INIT;
	struct plan *plan;

	put_tree();
	files_write("one", "x\n");
	files_mkdir("many");
	remove(files_path("lc/cracking.d/directory"));
	remove(files_path("lc/cracking.ignore.d/kernel"));
	remove(files_path("lc/cracking.ignore.d"));
	buf_addf(&rule, "[rule r]\nlog = *\nmatch_file = %s\n",
	    files_path("one"));
	buf_addf(&rule, "exclude_file = %s\n", files_path("many"));
	plan = make(buf_str(&rule), "cracking_ignore = yes\n");
	buf_release(&rule);
	OK(plan && !plan_files_changed(plan), "files of rules are watched");
	if (!plan)
		return;
	files_append("one", "y\n");
	changes(plan, "a match_file is");
	files_write("many/a", "z\n");
	touch("many");
	changes(plan, "and the directory of an exclude_file");
	files_mkdir("lc/cracking.ignore.d");
	changes(plan, "a directory that comes is noticed");
	remove(files_path("lc/cracking.ignore.d"));
	changes(plan, "and one that goes");
	remove(files_path("one"));
	changes(plan, "and a file");
	plan_free(plan);
}

/* --- Debian's ------------------------------------------------------------- */

static void
test_debian(void)
{
	const char *peers = getenv("CTAIL_PEERS");
	char path[1024], real[PATH_MAX];
	struct plan *plan;

	snprintf(path, sizeof(path), "%s/root/etc/logcheck",
	    peers ? peers : "peers");
	/* Without logcheck other packages' rules may stand there. */
	if (!realpath(path, real) &&
	    (access("/etc/logcheck/violations.d", R_OK) < 0 ||
		!realpath("/etc/logcheck", real))) {
		tap_skip("all of Debian's rules load", "they are not here");
		return;
	}
	files_clear();
	if (symlink(real, files_path("lc")))
		perror(real);
	plan = make("", "level = workstation\n");
	OK(plan && plan->reports[0].pattern_count > 1000 &&
		!plan->skipped.count && !plan->warnings.count,
	    "all of Debian's rules load: %zu of %zu files",
	    plan ? plan->reports[0].pattern_count : 0,
	    plan ? plan->reports[0].file_count : 0);
	plan_free(plan);
}

int
main(void)
{
	files_begin();
	put_tree();
	test_rules();
	test_levels();
	test_lines();
	test_among_others();
	test_bad_lines();
	test_line_ends();
	test_directories();
	test_unread();
	test_unread_excludes();
	test_symlinks();
	test_unmeant();
	test_links_that_come();
	test_changes();
	test_more_changes();
	test_debian();
	conf_free(conf);
	conf_errors_release(&errors);
	files_end();
	return tap_done();
}
