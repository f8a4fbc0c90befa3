/*
 * The exporter: which offset file is written when, and what is owed.
 */
#include "config.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/durable.h"
#include "ctaild/export.h"
#include "ctaild/exporter.h"
#include "store/store_position.h"
#include "tap.h"

#define LOG "/var/log/app.log"

static char dir[] = "/tmp/ctail-exporter-XXXXXX";

struct fixture {
	struct store *store;
	struct exporter *exporter;
};

static void
begin(struct fixture *fixture)
{
	struct stored_position row = {.path = span_str(LOG),
	    .log = span_str("app"),
	    .checkpoint = span_str("position")};
	struct err err = ERR_INIT;

	fixture->store = store_open("/dev/null", STORE_MEMORY, &err);
	fixture->exporter = exporter_new(fixture->store, dir);
	store_position_put(fixture->store, &row, &err);
}

static void
finish(struct fixture *fixture)
{
	exporter_free(fixture->exporter);
	store_close(fixture->store);
}

static void
plan(struct fixture *fixture, uint64_t offset, int64_t now_ms,
    enum exporter_when when)
{
	struct exporter_log log = {LOG, false, {7, offset}};
	struct err err = ERR_INIT;

	IS_INT(exporter_plan(fixture->exporter, &log, now_ms, when, &err), 0,
	    "a position is planned");
}

static const char *
on_disk(void)
{
	static char text[64];
	char *path = export_path(dir, LOG, false);
	struct buf bytes = BUF_INIT;
	struct err err = ERR_INIT;

	if (durable_read(path, 60, &bytes, &err))
		buf_add_str(&bytes, "none");
	snprintf(text, sizeof(text), "%s", buf_str(&bytes));
	buf_release(&bytes);
	free(path);
	return text;
}

static void
take_row(void *arg, const struct stored_position *row)
{
	buf_reset(arg);
	buf_addf(arg, "%.*s|%.*s", (int)row->exported.len, row->exported.data,
	    (int)row->exported_before.len, row->exported_before.data);
}

static void
recorded_is(struct fixture *fixture, const char *want, const char *sentence)
{
	struct buf text = BUF_INIT;
	struct err err = ERR_INIT;

	store_position_each(fixture->store, take_row, &text, &err);
	IS_STR(buf_str(&text), want, sentence);
	buf_release(&text);
}

static void
test_once_a_second(void)
{
	struct fixture fixture;

	begin(&fixture);
	plan(&fixture, 10, 5000, EXPORT_IN_TURN);
	IS_STR(on_disk(), "none", "nothing is written before the commit");
	exporter_write(fixture.exporter, 5000);
	IS_STR(on_disk(), "7\n10\n", "the file follows the commit");
	recorded_is(&fixture, "7 10|", "as the transaction says");
	plan(&fixture, 20, 5400, EXPORT_IN_TURN);
	exporter_write(fixture.exporter, 5400);
	IS_STR(on_disk(), "7\n10\n", "not again within the second");
	OK(exporter_owes(fixture.exporter, LOG, 90000,
		EXPORT_IN_TURN), "but it is owed");
	OK(exporter_due(fixture.exporter) > 5400, "and due later");
	plan(&fixture, 20, 6100, EXPORT_IN_TURN);
	exporter_write(fixture.exporter, 6100);
	IS_STR(on_disk(), "7\n20\n", "then it is written");
	recorded_is(&fixture, "7 20|7 10", "and the value before is known");
	plan(&fixture, 30, 6200, EXPORT_NOW);
	exporter_write(fixture.exporter, 6200);
	IS_STR(on_disk(), "7\n30\n", "at the end nothing waits");
	exporter_write(fixture.exporter, 9000);
	IS_INT(exporter_due(fixture.exporter), 0,
	    "of a log that rests nothing is kept");
	finish(&fixture);
}

static void
test_rolled_back(void)
{
	struct fixture fixture;

	begin(&fixture);
	plan(&fixture, 40, 20000, EXPORT_IN_TURN);
	exporter_forget(fixture.exporter);
	exporter_write(fixture.exporter, 20000);
	IS_STR(on_disk(), "7\n30\n", "a rolled back position is not written");
	OK(exporter_owes(fixture.exporter, LOG, 90000,
		EXPORT_IN_TURN), "it is still owed");
	finish(&fixture);
}

/* The directory of the offset files, away or back. */
static void
hide(struct buf *offsets, bool away)
{
	struct buf hidden = BUF_INIT;

	buf_addf(&hidden, "%s/hidden", dir);
	if (away)
		OK(!rename(buf_str(offsets), buf_str(&hidden)),
		    "the directory is gone");
	else
		OK(!rename(buf_str(&hidden), buf_str(offsets)),
		    "the directory is back");
	buf_release(&hidden);
}

static void
test_taken_away(void)
{
	struct fixture fixture;

	begin(&fixture);
	plan(&fixture, 10, 5000, EXPORT_IN_TURN);
	exporter_write(fixture.exporter, 5000);
	plan(&fixture, 20, 5400, EXPORT_IN_TURN);
	exporter_write(fixture.exporter, 5400);
	exporter_drop_unknown(fixture.exporter, 5500);
	OK(exporter_owes(fixture.exporter, LOG, 90000,
		EXPORT_IN_TURN),
	    "what is not due yet stays owed");
	exporter_drop_unknown(fixture.exporter, 6100);
	exporter_write(fixture.exporter, 6100);
	IS_INT(exporter_due(fixture.exporter), 0,
	    "nothing is due for a log that no position came from");
	finish(&fixture);
}

static void
test_not_writable(void)
{
	struct fixture fixture;
	struct buf offsets = BUF_INIT;

	buf_addf(&offsets, "%s/offsets", dir);
	begin(&fixture);
	plan(&fixture, 50, 30000, EXPORT_IN_TURN);
	exporter_write(fixture.exporter, 30000);
	hide(&offsets, true);
	plan(&fixture, 60, 32000, EXPORT_IN_TURN);
	exporter_write(fixture.exporter, 32000);
	recorded_is(&fixture, "7 60|7 50", "the failed value is recorded");
	plan(&fixture, 70, 34000, EXPORT_IN_TURN);
	exporter_write(fixture.exporter, 34000);
	recorded_is(&fixture, "7 70|7 50",
	    "the value that is on disk stays known as ours");
	hide(&offsets, false);
	plan(&fixture, 80, 36000, EXPORT_IN_TURN);
	exporter_write(fixture.exporter, 36000);
	IS_STR(on_disk(), "7\n50\n", "it is tried less often the longer it fails");
	plan(&fixture, 80, 39000, EXPORT_IN_TURN);
	exporter_write(fixture.exporter, 39000);
	IS_STR(on_disk(), "7\n80\n", "it is written when it can be");
	OK(!exporter_owes(fixture.exporter, LOG, 90000,
		EXPORT_IN_TURN), "and no longer owed");
	buf_release(&offsets);
	finish(&fixture);
}

int
main(void)
{
	struct buf offsets = BUF_INIT;
	char *path;

	if (!mkdtemp(dir))
		return 99;
	buf_addf(&offsets, "%s/offsets", dir);
	if (mkdir(buf_str(&offsets), 0700))
		return 99;
	test_once_a_second();
	test_rolled_back();
	test_taken_away();
	test_not_writable();
	path = export_path(dir, LOG, false);
	unlink(path);
	rmdir(buf_str(&offsets));
	rmdir(dir);
	free(path);
	buf_release(&offsets);
	return tap_done();
}
