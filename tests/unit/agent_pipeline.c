/*
 * agent_pipeline: from records to alerts, on a clock of the test's own.
 */
#include "config.h"

#include "base/fields.h"
#include "base/mem.h"
#include "ctaild/context.h"
#include "ctaild/pipeline.h"
#include "judge/quarantine.h"
#include "tap.h"

#define NOW INT64_C(1700000000000)	/* 2023-11-14T22:13:20Z */
#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)

/* One thing that came out. */
struct out {
	enum alert_kind kind;
	char id[ALERT_ID_SIZE];
	char *all;		/* the alert, encoded and readable enough */
	size_t len;
	char subject[300];
	char key[100];
	char sink[40];
	int64_t count, wait_ms;
	size_t before, after;
	bool amended;
};

struct fixture {
	struct conf *conf;
	struct plan *plan;
	struct silences *silences;
	struct pipeline *pipeline;
	struct out outs[100];
	int earlier, looks;	/* records before what was read; how often they
				 * were asked for */
	size_t count;
	struct buf notices, unmatched;
	size_t traces;
	uint64_t offset;
	int64_t now_ms;
};

static void
take(struct fixture *fixture, const struct alert *alert)
{
	struct out *out = &fixture->outs[fixture->count++];
	struct buf fields = BUF_INIT;

	if (fixture->count > 99)
		abort();
	*out = (struct out){.kind = alert->kind,
	    .count = alert->count,
	    .before = alert->before_count,
	    .after = alert->after_count};
	memcpy(out->id, alert->id, ALERT_ID_SIZE);
	snprintf(out->subject, sizeof(out->subject), "%s", alert->subject);
	snprintf(out->key, sizeof(out->key), "%s", alert->key);
	alert_encode(alert, &fields);
	out->len = fields.len;
	out->all = buf_take(&fields);
}

static void
on_emit(void *arg, const struct emission *emission)
{
	struct fixture *fixture = arg;
	struct out *out;

	take(fixture, emission->alert);
	out = &fixture->outs[fixture->count - 1];
	out->wait_ms = emission->wait_ms;
	if (emission->sinks->count)
		snprintf(out->sink, sizeof(out->sink), "%s",
		    emission->sinks->items[0].text);
}

static void
on_amend(void *arg, const struct alert *alert)
{
	struct fixture *fixture = arg;

	take(fixture, alert);
	fixture->outs[fixture->count - 1].amended = true;
}

static void
on_notice(void *arg, enum severity severity, const char *subject,
    const char *text)
{
	struct fixture *fixture = arg;

	(void)severity;
	buf_addf(&fixture->notices, "%s: %s\n", subject, text);
}

static void
on_about(void *arg, size_t log, struct buf *out)
{
	(void)arg;
	buf_addf(out, "log %zu is missing", log);
}

static void
on_trace(void *arg, const struct pipeline_trace *trace)
{
	struct fixture *fixture = arg;

	fixture->traces++;
	(void)trace;
}

static void
on_earlier(void *arg, const struct record *record,
    void (*each)(void *each_arg, struct span text), void *each_arg)
{
	struct fixture *fixture = arg;

	(void)record;
	fixture->looks++;
	for (int i = 0; i < fixture->earlier; i++)
		each(each_arg, span_str("earlier pw=sesame"));
}

static void
on_unmatched(void *arg, const struct record *record)
{
	struct fixture *fixture = arg;

	buf_add_span(&fixture->unmatched, record->text);
	buf_add_byte(&fixture->unmatched, '|');
}

static void
begin(struct fixture *fixture, const char *rules)
{
	static const struct conf_places places = {.state_dir = "/s"};
	struct conf_errors errors = CONF_ERRORS_INIT;
	struct pipeline_hooks hooks = {.emit = on_emit,
	    .amend = on_amend,
	    .notice = on_notice,
	    .about_log = on_about,
	    .trace = on_trace,
	    .unmatched = on_unmatched,
	    .earlier = on_earlier,
	    .arg = fixture};
	struct buf text = BUF_INIT;

	*fixture = (struct fixture){.now_ms = NOW};
	buf_add_str(&text, "[agent]\nsink = out\n");
	buf_add_str(&text, rules);
	buf_add_str(&text, "\n[file out]\npath = /tmp/o\n"
			   "[file night]\npath = /tmp/n\n");
	fixture->conf =
	    conf_load_text("c.ini", buf_span(&text), &places, &errors);
	if (fixture->conf)
		fixture->plan = plan_new(fixture->conf, &errors);
	if (!fixture->plan) {
		printf("# %s\n", buf_str(&errors.text));
		exit(99);
	}
	conf_errors_release(&errors);
	buf_release(&text);
	fixture->silences = silences_new();
	fixture->pipeline =
	    pipeline_new(fixture->plan, "host", fixture->silences, &hooks);
	pipeline_turn(fixture->pipeline, NOW);
	pipeline_start(fixture->pipeline, NOW);
}

static void
forget(struct fixture *fixture)
{
	for (size_t i = 0; i < fixture->count; i++)
		free(fixture->outs[i].all);
	fixture->count = 0;
}

static void
finish(struct fixture *fixture)
{
	forget(fixture);
	pipeline_free(fixture->pipeline);
	silences_free(fixture->silences);
	plan_free(fixture->plan);
	conf_free(fixture->conf);
	buf_release(&fixture->notices);
	buf_release(&fixture->unmatched);
}

static struct record
record_of(struct fixture *fixture, size_t log, const char *text)
{
	fixture->offset += 10;
	return (struct record){.text = span_str(text),
	    .log = log,
	    .path = log ? "/b" : "/a",
	    .log_path = log ? "/b" : "/a",
	    .incarnation = "life",
	    .offset = fixture->offset,
	    .lines = 1};
}

static void
say(struct fixture *fixture, const char *text)
{
	struct record record = record_of(fixture, 0, text);

	pipeline_record(fixture->pipeline, &record, fixture->now_ms);
}

static void
pass(struct fixture *fixture, int64_t ms)
{
	fixture->now_ms += ms;
	pipeline_expire(fixture->pipeline, fixture->now_ms, true);
}

static bool
holds(const struct out *out, const char *text)
{
	return memmem(out->all, out->len, text, strlen(text)) != NULL;
}

#define LOG "[log app]\npath = /a\n"

/* --- Rules ---------------------------------------------------------------- */

static void
test_order(void)
{
	struct pipeline_log_totals log;
	struct pipeline_rule_totals rule;
	struct fixture fixture;

	begin(&fixture, LOG "[rule first]\nlog = app\nmatch = bad\n"
			    "exclude = not so\nthen = stop\n"
			    "[rule second]\nlog = app\nmatch = a\n");
	say(&fixture, "a bad one");
	say(&fixture, "not so bad");
	say(&fixture, "other");
	say(&fixture, "not so bid");
	IS_INT(fixture.count, 2, "rules run in order, a stop stops");
	IS_STR(fixture.outs[0].subject, "first on host: a bad one",
	    "the first takes it");
	IS_STR(fixture.outs[1].subject, "second on host: not so bad",
	    "what it excludes goes on");
	IS_STR(buf_str(&fixture.unmatched), "other|not so bid|",
	    "what no rule wants is said");
	say(&fixture, "2023-11-14T22:13:20Z host ctaild[7]: a bad one");
	IS_INT(fixture.count, 2, "ctail's own words are never matched");
	pipeline_log_totals(fixture.pipeline, 0, &log);
	OK(log.records == 5 && log.unmatched == 2 && log.own == 1,
	    "the log's ledger adds up");
	pipeline_rule_totals(fixture.pipeline, 0, &rule);
	OK(rule.records == 5 && rule.matched == 1 && rule.excluded == 1,
	    "and the rule's");
	OK(pipeline_has_told(fixture.pipeline) &&
		!pipeline_has_told(fixture.pipeline),
	    "a match is to be committed, once");
	OK(fixture.traces == 2, "each decision can be followed");
	finish(&fixture);
}

static void
test_record_time(void)
{
	struct pipeline_log_totals log;
	struct fixture fixture;

	begin(&fixture, LOG "[rule many]\nlog = app\nmatch = x\n"
			    "when = 3 in 10m\n");
	say(&fixture, "2023-11-14T20:00:00Z x");
	say(&fixture, "2023-11-14T20:20:00Z x");
	say(&fixture, "2023-11-14T20:25:00Z x");
	IS_INT(fixture.count, 0, "windows run in the records' time");
	say(&fixture, "2023-11-14T20:29:00Z x");
	IS_INT(fixture.count, 1, "however late they are read");
	IS_INT(pipeline_newest(fixture.pipeline, "/a"),
	    1699993740000,
	    "the newest time of the file is known");
	IS_INT(pipeline_time(fixture.pipeline, 0, "/a",
		   span_str("2023-11-14T21:00:00Z y")),
	    1699995600000, "the time of a record can be asked for");
	IS_INT(pipeline_newest(fixture.pipeline, "/a"), 1699993740000,
	    "without a change");
	IS_INT(pipeline_time(fixture.pipeline, 0, "/a", span_str("none")), 0,
	    "or is not known");
	say(&fixture, "2030-01-01T00:00:00Z x");
	say(&fixture, "x");
	pipeline_log_totals(fixture.pipeline, 0, &log);
	IS_INT(log.untimed, 2, "records counted at arrival are counted");
	finish(&fixture);
	begin(&fixture, LOG "[rule many]\nlog = app\nmatch = x\n"
			    "when = 3 in 10m\n");
	say(&fixture, "x");
	say(&fixture, "x");
	pipeline_log_totals(fixture.pipeline, 0, &log);
	IS_INT(log.untimed, 0, "but not where no time was ever found");
	finish(&fixture);
	begin(&fixture, LOG "timestamp = %F %T\n[rule many]\nlog = app\n"
			    "match = x\nwhen = 3 in 10m\n");
	say(&fixture, "x");
	pipeline_log_totals(fixture.pipeline, 0, &log);
	IS_INT(log.untimed, 1, "unless a format says that there is one");
	finish(&fixture);
}

/* --- Redaction ------------------------------------------------------------ */

static void
test_redact(void)
{
	struct buf fields = BUF_INIT;
	struct fixture fixture;
	struct record record;
	size_t leaks = 0;

	begin(&fixture,
	    "[log app]\npath = /a\nredact = (?<=pw=)\\S+\n"
	    "[rule r]\nlog = app\nmatch = login pw=(?<pw>\\S+) by (?<who>\\S+)\n"
	    "key = ${who}/${pw}\nsubject = ${who} ${pw} ${line}\n"
	    "context = 2 before 1 after\n");
	say(&fixture, "before pw=sesame");
	fields_add_str(&fields, "cmdline", "x pw=sesame");
	record = record_of(&fixture, 0, "login pw=sesame by eve");
	record.fields = buf_span(&fields);
	pipeline_record(fixture.pipeline, &record, NOW);
	say(&fixture, "after pw=sesame");
	IS_INT(fixture.count, 2, "a rule matches the raw text");
	IS_STR(fixture.outs[0].subject, "eve ****** login pw=****** by eve",
	    "what is told is masked");
	IS_STR(fixture.outs[0].key, "eve/******", "the key too");
	for (size_t i = 0; i < fixture.count; i++)
		leaks += holds(&fixture.outs[i], "sesame");
	IS_INT(leaks, 0, "nothing of it is left in any alert");
	OK(fixture.outs[1].amended && fixture.outs[1].before == 1 &&
		fixture.outs[1].after == 1 &&
		holds(&fixture.outs[1], "cmdline"),
	    "though context and fields are there");
	buf_release(&fields);
	finish(&fixture);
}

/* --- Context -------------------------------------------------------------- */

static void
test_context(void)
{
	struct fixture fixture;

	begin(&fixture, LOG "[rule r]\nlog = app\nmatch = bad\n"
			    "context = 2 before 2 after\nthrottle = none\n");
	say(&fixture, "one");
	say(&fixture, "two");
	say(&fixture, "three");
	say(&fixture, "bad");
	OK(fixture.count == 1 && fixture.outs[0].wait_ms > CONTEXT_WAIT_MS &&
		fixture.outs[0].before == 2 && fixture.outs[0].after == 0,
	    "an alert is stored at once, and waits");
	say(&fixture, "four");
	say(&fixture, "five");
	OK(fixture.count == 2 && fixture.outs[1].amended &&
		fixture.outs[1].after == 2 && holds(&fixture.outs[1], "five"),
	    "it is amended when what follows is there");
	IS_STR(fixture.outs[1].id, fixture.outs[0].id, "it is the same");
	forget(&fixture);
	say(&fixture, "bad again");
	IS_INT(pipeline_due(fixture.pipeline), NOW + CONTEXT_WAIT_MS,
	    "what waits is due some time");
	pass(&fixture, CONTEXT_WAIT_MS);
	OK(fixture.count == 2 && fixture.outs[1].amended &&
		fixture.outs[1].after == 0,
	    "and goes without, if need be");
	forget(&fixture);
	say(&fixture, "bad at last");
	pipeline_end_pass(fixture.pipeline, fixture.now_ms);
	IS_INT(fixture.count, 2, "or when the pass is over");
	finish(&fixture);
}

static void
test_earlier(void)
{
	struct fixture fixture;

	begin(&fixture, "[log a]\npath = /a\nredact = (?<=pw=)\\S+\n"
			"[rule r]\nlog = a\nmatch = bad\n"
			"context = 3 before\nthrottle = none\n");
	fixture.earlier = 60;
	say(&fixture, "one");
	say(&fixture, "bad");
	OK(fixture.outs[0].before == 3 && fixture.looks == 1,
	    "what another run has read stands before the first match");
	OK(!holds(&fixture.outs[0], "sesame"), "masked as all else");
	say(&fixture, "bad");
	OK(fixture.outs[1].before == 3 && fixture.looks == 1,
	    "one looks back once");
	finish(&fixture);
	begin(&fixture, "[log a]\npath = /a\n"
			"[rule r]\nlog = a\nmatch = bad\n"
			"context = 3 before\nthrottle = none\n");
	fixture.earlier = 1;
	say(&fixture, "one");
	say(&fixture, "two");
	say(&fixture, "bad");
	say(&fixture, "bad");
	OK(fixture.outs[0].before == 2 && fixture.outs[1].before == 3 &&
		fixture.looks == 1,
	    "where less is found, what was read stays");
	finish(&fixture);
}

/* --- What waits ----------------------------------------------------------- */

static void
test_batch(void)
{
	struct fixture fixture;
	char id[ALERT_ID_SIZE];

	begin(&fixture, LOG "[rule r]\nlog = app\nmatch = x by (?<who>.)\n"
			    "batch = 30s\nsubject = ${count} ${who}\n");
	say(&fixture, "x by a");
	say(&fixture, "x by b");
	IS_INT(fixture.count, 0, "a batch waits");
	pass(&fixture, 30000);
	IS_INT(fixture.count, 1, "and goes out as one");
	IS_STR(fixture.outs[0].subject, "2 a",
	    "as what its first was, with the count of all");
	memcpy(id, fixture.outs[0].id, ALERT_ID_SIZE);
	finish(&fixture);
	begin(&fixture, LOG "[rule r]\nlog = app\nmatch = x by (?<who>.)\n"
			    "batch = 30s\nsubject = ${count} ${who}\n");
	say(&fixture, "x by a");
	pipeline_end_pass(fixture.pipeline, NOW);
	OK(fixture.count == 1 && !strcmp(fixture.outs[0].id, id),
	    "the id is made of its first record");
	finish(&fixture);
}

static void
test_throttle(void)
{
	struct fixture fixture;

	begin(&fixture, LOG "[rule r]\nlog = app\nmatch = x\n");
	for (int i = 0; i < 5; i++)
		say(&fixture, "x");
	IS_INT(fixture.count, 1, "the first goes out at once");
	pass(&fixture, 10 * MINUTE);
	OK(fixture.count == 2 && fixture.outs[1].kind == ALERT_SUMMARY &&
		fixture.outs[1].count == 4,
	    "the rest is told");
	say(&fixture, "x");
	forget(&fixture);
	pipeline_flush(fixture.pipeline, 0, fixture.now_ms);
	OK(fixture.count == 1 && fixture.outs[0].kind == ALERT_SUMMARY,
	    "what is held when its rule ends is told then");
	finish(&fixture);
}

static void
test_renewal(void)
{
	struct fixture fixture;

	begin(&fixture, "[alertmanager cluster]\n"
			"url = http://127.0.0.1:9093\n"
			"resolve_after = 15m\n" LOG
			"[rule r]\nlog = app\nmatch = x\n"
			"sink = out cluster\nthrottle = 1h\n");
	say(&fixture, "x");
	pass(&fixture, 5 * MINUTE);
	say(&fixture, "x");
	OK(fixture.count == 2 && fixture.outs[1].kind == ALERT_RENEWAL &&
		fixture.outs[1].count == 1 &&
		!strcmp(fixture.outs[1].subject, fixture.outs[0].subject),
	    "what a throttle holds is renewed where it would be forgotten");
	pass(&fixture, 55 * MINUTE);
	OK(fixture.count == 3 && fixture.outs[2].kind == ALERT_SUMMARY &&
		fixture.outs[2].count == 1,
	    "and told all the same when its time has come");
	finish(&fixture);
}

static void
test_absent(void)
{
	struct fixture fixture;

	begin(&fixture, LOG "[rule backup]\nlog = app\nmatch = done\n"
			    "when = absent 26h\n");
	fixture.now_ms += 27 * HOUR;
	pipeline_expire(fixture.pipeline, fixture.now_ms, false);
	IS_INT(fixture.count, 0, "nothing is missing before all is read");
	pass(&fixture, 0);
	IS_INT(fixture.count, 1, "then it is told");
	IS_STR(fixture.outs[0].subject,
	    "backup on host: nothing matched for 26h (log 0 is missing)",
	    "with what is known of the log");
	say(&fixture, "done");
	OK(fixture.count == 2 && fixture.outs[1].kind == ALERT_RECOVERY &&
		*fixture.outs[1].id,
	    "and that it is over: %s", fixture.outs[1].subject);
	finish(&fixture);
}

static void
test_close(void)
{
	struct pipeline_rule_totals rule;
	struct fixture fixture;

	begin(&fixture, LOG "[rule r]\nlog = app\nmatch = bad (?<ip>\\S+)\n"
			    "key = ${ip}\nclose = good (?<ip>\\S+)\n");
	say(&fixture, "good 1");
	IS_INT(fixture.count, 0, "what was not open is not closed");
	say(&fixture, "bad 1");
	fixture.now_ms += 2 * HOUR;
	say(&fixture, "good 2");
	IS_INT(fixture.count, 1, "another key closes nothing");
	say(&fixture, "good 1");
	IS_INT(fixture.count, 2, "its own does");
	IS_STR(fixture.outs[1].subject,
	    "r on host (1) is over after 2h: good 1", "which is told");
	pipeline_rule_totals(fixture.pipeline, 0, &rule);
	IS_INT(rule.closed, 3, "and counted");
	finish(&fixture);
}

static void
test_silence(void)
{
	struct silence silence = {.rule = xstrdup("r"),
	    .conditions = {{xstrdup("ip"), xstrdup("7")}},
	    .condition_count = 1,
	    .from_ms = NOW,
	    .until_ms = NOW + HOUR,
	    .who = xstrdup("eve"),
	    .why = xstrdup("")};
	struct fixture fixture;

	begin(&fixture, LOG "[rule r]\nlog = app\nmatch = bad (?<ip>\\S+)\n"
			    "key = ${ip}\n");
	silences_add(fixture.silences, &silence, NULL);
	say(&fixture, "bad 7");
	IS_INT(fixture.count, 0, "what is silenced is not told");
	say(&fixture, "bad 8");
	IS_INT(fixture.count, 1, "all else is");
	forget(&fixture);
	pass(&fixture, HOUR);
	OK(fixture.count == 1 && fixture.outs[0].kind == ALERT_SILENCE &&
		!strcmp(fixture.outs[0].sink, "out"),
	    "when it ends, what it held is told");
	finish(&fixture);
}

static void
test_hours(void)
{
	struct fixture fixture;

	/* NOW is a Tuesday. */
	begin(&fixture, LOG "[rule r]\nlog = app\nmatch = x\n"
			    "hours = sun 01:00-02:00 else sink night\n"
			    "[rule h]\nlog = app\nmatch = y\n"
			    "hours = sun 01:00-02:00\n");
	say(&fixture, "x");
	OK(fixture.count == 1 && !strcmp(fixture.outs[0].sink, "night"),
	    "outside of its hours an alert goes elsewhere");
	forget(&fixture);
	say(&fixture, "y");
	say(&fixture, "y");
	IS_INT(fixture.count, 0, "or is held");
	for (int i = 0; i < 10 && !fixture.count; i++)
		pass(&fixture,
		    pipeline_due(fixture.pipeline) - fixture.now_ms);
	OK(fixture.count == 1 && fixture.outs[0].kind == ALERT_DIGEST,
	    "and told as a digest");
	finish(&fixture);
}

/* --- New shapes ----------------------------------------------------------- */

static void
test_new(void)
{
	struct fixture fixture;
	struct record record;

	begin(&fixture, LOG "[rule known]\nlog = app\nmatch = ^skip\n"
			    "then = stop\n"
			    "[rule n]\nlog = app\nmatch = .\nwhen = new\n"
			    "throttle = none\n");
	OK(pipeline_wants_learning(fixture.pipeline, 0) &&
		pipeline_learns(fixture.pipeline, 1, 0) &&
		!pipeline_learns(fixture.pipeline, 0, 0),
	    "a rule with `new' has to learn first");
	record = record_of(&fixture, 0, "user 7 came");
	pipeline_learn(fixture.pipeline, &record);
	record = record_of(&fixture, 0, "skip 7 gone");
	pipeline_learn(fixture.pipeline, &record);
	IS_INT(fixture.count, 0, "it does so without a word");
	pipeline_set_learned(fixture.pipeline, 1, 0);
	OK(!pipeline_wants_learning(fixture.pipeline, 0), "and once");
	say(&fixture, "user 12 came");
	IS_INT(fixture.count, 0, "what it has learned is not new");
	say(&fixture, "user 12 died");
	say(&fixture, "user 13 died");
	IS_INT(fixture.count, 1, "another shape is, once");
	record = record_of(&fixture, 0, "late 1");
	pipeline_learn(fixture.pipeline, &record);
	say(&fixture, "late 2");
	IS_INT(fixture.count, 2, "who has learned learns no more that way");
	finish(&fixture);
}

/* --- Limits --------------------------------------------------------------- */

static void
test_quarantine(void)
{
	char line[200];
	struct fixture fixture;
	struct pipeline_rule_totals rule;

	begin(&fixture, LOG "[rule slow]\nlog = app\n"
			    "match = ^(?:a+b?)+$\nthrottle = none\n");
	memset(line, 'a', sizeof(line) - 2);
	line[sizeof(line) - 2] = '!';
	line[sizeof(line) - 1] = '\0';
	for (int i = 0; i < QUARANTINE_STRIKES + 3; i++)
		say(&fixture, line);
	pipeline_rule_totals(fixture.pipeline, 0, &rule);
	if (rule.undecided == 0) {
		tap_skip("a pattern in quarantine is told",
		    "this PCRE2 decides it");
	} else {
		IS_INT(rule.undecided, QUARANTINE_STRIKES,
		    "what cannot be decided counts as matched, until the "
		    "pattern is in quarantine");
		pass(&fixture, 0);
		OK(strstr(buf_str(&fixture.notices), "in quarantine") &&
			strstr(buf_str(&fixture.notices), "rule slow") &&
			strstr(buf_str(&fixture.notices), "c.ini:"),
		    "which is told: %s", buf_str(&fixture.notices));
	}
	finish(&fixture);
}

static void
test_place(void)
{
	struct fixture fixture;

	begin(&fixture, "[log app]\npath = /a\nrecord = start ^\\d\n"
			"[log more]\npath = /b\nrecord = continue ^\\s\n"
			"[rule r]\nlog = *\nmatch = x\n");
	OK(pipeline_place(fixture.pipeline, 0, span_str("1 x")) ==
			LINE_BEGINS &&
		pipeline_place(fixture.pipeline, 0, span_str("x")) ==
		    LINE_CONTINUES,
	    "`record = start' says which lines begin one");
	OK(pipeline_place(fixture.pipeline, 1, span_str("x")) ==
			LINE_BEGINS &&
		pipeline_place(fixture.pipeline, 1, span_str(" x")) ==
		    LINE_CONTINUES,
	    "`record = continue' which do not");
	finish(&fixture);
}

static void
test_ids(void)
{
	struct fixture fixture;

	begin(&fixture, LOG "[rule r]\nlog = app\nmatch = x\n"
			    "throttle = none\n");
	say(&fixture, "x");
	fixture.offset -= 10;
	say(&fixture, "x");
	say(&fixture, "x");
	IS_STR(fixture.outs[0].id, fixture.outs[1].id,
	    "a record read again makes the same alert");
	OK(strcmp(fixture.outs[0].id, fixture.outs[2].id),
	    "another record another one");
	finish(&fixture);
}

int
main(void)
{
	setenv("TZ", "UTC", 1);
	test_order();
	test_record_time();
	test_redact();
	test_context();
	test_earlier();
	test_batch();
	test_throttle();
	test_renewal();
	test_absent();
	test_close();
	test_silence();
	test_hours();
	test_new();
	test_quarantine();
	test_place();
	test_ids();
	return tap_done();
}
