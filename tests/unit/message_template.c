/*
 * message_template: what may stand in a template and what becomes of it.
 */
#include "config.h"

#include "hostile.h"
#include "message/json.h"
#include "message/template.h"
#include "tap.h"

/* Every name is known but "unknown"; number variables get a number. */
static bool
lookup(void *arg, struct span name, struct buf *value_out)
{
	const struct buf *value = arg;

	if (span_is(name, "unknown"))
		return false;
	if (span_is(name, "count"))
		buf_add_str(value_out, "42");
	else
		buf_add_span(value_out, buf_span(value));
	return true;
}

static void
renders(const char *text, enum template_form form, const char *value,
    const char *want, const char *sentence)
{
	struct err err = ERR_INIT;
	struct template *template = template_new(text, form, &err);
	struct buf bytes = BUF_INIT, out = BUF_INIT;

	buf_add_str(&bytes, value);
	if (template)
		template_render(template, lookup, &bytes, &out);
	IS_STR(template ? buf_str(&out) : err.text, want, sentence);
	template_free(template);
	buf_release(&bytes);
	buf_release(&out);
}

static void
refuses(const char *text, enum template_form form, const char *want,
    const char *sentence)
{
	struct err err = ERR_INIT;
	struct template *template = template_new(text, form, &err);

	OK(template == NULL, "%s", sentence);
	IS_STR(err.text, want, "... with a sentence");
	template_free(template);
}

static void
test_text(void)
{
	renders("plain", TEMPLATE_TEXT, "", "plain", "plain text stays");
	renders("", TEMPLATE_TEXT, "", "", "an empty template is empty");
	renders("${count}x from ${ip}, $$5", TEMPLATE_TEXT, "1.2.3.4",
	    "42x from 1.2.3.4, $5", "variables and dollars expand");
	renders(
	    "${1}${12}", TEMPLATE_TEXT, "v", "vv", "numbered captures expand");
	renders("${line}", TEMPLATE_TEXT, "${count} $$ $", "${count} $$ $",
	    "log text is never expanded again");
	renders("a${unknown}b", TEMPLATE_TEXT, "v", "ab",
	    "an unknown name expands to nothing");
	renders("\"${x}\" \\${x}", TEMPLATE_TEXT, "\"", "\"\"\" \\\"",
	    "quotes mean nothing in text");
}

static void
test_filters(void)
{
	renders("${x|upper}", TEMPLATE_TEXT, "a\xc3\xa9z", "A\xc3\xa9Z",
	    "upper is for ASCII");
	renders("${x|lower}", TEMPLATE_TEXT, "AZ[", "az[", "so is lower");
	renders("${x|trunc:3}", TEMPLATE_TEXT,
	    "\xc3\xa9\xe2\x82\xac\xff"
	    "ab",
	    "\xc3\xa9\xe2\x82\xac\xff", "trunc counts characters");
	renders("${x|trunc:100000}", TEMPLATE_TEXT, "abc", "abc",
	    "a large trunc cuts nothing");
	renders("${x|url}", TEMPLATE_TEXT, "a b/\xc3\xa9~-._",
	    "a%20b%2F%C3%A9~-._", "url escapes all but unreserved");
	renders("${x|html}", TEMPLATE_TEXT, "<a b=\"c\">&'",
	    "&lt;a b=&quot;c&quot;&gt;&amp;&#39;", "html makes entities");
	renders("${x|json}", TEMPLATE_TEXT, "a\"b", "\"a\\\"b\"",
	    "json makes a string");
	renders("${count|json}", TEMPLATE_TEXT, "", "42",
	    "json of a number is a number");
	renders("${x|json}", TEMPLATE_TEXT, "42", "\"42\"",
	    "... but a capture stays a string whatever it holds");
	renders("${x|trunc:2|upper|url}", TEMPLATE_TEXT, "a bc", "A%20",
	    "filters apply from left to right");
}

static void
test_refused(void)
{
	refuses("cost: $5", TEMPLATE_TEXT,
	    "column 7: a lone dollar sign; write $$ for one, or ${NAME} for "
	    "a variable",
	    "a lone dollar is refused");
	refuses("x$", TEMPLATE_TEXT,
	    "column 2: a lone dollar sign; write $$ for one, or ${NAME} for "
	    "a variable",
	    "... at the end too");
	refuses("ab${x", TEMPLATE_TEXT,
	    "column 3: ${ without its closing brace",
	    "an open brace is refused");
	refuses("${a b}", TEMPLATE_TEXT,
	    "column 1: a variable is written ${NAME} or ${1}, with letters, "
	    "digits and _ only; a dollar sign is $$",
	    "a blank in a name is refused");
	refuses("${}", TEMPLATE_TEXT,
	    "column 1: a variable is written ${NAME} or ${1}, with letters, "
	    "digits and _ only; a dollar sign is $$",
	    "an empty name is refused");
	refuses("${1a}", TEMPLATE_TEXT,
	    "column 1: a variable is written ${NAME} or ${1}, with letters, "
	    "digits and _ only; a dollar sign is $$",
	    "a name that begins with a digit is refused");
	refuses("${x|uper}", TEMPLATE_TEXT,
	    "column 1: unknown filter \"uper\"; there are: trunc:N upper "
	    "lower url html json",
	    "an unknown filter is refused");
	refuses("${x|}", TEMPLATE_TEXT,
	    "column 1: unknown filter \"\"; there are: trunc:N upper lower "
	    "url html json",
	    "an empty filter is refused");
	refuses("${x|trunc}", TEMPLATE_TEXT,
	    "column 1: trunc takes a number of characters from 1 to 100000, "
	    "as trunc:80",
	    "trunc needs its number");
	refuses("${x|trunc:0}", TEMPLATE_TEXT,
	    "column 1: trunc takes a number of characters from 1 to 100000, "
	    "as trunc:80",
	    "... from 1");
	refuses("${x|trunc:100001}", TEMPLATE_TEXT,
	    "column 1: trunc takes a number of characters from 1 to 100000, "
	    "as trunc:80",
	    "... to 100000");
	refuses("${x|upper:1}", TEMPLATE_TEXT,
	    "column 1: the filter upper takes no number", "upper takes none");
	refuses("${x|upper|upper|upper|upper|upper|upper}", TEMPLATE_TEXT,
	    "column 1: too many filters", "six filters are too many");
}

static void
test_json(void)
{
	renders("{\"t\": \"<${x}>\"}", TEMPLATE_JSON, "a\"\n\\",
	    "{\"t\": \"<a\\\"\\n\\\\>\"}",
	    "inside of quotes a value is escaped");
	renders("{\"t\": ${x|json}, \"n\": ${count|json}}", TEMPLATE_JSON,
	    "a\"", "{\"t\": \"a\\\"\", \"n\": 42}",
	    "outside |json makes a whole value");
	renders("[\"\\\"${x}\"]", TEMPLATE_JSON, "v", "[\"\\\"v\"]",
	    "an escaped quote ends no string");
	renders("[\"\\\\\", ${x|json}]", TEMPLATE_JSON, "v",
	    "[\"\\\\\", \"v\"]", "an escaped backslash escapes no quote");
	renders("[\"${x|json}\"]", TEMPLATE_JSON, "a\"",
	    "[\"\\\"a\\\\\\\"\\\"\"]", "|json inside of quotes is escaped");
	renders("{\"${x}\": \"$$\"}", TEMPLATE_JSON, "k", "{\"k\": \"$\"}",
	    "a value may be a key");
	refuses("{\"t\": ${x}}", TEMPLATE_JSON,
	    "column 7: outside of quotes ${x} must end in |json, as "
	    "${x|json}; or put it in quotes",
	    "a bare variable outside of quotes is refused");
	refuses("{\"t\": ${x|json|upper}}", TEMPLATE_JSON,
	    "column 7: outside of quotes ${x} must end in |json, as "
	    "${x|json}; or put it in quotes",
	    "... and one that is changed after |json");
	refuses("{\"t\": \"\\${x}\"}", TEMPLATE_JSON,
	    "column 9: a variable directly behind a backslash",
	    "a variable cannot be escaped");
	refuses("{\"t\": \"\\u00${x}\"}", TEMPLATE_JSON,
	    "what it expands to is not JSON: byte 12: a bad \\u escape",
	    "nor finish an escape sequence");
	refuses("{\"t\": 1${count|json}}", TEMPLATE_JSON,
	    "what it expands to is not JSON: byte 8: a comma or a bracket is "
	    "missing",
	    "nor continue a number");
	refuses("{${count|json}: 1}", TEMPLATE_JSON,
	    "what it expands to is not JSON: byte 2: a string is missing",
	    "nor make a key of a number");
	refuses("{\"t\": \"${x}\"", TEMPLATE_JSON,
	    "what it expands to is not JSON: byte 10: a comma or a bracket is "
	    "missing",
	    "what is no JSON is refused at load");
	refuses("", TEMPLATE_JSON,
	    "what it expands to is not JSON: byte 1: a value is missing",
	    "so is nothing at all");
}

static void
test_variables(void)
{
	struct template *template =
	    template_new("${a} ${2|upper} $$ ${c}", TEMPLATE_TEXT, NULL);

	IS_STR(template_variable(template, 0), "a", "the first variable");
	IS_STR(template_variable(template, 1), "2", "the second");
	IS_STR(template_variable(template, 2), "c", "the third");
	OK(template_variable(template, 3) == NULL, "there is no fourth");
	template_free(template);
}

/* Sound templates yield JSON whatever the values are. */
static void
test_random_values(void)
{
	static const char *const texts[] = {"{\"a\":\"${x}\"}",
	    "[${x|json},\"${x|trunc:3}${x|html}\",\"${x|url|upper}\"]",
	    "{\"${x}\":{\"b\":[\"\\\"${x|lower|json}\",${count|json}]}}",
	    "${x|json}", "\"${x}${x}\"", "[\"\\u00e9${x}\"]",
	    "{\"a\":${x|trunc:5|json},\"b\":\"\\n${x}\\\\\"}"};
	struct buf value = BUF_INIT, out = BUF_INIT;
	unsigned long long state = 3;
	int valid = 0, total = 0;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct template *template =
		    template_new(texts[i], TEMPLATE_JSON, NULL);

		for (int j = 0; template && j < 500; j++) {
			hostile_text(&state, 40, &value);
			buf_reset(&out);
			template_render(template, lookup, &value, &out);
			valid += json_check(buf_span(&out), NULL) == 0;
		}
		total += 500;
		template_free(template);
	}
	IS_INT(valid, total, "hostile values leave JSON templates valid");
	buf_release(&value);
	buf_release(&out);
}

/* Random templates: what is accepted yields JSON. */
static void
test_random_templates(void)
{
	static const char *const shreds[] = {"{", "}", "[", "]", "\"", "\"",
	    ":", ",", "\\", "\\u00", "${x}", "${x|json}", "${count|json}",
	    "${count}", "1", "-", "e", "a", "true", " ", "$$"};
	struct buf text = BUF_INIT, value = BUF_INIT, out = BUF_INIT;
	unsigned long long state = 17;
	int accepted = 0, valid = 0;

	for (int i = 0; i < 200000; i++) {
		struct template *template;

		buf_reset(&text);
		for (size_t j = hostile_next(&state) % 8; j > 0; j--)
			buf_add_str(&text,
			    shreds[hostile_next(&state) %
				   (sizeof(shreds) / sizeof(shreds[0]))]);
		template = template_new(buf_str(&text), TEMPLATE_JSON, NULL);
		if (!template)
			continue;
		accepted++;
		hostile_text(&state, 10, &value);
		buf_reset(&out);
		template_render(template, lookup, &value, &out);
		if (json_check(buf_span(&out), NULL) == 0)
			valid++;
		else
			printf("# <%s>\n", buf_str(&text));
		template_free(template);
	}
	OK(accepted > 100, "of random JSON templates %d are accepted",
	    accepted);
	IS_INT(valid, accepted, "and all of these yield JSON");
	buf_release(&text);
	buf_release(&value);
	buf_release(&out);
}

int
main(void)
{
	test_text();
	test_filters();
	test_refused();
	test_json();
	test_variables();
	test_random_values();
	test_random_templates();
	return tap_done();
}
