/*
 * worker: the worker's side of a run.
 *
 * A state machine of two states: before and after hello.  Every frame is of
 * one type, named in the row of its state; anything else gets an error
 * answer and ends the run.
 */
#include "config.h"

#include <stdlib.h>

#include "base/fields.h"
#include "base/mem.h"
#include "base/setting.h"
#include "deliver/worker.h"

#define SINK_NAME_MAX 128
#define HOSTNAME_MAX 255

struct worker {
	int in, out;
	const struct worker_host *host;

	const struct sink_driver *driver; /* NULL before hello */
	void *run;
	char *sink;
	char *hostname;
	bool ended;
};

static int
worker_write(struct worker *worker, struct buf *fields, struct err *err)
{
	int result = frame_write(worker->out, buf_span(fields), err);

	buf_release(fields);
	return result;
}

static int
worker_answer(struct worker *worker, const char *id,
    const struct outcome *outcome, struct err *err)
{
	struct buf fields = BUF_INIT;

	fields_add_str(&fields, "type", "outcome");
	if (id)
		fields_add_str(&fields, "id", id);
	outcome_encode(outcome, &fields);
	return worker_write(worker, &fields, err);
}

/* Tells the peer what was wrong; the run fails with the same words. */
static int
worker_complain(struct worker *worker, struct err *err)
{
	struct buf fields = BUF_INIT;

	fields_add_str(&fields, "type", "error");
	fields_add_str(&fields, "text", err->text);
	worker_write(worker, &fields, NULL);
	return -1;
}

static const struct sink_driver *
worker_driver(const struct worker *worker, const struct setting_table *table)
{
	for (size_t i = 0; worker->host->drivers[i]; i++) {
		if (worker->host->drivers[i]->table == table)
			return worker->host->drivers[i];
	}
	return NULL;
}

/* A name as it may stand between the brackets of a section. */
static bool
worker_is_name(struct span text, size_t max)
{
	if (text.len == 0 || text.len > max)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		unsigned char byte = (unsigned char)text.data[i];

		if (byte <= ' ' || byte == 0x7f)
			return false;
	}
	return true;
}

static int
worker_check_hello(struct worker *worker, struct span fields, struct err *err)
{
	struct span sink, hostname;
	int64_t protocol = fields_get_number(fields, "protocol", -1);

	if (protocol != WORKER_PROTOCOL)
		return err_set(err,
		    "hello speaks protocol %lld, this worker %d: ctaild and "
		    "its workers must be of one version",
		    (long long)protocol, WORKER_PROTOCOL);
	if (!fields_get(fields, "sink", &sink) ||
	    !worker_is_name(sink, SINK_NAME_MAX))
		return err_set(err, "hello names no sink");
	if (!fields_get(fields, "hostname", &hostname) ||
	    !worker_is_name(hostname, HOSTNAME_MAX))
		return err_set(err, "hello names no host");
	worker->sink = xstrndup(sink.data, sink.len);
	worker->hostname = xstrndup(hostname.data, hostname.len);
	return 0;
}

/* Makes the sink ready, or says in outcome why not. */
static bool
worker_open(struct worker *worker, struct outcome *outcome)
{
	const void *settings = NULL;
	struct err err = ERR_INIT;
	const struct setting_table *table =
	    worker->host->find(
	    worker->host->arg, span_str(worker->sink), &settings, &err);

	if (!table) {
		outcome_set(outcome, OUTCOME_CONFIG, 0, "%s", err.text);
		return false;
	}
	worker->driver = worker_driver(worker, table);
	if (!worker->driver) {
		outcome_set(outcome, OUTCOME_CONFIG, 0,
		    "[%s] is not carried out by this program", table->section);
		return false;
	}
	worker->run = worker->driver->open(
	    worker->sink, settings, worker->hostname, outcome);
	return worker->run != NULL;
}

static int
worker_on_hello(struct worker *worker, struct span fields, struct err *err)
{
	struct outcome outcome = {0};
	struct buf answer = BUF_INIT;

	if (worker_check_hello(worker, fields, err))
		return worker_complain(worker, err);
	if (!worker_open(worker, &outcome)) {
		worker->ended = true;
		return worker_answer(worker, NULL, &outcome, err);
	}
	fields_add_str(&answer, "type", "ready");
	if (worker->host->confined)
		fields_add(
		    &answer, "confined", buf_span(worker->host->confined));
	return worker_write(worker, &answer, err);
}

/* The id goes into headers; it must be what we make ids of. */
static bool
worker_is_id(const char *id)
{
	return id[0] && strspn(id, "0123456789abcdef") == strlen(id);
}

/* --- Alerts --------------------------------------------------------------- */

/* Of one alert. */
struct worker_trace {
	struct worker *worker;
	int lines;
	int result;			/* of writing */
};

/* What does not fit is left out: the outcome matters, not the talk. */
static void
worker_trace_line(void *arg, const char *text)
{
	struct worker_trace *trace = arg;
	char line[TRACE_LINE_BYTES + 1];
	struct buf fields = BUF_INIT;

	if (trace->result || trace->lines == TRACE_LINES_MAX)
		return;
	trace->lines++;
	outcome_clean(span_str(text), line, sizeof(line));
	fields_add_str(&fields, "type", "trace");
	fields_add_str(&fields, "text", line);
	trace->result = worker_write(trace->worker, &fields, NULL);
}

/* Absent is empty; what no worker has said itself is refused. */
static int
worker_take_settled(struct span fields, struct span *out, struct err *err)
{
	if (!fields_get(fields, "settled", out)) {
		*out = span_str("");
		return 0;
	}
	return outcome_check_settled(*out, err);
}

static int
worker_deliver(struct worker *worker, const struct alert *alert,
    struct span settled, struct err *err)
{
	struct worker_trace lines = {.worker = worker};
	const struct trace trace = {worker_trace_line, &lines};
	const struct delivery delivery = {
	    .alert = alert,
	    .settled = settled,
	    .trace = alert->kind == ALERT_TEST ? &trace : NULL,
	};
	struct outcome outcome = {0};

	worker->driver->send(worker->run, &delivery, &outcome);
	return worker_answer(worker, alert->id, &outcome, err);
}

static int
worker_on_alert(struct worker *worker, struct span fields, struct err *err)
{
	struct alert *alert = xcalloc(1, sizeof(*alert));
	struct span settled;
	int result;

	if (alert_decode(fields, alert, err)) {
		free(alert);
		return worker_complain(worker, err);
	}
	if (!worker_is_id(alert->id)) {
		err_set(err, "an alert whose id is no id");
		result = worker_complain(worker, err);
	} else if (worker_take_settled(fields, &settled, err)) {
		result = worker_complain(worker, err);
	} else {
		result = worker_deliver(worker, alert, settled, err);
	}
	alert_release(alert);
	free(alert);
	return result;
}

static int
worker_on_frame(struct worker *worker, struct span fields, struct err *err)
{
	static const char *const expected[] = {"hello", "alert"};
	const char *want = expected[worker->driver != NULL];
	struct span type;

	if (!fields_get(fields, "type", &type) || !span_is(type, want)) {
		err_set(err, "a frame that is not of type %s", want);
		return worker_complain(worker, err);
	}
	return worker->driver ? worker_on_alert(worker, fields, err)
			      : worker_on_hello(worker, fields, err);
}

static int
worker_loop(struct worker *worker, struct err *err)
{
	struct buf received = BUF_INIT;
	struct span fields;
	int result = 0;

	while (!result && !worker->ended) {
		int got = frame_read(worker->in, &received, &fields, err);

		if (got == 0)
			break;
		result = got < 0 ? worker_complain(worker, err)
				 : worker_on_frame(worker, fields, err);
	}
	buf_release(&received);
	return result;
}

int
worker_serve(
    int in, int out, const struct worker_host *host, struct err *err)
{
	struct worker worker = {.in = in, .out = out, .host = host};
	int result = worker_loop(&worker, err);

	if (worker.run)
		worker.driver->close(worker.run);
	free(worker.sink);
	free(worker.hostname);
	return result;
}
