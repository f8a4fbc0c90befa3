/*
 * alert_field: a match and a histogram, each as numbers in one field.
 *
 * Hides their form: decimal numbers with one blank between them, "OFFSET
 * LEN" and "START WIDTH BIN...", with every bin.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/fields.h"
#include "base/units.h"
#include "message/alert_field.h"

/* So far from the ends of int64_t that adding all bins to a start overflows
 * nowhere. */
#define TIME_MAX (INT64_MAX / 4)

/* Takes the number that the text begins with, and the blank behind it. */
static int
take_number(struct span *text, int64_t min, int64_t max, int64_t *out)
{
	const char *blank =
	    text->len ? memchr(text->data, ' ', text->len) : NULL;
	size_t len = blank ? (size_t)(blank - text->data) : text->len;

	if (number_parse(span_of(text->data, len), min, max, out, NULL) < 0)
		return -1;
	len += blank != NULL && len + 1 < text->len;
	*text = span_of(text->data + len, text->len - len);
	return 0;
}

void
alert_match_encode(const struct alert_line *line, struct buf *fields)
{
	struct buf text = BUF_INIT;

	if (line->match_len == 0)
		return;
	buf_addf(
	    &text, "%" PRIu32 " %" PRIu32, line->match_offset, line->match_len);
	fields_add(fields, "match", buf_span(&text));
	buf_release(&text);
}

int
alert_match_decode(struct span value, struct alert_line *line, struct err *err)
{
	int64_t offset, len, end = (int64_t)line->len;

	if (take_number(&value, 0, end, &offset) < 0 ||
	    take_number(&value, 1, end - offset, &len) < 0 || value.len > 0)
		return err_set(
		    err, "an alert's match does not lie within its line");
	line->match_offset = (uint32_t)offset;
	line->match_len = (uint32_t)len;
	return 0;
}

void
alert_times_encode(const struct alert_times *times, struct buf *fields)
{
	struct buf text = BUF_INIT;

	if (times->width_ms <= 0)
		return;
	buf_addf(
	    &text, "%" PRId64 " %" PRId64, times->start_ms, times->width_ms);
	for (size_t i = 0; i < ALERT_BINS; i++)
		buf_addf(&text, " %" PRIu32, times->bins[i]);
	fields_add(fields, "times", buf_span(&text));
	buf_release(&text);
}

int
alert_times_decode(struct span value, struct alert_times *out, struct err *err)
{
	struct alert_times times;
	int64_t count;

	if (take_number(&value, -TIME_MAX, TIME_MAX, &times.start_ms) < 0 ||
	    take_number(&value, 1, TIME_MAX / ALERT_BINS, &times.width_ms) < 0)
		return err_set(err, "an alert's times are damaged");
	for (size_t i = 0; i < ALERT_BINS; i++) {
		if (take_number(&value, 0, UINT32_MAX, &count) < 0)
			return err_set(err,
			    "an alert's times are not %d counts", ALERT_BINS);
		times.bins[i] = (uint32_t)count;
	}
	if (value.len > 0)
		return err_set(err, "an alert's times are more than %d counts",
		    ALERT_BINS);
	*out = times;
	return 0;
}
