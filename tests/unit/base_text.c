/* Unit tests of base/utf8.h, units.h, severity.h and clock.h. */
#include "config.h"

#include <stdint.h>
#include <time.h>

#include "base/clock.h"
#include "base/severity.h"
#include "base/units.h"
#include "base/utf8.h"
#include "tap.h"

#define R "\xef\xbf\xbd"

static void
clean(const char *text, size_t len, const char *want, const char *sentence)
{
	struct buf out = BUF_INIT;

	utf8_append_clean(&out, span_of(text, len));
	IS_STR(buf_str(&out), want, sentence);
	buf_release(&out);
}

static void
replacement(void)
{
	clean("\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64", 13,
	    "a" R R R "b" R "c" R R "d",
	    "Unicode's example of maximal subparts comes out as printed");
	clean("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41", 9, R R R R R R R R "A",
	    "table 3-8: overlong forms, byte by byte");
	clean("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41", 9, R R R R R R R R "A",
	    "table 3-9: surrogates, byte by byte");
	clean("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42", 9, R R R R R "A" R R "B",
	    "table 3-10: other ill-formed sequences");
	clean("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", 9, R R R R "A",
	    "table 3-11: truncated sequences, one each");
	clean("\xe2\x82", 2, R, "a sequence cut by the end is one subpart");
	clean("\xf0\x9f\x98", 3, R, "so is one of three bytes of four");
	clean("", 0, "", "nothing stays nothing");
	clean("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80", 11,
	    "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80", "text is left as it is");
}

/* Every code point there is goes out and comes back. */
static void
all_points(void)
{
	struct buf out = BUF_INIT;
	bool same = true;
	uint32_t point, back;

	for (point = 0; point <= 0x110000; point++) {
		bool valid =
		    point <= 0x10FFFF && !(point >= 0xD800 && point <= 0xDFFF);

		buf_reset(&out);
		utf8_append(&out, point);
		same &= utf8_valid(buf_span(&out)) &&
			utf8_decode(buf_span(&out), &back) == out.len &&
			back == (valid ? point : UTF8_REPLACEMENT);
	}
	OK(same, "every code point survives, every other number is replaced");
	buf_release(&out);
}

/* Of all two-byte beginnings, only the well-formed ones are accepted. */
static void
validity(void)
{
	int first, second, accepted = 0;
	char bytes[2];

	for (first = 0x80; first < 0x100; first++) {
		for (second = 0; second < 0x100; second++) {
			bytes[0] = (char)first;
			bytes[1] = (char)second;
			accepted += utf8_valid(span_of(bytes, 2));
		}
	}
	IS_INT(accepted, 30 * 64, "exactly the two-byte characters are valid");
	OK(utf8_valid(span_str(R)), "a real U+FFFD is valid");
	OK(!utf8_valid(span_of("ab\xff", 3)), "a stray byte is not");
	OK(utf8_valid(span_of("a\0b", 3)), "a NUL is a character");
}

static void
cutting(void)
{
	struct span text = span_str("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80z");
	static const size_t want[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};
	bool same = true;
	size_t max;

	for (max = 0; max < sizeof(want) / sizeof(*want); max++)
		same &= utf8_cut(text, max) == want[max];
	OK(same, "no character is split, whatever the length");
	IS_INT((long long)utf8_cut(span_str("\x80\x80\x80\x80\x80\x80"), 4), 4,
	    "stray bytes are cut anywhere");
	IS_INT((long long)utf8_cut(span_str("ab\xe2zzz"), 3), 3,
	    "a lead byte alone is a subpart of its own");
}

static void
controls(void)
{
	static const uint32_t yes[] = {0, '\t', 0x1F, 0x7F, 0x80, 0x9F, 0x61C,
	    0x200E, 0x200F, 0x2028, 0x2029, 0x202A, 0x202E, 0x2066, 0x2069};
	static const uint32_t no[] = {' ', '~', 0xA0, 0x61B, 0x200D, 0x2010,
	    0x2027, 0x202F, 0x2065, 0x206A, 0xFFFD, 0x10FFFF};
	bool right = true;
	size_t i;

	for (i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		right &= utf8_is_control(yes[i]);
	for (i = 0; i < sizeof(no) / sizeof(*no); i++)
		right &= !utf8_is_control(no[i]);
	OK(right, "what can forge the look of a line is a control, and "
		  "nothing beside it");
}

static void
duration(const char *text, int64_t want)
{
	struct err err = ERR_INIT;
	int64_t got = -1;
	int result = duration_parse(span_str(text), &got, &err);

	OK(result == (want < 0 ? -1 : 0) && got == want &&
		(want >= 0) == !*err.text,
	    "duration `%s' is %s", text, want < 0 ? "refused" : "accepted");
}

static void
durations(void)
{
	static const int64_t values[] = {0, 1, 999, 1000, 1500, 60000, 90000,
	    3600000, 86400000, 604800000, 1209600000, 315360000000};
	static const char *const texts[] = {"0s", "1ms", "999ms", "1s",
	    "1500ms", "1m", "90s", "1h", "1d", "1w", "2w", "3650d"};
	char text[UNITS_TEXT_MAX];
	bool same = true;
	int64_t back;
	size_t i;

	duration("250ms", 250);
	duration("0s", 0);
	duration("0010m", 600000);
	duration("1w", 604800000);
	duration("3650d", 315360000000);
	duration("3651d", -1);
	duration("315360000001ms", -1);
	duration("18446744073709551617s", -1);
	duration("99999999999999999999999999w", -1);
	duration("", -1);
	duration("10", -1);
	duration("s", -1);
	duration("-1s", -1);
	duration("+1s", -1);
	duration(" 1s", -1);
	duration("1s ", -1);
	duration("1 s", -1);
	duration("1.5s", -1);
	duration("1M", -1);
	duration("1h30m", -1);
	duration("0x10s", -1);
	OK(duration_parse(span_of("1s\0", 3), &back, NULL) < 0,
	    "a duration with a NUL behind it is refused");
	for (i = 0; i < sizeof(values) / sizeof(*values); i++) {
		duration_format(values[i], text);
		same &= !strcmp(text, texts[i]) &&
			!duration_parse(span_str(text), &back, NULL) &&
			back == values[i];
	}
	OK(same, "durations are written shortest and read back");
}

static void
size(const char *text, int64_t want)
{
	struct err err = ERR_INIT;
	int64_t got = -1;
	int result = size_parse(span_str(text), &got, &err);

	OK(result == (want < 0 ? -1 : 0) && got == want &&
		(want >= 0) == !*err.text,
	    "size `%s' is %s", text, want < 0 ? "refused" : "accepted");
}

static void
sizes(void)
{
	static const int64_t values[] = {
	    0, 1, 1023, 1024, 1536, 1048576, 1073741824, 1099511627776};
	static const char *const texts[] = {
	    "0", "1", "1023", "1k", "1536", "1m", "1g", "1024g"};
	char text[UNITS_TEXT_MAX];
	bool same = true;
	int64_t back;
	size_t i;

	size("64k", 65536);
	size("20m", 20971520);
	size("1024g", 1099511627776);
	size("1025g", -1);
	size("1099511627777", -1);
	size("18446744073709551617", -1);
	size("", -1);
	size("k", -1);
	size("1kb", -1);
	size("1K", -1);
	size("-1", -1);
	size("1t", -1);
	for (i = 0; i < sizeof(values) / sizeof(*values); i++) {
		size_format(values[i], text);
		same &= !strcmp(text, texts[i]) &&
			!size_parse(span_str(text), &back, NULL) &&
			back == values[i];
	}
	OK(same, "sizes are written shortest and read back");
}

static bool
number(const char *text, int64_t min, int64_t max, int64_t want)
{
	int64_t got;

	return !number_parse(span_str(text), min, max, &got, NULL) &&
	       got == want;
}

static void
numbers(void)
{
	struct err err = ERR_INIT;
	int64_t got = 77;

	OK(number("5", 5, 5, 5), "a number may be its only bound");
	OK(number_parse(span_str("6"), 1, 5, &got, &err) < 0 && got == 77 &&
		strstr(err.text, "from 1 to 5"),
	    "one beyond is refused, with the bounds, and nothing stored");
	OK(number_parse(span_str("0"), 1, 5, &got, NULL) < 0,
	    "one beneath is refused");
	OK(number("-5", -5, 5, -5), "a sign is read where it can be in range");
	OK(number_parse(span_str("-0"), 0, 5, &got, NULL) < 0,
	    "and refused where it cannot");
	OK(number_parse(span_str("0"), -5, -1, &got, NULL) < 0,
	    "zero is above a negative range");
	OK(number("9223372036854775807", INT64_MIN, INT64_MAX, INT64_MAX) &&
		number("-9223372036854775808", INT64_MIN, INT64_MAX, INT64_MIN),
	    "the extreme numbers are read");
	OK(number_parse(span_str("9223372036854775808"), INT64_MIN, INT64_MAX,
	       &got, NULL) < 0 &&
		number_parse(span_str("-9223372036854775809"), INT64_MIN,
		    INT64_MAX, &got, NULL) < 0 &&
		number_parse(span_str("99999999999999999999999"), INT64_MIN,
		    INT64_MAX, &got, NULL) < 0,
	    "numbers beyond them are refused, not bent");
	OK(number_parse(span_str("1x"), 0, 5, &got, NULL) < 0 &&
		number_parse(span_str("-"), -1, 5, &got, NULL) < 0 &&
		number_parse(span_str(""), 0, 5, &got, NULL) < 0,
	    "what is no number is refused");
}

static void
severities(void)
{
	struct err err = ERR_INIT;
	enum severity severity;
	bool same = true;
	int i;

	for (i = SEVERITY_DEBUG; i <= SEVERITY_CRITICAL; i++)
		same &=
		    !severity_parse(span_str(severity_name((enum severity)i)),
			&severity, NULL) &&
		    (int)severity == i;
	OK(same, "every severity reads back from its name");
	OK(severity_parse(span_str("warn"), &severity, &err) < 0 &&
		strstr(err.text, "`warn'") && strstr(err.text, "warning"),
	    "another word is refused with the words there are");
	OK(severity_parse(span_str(""), &severity, NULL) < 0,
	    "no word is refused");
}

static void
zone(const char *name)
{
	setenv("TZ", name, 1);
	tzset();
}

static void
times(void)
{
	char text[CLOCK_TEXT_MAX];

	zone("CET-1CEST,M3.5.0,M10.5.0/3");
	clock_format_utc(1795352587123, text);
	IS_STR(text, "2026-11-22T13:03:07.123Z", "UTC as RFC 3339 has it");
	clock_format_local(1795352587123, text);
	IS_STR(text, "2026-11-22 14:03:07 +0100", "local time with its zone");
	clock_format_syslog(1795352587123456, text);
	OK(!strncmp(text + 13, ":03:07.123456", 13) && strlen(text) == 32,
	    "a syslog line's time has microseconds and a zone");
	clock_format_syslog(-1, text);
	OK(strstr(text, ":59:59.999999"),
	    "the microsecond before 1970 counts down");
	clock_format_syslog(INT64_MIN, text);
	clock_format_syslog(INT64_MAX, text);
	OK(*text != '\0', "any number of microseconds has a text");
	clock_format_mail(1795352587123, text);
	IS_STR(text, "Sun, 22 Nov 2026 14:03:07 +0100",
	    "the date of a mail is English");
	zone("XXX4:30");
	clock_format_local(1795352587123, text);
	IS_STR(text, "2026-11-22 08:33:07 -0430",
	    "a zone in the west with half an hour");
	zone("XXX0:30");
	clock_format_mail(1795352587123, text);
	IS_STR(text, "Sun, 22 Nov 2026 12:33:07 -0030",
	    "a zone less than an hour west keeps its sign");
	clock_format_utc(-1, text);
	IS_STR(text, "1969-12-31T23:59:59.999Z",
	    "a millisecond before 1970 is in 1969");
	clock_format_utc(INT64_MAX, text);
	OK(*text && strlen(text) < CLOCK_TEXT_MAX,
	    "the last millisecond there is has a text");
	clock_format_mail(INT64_MIN, text);
	OK(*text && strlen(text) < CLOCK_TEXT_MAX, "so has the first");
	clock_format_local(INT64_MAX, text);
	OK(*text && strlen(text) < CLOCK_TEXT_MAX, "in local time too");
	OK(clock_wall_ms() > 1700000000000, "the wall clock counts from 1970");
	OK(clock_boot_ms() > 0 && clock_boot_ms() < clock_wall_ms(),
	    "the boot clock counts from later");
}

int
main(void)
{
	replacement();
	all_points();
	validity();
	cutting();
	controls();
	durations();
	sizes();
	numbers();
	severities();
	times();
	return tap_done();
}
