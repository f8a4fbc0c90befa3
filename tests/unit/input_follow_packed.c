/*
 * input_follow_packed: generations that were packed, by the real packers and
 * for the real ctail-unpack.
 *
 * Run from where ctail-unpack lies; without it, or without the packers, what
 * needs them is skipped by name.
 */
#include "config.h"

#include "follow_driver.h"

static bool
can_pack(const char *program, const char *what)
{
	files_clear();
	files_write("x", "x\n");
	if (options.unpacker && pack(program, "x"))
		return true;
	tap_skip(what, !options.unpacker      ? "ctail-unpack is not here"
		       : formats_has(program) ? "the packer is not installed"
					      : "ctail-unpack cannot read it");
	return false;
}

static void
test_packed_anchor(const char *program, const char *ending)
{
	struct follow *follow;
	char name[32];

	if (!can_pack(program, program))
		return;
	follow = begin(LONG "one\n");
	files_append("log", "two\ntorn");
	files_rename("log", "log.3");
	pack(program, "log.3");
	files_write("log.2", LONG "three\n");
	pack(program, "log.2");
	files_write("log.1", "four\n");
	files_write("log", "five\n");
	follow = restart(follow);
	look_all(follow);
	OK(!strncmp(buf_str(&got), "two|torn?", 9) &&
		ends_with("|three|four|five|"),
	    "packed with %s: from the offset, each generation in order",
	    program);
	IS_INT(follow_gaps(follow).count, 0, "without a gap");
	files_append("log", "six\n");
	snprintf(name, sizeof(name), "log.3%s", ending);
	unlink(files_path(name));
	shift_generations(2);
	files_rename("log", "log.1");
	pack(program, "log.1");
	files_write("log", "seven\n");
	follow = restart(follow);
	look_all(follow);
	OK(got_is("six|seven|"), "and again, without delay");
	follow_free(follow);
}

static void
test_packed_copy(void)
{
	struct follow *follow;

	if (!can_pack("gzip", "copytruncate and gzip"))
		return;
	follow = begin(LONG "one\n");
	files_append("log", "two\n");
	copytruncate("log.1");
	pack("gzip", "log.1");
	files_append("log", "three\n");
	look_all(follow);
	OK(got_is("two|three|") && follow_gaps(follow).count == 0,
	    "copytruncate with compress");
	follow_free(follow);
}

/* A file that is being written to by gzip is played by its halves. */
static void
test_packed_in_progress(void)
{
	struct follow *follow;
	static char bytes[1 << 18];
	ssize_t len;
	int fd;

	if (!can_pack("gzip", "compression in progress"))
		return;
	follow = begin(LONG "one\n");
	for (int i = 0; i < 3000; i++) {
		char text[64];

		snprintf(
		    text, sizeof(text), "line %d %x\n", i, i * 2654435761u);
		files_append("log", text);
	}
	files_rename("log", "log.1");
	pack("gzip", "log.1");
	fd = open(files_path("log.1.gz"), O_RDONLY);
	len = read(fd, bytes, sizeof(bytes));
	close(fd);
	unlink(files_path("log.1.gz"));
	files_put("log.1.gz", bytes, (size_t)len / 2, O_TRUNC);
	files_write("log", "new\n");
	follow = restart(follow);
	OK(look_all(follow) == FOLLOW_WAIT && got.len > 1000 &&
		err_says(&err, "not complete"),
	    "of an unfinished packed file what is there is read, and more "
	    "waited for");
	OK(follow_due(follow) > now, "for a while");
	files_put(
	    "log.1.gz", bytes + len / 2, (size_t)(len - len / 2), O_APPEND);
	now += 1000;
	look_all(follow);
	now += 1000;
	look_all(follow);
	OK(ends_with("new|") && strstr(buf_str(&got), "line 2999 "),
	    "then the rest comes, and what is next");
	IS_INT(follow_gaps(follow).count, 0, "without a gap");
	follow_free(follow);
}

/* An unpacker that ends just before the packer does: the rest of the file is
 * there before anybody hears that it was missing. */
static void
late_unpacker(void)
{
	char script[4096], built[2048];

	if (!getcwd(built, sizeof(built)))
		abort();
	snprintf(script, sizeof(script),
	    "#!/bin/sh\ncd '%s' && '%s/ctail-unpack' | cat >plain\n"
	    "if [ -e rest ]; then cat rest >>log.1.gz; rm rest; fi\n"
	    "cat plain\n",
	    files_path(""), built);
	files_write("unpacker", script);
	chmod(files_path("unpacker"), 0700);
}

static void
test_packed_behind_its_reader(void)
{
	struct follow *follow;
	struct unpacker late = {0};
	static char bytes[1 << 18];
	ssize_t len;
	int fd;

	if (!can_pack("gzip", "compression that ends while it is read"))
		return;
	follow = begin(LONG "one\n");
	files_append("log", "two\n");
	files_append("log", "three\n");
	files_rename("log", "log.1");
	pack("gzip", "log.1");
	fd = open(files_path("log.1.gz"), O_RDONLY);
	len = read(fd, bytes, sizeof(bytes));
	close(fd);
	unlink(files_path("log.1.gz"));
	files_put("log.1.gz", bytes, (size_t)len - 9, O_TRUNC);
	files_put("rest", bytes + len - 9, 9, O_TRUNC);
	files_write("log", "new\n");
	late_unpacker();
	late.program = strdup(files_path("unpacker"));
	options.unpacker = &late;
	follow = restart(follow);
	look_all(follow);
	OK(got_is("two|") && access(files_path("rest"), F_OK) < 0,
	    "a packed file is completed while its beginning is read");
	now += FOLLOW_ROTATE_WAIT_MS;
	look_all(follow);
	OK(got_is("three|new|"), "and is read to its end");
	IS_INT(follow_gaps(follow).count, 0, "without a gap");
	follow_free(follow);
	options.unpacker = &unpacker;
	free((char *)late.program);
}

static void
test_packed_cut(void)
{
	struct follow *follow;
	static char bytes[1 << 18];
	ssize_t len;
	int fd;

	if (!can_pack("gzip", "a packed file that was cut"))
		return;
	follow = begin(LONG "one\n");
	for (int i = 0; i < 3000; i++) {
		char text[64];

		snprintf(
		    text, sizeof(text), "line %d %x\n", i, i * 2654435761u);
		files_append("log", text);
	}
	files_rename("log", "log.1");
	pack("gzip", "log.1");
	fd = open(files_path("log.1.gz"), O_RDONLY);
	len = read(fd, bytes, sizeof(bytes));
	close(fd);
	files_put("log.1.gz", bytes, (size_t)len / 2, O_TRUNC);
	files_write("log", "new\n");
	follow = restart(follow);
	OK(look_all(follow) == FOLLOW_WAIT, "one that stays unfinished");
	now += FOLLOW_ROTATE_WAIT_MS;
	OK(look_all(follow) == FOLLOW_GAP && ends_with("new|") &&
		err_says(&told_err, "log.1.gz"),
	    "is a gap that names it, and the log goes on");
	OK(look_all(follow) == FOLLOW_EOF && follow_gaps(follow).count == 1,
	    "once");
	follow_free(follow);
}

static void
test_packed_while_late(void)
{
	struct follow *follow;

	if (!can_pack("gzip", "late lines in a file packed since"))
		return;
	follow = begin(LONG "one\n");
	files_rename("log", "log.1");
	files_write("log", "two\n");
	look_all(follow);
	follow = restart(follow);
	files_append("log.1", "late\n");
	pack("gzip", "log.1");
	look_all(follow);
	OK(got_is("late|"), "late lines are found in the packed file, too");
	follow = restart(follow);
	look_all(follow);
	OK(got_is("") && follow_gaps(follow).count == 0, "once");
	follow_free(follow);
}

static void
test_all(bool extents)
{
	take_extents = extents;
	printf("# %s\n", extents ? "extents" : "blocks");
	test_packed_anchor("gzip", ".gz");
	test_packed_anchor("bzip2", ".bz2");
	test_packed_anchor("xz", ".xz");
	test_packed_copy();
	test_packed_in_progress();
	test_packed_behind_its_reader();
	test_packed_cut();
	test_packed_while_late();
}

int
main(void)
{
	driver_begin();
	test_all(false);
	test_all(true);
	return driver_end();
}
