/*
 * ini_text: the text of ctail.ini, read with libinih, byte for byte.
 *
 * The only includer of <ini.h>.  libinih cuts lines at 200 bytes, takes ` ;`
 * for a comment and gives no line numbers, each without an error; so it gets
 * the text through our own reader callback, in short encoded pieces, and the
 * handler puts them together again (reference: rules-and-config.md 3a).
 *
 * What comes out knows nothing of what sections mean.  All mistakes of the
 * text are reported, not just the first.
 */
#ifndef CTAIL_CONF_INI_TEXT_H
#define CTAIL_CONF_INI_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include "base/span.h"

#define INI_NAME_BYTES 49	/* of a section or key, libinih's bound */
#define INI_LINE_BYTES 65536	/* of one line */
#define INI_FILE_BYTES ((size_t)16 << 20)

struct ini_value {
	char *text;		/* one line of it, outer blanks off */
	unsigned line;
	bool indented;		/* continues the line above */
};

struct ini_key {
	char *name;
	unsigned line;
	struct ini_value *values;	/* at least one; `key =` has "" */
	size_t count;
};

struct ini_section {
	char *name;		/* what stands between the brackets; "" where
				 * the header was refused */
	unsigned line;
	struct ini_key *keys;
	size_t count;
};

struct ini {
	struct ini_section *sections;
	size_t count;
};

/* report gets a line number (0: the whole text) and a sentence.  Sections
 * with mistakes are delivered as far as they could be read; keys behind a
 * refused header are dropped, never counted to the section before.  -1 when
 * anything was reported. */
int ini_parse_text(struct span text, struct ini *out,
    void (*report)(void *arg, unsigned line, const char *text), void *arg);
void ini_release(struct ini *ini);

#endif
