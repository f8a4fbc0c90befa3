/*
 * commit: what one transaction of the agent costs, without the agent.
 *
 *   commit DIRECTORY ROUNDS
 *
 * Each round stores what one alert brings: the alert, its row in the outbox,
 * its rule's state and the position of its log.  Beside it, the least that
 * the disk can do: one write and fdatasync of as many bytes as SQLite's log
 * grows by.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/durable.h"
#include "probe.h"
#include "message/alert.h"
#include "store/store.h"
#include "store/store_alert.h"
#include "store/store_position.h"
#include "store/store_state.h"

/* Twelve pages of SQLite's log, each with its header: what such a transaction
 * writes. */
#define FLOOR_BYTES (12 * (4096 + 24))

static const char log_path[] = "/var/log/app.log";

static int
put_alert(struct store *store, struct alert *alert, struct err *err)
{
	struct buf fields = BUF_INIT;
	struct stored_alert row;
	int result;

	alert_encode(alert, &fields);
	row = (struct stored_alert){.id = span_str(alert->id),
	    .incident = span_str(alert->incident),
	    .rule = span_str(alert->rule),
	    .kind = span_str(alert_kind_name(alert->kind)),
	    .subject = span_str(alert->subject),
	    .severity = (int)alert->severity,
	    .made_ms = alert->made_ms,
	    .fields = buf_span(&fields)};
	result = store_alert_put(store, &row, err);
	buf_release(&fields);
	if (result != 1)
		return -1;
	return store_outbox_put(
	    store, row.id, span_str("ops"), alert->made_ms, err);
}

static int
put_state(struct store *store, long round, struct err *err)
{
	char saved[64];
	int len = snprintf(saved, sizeof(saved), "%056ld", round);
	struct stored_state row = {.rule = span_str("bench"),
	    .definition = span_str("0123456789abcdef0123456789abcdef"),
	    .key = span_str(""),
	    .saved = span_of(saved, (size_t)len)};

	return store_state_put(store, &row, err);
}

static int
put_position(struct store *store, long round, struct err *err)
{
	static const char hash[] = "0123456789abcdef0123456789abcdef";
	char checkpoint[256], exported[32];
	struct stored_position row = {
	    .path = span_str(log_path), .log = span_str("app")};

	snprintf(checkpoint, sizeof(checkpoint),
	    "position 1 2 3 %ld 64:%s 1024:%s 1024:%s 0 %s\nsettled %ld\n",
	    round * 64, hash, hash, hash, hash, round);
	row.checkpoint = span_str(checkpoint);
	snprintf(exported, sizeof(exported), "2 %ld", round * 64);
	if (store_position_put(store, &row, err) < 0)
		return -1;
	return store_position_export(store, row.path, span_str(exported),
	    EXPORTED_NEXT, err);
}

static void
make_alert(struct alert *alert, long round)
{
	char number[24], line[96];
	struct span parts[1];

	snprintf(number, sizeof(number), "%ld", round);
	snprintf(line, sizeof(line),
	    "Nov 22 10:00:00 node01 app[42]: probe <line-%06ld> of many",
	    round);
	parts[0] = span_str(number);
	alert_init(alert);
	alert_make_id(parts, 1, alert->id);
	memcpy(alert->incident, alert->id, sizeof(alert->incident));
	alert_set(&alert->rule, span_str("bench"));
	alert_set(&alert->subject, span_str(line));
	alert_set(&alert->hostname, span_str("node01"));
	alert_set(&alert->log, span_str("app"));
	alert_set(&alert->file, span_str(log_path));
	alert_add_line(alert, span_str(line));
	alert->count = 1;
	alert->made_ms = alert->first_ms = alert->last_ms = round;
}

static double
transaction(struct store *store, long round)
{
	struct err err = ERR_INIT;
	struct alert alert;
	double started;

	make_alert(&alert, round);
	started = probe_now();
	if (store_begin(store, &err) || put_alert(store, &alert, &err) < 0 ||
	    put_state(store, round, &err) < 0 ||
	    put_position(store, round, &err) < 0 || store_commit(store, &err))
		probe_die("%s", err.text);
	started = probe_now() - started;
	alert_release(&alert);
	return started;
}

static double
sync_write(int fd)
{
	static const char block[FLOOR_BYTES];
	double started = probe_now();

	if (write_all(fd, block, sizeof(block)) || fdatasync(fd))
		probe_die("fdatasync: %s", strerror(errno));
	return probe_now() - started;
}

/* Both in turn, so that they meet the same disk. */
static void
measure(struct store *store, int fd, long rounds)
{
	struct samples commits = {0}, floors = {0};

	for (long i = 0; i < rounds; i++) {
		samples_add(&commits, transaction(store, i));
		samples_add(&floors, sync_write(fd));
	}
	samples_print(&commits, "commit");
	samples_print(&floors, "fdatasync");
	samples_free(&commits);
	samples_free(&floors);
}

int
main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	struct buf path = BUF_INIT;
	struct store *store;
	int fd;

	if (argc != 3)
		probe_die("usage: commit DIRECTORY ROUNDS");
	if (durable_mkdir(argv[1], &err) ||
	    !(store = store_open(argv[1], STORE_FILE, &err)))
		probe_die("%s", err.text);
	buf_addf(&path, "%s/floor", argv[1]);
	fd = open(buf_str(&path), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		probe_die("%s: %s", buf_str(&path), strerror(errno));
	measure(store, fd, probe_number(argv[2], 1, 1000000));
	close(fd);
	store_close(store);
	buf_release(&path);
	return 0;
}
