/*
 * options: the command line of ctail(1), in three dialects.
 *
 * One table (option_table.c) is the master copy of names, types and help
 * text.
 */
#ifndef CTAIL_CTAIL_OPTIONS_H
#define CTAIL_CTAIL_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/setting.h"
#include "ctail/dialect.h"

struct options {
	enum dialect dialect;

	/* Where the position is. */
	const char *offset_file;	/* NULL: LOG.offset */
	const char *state_dir;
	bool no_store;
	int64_t every_n;		/* 0: at the end only */
	int64_t wait_lock_ms;
	bool drain;
	bool reset;
	bool accept_loss;

	/* What is printed. */
	bool follow;
	bool from_end;
	bool partial_lines;
	int64_t max_lines;		/* 0: no limit */
	int64_t max_bytes;
	bool no_copytruncate;
	struct setting_list patterns;	/* texts are argv's */
	const char *encoding;		/* accepted; bytes stay bytes */

	/* How. */
	bool prefix;
	bool no_splice;

	/* What is told. */
	bool quiet;
	bool explain;
	bool json_status;
	bool exit_code;

	char *const *logs;		/* as they were given */
	int count;
	char *single;			/* what logs points to in logtail's
					 * -f LOG */
};

/* True when there are logs to print; else *status_out is what main returns
 * and everything has been said. */
bool options_parse(int argc, char **argv, struct options *out,
    int *status_out);
void options_release(struct options *options);

enum option_kind {
	OPTION_FLAG,		/* bool: true */
	OPTION_CLEAR,		/* bool: false */
	OPTION_ONE,		/* int64_t: 1 */
	OPTION_COUNT,		/* int64_t: a number */
	OPTION_SIZE,		/* int64_t: bytes */
	OPTION_DURATION,	/* int64_t: ms */
	OPTION_TEXT,		/* const char *, not empty */
	OPTION_PATTERN,		/* struct setting_list: one more item */
	OPTION_LOG,		/* logtail's -f */
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_AGENT,
};

enum { IN_CTAIL = 1, IN_LOGTAIL = 2, IN_PYGTAIL = 4 };

struct option_row {
	const char *name;	/* NULL: only a letter */
	char letter;		/* '\0': only a name */
	enum option_kind kind;
	size_t offset;		/* into struct options */
	unsigned dialects;
	const char *argument;	/* as help shows it; NULL: takes none */
	const char *help;	/* NULL: works, and is not shown */
};

/* The options; a row without name and letter begins a group. */
extern const struct option_row option_rows[];
extern const size_t option_row_count;

bool option_is_in(const struct option_row *row, enum dialect dialect);

/* The text of --help. */
void options_help(enum dialect dialect, struct buf *out);

#endif
