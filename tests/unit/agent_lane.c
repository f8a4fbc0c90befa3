/*
 * agent_lane: one sink's run against a worker played by the test, which does
 * what it should and what it should not.
 */
#include "config.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fields.h"
#include "base/sock.h"
#include "ctaild/lane.h"
#include "deliver/worker.h"
#include "message/alert.h"
#include "tap.h"

#define ID_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define ID_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static char dir[] = "/tmp/ctail-agent-lane-XXXXXX";

struct run {
	struct loop *loop;
	struct lane *lane;
	int listener, peer;
	struct buf heard;
	int to_send; /* alerts not asked for yet */
	int outcomes;
	int64_t row; /* of the last outcome */
	struct outcome last;
	bool ended;
	bool test; /* alerts are tests */
	const char *settled;
	char given[OUTCOME_SETTLED_MAX]; /* of the frame heard last */
	char told[WORKER_CONFINED_MAX];  /* at ready */
	int traces;
	char trace[TRACE_LINE_BYTES + 1];
};

static bool
on_next(void *arg, int64_t *row_out, struct buf *fields_out,
    struct buf *settled_out)
{
	struct run *run = arg;

	if (!run->to_send)
		return false;
	*row_out = run->to_send;
	fields_add_str(fields_out, "id", run->to_send == 2 ? ID_A : ID_B);
	fields_add_str(fields_out, "kind", run->test ? "test" : "match");
	if (run->settled)
		buf_add_str(settled_out, run->settled);
	run->to_send--;
	return true;
}

static void
on_ready(void *arg, const char *confined)
{
	struct run *run = arg;

	snprintf(run->told, sizeof(run->told), "%s", confined);
}

static void
on_trace(void *arg, const char *line)
{
	struct run *run = arg;

	run->traces++;
	snprintf(run->trace, sizeof(run->trace), "%s", line);
}

static void
on_outcome(void *arg, int64_t row, const struct outcome *outcome)
{
	struct run *run = arg;

	run->outcomes++;
	run->row = row;
	run->last = *outcome;
}

static void
on_ended(void *arg)
{
	struct run *run = arg;

	run->ended = true;
	run->lane = NULL;
}

static void
begin(struct run *run, int to_send, int64_t patience_ms)
{
	static const struct lane_calls calls = {on_next, on_outcome,
	    on_ended, on_ready, on_trace};
	struct buf path = BUF_INIT;
	struct outlet_places places = {0};
	struct lane_spec spec = {
	    "ops", "host", SINK_BY_SEND, patience_ms, patience_ms};
	struct err err = ERR_INIT;

	buf_addf(&path, "%s/worker", dir);
	places.send_socket = buf_str(&path);
	*run = (struct run){.loop = loop_new(), .to_send = to_send};
	run->listener = sock_listen(places.send_socket, 0600, &err);
	run->lane = lane_start(run->loop, &spec, &places, calls, run, &err);
	if (!run->lane) {
		printf("# %s\n", err.text);
		exit(99);
	}
	run->peer = sock_accept(run->listener);
	fd_nonblocking(run->peer, 0);
	unlink(places.send_socket);
	buf_release(&path);
}

static void
turn(struct run *run)
{
	loop_turn(run->loop, 1000, NULL);
}

static void
end(struct run *run)
{
	if (run->lane)
		lane_abort(run->lane);
	if (run->peer >= 0)
		close(run->peer);
	close(run->listener);
	buf_release(&run->heard);
	loop_free(run->loop);
}

/* The type of the next frame the lane sends; "" at the end. */
static const char *
hear(struct run *run)
{
	static char type[32];
	struct span fields, value = span_str(""), settled = span_str("");

	turn(run);
	if (frame_read(run->peer, &run->heard, &fields, NULL) == 1) {
		fields_get(fields, "type", &value);
		fields_get(fields, "settled", &settled);
	}
	snprintf(run->given, sizeof(run->given), "%.*s", (int)settled.len,
	    settled.data);
	snprintf(type, sizeof(type), "%.*s", (int)value.len, value.data);
	return type;
}

static void
add(struct buf *frames, const char *type, const char *id, const char *class)
{
	struct buf fields = BUF_INIT;

	fields_add_str(&fields, "type", type);
	if (id)
		fields_add_str(&fields, "id", id);
	if (class)
		fields_add_str(&fields, "class", class);
	frame_add(frames, buf_span(&fields));
	buf_release(&fields);
}

static void
say(struct run *run, const char *type, const char *id, const char *class)
{
	struct buf frames = BUF_INIT;

	add(&frames, type, id, class);
	if (write(run->peer, frames.data, frames.len) < 0)
		exit(99);
	buf_release(&frames);
	turn(run);
}

/* Up to an alert in the worker's hand. */
static void
begin_alert(struct run *run, int to_send, int64_t patience_ms)
{
	begin(run, to_send, patience_ms);
	hear(run);
	say(run, "ready", NULL, NULL);
	hear(run);
}

static void
is_last(const struct run *run, int64_t row, enum outcome_class class,
    const char *sentence)
{
	OK(run->outcomes > 0 && run->row == row && run->last.class == class,
	    "%s", sentence);
}

static void
test_whole(void)
{
	struct run run;

	begin(&run, 2, 60000);
	IS_STR(hear(&run), "hello", "a run begins with hello");
	say(&run, "ready", NULL, NULL);
	IS_STR(hear(&run), "alert", "who is ready gets an alert");
	say(&run, "outcome", ID_A, "delivered");
	is_last(&run, 2, OUTCOME_DELIVERED, "its outcome is reported");
	IS_STR(hear(&run), "alert", "and the next one follows");
	say(&run, "outcome", ID_B, "refused");
	is_last(&run, 1, OUTCOME_REFUSED, "the last outcome is reported");
	IS_STR(hear(&run), "", "then the connection is shut down");
	close(run.peer);
	run.peer = -1;
	turn(&run);
	OK(run.ended && run.outcomes == 2, "and the worker's end is the run's");
	end(&run);
}

static void
test_pieces(void)
{
	struct buf frames = BUF_INIT;
	struct run run;

	begin(&run, 2, 60000);
	hear(&run);
	add(&frames, "ready", NULL, NULL);
	for (size_t i = 0; i < frames.len; i++) {
		if (write(run.peer, frames.data + i, 1) != 1)
			exit(99);
		turn(&run);
	}
	IS_STR(hear(&run), "alert", "a frame may come in pieces");
	buf_release(&frames);
	end(&run);
}

static void
test_unusable(void)
{
	struct run run;

	begin(&run, 2, 60000);
	hear(&run);
	say(&run, "outcome", NULL, "config");
	is_last(&run, 0, OUTCOME_CONFIG, "a sink may be of no use at all");
	IS_STR(hear(&run), "", "then the run ends");
	IS_INT(run.to_send, 2, "and no alert was asked for");
	end(&run);
}

static void
test_answers_twice(void)
{
	struct buf frames = BUF_INIT;
	struct run run;

	begin_alert(&run, 2, 60000);
	add(&frames, "outcome", ID_A, "delivered");
	add(&frames, "outcome", ID_A, "delivered");
	if (write(run.peer, frames.data, frames.len) < 0)
		exit(99);
	turn(&run);
	is_last(&run, 0, OUTCOME_RETRY, "who answers twice is not used again");
	OK(run.ended && run.outcomes == 2 && run.to_send == 1,
	    "and does not speak for the next alert");
	buf_release(&frames);
	end(&run);
}

static void
breaks(
    const char *type, const char *id, const char *class, const char *sentence)
{
	struct run run;

	begin_alert(&run, 2, 60000);
	say(&run, type, id, class);
	is_last(&run, 2, OUTCOME_DOUBT, sentence);
	OK(run.ended, "... and ends the run");
	end(&run);
}

static void
test_broken(void)
{
	static const char noise[] = "HTTP/1.1 200 OK\r\n\r\n";
	struct run run;

	breaks("outcome", ID_B, "delivered",
	    "an answer for another alert leaves this one in doubt");
	breaks("outcome", NULL, "delivered", "so does one without an id");
	breaks("outcome", ID_A, "splendid", "one of an unknown class");
	breaks("outcome", ID_A, NULL, "one without a class");
	breaks("ready", NULL, NULL, "one out of turn");
	breaks("error", NULL, NULL, "and a complaint");

	begin_alert(&run, 2, 60000);
	if (write(run.peer, noise, sizeof(noise)) < 0)
		exit(99);
	turn(&run);
	is_last(&run, 2, OUTCOME_DOUBT, "and what is no frame");
	end(&run);

	begin_alert(&run, 2, 60000);
	close(run.peer);
	run.peer = -1;
	turn(&run);
	is_last(&run, 2, OUTCOME_DOUBT, "and an end without an answer");
	end(&run);
}

static void
add_text(struct buf *frames, const char *type, const char *name,
    const char *text)
{
	struct buf fields = BUF_INIT;

	fields_add_str(&fields, "type", type);
	fields_add_str(&fields, name, text);
	frame_add(frames, buf_span(&fields));
	buf_release(&fields);
}

static void
say_frames(struct run *run, struct buf *frames)
{
	if (write(run->peer, frames->data, frames->len) < 0)
		exit(99);
	buf_release(frames);
	turn(run);
}

static void
test_confined(void)
{
	char longest[2000];
	struct buf frames = BUF_INIT;
	struct run run;

	begin(&run, 1, 60000);
	hear(&run);
	add_text(&frames, "ready", "confined", "no exec,\n\x1b[1m Landlock");
	say_frames(&run, &frames);
	IS_STR(run.told, "no exec, [1m Landlock",
	    "what a worker gave up is told, and clean");
	IS_STR(hear(&run), "alert", "and the run goes on");
	end(&run);

	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	begin(&run, 1, 60000);
	hear(&run);
	add_text(&frames, "ready", "confined", longest);
	say_frames(&run, &frames);
	IS_INT((long long)strlen(run.told), WORKER_CONFINED_MAX - 1,
	    "who says too much of it is cut short");
	end(&run);

	begin(&run, 1, 60000);
	hear(&run);
	snprintf(run.told, sizeof(run.told), "nothing was said");
	say(&run, "ready", NULL, NULL);
	IS_STR(run.told, "", "who says nothing of it gave nothing up");
	end(&run);
}

static void
test_settled(void)
{
	struct run run;

	begin(&run, 1, 60000);
	run.settled = "a@example.org";
	hear(&run);
	say(&run, "ready", NULL, NULL);
	IS_STR(hear(&run), "alert", "an alert that was tried before");
	IS_STR(run.given, "a@example.org", "comes with what is settled of it");
	end(&run);
}

static void
begin_test_alert(struct run *run)
{
	begin(run, 2, 60000);
	run->test = true;
	hear(run);
	say(run, "ready", NULL, NULL);
	hear(run);
}

static void
test_trace(void)
{
	struct buf frames = BUF_INIT;
	struct run run;

	begin_test_alert(&run);
	add_text(&frames, "trace", "text", "> EHLO\r\n");
	add_text(&frames, "trace", "text", "< 250 ok\x07");
	add(&frames, "outcome", ID_A, "delivered");
	say_frames(&run, &frames);
	OK(run.traces == 2 && !strcmp(run.trace, "< 250 ok"),
	    "the conversation of a test alert is heard, and clean");
	is_last(&run, 2, OUTCOME_DELIVERED, "and its outcome behind it");
	end(&run);

	begin_test_alert(&run);
	for (int i = 0; i < TRACE_LINES_MAX; i++)
		add_text(&frames, "trace", "text", "x");
	say_frames(&run, &frames);
	OK(run.traces == TRACE_LINES_MAX && !run.ended,
	    "it may be so long");
	add_text(&frames, "trace", "text", "x");
	say_frames(&run, &frames);
	is_last(&run, 2, OUTCOME_DOUBT, "a flood of it ends the worker");
	OK(run.traces == TRACE_LINES_MAX && run.ended, "and is not heard");
	end(&run);

	breaks("trace", NULL, NULL,
	    "nobody asked for the conversation of another alert");
	begin(&run, 2, 60000);
	run.test = true;
	hear(&run);
	say(&run, "trace", NULL, NULL);
	is_last(&run, 0, OUTCOME_RETRY, "nor before there is an alert");
	end(&run);
}

static void
test_last_words(void)
{
	struct buf noise = BUF_INIT;
	struct run run;

	begin(&run, 0, 60000);
	say(&run, "ready", NULL, NULL);
	for (int i = 0; i < 1000; i++)
		buf_add_str(&noise, "noise that is no frame ");
	say_frames(&run, &noise);
	OK(!run.ended && !run.outcomes,
	    "who is to end may say what he likes");
	close(run.peer);
	run.peer = -1;
	while (!run.ended)
		turn(&run);
	IS_INT(run.outcomes, 0, "and nobody hears it");
	end(&run);
}

static void
test_deadline(void)
{
	struct run run;

	begin(&run, 2, 1);
	while (!run.ended)
		turn(&run);
	is_last(&run, 0, OUTCOME_RETRY, "who never gets ready is given up");
	end(&run);

	begin(&run, 2, 1);
	say(&run, "ready", NULL, NULL);
	while (!run.ended)
		turn(&run);
	OK(run.outcomes == 1, "who never answers is given up once");
	end(&run);
}

static void
test_ended_by_us(void)
{
	struct run run;

	begin_alert(&run, 2, 60000);
	lane_finish(run.lane);
	say(&run, "outcome", ID_A, "delivered");
	is_last(&run, 2, OUTCOME_DELIVERED,
	    "a run that is to finish takes the outcome in flight");
	IS_INT(run.to_send, 1, "and no further alert");
	end(&run);

	begin_alert(&run, 2, 60000);
	lane_abort(run.lane);
	is_last(&run, 2, OUTCOME_DOUBT,
	    "a run that is aborted leaves its alert in doubt");
	OK(run.ended, "and ends");
	end(&run);

	begin(&run, 2, 60000);
	lane_abort(run.lane);
	OK(run.ended && !run.outcomes,
	    "without an alert in flight it says nothing of the sink");
	end(&run);
}

int
main(void)
{
	if (!mkdtemp(dir))
		return 99;
	test_whole();
	test_pieces();
	test_unusable();
	test_answers_twice();
	test_broken();
	test_confined();
	test_settled();
	test_trace();
	test_last_words();
	test_deadline();
	test_ended_by_us();
	rmdir(dir);
	return tap_done();
}
