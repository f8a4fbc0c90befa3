/*
 * input_follow_chain: a log's generations, each read once and in order
 * (tailing.md 2.4, as far as one process can play it); packed ones are in
 * input_follow_packed.
 */
#include "config.h"

#include "follow_driver.h"

/* 2000 bytes that all generations begin with. */
static const char *
same_head(void)
{
	static char text[2001];

	for (size_t i = 0; i < 2000; i++)
		text[i] = i % 50 == 49 ? '\n' : 'h';
	return text;
}

/* --- copytruncate -------------------------------------------------------- */

static void
test_copytruncate(void)
{
	struct follow *follow = begin(LONG "one\n");

	files_append("log", "two\n");
	copytruncate("log.1");
	files_append("log", "three\n");
	OK(look_all(follow) == FOLLOW_ROTATED && got_is("two|three|"),
	    "copytruncate behind our back: the copy's rest, then the log");
	files_append("log", "four\n");
	shift_generations(2);
	copytruncate("log.1");
	files_append("log", "regrown past the old offset\n");
	OK(look_all(follow) == FOLLOW_ROTATED &&
		got_is("four|regrown past the old offset|"),
	    "also when it has grown past the offset since");
	IS_INT(follow_gaps(follow).count, 0, "nothing is lost");
	follow_free(follow);

	follow = begin(LONG "12345678\n");
	files_append("log", "two\n");
	copytruncate("log.1");
	files_write("log", LONG "abcdefgh\n");
	follow = restart(follow);
	look_all(follow);
	OK(got_is("two|a line that is long enough to be told from other lines "
		  "by what it says|abcdefgh|"),
	    "and to exactly the offset, across a restart");
	follow_free(follow);
}

static void
test_same_size_and_time(void)
{
	struct follow *follow = begin(LONG "12345678\n");
	struct stat st;
	struct timespec times[2];

	stat(files_path("log"), &st);
	times[0] = times[1] = st.st_mtim;
	copytruncate("log.1");
	files_write("log", LONG "abcdefgh\n");
	utimensat(AT_FDCWD, files_path("log"), times, 0);
	follow = restart(follow);
	look_all(follow);
	OK(ends_with("says|abcdefgh|") && got.len == strlen(LONG) + 9,
	    "size and time of change restored: the bytes tell");
	follow_free(follow);
}

static void
test_ahead_of_the_copy(void)
{
	struct follow *follow = begin(same_head());

	copy_file("log", "log.1");
	files_append("log", "two\n");
	look_all(follow);
	files_write("log", "three\n");
	OK(look_all(follow) == FOLLOW_ROTATED && got_is("three|"),
	    "a copy shorter than what was read is not read again");
	IS_INT(follow_gaps(follow).count, 0, "and nothing is lost");
	follow_free(follow);

	follow = begin(same_head());
	copy_file("log", "log.1");
	files_append("log", "two\ntorn");
	look_all(follow);
	files_write("log", "three\n");
	OK(look_all(follow) == FOLLOW_GAP && got_is("three|"),
	    "an incomplete line that is in no file is a gap");
	IS_INT(follow_gaps(follow).bytes, 4, "of known size");
	follow_free(follow);

	follow = begin(same_head());
	files_append("log", "to");
	look_all(follow);
	copy_file("log", "log.1");
	files_append("log", "rn");
	look_all(follow);
	files_write("log", "three\n");
	OK(look_all(follow) == FOLLOW_GAP && got_is("to?three|"),
	    "of one that the copy has half of, that half comes");
	IS_INT(follow_gaps(follow).bytes, 2, "and the other half is counted");
	follow_free(follow);
}

/* As sed -i and editors do. */
static void
replace_log(const char *text)
{
	files_write("new", text);
	files_rename("new", "log");
}

static void
test_shortened(void)
{
	struct follow *follow = begin(LONG "two\nthree\n");
	char before[33];

	memcpy(before, follow_position(follow)->incarnation, sizeof(before));
	replace_log(LONG "two\n");
	OK(look_all(follow) == FOLLOW_ROTATED && got_is(""),
	    "a small log whose last line is removed is not read again");
	IS_INT(follow_gaps(follow).count, 0,
	    "whoever has the old one open knows that nothing is lost");
	OK(strcmp(before, follow_position(follow)->incarnation) != 0,
	    "other lines come where some were: it is another life");
	files_append("log", "four\n");
	look_all(follow);
	OK(got_is("four|"), "and goes on at its end");
	follow = restart(follow);
	replace_log(LONG "two\n");
	OK(look_all(follow) == FOLLOW_GAP && got_is(""),
	    "a later process does not read it again either");
	OK(err_says(&told_err, "may be lost"), "but cannot know about losses");
	files_append("log", "five\n");
	look_all(follow);
	OK(got_is("five|"), "and goes on, too");
	follow_free(follow);

	follow = restart(begin(LONG "two\nthree\n"));
	files_write("new", LONG);
	long_ago("new");
	files_rename("new", "log");
	look_all(follow);
	OK(ends_with("|"), "what was not written at once is a log of its own");
	follow_free(follow);
	follow = begin("a short line\nanother\n");
	replace_log("a short line\n");
	look_all(follow);
	OK(got_is("a short line|"), "a few equal bytes prove nothing");
	follow_free(follow);
}

static void
test_identical_heads(void)
{
	struct follow *follow = begin(same_head());
	bool right = true;

	files_append("log", "first of 0\n");
	look_all(follow);
	for (int i = 0; i < 6; i++) {
		char text[64], want[128];

		snprintf(text, sizeof(text), "last of %d\n", i);
		files_append("log", text);
		shift_generations(10);
		copytruncate("log.1");
		files_append("log", same_head());
		snprintf(text, sizeof(text), "first of %d\n", i + 1);
		files_append("log", text);
		snprintf(want, sizeof(want), "|first of %d|", i + 1);
		if (i % 2)
			follow = restart(follow);
		look_all(follow);
		snprintf(text, sizeof(text), "last of %d|", i);
		right = right && ends_with(want) &&
			!strncmp(buf_str(&got), text, strlen(text)) &&
			got.len == strlen(text) + 2000 + strlen(want) - 1;
	}
	OK(right && follow_gaps(follow).count == 0,
	    "generations that all begin alike are told apart");
	follow_free(follow);
}

static void
test_truncated_by_hand(void)
{
	struct follow *follow = begin(LONG "one\ntorn");

	files_write("log", "new\n");
	buf_reset(&got);
	OK(look(follow) == FOLLOW_GAP && err_says(&err, "4 bytes"),
	    "truncated in the middle of a line: what is lost is counted");
	OK(look(follow) == FOLLOW_TRUNCATED && err_says(&err, "rewritten"),
	    "then the truncation is told");
	look_all(follow);
	OK(got_is("new|"), "and it goes on at the start");
	follow_free(follow);
}

/* The live file was begun when a copytruncate came between. */
static void
test_before_the_first_byte(void)
{
	struct follow *follow = begin(LONG "one\n");

	files_rename("log", "log.1");
	files_write("log", "");
	look_all(follow);
	files_append("log", LONG "two\n");
	shift_generations(2);
	copytruncate("log.1");
	files_append("log", "three\n");
	OK(look_all(follow) == FOLLOW_ROTATED && ends_with("|two|three|"),
	    "a whole generation between two looks at an empty log is read");
	files_write("log", "");
	look_all(follow);
	files_append("log", LONG "four\n");
	shift_generations(3);
	copytruncate("log.1");
	follow = restart(follow);
	OK(look_all(follow) == FOLLOW_ROTATED && ends_with("|four|"),
	    "also by a run that finds the log empty again");
	files_append("log", "five\n");
	look_all(follow);
	OK(got_is("five|"), "each once");
	copy_file("log", "log.0");
	files_write("log", "");
	look_all(follow);
	files_append("log", "six\n");
	look_all(follow);
	OK(got_is("six|") && follow_gaps(follow).count == 0,
	    "a copy of what was read is not");
	follow_free(follow);
}

/* --- rename -------------------------------------------------------------- */

static void
test_two_renames_in_one_look(void)
{
	struct follow *follow = begin(LONG "one\n");

	files_append("log", "two\n");
	files_rename("log", "log.1");
	files_write("log", "three\n");
	shift_generations(2);
	files_rename("log", "log.1");
	files_write("log", "four\n");
	OK(look_all(follow) == FOLLOW_ROTATED && got_is("two|three|four|"),
	    "two renames between two looks");
	files_rename("log", "log.0");
	look_all(follow);
	OK(got_is(""), "renamed, and the new one not there yet");
	files_append("log.0", "five\n");
	look_all(follow);
	OK(got_is("five|"), "the writer goes on in the old one");
	files_write("log", "");
	look_all(follow);
	files_append("log.0", "six\n");
	files_append("log", "seven\n");
	look_all(follow);
	OK(got_is("six|seven|"), "also beside a new, empty one");
	IS_INT(follow_gaps(follow).count, 0, "nothing is lost");
	follow_free(follow);
}

static void
test_restart_in_the_chain(void)
{
	struct follow *follow = begin("one\n");
	char text[16], name[16];

	files_append("log", "two\n");
	files_rename("log", "log.7");
	for (int i = 6; i > 0; i--) {
		snprintf(name, sizeof(name), "log.%d", i);
		snprintf(text, sizeof(text), "gen%d\n", i);
		files_write(name, text);
	}
	files_write("log", "live\n");
	buf_reset(&got);
	for (int i = 0; i < 60; i++) {
		enum follow_verdict verdict;

		follow = restart(follow);
		do
			verdict = look(follow);
		while (verdict != FOLLOW_DATA && verdict != FOLLOW_EOF);
		if (verdict == FOLLOW_EOF)
			break;
	}
	OK(got_is("two|gen6|gen5|gen4|gen3|gen2|gen1|live|"),
	    "restarted after every block in a chain of seven");
	IS_INT(gaps_told, 0, "without a gap");
	follow_free(follow);
}

static void
test_down_too_long(void)
{
	struct follow *follow = begin(LONG "one\n");

	files_append("log", "lost\n");
	unlink(files_path("log"));
	files_write("log.2", "gen2\n");
	files_write("log.1", "gen1\n");
	files_write("log", "live\n");
	follow = restart(follow);
	OK(look_all(follow) == FOLLOW_GAP && got_is("gen2|gen1|live|"),
	    "down over more generations than are kept: a gap, then the rest");
	IS_INT(follow_gaps(follow).count, 1, "one gap");
	OK(err_says(&told_err, "lines may be lost"), "in words");
	follow_free(follow);

	follow = begin(LONG "one\n");
	files_write("log.1", "stale and long enough to be taken for it\n");
	long_ago("log.1");
	unlink(files_path("log"));
	files_write("log", "live\n");
	follow = restart(follow);
	OK(look_all(follow) == FOLLOW_GAP && got_is("live|"),
	    "what was there before is not taken for new");
	follow_free(follow);
}

static void
test_inode_reuse(void)
{
	struct follow *follow = begin(LONG "one\n");
	struct checkpoint checkpoint;

	follow_close(follow);
	unlink(files_path("log"));
	files_write("log", "another file under the same inode, longer than "
			   "the one before it was, and not the same\n");
	follow_checkpoint(follow, &checkpoint);
	position_identify(&checkpoint.position,
	    open(files_path("log"), O_RDONLY | O_CLOEXEC));
	follow_free(follow);
	follow = follow_new(files_path("log"), &options, &checkpoint);
	look_all(follow);
	OK(ends_with("not the same|") && got.len == 87,
	    "an inode that was given to another file is noticed");
	follow_free(follow);
	checkpoint_release(&checkpoint);
}

static void
test_editor_save(void)
{
	struct follow *follow = begin(LONG "one\n");
	char before[33];

	memcpy(before, follow_position(follow)->incarnation, sizeof(before));
	files_write("new", LONG "one\ntwo\n");
	files_rename("new", "log");
	look_all(follow);
	OK(got_is("two|") && follow_gaps(follow).count == 0,
	    "a file replaced by itself and more: only what is new");
	IS_STR(follow_position(follow)->incarnation, before,
	    "it is the same text");
	files_write("new", LONG "one\ntwo\nthree\n");
	files_rename("new", "log");
	follow = restart(follow);
	look_all(follow);
	OK(got_is("three|"), "across a restart too");
	follow_free(follow);

	follow = begin(same_head());
	files_append("log", "next to last\nlast\n");
	look_all(follow);
	files_write("new", same_head());
	files_append("new", "next to last\n");
	files_rename("new", "log");
	follow = restart(follow);
	OK(look_all(follow) == FOLLOW_GAP && got_is(""),
	    "with its last line removed it is not read again, but told");
	files_append("log", "more\n");
	look_all(follow);
	OK(got_is("more|"), "and read on");
	follow_free(follow);
}

static void
test_no_copytruncate(void)
{
	struct follow *follow;

	options.no_copytruncate = true;
	follow = begin(LONG "one\n");
	files_write("log", "new\n");
	OK(look_all(follow) == FOLLOW_SHRANK && got_is("") &&
		err_says(&err, "was 4 bytes"),
	    "without copytruncate a file that shrank is only told");
	OK(follow_position(follow)->offset == strlen(LONG) + 4,
	    "and nothing moves");
	files_write("log", LONG "one\nmore\n");
	look_all(follow);
	OK(got_is("more|"), "until it is whole again");
	files_rename("log", "log.1");
	files_append("log.1", "two\n");
	files_write("log", "three\n");
	look_all(follow);
	OK(got_is("two|three|"), "renames are followed as usual");
	follow_free(follow);
	options.no_copytruncate = false;
}

static void
test_explained(void)
{
	struct follow *follow = begin(LONG "one\n");

	files_append("log", "two\n");
	copytruncate("log.1");
	files_append("log", "three\n");
	buf_reset(&said);
	look_all(follow);
	OK(strstr(buf_str(&said), "log.1") && strstr(buf_str(&said), "offset"),
	    "each decision is explained");
	follow_free(follow);
}

/* "cp log log.1; : > log": the copy's inode is that of the one before. */
static void
test_same_copy(void)
{
	struct follow *follow = begin(same_head());

	for (int i = 1; i <= 3; i++) {
		files_append("log", LONG "read\n");
		look_all(follow);
		files_append("log", i == 2 ? "second\n" : "other\n");
		copytruncate("log.1");
		files_append("log", same_head());
		follow = restart(follow);
		look_all(follow);
		OK(strncmp(buf_str(&got), i == 2 ? "second|" : "other|", 6) ==
				0 &&
			gaps_told == 0,
		    "a copy over the one before is another generation");
	}
	follow_free(follow);
}

/* Bytes that this process has read so far. */
static unsigned long
bytes_read(void)
{
	char text[256] = "";
	int fd = open("/proc/self/io", O_RDONLY);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 7)
		return 0;
	close(fd);
	return strtoul(text + 7, NULL, 10);
}

static void
test_growing_line(void)
{
	static char bytes[300 * 1024];
	struct follow *follow = begin("one\n");
	unsigned long before;

	memset(bytes, 'x', sizeof(bytes));
	take_extents = true;
	for (int i = 0; i < 30; i++)
		files_put("log", bytes, sizeof(bytes), O_APPEND);
	look_all(follow);
	files_append("log", "more");
	before = bytes_read();
	OK(look_all(follow) == FOLLOW_EOF && got_is("") &&
		bytes_read() - before < 1024 * 1024,
	    "a long line that grows is not looked through again");
	files_append("log", " and more\ntwo\n");
	look_all(follow);
	OK(got.len == 30 * sizeof(bytes) + 18 &&
		ends_with("xmore and more|two|"),
	    "its end is found all the same");
	follow_free(follow);
}

/* The clock was ahead when that was written down. */
static void
test_future(void)
{
	struct follow *follow = begin("one\n");
	int64_t now_ms = driver_now().wall_ns / 1000000;
	struct checkpoint checkpoint;

	files_rename("log", "log.1");
	files_write("log", "two\n");
	look_all(follow);
	follow_checkpoint(follow, &checkpoint);
	follow_free(follow);
	checkpoint.old[0].changed_ms = INT64_MAX;
	follow = follow_new(files_path("log"), &options, &checkpoint);
	checkpoint_release(&checkpoint);
	look_all(follow);
	follow_checkpoint(follow, &checkpoint);
	OK(checkpoint.old_count == 1 &&
		checkpoint.old[0].changed_ms - now_ms < 60000,
	    "what changed in the future changed now");
	checkpoint_release(&checkpoint);
	follow_free(follow);
}

static void
test_all(bool extents)
{
	take_extents = extents;
	printf("# %s\n", extents ? "extents" : "blocks");
	test_copytruncate();
	test_same_size_and_time();
	test_ahead_of_the_copy();
	test_shortened();
	test_identical_heads();
	test_truncated_by_hand();
	test_before_the_first_byte();
	test_two_renames_in_one_look();
	test_restart_in_the_chain();
	test_down_too_long();
	test_inode_reuse();
	test_editor_save();
	test_no_copytruncate();
	test_explained();
	test_same_copy();
	test_future();
}

int
main(void)
{
	driver_begin();
	test_all(false);
	test_all(true);
	test_growing_line();
	return driver_end();
}
