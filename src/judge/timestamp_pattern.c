/*
 * timestamp_pattern: the format of a configuration made a pattern.
 *
 * Hides the flags that strptime(3) skips, and refuses what could never name a
 * time.
 */
#include "config.h"

#include "judge/timestamp_internal.h"

static unsigned
pattern_has(const char *pattern)
{
	unsigned have = 0, more;

	for (; *pattern; pattern++)
		if (*pattern == '%' && stamp_conversion(*++pattern, &more))
			have |= more;
	return have;
}

static int
add_conversion(struct span text, size_t *at, struct buf *out, struct err *err)
{
	size_t i = *at + 1;
	unsigned have;
	char letter;

	while (i < text.len && text.data[i] && strchr("-_0^#EO", text.data[i]))
		i++;
	if (i >= text.len)
		return err_set(err,
		    "timestamp: the %% at the end of `%.*s' stands alone; "
		    "write %%%% for a per cent sign",
		    span_shown(text), text.data);
	letter = text.data[i];
	*at = i;
	if (letter == 'n' || letter == 't') {
		buf_add_byte(out, ' ');
		return 0;
	}
	if (!stamp_conversion(letter, &have))
		return err_set(err,
		    "timestamp: %%%c in `%.*s' is no conversion that is "
		    "known; ctail.ini(5) lists them",
		    letter > ' ' && letter < 127 ? letter : '?',
		    span_shown(text), text.data);
	buf_add_byte(out, '%');
	buf_add_byte(out, letter);
	return 0;
}

static int
check_pattern(struct span text, const char *pattern, struct err *err)
{
	unsigned have = pattern_has(pattern);
	unsigned date = STAMP_MONTH | STAMP_DAY;

	if (have & (STAMP_EPOCH | STAMP_YEAR_DAY) || (have & date) == date)
		return 0;
	if (have & STAMP_TIME && !(have & (date | STAMP_YEAR)))
		return 0;
	return err_set(err,
	    "timestamp: `%.*s' names no time; write auto, arrival, or a "
	    "strptime(3) format with a month and a day, such as "
	    "%%Y-%%m-%%d %%H:%%M:%%S",
	    span_shown(text), text.data);
}

int
stamp_pattern(struct span text, struct buf *out, struct err *err)
{
	for (size_t i = 0; i < text.len; i++) {
		if (span_blank(text.data[i]))
			buf_add_byte(out, ' ');
		else if (text.data[i] != '%')
			buf_add_byte(out, text.data[i]);
		else if (add_conversion(text, &i, out, err))
			return -1;
	}
	return check_pattern(text, buf_str(out), err);
}
