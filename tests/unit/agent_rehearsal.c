/*
 * agent_rehearsal: a configuration on the clock of its records.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "ctaild/rehearsal.h"
#include "tap.h"

#define BEGIN INT64_C(1700000000000) /* 2023-11-14T22:13:20Z */
#define SECOND INT64_C(1000)
#define HOUR (3600 * SECOND)
#define DAY (24 * HOUR)

struct fixture {
	struct conf_places places;
	struct conf *conf;
	struct plan *plan;
	struct silences *silences;
	struct rehearsal *rehearsal;
	struct buf out; /* "SECONDS-SINCE-BEGIN KIND RULE\n" each */
	size_t tried, excluded;
};

static void
on_emit(void *arg, const struct emission *emission)
{
	struct fixture *fixture = arg;
	const struct alert *alert = emission->alert;

	buf_addf(&fixture->out, "%lld %s %s\n",
	    (long long)((alert->made_ms - BEGIN) / SECOND),
	    alert_kind_name(alert->kind), alert->rule);
}

static void
on_amend(void *arg, const struct alert *alert)
{
	(void)arg;
	(void)alert;
}

static void
on_notice(
    void *arg, enum severity severity, const char *subject, const char *text)
{
	(void)arg;
	(void)severity;
	(void)subject;
	(void)text;
}

static void
on_tried(void *arg, size_t rule, const struct rule_match *match, bool closes)
{
	struct fixture *fixture = arg;

	(void)rule;
	(void)closes;
	fixture->tried += match->matched;
	fixture->excluded += match->excluded;
}

static void
begin(struct fixture *fixture, const char *rules)
{
	struct conf_errors errors = CONF_ERRORS_INIT;
	struct pipeline_hooks hooks = {.emit = on_emit,
	    .amend = on_amend,
	    .notice = on_notice,
	    .tried = on_tried,
	    .arg = fixture};
	struct buf text = BUF_INIT;

	*fixture = (struct fixture){.out = BUF_INIT};
	fixture->places.state_dir = "/nowhere";
	buf_addf(&text, "[file out]\npath = /nowhere/out\n%s", rules);
	fixture->conf =
	    conf_load_text("test", buf_span(&text), &fixture->places, &errors);
	fixture->plan = fixture->conf ? plan_new(fixture->conf, &errors) : NULL;
	if (!fixture->plan) {
		fputs(buf_str(&errors.text), stderr);
		abort();
	}
	fixture->silences = silences_new();
	fixture->rehearsal = rehearsal_new(
	    fixture->plan, "host", fixture->silences, BEGIN, &hooks);
	conf_errors_release(&errors);
	buf_release(&text);
}

static void
end(struct fixture *fixture)
{
	rehearsal_free(fixture->rehearsal);
	silences_free(fixture->silences);
	plan_free(fixture->plan);
	conf_free(fixture->conf);
	buf_release(&fixture->out);
}

/* at: after BEGIN; or a negative time. */
static void
record(struct fixture *fixture, int64_t at, const char *text)
{
	struct record record = {.text = span_str(text),
	    .path = "/log",
	    .log_path = "/log",
	    .incarnation = "1",
	    .lines = 1,
	    .time_ms = at < 0 ? -1 : BEGIN + at};

	rehearsal_record(fixture->rehearsal, &record);
}

#define LOG "[log app]\npath = /log\n"

static void
test_clock(void)
{
	struct fixture fixture;

	begin(
	    &fixture, LOG "[rule r]\nlog = app\nmatch = x\nthrottle = none\n");
	IS_INT(rehearsal_now(fixture.rehearsal), BEGIN,
	    "the clock begins where it was said to");
	record(&fixture, 10 * SECOND, "x");
	IS_INT(rehearsal_now(fixture.rehearsal), BEGIN + 10 * SECOND,
	    "a record moves it");
	record(&fixture, -1, "x");
	record(&fixture, 5 * SECOND, "x");
	IS_INT(rehearsal_now(fixture.rehearsal), BEGIN + 10 * SECOND,
	    "one without a time, or an older one, does not");
	IS_STR(buf_str(&fixture.out), "10 match r\n10 match r\n10 match r\n",
	    "alerts are made at the clock's time");
	end(&fixture);

	begin(&fixture, LOG "[rule r]\nlog = app\nmatch = x\n");
	record(&fixture, 0, "x");
	rehearsal_advance(fixture.rehearsal, BEGIN - DAY);
	IS_INT(rehearsal_now(fixture.rehearsal), BEGIN, "it never goes back");
	end(&fixture);
}

static void
test_stamp(void)
{
	struct fixture fixture;
	struct record own = {.text = span_str("2023-11-01 00:00:00Z x"),
	    .path = "/log",
	    .log_path = "/log",
	    .incarnation = "1",
	    .lines = 1};

	begin(&fixture, LOG "[rule r]\nlog = app\nmatch = x\n");
	rehearsal_record(fixture.rehearsal, &own);
	IS_INT(rehearsal_now(fixture.rehearsal), INT64_C(1698796800000),
	    "what was not asked for its time is asked, and the first time "
	    "may lie before the beginning");
	end(&fixture);
}

static void
test_dues(void)
{
	struct fixture fixture;

	begin(&fixture,
	    LOG "[rule r]\nlog = app\nmatch = x\nthrottle = 60s\n"
		"[rule gone]\nlog = app\nmatch = y\nwhen = absent 1h\n");
	record(&fixture, 0, "x");
	record(&fixture, 10 * SECOND, "x");
	record(&fixture, 2 * HOUR, "z");
	IS_STR(buf_str(&fixture.out),
	    "0 match r\n60 summary r\n3600 absent gone\n",
	    "what falls due on the way comes at its own time, in order");
	end(&fixture);
}

static void
test_end(void)
{
	struct fixture fixture;

	begin(&fixture,
	    LOG "[rule r]\nlog = app\nmatch = x\nthrottle = 60s\n"
		"batch = 10s\n"
		"[rule gone]\nlog = app\nmatch = y\nwhen = absent 1h\n"
		"[rule long]\nlog = app\nmatch = z\nthrottle = 30d\n");
	record(&fixture, 0, "x");
	record(&fixture, 15 * SECOND, "x");
	record(&fixture, 15 * SECOND, "z");
	record(&fixture, 15 * SECOND, "z");
	rehearsal_end(fixture.rehearsal);
	IS_STR(buf_str(&fixture.out),
	    "10 match r\n15 match long\n70 summary r\n",
	    "at the end batches and throttles let out what they hold, one "
	    "through the other, for a week at most; and nothing is missing");
	end(&fixture);

	begin(&fixture, LOG "[rule r]\nlog = app\nmatch = x\n");
	rehearsal_end(fixture.rehearsal);
	IS_STR(buf_str(&fixture.out), "", "without a record nothing comes");
	end(&fixture);
}

static void
test_quiet(void)
{
	struct fixture fixture;

	begin(&fixture, LOG "quiet = 1h\n[rule r]\nlog = app\nmatch = x\n");
	record(&fixture, 0, "a");
	record(&fixture, 3000 * SECOND, "b");
	record(&fixture, 3 * HOUR, "c");
	record(&fixture, 3 * HOUR + 1, "c");
	rehearsal_end(fixture.rehearsal);
	IS_STR(buf_str(&fixture.out),
	    "6600 absent quiet\n10800 recovery quiet\n",
	    "a log that says nothing is noticed, and when it speaks again");
	end(&fixture);
}

static void
test_tried(void)
{
	struct fixture fixture;

	begin(&fixture, LOG "[rule r]\nlog = app\nmatch = x\nexclude = no\n");
	record(&fixture, 0, "x");
	record(&fixture, 1, "x no");
	record(&fixture, 2, "z");
	IS_INT(fixture.tried, 1, "a pattern that matched is told of");
	IS_INT(fixture.excluded, 1, "and one that excluded");
	end(&fixture);
}

static void
test_nothing_is_renewed(void)
{
	struct fixture fixture;

	begin(&fixture, "[agent]\nsink = out cluster\n"
			"[alertmanager cluster]\n"
			"url = http://127.0.0.1:9093\n" LOG
			"[rule r]\nlog = app\nmatch = x\nthrottle = 1h\n");
	record(&fixture, 0, "x");
	record(&fixture, 1800 * SECOND, "x");
	record(&fixture, 1801 * SECOND, "x");
	OK(fixture.plan->rules[0].renew_ms > 0 &&
		!strstr(buf_str(&fixture.out), "renewal"),
	    "what nobody hears is not renewed");
	end(&fixture);
}

int
main(void)
{
	test_clock();
	test_stamp();
	test_dues();
	test_end();
	test_quiet();
	test_tried();
	test_nothing_is_renewed();
	return tap_done();
}
