/*
 * ini_lines: the lines of an INI text, each told what it is.
 *
 * Knows the shape of lines only: no section or key by name, no libinih.
 * Refused lines are reported and stepped over; a refused header still comes
 * out, with an empty name, so that what follows it cannot slip into the
 * section before.
 */
#ifndef CTAIL_CONF_INI_LINES_H
#define CTAIL_CONF_INI_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include "base/span.h"

enum ini_line_kind {
	INI_HEADER,		/* name */
	INI_KEY,		/* name and value */
	INI_CONTINUATION,	/* value */
};

struct ini_lines {
	/* The line that ini_lines_next came to. */
	enum ini_line_kind kind;
	unsigned number;	/* from 1 */
	struct span name;
	struct span value;	/* outer blanks off */

	/* Private. */
	struct span rest;
	bool in_section;
	enum { VALUE_NONE, VALUE_OPEN, VALUE_REFUSED } above;
	void (*report)(void *arg, unsigned line, const char *text);
	void *arg;
};

void ini_lines_init(struct ini_lines *lines, struct span text,
    void (*report)(void *arg, unsigned line, const char *text), void *arg);

/* False at the end. */
bool ini_lines_next(struct ini_lines *lines);

#endif
