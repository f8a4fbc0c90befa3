/*
 * json_scan: is it JSON, and what is this member's value?
 *
 * A strict scanner for RFC 8259 with a bound on depth; it builds no tree.
 */
#include "config.h"

#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "message/json.h"

#define SCAN_DEPTH_MAX 64

struct scan {
	struct span text;
	size_t at;
	unsigned depth;
	const char *why; /* the first mistake, at `at` */
};

static bool scan_value(struct scan *scan);

static bool
scan_fail(struct scan *scan, const char *why)
{
	if (scan->why == NULL)
		scan->why = why;
	return false;
}

/* The next byte, or -1 at the end. */
static int
scan_peek(const struct scan *scan)
{
	if (scan->at >= scan->text.len)
		return -1;
	return (unsigned char)scan->text.data[scan->at];
}

static void
scan_blanks(struct scan *scan)
{
	int byte;

	while ((byte = scan_peek(scan)) == ' ' || byte == '\t' ||
	       byte == '\n' || byte == '\r')
		scan->at++;
}

static bool
scan_byte(struct scan *scan, char wanted, const char *why)
{
	if (scan_peek(scan) != wanted)
		return scan_fail(scan, why);
	scan->at++;
	return true;
}

static bool
scan_word(struct scan *scan, const char *word)
{
	size_t len = strlen(word);

	if (scan->text.len - scan->at < len ||
	    memcmp(scan->text.data + scan->at, word, len) != 0)
		return scan_fail(scan, "a word that is no JSON value");
	scan->at += len;
	return true;
}

static bool
scan_digits(struct scan *scan)
{
	size_t start = scan->at;

	while (ascii_is_digit(scan_peek(scan)))
		scan->at++;
	return scan->at > start || scan_fail(scan, "a digit is missing");
}

static bool
scan_number(struct scan *scan)
{
	if (scan_peek(scan) == '-')
		scan->at++;
	if (scan_peek(scan) == '0')
		scan->at++;
	else if (!scan_digits(scan))
		return false;
	if (scan_peek(scan) == '.') {
		scan->at++;
		if (!scan_digits(scan))
			return false;
	}
	if (scan_peek(scan) == 'e' || scan_peek(scan) == 'E') {
		scan->at++;
		if (scan_peek(scan) == '+' || scan_peek(scan) == '-')
			scan->at++;
		return scan_digits(scan);
	}
	return true;
}

static bool
scan_escape(struct scan *scan)
{
	int byte = scan_peek(scan);

	if (byte < 0 || byte == 0 || !strchr("\"\\/bfnrtu", byte))
		return scan_fail(scan, "a bad escape sequence");
	scan->at++;
	for (int i = 0; byte == 'u' && i < 4; i++) {
		if (ascii_hex_value(scan_peek(scan)) < 0)
			return scan_fail(scan, "a bad \\u escape");
		scan->at++;
	}
	return true;
}

/* raw_out gets what stands between the quotes, still escaped. */
static bool
scan_string(struct scan *scan, struct span *raw_out)
{
	size_t start;
	int byte;

	if (!scan_byte(scan, '"', "a string is missing"))
		return false;
	start = scan->at;
	while ((byte = scan_peek(scan)) != '"') {
		if (byte < 0)
			return scan_fail(scan, "a string without its end");
		if (byte < 0x20)
			return scan_fail(scan, "a control byte in a string");
		scan->at++;
		if (byte == '\\' && !scan_escape(scan))
			return false;
	}
	*raw_out = span_of(scan->text.data + start, scan->at - start);
	scan->at++;
	return true;
}

static bool
scan_member(struct scan *scan)
{
	struct span key;

	scan_blanks(scan);
	if (!scan_string(scan, &key))
		return false;
	scan_blanks(scan);
	return scan_byte(scan, ':', "a colon is missing") && scan_value(scan);
}

/* Members or elements up to the closing bracket. */
static bool
scan_list(struct scan *scan, char close, bool (*item)(struct scan *scan))
{
	scan->at++;
	if (++scan->depth > SCAN_DEPTH_MAX)
		return scan_fail(scan, "nested too deeply");
	scan_blanks(scan);
	if (scan_peek(scan) == close) {
		scan->at++;
		scan->depth--;
		return true;
	}
	for (;;) {
		if (!item(scan))
			return false;
		if (scan_peek(scan) != ',')
			break;
		scan->at++;
	}
	scan->depth--;
	return scan_byte(scan, close, "a comma or a bracket is missing");
}

/* Recursion is bounded by SCAN_DEPTH_MAX. */
static bool
scan_value(struct scan *scan)
{
	struct span string;
	bool good;
	int byte;

	scan_blanks(scan);
	byte = scan_peek(scan);
	if (byte == '{')
		good = scan_list(scan, '}', scan_member);
	else if (byte == '[')
		good = scan_list(scan, ']', scan_value);
	else if (byte == '"')
		good = scan_string(scan, &string);
	else if (byte == '-' || ascii_is_digit(byte))
		good = scan_number(scan);
	else if (byte == 't')
		good = scan_word(scan, "true");
	else if (byte == 'f')
		good = scan_word(scan, "false");
	else if (byte == 'n')
		good = scan_word(scan, "null");
	else
		good = scan_fail(scan, "a value is missing");
	if (good)
		scan_blanks(scan);
	return good;
}

int
json_check(struct span text, struct err *err)
{
	struct scan scan = {.text = text};

	if (!utf8_valid(text))
		return err_set(err, "the text is not valid UTF-8");
	if (!scan_value(&scan))
		return err_set(err, "byte %zu: %s", scan.at + 1, scan.why);
	if (scan.at != text.len)
		return err_set(
		    err, "byte %zu: something behind the value", scan.at + 1);
	return 0;
}

static uint32_t
unescape_hex(struct span raw, size_t at)
{
	uint32_t unit = 0;

	for (size_t i = at; i < at + 4; i++)
		unit = unit * 16 + (uint32_t)ascii_hex_value(raw.data[i]);
	return unit;
}

/* Handles the escape whose letter stands at `at`; returns what it used. */
static size_t
unescape_one(struct span raw, size_t at, struct buf *out)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	const char *known = strchr(from, raw.data[at]);
	uint32_t unit, low;

	if (raw.data[at] != 'u') {
		buf_add_byte(out, known ? to[known - from] : raw.data[at]);
		return 1;
	}
	unit = unescape_hex(raw, at + 1);
	if (unit < 0xD800 || unit > 0xDFFF) {
		utf8_append(out, unit);
		return 5;
	}
	if (unit < 0xDC00 && raw.len - at >= 11 && raw.data[at + 5] == '\\' &&
	    raw.data[at + 6] == 'u') {
		low = unescape_hex(raw, at + 7);
		if (low >= 0xDC00 && low <= 0xDFFF) {
			utf8_append(out,
			    0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
			return 11;
		}
	}
	utf8_append(out, UTF8_REPLACEMENT);
	return 5;
}

static void
unescape(struct span raw, struct buf *out)
{
	for (size_t i = 0; i < raw.len;) {
		if (raw.data[i] != '\\') {
			buf_add_byte(out, raw.data[i++]);
			continue;
		}
		i++;
		i += unescape_one(raw, i, out);
	}
}

/* The scanner stands at a member's value. */
static bool
member_value(struct scan *scan, struct buf *out)
{
	struct span raw;
	size_t start;
	int byte;

	scan_blanks(scan);
	byte = scan_peek(scan);
	if (byte == '{' || byte == '[' || byte == 'n')
		return false;
	if (byte == '"') {
		if (!scan_string(scan, &raw))
			return false;
		unescape(raw, out);
		return true;
	}
	start = scan->at;
	if (byte == 't' || byte == 'f')
		scan->at += byte == 't' ? 4 : 5;
	else
		scan_number(scan);
	buf_add(out, scan->text.data + start, scan->at - start);
	return true;
}

/* The scanner stands before what may be an object; behind it, at the value of
 * the first member of that name. */
static bool
find_member(struct scan *scan, struct span key)
{
	struct buf name = BUF_INIT;
	struct span raw;
	bool found = false;

	scan_blanks(scan);
	if (scan_peek(scan) != '{')
		return false;
	do {
		scan->at++;
		scan_blanks(scan);
		if (scan_peek(scan) != '"' || !scan_string(scan, &raw))
			break;
		scan_blanks(scan);
		scan->at++;
		buf_reset(&name);
		unescape(raw, &name);
		found = span_equal(buf_span(&name), key);
	} while (!found && scan_value(scan) && scan_peek(scan) == ',');
	buf_release(&name);
	return found;
}

bool
json_member(struct span object, const char *key, struct buf *out)
{
	struct scan scan = {.text = object};

	return json_check(object, NULL) == 0 &&
	       find_member(&scan, span_str(key)) && member_value(&scan, out);
}

bool
json_path(struct span object, const char *path, struct buf *out)
{
	struct scan scan = {.text = object};
	size_t len;

	if (json_check(object, NULL) < 0)
		return false;
	for (;; path += len + 1) {
		len = strcspn(path, ".");
		if (!find_member(&scan, span_of(path, len)))
			return false;
		if (path[len] == '\0')
			return member_value(&scan, out);
	}
}
