/*
 * ini_text: ctail.ini through libinih, and out again unharmed.
 *
 * The only includer of <ini.h>.  ini_lines classifies every line of the text;
 * what is sound goes to libinih in pieces no longer than it can take on every
 * build, and comes back through the handler:
 *
 *   key=<4>piece<6>        the first piece of a value
 *    <5>piece<6>           more of the same line (an indented line for inih)
 *    <4>piece<6>           the next line of the value
 *
 * Inside a piece `;` and `#` are bytes 1 and 2; because every piece begins
 * and ends with a control byte, no blank is ever at an edge.  Those bytes
 * cannot come from the file: ini_lines refuses control bytes.  libinih asks
 * for a line, calls the handler for it, and only then asks for the next, so
 * what the reader knows (the line, the section) is what the handler sees;
 * the line number that some builds pass is not used.
 */
#include "config.h"

#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "conf/ini_lines.h"
#include "conf/ini_text.h"

enum {
	CODE_SEMICOLON = 1,
	CODE_HASH = 2,
	CODE_NEW = 4,
	CODE_JOIN = 5,
	CODE_END = 6,
};

#define PIECE_BYTES 120
#define PASSED_LINE_MAX 192 /* of what we hand over, with its NUL */

struct feeder {
	struct ini_lines lines;
	struct ini *ini;
	void (*report)(void *arg, unsigned line, const char *text);
	void *arg;
	bool bad;

	bool skipping;	  /* behind a refused header */
	struct span rest; /* of the value that is being handed over */
	bool pending;	  /* rest is still to go, even if it is empty */
	bool first;	  /* the next piece begins a line of the value */
	struct buf value; /* what has come back of that line */
};

static void
feeder_report(void *arg, unsigned line, const char *text)
{
	struct feeder *feeder = arg;

	feeder->bad = true;
	feeder->report(feeder->arg, line, text);
}

/* Grows by doubling: room is made when count is a power of two. */
static void *
grow(void *items, size_t count, size_t size)
{
	if (count & (count - 1))
		return items;
	return xreallocarray(items, count ? count * 2 : 1, size);
}

static struct ini_section *
feeder_section(struct feeder *feeder)
{
	if (feeder->ini->count == 0)
		return NULL;
	return &feeder->ini->sections[feeder->ini->count - 1];
}

static struct ini_key *
feeder_key(struct feeder *feeder)
{
	struct ini_section *section = feeder_section(feeder);

	return section && section->count ? &section->keys[section->count - 1]
					 : NULL;
}

static void
feeder_add_section(struct feeder *feeder, struct span name)
{
	struct ini *ini = feeder->ini;
	struct ini_section *section;

	ini->sections = grow(ini->sections, ini->count, sizeof(*ini->sections));
	section = &ini->sections[ini->count++];
	*section = (struct ini_section){.name = xstrndup(name.data, name.len),
	    .line = feeder->lines.number};
}

static void
feeder_add_key(struct feeder *feeder, struct span name)
{
	struct ini_section *section = feeder_section(feeder);
	struct ini_key *key;

	section->keys =
	    grow(section->keys, section->count, sizeof(*section->keys));
	key = &section->keys[section->count++];
	*key = (struct ini_key){.name = xstrndup(name.data, name.len),
	    .line = feeder->lines.number};
}

static void
feeder_add_value(struct feeder *feeder)
{
	struct ini_key *key = feeder_key(feeder);
	struct ini_value *value;

	key->values = grow(key->values, key->count, sizeof(*key->values));
	value = &key->values[key->count++];
	value->line = feeder->lines.number;
	value->indented = feeder->lines.kind == INI_CONTINUATION;
	value->text = buf_take(&feeder->value);
}

static char
encode_byte(char byte)
{
	if (byte == ';')
		return CODE_SEMICOLON;
	return byte == '#' ? CODE_HASH : byte;
}

static char
decode_byte(char byte)
{
	if (byte == CODE_SEMICOLON)
		return ';';
	return byte == CODE_HASH ? '#' : byte;
}

/* Writes the next piece of the value behind a prefix that is in out. */
static void
feeder_piece(struct feeder *feeder, char *out)
{
	size_t at = strlen(out), len = feeder->rest.len;

	if (len > PIECE_BYTES)
		len = PIECE_BYTES;
	out[at++] = feeder->first ? CODE_NEW : CODE_JOIN;
	for (size_t i = 0; i < len; i++)
		out[at++] = encode_byte(feeder->rest.data[i]);
	out[at++] = CODE_END;
	out[at++] = '\n';
	out[at] = '\0';
	feeder->rest.data += len;
	feeder->rest.len -= len;
	feeder->pending = feeder->rest.len > 0;
	feeder->first = false;
}

/* Hands a sound line over, if it is one that libinih has to see. */
static bool
feeder_line(struct feeder *feeder, char *out, size_t size)
{
	const struct ini_lines *lines = &feeder->lines;

	switch (lines->kind) {
	case INI_HEADER:
		feeder_add_section(feeder, lines->name);
		feeder->skipping = lines->name.len == 0;
		if (feeder->skipping)
			return false;
		snprintf(out, size, "[%.*s]\n", (int)lines->name.len,
		    lines->name.data);
		return true;
	case INI_KEY:
		if (feeder->skipping)
			return false;
		feeder_add_key(feeder, lines->name);
		snprintf(
		    out, size, "%.*s=", (int)lines->name.len, lines->name.data);
		break;
	default:
		if (feeder->skipping)
			return false;
		snprintf(out, size, " ");
		break;
	}
	feeder->rest = lines->value;
	feeder->first = true;
	feeder_piece(feeder, out);
	return true;
}

static char *
feeder_read(char *out, int size, void *arg)
{
	struct feeder *feeder = arg;

	if (size < PASSED_LINE_MAX) {
		feeder_report(feeder, 0,
		    "this libinih takes lines of less than 190 bytes; it "
		    "must be built with INI_MAX_LINE of 200 or more");
		return NULL;
	}
	if (feeder->pending) {
		snprintf(out, (size_t)size, " ");
		feeder_piece(feeder, out);
		return out;
	}
	while (ini_lines_next(&feeder->lines)) {
		if (feeder_line(feeder, out, (size_t)size))
			return out;
	}
	return NULL;
}

/* 0 would be an error for libinih; mistakes are ours to report. */
static int
feeder_mangled(struct feeder *feeder)
{
	feeder_report(feeder, feeder->lines.number,
	    "libinih did not hand this line back as it was given");
	return 1;
}

static int
feeder_handle(
    void *arg, const char *section, const char *name, const char *piece)
{
	struct feeder *feeder = arg;
	struct ini_section *current = feeder_section(feeder);
	struct ini_key *key = feeder_key(feeder);
	size_t len = piece ? strlen(piece) : 0;

	if (!current || !key || strcmp(section, current->name) != 0 ||
	    strcmp(name, key->name) != 0 || len < 2 ||
	    (piece[0] != CODE_NEW && piece[0] != CODE_JOIN) ||
	    piece[len - 1] != CODE_END)
		return feeder_mangled(feeder);
	for (size_t i = 1; i < len - 1; i++)
		buf_add_byte(&feeder->value, decode_byte(piece[i]));
	if (!feeder->pending)
		feeder_add_value(feeder);
	return 1;
}

/* Every key that was handed over came back with a value. */
static void
feeder_check(struct feeder *feeder)
{
	for (size_t i = 0; i < feeder->ini->count; i++) {
		struct ini_section *section = &feeder->ini->sections[i];

		for (size_t j = 0; j < section->count; j++) {
			struct ini_key *key = &section->keys[j];

			if (key->count > 0)
				continue;
			feeder_report(
			    feeder, key->line, "libinih lost this line");
			key->values = xcalloc(1, sizeof(*key->values));
			key->values[0].text = xstrdup("");
			key->values[0].line = key->line;
			key->count = 1;
		}
	}
}

/* As some editors on Windows save it; each of its lines would be refused. */
static bool
is_utf16(struct span text)
{
	return text.len >= 2 && (!memcmp(text.data, "\xFF\xFE", 2) ||
				    !memcmp(text.data, "\xFE\xFF", 2));
}

int
ini_parse_text(struct span text, struct ini *out,
    void (*report)(void *arg, unsigned line, const char *text), void *arg)
{
	struct feeder feeder = {.ini = out, .report = report, .arg = arg};

	*out = (struct ini){NULL, 0};
	if (text.len > INI_FILE_BYTES) {
		report(arg, 0, "the file is larger than 16 MiB");
		return -1;
	}
	if (is_utf16(text)) {
		report(arg, 0,
		    "the file is UTF-16; save it as UTF-8, or as plain ASCII");
		return -1;
	}
	ini_lines_init(&feeder.lines, text, feeder_report, &feeder);
	if (ini_parse_stream(feeder_read, &feeder, feeder_handle, &feeder) !=
		0 &&
	    !feeder.bad)
		feeder_report(&feeder, 0, "libinih could not read the file");
	feeder_check(&feeder);
	buf_release(&feeder.value);
	return feeder.bad ? -1 : 0;
}

void
ini_release(struct ini *ini)
{
	for (size_t i = 0; i < ini->count; i++) {
		struct ini_section *section = &ini->sections[i];

		for (size_t j = 0; j < section->count; j++) {
			struct ini_key *key = &section->keys[j];

			for (size_t k = 0; k < key->count; k++)
				free(key->values[k].text);
			free(key->values);
			free(key->name);
		}
		free(section->keys);
		free(section->name);
	}
	free(ini->sections);
	*ini = (struct ini){NULL, 0};
}
