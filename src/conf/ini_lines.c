/*
 * ini_lines: what a line of ctail.ini is, and what it must not be.
 *
 * Every trap that an INI reader would fall into silently is refused here with
 * a sentence: text behind a header, `key: value`, names too long, control
 * bytes, keys before any section, indented lines without a value above.
 * Blanks are the space and the tab, whatever the locale says.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "conf/ini_lines.h"
#include "conf/ini_text.h"

static const char bom[] = "\xEF\xBB\xBF";

void
ini_lines_init(struct ini_lines *lines, struct span text,
    void (*report)(void *arg, unsigned line, const char *text), void *arg)
{
	if (text.len >= 3 && !memcmp(text.data, bom, 3)) {
		text.data += 3;
		text.len -= 3;
	}
	*lines = (struct ini_lines){
	    .rest = text, .above = VALUE_NONE, .report = report, .arg = arg};
}

static bool
refuse(struct ini_lines *lines, const char *why)
{
	lines->report(lines->arg, lines->number, why);
	lines->above = VALUE_REFUSED;
	return false;
}

static bool
is_name_byte(char byte)
{
	return ascii_is_word(byte) || byte == '.' || byte == '-';
}

static bool
all_name_bytes(struct span text, bool blanks)
{
	for (size_t i = 0; i < text.len; i++) {
		if (!is_name_byte(text.data[i]) &&
		    !(blanks && span_blank(text.data[i])))
			return false;
	}
	return true;
}

/* Takes the next physical line without its end; false at the end. */
static bool
take_line(struct ini_lines *lines, struct span *out)
{
	const char *end;

	if (lines->rest.len == 0)
		return false;
	lines->number++;
	end = memchr(lines->rest.data, '\n', lines->rest.len);
	*out = lines->rest;
	if (end != NULL) {
		out->len = (size_t)(end - out->data);
		lines->rest.data = end + 1;
		lines->rest.len -= out->len + 1;
	} else {
		lines->rest.len = 0;
	}
	if (out->len && out->data[out->len - 1] == '\r')
		out->len--;
	return true;
}

static bool
check_bytes(struct ini_lines *lines, struct span line)
{
	char text[100];

	if (line.len > INI_LINE_BYTES)
		return refuse(lines, "the line is longer than 65536 bytes");
	for (size_t i = 0; i < line.len; i++) {
		unsigned char byte = (unsigned char)line.data[i];

		if ((byte >= 0x20 && byte != 0x7F) || byte == '\t')
			continue;
		snprintf(text, sizeof(text),
		    "byte %zu of the line is the control byte 0x%02X; "
		    "remove it",
		    i + 1, byte);
		return refuse(lines, text);
	}
	return true;
}

/* A sentence when this is no header, NULL when it is one; line has its
 * outer blanks off and begins with a bracket. */
static const char *
header_mistake(struct span line, struct span *name_out)
{
	const char *end = memchr(line.data, ']', line.len);
	struct span name;

	if (end == NULL)
		return memchr(line.data, ';', line.len) ||
			       memchr(line.data, '#', line.len)
			   ? "the section header has no closing bracket; a "
			     "comment needs a line of its own"
			   : "the section header has no closing bracket";
	if (end != line.data + line.len - 1)
		return "something stands behind the section header; a "
		       "comment needs a line of its own";
	name = span_trim(span_of(line.data + 1, line.len - 2));
	if (name.len == 0)
		return "the section header is empty";
	if (name.len > INI_NAME_BYTES)
		return "the section header is longer than 49 bytes";
	if (!all_name_bytes(name, true))
		return "a section header has only letters, digits and . _ - "
		       "between its brackets, as [rule ssh-brute]";
	*name_out = name;
	return NULL;
}

static bool
take_header(struct ini_lines *lines, struct span line)
{
	const char *why;

	lines->kind = INI_HEADER;
	lines->name = span_of("", 0);
	why = header_mistake(line, &lines->name);
	if (why != NULL)
		refuse(lines, why);
	lines->above = VALUE_NONE;
	lines->in_section = true;
	return true;
}

static const char *
key_mistake(struct span line, const char *equals, struct span name)
{
	const char *colon = memchr(line.data, ':', line.len);

	if (colon != NULL && (equals == NULL || colon < equals))
		return "a key and its value are joined by \"=\", not by "
		       "\":\"";
	if (equals == NULL)
		return "this is neither KEY = VALUE nor [SECTION] nor a "
		       "comment; a further line of the value above it would "
		       "be indented";
	if (name.len == 0)
		return "there is no key in front of the \"=\"";
	if (name.len > INI_NAME_BYTES)
		return "the key is longer than 49 bytes";
	if (memmem(name.data, name.len, "\u00A0", strlen("\u00A0")))
		return "there is a no-break space, which only looks like a "
		       "blank; replace it by one";
	if (!all_name_bytes(name, false))
		return "a key has only letters, digits and . _ -";
	return NULL;
}

static bool
take_key(struct ini_lines *lines, struct span line)
{
	const char *equals = memchr(line.data, '=', line.len), *why;
	struct span name = line;

	if (equals != NULL)
		name = span_trim(
		    span_of(line.data, (size_t)(equals - line.data)));
	why = key_mistake(line, equals, name);
	if (why != NULL)
		return refuse(lines, why);
	if (!lines->in_section)
		return refuse(
		    lines, "a key before any [section]; it belongs into one");
	lines->kind = INI_KEY;
	lines->name = name;
	lines->value = span_trim(
	    span_of(equals + 1, line.len - (size_t)(equals + 1 - line.data)));
	lines->above = VALUE_OPEN;
	return true;
}

static bool
take_continuation(struct ini_lines *lines, struct span line)
{
	if (lines->above == VALUE_REFUSED)
		return false;
	if (lines->above == VALUE_NONE)
		return refuse(lines,
		    "the line is indented, but no value stands above it to "
		    "be continued; remove the indentation");
	lines->kind = INI_CONTINUATION;
	lines->value = line;
	return true;
}

bool
ini_lines_next(struct ini_lines *lines)
{
	struct span raw, line;

	while (take_line(lines, &raw)) {
		if (!check_bytes(lines, raw))
			continue;
		line = span_trim(raw);
		if (line.len == 0) {
			lines->above = VALUE_NONE;
			continue;
		}
		if (line.data[0] == '#' || line.data[0] == ';')
			continue;
		if (span_blank(raw.data[0])) {
			if (take_continuation(lines, line))
				return true;
		} else if (line.data[0] == '[') {
			return take_header(lines, line);
		} else if (take_key(lines, line)) {
			return true;
		}
	}
	return false;
}
