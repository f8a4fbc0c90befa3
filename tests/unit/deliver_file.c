/*
 * The file sink: one line an alert, whatever was there before.
 */
#include "config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>

#include "base/durable.h"
#include "deliver/file_settings.h"
#include "deliver/worker.h"
#include "message/json.h"
#include "tap.h"

static char directory[64];
static char path[96];

static struct alert *
make_alert(const char *subject)
{
	struct alert *alert = malloc(sizeof(*alert));

	alert_init(alert);
	memcpy(alert->id, "00112233445566778899aabbccddeeff00112233", 41);
	alert_set(&alert->rule, span_str("r"));
	alert_set(&alert->subject, span_str(subject));
	alert_add_line(alert, span_of("a\nb\xff\0\"", 6));
	return alert;
}

/* One run with this many alerts; the last outcome. */
static struct outcome
run(int count)
{
	struct file_settings settings = {.path = path};
	struct alert *alert = make_alert("subject");
	struct outcome outcome = {0};
	void *state = file_driver.open("audit", &settings, "host", &outcome);

	for (int i = 0; state && i < count; i++)
		file_driver.send(state,
		    &(struct delivery){.alert = alert}, &outcome);
	if (state)
		file_driver.close(state);
	alert_release(alert);
	free(alert);
	return outcome;
}

/* How many lines there are; those that are JSON in *good. */
static int
count_lines(int *good)
{
	struct buf bytes = BUF_INIT;
	struct err err = ERR_INIT;
	int lines = 0;

	*good = 0;
	durable_read(path, 1 << 20, &bytes, &err);
	for (size_t at = 0; at < bytes.len;) {
		const char *end =
		    memchr(bytes.data + at, '\n', bytes.len - at);
		size_t len = end ? (size_t)(end - bytes.data) - at
				 : bytes.len - at;

		lines++;
		*good += end && !json_check(span_of(bytes.data + at, len), &err);
		at += len + 1;
	}
	buf_release(&bytes);
	return lines;
}

static void
write_path(const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		abort();
	close(fd);
}

static void
test_lines(void)
{
	struct stat status;
	int good;

	IS_INT(run(2).class, OUTCOME_DELIVERED, "alerts are written");
	IS_INT(count_lines(&good), 2, "each is one line");
	IS_INT(good, 2, "and JSON, though the log line was hostile");
	OK(!stat(path, &status) && (status.st_mode & 0777) == 0600,
	    "a new file is its owner's alone");
	run(1);
	IS_INT(count_lines(&good), 3, "a later run appends");
}

static void
test_torn(void)
{
	int good;

	write_path("{\"whole\":1}\n{\"torn\":");
	run(2);
	IS_INT(count_lines(&good), 4, "a torn line is ended first");
	IS_INT(good, 3, "and spoils itself only");
	write_path("{\"whole\":1}\n");
	run(1);
	IS_INT(count_lines(&good), 2, "a whole last line is left alone");
	write_path("");
	run(1);
	IS_INT(count_lines(&good), 1, "an empty file gets no empty line");
}

static void
test_full(void)
{
	struct rlimit before, small;
	int good;

	unlink(path);
	getrlimit(RLIMIT_FSIZE, &before);
	small = before;
	small.rlim_cur = 40;
	setrlimit(RLIMIT_FSIZE, &small);
	struct outcome outcome = run(1);
	setrlimit(RLIMIT_FSIZE, &before);
	IS_INT(outcome.class, OUTCOME_RETRY,
	    "a file that cannot grow is tried again");
	IS_INT(run(1).class, OUTCOME_DELIVERED, "and then works");
	count_lines(&good);
	IS_INT(good, 1, "behind what was cut");
}

static void
test_in_the_way(void)
{
	char other[128];

	unlink(path);
	snprintf(other, sizeof(other), "%s/other", directory);
	if (symlink(other, path))
		abort();
	struct outcome outcome = run(1);
	IS_INT(outcome.class, OUTCOME_CONFIG, "a symbolic link is refused");
	OK(strstr(outcome.text, "symbolic link"), "and called one");
	OK(access(other, F_OK) != 0, "what it points to is not made");

	unlink(path);
	if (mkfifo(path, 0600))
		abort();
	IS_INT(run(1).class, OUTCOME_CONFIG,
	    "a fifo is refused and not waited for");
	unlink(path);
	if (mkdir(path, 0700))
		abort();
	IS_INT(run(1).class, OUTCOME_CONFIG, "a directory is refused");
	rmdir(path);

	snprintf(path, sizeof(path), "%s/no/where", directory);
	outcome = run(1);
	IS_INT(outcome.class, OUTCOME_CONFIG,
	    "a directory that is missing waits for a person");
	OK(strstr(outcome.text, path), "and the path is named");
}

int
main(void)
{
	const char *base = getenv("TMPDIR");

	signal(SIGXFSZ, SIG_IGN);
	snprintf(directory, sizeof(directory), "%.32s/ctail-file-XXXXXX",
	    base && strlen(base) < 32 ? base : "/tmp");
	if (!mkdtemp(directory))
		return EXIT_FAILURE;
	snprintf(path, sizeof(path), "%s/audit.jsonl", directory);
	test_lines();
	test_torn();
	test_full();
	test_in_the_way();
	rmdir(directory);
	return tap_done();
}
