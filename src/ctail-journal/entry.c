/*
 * entry: fields of the journal made into a syslog line.
 *
 * MESSAGE is passed on byte for byte; of everything that stands before it
 * only what is printable, so that a forged name cannot forge a line's head.
 */
#include "config.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fields.h"
#include "base/units.h"
#include "ctail-journal/entry.h"

#define WORD_MAX 255 /* host, identifier */
#define CAPTURE_MAX 1024
#define CAPTURE_NAME_MAX (FIELD_NAME_MAX - 8)

/* 0 and the value behind "FIELD=", or a negative errno.  The bytes are valid
 * until the next call. */
static int
entry_get(sd_journal *journal, const char *field, struct span *out)
{
	const void *data;
	size_t len, skip = strlen(field) + 1;
	int result = sd_journal_get_data(journal, field, &data, &len);

	if (result < 0)
		return result;
	if (len < skip)
		return -EBADMSG;
	*out = span_of((const char *)data + skip, len - skip);
	return 0;
}

/* --- Own words ------------------------------------------------------------ */

static const char *const own_programs[] = {"ctaild", "ctail-send", "ctail-exec",
    "ctail-unpack", "ctail-journal", NULL};

static bool
is_own_program(struct span name)
{
	for (size_t i = 0; own_programs[i]; i++)
		if (span_is(name, own_programs[i]))
			return true;
	return false;
}

/* "ctaild.service", "ctail-send@3-17.service" */
static bool
is_own_unit(struct span unit)
{
	size_t len = 0;

	while (len < unit.len && unit.data[len] != '.' && unit.data[len] != '@')
		len++;
	return is_own_program(span_of(unit.data, len));
}

static struct span
base_name(struct span path)
{
	size_t at = path.len;

	while (at > 0 && path.data[at - 1] != '/')
		at--;
	return span_of(path.data + at, path.len - at);
}

/* What journald itself found out is believed first; a name that the writer
 * gives itself counts only where journald could not look. */
bool
entry_is_own(sd_journal *journal)
{
	struct span value;

	if (!entry_get(journal, "_SYSTEMD_UNIT", &value) && is_own_unit(value))
		return true;
	if (!entry_get(journal, "_EXE", &value))
		return is_own_program(base_name(value));
	return !entry_get(journal, "SYSLOG_IDENTIFIER", &value) &&
	       is_own_program(value);
}

/* --- The line ------------------------------------------------------------- */

static void
add_time(sd_journal *journal, struct buf *line)
{
	char text[CLOCK_TEXT_MAX];
	struct span source;
	uint64_t us = 0;
	int64_t given;

	sd_journal_get_realtime_usec(journal, &us);
	/* When it was said, where that is known, not when it was stored. */
	if (!entry_get(journal, "_SOURCE_REALTIME_TIMESTAMP", &source) &&
	    !number_parse(source, 1, INT64_MAX, &given, NULL))
		us = (uint64_t)given;
	clock_format_syslog((int64_t)us, text);
	buf_add_str(line, text);
}

/* One word: no blanks, no control bytes. */
static void
add_word(struct buf *line, struct span word)
{
	for (size_t i = 0; i < word.len && i < WORD_MAX; i++) {
		unsigned char byte = (unsigned char)word.data[i];

		buf_add_byte(
		    line, byte > ' ' && byte != 0x7f ? (char)byte : '_');
	}
}

static void
add_host(sd_journal *journal, struct buf *line)
{
	char name[WORD_MAX + 1] = "";
	struct span host;

	if (entry_get(journal, "_HOSTNAME", &host) || !host.len) {
		if (gethostname(name, sizeof(name) - 1) || !*name)
			snprintf(name, sizeof(name), "localhost");
		host = span_str(name);
	}
	add_word(line, host);
}

static void
add_tag(sd_journal *journal, struct buf *line)
{
	struct span value;

	if ((!entry_get(journal, "SYSLOG_IDENTIFIER", &value) && value.len) ||
	    (!entry_get(journal, "_COMM", &value) && value.len))
		add_word(line, value);
	else
		buf_add_str(line, "unknown");
	if ((!entry_get(journal, "_PID", &value) && value.len) ||
	    (!entry_get(journal, "SYSLOG_PID", &value) && value.len)) {
		buf_add_byte(line, '[');
		add_word(line, value);
		buf_add_byte(line, ']');
	}
}

static void
add_message(sd_journal *journal, struct buf *line)
{
	struct span message;
	int result = entry_get(journal, "MESSAGE", &message);

	if (!result)
		buf_add_span(line, message);
	else if (result != -ENOENT)
		buf_addf(line, "[this entry's message cannot be read: %s]",
		    strerror(-result));
}

/* --- Captures ------------------------------------------------------------- */

/* Cuts "NAME=FIELD"; false when it is none. */
static bool
split_capture(struct span pair, char name[FIELD_NAME_MAX + 1],
    char field[FIELD_NAME_MAX + 1])
{
	const char *equals = memchr(pair.data, '=', pair.len);
	size_t len = equals ? (size_t)(equals - pair.data) : 0;

	if (!len || len > CAPTURE_NAME_MAX ||
	    pair.len - len - 1 > FIELD_NAME_MAX)
		return false;
	snprintf(name, FIELD_NAME_MAX + 1, "field.%.*s", (int)len, pair.data);
	snprintf(field, FIELD_NAME_MAX + 1, "%.*s", (int)(pair.len - len - 1),
	    equals + 1);
	return true;
}

static void
add_captures(
    sd_journal *journal, const struct request *request, struct buf *out)
{
	char name[FIELD_NAME_MAX + 1], field[FIELD_NAME_MAX + 1];
	size_t cursor = 0;
	struct span pair, value;

	while (request_next(request, "capture", &cursor, &pair)) {
		if (!split_capture(pair, name, field) ||
		    entry_get(journal, field, &value))
			continue;
		if (value.len > CAPTURE_MAX)
			value.len = CAPTURE_MAX;
		fields_add(out, name, value);
	}
}

void
entry_add(sd_journal *journal, const struct request *request, struct buf *out)
{
	struct buf line = BUF_INIT;
	struct span shown;

	add_time(journal, &line);
	buf_add_byte(&line, ' ');
	add_host(journal, &line);
	buf_add_byte(&line, ' ');
	add_tag(journal, &line);
	buf_add_str(&line, ": ");
	add_message(journal, &line);
	shown = buf_span(&line);
	if (shown.len > request->max_line) {
		shown.len = request->max_line;
		fields_add_number(out, "cut", 1);
	}
	fields_add(out, "line", shown);
	buf_release(&line);
	add_captures(journal, request, out);
}
