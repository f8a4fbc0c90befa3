/*
 * input_follow: one file across rotation and truncation, with a clock in the
 * hand.
 */
#include "config.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "input/follow.h"
#include "input/lines.h"
#include "files.h"
#include "tap.h"

#define MAX_LINE 1000

static struct buf shared;
static struct buf got; /* lines, each with '|' or '?' when partial */
static struct err err;
static struct err told_err; /* of the last rotation or truncation */
static int64_t now = 5000;

static enum follow_verdict
look(struct follow *follow)
{
	struct follow_block block;
	enum follow_verdict verdict;
	struct lines lines;
	struct line line;

	err.text[0] = '\0';
	verdict = follow_read(follow, &shared, MAX_LINE, now, &block, &err);
	if (verdict != FOLLOW_DATA)
		return verdict;
	lines_init(&lines, block.bytes, MAX_LINE, block.position.skipping);
	while (lines_next(&lines, &line)) {
		buf_add_span(&got, line.text);
		buf_add_str(&got, line.cut ? "!" : "|");
	}
	if (block.partial) {
		buf_add(&got, block.bytes.data + lines.at,
		    block.bytes.len - lines.at);
		buf_add_byte(&got, '?');
		lines.at = block.bytes.len;
	}
	follow_consume(follow, &block, lines.at, lines.skipping);
	return verdict;
}

/* Until there is nothing more now; the last verdict before EOF that was no
 * data, else what ended it. */
static enum follow_verdict
look_all(struct follow *follow)
{
	enum follow_verdict told = FOLLOW_EOF;

	buf_reset(&got);
	for (int i = 0; i < 10000; i++) {
		enum follow_verdict verdict = look(follow);

		if (verdict == FOLLOW_ROTATED || verdict == FOLLOW_TRUNCATED) {
			told = verdict;
			told_err = err;
		} else if (verdict != FOLLOW_DATA)
			return told == FOLLOW_EOF ? verdict : told;
	}
	return FOLLOW_DATA;
}

static bool
got_is(const char *want)
{
	bool same = !strcmp(buf_str(&got), want);

	if (!same)
		printf("#   got: %s\n#  want: %s\n", buf_str(&got), want);
	return same;
}

static struct follow *
begin(const char *text)
{
	struct follow *follow;

	files_clear();
	if (text)
		files_write("log", text);
	follow = follow_new(files_path("log"), NULL);
	look_all(follow);
	return follow;
}

/* As after a restart: all that is kept is the two positions. */
static struct follow *
restart(struct follow *follow)
{
	struct position live = *follow_position(follow);
	const struct position *old = follow_previous(follow);
	struct position previous = old ? *old : live;
	struct follow *new = follow_new(follow_path(follow), &live);

	if (old)
		follow_resume_previous(new, &previous);
	follow_free(follow);
	return new;
}

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
	OK(strstr(told_err.text, "truncated"), "and it is said");
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
	OK(follow_previous(follow) != NULL, "the old one is kept");
	OK(follow_due(follow) >= 0, "and looked at again");
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
	OK(follow_previous(follow) == NULL && follow_due(follow) < 0,
	    "and the old file is done with");
	fputs("too late\n", writer);
	fclose(writer);
	files_append("log", "new3\n");
	look_all(follow);
	OK(got_is("new3|"), "the new one goes on");
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
	files_append("log.1", "late\n");
	files_rename("log.1", "log.2");
	files_append("log", "new2\n");
	look_all(follow);
	OK(got_is("late|new2|"),
	    "both positions survive a restart, and another rename");
	now += FOLLOW_ROTATE_WAIT_MS + 1;
	look_all(follow);
	OK(follow_previous(follow) == NULL, "the old one ends as usual");
	follow_free(follow);
}

static void
test_previous_is_gone(void)
{
	struct follow *follow = begin("one\n");

	files_rename("log", "log.1");
	files_write("log", "two\n");
	look_all(follow);
	OK(follow_previous(follow), "the renamed file is still listened to");
	unlink(files_path("log.1"));
	follow = restart(follow);
	IS_INT(look_all(follow), FOLLOW_ROTATED,
	    "one that is gone at a restart is told");
	OK(strstr(told_err.text, "offset 4") && strstr(told_err.text, "lost"),
	    "with how far it was read");
	IS_INT(look_all(follow), FOLLOW_EOF, "once");
	follow_free(follow);
}

static void
long_ago(const char *name)
{
	struct timespec times[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};

	utimensat(AT_FDCWD, files_path(name), times, 0);
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
	look_all(follow);
	OK(got_is("two|open?three|four|"),
	    "an open line is finished when a newer generation was written to "
	    "long after");
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
	OK(got_is("open line|late|later|"), "and late writers in both are heard");
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
	OK(look(follow) == FOLLOW_TRUNCATED && strstr(err.text, "may be lost"),
	    "no generation to be found: bytes may be lost, and it is said");
	look_all(follow);
	OK(got_is("other|"), "the file is read from its start");
	follow_free(follow);

	follow = begin("one\n");
	files_rename("log", "log.1");
	files_append("log.1", "two\n");
	follow = restart(follow);
	OK(look_all(follow) == FOLLOW_EOF && got_is("two|"),
	    "no log but its rotated file: that is read");
	follow_free(follow);
}

static void
test_stale_sibling(void)
{
	struct follow *follow = begin("one\ntwo\n");

	files_write("log.1", "of last week\n");
	files_write("log", "new\n");
	OK(look_all(follow) == FOLLOW_TRUNCATED && got_is("new|"),
	    "a stale .1 is not replayed after a truncation");
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
	OK(!follow_is_open(follow) && follow_due(follow) < 0,
	    "and the descriptor with it");
	OK(look_all(follow) == FOLLOW_GONE, "it stays gone");
	files_write("log", "new\n");
	OK(look_all(follow) == FOLLOW_EOF && got_is("new|"),
	    "until a new one is there");
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
	struct position position;
	struct follow *follow = begin("one\n");

	position = *follow_position(follow);
	follow_free(follow);
	position.dev += 1;
	files_append("log", "two\n");
	follow = follow_new(files_path("log"), &position);
	OK(look_all(follow) == FOLLOW_EOF && got_is("two|"),
	    "another device number after a reboot does not matter");
	follow_free(follow);
	files_rename("log", "log.1");
	files_write("log", "three\n");
	follow = follow_new(files_path("log"), &position);
	look_all(follow);
	OK(got_is("two|three|"), "nor when the log was rotated meanwhile");
	follow_free(follow);
}

/* What a damaged database may hold. */
static void
test_hostile_positions(void)
{
	struct position position;
	struct follow *follow = begin("one\n");

	position = *follow_position(follow);
	follow_free(follow);
	position.tail.len = 60000;
	memset(position.incarnation, 'x', sizeof(position.incarnation));
	follow = follow_new(files_path("log"), &position);
	OK(look_all(follow) == FOLLOW_EOF,
	    "a fingerprint longer than can be is none");
	follow_free(follow);
	position.offset = UINT64_MAX;
	follow = follow_new(files_path("log"), &position);
	look_all(follow);
	OK(got_is("one|"), "an offset that cannot be is none");
	follow_free(follow);
	position.offset = 2;
	position.tail.len = 1000;
	follow = follow_new(files_path("log"), &position);
	look_all(follow);
	OK(got_is("e|"), "nor a fingerprint of more than was read");
	follow_free(follow);
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

/* --- Random lives ------------------------------------------------------- */

struct life {
	uint32_t seed;
	struct follow *follow;
	int writer;    /* its descriptor, as a daemon keeps it */
	int rotations; /* since the writer opened the log */
	unsigned written, read, begin;
	bool in_line, right;
	bool seen; /* something in the writer's file was read */
};

static unsigned
chance(struct life *life, unsigned bound)
{
	life->seed = life->seed * 1664525u + 1013904223u;
	return (life->seed >> 10) % bound;
}

static void
reopen_writer(struct life *life)
{
	if (life->writer >= 0)
		close(life->writer);
	life->writer =
	    open(files_path("log"), O_WRONLY | O_CREAT | O_APPEND, 0644);
	life->rotations = 0;
	life->seen = false;
	life->begin = life->written;
}

/* Lines carry numbers; some are written in two pieces. */
static void
write_some(struct life *life)
{
	char text[64];
	int len;

	if (life->in_line)
		len = snprintf(text, sizeof(text), "rest\n");
	else
		len = snprintf(text, sizeof(text), "%u %s", life->written++,
		    chance(life, 3) ? "whole\n" : "");
	life->in_line = text[len - 1] != '\n';
	if (write(life->writer, text, (size_t)len) != len)
		exit(99);
}

static void
rotate_once(struct life *life)
{
	char from[32], to[32];

	for (int n = 60; n > 0; n--) {
		snprintf(from, sizeof(from), "log.%d", n);
		snprintf(to, sizeof(to), "log.%d", n + 1);
		rename(files_path(from), files_path(to));
	}
	rename(files_path("log"), files_path("log.1"));
	life->rotations++;
	if (chance(life, 2))
		files_append("log", "");
}

/* Every line once, in order within what one writer wrote. */
static void
check_read(struct life *life)
{
	char *at = got.data;

	look_all(life->follow);
	buf_str(&got);
	for (at = got.data; at && *at; at = strchr(at, '|') + 1) {
		unsigned number = (unsigned)strtoul(at, NULL, 10);

		if (number != life->read++ || !strchr(at, '|')) {
			life->right = false;
			return;
		}
	}
	life->seen = life->seen || life->read > life->begin;
}

static void
one_step(struct life *life)
{
	switch (chance(life, 10)) {
	case 0:
		rotate_once(life);
		break;
	case 1:
		if (!life->in_line)
			reopen_writer(life);
		break;
	case 2:
		/* The store has room for one old file, so the writer may
		 * not be in an empty one between others. */
		check_read(life);
		if (life->rotations == 0 || life->seen)
			life->follow = restart(life->follow);
		break;
	case 3:
	case 4:
		now += chance(life, 300);
		check_read(life);
		break;
	default:
		write_some(life);
		break;
	}
}

static bool
live_randomly(uint32_t seed)
{
	struct life life = {.seed = seed, .writer = -1, .right = true};

	files_clear();
	reopen_writer(&life);
	life.follow = follow_new(files_path("log"), NULL);
	look_all(life.follow);
	for (int i = 0; i < 60 && life.right; i++)
		one_step(&life);
	if (life.in_line)
		write_some(&life);
	for (int i = 0; i < 4; i++)
		check_read(&life);
	close(life.writer);
	follow_free(life.follow);
	if (!life.right || life.read != life.written)
		printf("# seed %u: %u of %u lines\n", seed, life.read,
		    life.written);
	return life.right && life.read == life.written;
}

static void
test_random_lives(void)
{
	bool right = true;

	for (uint32_t seed = 1; seed <= 300; seed++)
		right = live_randomly(seed) && right;
	OK(right, "random writing, rotating and restarting: each line once");
}

int
main(void)
{
	files_begin();
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
	test_random_lives();
	buf_release(&shared);
	buf_release(&got);
	files_end();
	return tap_done();
}
