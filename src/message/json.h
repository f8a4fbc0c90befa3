/*
 * json: writing JSON (RFC 8259), and telling whether bytes are JSON.
 *
 * Output is 7-bit safe where it matters: invalid UTF-8 becomes U+FFFD, and
 * C0, DEL, C1, U+2028, U+2029 and bidirectional controls are escaped.
 */
#ifndef CTAIL_MESSAGE_JSON_H
#define CTAIL_MESSAGE_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

/* The escaped inside of a string literal, without quotes. */
void json_escape(struct buf *out, struct span text);

/* A writer that puts the commas. */
struct json {
	struct buf *out;
	unsigned depth;
	bool first[16];		/* per depth: nothing written yet */
	bool after_key;
};

void json_init(struct json *json, struct buf *out);
void json_open(struct json *json, char bracket);	/* '{' or '[' */
void json_close(struct json *json, char bracket);	/* '}' or ']' */
void json_key(struct json *json, const char *key);
void json_string(struct json *json, struct span text);
void json_number(struct json *json, int64_t number);
void json_bool(struct json *json, bool value);

/* 0 when the bytes are exactly one JSON value (depth at most 64). */
int json_check(struct span text, struct err *err);

/* The text of a string member of the outermost object, unescaped, or of a
 * number or true/false as written; false when there is none.  For the small
 * replies of web services. */
bool json_member(struct span object, const char *key, struct buf *out);

/* The same for "a.b.c": the member c of the member b of the member a, all of
 * them objects.  Where a key stands twice, the first one counts. */
bool json_path(struct span object, const char *path, struct buf *out);

#endif
