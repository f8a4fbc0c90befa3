/*
 * input_rotation: names of older generations, and finding them.
 */
#include "config.h"

#include "input/rotation.h"
#include "files.h"
#include "tap.h"

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

static const char *const generations[] = {
    "app.log.1",
    "app.log.0",
    "app.log.17",
    "app.log.1.gz",
    "app.log.2.xz",
    "app.log-20240101",
    "app.log-20240101.bz2",
    "app.log-2024010112",
    "app.log-1700000000",
    "app.log-20240101-12",
    "app.log-20240101-1700000000",
    "app.log.2024-01-01",
    "app.log.old",
    "app.log_20240101",
    "app.1.log",
    "app-20240101.log",
    "app-20240101.log.gz",
    "app.log.2024-01-01-13",
};

static const char *const others[] = {
    "app.log",
    "app.log.gz",
    "app.log.",
    "app.log.x",
    "app.log.1x",
    "app.log1",
    "app.log-2024",
    "app.log.offset",
    "app.log.1.2.3",
    "bapp.log.1",
    "ap",
    "",
    "other.1.log",
    "app.log-2024-1-1",
    "app.log.1234567890123",
};

static void
test_names(void)
{
	struct span base = span_str("app.log");

	for (size_t i = 0; i < ROWS(generations); i++)
		OK(rotation_is_generation(span_str(generations[i]), base),
		    "%s is a generation of app.log", generations[i]);
	for (size_t i = 0; i < ROWS(others); i++)
		OK(!rotation_is_generation(span_str(others[i]), base),
		    "\"%s\" is none", others[i]);
	OK(!rotation_is_generation(span_str(".1"), span_str("")),
	    "nothing is a generation of the empty name");
	OK(rotation_is_compressed(span_str("a.gz")) &&
		rotation_is_compressed(span_str("a.zst")),
	    "compressed by name");
	OK(!rotation_is_compressed(span_str(".gz")) &&
		!rotation_is_compressed(span_str("gz")) &&
		!rotation_is_compressed(span_str("a.log")),
	    "not compressed");
}

static bool
is_app_log(void *arg, struct span base)
{
	++*(int *)arg;
	return span_is(base, "app.log");
}

static void
test_bases(void)
{
	int asked = 0;
	bool all = true;

	for (size_t i = 0; i < ROWS(generations); i++)
		all = all && rotation_of_any(
				 span_str(generations[i]), is_app_log, &asked);
	OK(all, "every generation's name leads to its base");
	asked = 0;
	OK(!rotation_of_any(span_str("app.log"), is_app_log, &asked) &&
		asked == 0,
	    "a plain name has no base to ask about");
}

static struct position
position_of(const char *name, size_t offset)
{
	struct position position = {0};
	char bytes[POSITION_PRINT];
	int fd = open(files_path(name), O_RDONLY);

	position_identify(&position, fd);
	position.offset = offset;
	if (pread(fd, bytes, offset, 0) == (ssize_t)offset)
		fingerprint_take(&position.tail, span_of(bytes, offset));
	close(fd);
	return position;
}

static bool
finds(const struct position *position, const char *name)
{
	char *path = NULL;
	int fd = rotation_find(files_path("log"), position, &path);
	bool result =
	    fd >= 0 ? name && !strcmp(path, files_path(name)) : name == NULL;

	if (fd >= 0)
		close(fd);
	free(path);
	return result;
}

static void
test_find(void)
{
	struct position position;

	files_write("log", "one\ntwo\n");
	position = position_of("log", 4);
	OK(finds(&position, NULL), "the log itself is not among its siblings");
	files_rename("log", "log.1");
	files_write("log", "new\n");
	OK(finds(&position, "log.1"), "a renamed one is found by its inode");
	files_rename("log.1", "log-20240101");
	OK(finds(&position, "log-20240101"), "whatever it is called");
	files_write("log-20240101", "xxx\ntwo\n");
	OK(finds(&position, NULL),
	    "not when the bytes before the offset are others");
	position.tail.len = 0;
	OK(finds(&position, "log-20240101"),
	    "without a fingerprint the inode decides");
	files_rename("log-20240101", "log.1.gz");
	OK(finds(&position, NULL), "a compressed name is not opened");
	files_rename("log.1.gz", "elsewhere");
	OK(finds(&position, NULL), "a name of no known shape neither");
	OK(symlink(files_path("elsewhere"), files_path("log.1")) == 0 &&
		finds(&position, NULL),
	    "nor through a symbolic link");
}

static bool
next_is(const char *name, const char *next, bool skipped)
{
	struct position position = position_of(name, 0);
	char *path = NULL;
	bool skipped_got;
	int fd =
	    rotation_next(files_path("log"), &position, &path, &skipped_got);
	bool result =
	    fd >= 0 ? next && !strcmp(path, files_path(next)) : next == NULL;

	if (fd >= 0)
		close(fd);
	free(path);
	return result && skipped == skipped_got;
}

static void
test_next(void)
{
	files_clear();
	files_write("log", "");
	files_write("log.1", "");
	files_write("log.2", "");
	files_write("log.10", "");
	OK(next_is("log.10", "log.2", false), ".2 comes after .10");
	OK(next_is("log.2", "log.1", false), ".1 comes after .2");
	OK(next_is("log.1", NULL, false), "the log itself comes after .1");
	OK(next_is("log", NULL, false), "nothing comes after the log");
	files_rename("log.1", "log.1.gz");
	OK(next_is("log.2", NULL, true), "a compressed one between is told of");
	files_write("log.0", "");
	OK(next_is("log.2", "log.0", true), "also when there is a plain one");
	files_write("log-20240101", "");
	files_write("log-20240103", "");
	files_write("log-20240102", "");
	OK(next_is("log-20240101", "log-20240102", false),
	    "dates go the other way");
	OK(next_is("log-20240103", NULL, false), "and do not mix with numbers");
}

int
main(void)
{
	files_begin();
	test_names();
	test_bases();
	test_find();
	test_next();
	files_end();
	return tap_done();
}
