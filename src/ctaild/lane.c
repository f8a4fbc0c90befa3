/*
 * lane: the state machine of one connection to a worker.
 *
 * Hides partial reads and writes, deadlines, and what a worker may do wrong.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fields.h"
#include "base/mem.h"
#include "ctaild/lane.h"
#include "deliver/worker.h"
#include "message/alert.h"

enum lane_state {
	LANE_HELLO,		/* hello is out, waiting for ready */
	LANE_ALERT,		/* an alert is out, waiting for its outcome */
	LANE_ENDING,		/* shut down, waiting for the worker's end */
	LANE_OVER,
};

struct lane {
	struct loop *loop;
	struct loop_fd *watch;
	struct loop_timer *deadline;
	struct outlet outlet;
	enum lane_state state;
	bool finishing;
	int64_t row;
	char id[ALERT_ID_SIZE];		/* of the alert in flight */
	int traces_left;		/* lines it may still say of it */
	int64_t timeout_ms, slack_ms;
	struct buf in, out;
	struct lane_calls calls;
	void *arg;
};

static void
lane_free(struct lane *lane)
{
	loop_unwatch(lane->watch);
	loop_timer_free(lane->deadline);
	outlet_close(&lane->outlet);
	buf_release(&lane->in);
	buf_release(&lane->out);
	free(lane);
}

/* The end of a run, for whatever reason.  Nothing of the lane may be used
 * afterwards. */
static void
lane_over(struct lane *lane)
{
	struct lane_calls calls = lane->calls;
	void *arg = lane->arg;

	lane->state = LANE_OVER;
	lane_free(lane);
	calls.ended(arg);
}

static void
report(struct lane *lane, const struct outcome *outcome)
{
	int64_t row = lane->row;

	lane->row = 0;
	lane->calls.outcome(lane->arg, row, outcome);
}

/* What the worker was doing is in doubt. */
static void
report_break(struct lane *lane, const char *why)
{
	struct outcome outcome;

	outcome_set(&outcome, lane->row ? OUTCOME_DOUBT : OUTCOME_RETRY, 0,
	    "%s", why);
	report(lane, &outcome);
}

/* The worker is of no use any more. */
static void
lane_break(struct lane *lane, const char *why)
{
	if (lane->state != LANE_ENDING)
		report_break(lane, why);
	outlet_kill(&lane->outlet);
	lane_over(lane);
}

static void
wait_until(struct lane *lane, int64_t wait_ms)
{
	loop_timer_set(lane->deadline, clock_boot_ms() + wait_ms);
}

/* False when the connection is gone; the lane is then freed. */
static bool
flush_out(struct lane *lane)
{
	while (lane->out.len) {
		ssize_t sent = send(lane->outlet.fd, lane->out.data,
		    lane->out.len, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			break;
		if (sent < 0) {
			lane_break(lane, "the worker ended unexpectedly");
			return false;
		}
		buf_drop(&lane->out, (size_t)sent);
	}
	loop_watch_events(lane->watch,
	    LOOP_READ | (lane->out.len ? LOOP_WRITE : 0u));
	return true;
}

static void
end_run(struct lane *lane)
{
	lane->state = LANE_ENDING;
	wait_until(lane, lane->slack_ms);
	shutdown(lane->outlet.fd, SHUT_WR);
}

/* Only of a test alert does anybody want to hear the conversation. */
static int
traces_of(struct span alert)
{
	struct span kind;

	return fields_get(alert, "kind", &kind) &&
		       span_is(kind, alert_kind_name(ALERT_TEST))
		   ? TRACE_LINES_MAX
		   : 0;
}

static void
put_alert(struct lane *lane, struct span alert, struct span settled)
{
	struct buf fields = BUF_INIT;
	char *id = fields_get_copy(alert, "id");

	snprintf(lane->id, sizeof(lane->id), "%s", id ? id : "");
	free(id);
	lane->traces_left = traces_of(alert);
	fields_add_str(&fields, "type", "alert");
	if (settled.len)
		fields_add(&fields, "settled", settled);
	buf_add_span(&fields, alert);
	frame_add(&lane->out, buf_span(&fields));
	buf_release(&fields);
}

/* False when nothing is due. */
static bool
take_next(struct lane *lane)
{
	struct buf alert = BUF_INIT, settled = BUF_INIT;
	bool found =
	    lane->calls.next(lane->arg, &lane->row, &alert, &settled);

	if (found)
		put_alert(lane, buf_span(&alert), buf_span(&settled));
	buf_release(&alert);
	buf_release(&settled);
	return found;
}

static void
send_next(struct lane *lane)
{
	if (lane->in.len) {
		lane_break(lane, "the worker said more than it was asked");
		return;
	}
	if (lane->finishing || !take_next(lane)) {
		lane->row = 0;
		end_run(lane);
		return;
	}
	lane->state = LANE_ALERT;
	wait_until(lane, lane->timeout_ms + lane->slack_ms);
	flush_out(lane);
}

/* An answer to something else than what was asked must not be taken for this
 * alert's. */
static bool
outcome_fits(const struct lane *lane, struct span fields)
{
	struct span id;

	return lane->state == LANE_HELLO ||
	       (fields_get(fields, "id", &id) && span_is(id, lane->id));
}

static void
take_outcome(struct lane *lane, struct span fields)
{
	struct outcome outcome;
	struct err err = ERR_INIT;

	if (!outcome_fits(lane, fields) ||
	    outcome_decode(fields, &outcome, &err)) {
		lane_break(lane, "the worker's answer is not understood");
		return;
	}
	report(lane, &outcome);
	if (lane->state == LANE_HELLO)
		end_run(lane);
	else
		send_next(lane);
}

static void
take_complaint(struct lane *lane, struct span fields)
{
	char *text = fields_get_copy(fields, "text");
	struct buf why = BUF_INIT;

	buf_addf(&why, "the worker complains: %s", text ? text : "");
	lane_break(lane, buf_str(&why));
	buf_release(&why);
	free(text);
}

static void
take_ready(struct lane *lane, struct span fields)
{
	char confined[WORKER_CONFINED_MAX] = "";
	struct span text;

	if (fields_get(fields, "confined", &text))
		outcome_clean(text, confined, sizeof(confined));
	if (lane->calls.ready)
		lane->calls.ready(lane->arg, confined);
	send_next(lane);
}

static void
take_trace(struct lane *lane, struct span fields)
{
	char line[TRACE_LINE_BYTES + 1] = "";
	struct span text;

	lane->traces_left--;
	if (fields_get(fields, "text", &text))
		outcome_clean(text, line, sizeof(line));
	if (lane->calls.trace)
		lane->calls.trace(lane->arg, line);
}

static void
take_frame(struct lane *lane, struct span type, struct span fields)
{
	if (lane->state == LANE_HELLO && span_is(type, "ready"))
		take_ready(lane, fields);
	else if ((lane->state == LANE_HELLO || lane->state == LANE_ALERT) &&
		 span_is(type, "outcome"))
		take_outcome(lane, fields);
	else if (span_is(type, "error"))
		take_complaint(lane, fields);
	else
		lane_break(lane, "the worker said something out of turn");
}

/* True when more may follow at once; any other frame may have ended the
 * lane. */
static bool
take_copy(struct lane *lane, struct span fields)
{
	struct span type;

	if (!fields_get(fields, "type", &type))
		type = span_str("");
	if (lane->state == LANE_ALERT && lane->traces_left > 0 &&
	    span_is(type, "trace")) {
		take_trace(lane, fields);
		return true;
	}
	take_frame(lane, type, fields);
	return false;
}

static void
take_frames(struct lane *lane)
{
	struct err err = ERR_INIT;
	struct span fields;
	size_t used;
	int taken;
	bool more = true;

	while (more && (taken = frame_take(buf_span(&lane->in), &fields,
			    &used, &err))) {
		char *copy;

		if (taken < 0) {
			lane_break(lane, "the worker sent a broken frame");
			return;
		}
		copy = xmemdup(fields.data, fields.len);
		buf_drop(&lane->in, used);
		more = take_copy(lane, span_of(copy, fields.len));
		free(copy);
	}
}

static void
read_in(struct lane *lane)
{
	char *room = buf_reserve(&lane->in, 65536);
	ssize_t got = recv(lane->outlet.fd, room, 65536, 0);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	/* Nobody waits for anything it may still say. */
	if (got > 0 && lane->state == LANE_ENDING)
		return;
	if (got > 0) {
		lane->in.len += (size_t)got;
		take_frames(lane);
		return;
	}
	if (lane->state == LANE_ENDING) {
		lane_over(lane);
		return;
	}
	lane_break(lane, "the worker ended without an answer");
}

static void
on_ready(void *arg, unsigned events)
{
	struct lane *lane = arg;

	if ((events & LOOP_WRITE) && !flush_out(lane))
		return;
	if (events & (LOOP_READ | LOOP_HANGUP))
		read_in(lane);
}

static void
on_deadline(void *arg)
{
	struct lane *lane = arg;

	lane_break(lane, "the worker did not answer in time and was ended");
}

static void
say_hello(struct lane *lane, const struct lane_spec *spec)
{
	struct buf fields = BUF_INIT;

	fields_add_str(&fields, "type", "hello");
	fields_add_number(&fields, "protocol", WORKER_PROTOCOL);
	fields_add_str(&fields, "sink", spec->sink);
	fields_add_str(&fields, "hostname", spec->hostname);
	frame_add(&lane->out, buf_span(&fields));
	buf_release(&fields);
}

struct lane *
lane_start(struct loop *loop, const struct lane_spec *spec,
    const struct outlet_places *places, struct lane_calls calls, void *arg,
    struct err *err)
{
	struct lane *lane = xcalloc(1, sizeof(*lane));

	if (outlet_open(places, spec->program, &lane->outlet, err)) {
		free(lane);
		return NULL;
	}
	lane->loop = loop;
	lane->calls = calls;
	lane->arg = arg;
	lane->timeout_ms = spec->timeout_ms;
	lane->slack_ms = spec->slack_ms;
	lane->state = LANE_HELLO;
	say_hello(lane, spec);
	lane->watch = loop_watch(loop, lane->outlet.fd,
	    LOOP_READ | LOOP_WRITE, on_ready, lane);
	lane->deadline = loop_timer_new(loop, on_deadline, lane);
	wait_until(lane, lane->timeout_ms + lane->slack_ms);
	return lane;
}

void
lane_finish(struct lane *lane)
{
	lane->finishing = true;
}

void
lane_abort(struct lane *lane)
{
	if (lane->row)
		report_break(lane,
		    "ctaild ended the worker before it answered");
	outlet_stop(&lane->outlet);
	lane_over(lane);
}

void
lane_reaped(struct lane *lane, pid_t pid)
{
	if (lane->outlet.pid == pid)
		lane->outlet.pid = 0;
}
