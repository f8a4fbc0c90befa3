/*
 * shape_time: dates and times in a text, whatever they say.
 *
 * Each form is a row of elements; an element is what its matcher accepts and
 * the pattern that accepts the same, so that the two cannot part.  Whether a
 * date exists does not matter here.
 */
#include "config.h"

#include "base/civil.h"
#include "judge/shape_internal.h"

/*
 * 4, 2: so many digits; d: one or two; n: the name of a month; w: of a day;
 * _: blanks; T: a T or a blank; c: a comma or nothing; s: :SS with or without
 * a fraction, or nothing; z: a zone or nothing; a: AM, PM or nothing; y: a
 * year behind a blank, or nothing.  Others are themselves.
 */
static const char *const shape_times[] = {
    "4-2-2T2:2sz", /* ISO 8601, RFC 3339, Python, Java */
    "4/2/2_2:2sz", /* nginx */
    "4.2.2_2:2s",
    "4-2-2",
    "4/2/2",
    "w_n_d_2:2szy",   /* ctime, Apache's error log */
    "w,_d_n_4_2:2sz", /* RFC 5322 */
    "n_d_4_2:2sz",
    "n_d_2:2sz",   /* RFC 3164 */
    "d/n/4:2:2sz", /* the common log format */
    "d-n-4_2:2sz", /* BIND, PHP */
    "d_n_4_2:2sz",
    "d/d/4c_d:2sa", /* Windows */
    "d.d.4c_2:2s",
};

#define SHAPE_TIMES (sizeof(shape_times) / sizeof(shape_times[0]))

static bool
time_at_end(struct span text)
{
	return !text.len || !shape_is(text.data[0], SHAPE_IN_WORD);
}

static struct span
time_from(struct span text, size_t at)
{
	return span_of(text.data + at, text.len - at);
}

static size_t
time_count_blanks(struct span text, size_t max)
{
	size_t len = 0;

	while (len < text.len && len < max && text.data[len] == ' ')
		len++;
	return len;
}

/* Exactly so many digits, or none. */
static int
time_digits(struct span text, size_t min, size_t max)
{
	size_t len = shape_run(text, SHAPE_IN_DIGIT, max + 1);

	return len < min || len > max ? -1 : (int)len;
}

static int
time_four(struct span text)
{
	return time_digits(text, 4, 4);
}

static int
time_two(struct span text)
{
	return time_digits(text, 2, 2);
}

static int
time_one_or_two(struct span text)
{
	return time_digits(text, 1, 2);
}

static int
time_name(struct span text, const char (*names)[4], size_t count)
{
	size_t i;

	for (i = 0; i < count && text.len >= 3; i++) {
		if (!memcmp(text.data, names[i], 3))
			return 3;
	}
	return -1;
}

static int
time_month(struct span text)
{
	return time_name(text, civil_month_names, 12);
}

static int
time_day(struct span text)
{
	return time_name(text, civil_day_names, 7);
}

static int
time_blanks(struct span text)
{
	size_t len = time_count_blanks(text, text.len);

	return len ? (int)len : -1;
}

static int
time_separator(struct span text)
{
	return text.len && (text.data[0] == 'T' || text.data[0] == ' ') ? 1
									: -1;
}

static int
time_comma(struct span text)
{
	return text.len && text.data[0] == ',';
}

static int
time_seconds(struct span text)
{
	size_t len;

	if (text.len < 3 || text.data[0] != ':' ||
	    time_two(time_from(text, 1)) < 0)
		return 0;
	if (text.len < 5 || (text.data[3] != '.' && text.data[3] != ','))
		return 3;
	len = shape_run(time_from(text, 4), SHAPE_IN_DIGIT, text.len);
	return len ? 4 + (int)len : 3;
}

/* +01:00, +0100 */
static int
time_offset(struct span text)
{
	size_t len = 3;

	if (text.len < 5 || (text.data[0] != '+' && text.data[0] != '-') ||
	    time_from(text, 1).len < 4 ||
	    !shape_is(text.data[1], SHAPE_IN_DIGIT) ||
	    !shape_is(text.data[2], SHAPE_IN_DIGIT))
		return 0;
	if (text.data[len] == ':')
		len++;
	return time_two(time_from(text, len)) < 0 ? 0 : (int)len + 2;
}

static int
time_zone(struct span text)
{
	static const char *const names[] = {"Z", "UTC", "GMT"};
	size_t blank = time_count_blanks(text, 1), i;
	struct span rest = time_from(text, blank);
	int len = time_offset(rest);

	for (i = 0; i < 3 && !len; i++) {
		if (rest.len >= strlen(names[i]) &&
		    !memcmp(rest.data, names[i], strlen(names[i])))
			len = (int)strlen(names[i]);
	}
	if (!len || !time_at_end(time_from(rest, (size_t)len)))
		return 0;
	return (int)blank + len;
}

static int
time_half(struct span text)
{
	size_t blank = time_count_blanks(text, 1);

	text = time_from(text, blank);
	if (text.len < 2 || (text.data[0] != 'A' && text.data[0] != 'P') ||
	    text.data[1] != 'M' || !time_at_end(time_from(text, 2)))
		return 0;
	return (int)blank + 2;
}

static int
time_year(struct span text)
{
	if (text.len < 5 || text.data[0] != ' ' ||
	    time_four(time_from(text, 1)) < 0 ||
	    !time_at_end(time_from(text, 5)))
		return 0;
	return 5;
}

/* match: how many bytes, or -1; optional ones say 0. */
static const struct time_element {
	int (*match)(struct span text);
	const char *pattern;
} time_elements[128] = {
    ['4'] = {time_four, "\\d{4}"},
    ['2'] = {time_two, "\\d\\d"},
    ['d'] = {time_one_or_two, "\\d{1,2}"},
    ['n'] = {time_month, "[A-Z][a-z]{2}"},
    ['w'] = {time_day, "[A-Z][a-z]{2}"},
    ['_'] = {time_blanks, " +"},
    ['T'] = {time_separator, "[T ]"},
    ['c'] = {time_comma, ",?"},
    ['s'] = {time_seconds, "(?::\\d\\d(?:[.,]\\d+)?)?"},
    ['z'] = {time_zone, "(?: ?(?:Z|UTC|GMT|[+-]\\d\\d:?\\d\\d))?"},
    ['a'] = {time_half, "(?: ?[AP]M)?"},
    ['y'] = {time_year, "(?: \\d{4})?"},
};

static const struct time_element *
time_element(char name)
{
	const struct time_element *element = &time_elements[name & 127];

	return element->match ? element : NULL;
}

static size_t
time_match(struct span text, const char *form)
{
	const struct time_element *element;
	size_t at = 0;
	int len;

	for (; *form; form++) {
		element = time_element(*form);
		if (element)
			len = element->match(time_from(text, at));
		else
			len = at < text.len && text.data[at] == *form ? 1 : -1;
		if (len < 0)
			return 0;
		at += (size_t)len;
	}
	return time_at_end(time_from(text, at)) ? at : 0;
}

/* What a text begins with, and what stands behind it: with these two nearly
 * all forms are ruled out. */
struct time_start {
	char first; /* 4, d, n or w as in the forms; 0: with nothing of these */
	char then;
};

static struct time_start
time_look(struct span text)
{
	struct time_start out = {0};
	size_t len = shape_run(text, SHAPE_IN_DIGIT, 5);

	if (len == 4)
		out.first = '4';
	else if (len == 1 || len == 2)
		out.first = 'd';
	else if (len)
		return out;
	else if (time_month(text) > 0)
		out.first = 'n';
	else if (time_day(text) > 0)
		out.first = 'w';
	if (!len)
		len = 3;
	if (len < text.len)
		out.then = text.data[len];
	return out;
}

static bool
time_may_be(const char *form, const struct time_start *start)
{
	return form[0] == start->first &&
	       (form[1] == '_' ? ' ' : form[1]) == start->then;
}

size_t
shape_time(struct span text, unsigned *variant_out)
{
	struct time_start start = time_look(text);
	size_t i, len;

	for (i = 0; i < SHAPE_TIMES && start.first; i++) {
		if (!time_may_be(shape_times[i], &start))
			continue;
		len = time_match(text, shape_times[i]);
		if (len) {
			*variant_out = (unsigned)i;
			return len;
		}
	}
	return 0;
}

void
shape_time_pattern(unsigned variant, struct buf *out)
{
	const char *form = shape_times[variant];
	const struct time_element *element;

	for (; *form; form++) {
		element = time_element(*form);
		if (element)
			buf_add_str(out, element->pattern);
		else if (*form == '.')
			buf_add_str(out, "\\.");
		else
			buf_add_byte(out, *form);
	}
}
