/*
 * judge_silence: what is held back for a while, told, stored and ended.
 */
#include "config.h"

#include "base/fields.h"
#include "base/mem.h"
#include "judge/silence.h"
#include "tap.h"

#define HOUR INT64_C(3600000)
#define DAY (24 * HOUR)
#define START INT64_C(1700000000000)

static int64_t
add(struct silences *silences, const char *rule, const char *name,
    const char *value, int64_t length_ms)
{
	struct silence silence = {.rule = xstrdup(rule),
	    .from_ms = START,
	    .until_ms = START + length_ms,
	    .who = xstrdup("ann"),
	    .why = xstrdup("maintenance")};
	struct err err = ERR_INIT;

	if (name) {
		silence.condition_count = 1;
		silence.conditions[0].name = xstrdup(name);
		silence.conditions[0].value = xstrdup(value);
	}
	if (!silences_add(silences, &silence, &err))
		return silence.id;
	printf("# %s\n", err.text);
	silence_release(&silence);
	return 0;
}

/* ip is 192.0.2.1, key is k; nothing else is known. */
static bool
look_up(void *arg, struct span name, struct span *value_out)
{
	(void)arg;
	*value_out = span_str(span_is(name, "ip") ? "192.0.2.1" : "k");
	return span_is(name, "ip") || span_is(name, "key");
}

static bool
hold(struct silences *silences, const char *rule, int64_t now_ms)
{
	struct event event = {3, START, START + 5, span_str("a line"), NULL};

	return silences_hold(silences, rule, look_up, NULL, now_ms, &event);
}

static void
test_match(void)
{
	struct silences *silences = silences_new();
	struct buf text = BUF_INIT;
	struct silence ended;
	int64_t id = add(silences, "ssh-*", "ip", "192.0.2.1", HOUR);

	OK(hold(silences, "ssh-brute", START), "a glob and a capture match");
	OK(!hold(silences, "disk", START), "another rule does not");
	OK(!hold(silences, "ssh-brute", START + HOUR), "nor when it is over");
	silence_describe(silences_find(silences, id), &text);
	IS_STR(buf_str(&text), "ssh-* ip=192.0.2.1", "it says what it is");
	OK(silences_end(silences, id, &ended) && ended.held.matches == 3 &&
		ended.held.events == 1,
	    "ended early it hands over what it held");
	silence_release(&ended);
	OK(!silences_end(silences, id, &ended) && !silences_find(silences, id),
	    "once");
	add(silences, "*", "user", "", HOUR);
	OK(!hold(silences, "ssh-brute", START),
	    "an unknown capture is not an empty one: it never matches");
	IS_INT(add(silences, "*", NULL, NULL, HOUR), id + 2,
	    "an id is never used again");
	OK(hold(silences, "disk", START), "a silence without conditions");
	buf_release(&text);
	silences_free(silences);
}

static void
test_told(void)
{
	struct silences *silences = silences_new();
	struct silence out;
	bool ended;

	add(silences, "*", NULL, NULL, 3 * DAY);
	IS_INT(silences_due(silences), START + 3 * DAY,
	    "what held nothing has nothing to tell before its end");
	hold(silences, "disk", START);
	IS_INT(silences_due(silences), START + SILENCE_TELL_MS,
	    "what held something is told after a day");
	OK(!silences_expire(silences, START + DAY - 1, &out, &ended),
	    "not before");
	OK(silences_expire(silences, START + DAY, &out, &ended) && !ended &&
		out.held.matches == 3 && !strcmp(out.rule, "*"),
	    "and goes on");
	silence_release(&out);
	OK(!silences_expire(silences, START + DAY, &out, &ended), "told once");
	hold(silences, "disk", START + 2 * DAY);
	OK(silences_expire(silences, START + 3 * DAY, &out, &ended) && ended &&
		out.held.events == 1,
	    "the rest is told at the end");
	silence_release(&out);
	IS_INT(silences_due(silences), 0, "then it is gone");
	silences_free(silences);
}

static void
test_clock_back(void)
{
	struct silences *silences = silences_new();

	add(silences, "*", NULL, NULL, HOUR);
	OK(hold(silences, "disk", START - DAY),
	    "the clock was set back a day: it holds");
	IS_INT(silences_due(silences), START - DAY + HOUR,
	    "and ends no later than its own length after now");
	silences_free(silences);
}

struct shelf {
	struct buf row[8];
	int puts, deletes;
};

static void
put(void *arg, int64_t id, struct span saved)
{
	struct shelf *shelf = arg;

	if (id > 7)
		return;
	buf_reset(&shelf->row[id]);
	buf_add_span(&shelf->row[id], saved);
	shelf->puts += saved.len > 0;
	shelf->deletes += saved.len == 0;
}

static void
test_saved(void)
{
	struct silences *silences = silences_new(), *again = silences_new();
	struct shelf shelf = {.puts = 0};
	struct silence out;
	struct err err = ERR_INIT;
	const struct silence *found;
	size_t i, bit, accepted = 0;

	add(silences, "a", "ip", "192.0.2.1", HOUR);
	add(silences, "b", NULL, NULL, HOUR);
	hold(silences, "a", START);
	silences_dirty(silences, put, &shelf);
	silences_saved(silences);
	IS_INT(shelf.puts, 3, "two silences and the counter of ids are put");
	silences_end(silences, 2, &out);
	silence_release(&out);
	silences_dirty(silences, put, &shelf);
	silences_saved(silences);
	IS_INT(shelf.deletes, 1, "an ended one is deleted");
	IS_INT(
	    silences_load(again, 1, buf_span(&shelf.row[1]), START, &err) |
		silences_load(again, 0, buf_span(&shelf.row[0]), START, &err),
	    0, "both are loaded");
	found = silences_find(again, 1);
	OK(found && found->held.matches == 3 && found->condition_count == 1 &&
		!strcmp(found->who, "ann") &&
		!strcmp(found->why, "maintenance") &&
		found->until_ms == START + HOUR,
	    "with everything");
	IS_INT(add(again, "c", NULL, NULL, HOUR), 3,
	    "and no id is used again after a restart");
	OK(silences_load(again, 1, buf_span(&shelf.row[1]), START, &err) &&
		silences_load(again, -4, buf_span(&shelf.row[1]), START, &err),
	    "an id that is taken or impossible is refused");
	for (i = 0; i < shelf.row[1].len; i++) {
		for (bit = 0; bit < 8; bit++) {
			shelf.row[1].data[i] ^= (char)(1 << bit);
			if (!silences_load(again, 7, buf_span(&shelf.row[1]),
				START, &err)) {
				accepted++;
				silences_end(again, 7, &out);
				silence_release(&out);
			}
			shelf.row[1].data[i] ^= (char)(1 << bit);
		}
	}
	OK(accepted < i * 8, "no flipped bit does harm");
	for (i = 0; i < 8; i++)
		buf_release(&shelf.row[i]);
	silences_free(silences);
	silences_free(again);
}

static void
test_bounds(void)
{
	struct silences *silences = silences_new();
	char text[SILENCE_TEXT_MAX + 2];
	int i;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	OK(!add(silences, text, NULL, NULL, HOUR), "a long rule is refused");
	OK(!add(silences, "*", "ip", text, HOUR), "a long value is refused");
	OK(!add(silences, "*", NULL, NULL, 0), "no length is refused");
	OK(!add(silences, "*", NULL, NULL, 367 * DAY), "so are 367 days");
	for (i = 0; i < SILENCE_MAX; i++)
		if (!add(silences, "*", NULL, NULL, HOUR))
			break;
	OK(i == SILENCE_MAX && !add(silences, "*", NULL, NULL, HOUR),
	    "there is a bound on how many");
	silences_free(silences);
}

int
main(void)
{
	test_match();
	test_told();
	test_clock_back();
	test_saved();
	test_bounds();
	return tap_done();
}
