/*
 * ctail-journal: reads the systemd journal for ctaild.
 *
 * The only program that links libsystemd.  The connection is standard input
 * and output: one frame says what is wanted (request.h), then records go out
 * until the other side goes away.  It keeps nothing: the cursor that comes
 * with each record is ctaild's to store.
 *
 * Frames that go out, by their field `type`:
 *   ready                    the journal is open
 *   record    cursor, line, cut, field.NAME ...
 *   position  cursor         everything up to here is done
 *   gap       from_us, to_us the entry to go on behind is gone
 *   idle                     everything that was there is sent
 *   warning   text           something is not as it should be
 *   error     text           and it ends
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/durable.h"
#include "base/fields.h"
#include "base/sock.h"
#include "base/standard.h"
#include "ctail-journal/reader.h"

#define FLUSH_BYTES 32768

/* --- What goes out -------------------------------------------------------- */

struct connection {
	struct buf out;
	bool gone; /* the other side */
};

static int
flush(struct connection *connection, struct err *err)
{
	int result =
	    write_all(STDOUT_FILENO, connection->out.data, connection->out.len);

	buf_reset(&connection->out);
	if (!result)
		return 0;
	connection->gone = true;
	return err_set(err, "cannot send: %s", strerror(errno));
}

static int
send_fields(
    struct connection *connection, const struct buf *fields, struct err *err)
{
	frame_add(&connection->out, buf_span(fields));
	return connection->out.len < FLUSH_BYTES ? 0 : flush(connection, err);
}

static void
begin(struct buf *fields, const char *type)
{
	fields_add_str(fields, "type", type);
}

/* A frame of one more field, or none. */
static int
send_text(struct connection *connection, const char *type, const char *name,
    const char *value, struct err *err)
{
	struct buf fields = BUF_INIT;
	int result;

	begin(&fields, type);
	if (name)
		fields_add_str(&fields, name, value);
	result = send_fields(connection, &fields, err);
	buf_release(&fields);
	return result;
}

static int
on_record(void *arg, const char *cursor, struct span record, struct err *err)
{
	struct buf fields = BUF_INIT;
	int result;

	begin(&fields, "record");
	fields_add_str(&fields, "cursor", cursor);
	buf_add_span(&fields, record);
	result = send_fields(arg, &fields, err);
	buf_release(&fields);
	return result;
}

static int
on_position(void *arg, const char *cursor, struct err *err)
{
	return send_text(arg, "position", "cursor", cursor, err);
}

static int
on_gap(void *arg, int64_t from_us, int64_t to_us, struct err *err)
{
	struct buf fields = BUF_INIT;
	int result;

	begin(&fields, "gap");
	fields_add_number(&fields, "from_us", from_us);
	fields_add_number(&fields, "to_us", to_us);
	result = send_fields(arg, &fields, err);
	buf_release(&fields);
	return result;
}

static int
on_warning(void *arg, const char *text, struct err *err)
{
	return send_text(arg, "warning", "text", text, err);
}

/* --- What comes in -------------------------------------------------------- */

/* 1 with a request, 0 when nobody asked, -1. */
static int
receive(struct request *request, struct err *err)
{
	struct buf in = BUF_INIT;
	struct span fields;
	int result = frame_read(STDIN_FILENO, &in, &fields, err);

	if (result > 0 && request_init(request, fields, err))
		result = -1;
	buf_release(&in);
	return result;
}

/* True when there is something to look at, false when the other side is
 * gone: it has nothing more to say. */
static bool
wait_for_more(struct reader *reader)
{
	struct pollfd wait[2] = {{.fd = STDIN_FILENO, .events = POLLIN},
	    {.fd = reader_fd(reader), .events = reader_events(reader)}};

	if (poll(wait, 2, reader_wait_ms(reader)) < 0)
		return errno == EINTR;
	return !wait[0].revents;
}

static int
serve(struct connection *connection, const struct request *request,
    struct err *err)
{
	struct reader_handler handler = {
	    on_record, on_position, on_gap, on_warning, connection};
	struct reader *reader;
	int result = -1;

	reader = reader_new(request, handler, err);
	if (reader && !send_text(connection, "ready", NULL, NULL, err) &&
	    !flush(connection, err) && !reader_run(reader, err))
		result = send_text(connection, "idle", NULL, NULL, err);
	if (!result)
		result = flush(connection, err);
	while (!result && request->follow && wait_for_more(reader)) {
		result = reader_run(reader, err);
		if (!result)
			result = flush(connection, err);
	}
	reader_free(reader);
	return result;
}

static int
run(void)
{
	struct connection connection = {.out = BUF_INIT};
	struct request request = REQUEST_INIT;
	struct err err = ERR_INIT, lost = ERR_INIT;
	int result = receive(&request, &err), status = EX_OK;

	if (result > 0 && serve(&connection, &request, &err) &&
	    !connection.gone) {
		/* The other side knows best whom to tell. */
		if (!send_text(&connection, "error", "text", err.text, &lost))
			flush(&connection, &lost);
		status = EX_IOERR;
	}
	if (result < 0) {
		diag(DIAG_ERROR, "%s", err.text);
		status = EX_PROTOCOL;
	}
	request_release(&request);
	buf_release(&connection.out);
	return status;
}

/* --- The command line ----------------------------------------------------- */

enum { OPTION_HELP = 256, OPTION_VERSION };

static const struct option long_options[] = {
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

static const char help_text[] =
    "usage: ctail-journal\n"
    "\n"
    "ctail-journal reads the systemd journal for ctaild(8), which starts it,\n"
    "or systemd does through ctail-journal.socket, with the connection as\n"
    "standard input and output. It takes no arguments.\n"
    "\n"
    "      --help           this text\n"
    "      --version        the version\n"
    "\n"
    "What to read is said in ctail.ini(5): [log NAME] journal = ...\n";

/* -1 to go on, else an exit status. */
static int
take_options(int argc, char **argv)
{
	switch (getopt_long(argc, argv, "", long_options, NULL)) {
	case -1:
		break;
	case OPTION_HELP:
		fputs(help_text, stdout);
		return EX_OK;
	case OPTION_VERSION:
		puts("ctail-journal " PACKAGE_VERSION);
		return EX_OK;
	default:
		return EX_USAGE;
	}
	if (optind == argc && !isatty(STDIN_FILENO))
		return -1;
	fputs("ctail-journal: it is started by ctaild, with a connection as "
	      "standard input, and takes no arguments; see ctail.ini(5), "
	      "`journal'\n",
	    stderr);
	return EX_USAGE;
}

int
main(int argc, char **argv)
{
	int status;

	standard_open();
	status = take_options(argc, argv);
	if (status >= 0)
		return status;
	signal(SIGPIPE, SIG_IGN);
	fd_nonblocking(STDIN_FILENO, 0);
	return run();
}
