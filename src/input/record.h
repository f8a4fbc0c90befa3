/*
 * record: what rules see, one line or several.
 *
 * A log with the `record` key joins lines: `start REGEX` says which lines
 * begin a record, `continue REGEX` which go on with the one before.  The
 * regex is the caller's to run (this room knows no patterns):
 * source_handler.place.  A record ends before the next one begins, at its
 * limits (lines, bytes, and the time since its last byte came), and when
 * nothing can follow any more.  Lines before the first that begins one are
 * records of their own, one each.
 *
 * An open record is not consumed: the position stays at its first byte, and
 * its lines are read again, with more behind them, at the next look.  So
 * nothing needs to be stored of it, and a restart finds it where it was.  A
 * record that is closed by its limits is consumed, and what follows is a
 * record of its own: the position is the boundary that a replay obeys.
 *
 * A rotation in the midst of a record: the part in the old generation stays
 * unconsumed until the new one's first line says whether it goes on there; if
 * so both parts are one record, which stands where its first byte does.
 */
#ifndef CTAIL_INPUT_RECORD_H
#define CTAIL_INPUT_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/span.h"
#include "input/lines.h"
#include "input/log_settings.h"

/* One record. */
struct record {
	struct span text;	/* without its last newline or CR LF; lines
				 * within are separated by \n (a CR before it
				 * stays); at most max_line, or what
				 * record_limit allows */
	size_t log;		/* index of the [log] section */
	const char *path;	/* of the generation it stands in */
	const char *log_path;	/* the log's own name */
	const char *incarnation;
	uint64_t offset;	/* of its first byte */
	uint64_t end;		/* behind its last byte, newline included */
	size_t lines;		/* 1, or more when it was joined */
	bool cut;		/* longer than max_line or its limits */
	bool partial;		/* a finished file's last line without \n */
	int64_t time_ms;	/* of source_handler.time, 0: was not asked */
	struct span fields;	/* captures it brings along (base/fields.h);
				 * empty but for a journal's */
};

enum line_place {
	LINE_BEGINS,
	LINE_CONTINUES,
};

/* Whether a line of this log begins a record. */
typedef enum line_place record_place(void *arg, size_t log,
    struct span line);

/* What makes records of one log. */
struct record_rule {
	size_t max_line;
	bool joins;			/* the log has `record` */
	struct log_record_limit limit;
	record_place *place;
	void *arg;
	size_t log;
};

/*
 * Cuts a block into records.  Borrowed views: a record of one line is a view
 * of the block; of several, too, since its lines lie behind one another.
 */
struct record_cutter {
	const struct record_rule *rule;
	struct lines lines;
	struct line ahead;	/* a line that was read and not yet used */
	bool has_ahead;
	bool closing;		/* the block's end ends the last record */
	size_t used;		/* bytes of whole records so far */
	bool skipping;		/* at used; of lines.h */
};

/* closing: nothing will follow what is in the block. */
void record_cutter_init(struct record_cutter *cutter,
    const struct record_rule *rule, struct span block, bool skipping,
    bool closing);

struct record_piece {
	struct span text;
	size_t start, end;	/* in the block */
	size_t lines;
	bool cut;
};

/* False when no further whole record is in the block; used says how much is
 * consumed, the open one lies behind it. */
bool record_cutter_next(struct record_cutter *cutter,
    struct record_piece *out);

#endif
