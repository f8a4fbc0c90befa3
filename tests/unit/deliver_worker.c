/*
 * The worker's side of the frames: what it answers to good ones, and that no
 * broken one gets through to a sink.
 */
#include "config.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fields.h"
#include "base/setting.h"
#include "deliver/worker.h"
#include "tap.h"

#define ID "00112233445566778899aabbccddeeff00112233"

/* A driver that counts. */
static int opened, sent, closed, talk;
static bool refuse_open;
static char given[OUTCOME_SETTLED_MAX]; /* settled, as it came */

static void *
fake_open(const char *name, const void *settings, const char *hostname,
    struct outcome *out)
{
	(void)settings;
	opened++;
	if (refuse_open) {
		outcome_set(out, OUTCOME_CONFIG, 0, "%s cannot", name);
		return NULL;
	}
	return (void *)hostname;
}

static void
fake_send(void *run, const struct delivery *delivery, struct outcome *out)
{
	sent++;
	snprintf(given, sizeof(given), "%.*s", (int)delivery->settled.len,
	    delivery->settled.data);
	for (int i = 0; i < talk && delivery->trace; i++)
		delivery->trace->line(delivery->trace->arg, "250 o\x1b\nk");
	outcome_set(out, OUTCOME_DELIVERED, 250, "%s from %s",
	    delivery->alert->subject, (const char *)run);
}

static void
fake_close(void *run)
{
	(void)run;
	closed++;
}

static const struct setting_table fake_table = {.section = "fake"};
static const struct setting_table other_table = {.section = "other"};
static const struct sink_driver fake_driver = {
    .table = &fake_table,
    .open = fake_open,
    .send = fake_send,
    .close = fake_close};
static const struct sink_driver *const drivers[] = {&fake_driver, NULL};

static const struct setting_table *
fake_find(void *arg, struct span sink, const void **settings_out,
    struct err *err)
{
	(void)arg;
	*settings_out = NULL;
	if (span_is(sink, "fake"))
		return &fake_table;
	if (span_is(sink, "other"))
		return &other_table;
	err_set(err, "there is no such section");
	return NULL;
}

static const struct buf *confined;

static int
serve_on(int fd, struct err *err)
{
	const struct worker_host host = {drivers, fake_find, NULL, confined};

	return worker_serve(fd, fd, &host, err);
}

/* Sends these bytes, serves, and collects the answers. */
static int
serve(struct span bytes, struct buf *answers)
{
	struct err err = ERR_INIT;
	char block[4096];
	int pair[2];
	ssize_t got;

	opened = sent = closed = 0;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		abort();
	int size = 1 << 20;
	setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	if (bytes.len &&
	    send(pair[0], bytes.data, bytes.len, MSG_DONTWAIT) !=
		(ssize_t)bytes.len)
		abort();
	shutdown(pair[0], SHUT_WR);
	int result = serve_on(pair[1], &err);
	close(pair[1]);
	buf_reset(answers);
	while ((got = read(pair[0], block, sizeof(block))) > 0)
		buf_add(answers, block, (size_t)got);
	close(pair[0]);
	if (result && !err.text[0])
		OK(false, "a failed run says why");
	return result;
}

/* "ready outcome/delivered error" */
static const char *
kinds(struct buf *answers)
{
	static char text[512];
	struct span fields, value;
	struct err err = ERR_INIT;
	size_t used;

	text[0] = '\0';
	while (frame_take(buf_span(answers), &fields, &used, &err) == 1) {
		size_t len = strlen(text);

		if (!fields_get(fields, "type", &value))
			value = span_str("untyped");
		snprintf(text + len, sizeof(text) - len, "%s%.*s",
		    len ? " " : "", (int)value.len, value.data);
		if (fields_get(fields, "class", &value)) {
			len = strlen(text);
			snprintf(text + len, sizeof(text) - len, "/%.*s",
			    (int)value.len, value.data);
		}
		buf_drop(answers, used);
	}
	return text;
}

static void
add_frame(struct buf *out, struct buf *fields)
{
	frame_add(out, buf_span(fields));
	buf_release(fields);
}

static void
add_hello(struct buf *out, const char *sink, const char *protocol,
    const char *hostname)
{
	struct buf fields = BUF_INIT;

	fields_add_str(&fields, "type", "hello");
	if (protocol)
		fields_add_str(&fields, "protocol", protocol);
	if (sink)
		fields_add_str(&fields, "sink", sink);
	if (hostname)
		fields_add_str(&fields, "hostname", hostname);
	add_frame(out, &fields);
}

static void
add_alert_of(struct buf *out, enum alert_kind kind, const char *settled)
{
	struct alert *alert = malloc(sizeof(*alert));
	struct buf fields = BUF_INIT;

	alert_init(alert);
	alert->kind = kind;
	memcpy(alert->id, ID, sizeof(ID));
	memcpy(alert->incident, ID, sizeof(ID));
	alert_set(&alert->rule, span_str("rule"));
	alert_set(&alert->subject, span_str("subject"));
	alert_add_line(alert, span_str("line"));
	alert_add_capture(alert, span_str("ip"), span_str("192.0.2.1"));
	fields_add_str(&fields, "type", "alert");
	if (settled)
		fields_add_str(&fields, "settled", settled);
	alert_encode(alert, &fields);
	add_frame(out, &fields);
	alert_release(alert);
	free(alert);
}

static void
add_alert(struct buf *out)
{
	add_alert_of(out, ALERT_MATCH, NULL);
}

static void
answers_are(struct buf *request, int result, const char *want,
    const char *sentence)
{
	struct buf answers = BUF_INIT;
	int got = serve(buf_span(request), &answers);

	OK(got == result, "%s", sentence);
	IS_STR(kinds(&answers), want, "with these answers");
	OK(opened - closed == (refuse_open ? opened : 0),
	    "what was opened is closed");
	buf_release(&answers);
	buf_release(request);
}

static void
test_good(void)
{
	struct buf request = BUF_INIT, answers = BUF_INIT;
	struct span fields, value;
	struct outcome outcome;
	struct err err = ERR_INIT;
	size_t used;

	add_hello(&request, "fake", "2", "host");
	add_alert(&request);
	add_alert(&request);
	OK(!serve(buf_span(&request), &answers), "a run with two alerts");
	IS_INT(sent, 2, "sends both");
	OK(frame_take(buf_span(&answers), &fields, &used, &err) == 1 &&
		fields_get(fields, "type", &value) && span_is(value, "ready"),
	    "hello is answered with ready");
	buf_drop(&answers, used);
	OK(frame_take(buf_span(&answers), &fields, &used, &err) == 1 &&
		fields_get(fields, "id", &value) && span_is(value, ID),
	    "an outcome names its alert");
	OK(!outcome_decode(fields, &outcome, &err) &&
		outcome.class == OUTCOME_DELIVERED &&
		!strcmp(outcome.text, "subject from host"),
	    "and is the driver's");
	buf_release(&answers);
	buf_release(&request);

	answers_are(&request, 0, "", "a connection that says nothing is fine");
	add_hello(&request, "fake", "2", "host");
	answers_are(&request, 0, "ready", "so is a run without alerts");
}

static void
test_unusable(void)
{
	struct buf request = BUF_INIT;

	add_hello(&request, "nobody", "2", "host");
	add_alert(&request);
	answers_are(&request, 0, "outcome/config", "an unknown sink");
	add_hello(&request, "other", "2", "host");
	answers_are(&request, 0, "outcome/config",
	    "a sink that another program carries out");
	refuse_open = true;
	add_hello(&request, "fake", "2", "host");
	add_alert(&request);
	answers_are(&request, 0, "outcome/config",
	    "a sink that cannot be opened");
	refuse_open = false;
	IS_INT(sent, 0, "gets no alert");
}

static void
test_order(void)
{
	struct buf request = BUF_INIT, fields = BUF_INIT;

	add_alert(&request);
	answers_are(&request, -1, "error", "an alert before hello");
	add_hello(&request, "fake", "2", "host");
	add_hello(&request, "fake", "2", "host");
	answers_are(&request, -1, "ready error", "a second hello");
	fields_add_str(&fields, "type", "exec");
	add_frame(&request, &fields);
	answers_are(&request, -1, "error", "an unknown type");
	fields_add_str(&fields, "sink", "fake");
	add_frame(&request, &fields);
	answers_are(&request, -1, "error", "a frame without a type");
	add_frame(&request, &fields);
	answers_are(&request, -1, "error", "an empty frame");
}

static void
test_bad_hello(void)
{
	char longest[2000];
	struct buf request = BUF_INIT;

	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	add_hello(&request, "fake", NULL, "host");
	answers_are(&request, -1, "error", "hello without a protocol");
	add_hello(&request, "fake", "1", "host");
	answers_are(&request, -1, "error", "another protocol");
	add_hello(&request, NULL, "2", "host");
	answers_are(&request, -1, "error", "hello without a sink");
	add_hello(&request, "", "2", "host");
	answers_are(&request, -1, "error", "an empty sink");
	add_hello(&request, "a\nb", "2", "host");
	answers_are(&request, -1, "error", "a sink with a line end");
	add_hello(&request, longest, "2", "host");
	answers_are(&request, -1, "error", "a sink with a huge name");
	add_hello(&request, "fake", "2", NULL);
	answers_are(&request, -1, "error", "hello without a host");
	add_hello(&request, "fake", "2", longest);
	answers_are(&request, -1, "error", "a host with a huge name");
}

static void
test_bad_alert(void)
{
	struct buf request = BUF_INIT, fields = BUF_INIT;

	add_hello(&request, "fake", "2", "host");
	fields_add_str(&fields, "type", "alert");
	fields_add_str(&fields, "id", ID);
	add_frame(&request, &fields);
	answers_are(&request, -1, "ready error", "an alert that is none");

	static const char *const ids[] = {"", "x", ID "0", "\r\nX: y",
	    "001122334455667788990011223344556677889G"};
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		add_hello(&request, "fake", "2", "host");
		fields_add_str(&fields, "type", "alert");
		fields_add_str(&fields, "id", ids[i]);
		fields_add_str(&fields, "incident", ID);
		fields_add_str(&fields, "kind", "match");
		fields_add_str(&fields, "severity", "error");
		add_frame(&request, &fields);
		answers_are(&request, -1, "ready error",
		    "an alert with an id that is none");
	}
}

static void
test_confined(void)
{
	struct buf request = BUF_INIT, answers = BUF_INIT, words = BUF_INIT;
	struct span fields, value;
	size_t used;

	buf_add_str(&words, "no exec");
	add_hello(&request, "fake", "2", "host");
	serve(buf_span(&request), &answers);
	OK(frame_take(buf_span(&answers), &fields, &used, NULL) == 1 &&
		!fields_get(fields, "confined", &value),
	    "who gave nothing up says nothing of it");
	confined = &words;
	serve(buf_span(&request), &answers);
	OK(frame_take(buf_span(&answers), &fields, &used, NULL) == 1 &&
		fields_get(fields, "confined", &value) &&
		span_is(value, "no exec"),
	    "who did says what");
	confined = NULL;
	buf_release(&words);
	buf_release(&answers);
	buf_release(&request);
}

static void
test_settled(void)
{
	char longest[OUTCOME_SETTLED_MAX + 1];
	struct buf request = BUF_INIT, answers = BUF_INIT;

	add_hello(&request, "fake", "2", "host");
	add_alert_of(&request, ALERT_MATCH, "a@example.org");
	serve(buf_span(&request), &answers);
	IS_STR(given, "a@example.org", "what is settled reaches the driver");
	add_alert(&request);
	serve(buf_span(&request), &answers);
	IS_STR(given, "", "and not the next alert's attempt");
	buf_release(&request);
	buf_release(&answers);

	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	add_hello(&request, "fake", "2", "host");
	add_alert_of(&request, ALERT_MATCH, longest);
	answers_are(&request, -1, "ready error", "too much settled");
	add_hello(&request, "fake", "2", "host");
	add_alert_of(&request, ALERT_MATCH, "a\nb");
	answers_are(&request, -1, "ready error", "settled that is no line");
	IS_INT(sent, 0, "sends nothing");
}

static void
test_trace(void)
{
	struct buf request = BUF_INIT, answers = BUF_INIT;
	struct span fields, value;
	size_t used;
	int lines = 0;

	talk = 2;
	add_hello(&request, "fake", "2", "host");
	add_alert(&request);
	answers_are(&request, 0, "ready outcome/delivered",
	    "of an alert nobody hears the conversation");
	add_hello(&request, "fake", "2", "host");
	add_alert_of(&request, ALERT_TEST, NULL);
	answers_are(&request, 0, "ready trace trace outcome/delivered",
	    "of a test alert somebody does");
	talk = 10 * TRACE_LINES_MAX;
	add_hello(&request, "fake", "2", "host");
	add_alert_of(&request, ALERT_TEST, NULL);
	serve(buf_span(&request), &answers);
	while (frame_take(buf_span(&answers), &fields, &used, NULL) == 1) {
		if (fields_get(fields, "type", &value) &&
		    span_is(value, "trace")) {
			lines++;
			if (!fields_get(fields, "text", &value) ||
			    !span_is(value, "250 o k"))
				lines += 10000;
		}
		buf_drop(&answers, used);
	}
	IS_INT(lines, TRACE_LINES_MAX, "so many lines of it, and clean");
	talk = 0;
	buf_release(&request);
	buf_release(&answers);
}

/* Every prefix of a good run: nothing half is taken for whole. */
static void
test_truncated(void)
{
	struct buf request = BUF_INIT, answers = BUF_INIT;
	size_t first;
	int wrong = 0;

	add_hello(&request, "fake", "2", "host");
	first = request.len;
	add_alert(&request);
	for (size_t len = 0; len < request.len; len++) {
		int result = serve(span_of(request.data, len), &answers);

		wrong += sent != 0 || opened != closed ||
			 result != (len == 0 || len == first ? 0 : -1);
	}
	IS_INT(wrong, 0, "no truncated run sends anything or ends well");
	buf_release(&answers);
	buf_release(&request);
}

/* Every byte of a good run, changed in some ways: nothing but an orderly
 * end, and every frame answered at most once. */
static void
test_mutated(void)
{
	static const unsigned char masks[] = {0x01, 0x80, 0xff, 0x20};
	struct buf request = BUF_INIT, answers = BUF_INIT;
	int wrong = 0;

	add_hello(&request, "fake", "2", "host");
	add_alert(&request);
	for (size_t i = 0; i < request.len * 4; i++) {
		char *byte = &request.data[i / 4];
		char before = *byte;

		*byte = (char)(before ^ (char)masks[i % 4]);
		serve(buf_span(&request), &answers);
		*byte = before;
		wrong += sent > 1 || opened > 1 || opened != closed;
	}
	IS_INT(wrong, 0, "no changed byte does harm");
	buf_release(&answers);
	buf_release(&request);
}

static void
test_gone(void)
{
	struct buf request = BUF_INIT;
	struct err err = ERR_INIT;
	int pair[2];

	add_hello(&request, "fake", "2", "host");
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) ||
	    write(pair[0], request.data, request.len) !=
		(ssize_t)request.len)
		abort();
	close(pair[0]);
	OK(serve_on(pair[1], &err),
	    "a peer that is gone fails the run");
	close(pair[1]);
	buf_release(&request);
}

int
main(void)
{
	signal(SIGPIPE, SIG_IGN);
	test_good();
	test_unusable();
	test_order();
	test_bad_hello();
	test_bad_alert();
	test_confined();
	test_settled();
	test_trace();
	test_truncated();
	test_mutated();
	test_gone();
	return tap_done();
}
