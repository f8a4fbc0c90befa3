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
    "[rule backup-done]\nlog = app\nmatch = done\nwhen = absent 26h\n"
    "[rule told]\nlog = app\nmatch = done\nwhen = absent 26h\n"
    "subject = no backup on ${hostname}, ${count}\n"
    "[rule spaced]\nlog = app\nmatch = a b\nflags = extended\n"
    "[rule keyed]\nlog = app\nmatch = (?<ip>\\S+)\nkey = ${ip}\n"
    "[rule joined]\nlog = app\nmatch = (?<ip>\\S+)\nkey = ip ${ip}\n"
    "[file out]\npath = /tmp/out\n";

static const struct alert_place place = {"host", 1700000000000, false};

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

	rule_try(rule->rule, fixture->scratch, NULL, scene->line, &match);
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

/* What of the last line was matched, when this is the record and that is what
 * the decider kept of it. */
static bool
found(const struct fixture *fixture, struct span record, struct span kept,
    size_t offset, size_t len)
{
	const struct plan_rule *rule = &fixture->plan->rules[0];
	struct record its = {.text = record, .path = "", .incarnation = ""};
	struct decision decision = {.kind = DECISION_ALERT,
	    .key = span_str(""),
	    .count = 1,
	    .lines = {span_str("eve from x"), kept},
	    .line_count = kept.len ? 2 : 0};
	struct rule_match match;
	struct alert_line line;
	struct alert alert;

	rule_try(rule->rule, fixture->scratch, NULL, record, &match);
	alert_from_match(&alert, &place, rule, &decision, &its, "app", &match);
	line = alert.lines[alert.line_count - 1];
	if (alert.line_count > 1 && alert.lines[0].match_len)
		len = SIZE_MAX;
	alert_release(&alert);
	if (line.match_offset != offset || line.match_len != len)
		printf("# %u+%u\n", line.match_offset, line.match_len);
	return line.match_offset == offset && line.match_len == len;
}

static void
test_found(const struct fixture *fixture)
{
	struct span line = span_str("x: eve from 192.0.2.1");
	struct span lines = span_str("at\neve from here\nand more");
	struct buf longer = BUF_INIT;
	struct span whole;

	OK(found(fixture, line, line, 3, line.len - 3),
	    "what was matched is marked in the last line");
	OK(found(fixture, lines, lines, 3, strlen("eve from here")),
	    "in a record of several lines too");
	OK(found(fixture, line, span_of(line.data, 10), 3, line.len - 3),
	    "the record at hand is told whole, however little of it was kept");
	while (longer.len < 2 * ALERT_LINE_BYTES)
		buf_add_str(&longer, "a from b ");
	whole = buf_span(&longer);
	{
		struct record its = {
		    .text = whole, .path = "", .incarnation = ""};
		struct decision decision = {.kind = DECISION_ALERT,
		    .key = span_str(""),
		    .count = 1};
		const struct plan_rule *rule = &fixture->plan->rules[0];
		struct rule_match match;
		struct alert alert;
		struct alert_line last;

		rule_try(rule->rule, fixture->scratch, NULL, whole, &match);
		alert_from_match(
		    &alert, &place, rule, &decision, &its, "app", &match);
		last = alert.lines[0];
		OK(!last.match_offset && last.match_len < last.len &&
			!memcmp(last.text, whole.data, last.match_len) &&
			last.text[last.match_len] == ' ' &&
			last.text[last.match_len + 1] == '[',
		    "the words about what was cut are not marked");
		match.captures.groups[0] = span_str("from elsewhere");
		alert_release(&alert);
		alert_from_match(
		    &alert, &place, rule, &decision, &its, "app", &match);
		OK(!alert.lines[0].match_len,
		    "captures of other text mark nothing");
		alert_release(&alert);
	}
	buf_release(&longer);
}

static void
test_renewal(const struct fixture *fixture)
{
	const struct plan_rule *rule = &fixture->plan->rules[0];
	struct span line = span_str("eve from 192.0.2.1");
	struct histogram times = {.start_ms = 1000, .width_ms = 2000};
	struct record its = {.text = line, .path = "p", .incarnation = "i"};
	struct decision decision = {.kind = DECISION_RENEWAL,
	    .key = span_str("k"),
	    .count = 7,
	    .times = &times,
	    .lines = {line},
	    .line_count = 1};
	struct rule_match match;
	struct alert alert, told;

	times.bins[0] = 3;
	times.bins[23] = 4;
	rule_try(rule->rule, fixture->scratch, NULL, line, &match);
	alert_from_match(&alert, &place, rule, &decision, &its, "app", &match);
	decision.kind = DECISION_ALERT;
	alert_from_match(&told, &place, rule, &decision, &its, "app", &match);
	OK(alert.kind == ALERT_RENEWAL && alert.count == 7 &&
		!strcmp(alert.subject, told.subject) &&
		!strcmp(alert.incident, told.incident) &&
		*alert.hint_exclude && alert.capture_count == 5,
	    "a renewal says what its alert says");
	OK(*alert.id && strcmp(alert.id, told.id) != 0,
	    "under an id of its own");
	OK(alert.times.start_ms == 1000 && alert.times.width_ms == 2000 &&
		alert.times.bins[0] == 3 && alert.times.bins[23] == 4,
	    "and when what it counts came");
	alert_release(&alert);
	alert_release(&told);
}

static bool
summary_knows(const struct fixture *fixture, size_t rule, struct span key)
{
	struct decision decision = {.kind = DECISION_SUMMARY,
	    .rule = rule,
	    .key = key,
	    .count = 7,
	    .lines = {span_str("x")},
	    .line_count = 1};
	struct alert alert;
	bool knows;

	alert_from_clock(
	    &alert, &place, &fixture->plan->rules[rule], &decision, "");
	knows = alert.capture_count == 1 &&
		!strcmp(alert.captures[0].name, "ip") &&
		span_equal(span_of(alert.captures[0].value,
			       alert.captures[0].len),
		    key);
	OK(knows || !alert.capture_count, "no other capture is made up");
	alert_release(&alert);
	return knows;
}

static void
test_summary_captures(const struct fixture *fixture)
{
	char digested[DECIDER_KEY_BYTES];

	memset(digested, 'x', sizeof(digested));
	OK(summary_knows(fixture, 5, span_str("192.0.2.1")),
	    "a key that is a capture tells it in the summary");
	OK(!summary_knows(fixture, 6, span_str("ip 192.0.2.1")),
	    "one that is more does not");
	OK(!summary_knows(
	       fixture, 5, span_of(digested, sizeof(digested) - 1)),
	    "nor one that was too long");
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
	    "login on host (k): 4 more in 10m, last: the last one",
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
	IS_STR(alert.subject, "ctail on host: lines of /var/log/a are lost",
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

/* --- Kinds ---------------------------------------------------------------- */

enum { LOGIN, OTHER, ABSENT, TOLD, SPACED };

static void
test_payload(const struct fixture *fixture)
{
	struct scene scene = {
	    LOGIN, "k", "one", 7, span_str("eve from 192.0.2.1")};
	struct decision decision = {.kind = DECISION_ALERT,
	    .rule = LOGIN,
	    .key = span_str("k"),
	    .count = 12,
	    .events = 3,
	    .first_ms = 1000,
	    .last_ms = 2000,
	    .lines = {span_str("one"), span_str("two")},
	    .line_count = 2};
	const struct plan_rule *rule = &fixture->plan->rules[LOGIN];
	struct buf payload = BUF_INIT;
	struct alert alert, made;

	build(fixture, &scene, &made);
	alert_encode(&made, &payload);
	decision.payload = buf_span(&payload);
	IS_INT(alert_from_payload(&alert, &place, rule, &decision), 0,
	    "an alert comes back from what was said of its first record");
	IS_STR(alert.id, made.id, "with the id of that record");
	IS_STR(alert.incident, made.incident, "and the same incident");
	IS_STR(alert.subject, "eve: two",
	    "the subject is rendered anew, with its captures");
	IS_INT(alert.count, 12, "it stands for all records");
	IS_INT(alert.events, 3, "and for so many alerts");
	OK(alert.line_count == 2 && alert.first_ms == 1000 &&
		alert.last_ms == 2000,
	    "lines and times are those of all");
	alert_release(&alert);
	for (size_t i = 0; i < payload.len; i++) {
		decision.payload = span_of(payload.data, i);
		alert_from_payload(&alert, &place, rule, &decision);
		if (!*alert.subject || alert.count != 12)
			OK(false, "a payload cut at %zu is told all the same",
			    i);
		alert_release(&alert);
	}
	decision.payload = span_str("damaged");
	IS_INT(alert_from_payload(&alert, &place, rule, &decision), -1,
	    "a damaged one is known as such");
	IS_STR(alert.id, "", "and has its id from the transaction");
	IS_INT(alert.count, 12, "and is told all the same");
	alert_release(&alert);
	alert_release(&made);
	buf_release(&payload);
}

static void
is_clock(const struct fixture *fixture, struct decision decision,
    enum alert_kind kind, const char *subject, const char *sentence)
{
	struct alert alert;

	decision.first_ms = decision.last_ms = 5000;
	alert_from_clock(&alert, &place, &fixture->plan->rules[decision.rule],
	    &decision, "the log /var/log/x is missing");
	IS_STR(alert.subject, subject, sentence);
	IS_INT(alert.kind, kind, "and is of its kind");
	IS_STR(alert.id, "", "with an id from the transaction");
	alert_release(&alert);
}

static void
test_clock(const struct fixture *fixture)
{
	struct decision decision = {.kind = DECISION_ABSENT,
	    .rule = ABSENT,
	    .period_ms = 26 * 3600000LL,
	    .since_ms = place.now_ms - 26 * 3600000LL};

	is_clock(fixture, decision, ALERT_ABSENT,
	    "backup-done on host: nothing matched for 26h (the log "
	    "/var/log/x is missing)",
	    "what is absent is told with what is known of the log");
	decision.key = span_str("db");
	is_clock(fixture, decision, ALERT_ABSENT,
	    "backup-done on host (db): nothing matched for 26h (the log "
	    "/var/log/x is missing)",
	    "and with its key");
	decision.rule = TOLD;
	is_clock(fixture, decision, ALERT_ABSENT, "no backup on host, 0",
	    "a rule's own subject comes first");
	decision = (struct decision){.kind = DECISION_DIGEST,
	    .rule = LOGIN,
	    .count = 5000,
	    .events = 4812,
	    .lines = {span_str("the last")},
	    .line_count = 1};
	is_clock(fixture, decision, ALERT_DIGEST,
	    "login on host: 4,812 alerts outside of its hours, last: the last",
	    "a digest says how many and the last line");
	decision.kind = DECISION_SUMMARY;
	decision.period_ms = 600000;
	is_clock(fixture, decision, ALERT_SUMMARY,
	    "login on host: 5,000 more in 10m, last: the last",
	    "a summary how many in how long");
	decision.ended = true;
	is_clock(fixture, decision, ALERT_SUMMARY,
	    "login on host: 5,000 more before its rule ended, last: the last",
	    "or that the rule has ended");
}

static void
is_recovery(const struct fixture *fixture, size_t rule, int64_t since_ms,
    const char *subject, const char *sentence)
{
	struct record record = {.text = span_str("done, at last"),
	    .path = "/var/log/a.log",
	    .log_path = "/var/log/a.log",
	    .incarnation = "one",
	    .offset = 9};
	struct decision decision = {.kind = DECISION_RECOVERY,
	    .at_hand = true,
	    .rule = rule,
	    .since_ms = since_ms};
	struct rule_match match = {.matched = true};
	struct alert alert;

	alert_from_match(&alert, &place, &fixture->plan->rules[rule], &decision,
	    &record, "app", &match);
	IS_STR(alert.subject, subject, sentence);
	IS_INT(alert.kind, ALERT_RECOVERY, "and is a recovery");
	OK(*alert.id, "with an id of its record");
	IS_STR(alert.hint_exclude, "", "without a hint to hide it");
	alert_release(&alert);
}

static void
test_recovery(const struct fixture *fixture)
{
	is_recovery(fixture, ABSENT, place.now_ms - 27 * 3600000LL,
	    "backup-done on host matched again after 1d 3h: done, at last",
	    "what was absent is back");
	is_recovery(fixture, LOGIN, place.now_ms - 7500000,
	    "login on host is over after 2h 5m: done, at last",
	    "what was closed is over");
	is_recovery(fixture, LOGIN, 0, "login on host is over: done, at last",
	    "without a time where none is known");
	is_recovery(fixture, LOGIN, place.now_ms - 400,
	    "login on host is over after 0s: done, at last",
	    "less than a second is one, too");
}

static void
test_kind_in_id(const struct fixture *fixture)
{
	struct scene scene = {LOGIN, "", "one", 9, span_str("a from b")};
	struct record record = {.text = scene.line,
	    .path = "/var/log/a.log.1",
	    .log_path = "/var/log/a.log",
	    .incarnation = "one",
	    .offset = 9};
	struct decision decision = {.kind = DECISION_RECOVERY};
	struct rule_match match = {.matched = true};
	struct alert alert, over;

	build(fixture, &scene, &alert);
	alert_from_match(&over, &place, &fixture->plan->rules[LOGIN], &decision,
	    &record, "app", &match);
	OK(strcmp(alert.id, over.id),
	    "two kinds of alert of one record have two ids");
	IS_STR(alert.incident, over.incident, "and are of one incident");
	alert_release(&alert);
	alert_release(&over);
}

/* --- Hints ---------------------------------------------------------------- */

static void
is_silence(const struct fixture *fixture, const char *key, const char *hint,
    const char *sentence)
{
	struct scene scene = {LOGIN, key, "one", 7, span_str("a from b")};
	struct alert alert;

	build(fixture, &scene, &alert);
	IS_STR(alert.hint_silence, hint, sentence);
	alert_release(&alert);
}

static void
test_hint_silence(const struct fixture *fixture)
{
	char long_key[400];

	is_silence(fixture, "203.0.113.9",
	    "ctailctl silence login key=203.0.113.9 8h",
	    "the silence of a key is ready to be run");
	is_silence(fixture, "", "ctailctl silence login 8h",
	    "and that of a rule without one");
	is_silence(fixture, "a b; rm -rf /",
	    "ctailctl silence login key='a b; rm -rf /' 8h",
	    "a shell sees one word");
	is_silence(fixture, "it's $(x) `y`",
	    "ctailctl silence login key='it'\\''s $(x) `y`' 8h",
	    "whatever is in it");
	is_silence(fixture, "a\nb", "ctailctl silence login 8h",
	    "a newline cannot be typed: then it is the whole rule");
	is_silence(fixture, "a\033[2Jb", "ctailctl silence login 8h",
	    "nor can a control");
	is_silence(fixture, "\xff", "ctailctl silence login 8h",
	    "nor bytes that are no text");
	is_silence(fixture, "a\xef\xbf\xbd", "ctailctl silence login 8h",
	    "nor what stands where a NUL was");
	memset(long_key, 'x', sizeof(long_key) - 1);
	long_key[sizeof(long_key) - 1] = '\0';
	is_silence(fixture, long_key, "ctailctl silence login 8h",
	    "nor what a silence cannot hold");
	plan_name_config(fixture->plan, "/home/a b/ctail.ini");
	is_silence(fixture, "203.0.113.9",
	    "ctailctl -c '/home/a b/ctail.ini' silence login "
	    "key=203.0.113.9 8h",
	    "a configuration that is not looked for by itself is named");
	plan_name_config(fixture->plan, NULL);
}

static void
test_hint_exclude(const struct fixture *fixture)
{
	struct scene scene = {
	    LOGIN, "", "one", 7, span_str("eve from 192.0.2.1 failed 3 times")};
	struct pattern_scratch *scratch = pattern_scratch_new();
	struct pattern *pattern;
	struct err err = ERR_INIT;
	struct alert alert;

	build(fixture, &scene, &alert);
	OK(!strncmp(alert.hint_exclude, "exclude = ^", 11),
	    "the exclude line is ready: %s", alert.hint_exclude);
	pattern = pattern_new(alert.hint_exclude + 10, 0, &err);
	OK(pattern && pattern_match(pattern, scratch, scene.line, NULL) ==
			  PATTERN_YES,
	    "it matches the line");
	OK(pattern && pattern_match(pattern, scratch,
			  span_str("eve from 10.0.0.7 failed 45 times"),
			  NULL) == PATTERN_YES,
	    "and its likes");
	OK(pattern && pattern_match(pattern, scratch,
			  span_str("bob from 10.0.0.7 failed 45 times"),
			  NULL) == PATTERN_NO,
	    "but nothing else");
	pattern_free(pattern);
	alert_release(&alert);
	scene.rule = SPACED;
	build(fixture, &scene, &alert);
	IS_STR(alert.hint_exclude, "",
	    "none for a rule in which blanks do not count");
	alert_release(&alert);
	pattern_scratch_free(scratch);
}

/* The rules see what people do not. */
static void
test_hint_masked(const struct fixture *fixture)
{
	struct alert_place masked = {"host", 1700000000000, true};
	struct record record = {.text = span_str("pw=****** of eve"),
	    .path = "/a",
	    .log_path = "/a",
	    .incarnation = "one"};
	struct decision decision = {.kind = DECISION_ALERT, .count = 1};
	struct rule_match match = {.matched = true};
	struct pattern_scratch *scratch = pattern_scratch_new();
	struct pattern *pattern;
	struct alert alert;

	alert_from_match(&alert, &masked, &fixture->plan->rules[OTHER],
	    &decision, &record, "app", &match);
	pattern = pattern_new(alert.hint_exclude + 10, 0, NULL);
	OK(pattern && pattern_match(pattern, scratch,
			  span_str("pw=hunter2 of eve"), NULL) == PATTERN_YES,
	    "the hint matches the record that was masked: %s",
	    alert.hint_exclude);
	pattern_free(pattern);
	alert_release(&alert);
	record.text = span_str("****************");
	alert_from_match(&alert, &masked, &fixture->plan->rules[OTHER],
	    &decision, &record, "app", &match);
	IS_STR(alert.hint_exclude, "", "none for a record that is withheld");
	alert_release(&alert);
	pattern_scratch_free(scratch);
}

/* --- No rule's ------------------------------------------------------------ */

static void
test_quiet(void)
{
	struct alert_quiet quiet = {.log = "app",
	    .kind = ALERT_ABSENT,
	    .length_ms = 26 * 3600000LL,
	    .since_ms = place.now_ms - 26 * 3600000LL,
	    .about = "/var/log/app was last written yesterday"};
	char incident[ALERT_ID_SIZE];
	struct alert alert;

	alert_from_quiet(&alert, &place, &quiet);
	IS_STR(alert.subject,
	    "log app on host: nothing was written for 26h "
	    "(/var/log/app was last written yesterday)",
	    "a quiet log is told");
	IS_STR(alert.rule, "quiet", "under a rule of that name");
	IS_STR(alert.key, "app", "the log is the key");
	IS_INT(alert.kind, ALERT_ABSENT, "it is an absence");
	memcpy(incident, alert.incident, ALERT_ID_SIZE);
	alert_release(&alert);
	quiet.kind = ALERT_RECOVERY;
	quiet.about = "";
	alert_from_quiet(&alert, &place, &quiet);
	IS_STR(alert.subject,
	    "log app on host: something is written again "
	    "after 1d 2h",
	    "and that it is over");
	IS_STR(alert.incident, incident, "as the same incident");
	alert_release(&alert);
}

static void
test_silence(void)
{
	struct silence silence = {.id = 3,
	    .rule = xstrdup("ssh*"),
	    .until_ms = place.now_ms,
	    .who = xstrdup("eve"),
	    .why = xstrdup("upgrade")};
	struct event event = {.matches = 9,
	    .first_ms = 1,
	    .last_ms = 2,
	    .line = span_str("the last")};
	struct alert alert;

	for (int i = 0; i < 3; i++)
		held_add(&silence.held, &event, 10);
	alert_from_silence(&alert, &place, &silence, true);
	OK(strstr(alert.subject, "the silence of ssh*") &&
		strstr(alert.subject, "by eve: upgrade") &&
		strstr(alert.subject, "ssh* is over; it held back 3 alerts "
				      "(until ") &&
		strstr(alert.subject, "), last: the last"),
	    "a silence that ends says what it was and held: %s", alert.subject);
	IS_INT(alert.count, 27, "so many records");
	IS_INT(alert.kind, ALERT_SILENCE, "it is of its kind");
	alert_release(&alert);
	alert_from_silence(&alert, &place, &silence, false);
	OK(strstr(alert.subject, "holds back: so far 3 alerts"),
	    "and one that goes on says so");
	alert_release(&alert);
	silence_release(&silence);
}

static void
test_storm(void)
{
	char name[64];
	struct storm_share share = {.severity = SEVERITY_ERROR,
	    .alerts = 1200,
	    .matches = 4000,
	    .first_ms = 10,
	    .last_ms = 90,
	    .rule = span_str("ssh-brute")};
	struct alert alert;

	alert_from_storm(&alert, &place, "ops");
	alert_add_storm_share(&alert, &share);
	IS_STR(alert.subject,
	    "ctail on host: 1,200 more alerts, held back by "
	    "the cap of sink ops; first of all 1,200 alerts of ssh-brute "
	    "(4,000 records)",
	    "a storm says what the sink did not get");
	IS_INT(alert.severity, SEVERITY_ERROR, "as severe as the worst");
	share.alerts = share.matches = 1;
	share.severity = SEVERITY_INFO;
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "rule-%d", i);
		share.rule = span_str(name);
		share.first_ms = 5;
		alert_add_storm_share(&alert, &share);
	}
	IS_INT(alert.events, 2200, "every alert is counted");
	IS_INT(alert.line_count, ALERT_LINES_MAX, "the lines are bounded");
	OK(span_is(span_of(alert.lines[0].text, alert.lines[0].len),
	       "1,200 alerts of ssh-brute (4,000 records)"),
	    "the first ones stand in front");
	OK(strstr(alert_last_line(&alert).data, "1 of rule-100,") &&
		strstr(alert_last_line(&alert).data, ", and others"),
	    "the rest is named as far as there is room, and says so");
	IS_INT(alert.severity, SEVERITY_ERROR, "the worst stays the worst");
	IS_INT(alert.first_ms, 5, "and the first the first");
	alert_release(&alert);
}

int
main(void)
{
	struct fixture fixture;

	setup(&fixture);
	test_match(&fixture);
	test_found(&fixture);
	test_renewal(&fixture);
	test_summary_captures(&fixture);
	test_ids(&fixture);
	test_size(&fixture);
	test_others();
	test_payload(&fixture);
	test_clock(&fixture);
	test_recovery(&fixture);
	test_kind_in_id(&fixture);
	test_hint_silence(&fixture);
	test_hint_exclude(&fixture);
	test_hint_masked(&fixture);
	test_quiet();
	test_silence();
	test_storm();
	release(&fixture);
	return tap_done();
}
