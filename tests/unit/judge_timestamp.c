/* Unit tests of judge/timestamp.h. */
#include "config.h"

#include <time.h>

#include "base/civil.h"
#include "base/fields.h"
#include "judge/timestamp.h"
#include "tap.h"

#define SECOND INT64_C(1000)
#define HOUR (3600 * SECOND)
#define DAY (24 * HOUR)

/* 2026-11-22 13:03:07 UTC, which is 14:03:07 in Berlin. */
#define THEN INT64_C(1795352587000)
#define NEAR (THEN + 5 * HOUR)
#define YEAR_MS (INT64_C(366) * 24 * HOUR)

static void
set_zone(const char *name)
{
	setenv("TZ", name, 1);
	tzset();
}

static int64_t
utc_at(int year, int month, int day, int hour, int minute, int second)
{
	struct civil civil = {year, month, day, hour, minute, second, 0};

	return civil_utc_ms(&civil);
}

/* The record lies at the end of its memory, for the sanitizers. */
static int64_t
read_exact(struct timestamp *timestamp, const char *record, int64_t near_ms)
{
	const struct timestamp_near near = {near_ms,
	    near_ms > INT64_MAX / 2 ? INT64_MAX : near_ms + 3 * YEAR_MS};
	size_t len = strlen(record);
	char *bytes = malloc(len ? len : 1);
	int64_t wall;

	memcpy(bytes, record, len);
	wall = timestamp_read(timestamp, span_of(bytes, len), &near);
	free(bytes);
	return wall;
}

static void
reads(const char *key, const char *record, int64_t want, const char *name)
{
	struct err err = ERR_INIT;
	struct timestamp *timestamp = timestamp_new(key, &err);
	int64_t got;

	if (!OK(timestamp != NULL, "`%s' is a format", key))
		return;
	got = read_exact(timestamp, record, NEAR);
	OK(got == want, "%s reads `%.60s'", key, record);
	if (got != want)
		printf("#  got: %lld\n# want: %lld\n", (long long)got,
		    (long long)want);
	IS_STR(timestamp_format_name(timestamp), want ? name : NULL,
	    "and names the format");
	timestamp_free(timestamp);
}

static const struct {
	const char *record, *name;
	int ms;
} local_records[] = {
    {"Nov 22 14:03:07 host app[1]: x", "rfc3164", 0},
    {"<34>Nov 22 14:03:07 host app[1]: x", "rfc3164", 0},
    {"Nov 22 14:03:07", "rfc3164", 0},
    {"Nov 22 14:03:07 WEST sshd[1]: x", "rfc3164", 0},
    {"Nov 22 14:03:07 CAT is no zone", "rfc3164", 0},
    {"NOV 22 14:03:07.5 host", "rfc3164", 500},
    {"Nov 22 2026 14:03:07: %ASA-6-302013: x", "cisco", 0},
    {"<189>123: *Nov 22 14:03:07.123: %SYS-5", "rfc3164", 123},
    {"2026-11-22T14:03:07 x", "iso8601", 0},
    {"2026-11-22 14:03:07,123 INFO x", "iso8601", 123},
    {"[2026-11-22 14:03:07,123] INFO x", "iso8601", 123},
    {"2026-11-22 14:03:07.123456789 x", "iso8601", 123},
    {"2026-11-22 14:03:07.123 25746 INFO x", "iso8601", 123},
    {"2026-11-22 14:03:07,123 - INFO x", "iso8601", 123},
    {"2026-11-22 14:03:07 CET x", "iso8601", 0},
    {"2026-11-22 14:03:07 -1 errors", "iso8601", 0},
    {"INFO 2026-11-22 14:03:07 x", "iso8601", 0},
    {"nova.log.1.2017-05-16_13:53:08 2026-11-22 14:03:07.008 x", "iso8601",
	8},
    {"2026/11/22 14:03:07 [error] 1#1: x", "nginx", 0},
    {"[Sun Nov 22 14:03:07.123456 2026] [core:error] x", "ctime", 123},
    {"[Sun Nov 22 14:03:07 2026] [error] x", "ctime", 0},
    {"Sun Nov 22 14:03:07 CET 2026", "date", 0},
    {"I1122 14:03:07.123456 1 main.go:1] x", "klog", 123},
    {"F1122 14:03:07.123456 1 main.go:1] x", "klog", 123},
    {"22 Nov 2026 14:03:07,123 INFO x", "java", 123},
    {"22-Nov-2026 14:03:07.123 INFO [main] x", "tomcat", 123},
    {"[22-Nov-2026 14:03:07 Europe/Berlin] PHP x", "tomcat", 0},
    {"Nov 22, 2026 2:03:07 PM org.x.Y main", "java-util", 0},
    {"Nov 22, 2026 2:03:07\xe2\x80\xafPM org.x.Y main", "java-util", 0},
    {"Nov 22, 2026, 2:03:07 PM org.x.Y main", "java-util", 0},
    {"11/22/2026 2:03:07 PM x", "slashed-12h", 0},
    {"11/22/2026, 2:03:07 PM x", "slashed-12h", 0},
    {"11/22/2026 14:03:07 PM x", "slashed-12h", 0},
    {"22/11/2026 14:03:07 x", "slashed", 0},
    {"22/11/2026 14:03:07 PMs x", "slashed", 0},
    {"2026-11-22 02:03:07 PM x", "iso8601-12h", 0},
    {"2026-11-22 02:03:07.123 pm x", "iso8601-12h", 123},
    {"Nov 22 14:03:07 am sshd[1]: x", "rfc3164", 0},
    {"22.11.2026 14:03:07 x", "dotted", 0},
    {"[11.22 14:03:07] chrome.exe x", "dotted-short", 0},
    {"261122 140307 143 INFO dfs.X: x", "hdfs", 0},
    {"261122 14:03:07 [Note] x", "mysql", 0},
    {"20261122-14:03:07:606|Step|1", "compact", 606},
    {"26/11/22 14:03:07 INFO spark: x", "spark", 0},
    {"11-22 14:03:07.811  1702  2395 D x", "logcat", 811},
    {"77:M 22 Nov 2026 14:03:07.811 * x", "java", 811},
    {"77:M 22 Nov 14:03:07.811 * x", "redis", 811},
    {"[77] 22 Nov 14:03:07 # x", "redis", 0},
    {"22 Nov 14:03:07 ntpd[77]: x", "redis", 0},
    {"  7712:20261122:140307.811 x", "zabbix", 811},
    {"20261122 14:03:07 x", "dated", 0},
    {"2026.11.22 14:03:07.811456 [ 7 ] {} <Error> x", "dotted-year", 811},
    {"2026-11-22_14:03:07.81145 x", "svlogd", 811},
    {"2026-11-22-14.03.07.811456+060 x", "db2", 811},
    {"[22/Nov/2026 14:03:07] \"GET / HTTP/1.1\" 200", "werkzeug", 0},
    {"192.0.2.1 - - [22/Nov/2026 14:03:07] \"GET\"", "werkzeug", 0},
    {"11/22/2026-14:03:07.811456  [**] x", "suricata", 811},
    {"11/22-14:03:07.811456  [**] x", "snort", 811},
    {"22-11-2026 14:03:07 x", "dashed", 0},
    {"Nov 22, 2026 14:03:07 x", "java-util-24h", 0},
    {"Sun Nov 22 14:03:07.811 <kernel> x", "weekday", 811},
    {"<189>date=2026-11-22 time=14:03:07 devname=x", "fortinet", 0},
};

static const struct {
	const char *record, *name;
	int ms;
} absolute_records[] = {
    {"2026-11-22T13:03:07Z x", "iso8601", 0},
    {"2026-11-22T13:03:07.1234567Z x", "iso8601", 123},
    {"2026-11-22t13:03:07.12z x", "iso8601", 120},
    {"2026-11-22T14:03:07+01:00 x", "iso8601", 0},
    {"2026-11-22T14:03:07+0100 x", "iso8601", 0},
    {"2026-11-22T14:03:07+01 x", "iso8601", 0},
    {"2026-11-22 14:03:07 +0100 x", "iso8601", 0},
    {"2026-11-22 08:03:07 -0500 x", "iso8601", 0},
    {"2026-11-22 13:03:07.123 UTC [77] LOG: x", "iso8601", 123},
    {"2026-11-22 13:03:07 GMT x", "iso8601", 0},
    {"<34>1 2026-11-22T13:03:07.003Z host app - - x", "iso8601", 3},
    {"2026-11-22T13:03:07.123456Z 8 [Note] x", "iso8601", 123},
    {"20261122T130307Z x", "iso8601-basic", 0},
    {"Sun, 22 Nov 2026 14:03:07 +0100", "rfc5322", 0},
    {"1795352587 x", "epoch", 0},
    {"1795352587.123    45 192.0.2.1 TCP_MISS/200", "epoch", 123},
    {"1795352587123 x", "epoch", 123},
    {"[1795352587] SERVICE ALERT: x", "epoch", 0},
    {"- 1795352587 2026.11.22 R02-M1 2026-11-22-13.03.07.675872 x", "epoch",
	0},
    {"APPREAD 1795352587 2026.11.22 R23-M0 x", "bgl", 0},
    {"type=SYSCALL msg=audit(1795352587.123:42): arch=c000003e", "audit",
	123},
    {"{\"level\":\"info\",\"ts\":1795352587.123,\"msg\":\"x\"}",
	"epoch-field", 123},
    {"{\"time\": 1795352587123}", "epoch-field", 123},
    {"level=info ts=1795352587 msg=x", "epoch-field", 0},
    {"time=\"2026-11-22T13:03:07Z\" level=info msg=x", "iso8601", 0},
    {"192.0.2.1 - - [22/Nov/2026:14:03:07 +0100] \"GET / HTTP/1.1\" 200",
	"clf", 0},
    {"{\"time\":\"2026-11-22T13:03:07.5Z\",\"log\":\"x\"}", "iso8601", 500},
    {"1795352587: x", "epoch", 0},
    {"11-22-2026 14:03:07.811 +0100 INFO x", "dashed", 811},
    {"@400000006b02e815306ca340 x", "tai64", 812},
    {"@400000006b02e815 x", "tai64", 0},
    {"2026-11-22 08:03:07.123 EST [77] LOG: x", "iso8601", 123},
    {"2026-11-22 08:03:07 EST,\"x\"", "iso8601", 0},
    {"2026-11-22T22:03:07JST x", "iso8601", 0},
    {"Nov 22 22:03:07 JST host x", "rfc3164", 0},
    {"Sun Nov 22 05:03:07 PST 2026", "date", 0},
};

static void
test_known(void)
{
	size_t local = sizeof(local_records) / sizeof(local_records[0]);
	size_t absolute =
	    sizeof(absolute_records) / sizeof(absolute_records[0]);

	for (size_t i = 0; i < local; i++)
		reads("auto", local_records[i].record,
		    THEN + local_records[i].ms, local_records[i].name);
	for (size_t i = 0; i < absolute; i++)
		reads("auto", absolute_records[i].record,
		    THEN + absolute_records[i].ms, absolute_records[i].name);
}

static const char *const no_times[] = {"", " ", "[", "<34>", "<", "Nov", "x",
    "Mark 22 14:03:07 x", "Nov 31 14:03:07 x", "Nov 22 24:03:07 x",
    "Nov 22 14:60:07 x", "Nov 22 14:03:61 x", "Nov 0 14:03:07 x",
    "Nov 22 14:03:077 x", "2026-02-29 14:03:07 x",
    "2026-13-22 14:03:07 x", "2026-11-22", "2026-11-2214:03:07 x",
    "12026-11-22 14:03:07 x", "[12345.678] usb 1-1: new", "[    0.000000] x",
    "123456789 x", "17953525871 x", "179535258712 x", "17953525871234 x",
    "1795352587x", "0000000000 x", "99/99/2026 14:03:07 x",
    "13/13/2026 14:03:07 x", "32.11.2026 14:03:07 x",
    "261322 140307 x", "0811 203518 x", "1969-12-31 23:00:00Z x",
    "v2026-11-22 14:03:07", "/var/log/2026-11-22 14:03:07",
    "\xff\xfe\x80 Nov 22 14:03:07", "I1322 14:03:07.123456 1 x",
    "X1122 14:03:07.123456 1 x", "at org.x.Y(Z.java:12)",
    "11/22/2026 0:03:07 PM x", "11/22/2026 13:03:07 AM x",
    "11/22/2026 24:03:07 PM x", "2026-11-22 0:03:07 PM x",
    "2026-11-22 13:03:07 AM", "11/22/2026 14:03:7 x",
    "2026-11-22 14:3:07 x", "Nov 22 14:03:7 host", "11/22/2026 2:03:7 PM x",
    "Error: 14:03:07", "audit(179535258:1)",
    "@400000006b02e81 x", "@3fffffffffffffff00000000 x",
    "@4fffffffffffffff00000000 x", "@4", "77:M 22 Now 14:03:07 x",
    "77:20261322:140307 x", "7:", "7:M", "7:M ", "1/2/3/4",
    "0000000000:20261122:140307 x"};

static void
test_nothing(void)
{
	set_zone("UTC");
	for (size_t i = 0; i < sizeof(no_times) / sizeof(no_times[0]); i++)
		reads("auto", no_times[i], 0, NULL);
	reads("arrival", "2026-11-22T13:03:07Z x", 0, NULL);
	set_zone("Europe/Berlin");
}

static void
test_reach(void)
{
	const struct timestamp_near near = {0, NEAR};
	static const char *const behind[] = {
	    "\",\"timestamp\":\"2026-11-22T13:03:07.5Z\"}",
	    "\", \"timestamp\": \"2026-11-22 14:03:07,500\", \"x\": 1}",
	    "\",\"@timestamp\":\"2026-11-22T14:03:07.500+01:00\"}",
	    "\",\"ts\":1795352587.5}", "\",\"time\":1795352587500,\"v\":0}"};
	struct timestamp *timestamp = timestamp_new("auto", NULL);
	char record[512];

	memset(record, '.', sizeof(record));
	memcpy(record + 128, " 2026-11-22T13:03:07Z ", 22);
	IS_INT(timestamp_read(timestamp, span_of(record, 200), &near), 0,
	    "what begins behind the reach is not looked at");
	memcpy(record + 126, " 2026-11-22T13:03:07Z ", 22);
	IS_INT(timestamp_read(timestamp, span_of(record, 200), &near), THEN,
	    "what begins within it is read whole");
	memset(record, ' ', sizeof(record));
	IS_INT(timestamp_read(timestamp, span_of(record, 512), &near), 0,
	    "blanks without end are none");
	memset(record, 'a', sizeof(record));
	memcpy(record, "{\"log\":\"", 8);
	memcpy(record + 400,
	    "\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-22T13:03:07.5Z\"}",
	    54);
	IS_INT(timestamp_read(timestamp, span_of(record, 454), &near),
	    THEN + 500, "Docker's time stands at the end");
	IS_STR(timestamp_format_name(timestamp), "docker",
	    "and the format is Docker's");
	for (size_t i = 0; i < sizeof(behind) / sizeof(behind[0]); i++) {
		size_t len = strlen(behind[i]);

		memcpy(record + 400, behind[i], len);
		IS_INT(
		    timestamp_read(timestamp, span_of(record, 400 + len), &near),
		    THEN + 500, behind[i]);
		IS_STR(timestamp_format_name(timestamp), "json",
		    "is where others write it");
	}
	timestamp_free(timestamp);
}

static void
year_case(int near_year, int near_month, int near_day, const char *record,
    int64_t want, const char *sentence)
{
	struct timestamp *timestamp = timestamp_new("auto", NULL);

	IS_INT(read_exact(timestamp, record,
		   utc_at(near_year, near_month, near_day, 0, 0, 5)),
	    want, sentence);
	timestamp_free(timestamp);
}

static void
test_latest(void)
{
	const struct timestamp_near begun = {0, utc_at(2026, 11, 22, 0, 0, 0)};
	const struct timestamp_near later = {utc_at(2025, 12, 10, 0, 0, 0),
	    utc_at(2026, 11, 22, 0, 0, 0)};
	struct timestamp *timestamp = timestamp_new("auto", NULL);

	set_zone("UTC");
	IS_INT(timestamp_read(timestamp, span_str("Dec 10 00:00:00 x"), &begun),
	    utc_at(2025, 12, 10, 0, 0, 0),
	    "a December read first in November is last year's");
	IS_INT(timestamp_read(timestamp, span_str("Nov 22 23:00:00 x"), &begun),
	    utc_at(2026, 11, 22, 23, 0, 0),
	    "a clock may be a little ahead");
	IS_INT(timestamp_read(timestamp, span_str("Jan  5 00:00:00 x"), &later),
	    utc_at(2026, 1, 5, 0, 0, 0),
	    "what was read before says where a log is");
	timestamp_free(timestamp);
	set_zone("Europe/Berlin");
}

static void
test_hour_that_comes_twice(void)
{
	/* 2026-10-25 02:30 in Berlin is 00:30 and 01:30 in UTC. */
	const int64_t first = utc_at(2026, 10, 25, 0, 30, 0);
	const struct timestamp_near fresh = {first, first + HOUR + 1000};
	const struct timestamp_near late = {first + 20 * 60000,
	    first + 5 * HOUR};
	const struct timestamp_near on = {first + 31 * 60000,
	    first + 5 * HOUR};
	struct timestamp *timestamp = timestamp_new("auto", NULL);

	IS_INT(timestamp_read(timestamp, span_str("2026-10-25 02:30:00 x"),
		   &fresh), first + HOUR,
	    "what arrives in the second hour is of the second hour");
	IS_INT(timestamp_read(timestamp, span_str("2026-10-25 02:52:00 x"),
		   &late), first + 22 * 60000,
	    "what is read later goes on where the log was");
	IS_INT(timestamp_read(timestamp, span_str("2026-10-25 02:02:00 x"),
		   &on), first + 32 * 60000,
	    "also from the first hour to the second");
	timestamp_free(timestamp);
}

static void
test_years(void)
{
	set_zone("UTC");
	year_case(2027, 1, 1, "Dec 31 23:59:59 x",
	    utc_at(2026, 12, 31, 23, 59, 59),
	    "a December read in January is last year's");
	year_case(2026, 12, 31, "Jan  1 00:00:01 x",
	    utc_at(2027, 1, 1, 0, 0, 1),
	    "a January read in December is next year's");
	year_case(2026, 7, 1, "Jan 01 00:00:01 x", utc_at(2026, 1, 1, 0, 0, 1),
	    "the nearest year counts");
	year_case(2025, 3, 1, "Feb 29 12:00:00 x",
	    utc_at(2024, 2, 29, 12, 0, 0), "29 February is the nearest");
	year_case(2027, 3, 1, "Feb 29 12:00:00 x",
	    utc_at(2028, 2, 29, 12, 0, 0), "also one to come");
	year_case(2098, 3, 1, "Feb 29 12:00:00 x",
	    utc_at(2096, 2, 29, 12, 0, 0), "and around 2100");
	year_case(2102, 3, 1, "Feb 29 12:00:00 x",
	    utc_at(2104, 2, 29, 12, 0, 0), "and behind it");
	year_case(2026, 11, 23, "Feb 30 12:00:00 x", 0,
	    "30 February is in no year");
	set_zone("Europe/Berlin");
}

static void
slashed(struct timestamp *timestamp, const char *date, int64_t near_ms,
    int64_t want, const char *sentence)
{
	char record[64];

	snprintf(record, sizeof(record), "%s 00:00:00 x", date);
	IS_INT(read_exact(timestamp, record, near_ms), want, sentence);
}

/* A name that is local time's own means that; others mean one thing. */
static void
test_zone_names(void)
{
	static const struct {
		const char *zone, *record, *sentence;
		int hour;	/* UTC */
	} cases[] = {
	    {"Europe/Berlin", "2026-11-22 14:03:07 CET x",
		"local time by its name is local time", 13},
	    {"UTC", "2026-11-22 14:03:07 CET x",
		"elsewhere the name says where", 13},
	    {"Asia/Shanghai", "2026-11-22 14:03:07 CST x",
		"a name of two zones is the local one", 6},
	    {"UTC", "2026-11-22 14:03:07 CST x",
		"and says nothing where it is not", 14},
	    {"Europe/Berlin", "2026-11-22 14:03:07 EST5 x",
		"a name that goes on is none", 13},
	    {"Europe/Berlin", "2026-11-22 14:03:07 est x",
		"nor is one in small letters", 13},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct timestamp *timestamp;

		set_zone(cases[i].zone);
		timestamp = timestamp_new("auto", NULL);
		IS_INT(read_exact(timestamp, cases[i].record, NEAR),
		    utc_at(2026, 11, 22, cases[i].hour, 3, 7),
		    cases[i].sentence);
		timestamp_free(timestamp);
	}
	set_zone("Europe/Berlin");
}

static void
test_slashed(void)
{
	struct timestamp *timestamp = timestamp_new("auto", NULL);
	int64_t thirteenth = utc_at(2026, 4, 13, 0, 0, 0);
	int64_t fourth = utc_at(2026, 3, 4, 0, 0, 0);
	int64_t third = utc_at(2026, 4, 3, 0, 0, 0);

	set_zone("UTC");
	slashed(timestamp, "03/04/2026", 0, fourth,
	    "the month is first at first");
	slashed(timestamp, "03/04/2026", utc_at(2026, 4, 2, 0, 0, 0), third,
	    "unless the other is nearer to what was read before");
	slashed(timestamp, "13/04/2026", NEAR, thirteenth,
	    "a day above 12 can be read one way only");
	slashed(timestamp, "03/04/2026", fourth, fourth,
	    "one of them shows no order");
	slashed(timestamp, "04/13/2026", NEAR, thirteenth,
	    "nor does one each way");
	slashed(timestamp, "13/04/2026", NEAR, thirteenth,
	    "nor a third that contradicts");
	slashed(timestamp, "03/04/2026", fourth, fourth,
	    "however many there are");
	slashed(timestamp, "13/04/2026", NEAR, thirteenth,
	    "two in a row do");
	slashed(timestamp, "03/04/2026", fourth, third,
	    "from then on the day is first");
	slashed(timestamp, "04/13/2026", NEAR, thirteenth,
	    "what contradicts is read all the same");
	slashed(timestamp, "03/04/2026", fourth, third,
	    "and one of it changes nothing");
	slashed(timestamp, "04/13/2026", NEAR, thirteenth, "but a second");
	slashed(timestamp, "03/04/2026", third, fourth,
	    "makes it the other order");
	timestamp_free(timestamp);
	set_zone("Europe/Berlin");
}

/* In a new process, with these bytes; -1 when they are refused. */
static int
load_again(struct timestamp **timestamp, struct span saved)
{
	timestamp_free(*timestamp);
	*timestamp = timestamp_new("auto", NULL);
	return timestamp_load(*timestamp, saved, NULL);
}

static void
save(struct timestamp *timestamp, struct buf *saved)
{
	buf_reset(saved);
	timestamp_save(timestamp, saved);
	timestamp_saved(timestamp);
}

static void
test_slashed_kept(void)
{
	struct timestamp *timestamp = timestamp_new("auto", NULL);
	const struct timestamp_near near = {NEAR, NEAR};
	int64_t thirteenth = utc_at(2026, 4, 13, 0, 0, 0);
	int64_t fourth = utc_at(2026, 3, 4, 0, 0, 0);
	int64_t third = utc_at(2026, 4, 3, 0, 0, 0);
	struct buf saved = BUF_INIT;

	set_zone("UTC");
	for (int i = 0; i < 3; i++)
		IS_INT(timestamp_peek(timestamp,
			   span_str("13/04/2026 00:00:00 x"), &near),
		    thirteenth, "a record that is read again later is read");
	OK(!timestamp_changed(timestamp), "but shows no order");
	slashed(timestamp, "13/04/2026", NEAR, thirteenth, "one that is not");
	OK(timestamp_changed(timestamp), "shows half of it");
	save(timestamp, &saved);
	OK(!timestamp_changed(timestamp), "which is saved");
	IS_INT(load_again(&timestamp, buf_span(&saved)), 0, "and loaded");
	OK(!timestamp_changed(timestamp), "as it is");
	slashed(timestamp, "13/04/2026", NEAR, thirteenth,
	    "another one, in the next process,");
	slashed(timestamp, "03/04/2026", fourth, third, "shows all of it");
	save(timestamp, &saved);
	IS_INT(load_again(&timestamp, buf_span(&saved)), 0, "as is the order");
	slashed(timestamp, "03/04/2026", fourth, third,
	    "which the process after that knows");
	IS_INT(load_again(&timestamp, span_str("damaged")), -1,
	    "damaged bytes are refused");
	buf_reset(&saved);
	fields_add_number(&saved, "order", 3);
	fields_add_number(&saved, "shown", 0);
	IS_INT(load_again(&timestamp, buf_span(&saved)), -1,
	    "and orders that there are not");
	OK(!timestamp_changed(timestamp), "which changes nothing");
	timestamp_free(timestamp);
	buf_release(&saved);
	set_zone("Europe/Berlin");
}

static void
test_slashed_doubtful(void)
{
	const struct timestamp_near now = {0, utc_at(2026, 6, 1, 0, 0, 0)};
	struct timestamp *timestamp = timestamp_new("auto", NULL);
	int64_t fourth = utc_at(2026, 3, 4, 0, 0, 0);

	set_zone("UTC");
	for (int i = 0; i < 3; i++) {
		slashed(timestamp, "31/02/2026", 0, 0,
		    "a day that its month has not is none");
		timestamp_read(
		    timestamp, span_str("13/04/2027 00:00:00 x"), &now);
	}
	slashed(timestamp, "03/04/2026", fourth, fourth,
	    "and shows no order, nor does one of the future");
	IS_INT(timestamp_read(
		   timestamp, span_str("07/05/2026 00:00:00 x"), &now),
	    utc_at(2026, 5, 7, 0, 0, 0),
	    "a month that is still to come is a day");
	IS_INT(timestamp_read(
		   timestamp, span_str("05/07/2026 00:00:00 x"), &now),
	    utc_at(2026, 5, 7, 0, 0, 0), "wherever it stands");
	timestamp_free(timestamp);
	set_zone("Europe/Berlin");
}

/* After a reload the readers are made anew, and nobody calls tzset(3). */
static void
test_zone_changes(void)
{
	struct timestamp *timestamp = timestamp_new("auto", NULL);
	int64_t berlin = read_exact(timestamp, "2026-11-22 14:03:07 x", NEAR);

	timestamp_free(timestamp);
	setenv("TZ", "Asia/Kathmandu", 1);
	timestamp = timestamp_new("auto", NULL);
	IS_INT(read_exact(timestamp, "2026-11-22 14:03:07 x", NEAR),
	    berlin - 4 * HOUR - 45 * 60 * SECOND,
	    "a new reader reads in the time zone of its day");
	timestamp_free(timestamp);
	set_zone("Europe/Berlin");
}

static void
test_mixed(void)
{
	struct timestamp *timestamp = timestamp_new("auto", NULL);

	read_exact(timestamp, "  continued 2026-01-01 00:00:00Z", NEAR);
	IS_INT(read_exact(timestamp,
		   "Nov 22 14:03:07 host app: was 2026-01-01 00:00:00Z", NEAR),
	    THEN, "what begins a record goes before what is inside");
	IS_INT(read_exact(timestamp, "2026-11-22T13:03:07Z x", NEAR), THEN,
	    "a log may change its format");
	timestamp_free(timestamp);
}

static void
test_ambiguous(void)
{
	struct timestamp *timestamp = timestamp_new("auto", NULL);
	int64_t first = utc_at(2026, 10, 25, 0, 30, 0);

	IS_INT(read_exact(timestamp, "Oct 25 02:30:00 x", first + 60000), first,
	    "an hour that repeats is the first when that is near");
	IS_INT(read_exact(timestamp, "Oct 25 02:30:00 x", first + HOUR),
	    first + HOUR, "and the second when that is");
	timestamp_free(timestamp);
}

static void
test_explicit(void)
{
	reads("%Y-%m-%d %H:%M:%S", "2026-11-22 14:03:07 x", THEN,
	    "%Y-%m-%d %H:%M:%S");
	reads("%Y-%m-%d %H:%M:%S.%f", "[2026-11-22 14:03:07.25] x", THEN + 250,
	    "%Y-%m-%d %H:%M:%S.%f");
	reads("[%d/%b/%Y:%T %z]", " [22/Nov/2026:14:03:07 +0100] x", THEN,
	    "[%d/%b/%Y:%T %z]");
	reads("%s", "<34>1795352587 x", THEN, "%s");
	reads("%s.%f", "1795352587.007", THEN + 7, "%s.%f");
	reads("%Y %j %R:%S", "2026 326 14:03:07", THEN, "%Y %j %R:%S");
	reads("%j %R:%S", "326 14:03:07", THEN, "%j %R:%S");
	reads("%H:%M:%S", "14:03:07 x", THEN, "%H:%M:%S");
	reads("%a, %d %B %y %r", "sunday, 22 november 26 2:03:07 pm", THEN,
	    "%a, %d %B %y %r");
	reads("%-d.%-m.%Y %-H:%M:%S", "22.11.2026 14:03:07", THEN,
	    "%-d.%-m.%Y %-H:%M:%S");
	reads("%c", "Sun Nov 22 14:03:07 2026", THEN, "%c");
	reads("%D%n%T", "11/22/26   14:03:07", THEN, "%D%n%T");
	reads("%%%F %T %Z", "%2026-11-22 13:03:07 UTC", THEN, "%%%F %T %Z");
	reads("%F %T %Z", "2026-11-22 14:03:07 CET", THEN, "%F %T %Z");
	reads("%F %Hh", "2026-11-22 14h", THEN - 187000, "%F %Hh");
	reads("%F %T", "x 2026-11-22 14:03:07", 0, NULL);
	reads("%F %T", "2026-11-22 14:03", 0, NULL);
	reads("%Y %j", "2026 366", 0, NULL);
	reads("%s", "999999999999 x", 0, NULL);
}

static void
refuses(const char *text, const char *part)
{
	struct err err = ERR_INIT;
	struct timestamp *timestamp = timestamp_new(text, &err);

	OK(!timestamp && strstr(err.text, part), "`%s' is refused: %s", text,
	    err.text);
	timestamp_free(timestamp);
}

static void
test_refused(void)
{
	refuses("", "names no time");
	refuses("automatic", "names no time");
	refuses("%Y", "names no time");
	refuses("%Y %H:%M", "names no time");
	refuses("%d %H:%M", "names no time");
	refuses("%F %Q", "%Q");
	refuses("%F %T %", "stands alone");
	refuses("%F %T %-", "stands alone");
	refuses("%1/%2/%Y", "%1");
	refuses("%F%@%T", "%@");
	refuses("%F%_%T%+", "%+");
	refuses("%F %\xff", "%?");
}

static void
test_near_ends(void)
{
	static const int64_t nears[] = {
	    0, 1, -1, INT64_MIN, INT64_MAX, INT64_C(4102444800000)};
	struct timestamp *timestamp = timestamp_new("%H:%M:%S", NULL);

	for (size_t i = 0; i < sizeof(nears) / sizeof(nears[0]); i++) {
		OK(read_exact(timestamp, "23:59:59", nears[i]) >= 0,
		    "a near of %lld does no harm", (long long)nears[i]);
		year_case(2026, 1, 1, "Jan  1 00:00:00",
		    utc_at(2025, 12, 31, 23, 0, 0), "nor does it elsewhere");
	}
	timestamp_free(timestamp);
	timestamp_free(NULL);
}

int
main(void)
{
	set_zone("Europe/Berlin");
	test_known();
	test_nothing();
	test_reach();
	test_years();
	test_zone_names();
	test_latest();
	test_hour_that_comes_twice();
	test_slashed();
	test_slashed_kept();
	test_slashed_doubtful();
	test_zone_changes();
	test_mixed();
	test_ambiguous();
	test_explicit();
	test_refused();
	test_near_ends();
	return tap_done();
}
