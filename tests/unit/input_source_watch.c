/*
 * input_source_watch: what is watched, what is polled, and what it costs.
 */
#include "config.h"

#include <sched.h>
#include <sys/resource.h>

#include "source.h"

static char polled_text[ERR_TEXT_MAX];
static size_t polled_count;

static void
on_polling(void *arg, enum source_notice kind, const char *path,
    const char *text)
{
	(void)arg;
	(void)path;
	if (kind != SOURCE_POLLING)
		return;
	snprintf(polled_text, sizeof(polled_text), "%s", text);
	polled_count++;
}

static const struct source_handler polling_handler = {
    .record = on_record, .notice = on_polling};

static struct buf whys;

static void
on_why(void *arg, const struct source_file *file)
{
	(void)arg;
	buf_addf(&whys, "%s %s|", file->state, file->why ? file->why : "-");
}

static struct source *
open_polling(void)
{
	struct source *source =
	    source_new(setup.logs, setup.count, polling_handler, &err);

	polled_count = 0;
	turn(source, 0);
	return source;
}

static bool
whys_are(struct source *source, const char *want)
{
	buf_reset(&whys);
	source_files(source, on_why, NULL);
	return is(&whys, want);
}

/* add_log puts the pattern below the test's directory. */
static void
add_absolute(const char *path)
{
	add_log("x", LOG_START_END, false, NULL);
	free(setup.items[setup.count - 1].text);
	setup.items[setup.count - 1].text = xstrdup(path);
}

static void
test_silent(void)
{
	struct source *source;

	start_over();
	files_write("a.log", "");
	add_log("a.log", LOG_START_END, false, NULL);
	add_absolute("/proc/self/status");
	source = open_polling();
	if (source_fd(source) < 0 || access("/proc/self/status", R_OK) < 0) {
		tap_skip("a silent file system", "no inotify or no /proc");
		source_free(source);
		return;
	}
	OK(whys_are(source, "polling proc|inotify -|"),
	    "a file in /proc is polled, and status says why");
	OK(polled_count == 1 && strstr(polled_text, "(proc)"),
	    "one warning says so");
	OK(source_due(source) <= now + 1000, "every second");
	turn(source, 61000);
	turn(source, 61000);
	IS_INT((long long)polled_count, 1, "and never again");
	source_free(source);

	source = source_new(setup.logs, setup.count, polling_handler, &err);
	source_read_once(source);
	polled_count = 0;
	turn(source, 0);
	IS_INT((long long)polled_count, 0,
	    "a single pass does not complain of what it need not wait for");
	source_free(source);
}

#define MANY 1000

static int64_t
count_wakes(struct source *source, int64_t until)
{
	int64_t wakes = 0;

	while (source_due(source) <= until) {
		int64_t due = source_due(source);

		turn(source, due > now ? due - now : 0);
		wakes++;
	}
	return wakes;
}

static void
test_idle(void)
{
	struct source *source;
	char name[32];
	int64_t wakes;

	start_over();
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "%d.log", i);
		files_write(name, "line\n");
	}
	add_log("*.log", LOG_START_START, false, NULL);
	source = open_source();
	settle(source);
	if (source_fd(source) < 0) {
		tap_skip("an idle agent sleeps", "this backend asks");
		source_free(source);
		return;
	}
	turn(source, 61000);
	wakes = count_wakes(source, now + 600000);
	OK(wakes >= 9 && wakes <= 11,
	    "1000 idle files: in ten minutes nothing but the sweeps");
	source_free(source);
}

/* After a rotation there is more to do, and then no more. */
static void
test_idle_after_rotation(void)
{
	struct source *source;
	int64_t wakes;

	start_over();
	files_write("a.log", "one\n");
	add_log("a.log", LOG_START_START, false, NULL);
	source = open_source();
	settle(source);
	files_rename("a.log", "a.log.1");
	files_write("a.log", "two\n");
	settle(source);
	turn(source, 61000);
	turn(source, 61000);
	wakes = count_wakes(source, now + 600000);
	OK(source_fd(source) < 0 || wakes <= 11,
	    "what is remembered of a rotation wakes nobody");
	source_free(source);
}

/* The name is given to another file while it is opened; here: the watch is
 * there, the file is not read yet. */
static void
test_replaced(void)
{
	struct source *source;

	start_over();
	files_write("a.log", "one\n");
	add_log("a.log", LOG_START_START, false, NULL);
	source = open_source();
	settle(source);
	for (int i = 0; i < 20; i++) {
		files_write("new", "x\n");
		files_rename("new", "a.log");
		turn(source, source_fd(source) < 0 ? 1000 : 200);
		turn(source, source_fd(source) < 0 ? 1000 : 200);
		buf_reset(&got);
		files_append("a.log", "y\n");
		turn(source, source_fd(source) < 0 ? 1000 : 10);
		if (!is(&got, "a.log:y|"))
			break;
		if (i == 19)
			OK(true, "the watch is always on the file that is "
				 "read");
	}
	source_free(source);
}

/* More files than descriptors, all of them written to and rotated. */
static void
test_few_descriptors(void)
{
	struct rlimit old, few;
	struct source *source;
	char name[32], renamed[32];
	int spent[16];

	start_over();
	getrlimit(RLIMIT_NOFILE, &old);
	add_log("*.log", LOG_START_START, false, NULL);
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "%d.log", i);
		files_write(name, "one\n");
	}
	for (size_t i = 0; i < 16; i++)
		spent[i] = open("/dev/null", O_RDONLY);
	few = (struct rlimit){64, old.rlim_max};
	setrlimit(RLIMIT_NOFILE, &few);
	source = open_source();
	settle(source);
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "%d.log", i);
		snprintf(renamed, sizeof(renamed), "%d.log.1", i);
		files_append(name, "two\n");
		files_rename(name, renamed);
		files_write(name, "three\n");
	}
	for (int i = 0; i < 5; i++)
		turn(source, 61000);
	setrlimit(RLIMIT_NOFILE, &old);
	for (size_t i = 0; i < 16; i++)
		close(spent[i]);
	{
		size_t records = 0;

		for (size_t i = 0; i < got.len; i++)
			records += got.data[i] == '|';
		IS_INT((long long)records, 3 * MANY,
		    "1000 files and their rotations are read with 48 "
		    "descriptors");
	}
	OK(!strstr(buf_str(&notices), "unreadable") &&
		!strstr(buf_str(&notices), "gap"),
	    "with nothing to complain about");
	source_free(source);
}

/* In a user namespace of its own this process may have less than others.
 * Comes last: there is no way back. */
static void
test_limit(void)
{
	static const char limit[] = "/proc/sys/user/max_inotify_watches";
	struct source *source;
	int fd;

	start_over();
	files_mkdir("d");
	files_write("a.log", "");
	files_write("b.log", "");
	files_write("d/c.log", "");
	fd = unshare(CLONE_NEWUSER) == 0 ? open(limit, O_WRONLY) : -1;
	if (fd < 0 || write(fd, "2\n", 2) != 2) {
		tap_skip("a limit of watches", "no user namespaces here");
		if (fd >= 0)
			close(fd);
		return;
	}
	close(fd);
	add_log("*.log", LOG_START_END, false, NULL);
	add_log("d/*.log", LOG_START_END, false, NULL);
	source = open_polling();
	if (source_fd(source) >= 0) {
		IS_INT((long long)polled_count, 1,
		    "when there are no watches left, one warning is given");
		OK(strstr(polled_text, "fs.inotify.max_user_watches"),
		    "which names the sysctl");
		OK(whys_are(source,
		       "polling no watches left|polling no watches left|"
		       "polling no watches left|"),
		    "and status says why files are polled");
	}
	buf_reset(&got);
	files_append("a.log", "one\n");
	files_append("b.log", "two\n");
	files_append("d/c.log", "three\n");
	files_write("d/e.log", "four\n");
	settle(source);
	OK(strstr(buf_str(&got), "a.log:one|") &&
		strstr(buf_str(&got), "b.log:two|") &&
		strstr(buf_str(&got), "d/c.log:three|") &&
		strstr(buf_str(&got), "d/e.log:four|"),
	    "everything is read all the same");
	source_free(source);
}

int
main(void)
{
	files_begin();
	test_silent();
	test_idle();
	test_idle_after_rotation();
	test_replaced();
	test_few_descriptors();
	test_limit();
	buf_release(&whys);
	return end_tests();
}
