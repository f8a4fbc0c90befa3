/*
 * The file sink: one line or mail an alert, whatever was there before, and
 * whatever happens to the name.
 */
#include "config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
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
run_as(int count, enum file_format format)
{
	struct file_settings settings = {.path = path, .format = format};
	struct alert *alert = make_alert("subject");
	struct outcome outcome = {0};
	void *state = file_driver.open("audit", &settings, "host", &outcome);

	for (int i = 0; state && i < count; i++)
		file_driver.send(state,
		    &(struct delivery){.alert = alert}, &outcome);
	if (state && outcome.class == OUTCOME_DELIVERED)
		file_driver.sync(state, &outcome);
	if (state)
		file_driver.close(state);
	alert_release(alert);
	free(alert);
	return outcome;
}

static struct outcome
run(int count)
{
	return run_as(count, FILE_JSON);
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

static struct outcome
send_one(void *state)
{
	struct alert *alert = make_alert("subject");
	struct outcome outcome = {0};

	file_driver.send(
	    state, &(struct delivery){.alert = alert}, &outcome);
	alert_release(alert);
	free(alert);
	return outcome;
}

static void
test_rotated(void)
{
	struct file_settings settings = {.path = path};
	struct outcome outcome = {0};
	struct stat status;
	char other[128];
	int good;

	unlink(path);
	void *state = file_driver.open("audit", &settings, "host", &outcome);
	snprintf(other, sizeof(other), "%s/audit.jsonl.1", directory);
	send_one(state);
	if (rename(path, other))
		abort();
	IS_INT(send_one(state).class, OUTCOME_DELIVERED,
	    "a file that was renamed in the middle of a run");
	send_one(state);
	IS_INT(count_lines(&good), 2, "is made anew under its name");
	OK(!stat(other, &status) && status.st_size > 0,
	    "what was written before stays in the old one");
	unlink(path);
	IS_INT(send_one(state).class, OUTCOME_DELIVERED, "so is one removed");
	IS_INT(count_lines(&good), 1, "and the line is in it");
	unlink(path);
	if (symlink(other, path))
		abort();
	outcome = send_one(state);
	IS_INT(outcome.class, OUTCOME_CONFIG,
	    "a symbolic link that took its place is refused");
	unlink(path);
	IS_INT(send_one(state).class, OUTCOME_DELIVERED,
	    "and when that is gone the run goes on");
	file_driver.sync(state, &outcome);
	IS_INT(outcome.class, OUTCOME_DELIVERED, "all of it can be stored");
	file_driver.close(state);
	unlink(other);
}

/* What the file holds, for one look. */
static const char *
contents(void)
{
	static struct buf bytes;

	buf_reset(&bytes);
	durable_read(path, 1 << 20, &bytes, NULL);
	return buf_str(&bytes);
}

/* How many messages begin at the start of the file or behind a blank line. */
static int
count_mails(void)
{
	const char *text = contents();
	int count = !strncmp(text, "From ctail ", 11);

	for (; (text = strstr(text, "\n\nFrom ctail ")); text++)
		count++;
	return count;
}

static void
test_mailbox(void)
{
	unlink(path);
	IS_INT(run_as(2, FILE_MBOX).class, OUTCOME_DELIVERED,
	    "alerts are mail in a mailbox");
	IS_INT(count_mails(), 2, "each is a message");
	OK(strstr(contents(), "\nTo: root\n"), "to root by default");
	write_path("From a b\n\ntext\n");
	run_as(1, FILE_MBOX);
	IS_INT(count_mails(), 1, "a message without its blank line gets it");
	OK(strstr(contents(), "text\n\nFrom ctail "), "and no more");
	write_path("From a b\n\nto");
	run_as(1, FILE_MBOX);
	OK(strstr(contents(), "to\n\nFrom ctail "),
	    "a torn message is ended with a blank line");
	write_path("\n");
	run_as(1, FILE_MBOX);
	OK(!strncmp(contents(), "\nFrom ctail ", 12),
	    "a lone newline is enough");
}

/* Another program that has locked the mailbox until told to let go. */
static void
test_locked(void)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int ready[2], done[2];
	char byte;

	write_path("");
	if (pipe(ready) || pipe(done))
		abort();
	pid_t pid = fork();
	if (pid == 0) {
		int fd = open(path, O_RDWR);

		_exit(fcntl(fd, F_SETLK, &lock) || write(ready[1], "", 1) < 0 ||
		      (close(done[1]), read(done[0], &byte, 1)) < 0);
	}
	close(done[0]);
	if (read(ready[0], &byte, 1) != 1)
		abort();
	struct outcome outcome = run_as(1, FILE_MBOX);
	IS_INT(outcome.class, OUTCOME_RETRY,
	    "a mailbox that another program has locked is tried again");
	OK(strstr(outcome.text, "locked"), "and that is said");
	IS_INT(run(1).class, OUTCOME_DELIVERED, "lines need no lock");
	close(done[1]);
	waitpid(pid, NULL, 0);
	write_path("");
	IS_INT(run_as(1, FILE_MBOX).class, OUTCOME_DELIVERED,
	    "and when it has let go the mail is written");
	close(ready[0]);
	close(ready[1]);
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
	test_rotated();
	test_mailbox();
	test_locked();
	test_in_the_way();
	rmdir(directory);
	return tap_done();
}
