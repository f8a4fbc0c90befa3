/*
 * input_source_copy: what is a log and what is only an older part of one.
 */
#include "config.h"

#include "source.h"

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

/* Enough for a fingerprint. */
static const char banner[] =
    "2024-01-01 00:00:00 started, and this is a line that is long enough\n";

/* What cp does, `bytes` of it. */
static void
copy_part(const char *from, const char *to, size_t start, size_t bytes)
{
	static char text[64 * 1024];
	int fd = open(files_path(from), O_RDONLY);
	ssize_t len = pread(fd, text, sizeof(text), (off_t)start);

	if (len < 0)
		exit(99);
	close(fd);
	if ((size_t)len > bytes)
		len = (ssize_t)bytes;
	files_put(to, text, (size_t)len, start ? O_APPEND : O_TRUNC);
}

static void
copy(const char *from, const char *to)
{
	copy_part(from, to, 0, 64 * 1024);
}

static void
add_lines(const char *name, int from, int to)
{
	char line[64];

	for (int i = from; i < to; i++) {
		snprintf(line, sizeof(line), "line %d of %s\n", i, name);
		files_append(name, line);
	}
}

static size_t
count_records(void)
{
	size_t count = 0;

	for (size_t i = 0; i < got.len; i++)
		count += got.data[i] == '|';
	buf_reset(&got);
	return count;
}

static void
test_own_names(void)
{
	struct source *source;

	start_over();
	files_mkdir("old");
	files_write("app.log", "a\n");
	files_write("old/app.log~weekly", "older\n");
	files_write("old/other~weekly", "another log\n");
	files_write("app.log#1", "older too\n");
	add_log("**", LOG_START_START, false, NULL);
	add_rotated("old/%s~*");
	add_log("none", LOG_START_START, false, NULL);
	add_rotated("%s#?");
	source = open_source();
	settle(source);
	OK(is(&got, "app.log:a|app.log#1:older too|"
		    "old/other~weekly:another log|"),
	    "a [log]'s own names of generations are no logs, beside and in "
	    "other directories, and those of another [log] say nothing");
	source_free(source);
}

static void
test_copytruncate_in_the_glob(void)
{
	static const char *const names[] = {
	    "app.log.1", "app-20240101.log", "app.1.log", "app.log-20240101"};
	struct source *source;

	start_over();
	files_write("app.log", banner);
	add_log("*.log*", LOG_START_START, false, NULL);
	source = open_source();
	settle(source);
	IS_INT((long long)count_records(), 1, "a log is read");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		copy("app.log", names[i]);
		turn(source, 1000);
		files_write("app.log", "");
		add_lines("app.log", (int)i * 10, (int)i * 10 + 3);
		settle(source);
		IS_INT((long long)count_records(), 3,
		    "a copy under a usual name is not read, what comes is");
		unlink(files_path(names[i]));
	}
	source_free(source);
}

static void
test_unusual_name(bool look_between)
{
	struct source *source;

	start_over();
	files_write("app.log", banner);
	add_lines("app.log", 0, 100);
	add_log("*.log", LOG_START_START, false, NULL);
	source = open_source();
	settle(source);
	IS_INT((long long)count_records(), 101, "a log is read");
	buf_reset(&notices);
	copy("app.log", "snapshot.log");
	if (look_between)
		settle(source);
	OK(is(&got, ""), "a copy of it is not");
	files_write("app.log", "");
	add_lines("app.log", 100, 103);
	settle(source);
	IS_INT((long long)count_records(), 3, "nor when the log is emptied");
	OK(strstr(buf_str(&notices), "copy snapshot.log|"), "which is told");
	buf_reset(&notices);
	turn(source, 61000);
	turn(source, 61000);
	OK(is(&got, "") && is(&notices, ""), "once");
	stop(source);
	source = start_again();
	settle(source);
	OK(is(&got, ""), "a restart knows it still");
	source_free(source);
}

/* Written between our last look and the copy, and then emptied: the only
 * place that has it is the copy. */
static void
test_rest_in_the_copy(void)
{
	struct source *source;

	start_over();
	files_write("app.log", banner);
	add_lines("app.log", 0, 100);
	add_log("*.log", LOG_START_START, false, NULL);
	source = open_source();
	settle(source);
	count_records();
	files_append("app.log", "late one\nlate two\n");
	copy("app.log", "snapshot.log");
	files_write("app.log", "new\n");
	settle(source);
	OK(is(&got, "app.log:new|snapshot.log:late one|"
		    "snapshot.log:late two|"),
	    "what only the copy has is read from it");
	turn(source, 61000);
	stop(source);
	source = start_again();
	settle(source);
	OK(is(&got, ""), "once");
	source_free(source);
}

/* Both may be: nothing is lost until that is clear. */
static void
test_alike(void)
{
	struct source *source;

	start_over();
	files_write("a.log", banner);
	add_lines("a.log", 0, 10);
	add_log("*.log", LOG_START_START, false, NULL);
	source = open_source();
	settle(source);
	count_records();
	files_write("b.log", banner);
	add_lines("b.log", 0, 1);
	settle(source);
	IS_INT((long long)count_records(), 2,
	    "a log that only begins as another is read");
	copy("a.log", "c.log");
	settle(source);
	turn(source, 61000);
	IS_INT((long long)count_records(), 0, "one that is like it is not");
	add_lines("c.log", 0, 1);
	settle(source);
	IS_INT((long long)count_records(), 12,
	    "until it goes its own way, then from its first byte");
	source_free(source);
}

static void
test_slow_copy(void)
{
	struct source *source;

	start_over();
	files_write("app.log", banner);
	add_lines("app.log", 0, 300);
	add_log("*.log", LOG_START_START, false, NULL);
	source = open_source();
	settle(source);
	count_records();
	copy_part("app.log", "x.log", 0, 2000);
	settle(source);
	copy_part("app.log", "x.log", 2000, 64 * 1024);
	settle(source);
	files_write("app.log", "new\n");
	settle(source);
	OK(is(&got, "app.log:new|"), "a copy that takes its time is none");
	turn(source, 61000);
	add_lines("x.log", 0, 2);
	settle(source);
	IS_INT((long long)count_records(), 2,
	    "what is written to it later is read");
	source_free(source);
}

static void
test_copy_of_a_finished_one(void)
{
	struct source *source;

	start_over();
	files_write("app.log", banner);
	add_lines("app.log", 0, 100);
	add_log("*.log", LOG_START_START, false, NULL);
	source = open_source();
	settle(source);
	files_rename("app.log", "app.log.1");
	files_write("app.log", "new\n");
	for (int i = 0; i < 5; i++)
		turn(source, 11000);
	count_records();
	copy("app.log.1", "unpacked.log");
	settle(source);
	OK(is(&got, ""), "what was finished long ago is known as well");
	source_free(source);
}

/* A pattern that a reload adds. */
static void
test_many_old_files(void)
{
	struct source *source;
	char name[32];

	start_over();
	for (int i = 0; i < 400; i++) {
		snprintf(name, sizeof(name), "old-%d.log", i);
		files_write(name, "old\n");
	}
	add_log("*.log", LOG_START_END, false, NULL);
	source = open_source();
	turn(source, 0);
	OK(is(&got, "") && is(&notices, ""),
	    "400 old files: no line, no word");
	files_append("old-7.log", "new\n");
	settle(source);
	OK(is(&got, "old-7.log:new|"), "but what is written to them");
	turn(source, 61000);
	stop(source);
	IS_INT((long long)store.count, 400, "their ends are stored");
	source = start_again();
	settle(source);
	OK(is(&got, "") && is(&notices, ""), "and known after a restart");
	source_free(source);
}

int
main(void)
{
	files_begin();
	test_what_is_a_log();
	test_own_names();
	test_copytruncate_in_the_glob();
	test_unusual_name(false);
	test_unusual_name(true);
	test_rest_in_the_copy();
	test_alike();
	test_slow_copy();
	test_copy_of_a_finished_one();
	test_many_old_files();
	return end_tests();
}
