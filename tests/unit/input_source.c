/*
 * input_source: all logs of a configuration, with a clock in the hand.
 *
 * Runs with whichever backend is linked: turn() asks as often as the clock
 * is moved, and a turn a second later sees everything with both.
 */
#include "config.h"

#include <sys/resource.h>

#include "base/buf.h"
#include "base/mem.h"
#include "input/source.h"
#include "files.h"
#include "tap.h"

static struct buf got;	     /* "NAME:TEXT|" for each record */
static struct buf notices;   /* "KIND NAME|" for each notice */
static struct buf positions; /* "NAME@OFFSET|" */
static struct buf states;
static struct err err;
static int64_t now = 100000;

static const char *const kinds[] = {
    [SOURCE_MISSING] = "missing",
    [SOURCE_APPEARED] = "appeared",
    [SOURCE_UNREADABLE] = "unreadable",
    [SOURCE_NOT_A_FILE] = "not-a-file",
    [SOURCE_ROTATED] = "rotated",
    [SOURCE_LOST] = "lost",
    [SOURCE_TRUNCATED] = "truncated",
    [SOURCE_VANISHED] = "vanished",
    [SOURCE_CUT_LINE] = "cut",
    [SOURCE_POLLING] = "polling",
};

static const char *
name_of(const char *path)
{
	return path + strlen(files_dir) + 1;
}

static void
on_record(void *arg, const struct record *record)
{
	(void)arg;
	buf_addf(&got, "%s:", name_of(record->log_path));
	buf_add_span(&got, record->text);
	buf_add_str(&got, record->cut ? "!" : record->partial ? "?" : "|");
	if (strlen(record->incarnation) != 32)
		buf_add_str(&got, "no incarnation");
}

static void
on_notice(
    void *arg, enum source_notice kind, const char *path, const char *text)
{
	(void)arg;
	if (kind == SOURCE_POLLING)
		return;
	buf_addf(&notices, "%s %s|", kinds[kind], name_of(path));
	if (!strstr(text, path))
		buf_add_str(&notices, "text without path|");
}

static void
on_position(void *arg, const struct source_position *position)
{
	(void)arg;
	buf_addf(&positions, "%s@%llu%s|", name_of(position->path),
	    (unsigned long long)position->live->offset,
	    position->previous ? "+" : "");
}

static void
on_file(void *arg, const struct source_file *file)
{
	(void)arg;
	buf_addf(&states, "%s %s %lld|", name_of(file->path),
	    !strcmp(file->state, "inotify") || !strcmp(file->state, "polling")
		? "read"
		: file->state,
	    (long long)file->size);
}

static const struct source_handler handler = {on_record, on_notice, NULL};

/* --- A configuration ---------------------------------------------------- */

#define LOGS_MAX 3

struct setup {
	struct log_settings settings[LOGS_MAX];
	struct setting_item items[LOGS_MAX], excludes[LOGS_MAX];
	struct source_log logs[LOGS_MAX];
	bool known[LOGS_MAX];
	size_t count;
};

static struct setup setup;

static void
clear_setup(void)
{
	for (size_t i = 0; i < setup.count; i++) {
		free(setup.items[i].text);
		free(setup.excludes[i].text);
	}
	setup = (struct setup){0};
}

static void
add_log(
    const char *pattern, enum log_start start, bool known, const char *exclude)
{
	size_t i = setup.count++;
	struct log_settings *settings = &setup.settings[i];

	setup.items[i].text = xstrdup(files_path(pattern));
	setup.known[i] = known;
	settings->path = (struct setting_list){&setup.items[i], 1};
	if (exclude) {
		setup.excludes[i].text = xstrdup(exclude);
		settings->exclude_path =
		    (struct setting_list){&setup.excludes[i], 1};
	}
	settings->start = (int)start;
	settings->max_line = 1024;
	setup.logs[i] = (struct source_log){
	    i ? "second" : "first", settings, &setup.known[i]};
}

static struct source *
open_source(void)
{
	struct source *source =
	    source_new(setup.logs, setup.count, handler, &err);

	OK(source != NULL, "a source can be made");
	return source;
}

static void
start_over(void)
{
	files_clear();
	clear_setup();
	buf_reset(&got);
	buf_reset(&notices);
}

/* One turn after the other until nothing is left, ms later. */
static void
turn(struct source *source, int64_t ms)
{
	now += ms;
	for (int i = 0; i < 100000 && source_turn(source, now, 64 * 1024); i++)
		;
}

/* Enough turns for discovery, polls and pauses. */
static void
settle(struct source *source)
{
	for (int i = 0; i < 3; i++)
		turn(source, 1000);
}

static bool
is(struct buf *buf, const char *want)
{
	bool same = !strcmp(buf_str(buf), want);

	if (!same)
		printf("#   got: %s\n#  want: %s\n", buf_str(buf), want);
	buf_reset(buf);
	return same;
}

static bool
changed_are(struct source *source, const char *want)
{
	buf_reset(&positions);
	source_positions_changed(source, on_position, NULL);
	return is(&positions, want);
}

static bool
states_are(struct source *source, const char *want)
{
	buf_reset(&states);
	source_files(source, on_file, NULL);
	return is(&states, want);
}

/* --- Tests -------------------------------------------------------------- */

static void
test_first_sight(void)
{
	struct source *source;

	start_over();
	files_write("a.log", "old\n");
	files_write("b.log", "old\n");
	files_write("c.log", "old\n");
	add_log("a.log", LOG_START_END, false, NULL);
	add_log("b.log", LOG_START_START, false, NULL);
	add_log("*.log", LOG_START_END, true, NULL);
	source = open_source();
	OK(source_due(source) <= now, "the first turn is due at once");
	turn(source, 0);
	OK(is(&got, "b.log:old|c.log:old|"),
	    "a new pattern's file begins as start says, a known one's at its "
	    "first byte");
	files_append("a.log", "new\n");
	files_write("d.log", "whole\n");
	settle(source);
	OK(is(&got, "a.log:new|d.log:whole|"),
	    "one that appears later is read from its start");
	OK(is(&notices, "appeared d.log|"), "and that is told");
	source_free(source);
}

static void
test_missing(void)
{
	struct source *source;

	start_over();
	add_log("sub/x.log", LOG_START_END, false, NULL);
	add_log("*.txt", LOG_START_END, false, NULL);
	source = open_source();
	settle(source);
	OK(is(&notices, "missing *.txt|missing sub/x.log|"),
	    "what is missing is told once");
	files_mkdir("sub");
	settle(source);
	files_write("sub/x.log", "here\n");
	settle(source);
	OK(is(&got, "sub/x.log:here|"), "and read when it is there");
	OK(is(&notices, "appeared sub/x.log|"), "which is told once");
	OK(states_are(source, "sub/x.log read 5|"), "status shows it");
	unlink(files_path("sub/x.log"));
	turn(source, 11000);
	turn(source, 11000);
	turn(source, 11000);
	OK(is(&notices, "vanished sub/x.log|"), "so is its end, once");
	OK(states_are(source, "sub/x.log vanished -1|"), "status shows that");
	source_free(source);
}

static void
test_no_files(void)
{
	struct source *source;

	start_over();
	files_mkdir("dir.log");
	files_write("ok.log", "x\n");
	mkfifo(files_path("fifo.log"), 0600);
	add_log("dir.log", LOG_START_START, false, NULL);
	add_log("*.log", LOG_START_START, false, NULL);
	source = open_source();
	settle(source);
	OK(is(&got, "ok.log:x|"), "a wildcard takes regular files only");
	OK(is(&notices, "not-a-file dir.log|"),
	    "a directory by name is refused, once");
	OK(rmdir(files_path("dir.log")) == 0, "it goes");
	files_write("dir.log", "now\n");
	settle(source);
	OK(is(&got, "dir.log:now|"), "a file in its place is read");
	source_free(source);
}

static void
test_what_is_a_log(void)
{
	struct source *source;

	start_over();
	files_write("app.log", "a\n");
	files_write("app.log.1", "older\n");
	files_write("app.log.2.gz", "gz\n");
	files_write("app.log.offset", "1\n2\n");
	files_write(".app.log.offset.abcdef", "1\n2\n");
	files_put("wtmp", "x\0y\n", 4, O_TRUNC);
	files_write("skip.tmp", "t\n");
	files_write("exact.gz", "exact\n");
	add_log("exact.gz", LOG_START_START, false, NULL);
	add_log("*", LOG_START_START, false, "*.tmp");
	source = open_source();
	settle(source);
	OK(is(&got, "exact.gz:exact|app.log:a|"),
	    "generations, compressed, binary, excluded files and our own are "
	    "no logs unless named");
	files_rename("app.log.1", "app.log.2");
	files_append("app.log", "b\n");
	files_rename("app.log", "app.log.1");
	settle(source);
	OK(is(&got, "app.log:b|"),
	    "a generation is none either while its log is away");
	files_write("app.log", "c\n");
	settle(source);
	OK(is(&got, "app.log:c|"), "nor when it is back");
	source_free(source);
}

static void
test_twice(void)
{
	struct source *source;

	start_over();
	files_write("a.log", "one\n");
	if (link(files_path("a.log"), files_path("b.log")) < 0 ||
	    symlink(files_path("a.log"), files_path("c.log")) < 0)
		exit(99);
	add_log("a.log", LOG_START_START, false, NULL);
	add_log("*.log", LOG_START_START, false, NULL);
	source = open_source();
	settle(source);
	OK(is(&got, "a.log:one|"), "a file with three names is read once");
	unlink(files_path("c.log"));
	files_append("a.log", "two\n");
	settle(source);
	unlink(files_path("a.log"));
	turn(source, 100);
	files_append("b.log", "three\n");
	for (int i = 0; i < 5; i++)
		turn(source, 61000);
	OK(is(&got, "a.log:two|a.log:three|"),
	    "and on when that name goes away");
	source_free(source);
}

static void
test_moved_to_no_known_name(void)
{
	struct source *source;

	start_over();
	files_write("app.log", "one\n");
	add_log("*.log", LOG_START_START, false, NULL);
	source = open_source();
	settle(source);
	files_rename("app.log", "saved.log");
	files_write("app.log", "two\n");
	for (int i = 0; i < 5; i++)
		turn(source, 11000);
	OK(is(&got, "app.log:one|app.log:two|"),
	    "a log moved to a name that matches is not read again");
	source_free(source);
}

static void
test_rotation(void)
{
	struct source *source;

	start_over();
	files_write("app.log", "");
	add_log("app.log", LOG_START_END, false, NULL);
	source = open_source();
	settle(source);
	buf_reset(&notices);
	files_append("app.log", "one\n");
	files_rename("app.log", "app.log.1");
	files_write("app.log", "two\n");
	settle(source);
	OK(is(&got, "app.log:one|app.log:two|") &&
		is(&notices, "rotated app.log|"),
	    "a rotation is followed");
	files_append("app.log.1", "late\n");
	files_append("app.log", "three\n");
	settle(source);
	OK(is(&got, "app.log:late|app.log:three|"),
	    "late lines of the old file come");
	OK(changed_are(source, "app.log@10+|"),
	    "there are two positions to store");
	source_positions_stored(source);
	turn(source, 20000);
	turn(source, 20000);
	OK(changed_are(source, "app.log@10|"),
	    "and one when the old file is done with");
	files_write("app.log", "new\n");
	settle(source);
	OK(is(&notices, "truncated app.log|") && is(&got, "app.log:new|"),
	    "a truncation is told");
	source_free(source);
}

static void
test_positions(void)
{
	struct source *source;
	struct position live;
	struct source *next;

	start_over();
	files_write("a.log", "one\n");
	files_write("b.log", "one\n");
	add_log("*.log", LOG_START_START, false, NULL);
	source = open_source();
	settle(source);
	OK(changed_are(source, "a.log@4|b.log@4|"), "what was read changed");
	OK(changed_are(source, "a.log@4|b.log@4|"), "until it is stored");
	files_append("b.log", "two\n");
	settle(source);
	source_positions_stored(source);
	OK(changed_are(source, "b.log@8|"),
	    "what was read after the snapshot stays changed");
	source_positions_stored(source);
	OK(changed_are(source, ""), "then nothing is");
	OK(source_seek(source, files_path("a.log"), 0, &err) == 0,
	    "a position can be moved");
	OK(changed_are(source, "a.log@0|"), "and that is a change");
	buf_reset(&got);
	settle(source);
	OK(is(&got, "a.log:one|"), "its lines come again");
	OK(source_seek(source, files_path("none"), 0, &err) < 0 &&
		strstr(err.text, "not followed"),
	    "an unknown path cannot");
	source_free(source);

	memset(&live, 0, sizeof(live));
	setup.known[0] = true;
	next = open_source();
	source_restore(next, files_path("a.log"), &live, NULL);
	turn(next, 0);
	OK(is(&got, "a.log:one|b.log:one|b.log:two|"),
	    "an empty position restores to the start");
	source_free(next);
}

static struct position kept;

static void
keep(void *arg, const struct source_position *position)
{
	(void)arg;
	kept = *position->live;
}

static void
test_restore(void)
{
	struct source *source;

	start_over();
	files_write("a.log", "one\n");
	add_log("a.log", LOG_START_START, false, NULL);
	source = open_source();
	settle(source);
	source_positions_all(source, keep, NULL);
	source_free(source);
	buf_reset(&got);
	files_append("a.log", "two\n");
	files_rename("a.log", "a.log.1");
	files_write("a.log", "three\n");
	source = open_source();
	source_restore(source, files_path("a.log"), &kept, NULL);
	turn(source, 0);
	OK(is(&got, "a.log:two|a.log:three|"),
	    "a restart goes on where it was, across a rotation, whatever "
	    "start says");
	source_free(source);
}

#define KEPT_MAX 8

/* What a store would hold. */
static struct {
	struct {
		char path[256];
		struct position live, previous;
		bool has_previous;
	} rows[KEPT_MAX];
	size_t count;
} store;

static void
store_row(void *arg, const struct source_position *position)
{
	size_t i = store.count++;

	(void)arg;
	snprintf(store.rows[i].path, sizeof(store.rows[i].path), "%s",
	    position->path);
	store.rows[i].live = *position->live;
	store.rows[i].has_previous = position->previous != NULL;
	if (position->previous)
		store.rows[i].previous = *position->previous;
}

/* Only what says that it has changed is stored, as ctaild does. */
static void
stop(struct source *source)
{
	store.count = 0;
	source_positions_changed(source, store_row, NULL);
	source_free(source);
	buf_reset(&got);
	buf_reset(&notices);
}

static struct source *
start_again(void)
{
	struct source *source;

	setup.known[0] = true;
	source = open_source();
	for (size_t i = 0; i < store.count; i++)
		source_restore(source, store.rows[i].path, &store.rows[i].live,
		    store.rows[i].has_previous ? &store.rows[i].previous
					       : NULL);
	return source;
}

static void
test_rotated_while_stopped(void)
{
	struct source *source;

	start_over();
	files_write("app.log", "one\n");
	add_log("*.log", LOG_START_START, false, NULL);
	source = open_source();
	settle(source);
	stop(source);
	files_append("app.log", "two\n");
	files_rename("app.log", "app.1.log");
	source = start_again();
	settle(source);
	OK(is(&got, "app.log:two|"),
	    "a generation whose log is not back yet is read on, not again");
	files_write("app.log", "three\n");
	settle(source);
	OK(is(&got, "app.log:three|"), "nor when the log is back");
	stop(source);
}

static void
test_renamed_while_stopped(void)
{
	struct source *source;

	start_over();
	files_write("b.log", "one\n");
	add_log("*.log", LOG_START_START, false, NULL);
	source = open_source();
	settle(source);
	stop(source);
	files_append("b.log", "two\n");
	files_rename("b.log", "a.log");
	source = start_again();
	settle(source);
	OK(is(&got, "a.log:two|"),
	    "a file renamed to another log's name is read on");
	stop(source);
	source = start_again();
	settle(source);
	OK(is(&got, ""), "and is known by that name at the next start");
	stop(source);
}

/* The other name takes over what the first one has drained. */
static void
test_second_name_takes_over(void)
{
	struct source *source;

	start_over();
	files_write("app.log", "one\n");
	add_log("*.log", LOG_START_START, false, NULL);
	source = open_source();
	settle(source);
	files_rename("app.log", "saved.log");
	files_write("app.log", "two\n");
	settle(source);
	files_append("saved.log", "late\n");
	settle(source);
	OK(is(&got, "app.log:one|app.log:two|app.log:late|"),
	    "a writer that is late is still heard");
	turn(source, 11000);
	turn(source, 11000);
	files_append("saved.log", "later\n");
	for (int i = 0; i < 5; i++)
		turn(source, 61000);
	OK(is(&got, "saved.log:later|"), "then its lines come once only");
	stop(source);
	source = start_again();
	settle(source);
	OK(is(&got, ""), "and the store knows both");
	stop(source);
}

static void
test_cut_and_budget(void)
{
	static char text[3000];
	struct source *source;
	bool more;

	start_over();
	memset(text, 'x', 2000);
	memcpy(text + 2000, "\nnext\n", 7);
	files_write("a.log", text);
	files_append("a.log", text);
	files_write("b.log", "b\n");
	add_log("*.log", LOG_START_START, false, NULL);
	source = open_source();
	more = source_turn(source, now, 1);
	OK(more, "a small budget leaves more to read");
	OK(source_due(source) <= now, "which is due at once");
	settle(source);
	OK(is(&notices, "cut a.log|"),
	    "a line that is cut is told once a file");
	OK(strstr(buf_str(&got), "a.log:next|") &&
		strstr(buf_str(&got), "b.log:b|"),
	    "all is read in the end");
	source_free(source);
}

static void
test_pauses(void)
{
	struct source *source;
	int64_t due;

	start_over();
	files_write("a.log", "");
	add_log("a.log", LOG_START_END, false, NULL);
	source = open_source();
	settle(source);
	due = source_due(source);
	if (source_fd(source) >= 0) {
		OK(due > now + 10000 && due <= now + 60000,
		    "idle, only the sweep is due");
		files_append("a.log", "one\n");
		turn(source, 1000);
		OK(is(&got, "a.log:one|"),
		    "the first hint is answered at once");
		OK(!source_listening(source) && source_due(source) == now + 5,
		    "then there is a pause");
		files_append("a.log", "two\n");
		turn(source, 1);
		OK(is(&got, ""), "in which a file is not looked at");
		turn(source, 4);
		OK(is(&got, "a.log:two|"), "but after it");
	} else {
		OK(due <= now + 1000, "without hints every second is due");
	}
	source_free(source);
}

static void
test_own_files(void)
{
	struct source *source;

	start_over();
	files_write("a.log", "");
	add_log("*", LOG_START_END, false, NULL);
	source = open_source();
	settle(source);
	files_write(".a.log.offset.x1y2z3", "1\n2\n");
	files_rename(".a.log.offset.x1y2z3", "a.log.offset");
	turn(source, 100);
	OK(source_fd(source) < 0 || source_due(source) > now + 5,
	    "our own offset file does not make us turn again");
	settle(source);
	OK(is(&got, "") && changed_are(source, "a.log@0|"), "nor is it a log");
	source_free(source);
}

static void
test_few_descriptors(void)
{
	struct rlimit old, few;
	struct source *source;
	char name[32];
	struct buf want = BUF_INIT;

	start_over();
	getrlimit(RLIMIT_NOFILE, &old);
	few = old;
	few.rlim_cur = 64 + 20;
	add_log("*.log", LOG_START_START, false, NULL);
	for (int i = 100; i < 300; i++) {
		snprintf(name, sizeof(name), "%d.log", i);
		files_write(name, "one\n");
	}
	setrlimit(RLIMIT_NOFILE, &few);
	source = open_source();
	settle(source);
	buf_reset(&got);
	for (int i = 100; i < 300; i++) {
		snprintf(name, sizeof(name), "%d.log", i);
		files_append(name, "two\n");
		buf_addf(&want, "%s:two|", name);
	}
	turn(source, 61000);
	settle(source);
	setrlimit(RLIMIT_NOFILE, &old);
	IS_INT((long long)got.len, (long long)want.len,
	    "200 files are read with 20 descriptors");
	OK(is(&notices, ""), "with nothing to complain about");
	source_free(source);
	buf_release(&want);
}

static void
test_new_directories(void)
{
	struct source *source;

	start_over();
	files_mkdir("srv");
	add_log("srv/*/log/*.log", LOG_START_END, false, NULL);
	source = open_source();
	settle(source);
	buf_reset(&notices);
	files_mkdir("srv/x");
	files_mkdir("srv/x/log");
	files_write("srv/x/log/a.log", "one\n");
	settle(source);
	OK(is(&got, "srv/x/log/a.log:one|"),
	    "directories that appear are looked into");
	files_write("srv/x/log/b.log", "two\n");
	settle(source);
	OK(is(&got, "srv/x/log/b.log:two|"), "and watched");
	unlink(files_path("srv/x/log/a.log"));
	unlink(files_path("srv/x/log/b.log"));
	rmdir(files_path("srv/x/log"));
	rmdir(files_path("srv/x"));
	for (int i = 0; i < 5; i++) {
		turn(source, 61000);
		source_positions_changed(source, on_position, NULL);
		source_positions_stored(source);
	}
	OK(states_are(source, ""), "files of a wildcard that go are forgotten");
	files_mkdir("srv/x");
	files_mkdir("srv/x/log");
	files_write("srv/x/log/a.log", "again\n");
	settle(source);
	OK(is(&got, "srv/x/log/a.log:again|"), "and new when they come back");
	source_free(source);
}

static void
test_unreadable(void)
{
	struct source *source;

	if (geteuid() == 0) {
		tap_skip("an unreadable file", "root may read everything");
		return;
	}
	start_over();
	files_write("a.log", "one\n");
	chmod(files_path("a.log"), 0);
	add_log("a.log", LOG_START_START, false, NULL);
	source = open_source();
	settle(source);
	OK(is(&notices, "unreadable a.log|"),
	    "an unreadable file is told once");
	chmod(files_path("a.log"), 0600);
	settle(source);
	OK(is(&got, "a.log:one|"), "and read when it may be");
	source_free(source);

	start_over();
	files_write("a.log", "old\n");
	chmod(files_path("a.log"), 0);
	add_log("a.log", LOG_START_END, false, NULL);
	source = open_source();
	settle(source);
	chmod(files_path("a.log"), 0600);
	files_append("a.log", "new\n");
	settle(source);
	OK(is(&got, "a.log:new|"),
	    "one that begins at its end loses nothing meanwhile");
	source_free(source);
}

int
main(void)
{
	files_begin();
	test_first_sight();
	test_missing();
	test_no_files();
	test_what_is_a_log();
	test_twice();
	test_moved_to_no_known_name();
	test_rotation();
	test_positions();
	test_restore();
	test_rotated_while_stopped();
	test_renamed_while_stopped();
	test_second_name_takes_over();
	test_cut_and_budget();
	test_pauses();
	test_own_files();
	test_few_descriptors();
	test_new_directories();
	test_unreadable();
	clear_setup();
	buf_release(&got);
	buf_release(&notices);
	buf_release(&positions);
	buf_release(&states);
	files_end();
	return tap_done();
}
