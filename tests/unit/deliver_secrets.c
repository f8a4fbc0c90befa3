/*
 * What repeats a secret: as it is, in base64, with %XX, in part.
 */
#include "config.h"

#include "base/base64.h"
#include "deliver/secrets.h"
#include "tap.h"

static bool
is_in(const char *secret, struct span text)
{
	struct secrets secrets = SECRETS_INIT;

	secrets_add(&secrets, span_str(secret));
	return secrets_are_in(&secrets, text);
}

static void
test_plain(void)
{
	static const struct {
		const char *secret, *text;
		bool found;
		const char *sentence;
	} rows[] = {
	    {"hunter2", "535 hunter2 is wrong", true, "as it is"},
	    {"hunter2", "hunter2", true, "alone"},
	    {"hunter2", "hunter", false, "a part of a word is not it"},
	    {"hunter2", "", false, "nothing repeats nothing"},
	    {"a b", "a b", false, "three bytes stand anywhere"},
	    {"a b ", "a b !", true, "four are looked for as a whole"},
	    {"/services/T0001/secretpart", "no secretpart", true,
		"a word of a path"},
	    {"/services/T0001/secretpart", "no T0001", false,
		"five bytes of a path are no word"},
	    {"?token=s3cr3t!&x=1", "bad s3cr3t!", true, "a query's value"},
	    {"Bearer 7f3a9c-token", "7f3a9c-token?", true, "a token"},
	    {"Basic dXNlcjpwYXNzd29yZA==", "user with password?", true,
		"what stands in base64 in it"},
	    {"p4ss%77ord", "p4ssword", true, "what stands escaped in it"},
	    {"p4ss/word", "x=p4ss%2Fword", true, "escaped"},
	    {"p4ss/word", "x=p4ss%2fword%", true, "in small letters too"},
	    {"p4ssword", "%70%34%73%73%77%6f%72%64", true, "escaped whole"},
	    {"p4ssword", "p4ss%word", false, "a lone % escapes nothing"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		IS_INT(is_in(rows[i].secret, span_str(rows[i].text)),
		    rows[i].found, rows[i].sentence);
}

/* Whatever stands before it and whichever way the end is padded. */
static void
test_base64(void)
{
	static const char before[] = "\0user\0more";
	size_t missed = 0, missed_in_url = 0;

	for (size_t i = 0; i < sizeof(before); i++) {
		struct buf bytes = BUF_INIT, text = BUF_INIT;

		buf_add(&bytes, before, i);
		buf_add_str(&bytes, "p\xc3\xa4ss\xff?>");
		buf_add_str(&text, "535 AUTH ");
		base64_encode(&text, buf_span(&bytes));
		missed += !is_in("p\xc3\xa4ss\xff?>", buf_span(&text));
		for (size_t j = 0; j < text.len; j++) {
			if (text.data[j] == '+')
				text.data[j] = '-';
			if (text.data[j] == '/')
				text.data[j] = '_';
		}
		while (text.data[text.len - 1] == '=')
			text.len--;
		missed_in_url += !is_in("p\xc3\xa4ss\xff?>", buf_span(&text));
		buf_release(&bytes);
		buf_release(&text);
	}
	IS_INT((int)missed, 0, "base64 at any place is found");
	IS_INT((int)missed_in_url, 0, "also in that of URLs, without padding");
	OK(!is_in("hunter2", span_str("aHVudGVyMw==")),
	    "base64 of something else is not it");
}

static void
test_bounds(void)
{
	struct secrets none = SECRETS_INIT;
	char longest[20000];

	memset(longest, 'A', sizeof(longest));
	OK(!is_in("hunter2", span_of(longest, sizeof(longest))),
	    "long digits hold nothing");
	memset(longest, '%', sizeof(longest));
	OK(!is_in("hunter2", span_of(longest, sizeof(longest))),
	    "nor do long signs");
	memcpy(longest + sizeof(longest) - 7, "hunter2", 7);
	OK(is_in("hunter2", span_of(longest, sizeof(longest))),
	    "the end is looked at");
	OK(is_in("hunter2", span_of("\0hunter2\0", 9)), "NUL ends nothing");
	OK(!secrets_are_in(&none, span_str("x")), "without secrets none is in");
	OK(!secrets_are_in(NULL, span_str("x")), "nor without a list");
	secrets_add(&none, span_str(""));
	IS_INT((int)none.count, 0, "an empty one is none");
}

int
main(void)
{
	test_plain();
	test_base64();
	test_bounds();
	return tap_done();
}
