/*
 * journal: the side of ctaild in its talk with ctail-journal.
 *
 * Hides how a helper comes to be, ends and comes back, and what its frames
 * say.  Nothing is kept of a record but its cursor: a helper that is started
 * anew goes on behind the last record that was handed out.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/child.h"
#include "base/clock.h"
#include "base/durable.h"
#include "base/fields.h"
#include "base/mem.h"
#include "base/sock.h"
#include "input/journal.h"
#include "input/journal_words.h"

#define READ_BYTES 65536
#define KEEP_BYTES (4 * READ_BYTES) /* of an empty buffer */
#define SEQUENCE_DIGITS 32
#define HEAD "head" /* before the first entry */

struct journal {
	char *path;
	const struct source_log *log;
	size_t index;
	struct journal_options options;
	struct source_handler handler;

	int fd; /* -1: no helper */
	struct buf in;
	size_t taken;		      /* bytes of it that were handed out */
	struct buf fields;	      /* captures of one record */
	bool ended;		      /* the other side has said its last */
	int64_t started_ms, heard_ms; /* boot; 0: never */
	bool useful;		      /* this helper has got somewhere */
	bool trouble;		      /* was told */
	bool warned;		      /* of what a restart cannot mend */
	bool idle;		      /* everything was sent */
	bool over;		      /* --once: nothing more is tried */

	char cursor[JOURNAL_CURSOR_MAX + 1];
	char incarnation[SEQUENCE_DIGITS + 1];
	uint64_t number; /* of the cursor's entry */
	uint64_t lines, bytes, cut;
	struct follow_gaps gaps;
};

/* --- Cursors -------------------------------------------------------------- */

static size_t
hex_len(const char *text)
{
	size_t len = 0;

	while (ascii_hex_lower(text[len]) >= 0)
		len++;
	return len;
}

/* "s=32 digits;i=digits;..." or HEAD. */
static int
take_cursor(struct journal *journal, struct span text, struct err *err)
{
	char cursor[JOURNAL_CURSOR_MAX + 1];
	size_t digits;

	if (text.len > JOURNAL_CURSOR_MAX || memchr(text.data, '\0', text.len))
		return err_set(err, "%s: a cursor of %zu bytes is none",
		    journal->path, text.len);
	memcpy(cursor, text.data, text.len);
	cursor[text.len] = '\0';
	if (strcmp(cursor, HEAD)) {
		if (strncmp(cursor, "s=", 2) ||
		    hex_len(cursor + 2) != SEQUENCE_DIGITS ||
		    strncmp(cursor + 2 + SEQUENCE_DIGITS, ";i=", 3))
			return err_set(err, "%s: \"%.*s\" is no cursor",
			    journal->path, span_shown(text), cursor);
		digits = hex_len(cursor + SEQUENCE_DIGITS + 5);
		if (digits < 1 || digits > 16)
			return err_set(err, "%s: \"%.*s\" is no cursor",
			    journal->path, span_shown(text), cursor);
		memcpy(journal->incarnation, cursor + 2, SEQUENCE_DIGITS);
		journal->number =
		    strtoull(cursor + SEQUENCE_DIGITS + 5, NULL, 16);
	}
	memcpy(journal->cursor, cursor, text.len + 1);
	return 0;
}

/* --- Notices -------------------------------------------------------------- */

static void
notice(struct journal *journal, enum source_notice kind, const char *text)
{
	struct buf full = BUF_INIT;

	buf_addf(&full, "%s: %s", journal->path, text);
	journal->handler.notice(
	    journal->handler.arg, kind, journal->path, buf_str(&full));
	buf_release(&full);
}

/* Once until it is over. */
static void
tell_trouble(struct journal *journal, const char *text)
{
	if (!journal->trouble)
		notice(journal, SOURCE_UNREADABLE, text);
	journal->trouble = true;
}

static void
tell_progress(struct journal *journal)
{
	journal->useful = true;
	if (journal->trouble)
		notice(journal, SOURCE_APPEARED, "is read again");
	journal->trouble = false;
}

/* --- The helper ----------------------------------------------------------- */

static void
close_helper(struct journal *journal)
{
	if (journal->fd >= 0)
		close(journal->fd);
	journal->fd = -1;
	journal->ended = false;
	buf_release(&journal->in);
	journal->taken = 0;
	journal->over |= journal->options.once;
}

/* It went away, or said something that is none of the protocol. */
static void
lose_helper(struct journal *journal, const char *why)
{
	if (!journal->useful)
		tell_trouble(journal, why);
	close_helper(journal);
}

static void
make_request(const struct journal *journal, struct buf *out)
{
	const struct log_settings *settings = journal->log->settings;

	if (*journal->cursor)
		fields_add_str(out, "cursor", journal->cursor);
	else
		fields_add_str(out, "begin",
		    settings->start.place == LOG_START_START ? "start" : "end");
	fields_add_str(out, "follow", journal->options.once ? "no" : "yes");
	fields_add_number(out, "max_line", settings->max_line);
	if (journal->options.directory)
		fields_add_str(out, "directory", journal->options.directory);
	journal_words_add(&settings->journal, out);
	journal_captures_add(out);
}

static int
start_child(const struct journal_options *options, struct err *err)
{
	const char *argv[] = {options->program, NULL};
	struct child_spec spec = {
	    .argv = argv, .error = -1, .with_parent = true};
	int pair[2];
	pid_t pid;

	if (sock_pair(pair, err))
		return -1;
	spec.in = spec.out = pair[1];
	pid = child_start(&spec, err);
	close(pair[1]);
	if (pid >= 0)
		return pair[0];
	close(pair[0]);
	return -1;
}

static int
connect_helper(struct journal *journal, struct err *err)
{
	struct buf request = BUF_INIT;
	int result;

	journal->fd = journal->options.socket
			  ? sock_connect(journal->options.socket, err)
			  : start_child(&journal->options, err);
	if (journal->fd < 0)
		return -1;
	make_request(journal, &request);
	result = frame_write(journal->fd, buf_span(&request), err);
	buf_release(&request);
	return result;
}

static void
start_helper(struct journal *journal, int64_t now_boot)
{
	struct err err = ERR_INIT;

	journal->started_ms = journal->heard_ms = now_boot;
	journal->useful = false;
	if (!connect_helper(journal, &err))
		return;
	tell_trouble(journal, err.text);
	close_helper(journal);
}

/* --- Frames --------------------------------------------------------------- */

/* "field.NAME" becomes NAME. */
static void
take_captures(struct journal *journal, struct span frame)
{
	static const char prefix[] = "field.";
	size_t cursor = 0, len = sizeof(prefix) - 1;
	struct span name, value;
	char plain[FIELD_NAME_MAX + 1];

	buf_reset(&journal->fields);
	while (fields_next(frame, &cursor, &name, &value)) {
		if (name.len <= len || memcmp(name.data, prefix, len))
			continue;
		memcpy(plain, name.data + len, name.len - len);
		plain[name.len - len] = '\0';
		fields_add(&journal->fields, plain, value);
	}
}

static void
count_record(struct journal *journal, const struct record *record)
{
	journal->lines++;
	journal->bytes += record->text.len;
	if (!record->cut)
		return;
	if (!journal->cut++)
		notice(journal, SOURCE_CUT_LINE,
		    "an entry is longer than "
		    "max_line and was cut; rules see its head");
}

static int
on_record(struct journal *journal, struct span frame, struct err *err)
{
	struct record record = {.log = journal->index,
	    .path = journal->path,
	    .log_path = journal->path,
	    .incarnation = journal->incarnation};
	struct span cursor;
	size_t max = (size_t)journal->log->settings->max_line;

	if (!fields_get(frame, "cursor", &cursor) ||
	    !fields_get(frame, "line", &record.text))
		return err_set(
		    err, "%s: a record without cursor or line", journal->path);
	if (take_cursor(journal, cursor, err))
		return -1;
	record.cut =
	    fields_get_number(frame, "cut", 0) || record.text.len > max;
	if (record.text.len > max)
		record.text.len = max;
	record.offset = journal->number;
	record.end = journal->number + 1;
	record.lines = 1;
	take_captures(journal, frame);
	record.fields = buf_span(&journal->fields);
	tell_progress(journal);
	count_record(journal, &record);
	journal->handler.record(journal->handler.arg, &record);
	return 0;
}

static int
on_position(struct journal *journal, struct span frame, struct err *err)
{
	struct span cursor;

	if (fields_get(frame, "cursor", &cursor))
		return take_cursor(journal, cursor, err);
	return err_set(err, "%s: a position without a cursor", journal->path);
}

static int
on_gap(struct journal *journal, struct span frame, struct err *err)
{
	int64_t from = fields_get_number(frame, "from_us", 0);
	int64_t to = fields_get_number(frame, "to_us", 0);
	char from_text[CLOCK_TEXT_MAX], to_text[CLOCK_TEXT_MAX] = "now";
	struct buf text = BUF_INIT;

	(void)err;
	journal->gaps.count++;
	clock_format_local(from / 1000, from_text);
	if (to)
		clock_format_local(to / 1000, to_text);
	buf_addf(&text,
	    "the entry that was read last is not in the journal "
	    "any more (it was removed to make room); entries between %s and "
	    "%s may be lost",
	    from_text, to_text);
	notice(journal, SOURCE_GAP, buf_str(&text));
	buf_release(&text);
	return 0;
}

static int
on_idle(struct journal *journal, struct span frame, struct err *err)
{
	(void)frame;
	(void)err;
	journal->idle = true;
	journal->over |= journal->options.once;
	tell_progress(journal);
	return 0;
}

static int
on_warning(struct journal *journal, struct span frame, struct err *err)
{
	char *text = fields_get_copy(frame, "text");

	(void)err;
	if (text && !journal->warned)
		notice(journal, SOURCE_UNREADABLE, text);
	journal->warned = true;
	free(text);
	return 0;
}

static int
on_error(struct journal *journal, struct span frame, struct err *err)
{
	struct span text = span_of("", 0);

	(void)journal;
	fields_get(frame, "text", &text);
	return err_set(err, "%.*s",
	    text.len < ERR_TEXT_MAX ? (int)text.len : ERR_TEXT_MAX, text.data);
}

static int
on_ready(struct journal *journal, struct span frame, struct err *err)
{
	(void)journal;
	(void)frame;
	(void)err;
	return 0;
}

static const struct frame_kind {
	const char *type;
	int (*take)(
	    struct journal *journal, struct span frame, struct err *err);
} frame_kinds[] = {
    {"record", on_record},
    {"position", on_position},
    {"gap", on_gap},
    {"idle", on_idle},
    {"warning", on_warning},
    {"error", on_error},
    {"ready", on_ready},
};

static int
take_frame(struct journal *journal, struct span frame, struct err *err)
{
	struct span type = span_of("", 0);

	fields_get(frame, "type", &type);
	for (size_t i = 0; i < sizeof(frame_kinds) / sizeof(*frame_kinds); i++)
		if (span_is(type, frame_kinds[i].type))
			return frame_kinds[i].take(journal, frame, err);
	return err_set(err,
	    "%s: ctail-journal says \"%.*s\", which is not "
	    "known; is it of the same version?",
	    journal->path, span_shown(type), type.data);
}

/* --- Reading -------------------------------------------------------------- */

/* True when something came.  All that is in the buffer was taken before, but
 * for a frame's beginning: so it is bounded. */
static bool
receive(struct journal *journal)
{
	ssize_t got;

	buf_drop(&journal->in, journal->taken);
	journal->taken = 0;
	if (!journal->in.len && journal->in.cap > KEEP_BYTES)
		buf_release(&journal->in);
	got = read_some(
	    journal->fd, buf_reserve(&journal->in, READ_BYTES), READ_BYTES);
	if (got > 0)
		journal->in.len += (size_t)got;
	else
		journal->ended =
		    !got || (errno != EAGAIN && errno != EWOULDBLOCK);
	return got > 0;
}

/* 1 with a frame handled, 0 when there is none yet, -1. */
static int
take_next(struct journal *journal, struct err *err)
{
	struct span rest, frame;
	size_t used = 0;
	int result;

	if (journal->taken == journal->in.len)
		return 0;
	rest = span_of(journal->in.data + journal->taken,
	    journal->in.len - journal->taken);
	result = frame_take(rest, &frame, &used, err);
	if (result <= 0)
		return result;
	journal->taken += used;
	return take_frame(journal, frame, err) ? -1 : 1;
}

/* True when the budget is used up. */
static bool
read_frames(struct journal *journal, int64_t now_boot, size_t budget)
{
	struct err err = ERR_INIT;
	size_t spent = 0, before;
	int result;

	while (spent < budget) {
		before = journal->taken;
		result = take_next(journal, &err);
		if (result < 0) {
			tell_trouble(journal, err.text);
			close_helper(journal);
			return false;
		}
		if (result) {
			spent += journal->taken - before;
			journal->heard_ms = now_boot;
		} else if (!receive(journal)) {
			return false;
		}
	}
	return true;
}

static void
look_at_patience(struct journal *journal, int64_t now_boot)
{
	if (!journal->options.once || journal->over || journal->fd < 0 ||
	    now_boot - journal->heard_ms < JOURNAL_PATIENCE_MS)
		return;
	tell_trouble(journal, "ctail-journal does not answer");
	close_helper(journal);
}

bool
journal_turn(struct journal *journal, int64_t now_boot, size_t budget)
{
	bool more;

	if (journal->over)
		return false;
	if (journal->fd < 0 && now_boot >= journal_due(journal))
		start_helper(journal, now_boot);
	if (journal->fd < 0)
		return false;
	more = read_frames(journal, now_boot, budget);
	if (journal->ended && !more)
		lose_helper(journal, "ctail-journal ended without a word");
	look_at_patience(journal, now_boot);
	return more;
}

int
journal_fd(const struct journal *journal)
{
	return journal->fd;
}

int64_t
journal_due(const struct journal *journal)
{
	if (journal->over)
		return -1;
	if (journal->fd >= 0)
		return journal->options.once
			   ? journal->heard_ms + JOURNAL_PATIENCE_MS
			   : -1;
	return journal->started_ms ? journal->started_ms + JOURNAL_RESTART_MS
				   : 0;
}

bool
journal_is_done(const struct journal *journal)
{
	return journal->options.once ? journal->over : journal->idle;
}

/* --- A life --------------------------------------------------------------- */

struct journal *
journal_new(const struct source_log *log, size_t index,
    const struct journal_options *options, struct source_handler handler)
{
	struct journal *journal = xcalloc(1, sizeof(*journal));
	struct buf path = BUF_INIT;

	buf_addf(&path, "journal:%s", log->name);
	journal->path = buf_take(&path);
	journal->log = log;
	journal->index = index;
	journal->options = *options;
	journal->handler = handler;
	journal->fd = -1;
	return journal;
}

void
journal_free(struct journal *journal)
{
	if (!journal)
		return;
	close_helper(journal);
	buf_release(&journal->fields);
	free(journal->path);
	free(journal);
}

const char *
journal_path(const struct journal *journal)
{
	return journal->path;
}

int
journal_restore(struct journal *journal, struct span cursor, struct err *err)
{
	return take_cursor(journal, cursor, err);
}

struct span
journal_cursor(const struct journal *journal)
{
	return span_str(journal->cursor);
}

static const char *
state_of(const struct journal *journal)
{
	if (journal->trouble)
		return "unreadable";
	return journal->fd >= 0 ? "journal" : "waiting";
}

void
journal_status(const struct journal *journal, struct source_file *out)
{
	*out = (struct source_file){.path = journal->path,
	    .log = journal->log->name,
	    .offset = journal->number,
	    .size = -1,
	    .lines = journal->lines,
	    .bytes = journal->bytes,
	    .cut = journal->cut,
	    .gaps = journal->gaps,
	    .state = state_of(journal)};
}
