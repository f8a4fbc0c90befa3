/*
 * agent_context: what stood around a record, and who waits for it.
 */
#include "config.h"

#include "base/fields.h"
#include "base/mem.h"
#include "ctaild/context.h"
#include "tap.h"

#define ID "0123456789abcdef0123456789abcdef01234567"
#define NOW INT64_C(1700000000000)

struct seen {
	int count;
	size_t after;
	char last[2048];
	char rule[64];
	char all[256];	/* TEXT/LENGTH of the records behind, each */
};

static void
ready(void *arg, const struct alert *alert)
{
	struct seen *seen = arg;

	seen->count++;
	seen->after = alert->after_count;
	snprintf(seen->rule, sizeof(seen->rule), "%s", alert->rule);
	*seen->all = '\0';
	for (size_t i = 0; i < alert->after_count; i++)
		snprintf(seen->all + strlen(seen->all),
		    sizeof(seen->all) - strlen(seen->all), "%.40s/%zu ",
		    alert->after[i].text, alert->after[i].len);
	if (alert->after_count)
		snprintf(seen->last, sizeof(seen->last), "%s",
		    alert->after[alert->after_count - 1].text);
}

static void
make(struct alert *alert, const char *rule)
{
	alert_init(alert);
	memcpy(alert->id, ID, ALERT_ID_SIZE);
	alert_set(&alert->rule, span_str(rule));
}

static bool
wait_for(struct context *context, const char *path, size_t count,
    const char *rule, int64_t now_ms)
{
	struct alert alert;
	bool waits;

	make(&alert, rule);
	waits = context_wait(context, path, count, &alert, now_ms);
	alert_release(&alert);
	return waits;
}

static void
keep_number(struct context *context, const char *path, int number,
    size_t most)
{
	char line[32];

	snprintf(line, sizeof(line), "line %d", number);
	context_keep(context, path, span_str(line), most);
}

static void
test_before(void)
{
	struct context *context = context_new();
	struct alert alert;

	for (int i = 0; i < 200; i++) {
		keep_number(context, "/a", i, 3);
		keep_number(context, "/b", 1000 + i, 50);
	}
	make(&alert, "r");
	context_before(context, "/a", 3, &alert);
	OK(alert.before_count == 3 &&
		!strcmp(alert.before[0].text, "line 197") &&
		!strcmp(alert.before[2].text, "line 199"),
	    "the records before come, oldest first");
	alert_release(&alert);
	make(&alert, "r");
	context_before(context, "/a", 1, &alert);
	OK(alert.before_count == 1 &&
		!strcmp(alert.before[0].text, "line 199"),
	    "as many as are asked for");
	context_before(context, "/none", 3, &alert);
	IS_INT(alert.before_count, 1, "none of a file that is not known");
	alert_release(&alert);
	make(&alert, "r");
	context_before(context, "/b", 60, &alert);
	OK(alert.before_count == 50 &&
		!strcmp(alert.before[0].text, "line 1150"),
	    "no more than are kept, and of the right file");
	alert_release(&alert);
	context_free(context);
}

static void
test_cut(void)
{
	struct context *context = context_new();
	char line[5000];
	struct alert alert;

	memset(line, 'x', sizeof(line));
	line[10] = '\0';
	context_keep(context, "/a", span_of(line, sizeof(line)), 2);
	context_keep(context, "/a", span_of(line, CONTEXT_LINE_BYTES), 2);
	make(&alert, "r");
	context_before(context, "/a", 2, &alert);
	OK(alert.before[0].len <= CONTEXT_LINE_BYTES &&
		!memcmp(alert.before[0].text + alert.before[0].len - 6,
		    " [...]", 6),
	    "a long record is cut and says so");
	IS_INT(alert.before[1].len, CONTEXT_LINE_BYTES,
	    "one that just fits is whole");
	alert_release(&alert);
	context_free(context);
}

/* The file read longest ago loses its first. */
static void
test_bounded(void)
{
	struct context *context = context_new();
	char line[CONTEXT_LINE_BYTES], path[32];
	struct alert alert;

	memset(line, 'x', sizeof(line));
	for (int i = 0; i < 1000; i++) {
		snprintf(path, sizeof(path), "/log/%d", i);
		for (int k = 0; k < 50; k++)
			context_keep(context, path,
			    span_of(line, sizeof(line)), 50);
	}
	make(&alert, "r");
	context_before(context, "/log/0", 50, &alert);
	IS_INT(alert.before_count, 0, "old files lose what they have");
	context_before(context, "/log/999", 50, &alert);
	IS_INT(alert.before_count, 50, "the one read last keeps it");
	alert_release(&alert);
	context_free(context);
}

/* A file costs something itself, however little is kept of it. */
static void
test_many_files(void)
{
	struct context *context = context_new();
	char path[32];
	size_t known = 0;

	for (int i = 0; i < 40000; i++) {
		snprintf(path, sizeof(path), "/%d", i);
		context_keep(context, path, span_str("x"), 1);
	}
	for (int i = 0; i < 40000; i++) {
		snprintf(path, sizeof(path), "/%d", i);
		known += context_count(context, path);
	}
	OK(known > 1000 && known < CONTEXT_BYTES_MAX / 500,
	    "of very many files with one short record each, some are "
	    "forgotten");
	IS_INT(context_count(context, "/39999"), 1, "but not the last one");
	context_free(context);
}

static void
test_after(void)
{
	struct context *context = context_new();
	struct seen seen = {0};

	OK(!wait_for(context, "/a", 0, "r", NOW), "none waits for nothing");
	OK(wait_for(context, "/a", 2, "r", NOW), "an alert waits");
	OK(context_waits(context, "/a") && !context_waits(context, "/b"),
	    "for records of its file");
	context_after(context, "/b", span_str("other"), ready, &seen);
	context_after(context, "/a", span_str("one"), ready, &seen);
	IS_INT(seen.count, 0, "until there are enough");
	context_after(context, "/a", span_str("two"), ready, &seen);
	IS_INT(seen.count, 1, "then it is ready");
	IS_INT(seen.after, 2, "with the records behind it");
	IS_STR(seen.last, "two", "in their order");
	OK(!context_waits(context, "/a"), "and waits no more");
	IS_INT(context_due(context), 0, "nothing is due");
	context_after(context, "/a", span_str("three"), ready, &seen);
	IS_INT(seen.count, 1, "once");
	context_free(context);
}

static void
test_time(void)
{
	struct context *context = context_new();
	struct seen seen = {0};

	wait_for(context, "/a", 9, "one", NOW);
	wait_for(context, "/b", 9, "two", NOW + 1000);
	context_after(context, "/a", span_str("only"), ready, &seen);
	IS_INT(context_due(context), NOW + CONTEXT_WAIT_MS,
	    "the first that has waited long enough is due");
	context_expire(
	    context, NOW + CONTEXT_WAIT_MS - 1, true, ready, &seen);
	IS_INT(seen.count, 0, "not before its time");
	context_expire(context, NOW + CONTEXT_WAIT_MS, false, ready, &seen);
	OK(seen.count == 1 && seen.after == 1 && !strcmp(seen.rule, "one"),
	    "then it goes with what there is");
	context_expire(context, NOW - 3600000, false, ready, &seen);
	IS_INT(seen.count, 2, "a clock set back makes none wait longer");
	wait_for(context, "/a", 9, "three", NOW);
	wait_for(context, "/b", 9, "four", NOW);
	context_after(context, "/b", span_str("x"), ready, &seen);
	context_end(context, ready, &seen);
	IS_INT(seen.count, 4, "at the end all of them go");
	context_free(context);
}

static void
test_many(void)
{
	struct context *context = context_new();
	struct seen seen = {0};
	int waiting = 0;

	for (int i = 0; i < CONTEXT_WAITING_MAX + 10; i++)
		waiting += wait_for(context, i % 2 ? "/a" : "/b",
		    (size_t)(1 + i % 3), "r", NOW);
	IS_INT(waiting, CONTEXT_WAITING_MAX, "only so many wait at a time");
	for (int i = 0; i < 3; i++) {
		context_after(context, "/a", span_str("x"), ready, &seen);
		context_after(context, "/b", span_str("y"), ready, &seen);
	}
	IS_INT(seen.count, CONTEXT_WAITING_MAX, "each gets its records");
	OK(wait_for(context, "/a", 1, "r", NOW), "then there is room again");
	context_free(context);
}

/* --- Over the end of a process -------------------------------------------- */

/* What a store would hold of one alert. */
struct stored {
	struct buf saved;
	int puts, deletes;
};

static void
put(void *arg, const char *id, struct span saved)
{
	struct stored *stored = arg;

	if (strcmp(id, ID) != 0)
		printf("# of another alert: %s\n", id);
	stored->puts += saved.len > 0;
	stored->deletes += !saved.len;
	buf_reset(&stored->saved);
	buf_add_span(&stored->saved, saved);
}

static void
commit(struct context *context, struct stored *stored)
{
	stored->puts = stored->deletes = 0;
	context_changed(context, put, stored);
	context_saved(context);
}

static struct context *
load(const struct stored *stored, int64_t now_ms)
{
	struct context *context = context_new();
	struct alert alert;

	make(&alert, "r");
	OK(!context_load(context, &alert, buf_span(&stored->saved), now_ms,
	       NULL),
	    "what waits is loaded");
	alert_release(&alert);
	return context;
}

static void
test_saved(void)
{
	struct context *context = context_new();
	struct stored stored = {0};
	struct seen seen = {0};

	commit(context, &stored);
	OK(!stored.puts && !stored.deletes, "where none waits none is saved");
	wait_for(context, "/a", 3, "r", NOW);
	context_after(context, "/a", span_str("one"), ready, &seen);
	commit(context, &stored);
	OK(stored.puts == 1 && !stored.deletes, "an alert that waits is saved");
	commit(context, &stored);
	IS_INT(stored.puts, 0, "once");
	context_after(context, "/a", span_of("t\0o", 3), ready, &seen);
	context_after(context, "/b", span_str("other"), ready, &seen);
	commit(context, &stored);
	IS_INT(stored.puts, 1, "and again with another record");
	context_after(context, "/a", span_str("lost with the process"), ready,
	    &seen);
	OK(context_has(context, span_str(ID)),
	    "what was saved and waits no more is known until it is deleted");
	context_free(context);
	context = load(&stored, NOW + 100);
	commit(context, &stored);
	OK(!stored.puts && !stored.deletes, "what is loaded is saved already");
	OK(context_waits(context, "/a") && !context_waits(context, "/b"),
	    "it waits for records of its file");
	seen.count = 0;
	context_after(context, "/a", span_str("three"), ready, &seen);
	OK(seen.count == 1 && seen.after == 3, "for as many as it did");
	IS_STR(seen.all, "one/3 t/3 three/5 ",
	    "and has those from before, byte by byte");
	commit(context, &stored);
	OK(stored.deletes == 1 && !stored.puts, "then it is saved no more");
	OK(!context_has(context, span_str(ID)), "and forgotten");
	commit(context, &stored);
	IS_INT(stored.deletes, 0, "once");
	context_free(context);
	buf_release(&stored.saved);
}

static void
test_unsaved(void)
{
	struct context *context = context_new();
	struct stored stored = {0};
	struct seen seen = {0};

	wait_for(context, "/a", 1, "r", NOW);
	context_after(context, "/a", span_str("one"), ready, &seen);
	commit(context, &stored);
	OK(seen.count == 1 && !stored.puts && !stored.deletes,
	    "an alert that need not wait any more at the commit is not saved");
	wait_for(context, "/a", 2, "r", NOW);
	commit(context, &stored);
	context_after(context, "/a", span_str("one"), ready, &seen);
	context_changed(context, put, &stored);
	IS_INT(stored.puts, 2, "a commit that fails");
	context_changed(context, put, &stored);
	IS_INT(stored.puts, 3, "is made again");
	context_free(context);
	buf_release(&stored.saved);
}

/* Time in which nobody read. */
static void
test_patience(void)
{
	int64_t later = NOW + 3600000;
	struct context *context = context_new();
	struct stored stored = {0};
	struct seen seen = {0};

	wait_for(context, "/a", 3, "r", NOW);
	commit(context, &stored);
	context_free(context);
	context = load(&stored, later);
	context_expire(context, later + 10, false, ready, &seen);
	IS_INT(seen.count, 0,
	    "one that is late waits until the logs are read");
	context_after(context, "/a", span_str("one"), ready, &seen);
	context_expire(context, later + 20, true, ready, &seen);
	OK(seen.count == 1 && seen.after == 1, "and no longer");
	context_free(context);
	context = load(&stored, later);
	context_expire(
	    context, later + CONTEXT_WAIT_MS - 1, false, ready, &seen);
	IS_INT(seen.count, 1, "when that takes long it waits for it");
	context_expire(context, later + CONTEXT_WAIT_MS, false, ready, &seen);
	IS_INT(seen.count, 2, "but not for ever");
	context_free(context);
	context = load(&stored, NOW + 1000);
	context_expire(context, NOW + 4999, true, ready, &seen);
	IS_INT(seen.count, 2, "one that is not late has its own time");
	context_expire(context, NOW + 5000, true, ready, &seen);
	IS_INT(seen.count, 3, "and no more");
	context_free(context);
	context = load(&stored, NOW - 3600000);
	IS_INT(context_due(context), NOW - 3600000 + CONTEXT_WAIT_MS,
	    "a clock set back meanwhile makes none wait longer");
	wait_for(context, "/b", 1, "later", NOW - 3600000 + 1);
	wait_for(context, "/b", 1, "back", NOW - 7200000);
	IS_INT(context_due(context), NOW - 7200000 + CONTEXT_WAIT_MS,
	    "the first to be due is first");
	context_end(context, ready, &seen);
	IS_STR(seen.rule, "later", "and the last one last");
	context_free(context);
	buf_release(&stored.saved);
}

static bool
loads(const struct buf *saved)
{
	struct context *context = context_new();
	struct seen seen = {0};
	struct alert alert;
	bool loaded;

	make(&alert, "r");
	loaded = !context_load(context, &alert, buf_span(saved), NOW, NULL);
	alert_release(&alert);
	for (int i = 0; i < 60; i++)
		context_after(context, "/a", span_str("x"), ready, &seen);
	context_end(context, ready, &seen);
	if (seen.after > ALERT_CONTEXT_MAX)
		loaded = false;
	context_free(context);
	return loaded;
}

static void
test_damaged(void)
{
	struct buf saved = BUF_INIT;

	OK(!loads(&saved), "nothing is no alert that waits");
	buf_add_str(&saved, "\3foo");
	OK(!loads(&saved), "nor is what is damaged");
	buf_reset(&saved);
	fields_add_number(&saved, "want", 3);
	OK(!loads(&saved), "nor without a file");
	fields_add_str(&saved, "path", "/a");
	OK(loads(&saved), "with one it is");
	for (int i = 0; i < 100; i++)
		fields_add_str(&saved, "after", "too many");
	OK(loads(&saved), "too many records are not taken");
	buf_reset(&saved);
	fields_add_str(&saved, "path", "/a");
	fields_add_number(&saved, "until", INT64_MIN);
	fields_add_number(&saved, "want", ALERT_CONTEXT_MAX + 1);
	OK(!loads(&saved), "nor can more be wanted than there may be");
	buf_reset(&saved);
	fields_add_str(&saved, "path", "/a");
	fields_add_number(&saved, "until", INT64_MIN);
	fields_add_number(&saved, "want", ALERT_CONTEXT_MAX);
	for (int i = 0; i < 100; i++)
		fields_add_str(&saved, "after", "too many");
	OK(loads(&saved), "a time long past is one");
	buf_release(&saved);
}

int
main(void)
{
	test_before();
	test_cut();
	test_bounded();
	test_many_files();
	test_after();
	test_time();
	test_many();
	test_saved();
	test_unsaved();
	test_patience();
	test_damaged();
	return tap_done();
}
