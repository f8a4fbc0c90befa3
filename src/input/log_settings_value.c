/*
 * log_settings_value: `start', `record' and `record_limit' as text.
 *
 * Hides that `m' means minutes and mebibytes alike: which of the two follows
 * from what else is there, and from the order when both end in it.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/ascii.h"
#include "base/units.h"
#include "base/words.h"
#include "input/log_settings_internal.h"

#define KIB INT64_C(1024)
#define LINES_MAX 10000
#define BYTES_MAX (16 * KIB * KIB)
#define SECOND_MS INT64_C(1000)
#define HOUR_MS (3600 * SECOND_MS)
#define LAST_MAX_MS (366 * 24 * HOUR_MS)

/* The first word, which is removed with the blanks behind it. */
static struct span
take_word(struct span *text)
{
	struct span word = words_next(text);

	*text = span_trim(*text);
	return word;
}

/* --- start -------------------------------------------------------------- */

static int
parse_last(struct span text, struct log_start *start, struct err *err)
{
	if (duration_parse(text, &start->last_ms, err) < 0)
		return -1;
	if (start->last_ms < SECOND_MS || start->last_ms > LAST_MAX_MS)
		return err_set(err, "last %.*s is not between 1s and 366d",
		    span_shown(text), text.data);
	start->place = LOG_START_LAST;
	return 0;
}

int
log_start_parse(struct span text, void *field, struct err *err)
{
	struct log_start *start = field;
	struct span rest = span_trim(text);
	struct span word = take_word(&rest);

	*start = (struct log_start){.place = LOG_START_END};
	if (span_is(word, "last") && rest.len > 0)
		return parse_last(rest, start, err);
	if (rest.len == 0 && span_is(word, "start")) {
		start->place = LOG_START_START;
		return 0;
	}
	if (rest.len == 0 && span_is(word, "end"))
		return 0;
	return err_set(err,
	    "\"%.*s\" is not known; write end, start, or last and a duration "
	    "like \"last 1h\"",
	    span_shown(text), text.data);
}

void
log_start_format(const void *field, struct buf *out)
{
	const struct log_start *start = field;
	char duration[UNITS_TEXT_MAX];

	if (start->place != LOG_START_LAST) {
		buf_add_str(
		    out, start->place == LOG_START_START ? "start" : "end");
		return;
	}
	duration_format(start->last_ms, duration);
	buf_addf(out, "last %s", duration);
}

/* --- record ------------------------------------------------------------- */

enum log_record_kind
log_record(const struct log_settings *log, const char **regex_out)
{
	struct span rest = span_trim(span_str(log->record));
	struct span word = take_word(&rest);

	*regex_out = rest.data;
	if (rest.len == 0)
		return LOG_RECORD_LINE;
	if (span_is(word, "start"))
		return LOG_RECORD_START;
	return span_is(word, "continue") ? LOG_RECORD_CONTINUE
					 : LOG_RECORD_LINE;
}

/* --- record_limit ------------------------------------------------------- */

enum { WORDS_MAX = 4 };

/* What was found so far; empty: not given. */
struct limit_words {
	struct span lines, bytes, time, either[2];
	size_t either_count;
};

static int
note_once(
    struct span *place, struct span word, const char *what, struct err *err)
{
	if (place->len > 0)
		return err_set(err, "%s are given twice, as %.*s and %.*s",
		    what, span_shown(*place), place->data, span_shown(word),
		    word.data);
	*place = word;
	return 0;
}

static bool
is_lines(struct span rest)
{
	struct span word = take_word(&rest);

	return span_is(word, "lines") || span_is(word, "line");
}

static int
note_word(struct limit_words *words, struct span word, struct err *err)
{
	char last = word.data[word.len - 1];
	bool digits = ascii_is_digit(last);

	if (last == 'm' && words->either_count < 2) {
		words->either[words->either_count++] = word;
		return 0;
	}
	if (digits || last == 'k' || last == 'm' || last == 'g')
		return note_once(&words->bytes, word, "bytes", err);
	return note_once(&words->time, word, "times", err);
}

static int
take_words(struct span text, struct limit_words *words, struct err *err)
{
	while (text.len > 0) {
		struct span word = take_word(&text);

		if (!is_lines(text)) {
			if (note_word(words, word, err) < 0)
				return -1;
			continue;
		}
		take_word(&text);
		if (note_once(&words->lines, word, "lines", err) < 0)
			return -1;
	}
	return 0;
}

/* Those that end in m: bytes, then time, as far as these are missing. */
static int
settle_either(struct limit_words *words, struct err *err)
{
	struct span first = words->either[0];

	if (words->either_count == 1 && !words->bytes.len && !words->time.len)
		return err_set(err,
		    "%.*s may be minutes or mebibytes; write it in s or in k, "
		    "or give both the bytes and the time",
		    span_shown(first), first.data);
	for (size_t i = 0; i < words->either_count; i++) {
		struct span *place =
		    words->bytes.len ? &words->time : &words->bytes;

		if (note_once(place, words->either[i], "times", err) < 0)
			return -1;
	}
	return 0;
}

static int
out_of_bounds(struct span word, const char *bounds, struct err *err)
{
	return err_set(
	    err, "%.*s is not between %s", span_shown(word), word.data, bounds);
}

static int
set_limit(const struct limit_words *words, struct log_record_limit *limit,
    struct err *err)
{
	if (words->lines.len &&
	    number_parse(words->lines, 1, LINES_MAX, &limit->lines, err) < 0)
		return err_prefix(err, "lines");
	if (words->bytes.len) {
		if (size_parse(words->bytes, &limit->bytes, err) < 0)
			return -1;
		if (limit->bytes < KIB || limit->bytes > BYTES_MAX)
			return out_of_bounds(words->bytes, "1k and 16m", err);
	}
	if (words->time.len) {
		if (duration_parse(words->time, &limit->ms, err) < 0)
			return -1;
		if (limit->ms < 100 || limit->ms > HOUR_MS)
			return out_of_bounds(words->time, "100ms and 1h", err);
	}
	return 0;
}

static const struct log_record_limit limit_default = {
    .lines = 200,
    .bytes = 64 * KIB,
    .ms = 2 * SECOND_MS,
};

int
log_record_limit_parse(struct span text, void *field, struct err *err)
{
	struct limit_words words = {0};

	*(struct log_record_limit *)field = limit_default;
	text = span_trim(text);
	if (text.len == 0)
		return err_set(err, "nothing is given; write as in \"%s\"",
		    LOG_RECORD_LIMIT);
	if (take_words(text, &words, err) < 0 || settle_either(&words, err) < 0)
		return -1;
	return set_limit(&words, field, err);
}

void
log_record_limit_format(const void *field, struct buf *out)
{
	const struct log_record_limit *limit = field;
	char size[UNITS_TEXT_MAX], duration[UNITS_TEXT_MAX];

	size_format(limit->bytes, size);
	duration_format(limit->ms, duration);
	buf_addf(out, "%" PRId64 " lines %s %s", limit->lines, size, duration);
}

bool
log_record_limit_is_default(const struct log_record_limit *limit)
{
	return limit->lines == limit_default.lines &&
	       limit->bytes == limit_default.bytes &&
	       limit->ms == limit_default.ms;
}
