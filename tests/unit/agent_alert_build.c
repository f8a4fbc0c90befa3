/*
 * agent_alert_build: what an alert says, and what its ids are made of.
 */
#include "config.h"

#include "base/fields.h"
#include "base/mem.h"
#include "ctaild/alert_build.h"
#include "tap.h"

static const char text[] =
    "[log app]\npath = /var/log/a.log\n"
    "[rule login]\nlog = app\nmatch = (?<user>\\S+) from (?<ip>.+)\n"
    "severity = error\nsubject = ${user}: ${line}\n"
    "[rule other]\nlog = app\nmatch = .\n"
    "[file out]\npath = /tmp/out\n";

static const struct alert_place place = {"host", 1700000000000};

struct fixture {
	struct conf *conf;
	struct plan *plan;
	struct pattern_scratch *scratch;
};

static void
setup(struct fixture *fixture)
{
	static const struct conf_places places = {.state_dir = "/s"};
	struct conf_errors errors = CONF_ERRORS_INIT;

	fixture->conf =
	    conf_load_text("c.ini", span_str(text), &places, &errors);
	fixture->plan = fixture->conf ? plan_new(fixture->conf, &errors) : NULL;
	fixture->scratch = pattern_scratch_new();
	IS_STR(buf_str(&errors.text), "", "the plan is made");
	if (!fixture->plan)
		exit(99);
	conf_errors_release(&errors);
}

static void
release(struct fixture *fixture)
{
	pattern_scratch_free(fixture->scratch);
	plan_free(fixture->plan);
	conf_free(fixture->conf);
}

struct scene {
	size_t rule;
	const char *key;
	const char *incarnation;
	uint64_t offset;
	struct span line;
};

static void
build(const struct fixture *fixture, const struct scene *scene,
    struct alert *alert)
{
	const struct plan_rule *rule = &fixture->plan->rules[scene->rule];
	struct record record = {.text = scene->line,
	    .path = "/var/log/a.log.1",
	    .log_path = "/var/log/a.log",
	    .incarnation = scene->incarnation,
	    .offset = scene->offset};
	struct decision decision = {.kind = DECISION_ALERT,
	    .rule = scene->rule,
	    .key = span_str(scene->key),
	    .count = 5,
	    .first_ms = 1,
	    .last_ms = 2,
	    .lines = {scene->line},
	    .line_count = 1};
	struct rule_match match;

	rule_try(rule->rule, fixture->scratch, scene->line, &match);
	alert_from_match(
	    alert, &place, rule, &decision, &record, "app", &match);
}

static void
test_match(const struct fixture *fixture)
{
	struct scene scene = {0, "k", "one", 7, span_str("eve from 192.0.2.1")};
	struct alert alert;

	build(fixture, &scene, &alert);
	IS_STR(alert.rule, "login", "it names the rule");
	IS_STR(alert.subject, "eve: eve from 192.0.2.1",
	    "the subject is rendered");
	IS_STR(alert.file, "/var/log/a.log.1",
	    "the file is the one the line stands in");
	IS_STR(alert.log, "app", "the section is named");
	IS_STR(alert.key, "k", "the key is the decision's");
	IS_INT(alert.severity, SEVERITY_ERROR, "the severity is the rule's");
	IS_INT(alert.count, 5, "so many records");
	IS_INT(alert.line_count, 1, "with the lines");
	IS_INT(alert.made_ms, place.now_ms, "made now");
	IS_INT(alert.capture_count, 5,
	    "captures by name and by number, the whole included");
	alert_release(&alert);
}

static void
ids(const struct fixture *fixture, struct scene scene, char id[ALERT_ID_SIZE],
    char incident[ALERT_ID_SIZE])
{
	struct alert alert;

	build(fixture, &scene, &alert);
	memcpy(id, alert.id, ALERT_ID_SIZE);
	memcpy(incident, alert.incident, ALERT_ID_SIZE);
	alert_release(&alert);
}

static void
test_ids(const struct fixture *fixture)
{
	struct span line = span_str("eve from 192.0.2.1");
	struct scene first = {0, "k", "one", 7, line};
	struct scene later = {0, "k", "one", 8, line};
	struct scene again = {0, "k", "two", 7, line};
	struct scene other = {1, "k", "one", 7, line};
	struct scene keyed = {0, "l", "one", 7, line};
	char id[ALERT_ID_SIZE], incident[ALERT_ID_SIZE];
	char id2[ALERT_ID_SIZE], incident2[ALERT_ID_SIZE];

	ids(fixture, first, id, incident);
	ids(fixture, first, id2, incident2);
	IS_STR(id2, id, "the same record makes the same id, as after a crash");
	ids(fixture, later, id2, incident2);
	OK(strcmp(id, id2), "another offset another id");
	IS_STR(incident2, incident, "but the same incident");
	ids(fixture, again, id2, incident2);
	OK(strcmp(id, id2), "another incarnation another id");
	ids(fixture, other, id2, incident2);
	OK(strcmp(id, id2) && strcmp(incident, incident2),
	    "another rule another id and incident");
	ids(fixture, keyed, id2, incident2);
	OK(strcmp(incident, incident2), "another key another incident");
}

static void
test_size(const struct fixture *fixture)
{
	size_t size = 1 << 20;
	char *line = xmalloc(size);
	struct scene scene = {0, "k", "one", 7, span_of(line, size)};
	struct buf fields = BUF_INIT;
	struct alert alert, back;

	memset(line, 'x', size);
	memcpy(line, "eve from ", 9);
	line[100] = '\0';
	build(fixture, &scene, &alert);
	alert_encode(&alert, &fields);
	OK(fields.len < FRAME_MAX, "an alert of a huge line fits a frame");
	OK(strlen(alert.subject) < 2010, "its subject is cut");
	IS_INT(alert_decode(buf_span(&fields), &back, NULL), 0,
	    "and it reads back");
	alert_release(&back);
	alert_release(&alert);
	buf_release(&fields);
	free(line);
}

static void
test_others(void)
{
	struct decision decision = {.kind = DECISION_SUMMARY,
	    .key = span_str("k"),
	    .count = 4,
	    .lines = {span_str("the last one")},
	    .line_count = 1,
	    .period_ms = 600000};
	struct alert alert;
	char incident[ALERT_ID_SIZE];

	alert_from_summary(&alert, &place, "login", SEVERITY_ERROR, &decision);
	IS_STR(alert.subject,
	    "login on host: 4 more in 10m, last: the last one",
	    "a summary says how many, in how long, and the last line");
	IS_STR(alert.id, "", "its id comes from the transaction");
	OK(*alert.incident, "its incident is the rule's and key's");
	alert_release(&alert);

	alert_from_notice(
	    &alert, &place, SEVERITY_CRITICAL, "it is so", "because");
	IS_STR(alert.subject, "ctail on host: it is so",
	    "a notice says who speaks");
	IS_INT(alert.kind, ALERT_NOTICE, "and is one");
	OK(span_is(alert_last_line(&alert), "because"), "with its reason");
	alert_release(&alert);

	alert_from_gap(&alert, &place, "/var/log/a", "5 bytes are lost");
	IS_STR(alert.subject, "ctail on host: lines of a log are lost",
	    "a gap says so");
	IS_INT(alert.kind, ALERT_GAP, "and is one");
	IS_STR(alert.file, "/var/log/a", "of a log");
	OK(span_is(alert_last_line(&alert), "5 bytes are lost"),
	    "with what is known of it");
	snprintf(incident, sizeof(incident), "%s", alert.incident);
	alert_release(&alert);
	alert_from_gap(&alert, &place, "/var/log/b", "5 bytes are lost");
	OK(*incident && strcmp(incident, alert.incident),
	    "and one of another log is another incident");
	alert_release(&alert);

	alert_from_test(&alert, &place, "ops");
	IS_STR(
	    alert.subject, "test of sink ops on host", "a test names the sink");
	IS_INT(alert.kind, ALERT_TEST, "and is one");
	alert_release(&alert);
}

int
main(void)
{
	struct fixture fixture;

	setup(&fixture);
	test_match(&fixture);
	test_ids(&fixture);
	test_size(&fixture);
	test_others();
	release(&fixture);
	return tap_done();
}
