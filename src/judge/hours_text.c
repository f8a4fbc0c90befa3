/*
 * hours_text: the `hours` key, read and written.
 *
 *	[DAYS] HH:MM-HH:MM, ... [else hold | drop | sink NAME]
 *
 * Hides that a comma separates days and ranges alike: days wait for the range
 * behind them.
 */
#include "config.h"

#include "base/ascii.h"
#include "base/civil.h"
#include "judge/hours_internal.h"

#define EVERY_DAY 127

struct parser {
	struct span rest;
	struct hours_spec spec;
	unsigned days; /* that wait for their range */
	bool named;    /* a range before had days */
};

static bool
is_gap(char byte)
{
	return span_blank(byte) || byte == ',';
}

/* Cuts what stands up to a blank or comma off the front; *comma_out says
 * whether a comma ended it. */
static struct span
take_word(struct span *rest, bool *comma_out)
{
	struct span word = *rest = span_trim(*rest);

	for (word.len = 0; word.len < rest->len; word.len++)
		if (is_gap(rest->data[word.len]))
			break;
	*rest = span_trim(span_of(rest->data + word.len, rest->len - word.len));
	*comma_out = rest->len && rest->data[0] == ',';
	if (*comma_out)
		*rest = span_trim(span_of(rest->data + 1, rest->len - 1));
	return word;
}

/* "mon" or "mon-fri" to bits. */
static int
parse_days(struct span word, unsigned *days_out, struct err *err)
{
	const char *dash = memchr(word.data, '-', word.len);
	size_t len = dash ? (size_t)(dash - word.data) : word.len;
	struct span behind =
	    dash ? span_of(dash + 1, word.len - len - 1) : word;
	int first = civil_day_named(span_of(word.data, len));
	int last = civil_day_named(behind);

	if (first < 0 || last < 0)
		return err_set(err,
		    "`%.*s' is no day; write sun mon tue wed thu fri sat, or "
		    "two of them as in mon-fri",
		    span_shown(word), word.data);
	*days_out = 0;
	for (int day = first;; day = (day + 1) % 7) {
		*days_out |= 1u << day;
		if (day == last)
			return 0;
	}
}

/* "8:00" or "08:00", up to 24:00; -1 when it is none. */
static int
parse_minute(struct span text)
{
	int digits[4], count = 0, hour;
	size_t colon = text.len == 5 ? 2 : 1;

	if (text.len < 4 || text.len > 5 || text.data[colon] != ':')
		return -1;
	for (size_t i = 0; i < text.len; i++) {
		if (i == colon)
			continue;
		if (!ascii_is_digit(text.data[i]))
			return -1;
		digits[count++] = text.data[i] - '0';
	}
	hour = count == 4 ? digits[0] * 10 + digits[1] : digits[0];
	if (digits[count - 2] > 5)
		return -1;
	hour = hour * 60 + digits[count - 2] * 10 + digits[count - 1];
	return hour > DAY_MINUTES ? -1 : hour;
}

static int
parse_range(struct span word, struct hours_range *out, struct err *err)
{
	const char *dash = memchr(word.data, '-', word.len);
	size_t len = dash ? (size_t)(dash - word.data) : 0;
	int from = -1, to = -1;

	if (dash) {
		from = parse_minute(span_of(word.data, len));
		to = parse_minute(span_of(dash + 1, word.len - len - 1));
	}
	if (from < 0 || to < 0 || from == DAY_MINUTES)
		return err_set(err,
		    "`%.*s' is no range of hours; write two times from 00:00 "
		    "to 24:00, as in 08:00-18:00",
		    span_shown(word), word.data);
	if (from == to)
		return err_set(err,
		    "`%.*s' is never open; for the whole day write "
		    "00:00-24:00",
		    span_shown(word), word.data);
	out->from = (short)from;
	out->to = (short)to;
	return 0;
}

static int
add_range(struct parser *parser, struct span word, struct err *err)
{
	struct hours_spec *spec = &parser->spec;
	struct hours_range range = {0};

	if (parse_range(word, &range, err))
		return -1;
	if (!parser->days && parser->named)
		return err_set(err,
		    "`%.*s' has no days, but ranges before it have; write its "
		    "days, as in `mon-sun %.*s'",
		    span_shown(word), word.data, span_shown(word), word.data);
	if (spec->count == HOURS_RANGES_MAX)
		return err_set(
		    err, "more than %d ranges; join some", HOURS_RANGES_MAX);
	parser->named = parser->days != 0;
	range.days = (unsigned char)(parser->days ? parser->days : EVERY_DAY);
	parser->days = 0;
	spec->ranges[spec->count++] = range;
	return 0;
}

static int
parse_else(struct parser *parser, struct err *err)
{
	struct hours_spec *spec = &parser->spec;
	bool comma;
	struct span word = take_word(&parser->rest, &comma), name;

	name = comma ? span_of("", 0) : parser->rest;
	if (!comma && !name.len && span_is(word, "hold"))
		return 0;
	if (!comma && !name.len && span_is(word, "drop")) {
		spec->otherwise = HOURS_DROP;
		return 0;
	}
	for (size_t i = 0; i < name.len; i++)
		if (is_gap(name.data[i]) || !name.data[i])
			name.len = 0;
	if (!span_is(word, "sink") || !name.len)
		return err_set(err,
		    "behind `else' stands hold, drop or `sink NAME', not "
		    "`%.*s'",
		    span_shown(word), word.data);
	if (name.len >= HOURS_SINK_MAX)
		return err_set(err,
		    "the sink's name `%.*s' is too long; %d "
		    "bytes are the most",
		    span_shown(name), name.data, HOURS_SINK_MAX - 1);
	spec->otherwise = HOURS_SINK;
	memcpy(spec->sink, name.data, name.len);
	return 0;
}

static bool
begins_else(struct span text)
{
	return text.len > 4 && !memcmp(text.data, "else", 4) &&
	       span_blank(text.data[4]);
}

static int
check_behind_range(struct span rest, bool comma, struct err *err)
{
	if (comma && (!rest.len || begins_else(rest)))
		return err_set(
		    err, "a comma stands behind the last range; leave it out");
	if (!comma && rest.len && !begins_else(rest))
		return err_set(err,
		    "`%.*s' stands where a comma or `else' belongs",
		    span_shown(rest), rest.data);
	return 0;
}

/* 1: that was `else`, the last. */
static int
parse_piece(struct parser *parser, struct err *err)
{
	bool comma;
	unsigned days = 0;
	struct span word = take_word(&parser->rest, &comma);

	if (span_is(word, "else") && !parser->days && parser->spec.count)
		return parse_else(parser, err) ? -1 : 1;
	if (word.len && ascii_is_digit(word.data[0]))
		return add_range(parser, word, err)
			   ? -1
			   : check_behind_range(parser->rest, comma, err);
	if (parse_days(word, &days, err))
		return -1;
	parser->days |= days;
	return 0;
}

int
hours_parse(struct span text, void *spec, struct err *err)
{
	struct parser parser = {.rest = span_trim(text)};
	int done = 0;

	while (!done && parser.rest.len) {
		done = parse_piece(&parser, err);
		if (done < 0)
			return -1;
	}
	if (parser.days)
		return err_set(err,
		    "`%.*s' ends with days that have no hours; write some, "
		    "as in 00:00-24:00",
		    span_shown(text), text.data);
	*(struct hours_spec *)spec = parser.spec;
	return 0;
}

static void
add_name(struct buf *out, int day)
{
	const char *name = civil_day_names[day % 7];

	buf_addf(out, "%c%s", ascii_lower(name[0]), name + 1);
}

/* From Monday, in runs; a pair is written with a comma. */
static void
format_days(unsigned days, struct buf *out)
{
	const char *gap = "";
	int end;

	for (int day = 1; day <= 7; day = end) {
		for (end = day; end <= 7 && days >> end % 7 & 1; end++)
			;
		if (end == day) {
			end++;
			continue;
		}
		buf_add_str(out, gap);
		gap = ",";
		add_name(out, day);
		if (end - day == 2)
			buf_add_byte(out, ',');
		else if (end - day > 2)
			buf_add_byte(out, '-');
		if (end - day > 1)
			add_name(out, end - 1);
	}
	buf_add_byte(out, ' ');
}

static void
format_else(const struct hours_spec *spec, struct buf *out)
{
	if (spec->otherwise == HOURS_DROP)
		buf_add_str(out, " else drop");
	else if (spec->otherwise == HOURS_SINK)
		buf_addf(out, " else sink %s", spec->sink);
}

void
hours_format(const void *field, struct buf *out)
{
	const struct hours_spec *spec = field;
	const struct hours_range *range;
	unsigned shared = EVERY_DAY;

	for (int i = 0; i < spec->count; i++)
		shared &= spec->ranges[i].days;
	for (int i = 0; i < spec->count; i++) {
		range = &spec->ranges[i];
		buf_add_str(out, i ? ", " : "");
		if (shared != EVERY_DAY)
			format_days(range->days, out);
		buf_addf(out, "%02d:%02d-%02d:%02d", range->from / 60,
		    range->from % 60, range->to / 60, range->to % 60);
	}
	format_else(spec, out);
}
