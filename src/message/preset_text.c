/*
 * preset_text: what every message says.
 *
 * Hides how room is shared out: the heading and the facts, which are short,
 * come first, the newest lines get the rest, and hints what is left then.
 */
#include "config.h"

#include <inttypes.h>

#include "base/clock.h"
#include "message/preset_text.h"
#include "message/text.h"

#define SUBJECT_CHARACTERS 400
#define NAME_CHARACTERS 80
#define FILE_CHARACTERS 160
#define PLAIN_LINE_CHARACTERS 1000

const struct preset_style preset_style_plain = {
    .text = &preset_markup_none,
    .lines = &preset_markup_none,
    .names = &preset_markup_none,
    .word = {"", ":"},
    .block = {"", ""},
    .name = {"", ""},
    .line_characters = PLAIN_LINE_CHARACTERS,
};

enum preset_level
preset_level(const struct alert *alert)
{
	if (alert->kind == ALERT_RECOVERY)
		return PRESET_LEVEL_RECOVERED;
	return (enum preset_level)alert->severity;
}

const char *
preset_word(const struct alert *alert)
{
	return alert->kind == ALERT_RECOVERY ? "recovered"
					     : severity_name(alert->severity);
}

/* Our own words. */
static bool
put(struct buf *out, struct preset_room *room, const char *words)
{
	if (!preset_room_take(room, span_str(words)))
		return false;
	buf_add_str(out, words);
	return true;
}

void
preset_subject(const struct alert *alert, const struct preset_style *style,
    size_t max, struct preset_room *room, struct buf *out)
{
	struct buf clean = BUF_INIT;

	text_heading(&clean, span_str(alert->subject), max);
	if (clean.len == 0)
		buf_add_byte(&clean, ' ');
	preset_markup_add(out, buf_span(&clean), style->text, room);
	buf_release(&clean);
}

void
preset_heading(const struct alert *alert, const struct preset_style *style,
    struct preset_room *room, struct buf *out)
{
	put(out, room, style->word.open);
	put(out, room, preset_word(alert));
	put(out, room, style->word.close);
	put(out, room, " ");
	preset_subject(alert, style, SUBJECT_CHARACTERS, room, out);
}

/* --- Lines ---------------------------------------------------------------- */

typedef bool add_fn(struct buf *out, struct span text,
    const struct preset_markup *markup, struct preset_room *room);

static bool
add_line(const struct alert_line *line, const struct preset_style *style,
    add_fn *add, struct preset_room *room, struct buf *out)
{
	struct buf shown = BUF_INIT;
	bool whole;

	text_record(
	    &shown, "", span_of(line->text, line->len), style->line_characters);
	whole = add(out, buf_span(&shown), style->lines, room);
	buf_release(&shown);
	return whole;
}

/* The first of the newest lines that fit together. */
static size_t
first_line(const struct alert *alert, const struct preset_style *style,
    struct preset_room *room)
{
	struct preset_room rest = *room;
	struct buf scratch = BUF_INIT;
	size_t first = alert->line_count;

	while (first > 0) {
		buf_reset(&scratch);
		if (!add_line(&alert->lines[first - 1], style,
			preset_markup_add_whole, &rest, &scratch))
			break;
		first--;
	}
	buf_release(&scratch);
	return first;
}

#define CUT "...\n"

/* What there is room for of a line. */
static void
add_cut_line(const struct alert_line *line, const struct preset_style *style,
    struct preset_room *room, struct buf *out)
{
	if (!preset_room_take(room, span_str(CUT)))
		return;
	add_line(line, style, preset_markup_add, room, out);
	buf_add_str(out, CUT);
}

static void
add_and_more(int64_t more, struct buf *out)
{
	if (more > 0)
		buf_addf(out, "(and %" PRId64 " more)\n", more);
}

/* Of a report, the first lines that fit. */
static void
add_first_lines(const struct alert *alert, const struct preset_style *style,
    struct preset_room *room, struct buf *out, struct preset_block *block)
{
	struct buf more = BUF_INIT;
	size_t shown = 0;

	add_and_more(alert->count, &more);
	preset_room_take(room, buf_span(&more));
	buf_release(&more);
	buf_add_str(out, style->block.open);
	block->start = out->len;
	while (shown < alert->line_count &&
	       add_line(&alert->lines[shown], style, preset_markup_add_whole,
		   room, out))
		shown++;
	if (shown == 0) {
		add_cut_line(&alert->lines[0], style, room, out);
		shown = 1;
	}
	block->end = out->len;
	buf_add_str(out, style->block.close);
	add_and_more(alert->count - (int64_t)shown, out);
}

static void
add_block(const struct alert *alert, const struct preset_style *style,
    struct preset_room *room, struct buf *out, struct preset_block *block)
{
	struct buf left_out = BUF_INIT;
	size_t first, count = alert->line_count;

	buf_addf(&left_out, "(%zu earlier lines left out)\n", count - 1);
	preset_room_take(room, buf_span(&left_out));
	first = first_line(alert, style, room);
	if (first > 0 && count > 1) {
		size_t gone = first == count ? count - 1 : first;

		buf_addf(out, "(%zu earlier line%s left out)\n", gone,
		    gone == 1 ? "" : "s");
	}
	buf_add_str(out, style->block.open);
	block->start = out->len;
	if (first == count)
		add_cut_line(&alert->lines[count - 1], style, room, out);
	for (size_t i = first; i < count; i++)
		add_line(&alert->lines[i], style, preset_markup_add_whole, room,
		    out);
	block->end = out->len;
	buf_add_str(out, style->block.close);
	buf_release(&left_out);
}

void
preset_lines(const struct alert *alert, const struct preset_style *style,
    struct preset_room *room, struct buf *out, struct preset_block *block_out)
{
	struct preset_block block = {out->len, out->len};

	if (alert->line_count > 0 &&
	    preset_room_take(room, span_str(style->block.open)) &&
	    preset_room_take(room, span_str(style->block.close)))
		(alert->kind == ALERT_REPORT ? add_first_lines : add_block)(
		    alert, style, room, out, &block);
	if (block_out)
		*block_out = block;
}

/* --- Facts ---------------------------------------------------------------- */

/* False, and nothing, when there is no such name. */
static bool
add_name(struct buf *out, const char *before, const char *name, size_t max,
    const struct preset_style *style)
{
	struct preset_room all = {PRESET_BYTES, SIZE_MAX, SIZE_MAX, 0};
	struct buf clean = BUF_INIT;
	bool given;

	text_heading(&clean, span_str(name), max);
	given = clean.len > 0;
	if (given) {
		buf_add_str(out, before);
		buf_add_str(out, style->name.open);
		preset_markup_add(out, buf_span(&clean), style->names, &all);
		buf_add_str(out, style->name.close);
	}
	buf_release(&clean);
	return given;
}

/* A message may come hours after what it tells. */
static void
add_time(const struct alert *alert, struct buf *out)
{
	char last[CLOCK_TEXT_MAX];

	if (alert->last_ms <= 0)
		return;
	clock_format_local(alert->last_ms, last);
	buf_addf(out, "%s%s", out->len ? ", " : "", last);
}

/* What is counted, of kinds that are not about one condition. */
static const char *
counted(enum alert_kind kind)
{
	switch (kind) {
	case ALERT_SUMMARY:
		return "more, held back by the throttle,";
	case ALERT_DIGEST:
		return "records, held back until the rule's hours began,";
	case ALERT_SILENCE:
		return "records, held back by a silence,";
	case ALERT_STORM:
		return "alerts, held back by the cap of the sink,";
	case ALERT_REPORT:
		return "lines";
	default:
		return "times";
	}
}

static void
add_count(const struct alert *alert, struct buf *out)
{
	char first[CLOCK_TEXT_MAX], last[CLOCK_TEXT_MAX];

	clock_format_local(alert->first_ms, first);
	clock_format_local(alert->last_ms, last);
	buf_addf(out, ", %" PRId64 " %s from %s to %s", alert->count,
	    counted(alert->kind), first, last);
}

static void
add_facts(const struct alert *alert, const struct preset_style *style,
    struct buf *out)
{
	bool ruled =
	    add_name(out, "rule ", alert->rule, NAME_CHARACTERS, style);

	add_name(out, ruled ? " on " : "on ", alert->hostname, NAME_CHARACTERS,
	    style);
	add_name(out, out->len ? ", key " : "key ", alert->key, NAME_CHARACTERS,
	    style);
	if (add_name(
		out, out->len ? ", " : "", alert->file, FILE_CHARACTERS, style))
		buf_addf(out, " at %" PRIu64, alert->offset);
	if (alert->count > 1)
		add_count(alert, out);
	else
		add_time(alert, out);
	if (alert->undecided)
		buf_add_str(out, ", not decided: a pattern ran into its limit");
}

void
preset_facts(const struct alert *alert, const struct preset_style *style,
    struct preset_room *room, struct buf *out)
{
	struct buf facts = BUF_INIT;

	add_facts(alert, style, &facts);
	if (facts.len > 0 && preset_room_take(room, buf_span(&facts)))
		buf_add_span(out, buf_span(&facts));
	buf_release(&facts);
}

static void
add_hint(struct buf *out, const char *before, const char *hint,
    const struct preset_style *style, struct preset_room *room)
{
	struct preset_room all = {PRESET_BYTES, SIZE_MAX, SIZE_MAX, 0};
	struct span text = span_str(hint);
	struct buf whole = BUF_INIT;

	if (text.len == 0 || !preset_markup_keeps(text, style->names))
		return;
	buf_addf(&whole, "\n%s%s", before, style->name.open);
	preset_markup_add(&whole, text, style->names, &all);
	buf_add_str(&whole, style->name.close);
	if (preset_room_take(room, buf_span(&whole)))
		buf_add_span(out, buf_span(&whole));
	buf_release(&whole);
}

void
preset_hints(const struct alert *alert, const struct preset_style *style,
    struct preset_room *room, struct buf *out)
{
	add_hint(
	    out, "to exclude such lines: ", alert->hint_exclude, style, room);
	add_hint(
	    out, "to silence the rule: ", alert->hint_silence, style, room);
}

void
preset_report(const struct alert *alert, const struct preset_style *style,
    struct preset_room *room, struct buf *out, struct preset_block *block_out)
{
	struct buf facts = BUF_INIT;

	preset_facts(alert, style, room, &facts);
	preset_lines(alert, style, room, out, block_out);
	buf_add_span(out, buf_span(&facts));
	buf_release(&facts);
	preset_hints(alert, style, room, out);
}

void
preset_message(const struct alert *alert, const struct preset_style *style,
    struct preset_room *room, struct buf *out, struct preset_block *block_out)
{
	preset_heading(alert, style, room, out);
	put(out, room, "\n");
	preset_report(alert, style, room, out, block_out);
}

/* --- Members -------------------------------------------------------------- */

void
preset_put_text(struct json *json, const char *key, struct span text)
{
	json_key(json, key);
	json_string(json, text);
}

void
preset_put_number(struct json *json, const char *key, int64_t number)
{
	json_key(json, key);
	json_number(json, number);
}

void
preset_put_message(struct json *json, const struct alert *alert,
    const struct preset_style *style, struct preset_room room)
{
	struct buf text = BUF_INIT;

	preset_message(alert, style, &room, &text, NULL);
	preset_put_text(json, "text", buf_span(&text));
	buf_release(&text);
}

void
preset_put_text_body(const struct alert *alert,
    const struct preset_style *style, struct preset_room room, struct buf *out)
{
	struct json json;

	json_init(&json, out);
	json_open(&json, '{');
	preset_put_message(&json, alert, style, room);
	json_close(&json, '}');
}

void
preset_put_titled(struct json *json, const struct alert *alert,
    const struct preset_titled *limits, struct preset_room room)
{
	struct preset_style style = preset_style_plain;
	struct buf title = BUF_INIT, message = BUF_INIT;

	style.line_characters = limits->line_characters;
	room.units = limits->title_units;
	preset_heading(alert, &style, &room, &title);
	room.units = limits->message_units;
	preset_report(alert, &style, &room, &message, NULL);
	preset_put_text(json, "title", buf_span(&title));
	preset_put_text(json, "message",
	    message.len ? buf_span(&message) : buf_span(&title));
	buf_release(&title);
	buf_release(&message);
}
