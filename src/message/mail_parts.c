/*
 * mail_parts: the words and numbers of a mail, and what has room in it.
 *
 * Hides the budget.  A part aims at what mail services show without cutting
 * (Gmail: 102 kB).  What the fixed texts take, escaped in the worst way, is
 * below 70 KiB, and a record's ALERT_LINE_BYTES grow to less than 50 KiB
 * (each byte a quotation mark in HTML), so that the newest record always has
 * room.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "message/mail.h"
#include "message/mail_parts.h"
#include "message/text.h"

#define AIM_BYTES ((size_t)96 * 1024)
#define RECORD_BYTES ((size_t)50 * 1024)
#define FIXED_BYTES ((size_t)70 * 1024)

_Static_assert(RECORD_BYTES + FIXED_BYTES <= MAIL_PART_BYTES,
    "the newest record has room in a part");
_Static_assert(ALERT_LINE_BYTES *(sizeof("&quot;") - 1) + 1024 <= RECORD_BYTES,
    "an escaped record keeps its bound");

void
mail_part_word(const struct alert *alert, struct buf *out)
{
	const char *word = alert->kind == ALERT_RECOVERY
			       ? "recovered"
			       : severity_name(alert->severity);

	for (; *word; word++)
		buf_add_byte(out, (char)(*word - 'a' + 'A'));
}

/* What the lines are, of kinds that are not about one record. */
static const struct held_kind {
	const char *what; /* behind the number */
	const char *why;  /* behind the times; NULL: nothing */
} held_kinds[] = {
    [ALERT_SUMMARY] = {"more", "held back by the throttle"},
    [ALERT_DIGEST] = {"records", "held back until the rule's hours began"},
    [ALERT_SILENCE] = {"records", "held back by a silence"},
    [ALERT_STORM] = {"alerts", "held back by the cap of the sink"},
};

#define HELD_KINDS (sizeof(held_kinds) / sizeof(held_kinds[0]))

static void
held_intro(
    const struct alert *alert, const struct held_kind *kind, struct buf *out)
{
	char first[CLOCK_TEXT_MAX], last[CLOCK_TEXT_MAX];
	char period[UNITS_TEXT_MAX];

	clock_format_local(alert->first_ms, first);
	clock_format_local(alert->last_ms, last);
	duration_format(alert->held_period_ms, period);
	buf_addf(out, "%" PRId64 " %s between %s and %s, %s", alert->count,
	    kind->what, first, last, kind->why);
	if (alert->kind == ALERT_SUMMARY)
		buf_addf(out, " of %s", period);
	buf_add_str(out, alert->kind == ALERT_STORM ? ":"
			 : alert->line_count	    ? "; the last:"
						    : ".");
}

static bool
is_of_records(const struct alert *alert)
{
	return alert->kind == ALERT_MATCH || alert->kind == ALERT_RECOVERY;
}

void
mail_part_intro(const struct alert *alert, struct buf *out)
{
	int64_t earlier = alert->count - (int64_t)alert->line_count;
	const struct held_kind *kind =
	    (size_t)alert->kind < HELD_KINDS ? &held_kinds[alert->kind] : NULL;

	if (kind && kind->why)
		held_intro(alert, kind, out);
	else if (is_of_records(alert) && earlier > 0 && alert->line_count > 0)
		buf_addf(out, "(the last %zu of %" PRId64 ")",
		    alert->line_count, alert->count);
}

const char *
mail_part_note(const struct alert *alert)
{
	return alert->undecided
		   ? "Not decided: a pattern of the rule ran into its limit "
		     "here, which counts as a match."
		   : NULL;
}

static void
row_text(const struct mail_table *table, const char *name, const char *text)
{
	struct buf value = BUF_INIT;

	if (text[0] == '\0')
		return;
	text_shown(&value, span_str(text), MAIL_LINE_CHARACTERS);
	table->row(table->arg, name, buf_span(&value));
	buf_release(&value);
}

static void
row_number(const struct mail_table *table, const char *name, uint64_t number)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64, number);
	row_text(table, name, text);
}

static void
row_time(const struct mail_table *table, const char *name, int64_t wall_ms)
{
	char text[CLOCK_TEXT_MAX];

	if (wall_ms <= 0)
		return;
	clock_format_local(wall_ms, text);
	row_text(table, name, text);
}

void
mail_part_table(const struct alert *alert, const struct mail_table *table)
{
	struct mail_times times;

	row_text(table, "Rule", alert->rule);
	row_text(table, "Host", alert->hostname);
	row_text(table, "File", alert->file);
	if (alert->file[0] != '\0')
		row_number(table, "Offset", alert->offset);
	if (alert->count > 0)
		row_number(table, "Count", (uint64_t)alert->count);
	if (alert->events > 1)
		row_number(table, "Alerts", (uint64_t)alert->events);
	row_time(table, "First", alert->first_ms);
	row_time(table, "Last", alert->last_ms);
	if (mail_times_get(alert, &times))
		table->times(table->arg, "When", &times);
	row_text(table, "Key", alert->key);
	row_text(table, "Id", alert->id);
}

/* Ready to be copied: so the bytes are what they are, as clean text. */
static void
one_hint(const char *what, const char *hint, mail_hint *call, void *arg)
{
	struct buf clean = BUF_INIT;

	if (hint[0] == '\0')
		return;
	text_heading(&clean, span_str(hint), ALERT_HINT_BYTES);
	call(arg, span_str(what), buf_span(&clean));
	buf_release(&clean);
}

void
mail_part_hints(const struct alert *alert, mail_hint *call, void *arg)
{
	struct buf what = BUF_INIT;

	buf_add_str(&what, "To hear of lines like this no more, add to [rule ");
	text_heading(&what, span_str(alert->rule), MAIL_HEADING_CHARACTERS);
	buf_add_str(&what, "]:");
	one_hint(buf_str(&what), alert->hint_exclude, call, arg);
	one_hint(alert->key[0] != '\0' && !strstr(alert->hint_silence, " key=")
		     ? "To hear nothing of this rule for a while, whatever "
		       "its key, run:"
		     : "To hear nothing of it for a while, run:",
	    alert->hint_silence, call, arg);
	buf_release(&what);
}

static size_t
record_cost(const struct alert_line *line, mail_record *record,
    enum mail_record_place place)
{
	struct buf written = BUF_INIT;
	size_t cost;

	record(line, place, &written);
	cost = written.len;
	buf_release(&written);
	return cost;
}

/* Whether the line still has room, which it then takes. */
static bool
take_room(const struct alert_line *line, mail_record *record,
    enum mail_record_place place, size_t *room)
{
	size_t cost = record_cost(line, record, place);

	if (cost > *room)
		return false;
	*room -= cost;
	return true;
}

static void
fit_context(const struct alert *alert, size_t room, mail_record *record,
    struct mail_fit *out)
{
	size_t half;

	if (alert->before_count + alert->after_count == 0)
		return;
	if (alert->line_count > 0 &&
	    !take_room(&alert->lines[alert->line_count - 1], record,
		MAIL_WITHIN, &room))
		return;
	out->context = true;
	half = room / 2;
	room -= half;
	while (out->first_before > 0 &&
	       take_room(&alert->before[out->first_before - 1], record,
		   MAIL_AROUND, &half))
		out->first_before--;
	room += half;
	while (out->after_count < alert->after_count &&
	       take_room(
		   &alert->after[out->after_count], record, MAIL_AROUND, &room))
		out->after_count++;
}

void
mail_part_fit(const struct alert *alert, size_t fixed, mail_record *record,
    struct mail_fit *out)
{
	size_t room =
	    fixed + RECORD_BYTES < AIM_BYTES ? AIM_BYTES - fixed : RECORD_BYTES;

	*out =
	    (struct mail_fit){alert->line_count, alert->before_count, 0, false};
	while (
	    out->first_line > 0 && take_room(&alert->lines[out->first_line - 1],
				       record, MAIL_LISTED, &room))
		out->first_line--;
	fit_context(alert, room, record, out);
}

void
mail_part_left_out(size_t count, struct buf *out)
{
	if (count > 0)
		buf_addf(out, "[... %zu more record%s]", count,
		    count > 1 ? "s" : "");
}
