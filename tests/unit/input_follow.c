/*
 * input_follow: one file across rotation and truncation, with a clock in the
 * hand.
 */
#include "config.h"

#include "follow_driver.h"
#include "input/watch.h"

static void
test_growing(void)
{
	struct follow *follow = begin("one\ntwo\n");

	OK(got_is("one|two|"), "a file is read from its start");
	OK(look_all(follow) == FOLLOW_EOF && got_is(""),
	    "then it is at its end");
	files_append("log", "thr");
	OK(look_all(follow) == FOLLOW_EOF && got_is(""),
	    "an open line is not delivered");
	files_append("log", "ee\nfour");
	OK(look_all(follow) == FOLLOW_EOF && got_is("three|"),
	    "and whole when it is complete");
	IS_INT(follow_position(follow)->offset, 14,
	    "the position is behind the last newline");
	follow = restart(follow);
	files_append("log", "!\n");
	look_all(follow);
	OK(got_is("four!|"), "a restart goes on there");
	follow_close(follow);
	files_append("log", "five\n");
	look_all(follow);
	OK(got_is("five|"), "so does a follow that was closed");
	follow_free(follow);
}

static void
test_fingerprints(void)
{
	struct follow *follow = begin("0123456789\n");
	struct fingerprint print;
	char text[3001];

	IS_INT(follow_position(follow)->head.len, 11,
	    "the head is what was consumed so far");
	memset(text, 'x', sizeof(text));
	for (size_t i = 99; i < sizeof(text); i += 100)
		text[i] = '\n';
	text[3000] = '\0';
	files_append("log", text);
	look_all(follow);
	IS_INT(follow_position(follow)->head.len, POSITION_PRINT,
	    "it grows to 1 KiB");
	IS_INT(follow_position(follow)->tail.len, POSITION_PRINT,
	    "and so does the tail");
	fingerprint_take(
	    &print, span_of(text + 3000 - POSITION_PRINT, POSITION_PRINT));
	OK(fingerprint_equal(&print, &follow_position(follow)->tail),
	    "which is of the last bytes before the offset");
	follow_free(follow);
}

static void
test_truncation(void)
{
	struct follow *follow = begin("one\ntwo\n");
	char before[33];

	memcpy(before, follow_position(follow)->incarnation, sizeof(before));
	OK(strlen(before) == 32, "a file's life has a name");
	files_write("log", "new\n");
	OK(look_all(follow) == FOLLOW_TRUNCATED && got_is("new|"),
	    "a shorter file is begun anew");
	OK(strstr(told_err.text, "rewritten"), "and it is said");
	OK(strcmp(before, follow_position(follow)->incarnation) != 0,
	    "with a new name for its life");
	files_write("log", "much longer than before\nand more\n");
	OK(look_all(follow) == FOLLOW_TRUNCATED &&
		got_is("much longer than before|and more|"),
	    "one that grew past the offset since is seen too");
	files_write("log", "MUCH longer than before\nand more\n");
	OK(look_all(follow) == FOLLOW_TRUNCATED &&
		got_is("MUCH longer than before|and more|"),
	    "and one rewritten in place to the same size");
	files_write("log", "");
	OK(look_all(follow) == FOLLOW_TRUNCATED && got_is(""),
	    "an emptied one");
	OK(look_all(follow) == FOLLOW_EOF, "is told once");
	follow_free(follow);
}

static void
test_rename(void)
{
	struct follow *follow = begin("one\n");
	FILE *writer = fopen(files_path("log"), "a");

	files_append("log", "two\n");
	files_rename("log", "log.1");
	files_write("log", "new1\n");
	OK(look_all(follow) == FOLLOW_ROTATED && got_is("two|new1|"),
	    "a rename: the rest of the old file, then the new one");
	OK(follow_generation(follow, 1) != NULL, "the old one is kept");
	OK(follow_is_behind(follow) && follow_due(follow) >= 0,
	    "and looked at again");
	fputs("late\n", writer);
	fflush(writer);
	files_append("log", "new2\n");
	now += 1000;
	look_all(follow);
	OK(got_is("late|new2|"), "late lines of it come first");
	fputs("torn", writer);
	fflush(writer);
	now += 9999;
	look_all(follow);
	OK(got_is(""), "its open line waits");
	now += FOLLOW_ROTATE_WAIT_MS - 1;
	look_all(follow);
	OK(got_is(""), "until it has been quiet long enough");
	now += 1;
	look_all(follow);
	OK(got_is("torn?"), "then it is delivered as partial");
	OK(!follow_is_behind(follow) && follow_due(follow) < 0,
	    "and the old file is not waited for any more");
	fputs(" late\nvery late\n", writer);
	fflush(writer);
	files_append("log", "new3\n");
	look_all(follow);
	OK(got_is("new3|"), "the new one goes on");
	now += 60000;
	look_all(follow);
	OK(got_is(" late|very late|"),
	    "but a minute later even the latest line is found");
	fclose(writer);
	now += FOLLOW_REMEMBER_MS;
	files_append("log.1", "after a day\n");
	look_all(follow);
	now += 60000;
	look_all(follow);
	OK(got_is(""), "after a day without change nobody looks any more");
	follow_free(follow);
}

static void
test_restart_while_draining(void)
{
	struct follow *follow = begin("one\n");

	files_rename("log", "log.1");
	files_write("log", "new1\n");
	look_all(follow);
	follow = restart(follow);
	files_append("log.1", "late\nto");
	files_rename("log.1", "log.2");
	files_append("log", "new2\n");
	look_all(follow);
	OK(got_is("late|new2|"),
	    "both positions survive a restart, and another rename");
	follow = restart(follow);
	look_all(follow);
	OK(got_is(""), "a line that is not complete is still waited for");
	follow = restart(follow);
	long_ago("log.2");
	files_append("log.2", "rn");
	look_all(follow);
	OK(got_is(""), "while it grows");
	now += FOLLOW_ROTATE_WAIT_MS + 1;
	look_all(follow);
	OK(got_is("torn?") && !follow_is_behind(follow),
	    "and comes when it is quiet");
	follow = restart(follow);
	look_all(follow);
	OK(got_is(""), "once");
	files_append("log.2", "end\n");
	follow = restart(follow);
	look_all(follow);
	OK(got_is("end|"), "what a run finds in it later is read");
	follow_free(follow);
}

static void
test_previous_is_gone(void)
{
	struct follow *follow = begin("one\n");

	files_rename("log", "log.1");
	files_write("log", "two\n");
	look_all(follow);
	unlink(files_path("log.1"));
	follow = restart(follow);
	IS_INT(look_all(follow), FOLLOW_EOF,
	    "an old file that was read to its end may go without a word");
	follow_free(follow);

	follow = begin("one\n");
	files_append("log", "two\ntorn");
	files_rename("log", "log.1");
	files_write("log", "three\n");
	look_all(follow);
	unlink(files_path("log.1"));
	follow = restart(follow);
	IS_INT(look_all(follow), FOLLOW_GAP,
	    "one that goes with an incomplete line is told");
	OK(err_says(&told_err, "4 bytes") && err_says(&told_err, "offset 8"),
	    "with what is lost and where");
	IS_INT(follow_gaps(follow).bytes, 4, "which is counted");
	IS_INT(look_all(follow), FOLLOW_EOF, "once");
	follow = restart(follow);
	IS_INT(look_all(follow), FOLLOW_EOF, "also after a restart");
	follow_free(follow);
}

static void
test_chain(void)
{
	struct follow *follow = begin("one\n");

	files_append("log", "two\n");
	files_rename("log", "log.3");
	files_write("log.2", "three\n");
	files_write("log.1", "four\nopen");
	files_write("log", "five\n");
	follow = restart(follow);
	OK(look_all(follow) == FOLLOW_ROTATED && got_is("two|three|four|five|"),
	    "down over three rotations: every generation in order");
	now += FOLLOW_ROTATE_WAIT_MS;
	look_all(follow);
	OK(got_is("open?"), "the open line of the newest old one comes later");
	OK(follow_due(follow) < 0, "then all is quiet");
	follow_free(follow);

	follow = begin("one\n");
	files_append("log", "two\nopen");
	files_rename("log", "log.2");
	long_ago("log.2");
	files_write("log.1", "three\n");
	files_write("log", "four\n");
	follow = restart(follow);
	look_all(follow);
	OK(got_is("two|open?three|four|"),
	    "an open line of a file that was quiet when the run began comes in "
	    "its place");
	follow_free(follow);

	follow = begin("one\n");
	files_append("log", "two\nopen");
	files_rename("log", "log.2");
	files_write("log.1", "three\n");
	files_write("log", "four\n");
	look_all(follow);
	OK(got_is("two|three|four|"),
	    "two rotations at once: both old files are listened to");
	files_append("log.2", " line\nlate\n");
	files_append("log.1", "later\n");
	look_all(follow);
	OK(got_is("open line|late|later|"),
	    "and late writers in both are heard");
	follow_free(follow);
}

static void
test_not_found(void)
{
	struct follow *follow = begin("one\n");

	files_rename("log", "gone");
	files_write("log", "other\n");
	follow = restart(follow);
	buf_reset(&got);
	OK(look(follow) == FOLLOW_GAP && err_says(&err, "may be lost") &&
		err_says(&err, "Resetting"),
	    "no generation to be found: lines may be lost, and it is said");
	OK(look(follow) == FOLLOW_ROTATED, "then it goes on");
	look_all(follow);
	OK(got_is("other|"), "the file is read from its start");
	IS_INT(follow_gaps(follow).count, 1, "one gap");
	follow_free(follow);

	follow = begin("one\n");
	files_rename("log", "log.1");
	files_append("log.1", "two\n");
	follow = restart(follow);
	OK(look_all(follow) == FOLLOW_EOF && got_is("two|"),
	    "no log but its rotated file: that is read");
	follow = restart(follow);
	long_ago("log.1");
	OK(look_all(follow) == FOLLOW_GONE && got_is(""),
	    "when it has been quiet there is nothing to wait for");
	files_write("log", "three\n");
	follow = restart(follow);
	OK(look_all(follow) == FOLLOW_ROTATED && got_is("three|"),
	    "and the new log comes next");
	follow_free(follow);
}

static void
test_stale_sibling(void)
{
	struct follow *follow;

	files_clear();
	files_write("log.1", "of last week, and long enough to be taken\n");
	long_ago("log.1");
	files_write("log", "one\ntwo\n");
	follow = follow_new(files_path("log"), &options, NULL);
	look_all(follow);
	OK(got_is("one|two|"), "older generations are not read at first sight");
	files_write("log", "new\n");
	OK(look_all(follow) == FOLLOW_TRUNCATED && got_is("new|"),
	    "a stale .1 is not replayed after a truncation");
	files_write("log", "");
	look_all(follow);
	files_append("log", "newer\n");
	follow = restart(follow);
	look_all(follow);
	OK(got_is("newer|"), "nor after a restart");
	follow_free(follow);
}

static void
test_gone(void)
{
	struct follow *follow = begin("one\nopen");

	OK(unlink(files_path("log")) == 0 && look_all(follow) == FOLLOW_EOF,
	    "an unlinked file is not given up at once");
	OK(follow_due(follow) >= 0, "but looked at again");
	now += FOLLOW_ROTATE_WAIT_MS;
	OK(look_all(follow) == FOLLOW_GONE && got_is("open?"),
	    "then its open line comes and it is gone");
	OK(!follow_is_open(follow) && !follow_is_behind(follow) &&
		follow_due(follow) < 0,
	    "and the descriptor with it");
	OK(look_all(follow) == FOLLOW_GONE, "it stays gone");
	files_write("log", "new\n");
	OK(look_all(follow) == FOLLOW_EOF && got_is("new|"),
	    "until a new one is there");
	IS_INT(follow_gaps(follow).count, 0, "nothing was lost");
	follow_free(follow);
	follow = begin(NULL);
	OK(look_all(follow) == FOLLOW_GONE, "one that never was is gone");
	files_mkdir("log");
	OK(look_all(follow) == FOLLOW_UNREADABLE &&
		strstr(err.text, "directory"),
	    "a directory cannot be read");
	rmdir(files_path("log"));
	OK(mkfifo(files_path("log"), 0600) == 0 &&
		look_all(follow) == FOLLOW_UNREADABLE,
	    "nor can a FIFO, without blocking");
	unlink(files_path("log"));
	files_write("log", "at last\n");
	look_all(follow);
	OK(got_is("at last|"), "what comes after them is read");
	follow_free(follow);
}

static void
test_moved_without_successor(void)
{
	struct follow *follow = begin("one\n");

	files_rename("log", "log.1");
	now += FOLLOW_ROTATE_WAIT_MS;
	look_all(follow);
	now += FOLLOW_ROTATE_WAIT_MS;
	OK(look_all(follow) == FOLLOW_GONE && follow_is_open(follow),
	    "a file that was only moved away stays open");
	files_append("log.1", "two\n");
	look_all(follow);
	OK(got_is("two|"), "and is read on");
	files_rename("log.1", "log");
	OK(look_all(follow) == FOLLOW_EOF && got_is(""),
	    "it may come back under its name");
	files_append("log", "three\n");
	look_all(follow);
	OK(got_is("three|"), "with nothing read twice");
	follow_free(follow);
}

static void
test_come_back(void)
{
	struct follow *follow = begin("one\n");

	files_rename("log", "log.1");
	files_write("log", "new\n");
	look_all(follow);
	files_rename("log", "log.new");
	files_rename("log.1", "log");
	files_append("log", "two\n");
	look_all(follow);
	OK(got_is("two|"), "the old file put back is not read again");
	follow_free(follow);
}

static void
put_at(const char *name, off_t offset, const char *text)
{
	int fd = open(files_path(name), O_WRONLY);

	OK(pwrite(fd, text, strlen(text), offset) == (ssize_t)strlen(text),
	    "a writer without O_APPEND goes on where it was");
	close(fd);
}

static void
test_holes(void)
{
	struct follow *follow = begin("one\n");

	files_write("log", "");
	look_all(follow);
	put_at("log", 5000001, "behind\n");
	look_all(follow);
	OK(got_is("behind|"), "the hole it leaves is skipped");
	IS_INT(follow_position(follow)->offset, 5000008, "offsets count it");
	files_append("log", "more\n");
	look_all(follow);
	OK(got_is("more|"), "and reading goes on");
	put_at("log", 9000000, "again\n");
	files_append("log", "x\n");
	look_all(follow);
	OK(got_is("again|x|"), "in the middle of a file too");
	OK(truncate(files_path("log"), 20000000) == 0 &&
		look_all(follow) == FOLLOW_EOF && got_is(""),
	    "a hole with nothing behind it is waited for");
	follow_free(follow);
}

static void
test_long_lines(void)
{
	static char line[300000];
	struct follow *follow = begin("");

	memset(line, 'y', sizeof(line) - 1);
	files_append("log", line);
	look_all(follow);
	if (take_extents) {
		OK(got.len == 0, "a long line is waited for as a whole");
		files_append("log", "z\n");
		look_all(follow);
		OK(got.len == sizeof(line) + 1, "and handed out as a whole");
		follow_free(follow);
		return;
	}
	OK(got.len == MAX_LINE + 1 && got.data[MAX_LINE] == '!',
	    "a line that is too long is cut before it ends");
	OK(follow_position(follow)->skipping, "its rest is skipped");
	follow = restart(follow);
	files_append("log", line);
	files_append("log", "z\nshort\n");
	look_all(follow);
	OK(got_is("short|"), "across a restart too");
	follow_free(follow);
}

static void
test_seek(void)
{
	struct follow *follow = begin("one\ntwo\nopen");

	OK(follow_seek(follow, UINT64_MAX, &err) == 0 &&
		look_all(follow) == FOLLOW_EOF && got_is(""),
	    "at the end there is nothing");
	files_append("log", "ed\n");
	look_all(follow);
	OK(got_is("opened|"), "the line that was being written is whole");
	OK(follow_seek(follow, 4, &err) == 0, "an offset can be gone to");
	look_all(follow);
	OK(got_is("two|opened|"), "and read on from");
	OK(follow_seek(follow, 1000000, &err) == 0 &&
		follow_position(follow)->offset == 15,
	    "behind the end is the end");
	files_write("log", "x\n");
	OK(look_all(follow) == FOLLOW_TRUNCATED && got_is("x|"),
	    "a truncation after it is seen");
	unlink(files_path("log"));
	OK(follow_seek(follow, 0, &err) < 0, "without a file it fails");
	follow_free(follow);
}

static void
test_device_renumbered(void)
{
	struct checkpoint checkpoint;
	struct follow *follow = begin("one\n");

	follow_checkpoint(follow, &checkpoint);
	follow_free(follow);
	checkpoint.position.dev += 1;
	files_append("log", "two\n");
	follow = follow_new(files_path("log"), &options, &checkpoint);
	OK(look_all(follow) == FOLLOW_EOF && got_is("two|"),
	    "another device number after a reboot does not matter");
	follow_free(follow);
	files_rename("log", "log.1");
	files_write("log", "three\n");
	follow = follow_new(files_path("log"), &options, &checkpoint);
	look_all(follow);
	OK(got_is("two|three|"), "nor when the log was rotated meanwhile");
	follow_free(follow);
	checkpoint_release(&checkpoint);
}

/* What a damaged database may hold. */
static void
test_hostile_positions(void)
{
	struct checkpoint checkpoint;
	struct position *position = &checkpoint.position;
	struct follow *follow = begin("one\n");

	follow_checkpoint(follow, &checkpoint);
	follow_free(follow);
	position->tail.len = 60000;
	memset(position->incarnation, 'x', sizeof(position->incarnation));
	follow = follow_new(files_path("log"), &options, &checkpoint);
	OK(look_all(follow) == FOLLOW_EOF,
	    "a fingerprint longer than can be is none");
	follow_free(follow);
	position->offset = UINT64_MAX;
	follow = follow_new(files_path("log"), &options, &checkpoint);
	look_all(follow);
	OK(got_is("one|"), "an offset that cannot be is none");
	follow_free(follow);
	position->offset = 2;
	position->tail.len = position->head.len = 1000;
	follow = follow_new(files_path("log"), &options, &checkpoint);
	look_all(follow);
	OK(got_is("e|"), "nor a fingerprint of more than was read");
	follow_free(follow);
	checkpoint_release(&checkpoint);
}

static void
test_many_rotations(void)
{
	struct follow *follow = begin("0\n");
	char text[32], from[32], to[32];
	bool right = true;

	for (int i = 1; i < 40; i++) {
		for (int n = i; n > 0; n--) {
			snprintf(from, sizeof(from), "log.%d", n);
			snprintf(to, sizeof(to), "log.%d", n + 1);
			rename(files_path(from), files_path(to));
		}
		files_rename("log", "log.1");
		files_append("log.1", "late\n");
		snprintf(text, sizeof(text), "%d\n", i);
		files_write("log", text);
		look_all(follow);
		snprintf(text, sizeof(text), "late|%d|", i);
		right = right && got_is(text);
		now += 10;
	}
	OK(right, "many rotations in a short time lose and repeat nothing");
	follow_free(follow);
}

/* As a process that ends: the log's time of change lies in the past. */
static enum follow_verdict
look_once(struct follow *follow)
{
	struct follow_now when = driver_now();
	struct follow_extent extent;
	struct span bytes;

	when.wall_ns += 5000000000;
	return follow_extent(follow, &shared, &when, &extent, &bytes, &err);
}

static void
test_unchanged(void)
{
	struct follow *follow;

	if (strcmp(watch_backend(), "inotify") != 0) {
		tap_skip("an unchanged log is not opened",
		    "what is polled is always looked into");
		return;
	}
	follow = begin("one\n");
	options.once = true;
	look_all(follow);
	OK(look_once(follow) == FOLLOW_EOF && follow_is_open(follow),
	    "the first look at a log opens it");
	follow = restart(follow);
	OK(look_once(follow) == FOLLOW_EOF && !follow_is_open(follow),
	    "one that has not changed is not opened by the next process");
	follow = restart(follow);
	OK(look_once(follow) == FOLLOW_EOF && !follow_is_open(follow),
	    "nor by the one after");
	files_append("log", "two\n");
	look_all(follow);
	OK(got_is("two|"), "what is written to it then is read");
	follow = restart(follow);
	OK(look_once(follow) == FOLLOW_EOF && follow_is_open(follow),
	    "what was written a moment ago may be written to unnoticed");
	follow = restart(follow);
	options.once = false;
	OK(look_once(follow) == FOLLOW_EOF && follow_is_open(follow),
	    "a process that stays opens it");
	options.once = true;
	files_rename("log", "log.1");
	files_write("log", "six\nabc\n");
	follow = restart(follow);
	look_all(follow);
	OK(got_is("six|abc|"), "another file of the same size is another one");
	options.once = false;
	follow_free(follow);
}

static void
test_all(bool extents)
{
	take_extents = extents;
	printf("# %s\n", extents ? "extents" : "blocks");
	test_growing();
	test_fingerprints();
	test_truncation();
	test_rename();
	test_restart_while_draining();
	test_previous_is_gone();
	test_chain();
	test_not_found();
	test_stale_sibling();
	test_gone();
	test_moved_without_successor();
	test_come_back();
	test_holes();
	test_long_lines();
	test_seek();
	test_device_renumbered();
	test_hostile_positions();
	test_many_rotations();
	test_unchanged();
}

int
main(void)
{
	driver_begin();
	test_all(false);
	test_all(true);
	return driver_end();
}
