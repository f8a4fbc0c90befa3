/*
 * message_json: what is written is JSON, and what is not is told.
 */
#include "config.h"

#include "base/utf8.h"
#include "hostile.h"
#include "message/alert_json.h"
#include "message/json.h"
#include "tap.h"

static void
escapes(struct span text, const char *want, const char *sentence)
{
	struct buf out = BUF_INIT;

	json_escape(&out, text);
	IS_STR(buf_str(&out), want, sentence);
	buf_release(&out);
}

static void
test_escape(void)
{
	escapes(span_str("a\"b\\c/d"), "a\\\"b\\\\c/d",
	    "quotes and backslashes are escaped");
	escapes(span_of("\0\x01\n\r\t\x1f\x7f", 7),
	    "\\u0000\\u0001\\n\\r\\t\\u001f\\u007f",
	    "so are control bytes and NUL");
	escapes(span_str("\xc2\x85\xe2\x80\xa8\xe2\x80\xae"),
	    "\\u0085\\u2028\\u202e",
	    "so are C1, line separators and bidirectional controls");
	escapes(span_str("\xff"
			 "a\xe2\x82"
			 "b\xed\xa0\x80"),
	    "\xEF\xBF\xBD"
	    "a\xEF\xBF\xBD"
	    "b\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD",
	    "invalid UTF-8 becomes U+FFFD");
	escapes(span_str("\xf0\x9f\x98\x80\xc3\xa9"),
	    "\xf0\x9f\x98\x80\xc3\xa9", "other characters stay");
}

static void
test_writer(void)
{
	struct buf out = BUF_INIT;
	struct json json;

	json_init(&json, &out);
	json_open(&json, '{');
	json_key(&json, "a");
	json_open(&json, '[');
	json_close(&json, ']');
	json_key(&json, "b");
	json_open(&json, '[');
	json_number(&json, -5);
	json_open(&json, '{');
	json_close(&json, '}');
	json_string(&json, span_str("x"));
	json_close(&json, ']');
	json_key(&json, "c\"");
	json_bool(&json, true);
	json_close(&json, '}');
	IS_STR(buf_str(&out), "{\"a\":[],\"b\":[-5,{},\"x\"],\"c\\\"\":true}",
	    "the writer puts commas where they belong");
	buf_release(&out);
}

static void
test_check(void)
{
	static const char *const good[] = {"{}", "[]", " [ 1 , 2 ] ", "0", "-0",
	    "1.5e+10", "-12E-3", "true", "false", "null", "\"\"",
	    "\"\\u00e9\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "{\"a\":{\"b\":[null]}}",
	    "\"\xc3\xa9\"", "[[[[]]]]", "\t{\"\":0}\r\n"};
	static const char *const bad[] = {"", " ", "{", "}", "[1,]", "[,1]",
	    "{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1,}", "01", "-", "1.", ".5",
	    "1e", "+1", "tru", "nul", "True", "\"", "\"\\x\"", "\"\\u00g0\"",
	    "\"\\u00\"", "\"a\nb\"", "\"\x01\"", "1 2", "[1}", "{\"a\":1]",
	    "'a'", "\"\xff\"", "\"\xed\xa0\x80\"", "[1 2]", "{\"a\" 1}", "NaN",
	    "//x\n1", "\xEF\xBB\xBF{}"};
	struct buf deep = BUF_INIT;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		OK(json_check(span_str(good[i]), NULL) == 0, "JSON: %zu", i);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err err = ERR_INIT;

		OK(json_check(span_str(bad[i]), &err) < 0 && err.text[0],
		    "not JSON: %zu (%s)", i, err.text);
	}
	OK(json_check(span_of("\"\0\"", 3), NULL) < 0, "nor is a NUL");
	for (int i = 0; i < 64; i++)
		buf_add_byte(&deep, '[');
	for (int i = 0; i < 64; i++)
		buf_add_byte(&deep, ']');
	OK(json_check(buf_span(&deep), NULL) == 0, "64 levels are fine");
	buf_reset(&deep);
	for (int i = 0; i < 100000; i++)
		buf_add_byte(&deep, '[');
	OK(json_check(buf_span(&deep), NULL) < 0,
	    "100,000 levels are refused, and end");
	buf_release(&deep);
}

static void
member(
    const char *object, const char *key, const char *want, const char *sentence)
{
	struct buf out = BUF_INIT;
	bool found = json_member(span_str(object), key, &out);

	IS_STR(found ? buf_str(&out) : NULL, want, sentence);
	buf_release(&out);
}

static void
test_member(void)
{
	member("{\"ok\":true,\"retry_after\":1.5}", "retry_after", "1.5",
	    "a number is found as written");
	member("{\"ok\":true}", "ok", "true", "so is a truth value");
	member("{ \"a\" : \"x\\u00e9\\n\\\"\\ud83d\\ude00\" }", "a",
	    "x\xc3\xa9\n\"\xf0\x9f\x98\x80", "a string is unescaped");
	member("{\"a\":\"\\ud83d x\\ude00\"}", "a",
	    "\xEF\xBF\xBD x\xEF\xBF\xBD", "half a pair becomes U+FFFD");
	member("{\"x\":{\"a\":1},\"y\":[{\"a\":2}],\"a\":3}", "a", "3",
	    "only the outermost object counts");
	member("{\"\\u0061\":4}", "a", "4", "a key may be escaped");
	member("{\"a\":null}", "a", NULL, "null is nothing");
	member("{\"a\":{}}", "a", NULL, "nor is an object");
	member("{\"a\":1", "a", NULL, "nor is anything in what is no JSON");
	member("[\"a\",1]", "a", NULL, "an array has no members");
	member("{}", "a", NULL, "an empty object has none");
	member("{\"b\":1,\"c\":[]}", "a", NULL, "another key is another");
	member("ok", "a", NULL, "a word is no object");
}

static void
path(const char *object, const char *where, const char *want,
    const char *sentence)
{
	struct buf out = BUF_INIT;
	bool found = json_path(span_str(object), where, &out);

	IS_STR(found ? buf_str(&out) : NULL, want, sentence);
	buf_release(&out);
}

static void
test_path(void)
{
	path("{\"ok\":false,\"parameters\":{\"retry_after\":7}}",
	    "parameters.retry_after", "7", "a member of a member is found");
	path("{\"a\":{\"b\":{\"c\":\"d\"}}}", "a.b.c", "d", "so is its own");
	path("{\"a\":1}", "a", "1", "a path may be one name");
	path(
	    " { \"x\" : { \"b\" : 0 } , \"a\" : { \"y\" : [ ] , \"b\" : 2 } } ",
	    "a.b", "2", "only the named object is looked into");
	path("{\"a\":{\"c\":1},\"b\":2}", "a.b", NULL,
	    "a member behind the object is not its own");
	path("{\"a\":{},\"b\":2}", "a.b", NULL,
	    "nor is one behind an empty object");
	path("{\"a\":{\"b\":1},\"a\":{\"b\":2}}", "a.b", "1",
	    "of two names the first one counts");
	path("{\"a\":[{\"b\":1}]}", "a.b", NULL, "an array is no object");
	path("{\"a\":\"b\"}", "a.b", NULL, "nor is a string");
	path("{\"a\":{\"b\":{}}}", "a.b", NULL, "an object is no value");
	path("{\"a\":{\"b\":null}}", "a.b", NULL, "nor is null");
	path("{\"\":{\"\":1}}", ".", "1", "names may be empty");
	path("{\"a.b\":1}", "a.b", NULL, "a dot is no part of a name");
	member("{\"a.b\":1}", "a.b", "1", "... but of a member's it is");
	path("{\"a\":{\"b\":1}", "a.b", NULL, "what is no JSON has none");
	path("", "a.b", NULL, "nor has nothing");
	path("{\"\\u0061\":{\"\\u0062\":\"\\u0063\"}}", "a.b", "c",
	    "names and values may be escaped");
}

static void
fill(struct alert *alert, unsigned long long *state, struct buf *scratch)
{
	alert_init(alert);
	hostile_text(state, 2000, scratch);
	alert_set(&alert->subject, buf_span(scratch));
	alert_set(&alert->file, buf_span(scratch));
	hostile_text(state, 2000, scratch);
	alert_set(&alert->key, buf_span(scratch));
	alert_set(&alert->hostname, buf_span(scratch));
	alert_set(&alert->rule, buf_span(scratch));
	for (size_t i = hostile_next(state) % 60; i > 0; i--) {
		hostile_text(state, 3000, scratch);
		alert_add_line(alert, buf_span(scratch));
	}
	for (size_t i = hostile_next(state) % 70; i > 0; i--) {
		hostile_text(state, 800, scratch);
		alert_add_capture(alert, span_str("c"), buf_span(scratch));
	}
}

static bool
is_clean(struct span text)
{
	uint32_t point;

	for (size_t i = 0; i < text.len;) {
		i += utf8_decode(span_of(text.data + i, text.len - i), &point);
		if (utf8_is_control(point))
			return false;
	}
	return true;
}

static void
test_alert(void)
{
	struct buf scratch = BUF_INIT, out = BUF_INIT;
	unsigned long long state = 5;
	int valid = 0, bounded = 0, clean = 0, cut = 0, total = 100;

	for (int i = 0; i < total; i++) {
		struct alert alert;

		fill(&alert, &state, &scratch);
		buf_reset(&out);
		memset(alert.times.bins, 0xFF, sizeof(alert.times.bins));
		alert.times.width_ms = INT64_MAX / 100;
		alert_set_match(&alert, 0, SIZE_MAX);
		alert_json(&alert, 0, &out);
		valid += json_check(buf_span(&out), NULL) == 0;
		clean += is_clean(buf_span(&out));
		buf_reset(&out);
		alert_json(&alert, ALERT_JSON_LEAST, &out);
		valid += json_check(buf_span(&out), NULL) == 0;
		bounded += out.len <= ALERT_JSON_LEAST;
		cut += strstr(buf_str(&out), "\"lines_cut\":true") != NULL;
		alert_release(&alert);
	}
	IS_INT(valid, 2 * total, "a hostile alert is valid JSON");
	IS_INT(clean, total, "... without any control character");
	IS_INT(bounded, total, "... and keeps its bound");
	OK(cut > 0 && cut < total, "... and says when lines were cut (%d)",
	    cut);
	buf_release(&scratch);
	buf_release(&out);
}

static void
test_alert_text(void)
{
	struct buf out = BUF_INIT;
	struct alert alert;

	alert_init(&alert);
	memset(alert.id, 'a', 40);
	alert.severity = SEVERITY_WARNING;
	alert_set(&alert.rule, span_str("ssh"));
	alert.count = 3;
	alert.first_ms = 1000;
	alert.last_ms = 2500;
	alert.made_ms = 3000;
	alert.offset = 7;
	alert_add_line(&alert, span_str("l1"));
	alert_add_line(&alert, span_str("l2"));
	alert_add_capture(&alert, span_str("ip"), span_str("1.2.3.4"));
	alert_json(&alert, 0, &out);
	IS_STR(buf_str(&out),
	    "{\"id\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\","
	    "\"incident\":\"\",\"kind\":\"match\",\"rule\":\"ssh\","
	    "\"severity\":\"warning\",\"subject\":\"\",\"hostname\":\"\","
	    "\"log\":\"\",\"file\":\"\",\"offset\":7,\"key\":\"\","
	    "\"count\":3,\"first\":\"1970-01-01T00:00:01.000Z\","
	    "\"last\":\"1970-01-01T00:00:02.500Z\","
	    "\"made\":\"1970-01-01T00:00:03.000Z\",\"undecided\":false,"
	    "\"captures\":{\"ip\":\"1.2.3.4\"},\"lines\":[\"l1\",\"l2\"]}",
	    "an alert's JSON has its documented members");
	buf_reset(&out);
	alert_add_line(&alert, span_str("\xff\xc3\xa9 failed \xe2\x82\xac"));
	alert_set_match(&alert, 1, 6);
	alert.times.start_ms = 1000;
	alert.times.width_ms = 60000;
	alert.times.bins[1] = 2;
	alert.times.bins[ALERT_BINS - 1] = UINT32_MAX;
	alert_json(&alert, 0, &out);
	OK(strstr(buf_str(&out),
	       "failed \xe2\x82\xac\"],\"match\":[1,5],\"times\":{\"start\":"
	       "\"1970-01-01T00:00:01.000Z\",\"width_ms\":60000,\"bins\":[0,2,"
	       "0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,4294967295]}}"),
	    "the match, in characters, and the times follow them");
	alert_release(&alert);
	buf_release(&out);
}

int
main(void)
{
	test_escape();
	test_writer();
	test_check();
	test_member();
	test_path();
	test_alert();
	test_alert_text();
	return tap_done();
}
