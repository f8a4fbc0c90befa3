/* Unit tests of base/setting.h. */
#include "config.h"

#include "base/setting.h"
#include "base/units.h"
#include "tap.h"

/* A custom value: a pair of letters. */
struct pair {
	char letters[2];
};

static int
pair_parse(struct span text, void *field, struct err *err)
{
	struct pair *pair = field;

	if (text.len != 2)
		return err_set(
		    err, "`%.*s' is no pair", span_shown(text), text.data);
	memcpy(pair->letters, text.data, 2);
	return 0;
}

static void
pair_format(const void *field, struct buf *out)
{
	buf_add(out, ((const struct pair *)field)->letters, 2);
}

struct sample {
	int64_t timeout, limit, count;
	char *name, *home;
	struct setting_list match, sink, to, events;
	bool enabled, strict;
	int color;
	struct pair pair;
};

static const char *const colors[] = {"red", "green", "blue", NULL};

#define AT(member) offsetof(struct sample, member)

static const struct setting rows[] = {
    {.name = "name", .type = SETTING_TEXT, .offset = AT(name)},
    {.name = "home",
	.type = SETTING_TEXT,
	.offset = AT(home),
	.fallback = "/var/lib"},
    {.name = "match", .type = SETTING_LINES, .offset = AT(match)},
    {.name = "sink", .type = SETTING_WORDS, .offset = AT(sink)},
    {.name = "to", .type = SETTING_ADDRESSES, .offset = AT(to)},
    {.name = "events",
	.type = SETTING_WORDS,
	.offset = AT(events),
	.fallback = "appear closed\ngrew"},
    {.name = "timeout",
	.type = SETTING_DURATION,
	.offset = AT(timeout),
	.fallback = "2m",
	.min = 1000,
	.max = 3600000},
    {.name = "limit", .type = SETTING_SIZE, .offset = AT(limit), .max = 4096},
    {.name = "count",
	.type = SETTING_NUMBER,
	.offset = AT(count),
	.fallback = "3",
	.min = -5,
	.max = 5},
    {.name = "enabled",
	.type = SETTING_BOOL,
	.offset = AT(enabled),
	.fallback = "yes"},
    {.name = "strict", .type = SETTING_BOOL, .offset = AT(strict)},
    {.name = "color",
	.type = SETTING_CHOICE,
	.offset = AT(color),
	.choices = colors,
	.fallback = "green"},
    {.name = "pair",
	.type = SETTING_CUSTOM,
	.offset = AT(pair),
	.fallback = "ab",
	.parse = pair_parse,
	.format = pair_format},
    {.name = "storm",
	.type = SETTING_NOT_BUILT,
	.help = "cap on alerts per time"},
};

static const struct setting_table table = {
    .section = "sample",
    .rows = rows,
    .count = sizeof(rows) / sizeof(*rows),
    .size = sizeof(struct sample),
};

static const struct origin here = {"file.ini", 7};

static const struct setting *
row(const char *name)
{
	return setting_find(&table, span_str(name));
}

static int
set(struct sample *sample, const char *name, const char *text)
{
	return setting_set(row(name), sample, span_str(text), here, NULL);
}

static void
shows(const struct sample *sample, const char *name, const char *want,
    const char *sentence)
{
	struct buf out = BUF_INIT;

	setting_format(row(name), sample, &out);
	IS_STR(buf_str(&out), want, sentence);
	buf_release(&out);
}

static void
refused(
    const char *name, const char *text, const char *part, const char *sentence)
{
	struct sample sample = {0};
	struct buf before = BUF_INIT, after = BUF_INIT;
	struct err err = ERR_INIT;
	int result;

	setting_defaults(&table, &sample);
	setting_format(row(name), &sample, &before);
	result = setting_set(row(name), &sample, span_str(text), here, &err);
	setting_format(row(name), &sample, &after);
	OK(result == -1 && strstr(err.text, name) && strstr(err.text, part) &&
		span_equal(buf_span(&before), buf_span(&after)),
	    "%s: %s", sentence, err.text);
	setting_release(&table, &sample);
	buf_release(&before);
	buf_release(&after);
}

static void
defaults(void)
{
	struct sample sample = {0};
	bool all = true;
	size_t i;

	setting_defaults(&table, &sample);
	OK(sample.timeout == 120000 && sample.count == 3 && sample.enabled &&
		sample.color == 1 && !strcmp(sample.home, "/var/lib") &&
		!memcmp(sample.pair.letters, "ab", 2),
	    "a struct is filled with the defaults");
	OK(!sample.name && !sample.limit && !sample.strict &&
		!sample.match.count,
	    "without a default a field stays zero");
	OK(sample.events.count == 3 &&
		!strcmp(sample.events.items[2].text, "grew"),
	    "the default of a list may have several lines");
	for (i = 0; i < table.count; i++)
		all &= setting_is_default(&rows[i], &sample);
	OK(all, "every field has its default");
	setting_release(&table, &sample);
	OK(!sample.home && !sample.events.items && !sample.events.count,
	    "what is released is empty");
	setting_release(&table, &sample);
}

static void
one_value(const char *name, const char *text, const char *shown)
{
	struct sample sample = {0}, again = {0};
	struct buf out = BUF_INIT, back = BUF_INIT;
	const char *line, *end;

	setting_defaults(&table, &sample);
	setting_defaults(&table, &again);
	OK(!set(&sample, name, text), "%s = %s is accepted", name, text);
	setting_format(row(name), &sample, &out);
	IS_STR(buf_str(&out), shown, "it is shown as it should be");
	OK(!setting_is_default(row(name), &sample), "it is no default");
	for (line = buf_str(&out); line; line = end ? end + 1 : NULL) {
		end = strchr(line, '\n');
		setting_set(row(name), &again,
		    span_of(line, end ? (size_t)(end - line) : strlen(line)),
		    here, NULL);
	}
	setting_format(row(name), &again, &back);
	IS_STR(buf_str(&back), shown, "what is shown reads back the same");
	setting_clear(row(name), &sample);
	OK(setting_is_default(row(name), &sample),
	    "cleared, it has its default");
	buf_release(&out);
	buf_release(&back);
	setting_release(&table, &sample);
	setting_release(&table, &again);
}

static void
values(void)
{
	one_value("name", "a b;c \"d\"", "a b;c \"d\"");
	one_value("home", "/srv", "/srv");
	one_value("match", "  a, b c\t", "a, b c");
	one_value("sink", " ops\tphone  root ", "ops\nphone\nroot");
	one_value(
	    "to", "a@x, b@y,,\"Doe, J\" <j@z> ,", "a@x\nb@y\n\"Doe, J\" <j@z>");
	one_value(
	    "to", "<a,b@x>, \"q\\\", r\" <c@d>", "<a,b@x>\n\"q\\\", r\" <c@d>");
	one_value("events", "vanished", "vanished");
	one_value("timeout", "90s", "90s");
	one_value("limit", "4096", "4k");
	one_value("count", "-5", "-5");
	one_value("enabled", "no", "no");
	one_value("strict", "yes", "yes");
	one_value("color", "blue", "blue");
	one_value("pair", "xy", "xy");
}

static void
lists(void)
{
	struct sample sample = {0};
	struct origin later = {"file.ini", 9};

	setting_defaults(&table, &sample);
	OK(!set(&sample, "events", "vanished") &&
		!setting_set(row("events"), &sample, span_str("grew closed"),
		    later, NULL),
	    "a list is set line by line");
	shows(&sample, "events", "vanished\ngrew\nclosed",
	    "the first line replaces the default, others append");
	OK(sample.events.items[0].origin.line == 7 &&
		sample.events.items[2].origin.line == 9 &&
		!strcmp(sample.events.items[2].origin.file, "file.ini"),
	    "each item knows where it was written");
	setting_clear(row("events"), &sample);
	OK(!set(&sample, "events", ""), "an empty line is accepted");
	shows(&sample, "events", "appear\nclosed\ngrew", "and adds nothing");
	OK(!set(&sample, "match", "one") && !set(&sample, "match", "two"),
	    "a list without a default is set");
	shows(&sample, "match", "one\ntwo", "line by line");
	OK(!set(&sample, "name", "first") && !set(&sample, "name", "second"),
	    "a text is set twice");
	shows(&sample, "name", "second", "the last one stays");
	setting_release(&table, &sample);
}

static void
refusals(void)
{
	struct sample sample = {0};
	struct err err = ERR_INIT;

	refused("timeout", "10", "digits and one of", "a bad duration");
	refused("timeout", "500ms", "from 1s to 1h", "one that is too short");
	refused("timeout", "2h", "from 1s to 1h", "one that is too long");
	refused("timeout", "", "duration", "no duration");
	refused("limit", "5k", "from 0 to 4k", "a size that is too big");
	refused("limit", "k", "size", "a bad size");
	refused("count", "6", "from -5 to 5", "a number out of range");
	refused("count", "1x", "whole number", "a bad number");
	refused("enabled", "true", "neither yes nor no", "a bad truth");
	refused("color", "gren", "did you mean `green'", "a bad choice");
	refused("color", "", "red, green, blue", "no choice");
	refused("color", "gre", "did you mean `green'", "the first letters");
	refused("to", "a@x, \"b", "not closed", "an open quote");
	refused("pair", "abc", "`abc' is no pair", "a bad custom value");
	refused("storm", "1", "is not built yet (cap on alerts per time)",
	    "a key that is not built");
	OK(setting_set(row("name"), &sample, span_of("a\0b", 3), here, &err) <
		    0 &&
		strstr(err.text, "NUL"),
	    "a NUL in a text is refused, not cut at");
}

static void
nearness(void)
{
	static const char *const words[] = {
	    "agent", "log", "rule", "smtp", "webhook", NULL};
	char longer[5000];

	IS_STR(setting_nearest(&table, span_str("timout")), "timeout",
	    "a letter that is missing");
	IS_STR(setting_nearest(&table, span_str("timeoutt")), "timeout",
	    "a letter too many");
	IS_STR(setting_nearest(&table, span_str("mtach")), "match",
	    "two letters swapped");
	IS_STR(setting_nearest(&table, span_str("Enabled")), "enabled",
	    "a capital");
	OK(!setting_nearest(&table, span_str("xyzzy")),
	    "nothing is near what is far");
	OK(!setting_nearest(&table, span_str("")), "nothing is near nothing");
	OK(!setting_nearest(&table, span_str("strom")),
	    "a key that is not built is not proposed");
	IS_STR(nearest_word(span_str("web-hook"), words), "webhook",
	    "sections are found too");
	IS_STR(nearest_word(span_str("smpt"), words), "smtp",
	    "by the least distance");
	OK(!nearest_word(span_str("a"), words) ||
		!strcmp(nearest_word(span_str("a"), words), "agent"),
	    "one letter is not near everything");
	OK(!nearest_word(span_str("ab"), words), "nor are two");
	IS_STR(nearest_word(span_str("age"), words), "agent",
	    "what was left off at the end");
	memset(longer, 'a', sizeof(longer));
	OK(!nearest_word(span_of(longer, sizeof(longer)), words),
	    "a very long word is not measured");
	OK(!setting_find(&table, span_str("nam")) &&
		!setting_find(&table, span_str("")) &&
		!setting_find(&table, span_of("name\0", 5)),
	    "only whole names are found");
}

int
main(void)
{
	defaults();
	values();
	lists();
	refusals();
	nearness();
	return tap_done();
}
