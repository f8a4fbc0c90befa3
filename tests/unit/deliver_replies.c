/*
 * What servers answer: SMTP dialogues, web services' statuses and bodies, and
 * the URLs they stand behind.
 */
#include "config.h"

#include "deliver/sink_url.h"
#include "deliver/smtp_dialogue.h"
#include "deliver/webhook_reply.h"
#include "tap.h"

/* Lines divided by '|'. */
static bool
say(struct smtp_dialogue *dialogue, const char *lines)
{
	bool go_on = true;

	while (go_on) {
		size_t len = strcspn(lines, "|");

		go_on = smtp_dialogue_line(dialogue, span_of(lines, len));
		if (!lines[len])
			break;
		lines += len + 1;
	}
	return go_on;
}

static void
test_dialogue(void)
{
	struct smtp_dialogue dialogue;

	smtp_dialogue_init(&dialogue, 2, false);
	smtp_dialogue_begin(&dialogue);
	IS_INT(dialogue.stage, SMTP_STAGE_GREETING, "it begins with nothing");
	OK(say(&dialogue, "220 mx ESMTP\r\n|250-mx|250-SIZE|250 HELP|250 ok"),
	    "greeting and envelope are fine");
	IS_INT(dialogue.stage, SMTP_STAGE_ENVELOPE, "then comes the envelope");
	OK(dialogue.is_new, "a greeting means a new connection");
	say(&dialogue, "250 ok|550-no|550 no such user|354 go on");
	IS_INT(dialogue.stage, SMTP_STAGE_DATA, "354 asks for the message");
	IS_INT((int)smtp_dialogue_refused(&dialogue).for_good, 1,
	    "one recipient was refused for good");
	IS_INT((int)smtp_dialogue_refused(&dialogue).for_now, 0,
	    "none for now");
	say(&dialogue, "250 queued as 7\r\n");
	IS_STR(dialogue.text, " queued as 7\r\n", "the last words are kept");
	IS_INT((int)smtp_dialogue_refused(&dialogue).for_good, 1,
	    "the answer to the message is no recipient's");

	smtp_dialogue_begin(&dialogue);
	say(&dialogue, "250 ok|450 later|550 never");
	IS_INT((int)smtp_dialogue_refused(&dialogue).for_now, 1,
	    "on a used connection it counts anew");
	OK(!dialogue.is_new, "and no greeting is expected");
	say(&dialogue, "221 bye");
	IS_INT(dialogue.code, 550, "the farewell is not the last word");
	smtp_dialogue_release(&dialogue);
}

static void
test_login(void)
{
	struct smtp_dialogue dialogue;

	smtp_dialogue_init(&dialogue, 1, true);
	smtp_dialogue_begin(&dialogue);
	OK(!say(&dialogue, "220 mx|250 mx|250 ok|250 ok|354 go on"),
	    "without the login that was asked for nothing is sent");

	smtp_dialogue_begin(&dialogue);
	OK(say(&dialogue,
	       "220 mx|250 mx|220 tls|250 mx|334 x|235 in|250 ok|250 ok|354 "
	       "go"),
	    "with it the message may go");
	smtp_dialogue_begin(&dialogue);
	OK(say(&dialogue, "250 ok|250 ok|354 go"),
	    "a login holds as long as its connection");
	smtp_dialogue_begin(&dialogue);
	OK(!say(&dialogue, "220 mx|250 mx|250 ok|250 ok|354 go"),
	    "and not longer");
	smtp_dialogue_release(&dialogue);
}

static void
test_odd_lines(void)
{
	struct smtp_dialogue dialogue;
	char longest[600];

	smtp_dialogue_init(&dialogue, 1, false);
	smtp_dialogue_begin(&dialogue);
	OK(say(&dialogue, "|2|22|abc|2x0 a|\xff\xfe\xfd|250-more"),
	    "what is no reply is passed over");
	IS_INT((int)dialogue.replies, 0, "and is not counted");
	say(&dialogue, "250");
	IS_STR(dialogue.text, "", "a bare code has no text");
	memset(longest, 'x', sizeof(longest));
	memcpy(longest, "550 ", 4);
	smtp_dialogue_line(&dialogue, span_of(longest, sizeof(longest)));
	IS_INT((int)strlen(dialogue.text), SMTP_REPLY_TEXT_MAX - 1,
	    "a long text is cut");
	smtp_dialogue_release(&dialogue);

	smtp_dialogue_init(&dialogue, 0, false);
	smtp_dialogue_begin(&dialogue);
	OK(say(&dialogue, "220 a|250 b|354 c"), "no recipients, no harm");
	smtp_dialogue_release(&dialogue);
}

static void
test_statuses(void)
{
	static const struct {
		int status;
		enum outcome_class class;
	} rows[] = {
	    {400, OUTCOME_REFUSED}, {401, OUTCOME_CONFIG},
	    {403, OUTCOME_CONFIG}, {404, OUTCOME_CONFIG},
	    {408, OUTCOME_RETRY}, {410, OUTCOME_CONFIG},
	    {413, OUTCOME_REFUSED}, {422, OUTCOME_REFUSED},
	    {425, OUTCOME_RETRY}, {429, OUTCOME_RETRY},
	    {499, OUTCOME_REFUSED}, {500, OUTCOME_RETRY},
	    {502, OUTCOME_RETRY}, {503, OUTCOME_RETRY},
	    {504, OUTCOME_RETRY}, {507, OUTCOME_RETRY},
	    {301, OUTCOME_CONFIG}, {307, OUTCOME_CONFIG},
	    {100, OUTCOME_RETRY}, {0, OUTCOME_RETRY}, {999, OUTCOME_RETRY},
	    {-1, OUTCOME_RETRY}, {100000, OUTCOME_RETRY},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		OK(webhook_meaning_of(rows[i].status)->class == rows[i].class,
		    "status %d means %s", rows[i].status,
		    outcome_class_name(rows[i].class));
}

static void
test_retry_after(void)
{
	static const struct {
		const char *reply;
		int64_t ms;
	} rows[] = {
	    {"{\"retry_after\":1}", 1000},
	    {"{\"a\":[1,2],\"retry_after\": 0.35}", 1000},
	    {"{\"retry_after\":\"12\"}", 12000},
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
		OK(webhook_retry_after(span_str(rows[i].reply)) == rows[i].ms,
		    "%s means %lld ms", rows[i].reply,
		    (long long)rows[i].ms);
}

static void
excerpt_is(const char *reply, const char *rest, const char *want,
    const char *sentence)
{
	const struct webhook_secrets secrets = {
	    span_str(rest), span_str("Bearer 7f3a9c-token")};
	struct buf out = BUF_INIT;

	webhook_excerpt(span_str(reply), &secrets, &out);
	IS_STR(buf_str(&out), want, sentence);
	buf_release(&out);
}

static void
test_excerpt(void)
{
	char longer[400] = "";

	excerpt_is("invalid_payload", "/services/T0001/secretpart",
	    "invalid_payload", "a reply is quoted");
	excerpt_is("no secretpart here", "/services/T0001/secretpart", "",
	    "not when it repeats a part of the URL's path");
	excerpt_is("bad token=s3cr3t!", "/x?token=s3cr3t!", "",
	    "nor one of its query");
	excerpt_is("services is a word", "/a/b", "services is a word",
	    "short parts are no secrets");
	excerpt_is("the token '7f3a9c-token' has expired", "/a", "",
	    "nor the authorization that was sent");
	excerpt_is("token has expired", "/a", "token has expired",
	    "what only speaks of it is quoted");
	excerpt_is("", "/a", "", "an empty reply is nothing");
	excerpt_is(" \n<html>", "/a", "", "nor is an error page");
	memset(longer, 'y', sizeof(longer) - 1);
	struct buf out = BUF_INIT;
	const struct webhook_secrets none = {span_str("/a"), span_str("")};
	webhook_excerpt(span_str(longer), &none, &out);
	IS_INT((int)out.len, 200, "a long reply is cut");
	buf_release(&out);
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
	test_dialogue();
	test_login();
	test_odd_lines();
	test_statuses();
	test_retry_after();
	test_excerpt();
	test_urls();
	return tap_done();
}
