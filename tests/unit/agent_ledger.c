/*
 * agent_ledger: one transaction holds what was decided, what the caps of sinks
 * hold, silences and notes; a commit that failed changes nothing and is made
 * again; nothing is counted twice by a cap.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "ctaild/ledger.h"
#include "ctaild/storms.h"
#include "store/store_alert.h"
#include "store/store_internal.h"
#include "store/store_note.h"
#include "tap.h"

#define START 1700000000000
#define MINUTE 60000
#define HOUR (60 * MINUTE)

static char dir[] = "/tmp/ctail-ledger-XXXXXX";

/* `many` is capped, `few` tightly, `out` not at all. */
static const char settings[] =
    "[agent]\nstate_dir = /tmp\nsink = out\n"
    "[sendmail many]\nto = root\n"
    "[sendmail few]\nto = root\nstorm = 2 in 1h\n"
    "[sendmail errors]\nto = root\nmin_severity = error\nstorm = 1 in 1h\n"
    "[webhook pager]\npreset = pagerduty\nrouting_key = k\nstorm = 1 in 1h\n"
    "[file out]\npath = /dev/null\n";

struct fixture {
	struct store *store;
	struct ledger *ledger;
	struct silences *silences;
	struct conf *conf;
	struct plan plan;
	struct err err;
	struct buf seen;
	int made; /* alerts so far */
	enum alert_kind kind;		/* of what is taken */
};

static struct setting_item few_item = {.text = (char[]){"few"}};
static const struct setting_list few = {&few_item, 1};
static struct setting_item both_items[] = {
    {.text = (char[]){"few"}}, {.text = (char[]){"out"}}};
static const struct setting_list both = {both_items, 2};
static struct setting_item many_item = {.text = (char[]){"many"}};
static const struct setting_list many = {&many_item, 1};
static struct setting_item pager_items[] = {
    {.text = (char[]){"pager"}}, {.text = (char[]){"few"}}};
static const struct setting_list pager = {pager_items, 2};
static struct setting_item errors_item = {.text = (char[]){"errors"}};
static const struct setting_list errors_only = {&errors_item, 1};

static struct conf *
load(const char *text)
{
	struct conf_places places = {"/tmp", "/usr/sbin/sendmail"};
	struct conf_errors errors = CONF_ERRORS_INIT;
	struct conf *conf =
	    conf_load_text("test", span_str(text), &places, &errors);

	if (errors.count)
		printf("# %s", buf_str(&errors.text));
	conf_errors_release(&errors);
	return conf;
}

static void
attach(struct fixture *f, const char *text)
{
	conf_free(f->conf);
	f->conf = load(text);
	f->plan = (struct plan){.conf = f->conf};
	ledger_attach(f->ledger, &f->plan, NULL, NULL, f->silences);
}

static void
start(struct fixture *f, const char *text)
{
	f->store = store_open(dir, STORE_FILE, &f->err);
	f->ledger = ledger_new(f->store, NULL);
	f->silences = silences_new();
	attach(f, text);
}

static void
stop(struct fixture *f)
{
	ledger_free(f->ledger);
	silences_free(f->silences);
	store_close(f->store);
	conf_free(f->conf);
	f->conf = NULL;
}

static void
clear(void)
{
	static const char *const names[] = {
	    "ctail.db", "ctail.db-wal", "ctail.db-shm"};
	char path[128];

	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
}

static void
begin(struct fixture *f)
{
	clear();
	memset(f, 0, sizeof(*f));
	start(f, settings);
}

static void
finish(struct fixture *f)
{
	stop(f);
	buf_release(&f->seen);
}

static void
take_severe(struct fixture *f, const char *rule, enum severity severity,
    const struct setting_list *sinks, int64_t wait_ms)
{
	struct emission emission = {.sinks = sinks, .wait_ms = wait_ms};
	struct alert alert;

	alert_init(&alert);
	alert.severity = severity;
	alert.count = 1;
	alert.made_ms = START;
	snprintf(alert.id, sizeof(alert.id), "%040x", ++f->made);
	snprintf(alert.incident, sizeof(alert.incident), "%040x", f->made);
	alert.kind = f->kind;
	alert_set(&alert.rule, span_str(rule));
	alert_set(&alert.subject, span_str("subject"));
	emission.alert = &alert;
	ledger_take(f->ledger, &emission);
	alert_release(&alert);
}

static void
take(struct fixture *f, const char *rule, const struct setting_list *sinks)
{
	take_severe(f, rule, SEVERITY_WARNING, sinks, 0);
}

static enum ledger_result
commit(struct fixture *f, int64_t now_ms)
{
	enum ledger_result result =
	    ledger_commit(f->ledger, now_ms, LEDGER_NORMAL, &f->err);

	if (result != LEDGER_OK)
		printf("# %s\n", f->err.text);
	return result;
}

static void
expire(struct fixture *f, int64_t now_ms)
{
	struct alert_place place = {.hostname = "host", .now_ms = now_ms};

	ledger_storm_expire(f->ledger, &place);
}

static void
row_seen(void *arg, const struct outbox_row *row)
{
	struct fixture *f = arg;

	buf_addf(&f->seen, "%.*s>%.*s:%s ", (int)row->rule.len, row->rule.data,
	    (int)row->sink.len, row->sink.data, outbox_state_name(row->state));
}

/* Newest first. */
static void
rows_are(struct fixture *f, const char *want, const char *sentence)
{
	struct alert_filter all = {.state = -1, .limit = -1};

	buf_reset(&f->seen);
	store_alert_list(f->store, &all, row_seen, f, &f->err);
	IS_STR(buf_str(&f->seen), want, sentence);
}

static void
note_seen(void *arg, struct span name, struct span saved)
{
	(void)saved;
	buf_addf(arg, "%.*s;", (int)name.len, name.data);
}

static void
notes_are(
    struct fixture *f, const char *kind, const char *want, const char *sentence)
{
	buf_reset(&f->seen);
	store_note_each(f->store, kind, note_seen, &f->seen, &f->err);
	IS_STR(buf_str(&f->seen), want, sentence);
}

/* The newest alert of the sink, decoded; the caller releases it. */
struct newest {
	struct buf fields;
	struct store *store;
	struct err err;
};

static void
fetch(void *arg, const struct outbox_row *row)
{
	struct newest *newest = arg;

	store_alert_get(
	    newest->store, row->alert_id, &newest->fields, &newest->err);
}

static bool
newest_of(struct fixture *f, const char *sink, struct alert *out)
{
	struct alert_filter filter = {
	    .sink = sink, .state = OUTBOX_DUE, .limit = 1};
	struct newest newest = {.store = f->store};
	bool found;

	store_alert_list(f->store, &filter, fetch, &newest, &f->err);
	found = newest.fields.len &&
		!alert_decode(buf_span(&newest.fields), out, &f->err);
	if (!found)
		alert_init(out);
	buf_release(&newest.fields);
	return found;
}

/* Makes every commit fail, as a database that somebody else locked. */
static sqlite3 *
lock_database(const struct fixture *f)
{
	char path[128];
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/ctail.db", dir);
	sqlite3_busy_timeout(f->store->db, 1);
	sqlite3_open(path, &db);
	sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	return db;
}

static void
test_cap(void)
{
	struct fixture f;
	struct alert alert;

	begin(&f);
	for (int i = 0; i < 3; i++)
		take(&f, "a", &both);
	take(&f, "b", &both);
	take(&f, "b", &both);
	IS_INT(commit(&f, START), LEDGER_OK, "a storm is committed");
	rows_are(&f,
	    "b>few:held b>out:due b>few:due b>out:due a>few:held a>out:due "
	    "a>few:due a>out:due a>few:due a>out:due ",
	    "above the cap a rule still has one, and other sinks have all");
	notes_are(&f, STORMS_KIND, "few;", "what the cap knows is stored");
	OK(ledger_storm_due(f.ledger) == START + HOUR,
	    "the summary is due in an hour");
	expire(&f, START + HOUR - 1);
	IS_INT(ledger_pending(f.ledger), 0, "and not before");
	expire(&f, START + HOUR);
	IS_INT(ledger_pending(f.ledger), 1, "then it is there");
	IS_INT(commit(&f, START + HOUR), LEDGER_OK, "and stored");
	OK(newest_of(&f, "few", &alert) && alert.kind == ALERT_STORM &&
		alert.events == 2 && alert.line_count == 2 &&
		strstr(alert.subject, "few"),
	    "for that sink, with how many of which rules");
	alert_release(&alert);
	OK(newest_of(&f, "out", &alert) && alert.kind == ALERT_MATCH,
	    "and for no other");
	alert_release(&alert);
	IS_INT(ledger_storm_due(f.ledger), 0, "nothing is held any more");
	finish(&f);
}

static void
test_renewals(void)
{
	struct fixture f;

	begin(&f);
	f.kind = ALERT_RENEWAL;
	for (int i = 0; i < 5; i++)
		take(&f, "a", &few);
	commit(&f, START);
	rows_are(&f, "a>few:due a>few:due a>few:due a>few:due a>few:due ",
	    "what goes on wakes nobody, and no cap holds it");
	f.kind = ALERT_MATCH;
	take(&f, "a", &few);
	take(&f, "a", &few);
	commit(&f, START);
	IS_INT(ledger_storm_due(f.ledger), 0, "nor did the cap count it");
	finish(&f);
}

static void
test_recoveries(void)
{
	struct fixture f;

	begin(&f);
	for (int i = 0; i < 3; i++)
		take(&f, "a", &pager);
	f.kind = ALERT_RECOVERY;
	take(&f, "a", &pager);
	commit(&f, START);
	rows_are(&f,
	    "a>pager:due a>few:held a>pager:held a>few:held "
	    "a>pager:held a>few:due a>pager:due a>few:due ",
	    "where an incident would stay open no cap holds its end back");
	finish(&f);
}

static void
test_defaults(void)
{
	struct fixture f;

	begin(&f);
	for (int i = 0; i < 61; i++)
		take(&f, "a", &many);
	commit(&f, START);
	OK(ledger_storm_due(f.ledger) > 0, "mail has a cap of 60 by itself");
	finish(&f);
}

static void
test_severity(void)
{
	struct fixture f;

	begin(&f);
	for (int i = 0; i < 5; i++)
		take(&f, "a", &errors_only);
	commit(&f, START);
	IS_INT(ledger_storm_due(f.ledger), 0,
	    "what a sink does not take is not counted by its cap");
	take_severe(&f, "a", SEVERITY_ERROR, &errors_only, 0);
	take_severe(&f, "a", SEVERITY_ERROR, &errors_only, 0);
	commit(&f, START);
	OK(ledger_storm_due(f.ledger) > 0, "what it takes is");
	finish(&f);
}

static void
test_failed_commit(void)
{
	struct fixture f;
	struct alert alert;
	sqlite3 *other;

	begin(&f);
	commit(&f, START);
	take(&f, "a", &few);
	other = lock_database(&f);
	for (int i = 0; i < 5; i++)
		IS_INT(commit(&f, START + i), LEDGER_FAILED,
		    "a locked database fails the commit");
	IS_INT(ledger_pending(f.ledger), 1, "all stays gathered");
	sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_close(other);
	take(&f, "b", &few);
	take(&f, "a", &few);
	IS_INT(commit(&f, START + 10), LEDGER_OK, "a later commit stores it");
	rows_are(&f, "a>few:held b>few:due a>few:due ",
	    "and the cap has counted each alert once");
	expire(&f, START + 2 * HOUR);
	other = lock_database(&f);
	commit(&f, START + 2 * HOUR);
	sqlite3_close(other);
	expire(&f, START + 3 * HOUR);
	IS_INT(ledger_pending(f.ledger), 1, "a summary is made once");
	commit(&f, START + 3 * HOUR);
	OK(newest_of(&f, "few", &alert) && alert.kind == ALERT_STORM,
	    "and stored when that works");
	alert_release(&alert);
	finish(&f);
}

/* Inside the transaction, behind the asking of the caps. */
static void
test_failed_inside(void)
{
	struct fixture f;

	begin(&f);
	commit(&f, START);
	sqlite3_exec(
	    f.store->db, "ALTER TABLE note RENAME TO gone", NULL, NULL, NULL);
	for (int i = 0; i < 3; i++)
		take(&f, "a", &few);
	for (int i = 0; i < 3; i++)
		IS_INT(commit(&f, START), LEDGER_FAILED,
		    "a transaction that breaks in the middle fails");
	sqlite3_exec(
	    f.store->db, "ALTER TABLE gone RENAME TO note", NULL, NULL, NULL);
	IS_INT(commit(&f, START), LEDGER_OK, "it is made again");
	rows_are(&f, "a>few:held a>few:due a>few:due ",
	    "with the answers that the caps gave first");
	finish(&f);
}

static void
test_restart(void)
{
	struct fixture f;
	struct alert alert;

	begin(&f);
	for (int i = 0; i < 4; i++)
		take(&f, "a", &few);
	commit(&f, START);
	stop(&f);
	start(&f, settings);
	OK(ledger_storm_due(f.ledger) <= START + HOUR &&
		ledger_storm_due(f.ledger) > 0,
	    "behind a restart the summary is still owed");
	take(&f, "a", &few);
	commit(&f, START + MINUTE);
	rows_are(&f, "a>few:held a>few:held a>few:held a>few:due a>few:due ",
	    "and nobody has a fresh cap");
	expire(&f, START + HOUR);
	commit(&f, START + HOUR);
	OK(newest_of(&f, "few", &alert) && alert.events == 3,
	    "the summary counts what was held on both sides");
	alert_release(&alert);
	finish(&f);
}

static void
test_reload(void)
{
	struct fixture f;
	struct alert alert;

	begin(&f);
	for (int i = 0; i < 4; i++)
		take(&f, "a", &few);
	commit(&f, START);
	attach(&f,
	    "[agent]\nstate_dir = /tmp\nsink = out\n[file out]\n"
	    "path = /dev/null\n[sendmail few]\nto = root\nstorm = 5 in 2h\n");
	commit(&f, START + MINUTE);
	OK(ledger_storm_due(f.ledger) == START + HOUR,
	    "a cap that changes keeps what it holds");
	attach(&f,
	    "[agent]\nstate_dir = /tmp\nsink = out\n[file out]\n"
	    "path = /dev/null\n[sendmail few]\nto = root\nstorm = none\n");
	commit(&f, START + 2 * MINUTE);
	OK(ledger_storm_due(f.ledger) == 1,
	    "one that is switched off is to be told at once");
	expire(&f, START + 2 * MINUTE);
	commit(&f, START + 2 * MINUTE);
	OK(newest_of(&f, "few", &alert) && alert.kind == ALERT_STORM &&
		alert.events == 2,
	    "to its own sink");
	alert_release(&alert);
	notes_are(&f, STORMS_KIND, "", "and then nothing is stored of it");
	take(&f, "a", &few);
	commit(&f, START + 3 * MINUTE);
	IS_INT(ledger_storm_due(f.ledger), 0, "and nothing is held");
	finish(&f);
}

static void
test_removed_sink(void)
{
	static const char without[] =
	    "[agent]\nstate_dir = /tmp\nsink = out\n[file out]\n"
	    "path = /dev/null\n";
	struct fixture f;
	struct alert alert;

	begin(&f);
	for (int i = 0; i < 4; i++)
		take(&f, "a", &few);
	commit(&f, START);
	stop(&f);
	start(&f, without);
	expire(&f, START + MINUTE);
	commit(&f, START + MINUTE);
	OK(newest_of(&f, "out", &alert) && alert.kind == ALERT_STORM &&
		alert.events == 2 && strstr(alert.subject, "few"),
	    "what the cap of a removed sink held, the default sink is told");
	alert_release(&alert);
	notes_are(&f, STORMS_KIND, "", "and nothing of it is kept");
	IS_INT(ledger_storm_due(f.ledger), 0, "it is told once");
	finish(&f);
}

static void
test_discard(void)
{
	struct fixture f;
	sqlite3 *other;

	begin(&f);
	commit(&f, START);
	for (int i = 0; i < 4; i++)
		take(&f, "a", &few);
	other = lock_database(&f);
	commit(&f, START);
	sqlite3_close(other);
	ledger_discard(f.ledger);
	take(&f, "a", &few);
	take(&f, "a", &few);
	commit(&f, START);
	rows_are(
	    &f, "a>few:due a>few:due ", "what is forgotten was never counted");
	finish(&f);
}

/* The place may change without harm: nothing here has a record. */
static void
amend(struct fixture *f, int number, const char *line)
{
	struct alert alert;

	alert_init(&alert);
	snprintf(alert.id, sizeof(alert.id), "%040x", number);
	snprintf(alert.incident, sizeof(alert.incident), "%040x", 1);
	alert_set(&alert.rule, span_str("a"));
	alert_set(&alert.subject, span_str("subject"));
	alert_add_after(&alert, span_str(line));
	ledger_amend(f->ledger, &alert);
	alert_release(&alert);
}

static int64_t
due_of(struct fixture *f)
{
	struct query query;
	int64_t due = -1;

	query_begin(&query, f->store,
	    "SELECT due_ms FROM outbox ORDER BY id DESC LIMIT 1");
	query_one_number(&query, &due, &f->err);
	return due;
}

static void
test_amend(void)
{
	struct fixture f;
	struct alert alert;

	begin(&f);
	take_severe(&f, "a", SEVERITY_WARNING, &few, 5000);
	commit(&f, START);
	IS_INT(due_of(&f), START + 5000, "an alert may wait for records");
	amend(&f, 1, "behind");
	IS_INT(ledger_pending(f.ledger), 1, "that is worth a commit");
	commit(&f, START + 100);
	IS_INT(due_of(&f), START + 100, "when they are there it goes at once");
	OK(newest_of(&f, "few", &alert) && alert.after_count == 1, "with them");
	alert_release(&alert);
	take_severe(&f, "a", SEVERITY_WARNING, &few, 5000);
	amend(&f, 2, "both in one turn");
	IS_INT(ledger_pending(f.ledger), 1,
	    "one that is not stored yet is replaced");
	commit(&f, START + 200);
	IS_INT(due_of(&f), START + 200, "and need not wait");
	OK(newest_of(&f, "few", &alert) && alert.after_count == 1, "either");
	alert_release(&alert);
	amend(&f, 99, "of none");
	IS_INT(commit(&f, START + 300), LEDGER_OK, "too late is no failure");
	finish(&f);
}

static void
test_notes(void)
{
	struct fixture f;
	sqlite3 *other;

	begin(&f);
	commit(&f, START);
	ledger_note(f.ledger, "quiet", span_str("app"), span_str("1"));
	ledger_note(f.ledger, "quiet", span_str("app"), span_str("2"));
	ledger_note(f.ledger, "quiet", span_str("db"), span_str("3"));
	other = lock_database(&f);
	commit(&f, START);
	sqlite3_close(other);
	commit(&f, START);
	notes_are(&f, "quiet", "app;db;", "notes wait for a commit that works");
	ledger_note(f.ledger, "quiet", span_str("app"), span_str(""));
	commit(&f, START);
	notes_are(&f, "quiet", "db;", "an empty one goes");
	finish(&f);
}

static void
add_silence(struct fixture *f, const char *rule, int64_t until_ms)
{
	struct silence silence = {.rule = xstrdup(rule),
	    .who = xstrdup("root"),
	    .why = xstrdup(""),
	    .from_ms = START,
	    .until_ms = until_ms};

	if (silences_add(f->silences, &silence, &f->err))
		printf("# %s\n", f->err.text);
}

static void
test_silences(void)
{
	struct event event = {1, START, START, span_str("a line"), NULL};
	struct silence ended;
	struct fixture f;
	sqlite3 *other;

	begin(&f);
	commit(&f, START);
	add_silence(&f, "ssh-*", START + HOUR);
	add_silence(&f, "other", START + HOUR);
	other = lock_database(&f);
	commit(&f, START);
	sqlite3_close(other);
	commit(&f, START);
	notes_are(&f, LEDGER_SILENCE, "0;1;2;",
	    "silences are stored, and their last number");
	OK(silences_hold(
	       f.silences, "ssh-brute", NULL, NULL, START + 5, &event),
	    "one holds");
	commit(&f, START + 5);
	OK(silences_end(f.silences, 1, &ended), "it ends");
	silence_release(&ended);
	commit(&f, START + 6);
	notes_are(&f, LEDGER_SILENCE, "0;2;", "and goes");
	finish(&f);
}

struct caps {
	struct buf text;
};

static void
cap_seen(void *arg, const struct ledger_cap *cap)
{
	struct caps *caps = arg;

	if (cap->held)
		buf_addf(&caps->text,
		    "%s %" PRId64 " in %" PRId64 " holds %" PRId64, cap->sink,
		    cap->rate.count, cap->rate.period_ms, cap->held);
}

static void
test_caps(void)
{
	struct caps caps = {BUF_INIT};
	struct fixture f;

	begin(&f);
	for (int i = 0; i < 5; i++)
		take(&f, "a", &few);
	commit(&f, START);
	ledger_caps(f.ledger, START, cap_seen, &caps);
	IS_STR(buf_str(&caps.text), "few 2 in 3600000 holds 3",
	    "status can see what a cap holds");
	buf_release(&caps.text);
	finish(&f);
}

int
main(void)
{
	if (!mkdtemp(dir))
		return 99;
	test_cap();
	test_renewals();
	test_recoveries();
	test_defaults();
	test_severity();
	test_failed_commit();
	test_failed_inside();
	test_restart();
	test_reload();
	test_removed_sink();
	test_discard();
	test_amend();
	test_notes();
	test_silences();
	test_caps();
	clear();
	rmdir(dir);
	return tap_done();
}
