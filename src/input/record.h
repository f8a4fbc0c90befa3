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
 * An open record is not consumed as far as anybody is told: its bytes are kept
 * in memory (source_join.c), no more than its limits allow, and the position
 * that is to be stored stays at its first byte.  So nothing needs to be stored
 * of it, and a restart finds it where it was.  A record that is closed by its
 * limits is consumed, and what follows is a record of its own: the position is
 * the boundary that a replay obeys.
 *
 * A rotation in the midst of a record: the part in the old generation stays
 * open until the new one's first line says whether it goes on there; if so
 * both parts are one record, which stands where its first byte does.  After a
 * truncation without a copy, and where lines may be lost in between, it is
 * closed.
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
				 * stays); at most max_line for one line, for
				 * several what record_limit allows */
	size_t log;		/* index of the [log] section */
	const char *path;	/* of the generation it stands in */
	const char *log_path;	/* the log's own name */
	const char *incarnation;
	uint64_t offset;	/* of its first byte */
	uint64_t end;		/* behind its last byte, newline included, in
				 * the generation where it ends */
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

/* Whether a line of this log begins a record; it comes without its newline or
 * CR LF. */
typedef enum line_place record_place(void *arg, size_t log,
    struct span line);

/* What makes records of one log. */
struct record_rule {
	size_t max_line;
	bool joins;			/* the log has `record` */
	struct log_record_limit limit;
	record_place *place;		/* NULL: every line begins one */
	void *arg;
	size_t log;
};

/* The lines of an open record so far, newlines included; lines 0: none. */
struct record_open {
	size_t lines, bytes;
};

/*
 * Cuts a block into records.  Borrowed views: a record of one line is a view
 * of the block; of several, too, since its lines lie behind one another.
 *
 * Where a record ends depends on the bytes from its first one on, never on
 * where a block ends: with record_cutter_go_on a block may begin in the midst
 * of a record.
 */
struct record_cutter {
	const struct record_rule *rule;
	struct lines lines;
	struct line ahead;	/* a line that was read and not yet used */
	enum line_place ahead_place;
	bool has_ahead;
	bool closing;		/* the block's end ends the last record */
	struct record_open open;	/* the one that is open now */
	size_t start;		/* of its part in the block */
	bool goes_on;		/* it began before the block */
	size_t used;		/* bytes of whole records so far */
	bool skipping;		/* at used; of lines.h */
	bool partial;		/* a last line without newline was taken */
};

/* closing: nothing will follow what is in the block; a last line without its
 * newline is one, too. */
void record_cutter_init(struct record_cutter *cutter,
    const struct record_rule *rule, struct span block, bool skipping,
    bool closing);

/* The block follows right behind the lines of an open record. */
void record_cutter_go_on(struct record_cutter *cutter,
    struct record_open open);

struct record_piece {
	struct span text;	/* of struct record; what lies in the block */
	size_t start, end;	/* in the block */
	size_t lines;		/* of all of it */
	bool goes_on;		/* with what was open before the block; text
				 * may be empty then */
	bool cut;
	bool partial;		/* its last line had no newline */
	bool skipping;		/* what is behind end is the rest of a line */
};

/* False when no further whole record is in the block: used says how much is
 * consumed then, and whether in the midst of a line; cutter->open, if it has
 * lines, are those from there to lines.at. */
bool record_cutter_next(struct record_cutter *cutter,
    struct record_piece *out);

/* Of one line that lines.h yields; every line begins one where none are
 * joined. */
enum line_place record_place_of(const struct record_rule *rule,
    const struct line *line);

/* Without the newline, or CR LF, at its end. */
struct span record_text(struct span lines);

#endif
