/*
 * judge_redact: what is masked, and what is withheld.
 */
#include "config.h"

#include "base/mem.h"
#include "judge/redact.h"
#include "tap.h"

static char reports[512];

static void
report(void *arg, struct origin origin, const char *text)
{
	(void)arg;
	snprintf(reports, sizeof(reports), "%s:%u: %s", origin.file,
	    origin.line, text);
}

static struct redact *
make(const char *first, const char *second)
{
	struct setting_item items[] = {{(char *)first, {"test.ini", 1}},
	    {(char *)second, {"test.ini", 2}}};
	struct setting_list list = {items, second ? 2 : 1};

	return redact_new(&list, report, NULL);
}

static bool
masks(
    const char *first, const char *second, const char *raw, const char *wanted)
{
	struct redact *redact = make(first, second);
	struct pattern_scratch *scratch = pattern_scratch_new();
	struct buf copy = BUF_INIT;
	bool undecided = true, good;
	struct span masked = redact_text(
	    redact, scratch, NULL, span_str(raw), &copy, &undecided);

	good = redact && !undecided && span_is(masked, wanted);
	/* What is as it was, is the text itself. */
	good = good && (masked.data == raw) == !strcmp(raw, wanted);
	if (!good)
		printf("# got: %.*s\n", (int)masked.len, masked.data);
	pattern_scratch_free(scratch);
	redact_free(redact);
	buf_release(&copy);
	return good;
}

static void
test_masks(void)
{
	OK(masks("(?<=password=)\\S+", NULL, "a password=hunter2 b",
	       "a password=******* b"),
	    "what matches is masked, byte for byte");
	OK(masks("(?<=p=)\\S", NULL, "p=xp=yp=z", "p=*p=*p=*"),
	    "every match is, and lookbehind sees what was masked before");
	OK(masks("^\\w+", NULL, "one two three", "*** two three"),
	    "a line begins once");
	OK(masks("e two", "two th", "one two three", "on********ree"),
	    "patterns look at the raw text, and may overlap");
	OK(masks("x", NULL, "one two three", "one two three"),
	    "where nothing matches the text itself comes back");
	OK(masks("x*", NULL, "axxbx", "a**b*"),
	    "empty matches mask nothing and end");
	OK(masks("x*", NULL, "", ""), "nothing in an empty text");
	OK(masks("$", "\\b", "one two", "one two"), "nor do anchors");
	OK(masks("two\\K three", NULL, "one two three", "one two******"),
	    "\\K says where the secret begins");
	OK(masks(".*", NULL, "a\nb", "*\n*"), "a dot stays in its line");
	OK(masks("\\d+\\s\\d+", NULL, "a 1\n2 b", "a *** b"),
	    "a pattern may pass a line's end");
}

static void
test_none(void)
{
	struct setting_list none = {NULL, 0};
	struct span raw = span_str("text");
	struct buf copy = BUF_INIT;
	bool undecided = true;

	OK(!redact_new(&none, report, NULL), "no pattern is no redaction");
	OK(redact_text(NULL, NULL, NULL, raw, &copy, &undecided).data ==
		    raw.data &&
		!undecided,
	    "which leaves the text alone");
	OK(!reports[0], "and is no mistake");
	OK(!make("fine", "a(b") &&
		strstr(reports, "test.ini:2: redact: column"),
	    "a bad pattern is reported with its place, and nothing is made");
	buf_release(&copy);
}

static bool
all_stars(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] != '*')
			return false;
	}
	return true;
}

static void
test_withheld(void)
{
	struct redact *redact = make("zzz", "^(a|a|b)+$");
	struct pattern_scratch *scratch = pattern_scratch_new();
	struct quarantine *quarantine = quarantine_new();
	struct buf copy = BUF_INIT;
	char line[4096];
	struct span masked;
	bool undecided = false;

	memset(line, 'a', sizeof(line));
	line[sizeof(line) - 1] = '!';
	for (int i = 0; i < QUARANTINE_STRIKES; i++) {
		masked = redact_text(redact, scratch, quarantine,
		    span_of(line, sizeof(line)), &copy, &undecided);
		OK(undecided && masked.len == sizeof(line) && all_stars(masked),
		    "what cannot be decided is withheld as a whole");
	}
	masked = redact_text(redact, scratch, quarantine, span_str("innocent"),
	    &copy, &undecided);
	OK(undecided && span_is(masked, "********"),
	    "and a pattern in quarantine withholds everything");
	masked = redact_text(
	    redact, scratch, NULL, span_str("innocent"), &copy, &undecided);
	OK(!undecided && span_is(masked, "innocent"),
	    "which the same text is not without the quarantine");
	quarantine_free(quarantine);
	pattern_scratch_free(scratch);
	redact_free(redact);
	buf_release(&copy);
}

static int64_t slow_now;

static int64_t
slow_clock(void)
{
	return slow_now += 10;
}

/* Each search finds something and is short; their sum is what counts. */
static void
test_time_is_limited(void)
{
	struct redact *redact = make("a", NULL);
	struct pattern_scratch *scratch = pattern_scratch_new();
	struct buf copy = BUF_INIT;
	char line[1000];
	bool undecided = false;

	memset(line, 'a', sizeof(line));
	pattern_scratch_clock(scratch, slow_clock);
	redact_text(redact, scratch, NULL, span_of(line, sizeof(line)), &copy,
	    &undecided);
	OK(undecided && slow_now < 200,
	    "all searches of a text share one budget of time");
	redact_text(redact, scratch, NULL, span_of(line, 2), &copy, &undecided);
	OK(!undecided, "which the next text has anew");
	pattern_scratch_free(scratch);
	redact_free(redact);
	buf_release(&copy);
}

static void
test_captures(void)
{
	struct span raw = span_str("user bob secret");
	struct span masked = span_str("user *** ******");
	struct captures captures = {.count = 4};

	captures.groups[0] = raw;
	captures.groups[1] = span_of(raw.data + 5, 3);
	captures.groups[2] = span_of(NULL, 0);
	captures.groups[3] = span_of("", 0);
	redact_captures(&captures, raw, masked);
	OK(span_is(captures.groups[1], "***") &&
		captures.groups[1].data == masked.data + 5,
	    "a capture lies at the same place of the copy");
	OK(captures.groups[0].data == masked.data, "so does the whole");
	OK(!captures.groups[2].data, "an unset one stays unset");
	OK(captures.groups[3].data && !captures.groups[3].len,
	    "and an empty one that points elsewhere stays there");
}

static void
level_is(const char *masked, const char *want, const char *sentence)
{
	struct buf out = BUF_INIT;

	redact_level(span_str(masked), &out);
	IS_STR(buf_str(&out), want, sentence);
	buf_release(&out);
}

static void
test_level(void)
{
	level_is("pw=****** u=** *", "pw=* u=* *",
	    "masks are as long as each other");
	level_is("***", "*", "a withheld text too");
	level_is("", "", "and nothing is nothing");
}

int
main(void)
{
	test_masks();
	test_none();
	test_withheld();
	test_time_is_limited();
	test_captures();
	test_level();
	return tap_done();
}
