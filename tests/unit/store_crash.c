/*
 * store_crash: a process that is killed, and what the next one finds.
 *
 * The child tells how far it is through a pipe, so that nothing waits for a
 * time to pass.
 */
#include "config.h"

#include <signal.h>
#include <sys/wait.h>

#include "base/buf.h"
#include "store/store_alert.h"
#include "store/store_position.h"
#include "tap.h"
#include "store_directory.h"

static void
tell(int fd)
{
	if (write(fd, "x", 1) != 1)
		_exit(1);
}

/* One transaction of all kinds; number is in each part of it. */
static void
put_all(struct store *store, int number, bool commit)
{
	char text[32];
	struct err err = ERR_INIT;
	struct stored_alert alert = {.id = {text, 0}};
	struct stored_position position = {.path = span_str("/log")};
	char offset[32];

	snprintf(offset, sizeof(offset), "%d", number);
	snprintf(text, sizeof(text), "alert %d", number);
	alert.id = alert.rule = alert.fields = span_str(text);
	position.checkpoint = span_str(offset);
	if (store_begin(store, &err) ||
	    store_alert_put(store, &alert, &err) != 1 ||
	    store_outbox_put(store, alert.id, span_str("ops"), 1, &err) ||
	    store_position_put(store, &position, &err) ||
	    (commit && store_commit(store, &err)))
		_exit(1);
}

static void
position_seen(void *arg, const struct stored_position *position)
{
	char text[32];

	snprintf(text, sizeof(text), "%.*s", span_shown(position->checkpoint),
	    position->checkpoint.data);
	*(int64_t *)arg = atoi(text);
}

/* Starts a child that works, waits for so many words of it, and kills it. */
static void
kill_after(const struct directory *directory, int words,
    void (*work)(struct store *store, int fd))
{
	struct err err = ERR_INIT;
	struct store *store;
	int pipes[2], i;
	char word;
	pid_t pid;

	if (pipe(pipes))
		perror("pipe");
	fflush(stdout);
	pid = fork();
	if (!pid) {
		store = store_open(directory->path, STORE_FILE, &err);
		if (!store)
			_exit(1);
		work(store, pipes[1]);
		_exit(1);
	}
	close(pipes[1]);
	for (i = 0; i < words; i++) {
		if (read(pipes[0], &word, 1) != 1)
			break;
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(pipes[0]);
}

static void
work_half(struct store *store, int fd)
{
	put_all(store, 1, true);
	put_all(store, 2, false);
	tell(fd);
	pause();
}

static void
work_on(struct store *store, int fd)
{
	int i;

	for (i = 1;; i++) {
		put_all(store, i, true);
		tell(fd);
	}
}

static void
test_half(void)
{
	struct directory directory;
	struct store *store;
	struct store_counts counts;
	struct err err = ERR_INIT;
	struct buf fields = BUF_INIT;
	int64_t offset = 0;

	directory_make(&directory);
	kill_after(&directory, 1, work_half);
	store = store_open(directory.path, STORE_FILE, &err);
	OK(store != NULL, "after a kill the database opens");
	IS_INT(store_alert_get(store, span_str("alert 1"), &fields, &err), 1,
	    "what was committed is there");
	IS_INT(store_alert_get(store, span_str("alert 2"), &fields, &err), 0,
	    "what was not is not");
	store_alert_counts(store, &counts, &err);
	OK(counts.alerts == 1 && counts.due == 1, "nor is its outbox row");
	store_position_each(store, position_seen, &offset, &err);
	IS_INT(offset, 1, "and the position is that of the commit");
	store_close(store);
	buf_release(&fields);
	directory_remove(&directory);
}

static void
test_anywhere(void)
{
	struct directory directory;
	struct store *store;
	struct store_counts counts;
	struct err err = ERR_INIT;
	int64_t offset;
	int words, wrong = 0;

	for (words = 1; words <= 12; words++) {
		directory_make(&directory);
		kill_after(&directory, words, work_on);
		store = store_open(directory.path, STORE_FILE, &err);
		offset = 0;
		if (!store ||
		    store_position_each(store, position_seen, &offset, &err) ||
		    store_alert_counts(store, &counts, &err) ||
		    counts.alerts != offset || counts.due != offset ||
		    offset < words)
			wrong++;
		store_close(store);
		directory_remove(&directory);
	}
	IS_INT(wrong, 0,
	    "wherever it is killed, alerts and position agree and nothing "
	    "committed is missing");
}

int
main(void)
{
	test_half();
	test_anywhere();
	return tap_done();
}
