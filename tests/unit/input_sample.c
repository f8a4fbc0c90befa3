/*
 * input_sample: files as they are now, read once.
 */
#include "config.h"

#include "input/sample.h"
#include "packer.h"
#include "source.h"

static struct unpacker unpacker = {.program = "./ctail-unpack"};
static uint64_t progress_done, progress_size;
static unsigned progress_left;

/* "PATH@OFFSET-END:TEXT|" */
static void
on_sample(void *arg, const struct record *record)
{
	(void)arg;
	if (strncmp(record->path, files_dir, strlen(files_dir)) == 0)
		buf_addf(&got, "%s", name_of(record->path));
	buf_addf(&got, "@%llu-%llu:", (unsigned long long)record->offset,
	    (unsigned long long)record->end);
	for (size_t i = 0; i < record->text.len; i++)
		buf_add_byte(&got,
		    record->text.data[i] == '\n' ? '/' : record->text.data[i]);
	buf_add_str(&got, record->cut ? "!" : record->partial ? "?" : "|");
	if (record->log != 5 || record->incarnation[0])
		buf_add_str(&got, "odd");
}

static bool
on_progress(void *arg, uint64_t done, uint64_t size)
{
	(void)arg;
	progress_done = done;
	progress_size = size;
	return progress_left-- > 1;
}

static struct sample sample;

static void
begin_sample(const char *pattern)
{
	start_over();
	add_log(pattern, LOG_START_END, false, NULL);
	sample = (struct sample){
	    .log = &setup.logs[0],
	    .index = 5,
	    .handler = {.record = on_sample,
		.place = on_place,
		.time = on_time},
	};
	if (access(unpacker.program, X_OK) == 0)
		setup.logs[0].unpacker = &unpacker;
}

static void
join_lines(void)
{
	setup.settings[0].record = (char *)"continue ^ ";
	setup.settings[0].record_limit =
	    (struct log_record_limit){4, 10000, 1000};
}

static bool
file_gives(const char *name, uint64_t from, uint64_t to, const char *want)
{
	err.text[0] = '\0';
	return sample_file(&sample, files_path(name), from, to, &err) == 0 &&
	       is(&got, want);
}

static bool
log_gives(int64_t since_ms, const char *want)
{
	err.text[0] = '\0';
	return sample_log(&sample, files_path("a.log"), since_ms, &err) == 0 &&
	       is(&got, want);
}

/* --- One file ----------------------------------------------------------- */

static void
test_file(void)
{
	begin_sample("a.log");
	files_write("a.log", "one\ntwo\r\n\nlast");
	OK(file_gives("a.log", 0, UINT64_MAX,
	       "a.log@0-4:one|a.log@4-9:two|a.log@9-10:|a.log@10-14:last?"),
	    "a file is read whole, an unfinished last line too");
	files_write("a.log", "");
	OK(file_gives("a.log", 0, UINT64_MAX, ""), "an empty one is nothing");
	OK(sample_file(&sample, files_path("none"), 0, UINT64_MAX, &err) < 0 &&
		strstr(err.text, "none") != NULL,
	    "one that is not there is an error that names it");
	OK(sample_file(&sample, files_dir, 0, UINT64_MAX, &err) < 0 &&
		strstr(err.text, "directory") != NULL,
	    "so is a directory");
}

static void
test_fifo(void)
{
	begin_sample("a.log");
	files_write("a.log", "one\n");
	sample.regular = true;
	OK(file_gives("a.log", 0, UINT64_MAX, "a.log@0-4:one|"),
	    "where a file is wanted a file is read");
	if (unlink(files_path("a.log")) || mkfifo(files_path("a.log"), 0600))
		exit(99);
	alarm(20);
	OK(sample_file(&sample, files_path("a.log"), 0, UINT64_MAX, &err) < 0 &&
		strstr(err.text, "not a regular file") != NULL,
	    "and a FIFO under its name is not waited for");
	alarm(0);
}

/* Every pair of neighbouring ranges has each record once. */
static void
test_ranges(void)
{
	const char *all = "a.log@0-4:one|a.log@4-8:two|a.log@8-14:three|"
			  "a.log@14-15:|a.log@15-19:four?";
	bool right = true;

	begin_sample("a.log");
	files_write("a.log", "one\ntwo\nthree\n\nfour");
	OK(file_gives("a.log", 4, 8, "a.log@4-8:two|"),
	    "a range begins with the record that begins there");
	OK(file_gives("a.log", 5, 9, "a.log@8-14:three|"),
	    "or the next, and ends with the last that begins in it");
	OK(file_gives("a.log", 500, UINT64_MAX, ""),
	    "behind the end is nothing");
	for (uint64_t at = 0; at <= 20; at++) {
		const char *path = files_path("a.log");

		sample_file(&sample, path, 0, at, &err);
		sample_file(&sample, path, at, UINT64_MAX, &err);
		right = is(&got, all) && right;
	}
	OK(right, "two ranges that meet have each record once");
}

static void
test_long_lines(void)
{
	struct buf text = BUF_INIT;
	const char *at;

	begin_sample("a.log");
	buf_add_str(&text, "first\n");
	for (int i = 0; i < 1000000; i++)
		buf_add_byte(&text, 'x');
	buf_add_str(&text, "\nnext\n");
	files_put("a.log", text.data, text.len, 0);
	OK(sample_file(&sample, files_path("a.log"), 0, UINT64_MAX, &err) == 0,
	    "a long line is read");
	at = strchr(buf_str(&got), '!');
	OK(at && !strcmp(at, "!a.log@1000007-1000012:next|"),
	    "cut, and what follows it is right");
	buf_reset(&got);
	OK(file_gives(
	       "a.log", 700000, UINT64_MAX, "a.log@1000007-1000012:next|"),
	    "and passed over from its middle");
	buf_release(&text);
}

static void
test_joined(void)
{
	begin_sample("a.log");
	join_lines();
	files_write("a.log", "one\n more\ntwo\n 1\n 2\n 3\n 4\nend\n torn");
	OK(file_gives("a.log", 0, UINT64_MAX,
	       "a.log@0-10:one/ more|a.log@10-23:two/ 1/ 2/ 3!"
	       "a.log@23-26: 4|a.log@26-35:end/ torn?"),
	    "lines are joined within their limits");
	OK(file_gives("a.log", 2, 11, "a.log@10-23:two/ 1/ 2/ 3!"),
	    "a range begins with a whole record");
}

static void
test_many_blocks(void)
{
	struct buf text = BUF_INIT;
	size_t records = 0;

	begin_sample("a.log");
	join_lines();
	for (int i = 0; i < 40000; i++)
		buf_addf(&text, "%s%d words of a line\n", i % 3 ? " " : "", i);
	files_put("a.log", text.data, text.len, 0);
	sample_file(&sample, files_path("a.log"), 0, UINT64_MAX, &err);
	for (size_t i = 0; i < got.len; i++)
		records += got.data[i] == '|';
	IS_INT(records, 13334, "records go across blocks");
	buf_reset(&got);
	progress_left = 2;
	sample.progress = on_progress;
	OK(sample_file(&sample, files_path("a.log"), 0, UINT64_MAX, &err) == 0,
	    "an end that was asked for is no error");
	OK(progress_done > 0 && progress_done < text.len &&
		progress_size == text.len,
	    "how far it is was told");
	OK(strstr(buf_str(&got), "39999") == NULL, "and it ended there");
	buf_reset(&got);
	buf_release(&text);
}

static void
test_stream(void)
{
	int ends[2], kept = dup(STDIN_FILENO);

	begin_sample("a.log");
	if (pipe(ends) < 0 || dup2(ends[0], STDIN_FILENO) < 0)
		exit(99);
	close(ends[0]);
	if (write(ends[1], "one\ntwo\nthree", 13) != 13)
		exit(99);
	close(ends[1]);
	OK(sample_file(&sample, "-", 2, UINT64_MAX, &err) == 0 &&
		is(&got, "@4-8:two|@8-13:three?"),
	    "standard input is read as well, a range of it too");
	if (kept >= 0) {
		dup2(kept, STDIN_FILENO);
		close(kept);
	}
}

static void
test_packed(void)
{
	begin_sample("a.log");
	files_write("a.log.1", "one\ntwo\n");
	if (!setup.logs[0].unpacker || !pack("gzip", "a.log.1")) {
		tap_skip("packed files", "no ctail-unpack or no gzip here");
		return;
	}
	OK(file_gives("a.log.1.gz", 0, UINT64_MAX,
	       "a.log.1.gz@0-4:one|a.log.1.gz@4-8:two|"),
	    "a packed file is read as what it holds");
	OK(file_gives("a.log.1.gz", 1, UINT64_MAX, "a.log.1.gz@4-8:two|"),
	    "a range of it too");
	files_write("b.gz", "no such thing");
	OK(sample_file(&sample, files_path("b.gz"), 0, UINT64_MAX, &err) < 0 &&
		strstr(err.text, "b.gz") != NULL,
	    "a damaged one is an error");
	setup.logs[0].unpacker = NULL;
	OK(sample_file(&sample, files_path("a.log.1.gz"), 0, UINT64_MAX, &err) <
		0,
	    "as is one that nothing unpacks");
}

/* --- A log -------------------------------------------------------------- */

static void
age(const char *name, time_t seconds)
{
	const struct timespec times[2] = {{seconds, 0}, {seconds, 0}};

	utimensat(AT_FDCWD, files_path(name), times, 0);
}

static void
test_generations(void)
{
	begin_sample("a.log");
	files_write("a.log.2", "@1000 one\n@2000 two");
	files_write("a.log.1", "@3000 three\n");
	files_write("a.log", "@4000 four\nfive\n@6000 six");
	files_write("a.log.bak~", "never\n");
	age("a.log.2", 2);
	age("a.log.1", 3);
	OK(log_gives(0, "a.log.2@0-10:@1000 one|a.log.2@10-19:@2000 two?"
			"a.log.1@0-12:@3000 three|a.log@0-11:@4000 four|"
			"a.log@11-16:five|a.log@16-25:@6000 six?"),
	    "every generation, oldest first");
	OK(log_gives(3000, "a.log.1@0-12:@3000 three|a.log@0-11:@4000 four|"
			   "a.log@11-16:five|a.log@16-25:@6000 six?"),
	    "old generations are left out");
	age("a.log.2", 9);
	age("a.log.1", 9);
	OK(log_gives(4500, "a.log@16-25:@6000 six?"),
	    "old records too, and what has no time with them");
	unlink(files_path("a.log"));
	OK(log_gives(2000, "a.log.2@10-19:@2000 two?a.log.1@0-12:@3000 three|"),
	    "a log that is away has its generations still");
	unlink(files_path("a.log.1"));
	unlink(files_path("a.log.2"));
	OK(sample_log(&sample, files_path("a.log"), 0, &err) < 0 &&
		strstr(err.text, "a.log") != NULL,
	    "when there is nothing at all that is said");
}

static void
test_packed_generation(void)
{
	begin_sample("a.log");
	files_write("a.log.2", "two\n");
	files_write("a.log.1", "three\n");
	files_write("a.log", "four\n");
	if (!setup.logs[0].unpacker || !pack("gzip", "a.log.2")) {
		tap_skip("packed logs", "no ctail-unpack or no gzip here");
		return;
	}
	OK(log_gives(0, "a.log.2.gz@0-4:two|a.log.1@0-6:three|a.log@0-5:four|"),
	    "a packed generation has its place");
	files_write("a.log.3.gz", "broken");
	age("a.log.3.gz", 1);
	OK(sample_log(&sample, files_path("a.log"), 0, &err) < 0 &&
		strstr(err.text, "a.log.3.gz") &&
		is(&got,
		    "a.log.2.gz@0-4:two|a.log.1@0-6:three|a.log@0-5:four|"),
	    "one that cannot be read does not keep the others from it");
}

static void
test_joined_generations(void)
{
	begin_sample("a.log");
	join_lines();
	files_write("a.log.1", "one\ntwo\n more\n");
	files_write("a.log", " and more\nthree\n");
	OK(log_gives(0, "a.log.1@0-4:one|a.log.1@4-10:two/ more/ and more|"
			"a.log@10-16:three|"),
	    "a record goes on in the next generation");
	files_write("a.log", "three\n");
	OK(log_gives(0, "a.log.1@0-4:one|a.log.1@4-14:two/ more|"
			"a.log@0-6:three|"),
	    "or does not");
	files_write("a.log.1", "one\ntwo\n more");
	files_write("a.log", " and more\nthree\n");
	OK(log_gives(0, "a.log.1@0-4:one|a.log.1@4-13:two/ more?"
			"a.log@0-10: and more|a.log@10-16:three|"),
	    "a line that was never ended ends it, as when it is followed");
}

/* --- Paths -------------------------------------------------------------- */

static void
on_path(void *arg, const char *path)
{
	(void)arg;
	buf_addf(&got, "%s|", name_of(path));
}

static bool
paths_are(const char *want)
{
	return sample_paths(&setup.logs[0], on_path, NULL, &err) == 0 &&
	       is(&got, want);
}

static void
test_paths(void)
{
	begin_sample("*");
	files_write("b.log", "b\n");
	files_write("a.log", "a\n");
	files_write("a.log.1", "older\n");
	files_write("x.gz", "packed\n");
	files_put("binary", "a\0b", 3, 0);
	files_mkdir("directory");
	OK(symlink(files_path("a.log"), files_path("c.log")) == 0 &&
		paths_are("a.log|b.log|"),
	    "logs are found, and nothing that is none");
	begin_sample("none.log");
	OK(paths_are(""), "a file that is not there is not named");
	begin_sample("a.log");
	files_write("a.log", "a\n");
	OK(paths_are("a.log|"), "one that is there is");
}

int
main(void)
{
	files_begin();
	test_file();
	test_fifo();
	test_ranges();
	test_long_lines();
	test_joined();
	test_many_blocks();
	test_stream();
	test_packed();
	test_generations();
	test_packed_generation();
	test_joined_generations();
	test_paths();
	return end_tests();
}
