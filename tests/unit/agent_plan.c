/*
 * agent_plan: what a configuration becomes, what is refused on the way, and
 * what is only warned of.
 */
#include "config.h"

#include "base/mem.h"
#include "ctaild/plan.h"
#include "files.h"
#include "judge/decider.h"
#include "tap.h"

#define SINK "[file out]\npath = /tmp/x\n"
#define LOG(name) "[log " name "]\npath = /var/log/" name "\n"
#define RULE(name, log) "[rule " name "]\nlog = " log "\n"

static struct conf *conf;
static struct conf_errors errors;

static struct plan *
make(const char *text)
{
	struct conf_places places = {"/tmp", NULL};

	conf_free(conf);
	conf_errors_release(&errors);
	errors = (struct conf_errors)CONF_ERRORS_INIT;
	conf = conf_load_text(
	    "test.ini", span_str(text), &places, &errors);
	return conf ? plan_new(conf, &errors) : NULL;
}

static bool
refused(const char *text, const char *sentence)
{
	struct plan *plan = make(text);
	bool good = !plan && strstr(buf_str(&errors.text), sentence);

	if (!good)
		printf("# %s\n", plan ? "accepted" : buf_str(&errors.text));
	plan_free(plan);
	return good;
}

/* sentence NULL: accepted without a word. */
static bool
warned(const char *text, const char *sentence)
{
	struct plan *plan = make(text);
	struct buf said = BUF_INIT;
	bool good;

	if (plan)
		buf_add_span(&said, buf_span(plan_warnings(plan)));
	good = plan && (sentence ? strstr(buf_str(&said), sentence) != NULL
				 : !said.len);
	if (!good)
		printf("# %s%s\n", buf_str(&errors.text), buf_str(&said));
	buf_release(&said);
	plan_free(plan);
	return good;
}

static void
test_captures(void)
{
	OK(warned(SINK LOG("a") RULE("r", "a") "match = (?<ip>x)\nclose = "
					       "y(?<ip>z)\nkey = ${ip}\n",
	       NULL),
	    "a key that every match and close defines is good");
	OK(refused(SINK LOG("a") RULE("r", "a") "match = (?<ip>x)\nclose = "
						"z\nkey = ${ip}\n",
	       "every `match' and `close' must define the capture ip"),
	    "a close without it is refused");
	OK(refused(SINK LOG("a") RULE("r", "a") "match = (?<ip>x)\nclose = "
						"z\nkey = ${ip}\n",
	       "as (?<ip>...); that in line 8 does not"),
	    "the pattern that lacks it is named");
	OK(refused(SINK LOG("a") RULE("r", "a") "match = (?<ip>x) (?<who>y)\n"
						"key = ${IP}\n",
	       "as (?<IP>...); the first one defines ip, who"),
	    "or what there is in its place");
	OK(warned(SINK LOG("a") RULE("r", "a") "match = (?<ip>x)\nkey = ip\n",
	       "no variable in it, so that all matches have one key and are "
	       "counted together; write ${ip}"),
	    "a key without a variable is warned of");
	OK(warned(SINK LOG("a") RULE("r", "a") "match = x\nkey = h ${hostname}\n",
	       NULL),
	    "one with another variable is not");
	OK(refused(SINK LOG("a") RULE("r", "a") "match = x\nwhen = distinct "
						"3 user in 5m\n",
	       "capture user"),
	    "distinct needs its capture in every match");
	OK(warned(SINK LOG("a") RULE("r", "a") "match = (?<user>x)\nclose = "
					       "y\nwhen = distinct 3 user in "
					       "5m\n",
	       NULL),
	    "but not in close");
	OK(refused(SINK LOG("a") RULE("r", "a") "match = (?<before>x)\n",
	       "built-in"),
	    "before is a built-in name");
	OK(warned(SINK LOG("a") RULE("r", "a") "match = x\nsubject = "
					       "${before} ${after}\n",
	       NULL),
	    "which a subject may use");
}

static void
test_names(void)
{
	OK(refused(SINK LOG("a") RULE("start", "a") "match = x\nwhen = unless "
						    "finish in 5m\n" RULE(
						    "finished",
						    "a") "match = y\n",
	       "no rule `finish'; did you mean `finished'?"),
	    "unless names a rule that is there");
	OK(refused(SINK LOG("a") RULE("r", "a") "match = x\nwhen = unless r in "
						"5m\n",
	       "cannot wait for itself"),
	    "and not its own");
	OK(refused(SINK LOG("a") RULE("r", "a") "match = (?<i>x)\nkey = ${i}\n"
						"when = unless s in 5m\n" RULE(
						"s", "a") "match = y\n",
	       "has 1 variable, that of [rule s] has 0"),
	    "both keys have as many parts");
	OK(refused(SINK LOG("a") RULE("r", "a")
		   "match = (?<i>x) (?<k>y)\nkey = ${i}:${k}\n"
		   "when = unless s in 5m\n" RULE("s", "a")
		   "match = (?<i>x) (?<k>z)\nkey = ${i}/${k}\n",
	       "so that they are never equal"),
	    "and the same text between them");
	OK(!refused(SINK LOG("a") RULE("r", "a")
		    "match = (?<i>x) (?<k>y)\nkey = ${i}:${k|lower}\n"
		    "when = unless s in 5m\n" RULE("s", "a")
		    "match = (?<n>x) (?<m>z)\nkey = ${n}:${m}\n",
	       ""),
	    "whatever their captures are called");
	OK(refused(SINK LOG("a") RULE("r", "a") "match = x\nhours = "
						"08:00-18:00 else sink ouf\n",
	       "no sink `ouf'; did you mean `out'?"),
	    "else sink names a sink");
}

static void
test_resolved(void)
{
	struct plan *plan = make(SINK LOG("a") RULE("r", "a")
		"match = x\nwhen = unless s in 5m\n" RULE("s", "a")
		"match = y\nhours = 08:00-18:00 else sink out\n");

	OK(plan != NULL, "a plan can be made");
	if (!plan)
		return;
	IS_INT(plan->rules[0].partner, 1, "unless knows its partner");
	OK(plan->rules[1].partner == DECIDER_NO_RULE, "others have none");
	OK(plan->rules[1].elsewhere.count == 1 &&
		!strcmp(plan->rules[1].elsewhere.items[0].text, "out"),
	    "elsewhere is a sink");
	plan_free(plan);
}

static void
test_logs(void)
{
	struct plan *plan = make(SINK
	    "[log a]\npath = /l/a\nrecord = start ^\\d\nredact = (?<=p=)x\n"
	    "[log b]\npath = /l/b\n[log c]\npath = /l/c\n"
	    "[log d]\npath = /l/*.log\n[log e]\npath = /l/e\\*\n"
	    "[log f]\npath = /l/f\n[log g]\npath = /l/g\n"
	    "       /l/gg\n"
	    "[log h]\npath = /l/h*\n"
	    RULE("w", "a b") "match = x\nwhen = 3 in 5m\n"
	    "context = 2 before 1 after\n"
	    RULE("v", "b c") "match = y\nwhen = new\n"
	    RULE("u", "e") "match = y\nwhen = unless t in 5m\n"
	    RULE("t", "f") "match = z\ncontext = 5 before\n"
	    RULE("s", "a f") "match = q\nwhen = absent 5m\n"
	    RULE("m", "d") "match = q\nwhen = 2 in 5m\n"
	    RULE("n", "g") "match = q\nclose = p\n"
	    RULE("each", "d g h") "match = q\n");

	OK(plan != NULL, "a plan with logs can be made");
	if (!plan) {
		printf("# %s\n", buf_str(&errors.text));
		return;
	}
	OK(plan->logs[0].record && plan->logs[0].starts && plan->logs[0].redact,
	    "a log has what its section says");
	OK(!plan->logs[1].record && !plan->logs[1].redact, "or nothing");
	OK(plan->logs[0].group && plan->logs[0].group == plan->logs[1].group &&
		plan->logs[1].group == plan->logs[2].group,
	    "logs of windows are one group, over several rules");
	OK(plan->logs[4].group && plan->logs[4].group == plan->logs[5].group &&
		plan->logs[4].group != plan->logs[0].group,
	    "so are those of both ends of an unless, and of no others");
	OK(plan->logs[3].group && plan->logs[6].group &&
		plan->logs[3].group != plan->logs[6].group,
	    "a log of several files is a group by itself");
	OK(!plan->logs[7].group, "unless no rule wants its files in order");
	OK(plan->logs[0].context == 2 && plan->logs[5].context == 5 &&
		plan->logs[3].context == 0,
	    "a log keeps what its rules want before");
	plan_free(plan);
	plan = make(SINK LOG("a") LOG("b") RULE("r", "a b") "match = x\n");
	OK(plan && !plan->logs[0].group && !plan->logs[1].group,
	    "without a window there is no group");
	plan_free(plan);
}

static void
test_log_mistakes(void)
{
	OK(refused(SINK "[log a]\npath = /l/a\nrecord = start (\n",
	       "[log a] record: column"),
	    "a bad record is refused");
	OK(refused(SINK "[log a]\npath = /l/a\nredact = fine\n         (\n",
	       "test.ini:6: [log a] redact: column"),
	    "a bad redact too, at its line");
	OK(refused(SINK "[log a]\npath = /l/a\ntimestamp = nothing\n",
	       "[log a] timestamp: "),
	    "and a timestamp that is none");
}

/* --- Files ---------------------------------------------------------------- */

static void
put(const char *name, const char *text)
{
	FILE *file = fopen(files_path(name), "w");

	fputs(text, file);
	fclose(file);
}

/* A rule whose keys name files in the test's directory. */
static char *
with_file(const char *keys, const char *name)
{
	struct buf text = BUF_INIT;

	buf_addf(&text, SINK LOG("a") RULE("r", "a") "%s = %s\n", keys,
	    files_path(name));
	return buf_take(&text);
}

static void
test_files(void)
{
	char *text;
	struct plan *plan;

	mkdir(files_path("d"), 0700);
	mkdir(files_path("d/sub"), 0700);
	put("d/b", "# no\n^b$\n[[:foo:]]\n");
	put("d/a", "^a [a\\b]$\n");
	put("d/x.dpkg-old", "(\n");
	put("dead", "a$b\n");
	put("none", "# nothing\n");

	text = with_file("match = .\nexclude_file", "d");
	OK(warned(text, "d/b:3: [rule r] exclude_file: this line is skipped"),
	    "a bad line of an exclude_file is told, with its place");
	plan = make(text);
	OK(plan && plan->rules[0].files.exclude.count == 2 &&
		!strcmp(plan->rules[0].files.exclude.items[0].text,
		    "^a [a\\\\b]$"),
	    "a directory is read in the order of its names");
	plan_free(plan);
	free(text);
	text = with_file("match_file", "d");
	OK(refused(text, "d/b:3: [rule r] match_file: column"),
	    "in a match_file it is a mistake");
	free(text);
	text = with_file("match_file", "dead");
	OK(warned(text, "dead:1: [rule r] match: this pattern can never"),
	    "lint looks at files too");
	free(text);
	text = with_file("match_file", "none");
	OK(refused(text, "there is no pattern"), "without patterns it is one");
	free(text);
	text = with_file("match = x\nexclude_file", "missing");
	OK(refused(text, "test.ini:8: [rule r] exclude_file: cannot read"),
	    "what is not there is refused");
	free(text);
}

/* --- Hostile values ------------------------------------------------------- */

static bool
holds(const char *text, const char *sentence)
{
	struct plan *plan = make(text);
	bool good;

	if (plan)
		plan_check_templates(plan, &errors);
	good = plan && (sentence ? strstr(buf_str(&errors.text), sentence) != NULL
				 : !errors.count);
	if (!good)
		printf("# %s\n", buf_str(&errors.text));
	plan_free(plan);
	return good;
}

static void
test_templates(void)
{
	OK(holds("[webhook w]\nurl = https://x.example/\ntemplate = {\"a\": "
		 "\"${line}\", \"n\": ${count|json}, \"l\": ${lines|json}}\n"
		 "[webhook s]\nurl = https://x.example/\npreset = slack\n"
		 "[webhook j]\nurl = https://x.example/\n"
		 "[exec e]\ncommand = /bin/true\narg = x=${line|trunc:80}\n"
		 "[agent]\nsink = w\n" LOG("a") RULE("r", "a")
		 "match = (?<x>y)\nkey = ${x|upper}\nsubject = ${x|url} $$\n",
	       NULL),
	    "good templates hold, whatever comes");
	OK(warned("[exec e]\ncommand = /bin/true\narg = ${nobody}\n" LOG("a")
		RULE("r", "a") "match = y\n",
	       "[exec e] arg: ${nobody} is neither"),
	    "what no rule fills in is told");
}

#define CLUSTER(name, after) \
	"[alertmanager " name "]\nurl = http://127.0.0.1:9093\n" \
	"resolve_after = " after "\n"
#define AGENT "[agent]\nsink = out\n"

static void
test_renewals(void)
{
	static const char text[] = AGENT SINK CLUSTER("fast", "3m")
	    CLUSTER("slow", "30m") LOG("a") RULE("zero", "a") "match = x\n"
	    RULE("one", "a") "match = x\nsink = out slow\n"
	    RULE("two", "a") "match = x\nsink = slow fast out\n"
	    RULE("night", "a") "match = x\n"
	    "hours = 08:00-18:00 else sink fast\n"
	    RULE("nobody", "a") "match = x\nsink = none\n";
	struct plan *plan = make(text);

	if (!plan) {
		OK(false, "%s", buf_str(&errors.text));
		return;
	}
	OK(!plan->rules[0].renew_ms && !plan->rules[0].renewed.count,
	    "without such a sink nothing is renewed");
	OK(plan->rules[1].renew_ms == 600000 &&
		plan->rules[1].renewed.count == 1 &&
		!strcmp(plan->rules[1].renewed.items[0].text, "slow"),
	    "a third of the time is a renewal's, for that sink alone");
	OK(plan->rules[2].renew_ms == 60000 &&
		plan->rules[2].renewed.count == 2,
	    "of several the shortest decides");
	OK(plan->rules[3].renew_ms == 60000 &&
		!plan->rules[3].renewed.count &&
		plan->rules[3].renewed_elsewhere.count == 1,
	    "one outside of the hours counts");
	OK(!plan->rules[4].renew_ms, "a rule that only counts has none");
	plan_free(plan);
}

#define BLOCK "[exec block]\ncommand = /bin/true\narg = ${ip}\n"

static void
test_sink_captures(void)
{
	static const char lost[] = "${ip} is empty when the throttle of "
				   "[rule r]";

	OK(warned(BLOCK LOG("a") RULE("r", "a") "match = (?<ip>x)\n", lost),
	    "an argument that summaries do not have is warned of");
	OK(warned(BLOCK LOG("a") RULE("r", "a") "match = (?<ip>x)\n"
						"key = ${ip}\n",
	       NULL),
	    "not when the key is that capture");
	OK(warned(BLOCK LOG("a") RULE("r", "a") "match = (?<ip>x)\n"
						"key = x ${ip}\n",
	       lost),
	    "but when there is more in it");
	OK(warned(BLOCK LOG("a") RULE("r", "a") "match = (?<ip>x)\n"
						"throttle = none\n",
	       NULL),
	    "nor when nothing is held");
	OK(warned(AGENT SINK BLOCK LOG("a") RULE("r", "a")
		"match = (?<ip>x)\n",
	       NULL),
	    "nor when the rule does not use the sink");
}

int
main(void)
{
	files_begin();
	test_captures();
	test_names();
	test_resolved();
	test_logs();
	test_log_mistakes();
	test_files();
	test_templates();
	test_renewals();
	test_sink_captures();
	conf_free(conf);
	conf_errors_release(&errors);
	files_end();
	return tap_done();
}
