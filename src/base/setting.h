/*
 * setting: one row of a settings table.
 *
 * The table is the master copy of a section of ctail.ini: the reader, `show`,
 * the error proposals and a test of the manual all go by it.  A room declares
 * a plain struct for its section and exports a const table whose rows say
 * where in the struct each key's value goes.
 *
 * Text values are heap copies owned by the struct; setting_release frees
 * them by the same table.
 */
#ifndef CTAIL_BASE_SETTING_H
#define CTAIL_BASE_SETTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

/* Where a value was written.  file is owned by whoever loaded it. */
struct origin {
	const char *file;
	unsigned line;
};

struct setting_item {
	char *text;
	struct origin origin;
};

struct setting_list {
	struct setting_item *items;
	size_t count;
};

enum setting_type {
	SETTING_TEXT,		/* char *: the value to the end of its line */
	SETTING_LINES,		/* struct setting_list: one item a line */
	SETTING_WORDS,		/* struct setting_list: split at blanks */
	SETTING_ADDRESSES,	/* struct setting_list: lines and commas */
	SETTING_DURATION,	/* int64_t milliseconds */
	SETTING_SIZE,		/* int64_t bytes */
	SETTING_NUMBER,		/* int64_t within min..max */
	SETTING_BOOL,		/* bool: yes or no */
	SETTING_CHOICE,		/* int: index into choices */
	SETTING_CUSTOM,		/* whatever parse makes of the text; owns no
				 * memory, and fallback ("" if need be) is
				 * written as format writes it */
	SETTING_NOT_BUILT,	/* known, refused as not built yet */
};

enum {
	SETTING_REQUIRED = 1,
	SETTING_SECRET = 2,	/* not shown, left out of accepted.ini */
	SETTING_URL = 4,	/* shown as scheme://host/... only */
	SETTING_MULTILINE = 8,	/* TEXT: indented lines join with '\n' */
	SETTING_PRIVATE = 16,	/* LINES: behind the colon not for people */
};

/* Stands for an inline secret in a kept copy of a configuration. */
#define SETTING_LEFT_OUT "<left out>"

struct setting {
	const char *name;
	enum setting_type type;
	unsigned flags;
	size_t offset;
	const char *fallback;	/* default, as text; NULL: zeroed field */
	const char *const *choices;		/* CHOICE, NULL-terminated */
	int64_t min, max;			/* NUMBER, DURATION, SIZE */
	int (*parse)(struct span text, void *field, struct err *err);
	void (*format)(const void *field, struct buf *out);	/* CUSTOM */
	const char *help;	/* one line, for a person */
};

struct setting_table {
	const char *section;		/* "rule" */
	const struct setting *rows;
	size_t count;
	size_t size;			/* of the struct */
	bool named;			/* [rule NAME] or [agent] */
	/* Checks between keys of one section; may be NULL.  Its sentence
	 * begins with the key that is wrong, so that its line can be named. */
	int (*check)(const void *settings, struct err *err);
};

const struct setting *setting_find(const struct setting_table *table,
    struct span name);

/* The nearest row's name by edit distance, or NULL when nothing is near. */
const char *setting_nearest(const struct setting_table *table,
    struct span name);

/* The nearest of a NULL-terminated list, for sections and names. */
const char *nearest_word(struct span word, const char *const *words);

/* Fills a zeroed struct with the defaults of the table. */
void setting_defaults(const struct setting_table *table, void *settings);

/* Parses one value (one line of it for list types, which append) into the
 * struct.  The first item with an origin replaces the default of a list.  The
 * sentence in err names the key; the field is unchanged then, but for a
 * CUSTOM one.  Outer blanks of scalars are the caller's to remove. */
int setting_set(const struct setting *row, void *settings, struct span text,
    struct origin origin, struct err *err);

/* Back to the default, as `key =` does. */
void setting_clear(const struct setting *row, void *settings);

/* Appends the value's items as text that setting_set reads back, items
 * separated by '\n'.  Secrets and URLs come out whole: hiding is the
 * caller's business, by the flags. */
void setting_format(const struct setting *row, const void *settings,
    struct buf *out);

/* True when the field has its default. */
bool setting_is_default(const struct setting *row, const void *settings);

void setting_release(const struct setting_table *table, void *settings);

#endif
