/*
 * agent_reports: lines of a [logcheck] become a report as logcheck mails it,
 * once, at its time, whatever ends in between.
 */
#include "config.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fields.h"
#include "base/mem.h"
#include "ctaild/ledger.h"
#include "ctaild/reports.h"
#include "message/mail.h"
#include "store/store_alert.h"
#include "store/store_internal.h"
#include "store_directory.h"
#include "tap.h"

#define NOW INT64_C(1700000000000) /* 2023-11-14T22:13:20Z */
#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)

enum rule_index { KERNEL, SSHD, SU, NAMELESS, SYSTEM, RULES };

struct fixture {
	struct directory directory;
	struct store *store;
	struct ledger *ledger;
	struct conf *conf;
	struct plan plan;
	struct plan_report report[2];
	struct logcheck_settings settings;
	struct plan_rule rules[RULES];
	struct reports *reports;
	struct alert alert; /* taken last */
	const struct setting_list *sinks;
	struct buf seen;
	struct err err;
};

static struct setting_item ops_item = {.text = (char[]){"ops"}};
static const struct setting_list ops = {&ops_item, 1};
static const struct setting_list nobody = {NULL, 0};

static struct conf *
load_conf(void)
{
	static const char text[] = "[agent]\nsink = out\n"
				   "[file out]\npath = /tmp/o\n"
				   "[file ops]\npath = /tmp/p\n";
	struct conf_places places = {.state_dir = "/tmp"};
	struct conf_errors errors = CONF_ERRORS_INIT;
	struct conf *conf =
	    conf_load_text("test", span_str(text), &places, &errors);

	if (errors.count)
		printf("# %s", buf_str(&errors.text));
	conf_errors_release(&errors);
	return conf;
}

static void
make_plan(struct fixture *f)
{
	static const struct {
		enum logcheck_layer layer;
		const char *group;
	} rules[RULES] = {
	    [KERNEL] = {LOGCHECK_ALERTS, "kernel"},
	    [SSHD] = {LOGCHECK_EVENTS, "sshd"},
	    [SU] = {LOGCHECK_EVENTS, "a-su"},
	    [NAMELESS] = {LOGCHECK_EVENTS, NULL},
	    [SYSTEM] = {LOGCHECK_SYSTEM, NULL},
	};

	f->settings.batch.period_ms = HOUR;
	for (size_t i = 0; i < 2; i++)
		f->report[i] =
		    (struct plan_report){.name = i ? "second" : "main",
			.settings = &f->settings,
			.sinks = &ops};
	for (size_t i = 0; i < RULES; i++)
		f->rules[i] = (struct plan_rule){.report = &f->report[0],
		    .layer = rules[i].layer,
		    .group = rules[i].group};
	f->plan = (struct plan){.conf = f->conf,
	    .reports = f->report,
	    .report_count = 2};
}

/* Everything but the database begins anew. */
static void
wake(struct fixture *f, int64_t now_ms)
{
	f->store = store_open(f->directory.path, STORE_FILE, &f->err);
	f->ledger = ledger_new(f->store, NULL);
	f->reports = reports_new(&f->plan);
	ledger_attach(f->ledger, &f->plan, NULL, NULL, NULL);
	ledger_attach_reports(f->ledger, f->reports);
	if (reports_load(f->reports, f->store, now_ms, &f->err))
		printf("# %s\n", f->err.text);
}

static void
sleep_now(struct fixture *f)
{
	ledger_free(f->ledger);
	reports_free(f->reports);
	store_close(f->store);
}

static void
begin(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	directory_make(&f->directory);
	f->conf = load_conf();
	make_plan(f);
	alert_init(&f->alert);
	wake(f, NOW);
}

static void
finish(struct fixture *f)
{
	sleep_now(f);
	alert_release(&f->alert);
	conf_free(f->conf);
	buf_release(&f->seen);
	for (size_t i = 0; i < 2; i++)
		conf_errors_release(&f->report[i].skipped);
	directory_remove(&f->directory);
}

static void
add_bytes(struct fixture *f, enum rule_index rule, struct span text,
    const char *log, int64_t now_ms)
{
	struct report_line line = {
	    .rule = &f->rules[rule],
	    .text = text,
	    .log_path = log,
	    .now_ms = now_ms};

	reports_add(f->reports, &line);
}

static void
add(struct fixture *f, enum rule_index rule, const char *text)
{
	add_bytes(f, rule, span_str(text), "/var/log/syslog", NOW);
}

static bool
take(struct fixture *f, int64_t now_ms, bool all)
{
	alert_release(&f->alert);
	if (reports_take(f->reports, now_ms, all, "host", &f->alert, &f->sinks))
		return true;
	alert_init(&f->alert);
	return false;
}

/* What the agent does with all of a turn. */
static void
tell(struct fixture *f, int64_t now_ms)
{
	while (take(f, now_ms, false)) {
		struct emission emission = {
		    .alert = &f->alert, .sinks = f->sinks};

		ledger_take(f->ledger, &emission);
	}
}

static enum ledger_result
commit(struct fixture *f, int64_t now_ms)
{
	return ledger_commit(f->ledger, now_ms, LEDGER_NORMAL, &f->err);
}

static void
row_seen(void *arg, const struct outbox_row *row)
{
	struct fixture *f = arg;

	buf_addf(&f->seen, "%.*s>%.*s ", (int)row->kind.len, row->kind.data,
	    (int)row->sink.len, row->sink.data);
}

static const char *
told(struct fixture *f)
{
	struct alert_filter all = {.state = -1, .limit = -1};

	buf_reset(&f->seen);
	store_alert_list(f->store, &all, row_seen, f, &f->err);
	return buf_str(&f->seen);
}

static int64_t
rows(struct fixture *f)
{
	struct query query;
	int64_t count = -1;

	query_begin(&query, f->store, "SELECT count(*) FROM report");
	query_one_number(&query, &count, &f->err);
	return count;
}

static void
test_layout(void)
{
	static const char want[] = "Security Alerts for kernel\n"
				   "=-=-=-=-=-=-=-=-=-=-=-=-=-\n"
				   "Nov  2 10:00:01 h kernel: Oops\n"
				   "\n"
				   "Security Events for a-su\n"
				   "=-=-=-=-=-=-=-=-=-=-=-=-\n"
				   "Nov  2 10:00:03 h su: FAILED\n"
				   "\n"
				   "Security Events\n"
				   "=-=-=-=-=-=-=-=\n"
				   "Nov  2 10:00:00 h x: attack\n"
				   "\n"
				   "Security Events for sshd\n"
				   "=-=-=-=-=-=-=-=-=-=-=-=-\n"
				   "Nov  2 10:00:00 h sshd: one\n"
				   "Nov  2 10:00:00 h sshd: another\n"
				   "Nov  2 10:00:02 h sshd: two\n"
				   "\n"
				   "System Events\n"
				   "=-=-=-=-=-=-=\n"
				   "Nov  2 09:00:00 h y: z\n"
				   "\n";
	struct fixture f;
	struct buf body = BUF_INIT;

	begin(&f);
	add(&f, SYSTEM, "Nov  2 09:00:00 h y: z");
	add(&f, SSHD, "Nov  2 10:00:02 h sshd: two");
	add(&f, SSHD, "Nov  2 10:00:00 h sshd: one");
	add(&f, NAMELESS, "Nov  2 10:00:00 h x: attack");
	add(&f, SSHD, "Nov  2 10:00:00 h sshd: another");
	add(&f, SU, "Nov  2 10:00:03 h su: FAILED");
	add(&f, KERNEL, "Nov  2 10:00:01 h kernel: Oops");
	OK(take(&f, NOW + HOUR, false), "after an hour there is a report");
	IS_STR(f.alert.report, want, "laid out as logcheck's mail");
	IS_INT(f.alert.kind, ALERT_REPORT, "it is a report");
	IS_STR(f.alert.rule, "main", "of its section");
	IS_STR(f.alert.subject, "host 2023-11-14 23:13 +0000 Security Alerts",
	    "its subject is logcheck's, with the highest heading");
	IS_INT(f.alert.severity, SEVERITY_CRITICAL, "so is its severity");
	OK(f.alert.count == 7 && f.alert.first_ms == NOW &&
		f.alert.line_count == 7 && !*f.alert.incident &&
		!*f.alert.file && !*f.alert.id,
	    "it counts lines, and is of no record and no incident");
	OK(span_is(span_of(f.alert.lines[0].text, f.alert.lines[0].len),
	       "Nov  2 10:00:01 h kernel: Oops"),
	    "its first lines are the report's");
	mail_body(&f.alert, &body);
	OK(body.len > strlen(want) && !memcmp(body.data, want, strlen(want)) &&
		!strncmp(body.data + strlen(want), "Rule    main\n", 13),
	    "a mail has it byte for byte, then who says so");
	OK(!take(&f, NOW + HOUR, true), "it is told once");
	buf_release(&body);
	finish(&f);
}

static void
test_logs(void)
{
	struct fixture f;

	begin(&f);
	add_bytes(&f, SYSTEM, span_str("a b c 1"), "/var/log/syslog", NOW);
	add_bytes(&f, SYSTEM, span_str("a b c 2"), "/z/auth.log", NOW);
	add_bytes(&f, SYSTEM, span_str("a b B 3"), "/z/zz", NOW);
	add_bytes(&f, SYSTEM, span_str("a b c 4"), "/b/auth.log", NOW + 1);
	take(&f, NOW, true);
	IS_STR(f.alert.report,
	    "System Events\n=-=-=-=-=-=-=\na b B 3\na b c 2\na b c 4\na b c 1"
	    "\n\n",
	    "lines of one time stand by the names of their logs, then as they "
	    "came");
	IS_INT(f.alert.severity, SEVERITY_NOTICE, "system events are notices");
	OK(strstr(f.alert.subject, " System Events"), "and named as such");
	add(&f, SU, "x");
	take(&f, NOW, true);
	IS_INT(f.alert.severity, SEVERITY_WARNING,
	    "security events are warnings");
	finish(&f);
}

static void
test_warnings(void)
{
	struct origin origin = {.file = "/etc/x", .line = 7};
	struct fixture f;
	size_t len;

	begin(&f);
	conf_error(&f.report[0].skipped, origin, "it is no expression");
	add(&f, SYSTEM, "a");
	take(&f, NOW, true);
	IS_STR(f.alert.report,
	    "System Events\n=-=-=-=-=-=-=\na\n\n"
	    "Logcheck Warnings\n=-=-=-=-=-=-=-=-=\n"
	    "/etc/x:7: it is no expression\n\n",
	    "rules that are no expressions are told behind the rest");
	for (int i = 0; i < 5000; i++)
		buf_addf(&f.report[0].skipped.text,
		    "/etc/x:8: it is no expression %d\n", i);
	for (int i = 0; i < 100; i++) {
		struct buf line = BUF_INIT;

		while (line.len < 6000)
			buf_addf(&line, "%d ", i);
		add_bytes(&f, SYSTEM, buf_span(&line), "/l", NOW);
		buf_release(&line);
	}
	take(&f, NOW, false);
	len = strlen(f.alert.report);
	OK(len > ALERT_REPORT_BYTES - 8192 && len < ALERT_REPORT_BYTES &&
		strstr(f.alert.report, "\n... and 4"),
	    "too many of them are cut, and fit");
	finish(&f);
}

static void
test_time(void)
{
	struct fixture f;

	begin(&f);
	IS_INT(reports_due(f.reports), 0, "nothing waits");
	add(&f, SYSTEM, "a");
	add_bytes(&f, SYSTEM, span_str("b"), "/l", NOW + MINUTE);
	OK(reports_due(f.reports) == NOW + HOUR,
	    "it is due a period after the first line");
	OK(!take(&f, NOW + HOUR - 1, false), "and not before");
	OK(!take(&f, NOW - 24 * HOUR, false), "nor when the clock goes back");
	OK(reports_due(f.reports) == NOW - 23 * HOUR,
	    "then it waits for a period and no longer");
	OK(take(&f, NOW - 23 * HOUR, false) && f.alert.count == 2,
	    "when it is due it has both lines");
	add(&f, SYSTEM, "c");
	OK(take(&f, NOW, true), "the end of a pass waits for nothing");
	f.report[0].sinks = &nobody;
	add(&f, SYSTEM, "d");
	IS_INT(reports_due(f.reports), 0, "without a sink nothing collects");
	finish(&f);
}

static void
test_max(void)
{
	struct fixture f;

	begin(&f);
	f.settings.batch.max = 2;
	add(&f, SYSTEM, "a");
	OK(!take(&f, NOW, false), "one of two is not enough");
	add(&f, SYSTEM, "b");
	add(&f, SYSTEM, "c");
	OK(reports_due(f.reports) && reports_due(f.reports) <= NOW,
	    "what is full is due at once");
	OK(take(&f, NOW, false) && f.alert.count == 2, "and told");
	OK(!take(&f, NOW, false), "the next has just begun");
	OK(take(&f, NOW + HOUR, false) && f.alert.count == 1 &&
		strstr(f.alert.report, "\nc\n"),
	    "with what came behind");
	finish(&f);
}

static void
test_size(void)
{
	struct buf line = BUF_INIT, fields = BUF_INIT;
	int64_t count = 0;
	struct alert copy;
	struct fixture f;
	bool fit = true;
	int told_times = 0;

	begin(&f);
	while (line.len < 70000)
		buf_add_byte(&line, '\n');
	for (int i = 0; i < 20; i++)
		add_bytes(&f, SYSTEM, buf_span(&line), "/l", NOW);
	while (take(&f, NOW, true)) {
		snprintf(f.alert.id, sizeof(f.alert.id), "%040d", 7);
		buf_reset(&fields);
		alert_encode(&f.alert, &fields);
		fit &= fields.len < FRAME_MAX &&
		       strlen(f.alert.report) < ALERT_REPORT_BYTES &&
		       !alert_decode(buf_span(&fields), &copy, NULL);
		fit &= !strcmp(copy.report, f.alert.report);
		alert_release(&copy);
		count += f.alert.count;
		told_times++;
	}
	OK(fit && told_times == 20, "what is too much are several reports");
	IS_INT(count, 20, "of all lines");
	add_bytes(&f, SYSTEM, buf_span(&line), "/l", NOW);
	take(&f, NOW, true);
	OK(strstr(f.alert.report, " [... 4464 more bytes]\n\n"),
	    "a line that is too long is cut and says so");
	buf_reset(&line);
	buf_add_str(&line, "x");
	for (int i = 0; i < BATCH_MAX; i++)
		add_bytes(&f, SYSTEM, buf_span(&line), "/l", NOW);
	OK(take(&f, NOW, false) && f.alert.count == BATCH_MAX,
	    "short lines are limited by their number");
	buf_release(&line);
	buf_release(&fields);
	finish(&f);
}

static void
test_hostile(void)
{
	static const char raw[] = "a\0b \x1b[31m \xff\nSystem Events\n=-=-=-";
	struct buf body = BUF_INIT;
	struct fixture f;

	begin(&f);
	add_bytes(
	    &f, SYSTEM, span_of(raw, sizeof(raw) - 1), "/l", NOW);
	take(&f, NOW, true);
	IS_STR(f.alert.report,
	    "System Events\n=-=-=-=-=-=-=\n"
	    "a\xef\xbf\xbd"
	    "b \x1b[31m \xff\n    System Events\n    =-=-=-\n\n",
	    "bytes stay, but NUL; further lines of a record are no headings");
	mail_body(&f.alert, &body);
	OK(strstr(buf_str(&body), "b \\x1B[31m \xef\xbf\xbd\n"),
	    "the mail is clean");
	buf_release(&body);
	finish(&f);
}

static void
test_store(void)
{
	struct fixture f;

	begin(&f);
	add(&f, SYSTEM, "a");
	IS_INT(rows(&f), 0, "a line that is not committed is not stored");
	IS_INT(commit(&f, NOW), LEDGER_OK, "a commit");
	add(&f, SU, "b");
	commit(&f, NOW);
	commit(&f, NOW);
	IS_INT(rows(&f), 2, "each line is stored once");
	add(&f, SU, "lost");
	sleep_now(&f);
	wake(&f, NOW + MINUTE);
	OK(reports_due(f.reports) == NOW + HOUR,
	    "killed, it knows what was committed, and since when");
	add(&f, SU, "c");
	commit(&f, NOW + MINUTE);
	IS_INT(rows(&f), 3, "and goes on");
	tell(&f, NOW + HOUR);
	sleep_now(&f);
	wake(&f, NOW + HOUR);
	IS_STR(told(&f), "", "killed before the commit, nothing is told");
	IS_INT(rows(&f), 3, "and nothing forgotten");
	tell(&f, NOW + HOUR);
	commit(&f, NOW + HOUR);
	IS_STR(told(&f), "report>ops ", "then it is told");
	IS_INT(rows(&f), 0, "in the same commit");
	sleep_now(&f);
	wake(&f, NOW + HOUR);
	tell(&f, NOW + 9 * HOUR);
	commit(&f, NOW + 9 * HOUR);
	IS_STR(told(&f), "report>ops ", "and never again");
	finish(&f);
}

static void
test_failure(void)
{
	struct fixture f;
	sqlite3 *other;

	begin(&f);
	add(&f, SYSTEM, "a");
	commit(&f, NOW);
	add(&f, SYSTEM, "b");
	tell(&f, NOW + HOUR);
	sqlite3_busy_timeout(f.store->db, 1);
	sqlite3_open(f.directory.database, &other);
	sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	OK(commit(&f, NOW + HOUR) != LEDGER_OK, "a commit that fails");
	sqlite3_close(other);
	IS_INT(rows(&f), 1, "forgets nothing");
	IS_INT(commit(&f, NOW + HOUR), LEDGER_OK, "made again");
	IS_INT(rows(&f), 0, "it does");
	IS_STR(told(&f), "report>ops ", "and tells once");
	finish(&f);
}

static void
test_gone(void)
{
	struct fixture f;

	begin(&f);
	add(&f, KERNEL, "a");
	commit(&f, NOW);
	sleep_now(&f);
	f.report[0].name = "renamed";
	wake(&f, NOW + 1);
	OK(take(&f, NOW + 1, false) && !strcmp(f.alert.rule, "main") &&
		span_equal(span_str(f.sinks->items[0].text), span_str("out")),
	    "a section that is gone tells at once, to the default sink");
	OK(strstr(f.alert.report, "Security Alerts for kernel\n"),
	    "what it had");
	commit(&f, NOW + 1);
	IS_INT(rows(&f), 0, "and is forgotten");
	finish(&f);
}

static void
test_damage(void)
{
	struct fixture f;

	begin(&f);
	store_exec(f.store,
	    "INSERT INTO report VALUES (9223372036854775807, 'main', 99,"
	    " X'00', X'61', -5, X'780079');"
	    "INSERT INTO report VALUES (-3, 'main', 0, 'k', 1, 1e300,"
	    " zeroblob(700000))",
	    &f.err);
	sleep_now(&f);
	wake(&f, NOW);
	add(&f, SYSTEM, "new");
	OK(take(&f, NOW, true) && f.alert.count >= 1 &&
		f.alert.severity == SEVERITY_CRITICAL,
	    "whatever was stored is told");
	while (take(&f, NOW, true))
		;
	IS_INT(commit(&f, NOW), LEDGER_OK, "and forgotten");
	finish(&f);
}

int
main(void)
{
	setenv("TZ", "UTC", 1);
	test_layout();
	test_logs();
	test_warnings();
	test_time();
	test_max();
	test_size();
	test_hostile();
	test_store();
	test_failure();
	test_gone();
	test_damage();
	return tap_done();
}
