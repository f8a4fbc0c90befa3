/*
 * What web services answer: statuses and bodies, and the URLs they stand
 * behind.
 */
#include "config.h"

#include "deliver/http_reply.h"
#include "deliver/sink_url.h"
#include "tap.h"

static void
test_statuses(void)
{
	static const struct {
		int status;
		enum outcome_class class;
		enum outcome_scope scope;
	} rows[] = {
	    {400, OUTCOME_REFUSED, OUTCOME_OF_ALERT},
	    {401, OUTCOME_CONFIG, OUTCOME_OF_SINK},
	    {402, OUTCOME_REFUSED, OUTCOME_OF_ALERT},
	    {403, OUTCOME_CONFIG, OUTCOME_OF_SINK},
	    {404, OUTCOME_CONFIG, OUTCOME_OF_SINK},
	    {405, OUTCOME_CONFIG, OUTCOME_OF_SINK},
	    {407, OUTCOME_CONFIG, OUTCOME_OF_SINK},
	    {408, OUTCOME_RETRY, OUTCOME_OF_ALERT},
	    {410, OUTCOME_GONE, OUTCOME_OF_SINK},
	    {413, OUTCOME_REFUSED, OUTCOME_OF_ALERT},
	    {422, OUTCOME_REFUSED, OUTCOME_OF_ALERT},
	    {425, OUTCOME_RETRY, OUTCOME_OF_ALERT},
	    {429, OUTCOME_RETRY, OUTCOME_OF_SINK},
	    {499, OUTCOME_REFUSED, OUTCOME_OF_ALERT},
	    {500, OUTCOME_RETRY, OUTCOME_OF_ALERT},
	    {501, OUTCOME_RETRY, OUTCOME_OF_ALERT},
	    {502, OUTCOME_RETRY, OUTCOME_OF_SINK},
	    {503, OUTCOME_RETRY, OUTCOME_OF_SINK},
	    {504, OUTCOME_RETRY, OUTCOME_OF_SINK},
	    {507, OUTCOME_RETRY, OUTCOME_OF_ALERT},
	    {301, OUTCOME_CONFIG, OUTCOME_OF_SINK},
	    {307, OUTCOME_CONFIG, OUTCOME_OF_SINK},
	    {100, OUTCOME_RETRY, OUTCOME_OF_SINK},
	    {0, OUTCOME_RETRY, OUTCOME_OF_SINK},
	    {999, OUTCOME_RETRY, OUTCOME_OF_SINK},
	    {-1, OUTCOME_RETRY, OUTCOME_OF_SINK},
	    {100000, OUTCOME_RETRY, OUTCOME_OF_SINK},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct http_meaning *meaning =
		    http_meaning_of(rows[i].status);

		OK(meaning->class == rows[i].class &&
			meaning->scope == rows[i].scope,
		    "status %d means %s, of the %s", rows[i].status,
		    outcome_class_name(rows[i].class),
		    rows[i].scope == OUTCOME_OF_SINK ? "sink" : "alert");
	}
}

static void
test_retry_after(void)
{
	static const struct {
		const char *reply;
		int64_t ms;
	} rows[] = {
	    {"{\"retry_after\":1}", 1000},
	    {"{\"a\":[1,2],\"retry_after\": 0.35}", 350},
	    {"{\"retry_after\":64.5709}", 64571},
	    {"{\"retry_after\":1.0}", 1000},
	    {"{\"retry_after\":0.0001}", 1},
	    {"{\"retry_after\":1.00000000000000000000001}", 1001},
	    {"{\"retry_after\":\"12\"}", 12000},
	    {"{\"retry_after\":\"12.\"}", 0},
	    {"{\"retry_after\":\".5\"}", 0},
	    {"{\"retry_after\":\"1.-5\"}", 0},
	    {"{\"retry_after\":86400.5}", 86400000},
	    {"{\"retry_after\":86401}", 0},
	    {"{\"retry_after\":-4}", 0},
	    {"{\"retry_after\":1e9}", 0},
	    {"{\"retry_after\":99999999999999999999}", 0},
	    {"{\"retry_after\":true}", 0},
	    {"{\"x\":{\"retry_after\":9}}", 0},
	    {"{\"retry_after\":\"\"}", 0},
	    {"{\"retry_after\":", 0},
	    {"<html>", 0},
	    {"", 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		OK(http_retry_after(span_str(rows[i].reply), "retry_after") ==
			rows[i].ms,
		    "%s means %lld ms", rows[i].reply,
		    (long long)rows[i].ms);
	IS_INT(http_retry_after(
		   span_str("{\"ok\":false,\"parameters\":{\"retry_after\":7}}"),
		   "parameters.retry_after"),
	    7000, "a path leads into objects");
	IS_INT(http_retry_after(span_str("{\"retry_after\":7}"), NULL), 0,
	    "a service that says it nowhere is not looked at");
}

static void
excerpt_is(const char *reply, const char *rest, const char *want,
    const char *sentence)
{
	struct secrets secrets = SECRETS_INIT;
	struct buf out = BUF_INIT;

	secrets_add(&secrets, span_str(rest));
	secrets_add(&secrets, span_str(""));
	secrets_add(&secrets, span_str("Bearer 7f3a9c-token"));
	http_excerpt(span_str(reply), &secrets, &out);
	IS_STR(buf_str(&out), want, sentence);
	buf_release(&out);
}

static void
test_excerpt(void)
{
	char longer[400] = "";

	excerpt_is("invalid_payload", "/services/T0001/secretpart",
	    "invalid_payload", "a reply is quoted");
	excerpt_is("no secretpart here", "/services/T0001/secretpart",
	    SECRETS_WITHHELD,
	    "not when it repeats a part of the URL's path");
	excerpt_is("bad token=s3cr3t!", "/x?token=s3cr3t!", SECRETS_WITHHELD,
	    "nor one of its query");
	excerpt_is("services is a word", "/a/b", "services is a word",
	    "short parts are no secrets");
	excerpt_is("the token '7f3a9c-token' has expired", "/a",
	    SECRETS_WITHHELD,
	    "nor what else was sent in secret");
	excerpt_is("token has expired", "/a", "token has expired",
	    "what only speaks of it is quoted");
	excerpt_is("", "/a", "", "an empty reply is nothing");
	excerpt_is(" \n<html>", "/a", "", "nor is an error page");
	memset(longer, 'y', sizeof(longer) - 1);
	struct buf out = BUF_INIT;
	const struct secrets none = SECRETS_INIT;
	http_excerpt(span_str(longer), &none, &out);
	IS_INT((int)out.len, 200, "a long reply is cut");
	buf_release(&out);
}

/* The outcome of an exchange that ended so. */
static struct outcome
outcome_of(struct transfer_result result, const char *reply)
{
	static const struct secrets none = SECRETS_INIT;
	const struct http_answer answer = {
	    .host = span_str("hub"),
	    .result = &result,
	    .reply = span_str(reply),
	    .retry_after = "retry_after",
	    .secrets = &none,
	};
	struct outcome outcome;

	http_outcome(&answer, &outcome);
	return outcome;
}

static void
test_ends(void)
{
	static const struct {
		enum transfer_ended ended;
		bool was_sent;
		enum outcome_class class;
	} rows[] = {
	    {TRANSFER_NO_HOST, false, OUTCOME_RETRY},
	    {TRANSFER_NO_CONNECTION, false, OUTCOME_RETRY},
	    {TRANSFER_TLS_FAILED, false, OUTCOME_RETRY},
	    {TRANSFER_UNTRUSTED, false, OUTCOME_CONFIG},
	    {TRANSFER_PIN_WRONG, false, OUTCOME_CONFIG},
	    {TRANSFER_OUR_CERTIFICATE, false, OUTCOME_CONFIG},
	    {TRANSFER_NO_AUTHORITY, false, OUTCOME_CONFIG},
	    {TRANSFER_UNUSABLE, false, OUTCOME_CONFIG},
	    {TRANSFER_BROKEN_OFF, true, OUTCOME_DOUBT},
	    {TRANSFER_BROKEN_OFF, false, OUTCOME_RETRY},
	    {TRANSFER_TIMED_OUT, true, OUTCOME_DOUBT},
	    {TRANSFER_TIMED_OUT, false, OUTCOME_RETRY},
	    {TRANSFER_SEND_FAILED, true, OUTCOME_RETRY},
	    {TRANSFER_PROXY_REFUSED, true, OUTCOME_CONFIG},
	    {TRANSFER_REPLY_BAD, true, OUTCOME_DOUBT},
	    {TRANSFER_OTHER, true, OUTCOME_RETRY},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct outcome outcome = outcome_of(
		    (struct transfer_result){.ended = rows[i].ended,
			.was_sent = rows[i].was_sent,
			.code = 200,
			.text = "why"},
		    "ok");

		OK(outcome.class == rows[i].class && outcome.code == 0 &&
			outcome.scope == OUTCOME_OF_SINK &&
			!strncmp(outcome.text, "hub ", 4) &&
			strstr(outcome.text, ": why"),
		    "end %d%s means %s, of the sink, whatever its code",
		    (int)rows[i].ended,
		    rows[i].was_sent ? " of what was sent" : "",
		    outcome_class_name(rows[i].class));
	}
}

static void
test_outcomes(void)
{
	struct outcome outcome;

	outcome = outcome_of((struct transfer_result){.code = 204}, "");
	OK(outcome.class == OUTCOME_DELIVERED && outcome.code == 204,
	    "a 2xx is success");
	IS_STR(outcome.text, "taken by hub (204)", "and says who took it");

	outcome = outcome_of((struct transfer_result){.code = 429,
				 .retry_after_ms = 3000},
	    "{\"retry_after\":9}");
	IS_INT(outcome.retry_after_ms, 3000, "the header's Retry-After counts");
	outcome = outcome_of(
	    (struct transfer_result){.code = 429}, "{\"retry_after\":9}");
	IS_INT(outcome.retry_after_ms, 9000, "without it the body's");
	IS_STR(outcome.text,
	    "hub gets too many requests (429): {\"retry_after\":9}",
	    "the reply is quoted");
	outcome = outcome_of((struct transfer_result){.code = 400,
				 .retry_after_ms = 3000},
	    "no");
	OK(outcome.class == OUTCOME_REFUSED && outcome.retry_after_ms == 0,
	    "what is refused is not waited for");

	outcome = outcome_of(
	    (struct transfer_result){
		.code = 307, .redirect_host = "elsewhere.example"},
	    "s3cret");
	IS_STR(outcome.text,
	    "hub redirects, which is not followed (307): to elsewhere.example",
	    "of a redirect only the host is told");

	outcome = outcome_of((struct transfer_result){.code = 400},
	    "<html>\r\n<head><title>400 No required SSL certificate was sent"
	    "</title></head>");
	OK(outcome.class == OUTCOME_CONFIG &&
		outcome.scope == OUTCOME_OF_SINK,
	    "a page about a missing certificate condemns no alert");
	outcome = outcome_of((struct transfer_result){.code = 400},
	    "<html>The plain HTTP request was sent to HTTPS port</html>");
	OK(outcome.class == OUTCOME_CONFIG, "nor does one about TLS");
	outcome = outcome_of((struct transfer_result){.code = 400},
	    "the SSL certificate of your log line is bad");
	OK(outcome.class == OUTCOME_REFUSED, "words that are no page do");
}

static void
test_advice(void)
{
	struct transfer_result result = {.ended = TRANSFER_DONE};
	const struct http_answer answer = {.result = &result};

	for (int status = 200; status < 600; status += 50) {
		result.code = status;
		OK(http_advice(&answer), "status %d has its advice", status);
	}
	result.code = 410;
	OK(strstr(http_advice(&answer), "new URL"), "410 has one of its own");
	result.code = 999;
	OK(!http_advice(&answer), "nonsense has none");
	result = (struct transfer_result){
	    .ended = TRANSFER_TIMED_OUT, .code = 404};
	OK(!http_advice(&answer), "nor has a status that may be stale");
}

static void
test_urls(void)
{
	static const struct {
		const char *text, *host;
		int port;
		bool local;
	} good[] = {
	    {"https://hooks.example.org/a?b#c", "hooks.example.org", 0, false},
	    {"HTTP://LocalHost", "LocalHost", 0, true},
	    {"smtp://127.0.0.1:10025", "127.0.0.1", 10025, true},
	    {"smtp://127.255.0.9", "127.255.0.9", 0, true},
	    {"http://[::1]:80/", "::1", 80, true},
	    {"http://[::2]:80/", "::2", 80, false},
	    {"http://127.0.0.1.evil.example/", "127.0.0.1.evil.example", 0,
		false},
	    {"http://127.1/", "127.1", 0, false},
	    {"http://localhost.evil.example", "localhost.evil.example", 0,
		false},
	};
	static const char *const bad[] = {"", "http:", "http:/", "http://",
	    "://x", "hooks.example.org/x", "http:///path", "http://a b/",
	    "http://a\r\nb/", "http://u:p@h/", "http://127.0.0.1@evil/",
	    "http://127.0.0.1\\@evil/", "http://h:0/", "http://h:65536/",
	    "http://h:/", "http://h:8x/", "http://[::1", "http://[::1]x/",
	    "http://[zz]/", "http://[]/", "http://h\xc3\xa4/", "http://h%41/",
	    "http://h/{x}", "http://h/\"", "http://h/\x7f"};
	struct sink_url url;
	struct err err = ERR_INIT;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		OK(!sink_url_parse(span_str(good[i].text), &url, &err) &&
			span_is(url.host, good[i].host) &&
			url.port == good[i].port &&
			sink_url_is_local(&url) == good[i].local,
		    "%s is %s", good[i].text,
		    good[i].local ? "this machine" : "somewhere else");
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		OK(sink_url_parse(span_str(bad[i]), &url, &err),
		    "URL %zu of the bad ones is refused", i);
	OK(sink_url_parse(span_of("http://a\0b/", 11), &url, &err),
	    "a NUL in a URL is refused");
}

int
main(void)
{
	test_statuses();
	test_retry_after();
	test_excerpt();
	test_ends();
	test_outcomes();
	test_advice();
	test_urls();
	return tap_done();
}
