/*
 * judge_reach: where a pattern ends that does not match.
 */
#include "config.h"

#include <stdint.h>

#include "judge/reach.h"
#include "tap.h"

static struct pattern_scratch *scratch;

/* "HAS|WANTS|REST", or "" where nothing can be told. */
static const char *
reach(const char *text, unsigned flags, const char *record)
{
	static char out[512];
	struct pattern *pattern = pattern_new(text, flags, NULL);
	struct reach reach;

	out[0] = '\0';
	if (pattern &&
	    pattern_reach(pattern, scratch, span_str(record), &reach))
		snprintf(out, sizeof(out), "%.*s|%.*s|%.*s",
		    (int)reach.has.len, reach.has.data, (int)reach.wants.len,
		    reach.wants.data, (int)reach.rest.len, reach.rest.data);
	pattern_free(pattern);
	return out;
}

static void
test_reach(void)
{
	static const char line[] = "Nov 22 sshd[7]: Failed password for root";

	IS_STR(reach("Failed pasword for", 0, line),
	    "Failed pas|word for|sword for root", "a letter that is missing");
	IS_STR(reach("^Failed", 0, line),
	    "^|Failed|Nov 22 sshd[7]: Failed password for root",
	    "an anchor before the time");
	IS_STR(reach("sshd\\[\\d+\\]:Failed", 0, line),
	    "sshd\\[\\d+\\]:|Failed| Failed password for root",
	    "a blank that is missing");
	IS_STR(reach("(?<who>sshd)\\[\\d{1,3}\\]: (a|[f)])x", 0, line),
	    "(?<who>sshd)\\[\\d{1,3}\\]: |(a|[f)])x|Failed password for root",
	    "groups, classes and counts stay whole");
	IS_STR(reach("password for$", 0, line), "password for|$| root",
	    "an end that is none");
	IS_STR(reach("xyz|Failed x", 0, line), "Failed |x|password for root",
	    "the alternative that gets farther");
	IS_STR(reach("failed pw", PATTERN_NOCASE, line),
	    "failed p|w|assword for root", "the flags count");
	IS_STR(reach("a\\x41\\p{L}\xC3\xA9z", PATTERN_UTF, "aAb\xC3\xA9y"),
	    "a\\x41\\p{L}\xC3\xA9|z|y", "characters and escapes stay whole");
}

static void
test_nothing(void)
{
	IS_STR(reach("zzz", 0, "a line"), "", "what does not even begin");
	IS_STR(reach("z", 0, "a line"), "", "nor has two things");
	IS_STR(reach("a # b", PATTERN_EXTENDED, "a line"), "",
	    "an extended pattern is not looked into");
	IS_STR(reach("a\\Qx\\E", 0, "a line"), "", "nor is quoted text");
	IS_STR(reach("(", 0, "("), "", "what does not compile says nothing");
	IS_STR(reach("a|", 0, ""), "", "an empty alternative is none");
	IS_STR(reach("^a", 0, ""), "", "an empty record has no place in it");
	IS_STR(reach("li(?=z)", 0, "a line"), "li|(?=z)|ne",
	    "what looks ahead may be what fails");
}

static struct reach
reach_of(const char *text, const char *record)
{
	struct pattern *pattern = pattern_new(text, 0, NULL);
	struct reach reach = {.words = SIZE_MAX};

	if (pattern)
		pattern_reach(pattern, scratch, span_str(record), &reach);
	pattern_free(pattern);
	return reach;
}

static void
test_words(void)
{
	static const char line[] = "Nov 22 14:00:00 web1 sshd[7]: Failed a";
	static const struct {
		const char *text;
		size_t words;
	} rows[] = {
	    {"Failed pasword", 6},
	    {"^\\w{3} [ :0-9]{11} [._[:alnum:]-]+ CRON", 0},
	    {"^\\S+ 2{1,2} (?<who>\\S+ web)(?:1) (?i:S)(?<=S|s)s1", 9},
	    {"\\x46ai(?=l)(?<!x)(?'n'led) z", 7},
	};
	struct reach word = reach_of(rows[0].text, line);
	struct reach prefix = reach_of(rows[1].text, line);
	struct reach longer = reach_of("Failed \\w\\d", line);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		IS_INT((long long)reach_of(rows[i].text, line).words,
		    (long long)rows[i].words, rows[i].text);
	OK(reach_is_farther(&word, &prefix) &&
		!reach_is_farther(&prefix, &word),
	    "a word is farther than the time and the host of any line");
	OK(reach_is_farther(&longer, &word) &&
		!reach_is_farther(&word, &longer),
	    "of two with the same words the longer one is");
}

int
main(void)
{
	scratch = pattern_scratch_new();
	test_reach();
	test_nothing();
	test_words();
	pattern_scratch_free(scratch);
	return tap_done();
}
