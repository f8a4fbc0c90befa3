/*
 * input_source: all logs of a configuration, while it runs.
 */
#include "config.h"

#include <sys/resource.h>

#include "source.h"

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
	OK(changed_are(source, ""), "the old one is remembered as it was");
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
	struct checkpoint empty = CHECKPOINT_INIT;
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

	setup.known[0] = true;
	next = open_source();
	source_restore(next, files_path("a.log"), &empty);
	turn(next, 0);
	OK(is(&got, "a.log:one|b.log:one|b.log:two|"),
	    "an empty position restores to the start");
	source_free(next);
}

static void
test_cut_and_budget(void)
{
	static char text[3000];
	struct follow_now both = {now, clock_stamp_ns()};
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
	more = source_turn(source, &both, 1);
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
test_carriage_returns(void)
{
	struct source *source;

	start_over();
	files_write("a.log", "one\r\n\r\ntwo\r\r\nth\rree\n");
	add_log("a.log", LOG_START_START, false, NULL);
	source = open_source();
	settle(source);
	OK(is(&got, "a.log:one|a.log:|a.log:two\r|a.log:th\rree|"),
	    "one carriage return before the newline is no part of a record");
	files_append("a.log", "fo");
	settle(source);
	files_append("a.log", "ur\r");
	settle(source);
	OK(is(&got, ""), "it does not end a line");
	files_append("a.log", "\n");
	settle(source);
	OK(is(&got, "a.log:four|"), "nor when the newline comes later");
	OK(changed_are(source, "a.log@26|"), "offsets count every byte");
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
	few.rlim_cur = 40;
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
	    "200 files are read with 40 descriptors");
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

	bool root = geteuid() == 0;

	start_over();
	if (root && (chown(files_dir, 65534, 65534) < 0 || seteuid(65534) < 0))
		exit(99);
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
	files_clear();
	if (root && seteuid(0) < 0)
		exit(99);
}

int
main(void)
{
	files_begin();
	test_first_sight();
	test_missing();
	test_no_files();
	test_twice();
	test_rotation();
	test_positions();
	test_cut_and_budget();
	test_carriage_returns();
	test_pauses();
	test_own_files();
	test_few_descriptors();
	test_new_directories();
	test_unreadable();
	return end_tests();
}
