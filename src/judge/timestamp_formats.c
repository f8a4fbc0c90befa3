/*
 * timestamp_formats: what `timestamp = auto` knows, one row a format, and what
 * may stand before a date.
 *
 * Hides how nearly all formats are ruled out by what the text begins with:
 * most records have no date where one is looked for, and trying every pattern
 * there would cost more than matching the record.
 *
 * The signs of the patterns that are no letters: %_ blanks, %~ a comma
 * perhaps and blanks, %@ T or blanks, %, perhaps a fraction, %+ perhaps a
 * zone, %* a word, %! klog's level, %& seconds or milliseconds since 1970,
 * %= yymmdd, %# hhmmss, %; mm:ss, %( an hour of either clock, %^ no AM or PM,
 * %1 and %2 day and month in either order, %$ the rest of a TAI64 label.
 */
#include "config.h"

#include "base/ascii.h"
#include "judge/timestamp_internal.h"

#define DIGITS(count) (1u << (count))
#define ONE_OR_TWO (DIGITS(1) | DIGITS(2))

/* At the beginning the first that fits is taken; those for anywhere are
 * looked for from left to right when none does. */
const struct stamp_format stamp_formats[] = {
    {"rfc3164", "%b%_%e%_%H:%;%,%+", STAMP_AT_MONTH, 0, 0, false},
    {"iso8601", "%Y-%m-%d%@%H:%;%,%^%+", STAMP_AT_DIGIT, DIGITS(4), '-', true},
    {"iso8601-12h", "%Y-%m-%d%@%(:%;%,%_%p", STAMP_AT_DIGIT, DIGITS(4), '-',
	true},
    {"cisco", "%b%_%e%_%Y%_%H:%;%,%+", STAMP_AT_MONTH, 0, 0, false},
    {"java-util", "%b%_%e,%_%Y%~%I:%;%_%p", STAMP_AT_MONTH, 0, 0, false},
    {"java-util-24h", "%b%_%e,%_%Y%~%H:%;%,%^%+", STAMP_AT_MONTH, 0, 0, false},
    {"ctime", "%a%_%b%_%e%_%H:%;%,%_%Y", STAMP_AT_DAY, 0, 0, false},
    {"date", "%a%_%b%_%e%_%H:%;%_%Z%_%Y", STAMP_AT_DAY, 0, 0, false},
    {"weekday", "%a%_%b%_%e%_%H:%;%,%+", STAMP_AT_DAY, 0, 0, false},
    {"rfc5322", "%a,%_%e%_%b%_%Y%_%H:%;%+", STAMP_AT_DAY, 0, 0, false},
    {"nginx", "%Y/%m/%d%_%H:%;%,%+", STAMP_AT_DIGIT, DIGITS(4), '/', true},
    {"clf", "%d/%b/%Y:%H:%;%,%+", STAMP_AT_DIGIT, ONE_OR_TWO, '/', true},
    {"werkzeug", "%d/%b/%Y%_%H:%;%,%+", STAMP_AT_DIGIT, ONE_OR_TWO, '/', true},
    {"java", "%e%_%b%_%Y%_%H:%;%,%+", STAMP_AT_DIGIT, ONE_OR_TWO, 0, false},
    {"redis", "%e%_%b%_%H:%;%,%+", STAMP_AT_DIGIT, ONE_OR_TWO, ' ', false},
    {"tomcat", "%e-%b-%Y%_%H:%;%,%+", STAMP_AT_DIGIT, ONE_OR_TWO, '-', false},
    {"klog", "%!%m%d%_%H:%;.%f", STAMP_AT_KLOG, 0, 0, false},
    {"suricata", "%m/%d/%Y-%H:%;%,", STAMP_AT_DIGIT, ONE_OR_TWO, '/', false},
    {"snort", "%m/%d-%H:%;.%f", STAMP_AT_DIGIT, ONE_OR_TWO, '/', false},
    {"slashed-12h", "%1/%2/%Y%~%(:%;%_%p", STAMP_AT_DIGIT, ONE_OR_TWO, '/',
	false},
    {"slashed", "%1/%2/%Y%~%H:%;%,%^", STAMP_AT_DIGIT, ONE_OR_TWO, '/', false},
    {"dashed", "%1-%2-%Y%~%H:%;%,%+", STAMP_AT_DIGIT, ONE_OR_TWO, '-', false},
    {"dotted-year", "%Y.%m.%d%_%H:%;%,%+", STAMP_AT_DIGIT, DIGITS(4), '.',
	false},
    {"svlogd", "%Y-%m-%d_%H:%;%,", STAMP_AT_DIGIT, DIGITS(4), '-', false},
    {"db2", "%Y-%m-%d-%H.%<.%>%,", STAMP_AT_DIGIT, DIGITS(4), '-', false},
    {"dotted", "%d.%m.%Y%~%H:%;%,", STAMP_AT_DIGIT, ONE_OR_TWO, '.', false},
    {"dotted-short", "%m.%d%_%H:%;", STAMP_AT_DIGIT, ONE_OR_TWO, '.', false},
    {"epoch", "%&", STAMP_AT_DIGIT, DIGITS(10) | DIGITS(13), 0, false},
    {"iso8601-basic", "%Y%m%d%@%#%,%+", STAMP_AT_DIGIT, DIGITS(8), 0, false},
    {"dated", "%Y%m%d%_%H:%;%,%+", STAMP_AT_DIGIT, DIGITS(8), 0, false},
    {"zabbix", "%Y%m%d:%#%,", STAMP_AT_DIGIT, DIGITS(8), ':', false},
    {"compact", "%Y%m%d-%H:%;:%f", STAMP_AT_DIGIT, DIGITS(8), '-', false},
    {"spark", "%y/%m/%d%_%H:%;", STAMP_AT_DIGIT, DIGITS(2), '/', false},
    {"hdfs", "%=%_%#", STAMP_AT_DIGIT, DIGITS(6), 0, false},
    {"mysql", "%=%_%H:%;", STAMP_AT_DIGIT, DIGITS(6), 0, false},
    {"logcat", "%m-%d%_%H:%;.%f", STAMP_AT_DIGIT, ONE_OR_TWO, '-', false},
    {"bgl", "%*%_%&%_%Y.%m.%d%_", STAMP_AT_WORD, 0, 0, false},
    {"tai64", "@4%$", STAMP_AT_ITSELF, 0, 0, false},
    {"fortinet", "date=%Y-%m-%d time=%H:%;", STAMP_AT_ITSELF, 0, 0, false},
    {"audit", "audit(%&", STAMP_AT_ITSELF, 0, 0, true},
    {"epoch-field", "ts\": %&", STAMP_AT_ITSELF, 0, 0, true},
    {"epoch-field", "ts=%&", STAMP_AT_ITSELF, 0, 0, true},
    {"epoch-field", "time\": %&", STAMP_AT_ITSELF, 0, 0, true},
    {"epoch-field", "time=%&", STAMP_AT_ITSELF, 0, 0, true},
    {"epoch-field", "timestamp\": %&", STAMP_AT_ITSELF, 0, 0, true},
    {"epoch-field", "timestamp=%&", STAMP_AT_ITSELF, 0, 0, true},
};
const size_t stamp_formats_count =
    sizeof(stamp_formats) / sizeof(stamp_formats[0]);

#define COUNTED_MAX 15

void
stamp_look(struct span record, size_t at, struct stamp_start *out)
{
	struct span rest = span_of(record.data + at, record.len - at);
	size_t i = 0;

	*out = (struct stamp_start){.text = rest};
	if (!rest.len)
		return;
	if (ascii_is_digit(*rest.data)) {
		while (i < rest.len && i < COUNTED_MAX &&
		       ascii_is_digit(rest.data[i]))
			i++;
		out->digits = 1u << i;
		out->then = i < rest.len ? rest.data[i] : 0;
		out->kinds = 1u << STAMP_AT_DIGIT;
		return;
	}
	out->kinds = 1u << STAMP_AT_ITSELF | 1u << STAMP_AT_WORD;
	while (i < rest.len && i < COUNTED_MAX && ascii_is_letter(rest.data[i]))
		i++;
	if (i == 1 && rest.len > 1 && ascii_is_digit(rest.data[1]))
		out->kinds |= 1u << STAMP_AT_KLOG;
	if (i < 3)
		return;
	rest.len = i;
	if (civil_month_named(rest) >= 0)
		out->kinds |= 1u << STAMP_AT_MONTH;
	if (civil_day_named(rest) >= 0)
		out->kinds |= 1u << STAMP_AT_DAY;
}

bool
stamp_may_begin(
    const struct stamp_format *format, const struct stamp_start *start)
{
	if (!(start->kinds & 1u << format->begins))
		return false;
	if (format->begins == STAMP_AT_DIGIT)
		return format->digits & start->digits &&
		       (!format->then || format->then == start->then);
	if (format->begins == STAMP_AT_ITSELF)
		return start->text.len > 1 &&
		       !memcmp(start->text.data, format->pattern, 2);
	return true;
}

static size_t
count_digits(struct span record, size_t from)
{
	size_t i = from;

	while (i < record.len && ascii_is_digit(record.data[i]))
		i++;
	return i - from;
}

static bool
has_at(struct span record, size_t at, const char *bytes)
{
	size_t len = strlen(bytes);

	return at <= record.len && record.len - at >= len &&
	       !memcmp(record.data + at, bytes, len);
}

/* "<34>", and RFC 5424's version behind it. */
static size_t
lead_priority(struct span record, size_t from)
{
	size_t digits = count_digits(record, from + 1);
	size_t len = digits + 2;

	if (digits < 1 || digits > 3 || !has_at(record, from + digits + 1, ">"))
		return 0;
	if (count_digits(record, from + len) == 1 &&
	    has_at(record, from + len + 1, " "))
		len += 2;
	return len;
}

/* What numbers a message: a Cisco router's sequence, or the process as Redis
 * ("77:M "), Zabbix ("77:", and a date of eight digits) and those who put it
 * into brackets write it.  Ten digits are a time. */
#define COUNT_DIGITS_MAX 9

static size_t
lead_number(struct span record, size_t from)
{
	size_t digits = count_digits(record, from), at = from + digits;

	if (digits < 1 || digits > COUNT_DIGITS_MAX)
		return 0;
	if (has_at(record, at, ": ") || has_at(record, at, "] "))
		return digits + 2;
	if (!has_at(record, at, ":"))
		return 0;
	if (count_digits(record, at + 1) == 8 && has_at(record, at + 9, ":"))
		return digits + 1;
	return at + 1 < record.len && ascii_is_letter(record.data[at + 1]) &&
		       has_at(record, at + 2, " ")
		   ? digits + 3
		   : 0;
}

size_t
stamp_lead(struct span record, size_t from)
{
	if (from >= record.len)
		return 0;
	if (record.data[from] == '<')
		return lead_priority(record, from);
	if (record.data[from] && strchr(" \t[({\"'*.", record.data[from]))
		return 1;
	if (has_at(record, from, "- "))
		return 2;
	return lead_number(record, from);
}
