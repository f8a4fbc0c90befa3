/*
 * preset_text: what every message says, in the form a service gives it.
 *
 * In this order: how bad it is and what, the lines, where and how often, and
 * what to paste when it need not be told again.  All that is from logs is
 * clean and without commands (preset_markup.h), and everything stays within
 * a room (preset_room.h): the oldest lines go first, and it is said.
 */
#ifndef CTAIL_MESSAGE_PRESET_TEXT_H
#define CTAIL_MESSAGE_PRESET_TEXT_H

#include "base/buf.h"
#include "base/span.h"
#include "message/alert.h"
#include "message/json.h"
#include "message/preset_markup.h"
#include "message/preset_room.h"

struct preset_marks {
	const char *open, *close;
};

struct preset_style {
	const struct preset_markup *text;	/* running text */
	const struct preset_markup *lines;
	const struct preset_markup *names;	/* and hints */
	struct preset_marks word;	/* around the severity */
	struct preset_marks block;	/* around the lines */
	struct preset_marks name;	/* around names and hints */
	size_t line_characters;		/* at most, of one line */
};

/* For services that show what they are sent. */
extern const struct preset_style preset_style_plain;

/* Where the lines stand in the text. */
struct preset_block {
	size_t start, end;
};

/* Rows of a table by severity; an incident's end has its own. */
enum preset_level {
	PRESET_LEVEL_DEBUG,
	PRESET_LEVEL_INFO,
	PRESET_LEVEL_NOTICE,
	PRESET_LEVEL_WARNING,
	PRESET_LEVEL_ERROR,
	PRESET_LEVEL_CRITICAL,
	PRESET_LEVEL_RECOVERED,
	PRESET_LEVELS,
};

enum preset_level preset_level(const struct alert *alert);

/* "warning", or "recovered". */
const char *preset_word(const struct alert *alert);

/* One line of about max characters; an empty one becomes a blank. */
void preset_subject(const struct alert *alert,
    const struct preset_style *style, size_t max, struct preset_room *room,
    struct buf *out);

/* The word and the subject. */
void preset_heading(const struct alert *alert,
    const struct preset_style *style, struct preset_room *room,
    struct buf *out);

/* Ends with a newline, if it is not empty. */
void preset_lines(const struct alert *alert, const struct preset_style *style,
    struct preset_room *room, struct buf *out, struct preset_block *block_out);

/* Rule, host, key, file, count, times; no newline at the end. */
void preset_facts(const struct alert *alert, const struct preset_style *style,
    struct preset_room *room, struct buf *out);

/* Each behind a newline; whole or not at all. */
void preset_hints(const struct alert *alert, const struct preset_style *style,
    struct preset_room *room, struct buf *out);

/* Lines, facts and hints; block_out may be NULL. */
void preset_report(const struct alert *alert,
    const struct preset_style *style, struct preset_room *room,
    struct buf *out, struct preset_block *block_out);

/* The heading and the report. */
void preset_message(const struct alert *alert,
    const struct preset_style *style, struct preset_room *room,
    struct buf *out, struct preset_block *block_out);

/* Members of a body. */
void preset_put_text(struct json *json, const char *key, struct span text);
void preset_put_number(struct json *json, const char *key, int64_t number);

/* "text": the message. */
void preset_put_message(struct json *json, const struct alert *alert,
    const struct preset_style *style, struct preset_room room);

/* A body of nothing but that. */
void preset_put_text_body(const struct alert *alert,
    const struct preset_style *style, struct preset_room room,
    struct buf *out);

/* "title": the heading, and "message": the report, of services that show what
 * they are sent; in the room's unit. */
struct preset_titled {
	size_t title_units, message_units;
	size_t line_characters;
};

void preset_put_titled(struct json *json, const struct alert *alert,
    const struct preset_titled *limits, struct preset_room room);

#endif
