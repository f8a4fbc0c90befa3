/*
 * input_watch: what every notify backend promises.
 *
 * Linked once with each.  Hints may be doubled or about nothing, so a test
 * asks only whether the one that must come is among them.  No test waits:
 * the kernel queues an event before the call that caused it returns.
 */
#include "config.h"

#include <limits.h>
#include <sched.h>
#include <sys/resource.h>

#include "input/watch.h"
#include "files.h"
#include "tap.h"

#define HINTS_MAX 1000

static struct err err;
static const char *why;

/* Drains the hints; true when one of them makes the caller look at id. */
static bool
hinted(struct watch *watch, int id)
{
	struct watch_hint hint;
	bool result = false;
	int count = 0;

	while (count++ < HINTS_MAX && watch_next(watch, &hint)) {
		if (hint.kind == WATCH_RESCAN || hint.id == id)
			result = true;
	}
	OK(count <= HINTS_MAX, "hints come to an end");
	return result;
}

static void
test_files(struct watch *watch)
{
	int id = -1, again = -2;

	files_write("log", "one\n");
	OK(watch_add(watch, files_path("log"), WATCH_FILE, &id, &why, &err) ==
		WATCH_OK,
	    "a file can be watched");
	OK(watch_add(watch, files_path("log"), WATCH_FILE, &again, &why, &err) ==
		    WATCH_OK &&
		again == id,
	    "twice is the same watch");
	OK(link(files_path("log"), files_path("hard")) == 0 &&
		watch_add(watch, files_path("hard"), WATCH_FILE, &again,
		    &why, &err) == WATCH_OK &&
		again == id,
	    "under another name too");
	hinted(watch, id);
	files_append("log", "two\n");
	OK(hinted(watch, id), "an append is hinted at");
	OK(truncate(files_path("log"), 0) == 0 && hinted(watch, id),
	    "so is a truncation");
	files_rename("log", "log.1");
	OK(hinted(watch, id), "so is a rename");
	files_append("log.1", "three\n");
	OK(hinted(watch, id), "the watch follows the file");
	OK(chmod(files_path("log.1"), 0600) == 0 && hinted(watch, id),
	    "a change of rights is hinted at");
	watch_remove(watch, id);
	hinted(watch, id);
}

static void
test_directories(struct watch *watch)
{
	int id = -1;

	files_mkdir("d");
	OK(watch_add(watch, files_path("d"), WATCH_DIRECTORY, &id, &why, &err) ==
		WATCH_OK,
	    "a directory can be watched");
	hinted(watch, id);
	files_write("d/new", "");
	OK(hinted(watch, id), "a name that comes is hinted at");
	files_write("other", "");
	files_rename("other", "d/new");
	OK(hinted(watch, id), "so is one that is replaced");
	files_rename("d/new", "gone");
	OK(hinted(watch, id), "so is one that goes");
	OK(rmdir(files_path("d")) == 0 && hinted(watch, id),
	    "and the end of the directory");
}

static void
test_answers(struct watch *watch)
{
	struct watch_hint hint;
	int id = -7;

	err.text[0] = '\0';
	OK(watch_add(watch, files_path("none"), WATCH_FILE, &id, &why, &err) ==
		    WATCH_MISSING &&
		err.text[0],
	    "a missing file is an answer");
	IS_INT(id, -7, "and leaves the id alone");
	OK(watch_add(watch, files_path("none/x"), WATCH_DIRECTORY, &id, &why, &err) ==
		WATCH_MISSING,
	    "a missing directory too");
	files_write("file", "");
	OK(watch_add(watch, files_path("file"), WATCH_DIRECTORY, &id, &why, &err) ==
		WATCH_MISSING,
	    "a file is no directory");
	watch_remove(watch, -1);
	watch_remove(watch, 0);
	watch_remove(watch, 987654);
	OK(true, "removing what is not there does no harm");
	while (watch_next(watch, &hint))
		;
	OK(watch_fd(watch) >= 0 || watch_interval(watch) > 0,
	    "there is a descriptor to wait for or a time to ask");
}

static void
test_many(struct watch *watch)
{
	char name[32];
	int ids[200], id;
	bool distinct = true;

	for (int i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "many%d", i);
		files_write(name, "");
		if (watch_add(watch, files_path(name), WATCH_FILE, &ids[i],
			&why, &err) != WATCH_OK)
			ids[i] = -1;
		for (int j = 0; j < i; j++)
			distinct = distinct && ids[j] != ids[i];
	}
	OK(distinct, "every file has an id of its own");
	for (int i = 0; i < 200; i += 2)
		watch_remove(watch, ids[i]);
	OK(watch_add(watch, files_path("many1"), WATCH_FILE, &id, &why, &err) ==
		    WATCH_OK &&
		id == ids[1],
	    "removing some leaves the others as they are");
}

/* What ctail writes beside a log must not wake it for ever; with a backend
 * that knows names it does not wake it at all. */
static void
test_own_work(struct watch *watch)
{
	int id = -1;

	if (watch_fd(watch) < 0) {
		tap_skip("our own files are no hints", "no names here");
		return;
	}
	watch_add(watch, files_dir, WATCH_DIRECTORY, &id, &why, &err);
	hinted(watch, id);
	files_write(".log.offset.abc123", "");
	files_rename(".log.offset.abc123", "log.offset");
	OK(!hinted(watch, id), "our own files are no hints");
}

/* Without any descriptor there is no instance: the answers stay honest. */
static void
test_no_instance(void)
{
	struct rlimit old, none = {0, 0};
	struct watch_hint hint;
	struct watch *watch;
	int id = -1;
	enum watch_answer answer;

	getrlimit(RLIMIT_NOFILE, &old);
	none.rlim_max = old.rlim_max;
	files_write("log", "");
	setrlimit(RLIMIT_NOFILE, &none);
	watch = watch_new(&err);
	setrlimit(RLIMIT_NOFILE, &old);
	OK(watch != NULL, "no descriptor to be had is no failure");
	answer = watch_add(watch, files_path("log"), WATCH_FILE, &id, &why, &err);
	OK(answer == WATCH_OK || (answer == WATCH_LIMIT &&
				     strstr(err.text, "max_user_instances")),
	    "it is a limit that is named");
	IS_INT(watch_fd(watch), -1, "there is nothing to wait for");
	OK(watch_interval(watch) > 0, "but a time to ask again");
	OK(watch_next(watch, &hint) && hint.kind == WATCH_RESCAN &&
		!watch_next(watch, &hint),
	    "and then one hint, to look everywhere");
	watch_free(watch);
}

static long
number_in(const char *path)
{
	FILE *file = fopen(path, "re");
	long number = -1;

	if (file && fscanf(file, "%ld", &number) != 1)
		number = -1;
	if (file)
		fclose(file);
	return number;
}

/* Nobody listens while two files change in turn; the queue runs over. */
static void
test_overflow(void)
{
	long room = number_in("/proc/sys/fs/inotify/max_queued_events");
	struct watch *watch = watch_new(&err);
	struct watch_hint hint;
	bool rescan = false;
	int id, fds[2];

	if (watch_fd(watch) < 0 || room < 0 || room > 100000) {
		tap_skip("a queue that runs over", "no queue, or a long one");
		watch_free(watch);
		return;
	}
	for (int i = 0; i < 2; i++) {
		const char *name = i ? "flood.b" : "flood.a";

		files_write(name, "");
		watch_add(
		    watch, files_path(name), WATCH_FILE, &id, &why, &err);
		fds[i] = open(files_path(name), O_WRONLY | O_APPEND);
	}
	for (long i = 0; i < room + 10; i++) {
		if (write(fds[i % 2], "x", 1) != 1)
			exit(99);
	}
	while (watch_next(watch, &hint))
		rescan = rescan || hint.kind == WATCH_RESCAN;
	OK(rescan, "a queue that runs over means looking everywhere");
	files_append("flood.a", "x");
	OK(watch_next(watch, &hint) && hint.kind == WATCH_CHANGED,
	    "and then it goes on as before");
	close(fds[0]);
	close(fds[1]);
	watch_free(watch);
}

/* What is made up by the kernel changes without a word. */
static void
test_silent(struct watch *watch)
{
	int id = -1;

	if (watch_fd(watch) < 0 || access("/proc/self/status", R_OK) < 0) {
		tap_skip("a silent file system", "no inotify or no /proc");
		return;
	}
	why = NULL;
	OK(watch_add(watch, "/proc/self/status", WATCH_FILE, &id, &why, &err) ==
		WATCH_UNSUPPORTED,
	    "a file in /proc cannot be watched");
	IS_STR(why, "proc", "and why is said");
	OK(strstr(err.text, "/proc/self/status") && strstr(err.text, "(proc)"),
	    "in a sentence too");
	OK(watch_add(watch, "/proc/self", WATCH_DIRECTORY, &id, &why, &err) ==
		WATCH_UNSUPPORTED,
	    "nor can a directory there");
}

/* In a user namespace of its own this process may have less than others.
 * Comes last: there is no way back. */
static void
test_limit(void)
{
	static const char limit[] = "/proc/sys/user/max_inotify_watches";
	int fd = unshare(CLONE_NEWUSER) == 0 ? open(limit, O_WRONLY) : -1;
	struct watch *watch;
	int a = -1, b = -1;

	if (fd < 0 || write(fd, "1\n", 2) != 2) {
		tap_skip("a limit of watches", "no user namespaces here");
		if (fd >= 0)
			close(fd);
		return;
	}
	close(fd);
	watch = watch_new(&err);
	files_write("one", "");
	files_write("two", "");
	OK(watch_add(watch, files_path("one"), WATCH_FILE, &a, &why, &err) ==
		WATCH_OK,
	    "with one watch allowed there is one");
	if (watch_fd(watch) < 0) {
		tap_skip("the second one", "this backend needs none");
	} else {
		why = NULL;
		OK(watch_add(watch, files_path("two"), WATCH_FILE, &b, &why,
		       &err) == WATCH_LIMIT &&
			strstr(err.text, "fs.inotify.max_user_watches"),
		    "the second one is refused, and the sysctl is named");
		IS_STR(why, "no watches left", "in a few words too");
		watch_remove(watch, a);
		OK(watch_add(watch, files_path("two"), WATCH_FILE, &b, &why,
		       &err) == WATCH_OK,
		    "one that is given back can be had");
	}
	watch_free(watch);
}

int
main(void)
{
	struct watch *watch;

	files_begin();
	watch = watch_new(&err);
	OK(watch && watch_backend()[0], "there is a backend");
	test_files(watch);
	test_directories(watch);
	test_answers(watch);
	test_many(watch);
	test_own_work(watch);
	test_silent(watch);
	watch_free(watch);
	watch_free(NULL);
	test_no_instance();
	test_overflow();
	test_limit();
	files_end();
	return tap_done();
}
