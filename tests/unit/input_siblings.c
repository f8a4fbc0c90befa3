/*
 * input_siblings: which files are listed, and in what order.
 */
#include "config.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "base/buf.h"
#include "input/paths.h"
#include "input/siblings.h"
#include "files.h"
#include "tap.h"

/* Minutes after some day; files are otherwise all of the same moment. */
static void
set_time(const char *name, int minutes)
{
	struct timespec times[2] = {{.tv_sec = 1700000000 + minutes * 60},
	    {.tv_sec = 1700000000 + minutes * 60}};

	if (utimensat(AT_FDCWD, files_path(name), times, 0) < 0) {
		perror(name);
		exit(99);
	}
}

static void
put(const char *name, int minutes)
{
	files_write(name, "x\n");
	set_time(name, minutes);
}

/* Names, oldest first, ! behind those that are shadowed. */
static const char *
listed(const char *log, char *pattern)
{
	static char text[4096];
	struct setting_item item = {.text = pattern};
	struct setting_list list = {&item, 1};
	struct siblings siblings;
	struct err err = ERR_INIT;
	size_t len = 0;

	if (siblings_scan(log, pattern ? &list : NULL, &siblings, &err) < 0) {
		snprintf(text, sizeof(text), "error: %s", err.text);
		return text;
	}
	text[0] = '\0';
	for (size_t i = 0; i < siblings.count && len < sizeof(text); i++)
		len +=
		    (size_t)snprintf(text + len, sizeof(text) - len, "%s%s%s",
			i ? " " : "", path_name(siblings.items[i].path).data,
			siblings.items[i].shadowed ? "!" : "");
	siblings_release(&siblings);
	return text;
}

static void
lists(const char *want, const char *sentence)
{
	IS_STR(listed(files_path("log"), NULL), want, sentence);
}

static void
test_order(void)
{
	files_clear();
	lists("", "nothing is there");
	put("log", 9);
	put("log.2", 5);
	put("log.10", 6);
	put("log.1", 4);
	put("other.1", 1);
	put("log.offset", 1);
	lists("log.10 log.2 log.1",
	    "numbers: the largest is the oldest, whatever the clock says");
	put("log-20240102", 8);
	put("log-20240101", 7);
	lists("log.10 log.2 log.1 log-20240101 log-20240102",
	    "another family stands where its time of change is");
	set_time("log-20240101", 1);
	lists("log-20240101 log.10 log.2 log.1 log-20240102",
	    "each of its files for itself");
	set_time("log-20240102", 0);
	lists("log-20240101 log-20240102 log.10 log.2 log.1",
	    "but never out of its own order");
}

static void
test_twins(void)
{
	files_clear();
	put("log.1", 5);
	put("log.1.gz", 6);
	put("log.2.gz", 4);
	lists("log.2.gz log.1.gz! log.1",
	    "a compressed file is shadowed by its plain twin");
	put("log.2.xz", 3);
	lists("log.2.xz! log.2.gz log.1.gz! log.1",
	    "of two packings the one changed last holds");
}

static void
test_what_is_not_listed(void)
{
	files_clear();
	put("log", 5);
	files_mkdir("log.1");
	OK(symlink("log", files_path("log.2")) == 0 &&
		mkfifo(files_path("log.3"), 0600) == 0,
	    "there are a link and a pipe");
	lists("", "directories, links and pipes are not listed");
	OK(link(files_path("log"), files_path("log.4")) == 0,
	    "the log has a second name");
	lists("", "under which it is not listed");
	put("log.5", 3);
	OK(link(files_path("log.5"), files_path("log.6")) == 0,
	    "another file has two names");
	OK(strlen(listed(files_path("log"), NULL)) == strlen("log.5"),
	    "and is listed once");
	unlink(files_path("log"));
	OK(strstr(listed(files_path("log"), NULL), "log.4") != NULL,
	    "without the log its former second name is a sibling");
}

static void
test_errors(void)
{
	files_clear();
	IS_STR(listed(files_path("gone/log"), NULL), "",
	    "a directory that is not there has nothing in it");
	if (geteuid() == 0) {
		tap_skip("an unreadable directory is an error", "run as root");
		return;
	}
	files_mkdir("shut");
	chmod(files_path("shut"), 0100);
	OK(!strncmp(listed(files_path("shut/log"), NULL), "error: ", 7),
	    "an unreadable directory is an error");
	chmod(files_path("shut"), 0700);
}

static void
test_patterns(void)
{
	char beside[] = "%s*", away[] = "old/%s.*", nowhere[] = "no/%s";
	char absolute[1100];

	files_clear();
	files_mkdir("old");
	put("my [log] *", 9);
	put("my [log] *.1", 8);
	put("my [log] *.keep", 7);
	put("my [log] *.offset", 7);
	put("my l *.2", 7);
	put("old/my [log] *.2.gz", 5);
	put("old/my [log] *.3", 6);
	put("old/my [log] *.zzz", 1);
	IS_STR(listed(files_path("my [log] *"), away),
	    "my [log] *.zzz my [log] *.3 my [log] *.2.gz my [log] *.1",
	    "a pattern finds files in another directory, in their order");
	IS_STR(listed(files_path("my [log] *"), beside),
	    "my [log] *.keep my [log] *.1",
	    "one for the log's own directory adds to what is known");
	IS_STR(listed(files_path("my [log] *"), nowhere), "my [log] *.1",
	    "one that matches nothing does no harm");
	snprintf(absolute, sizeof(absolute), "%s", files_path("old/%s.3"));
	IS_STR(listed(files_path("my [log] *"), absolute),
	    "my [log] *.3 my [log] *.1", "an absolute one needs no wildcard");
}

static void
test_relative(void)
{
	char away[] = "old/%s.*";

	files_clear();
	files_mkdir("old");
	put("log.1", 2);
	put("old/log.2", 1);
	OK(chdir(files_dir) == 0, "where the log is");
	IS_STR(listed("log", away), "log.2 log.1",
	    "a relative path finds the same");
	OK(chdir("/") == 0, "and back");
}

/* Ranks of two directories say nothing about each other. */
static void
test_directories(void)
{
	char away[] = "old/%s.*";

	files_clear();
	files_mkdir("old");
	put("log.1", 2);
	put("log.2", 1);
	put("old/log.1", 6);
	put("old/log.2", 5);
	IS_STR(listed(files_path("log"), away), "log.2 log.1 log.2 log.1",
	    "stale files in one directory come before those of the other");
}

static void
test_links(void)
{
	files_clear();
	files_mkdir("pod");
	put("pod/0.log", 1);
	put("pod/0.log.20240101-120000.gz", 2);
	put("pod/0.log.20240102-120000", 3);
	put("pod/1.log", 5);
	put("pod/1.log.20240103-120000", 4);
	put("pod/2.log", 9);
	put("pod/other.log", 9);
	OK(symlink("pod/2.log", files_path("log")) == 0,
	    "the log is a link as Kubernetes makes them");
	lists("0.log 0.log.20240101-120000.gz 0.log.20240102-120000 "
	      "1.log.20240103-120000 1.log",
	    "what it led to earlier is found");
	unlink(files_path("pod/2.log"));
	OK(strstr(listed(files_path("log"), NULL), "1.log") != NULL,
	    "also while it leads nowhere");
	unlink(files_path("log"));
	put("pod/app", 5);
	put("pod/app.1", 4);
	OK(symlink("pod/app", files_path("log")) == 0, "it is another link");
	lists("app.1", "its target's generations are found");
}

/* Hostile: more names than anybody has. */
static void
test_bound(void)
{
	struct siblings siblings;
	char name[32];

	files_clear();
	for (int i = 1; i <= 2 * SIBLINGS_MAX + 10; i++) {
		snprintf(name, sizeof(name), "log.%d", i);
		files_write(name, "");
	}
	OK(siblings_scan(files_path("log"), NULL, &siblings, NULL) == 0 &&
		siblings.count == SIBLINGS_MAX,
	    "at most SIBLINGS_MAX files are listed");
	IS_STR(path_name(siblings.items[siblings.count - 1].path).data, "log.1",
	    "the newest is among them");
	IS_STR(path_name(siblings.items[0].path).data, "log.4096",
	    "and the others are the next");
	siblings_release(&siblings);
}

static void
test_compare(void)
{
	struct siblings a, b;

	files_clear();
	put("log.1", 1);
	put("log.2", 1);
	siblings_scan(files_path("log"), NULL, &a, NULL);
	files_append("log.1", "more\n");
	siblings_scan(files_path("log"), NULL, &b, NULL);
	OK(siblings_same(&a, &b), "growth changes no name");
	OK(siblings_are_family(&a.items[0], &a.items[1]) &&
		!siblings_are_twins(&a.items[0], &a.items[1]),
	    ".1 and .2 are a family, not twins");
	siblings_release(&b);
	files_rename("log.2", "log.3");
	files_rename("log.1", "log.2");
	siblings_scan(files_path("log"), NULL, &b, NULL);
	OK(!siblings_same(&a, &b), "a rotation does");
	siblings_release(&a);
	siblings_release(&b);
}

/* Descriptors for the log's own directory and one more: "*" needs two. */
static void
test_descriptors(void)
{
	char pattern[] = "*/%s.*";
	int highest = open("/", O_RDONLY);
	struct rlimit before, few;

	close(highest);
	files_clear();
	files_write("log", "now\n");
	if (mkdir(files_path("old"), 0755) < 0)
		exit(99);
	files_write("old/log.1", "then\n");
	IS_STR(listed(files_path("log"), pattern), "log.1",
	    "a pattern for directories below");
	getrlimit(RLIMIT_NOFILE, &before);
	few = before;
	few.rlim_cur = (rlim_t)highest + 1;
	setrlimit(RLIMIT_NOFILE, &few);
	OK(strstr(listed(files_path("log"), pattern),
	       "cannot look for older files"),
	    "a directory that cannot be listed now is not an empty one");
	setrlimit(RLIMIT_NOFILE, &before);
	unlink(files_path("old/log.1"));
	rmdir(files_path("old"));
}

int
main(void)
{
	files_begin();
	test_order();
	test_twins();
	test_what_is_not_listed();
	test_errors();
	test_patterns();
	test_relative();
	test_directories();
	test_links();
	test_bound();
	test_compare();
	test_descriptors();
	files_end();
	return tap_done();
}
