/*
 * reader: where to go on, what to look at, and when to look again.
 *
 * The anchor is the entry behind which everything is still to be handed out.
 * It moves with every record, and now and then to the journal's last entry,
 * so that a rare unit's anchor does not fall to the vacuum.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-id128.h>
#include <systemd/sd-journal.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ctail-journal/entry.h"
#include "ctail-journal/journal_files.h"
#include "ctail-journal/reader.h"

#define AHEAD_ENTRIES 1000
#define SURVEY_MS 60000

struct reader {
	const struct request *request;
	struct reader_handler handler;
	sd_journal *journal;
	char *anchor;	   /* NULL: before the first entry */
	char *horizon;	   /* the last entry that may be handed out */
	bool at_anchor;	   /* the next entry may be the anchor itself */
	bool doubtful;	   /* whether the anchor is there is not known */
	bool gone;	   /* it is not, and that was told */
	bool untold;	   /* it moved without a record */
	bool moved;	   /* since the last survey */
	int64_t survey_ms; /* boot; the next one */
};

/* --- Matches -------------------------------------------------------------- */

static int
add_match(sd_journal *journal, const char *name, struct span value)
{
	struct buf match = BUF_INIT;
	int result;

	if (name)
		buf_addf(&match, "%s=", name);
	buf_add_span(&match, value);
	result = sd_journal_add_match(journal, match.data, match.len);
	buf_release(&match);
	return result;
}

/* What systemd itself says about a unit, beside the unit's own words; one
 * alternative each, as in journalctl(1). */
static const struct unit_terms {
	const char *field;    /* that names the unit */
	const char *terms[2]; /* that must hold with it */
} unit_terms[] = {
    {"_SYSTEMD_UNIT", {NULL, NULL}},
    {"COREDUMP_UNIT",
	{"MESSAGE_ID=fc2e22bc6ee647b6b90729ab34a250b1", "_UID=0"}},
    {"UNIT", {"_PID=1", NULL}},
    {"OBJECT_SYSTEMD_UNIT", {"_UID=0", NULL}},
    {"_SYSTEMD_SLICE", {NULL, NULL}},
};

static int
add_unit(sd_journal *journal, struct span unit)
{
	size_t count = sizeof(unit_terms) / sizeof(unit_terms[0]);
	bool slice =
	    unit.len > 6 && !memcmp(unit.data + unit.len - 6, ".slice", 6);
	int result = 0;

	for (size_t i = 0; i < (slice ? count : count - 1); i++) {
		const struct unit_terms *terms = &unit_terms[i];

		for (size_t k = 0; k < 2 && terms->terms[k]; k++)
			result |=
			    add_match(journal, NULL, span_str(terms->terms[k]));
		result |= add_match(journal, terms->field, unit);
		result |= sd_journal_add_disjunction(journal);
	}
	return result;
}

static int
add_this_boot(sd_journal *journal)
{
	char text[SD_ID128_STRING_MAX];
	sd_id128_t id;
	int result = sd_id128_get_boot(&id);

	if (result < 0)
		return result;
	sd_id128_to_string(id, text);
	return add_match(journal, "_BOOT_ID", span_str(text));
}

static int
add_matches(struct reader *reader, struct err *err)
{
	const struct request *request = reader->request;
	size_t cursor = 0;
	struct span value;
	bool units = false;
	int result = 0;

	while (request_next(request, "unit", &cursor, &value)) {
		result |= add_unit(reader->journal, value);
		units = true;
	}
	if (units)
		result |= sd_journal_add_conjunction(reader->journal);
	cursor = 0;
	while (request_next(request, "match", &cursor, &value))
		result |= add_match(reader->journal, NULL, value);
	if (request->this_boot)
		result |= add_this_boot(reader->journal);
	if (result >= 0)
		return 0;
	return err_set(err, "the journal does not take the words to match; "
			    "see `journal' in ctail.ini(5)");
}

/* --- Places --------------------------------------------------------------- */

static int
failed(const char *doing, int result, struct err *err)
{
	return err_set(
	    err, "cannot %s the journal: %s", doing, strerror(-result));
}

/* So that the next step finds what is behind the anchor. */
static int
go_to_anchor(struct reader *reader, struct err *err)
{
	int result = reader->anchor ? sd_journal_seek_cursor(
					  reader->journal, reader->anchor)
				    : sd_journal_seek_head(reader->journal);

	reader->at_anchor = reader->anchor != NULL;
	return result < 0 ? failed("find a place in", result, err) : 0;
}

static void
set_anchor(struct reader *reader, char *cursor)
{
	free(reader->anchor);
	reader->anchor = cursor;
	reader->moved = true;
	reader->gone = false;
}

/* 1 at the next entry, 0 at the end, -1. */
static int
step(struct reader *reader, struct err *err)
{
	int result = sd_journal_next(reader->journal);

	if (result > 0 && reader->at_anchor) {
		int same =
		    sd_journal_test_cursor(reader->journal, reader->anchor);

		reader->at_anchor = false;
		if (same > 0)
			result = sd_journal_next(reader->journal);
	}
	return result < 0 ? failed("read", result, err) : result;
}

static int
open_journal(struct reader *reader, struct err *err)
{
	int result;

	if (reader->journal)
		sd_journal_close(reader->journal);
	reader->journal = NULL;
	if (journal_files_open(
		reader->request->directory, &reader->journal, err))
		return -1;
	/* One byte more than is wanted shows that there is more. */
	sd_journal_set_data_threshold(
	    reader->journal, reader->request->max_line + sizeof("MESSAGE="));
	/* Before the first look, so that nothing is missed behind it. */
	result = sd_journal_get_fd(reader->journal);
	return result < 0 ? failed("watch", result, err)
			  : add_matches(reader, err);
}

/* --- Gaps ----------------------------------------------------------------- */

/* Whether something that was not handed out may have been removed. */
static int
look_for_gap(struct reader *reader, struct err *err)
{
	enum cursor_state state;
	int64_t next_us;

	reader->doubtful = false;
	if (!reader->anchor || reader->gone)
		return 0;
	if (journal_files_look(reader->request->directory, reader->anchor,
		&state, &next_us, err))
		return -1;
	/* An entry will come that tells. */
	if (state == CURSOR_ALONE)
		reader->doubtful = true;
	if (state != CURSOR_GONE)
		return 0;
	reader->gone = true;
	reader->survey_ms = 0;
	return reader->handler.gap(
	    reader->handler.arg, cursor_time_us(reader->anchor), next_us, err);
}

/* Files that came or went since the last look. */
static int
notice_files(struct reader *reader, struct err *err)
{
	int result = sd_journal_process(reader->journal);

	if (result < 0)
		return failed("watch", result, err);
	if (result == SD_JOURNAL_INVALIDATE)
		reader->doubtful = true;
	return reader->doubtful ? look_for_gap(reader, err) : 0;
}

/* --- Handing out ---------------------------------------------------------- */

/* How many entries there are, up to AHEAD_ENTRIES, and which is the last. */
static int
look_ahead(struct reader *reader, struct err *err)
{
	int count = 0, more = 0, result;

	free(reader->horizon);
	reader->horizon = NULL;
	if (go_to_anchor(reader, err))
		return -1;
	while (count < AHEAD_ENTRIES && (more = step(reader, err)) > 0)
		count++;
	if (more < 0 || !count)
		return more;
	/* At the end of the journal the last entry found is still where the
	 * journal stands. */
	result = sd_journal_get_cursor(reader->journal, &reader->horizon);
	return result < 0 ? failed("find a place in", result, err) : count;
}

static int
hand_out(struct reader *reader, char *cursor, struct err *err)
{
	struct buf fields = BUF_INIT;
	int result = 0;

	reader->untold = entry_is_own(reader->journal);
	if (!reader->untold) {
		entry_add(reader->journal, reader->request, &fields);
		result = reader->handler.record(
		    reader->handler.arg, cursor, buf_span(&fields), err);
	}
	buf_release(&fields);
	set_anchor(reader, cursor);
	return result;
}

/* Up to the horizon, or where that is gone, to the end. */
static int
hand_out_stretch(struct reader *reader, struct err *err)
{
	int result, last = 0;

	if (go_to_anchor(reader, err))
		return -1;
	while (!last && (result = step(reader, err))) {
		char *cursor;

		if (result < 0)
			return -1;
		result = sd_journal_get_cursor(reader->journal, &cursor);
		if (result < 0)
			return failed("find a place in", result, err);
		last = sd_journal_test_cursor(
			   reader->journal, reader->horizon) > 0;
		if (hand_out(reader, cursor, err))
			return -1;
	}
	return 0;
}

/* Everything that is there; a stretch at a time. */
static int
hand_out_all(struct reader *reader, struct err *err)
{
	int result;

	do {
		if (notice_files(reader, err))
			return -1;
		result = look_ahead(reader, err);
		if (result > 0 && hand_out_stretch(reader, err))
			return -1;
	} while (result > 0);
	return result;
}

/* --- Surveys -------------------------------------------------------------- */

static bool
survey_is_due(const struct reader *reader)
{
	return clock_boot_ms() >= reader->survey_ms;
}

static int
tell_position(struct reader *reader, struct err *err)
{
	if (!reader->untold)
		return 0;
	reader->untold = false;
	return reader->handler.position(
	    reader->handler.arg, reader->anchor, err);
}

/* last: the journal's last entry when the look began that has found nothing
 * more.  What was handed out since may lie behind it. */
static void
move_on(struct reader *reader, char *last)
{
	if (!last || reader->moved ||
	    (reader->anchor && !strcmp(last, reader->anchor))) {
		free(last);
		return;
	}
	set_anchor(reader, last);
	reader->untold = true;
}

static int
survey(struct reader *reader, struct err *err)
{
	char *last = NULL;

	if (journal_files_last(reader->request->directory, &last, err) < 0)
		return -1;
	reader->moved = false;
	/* Asked for again by what is found out meanwhile. */
	reader->survey_ms = clock_boot_ms() + SURVEY_MS;
	/* Directories that came into being are not told of. */
	if (open_journal(reader, err) || hand_out_all(reader, err)) {
		free(last);
		return -1;
	}
	move_on(reader, last);
	return 0;
}

int
reader_run(struct reader *reader, struct err *err)
{
	if (survey_is_due(reader) ? survey(reader, err)
				  : hand_out_all(reader, err))
		return -1;
	return tell_position(reader, err);
}

/* --- Waiting -------------------------------------------------------------- */

int
reader_fd(const struct reader *reader)
{
	return sd_journal_get_fd(reader->journal);
}

short
reader_events(const struct reader *reader)
{
	int events = sd_journal_get_events(reader->journal);

	return events < 0 ? POLLIN : (short)events;
}

/* libsystemd asks for a look by the clock where the files lie on a file
 * system that does not tell of changes. */
int
reader_wait_ms(const struct reader *reader)
{
	int64_t wait = reader->survey_ms - clock_boot_ms();
	uint64_t until_us = UINT64_MAX;

	if (sd_journal_get_timeout(reader->journal, &until_us) > 0 &&
	    until_us != UINT64_MAX)
		wait = wait < 1000 ? wait : 1000;
	return wait < 0 ? 0 : (int)wait;
}

/* --- A life --------------------------------------------------------------- */

static int
begin_at_end(struct reader *reader, struct err *err)
{
	int result = journal_files_last(
	    reader->request->directory, &reader->anchor, err);

	if (result < 0)
		return -1;
	return reader->handler.position(
	    reader->handler.arg, result ? reader->anchor : READER_HEAD, err);
}

static int
begin(struct reader *reader, struct err *err)
{
	const struct request *request = reader->request;

	if (request->cursor && strcmp(request->cursor, READER_HEAD)) {
		reader->anchor = xstrdup(request->cursor);
		reader->doubtful = true;
		return 0;
	}
	if (!request->cursor && !request->from_start)
		return begin_at_end(reader, err);
	return request->cursor ? 0
			       : reader->handler.position(
				     reader->handler.arg, READER_HEAD, err);
}

static int
warn_of_rights(const struct reader *reader, struct err *err)
{
	struct buf why = BUF_INIT;
	int result = 0;

	journal_files_access(reader->request->directory, &why);
	if (why.len)
		result = reader->handler.warning(
		    reader->handler.arg, buf_str(&why), err);
	buf_release(&why);
	return result;
}

struct reader *
reader_new(const struct request *request, struct reader_handler handler,
    struct err *err)
{
	struct reader *reader = xcalloc(1, sizeof(*reader));

	reader->request = request;
	reader->handler = handler;
	if (!warn_of_rights(reader, err) && !open_journal(reader, err) &&
	    !begin(reader, err))
		return reader;
	reader_free(reader);
	return NULL;
}

void
reader_free(struct reader *reader)
{
	if (!reader)
		return;
	if (reader->journal)
		sd_journal_close(reader->journal);
	free(reader->anchor);
	free(reader->horizon);
	free(reader);
}
