/*
 * worker: the worker's side of a run.
 *
 * A worker is started inetd-style with the connection as standard input and
 * output.  Frames (base/fields.h), each with a field "type":
 *
 *   in   hello    protocol (2), sink, hostname
 *   out  ready    confined: in words, what the worker gave up (confine.h)
 *                 when it found its sink; absent: nothing
 *                 | outcome (and the end) when the sink cannot be used
 *   in   alert    settled, and the alert's fields (message/alert.h)
 *   out  trace    text: a line of the conversation; only of a test alert
 *   out  outcome  id, class, code, scope, retry_after, text, settled
 *   ...  until the connection is shut down
 *   out  error    text; what came in broke the protocol, and the end
 *
 * The first outcome has no id when it stands for ready.
 *
 * The worker reads its sink's section itself, from the configuration named
 * on its own command line, never from the connection.  Everything received
 * is checked; a broken frame ends the run.
 */
#ifndef CTAIL_DELIVER_WORKER_H
#define CTAIL_DELIVER_WORKER_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "deliver/outcome.h"
#include "message/alert.h"

#define WORKER_PROTOCOL 2

#define WORKER_CONFINED_MAX 256

/* Lines of the conversation with a server, for send-test.  Whoever calls it
 * has left every secret out; the frames cut what is longer or more, and clean
 * the text. */
#define TRACE_LINES_MAX 200
#define TRACE_LINE_BYTES 500

struct trace {
	void (*line)(void *arg, const char *text);
	void *arg;
};

/* One attempt. */
struct delivery {
	const struct alert *alert;
	struct span settled;		/* outcome.settled of the attempt
					 * before; empty: none */
	const struct trace *trace;	/* NULL: nobody listens */
};

/* How a program delivers one kind of sink. */
struct sink_driver {
	const struct setting_table *table;

	/* State of one run (a connection, say), or NULL with a CONFIG or
	 * RETRY outcome. */
	void *(*open)(const char *name, const void *settings,
	    const char *hostname, struct outcome *out);
	void (*send)(void *run, const struct delivery *delivery,
	    struct outcome *out);
	void (*close)(void *run);

	/* Makes what was sent since the last call durable, where send does
	 * not do that itself; NULL: it does.  Until then nothing that it said
	 * was delivered may be recorded as such. */
	void (*sync)(void *run, struct outcome *out);
};

extern const struct sink_driver smtp_driver;
extern const struct sink_driver webhook_driver;
extern const struct sink_driver sendmail_driver;
extern const struct sink_driver exec_driver;
extern const struct sink_driver file_driver;
extern const struct sink_driver alertmanager_driver;
extern const struct sink_driver syslog_driver;

/* Finds the sink's settings: the program composes this from conf.  Returns
 * the table and the settings (borrowed until the end), or NULL. */
typedef const struct setting_table *worker_find_sink(void *arg,
    struct span sink, const void **settings_out, struct err *err);

/* Who serves a run. */
struct worker_host {
	const struct sink_driver *const *drivers;	/* NULL-terminated */
	worker_find_sink *find;
	void *arg;

	/* In words, what find gave up as soon as it knew the sink
	 * (ctail-send/confine.h); read once find is back.  NULL: nothing. */
	const struct buf *confined;
};

/* Serves one run on these descriptors.  0 at a clean end, -1 when the peer
 * broke the protocol. */
int worker_serve(int in, int out, const struct worker_host *host,
    struct err *err);

#endif
