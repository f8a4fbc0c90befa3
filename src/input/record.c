/*
 * record: which lines of a block are one record.
 *
 * Hides that a record is known to have ended only by the line behind it, and
 * that a line which is too long ends its record: what is skipped of it would
 * lie between the record's lines.
 */
#include "config.h"

#include "input/record.h"

void
record_cutter_init(struct record_cutter *cutter, const struct record_rule *rule,
    struct span block, bool skipping, bool closing)
{
	*cutter = (struct record_cutter){
	    .rule = rule,
	    .closing = closing,
	    .skipping = skipping,
	};
	lines_init(&cutter->lines, block, rule->max_line, skipping);
}

void
record_cutter_go_on(struct record_cutter *cutter, struct record_open open)
{
	cutter->open = open;
	cutter->goes_on = open.lines > 0;
}

static struct span
without_cr(struct span text)
{
	if (text.len > 0 && text.data[text.len - 1] == '\r')
		text.len--;
	return text;
}

struct span
record_text(struct span lines)
{
	if (lines.len == 0 || lines.data[lines.len - 1] != '\n')
		return lines;
	return without_cr(span_of(lines.data, lines.len - 1));
}

/* --- Lines -------------------------------------------------------------- */

/* What a block has behind its last newline, where nothing will follow. */
static bool
take_rest(struct record_cutter *cutter, struct line *out)
{
	struct lines *lines = &cutter->lines;
	struct span block = lines->block;

	if (!cutter->closing || lines->skipping || lines->at == block.len)
		return false;
	*out = (struct line){
	    .text = span_of(block.data + lines->at, block.len - lines->at),
	    .start = lines->at,
	    .end = block.len,
	};
	lines->at = block.len;
	cutter->partial = true;
	return true;
}

static bool
is_whole(const struct line *line)
{
	return line->end - line->start > line->text.len;
}

static bool
joins_lines(const struct record_rule *rule)
{
	return rule->joins && rule->place;
}

enum line_place
record_place_of(const struct record_rule *rule, const struct line *line)
{
	if (!joins_lines(rule))
		return LINE_BEGINS;
	return rule->place(rule->arg, rule->log,
	    is_whole(line) ? without_cr(line->text) : line->text);
}

/* The next line stays ahead until it is used. */
static bool
look_ahead(struct record_cutter *cutter)
{
	if (cutter->has_ahead)
		return true;
	if (!lines_next(&cutter->lines, &cutter->ahead) &&
	    !take_rest(cutter, &cutter->ahead))
		return false;
	cutter->ahead_place = record_place_of(cutter->rule, &cutter->ahead);
	cutter->has_ahead = true;
	return true;
}

/* --- Records ------------------------------------------------------------ */

/* Why an open record ends. */
enum ending {
	ENDING_WHOLE,
	ENDING_OVER, /* more of it follows, beyond the limits */
	ENDING_CUT,  /* its last line is too long, and cut */
};

/* Ends before the line that is ahead, or at the end of the block. */
static bool
close_open(struct record_cutter *cutter, size_t end, enum ending ending,
    struct record_piece *out)
{
	struct span block = cutter->lines.block;
	struct span lines =
	    span_of(block.data + cutter->start, end - cutter->start);

	*out = (struct record_piece){
	    .text = ending == ENDING_CUT ? lines : record_text(lines),
	    .start = cutter->start,
	    .end = end,
	    .lines = cutter->open.lines,
	    .goes_on = cutter->goes_on,
	    .cut = ending != ENDING_WHOLE,
	    .partial = !cutter->has_ahead && cutter->partial,
	    .skipping = ending == ENDING_CUT,
	};
	cutter->open = (struct record_open){0};
	cutter->goes_on = false;
	cutter->start = cutter->used = end;
	cutter->skipping = ending == ENDING_CUT;
	return true;
}

static bool
fits(const struct record_cutter *cutter)
{
	const struct log_record_limit *limit = &cutter->rule->limit;

	return cutter->open.lines < (size_t)limit->lines &&
	       cutter->open.bytes + cutter->ahead.text.len <=
		   (size_t)limit->bytes;
}

/* The line that is ahead becomes the open record's next, or first. */
static void
take_ahead(struct record_cutter *cutter)
{
	const struct line *line = &cutter->ahead;

	if (cutter->open.lines == 0)
		cutter->start = line->start;
	cutter->open.lines++;
	cutter->open.bytes += line->end - line->start;
	cutter->has_ahead = false;
}

/* It cannot be known yet whether a line that begins a record is all of it;
 * one that fills it is. */
static bool
stays_open(const struct record_cutter *cutter)
{
	return !cutter->ahead.cut && cutter->ahead_place == LINE_BEGINS &&
	       cutter->ahead.text.len <= (size_t)cutter->rule->limit.bytes;
}

static bool
take_first(struct record_cutter *cutter, struct record_piece *out)
{
	bool open = stays_open(cutter);
	struct line line = cutter->ahead;

	take_ahead(cutter);
	return !open &&
	       close_open(cutter, line.end,
		   line.cut ? ENDING_CUT : ENDING_WHOLE, out);
}

static bool
take_further(struct record_cutter *cutter, struct record_piece *out)
{
	struct line line = cutter->ahead;
	bool continues = cutter->ahead_place == LINE_CONTINUES;

	if (!continues || !fits(cutter))
		return close_open(cutter, line.start,
		    continues ? ENDING_OVER : ENDING_WHOLE, out);
	take_ahead(cutter);
	return line.cut && close_open(cutter, line.end, ENDING_CUT, out);
}

/* Behind the last line: an open record is not consumed. */
static bool
at_the_end(struct record_cutter *cutter, struct record_piece *out)
{
	if (cutter->open.lines > 0 && cutter->closing)
		return close_open(
		    cutter, cutter->lines.at, ENDING_WHOLE, out);
	cutter->used = cutter->lines.at;
	cutter->skipping = cutter->lines.skipping;
	if (cutter->open.lines > 0) {
		cutter->used = cutter->start;
		cutter->skipping = false;
	}
	return false;
}

/* Where none are joined: the way of nearly every line there is. */
static bool
next_line(struct record_cutter *cutter, struct record_piece *out)
{
	struct line line;

	if (!lines_next(&cutter->lines, &line) && !take_rest(cutter, &line))
		return at_the_end(cutter, out);
	*out = (struct record_piece){
	    .text = is_whole(&line) ? without_cr(line.text) : line.text,
	    .start = line.start,
	    .end = line.end,
	    .lines = 1,
	    .cut = line.cut,
	    .partial = cutter->partial,
	    .skipping = line.cut,
	};
	cutter->used = line.end;
	cutter->skipping = line.cut;
	return true;
}

bool
record_cutter_next(struct record_cutter *cutter, struct record_piece *out)
{
	if (!joins_lines(cutter->rule))
		return next_line(cutter, out);
	while (look_ahead(cutter)) {
		bool whole = cutter->open.lines > 0 ? take_further(cutter, out)
						    : take_first(cutter, out);

		if (whole)
			return true;
	}
	return at_the_end(cutter, out);
}
