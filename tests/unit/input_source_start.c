/*
 * input_source_start: where a file begins that is read from `last` on.
 *
 * The wall clock is in the hand: NOW, and lines say their time as @MS.
 */
#include "config.h"

#include "source.h"

#define NOW 1000000
#define LAST 1000 /* so that what is from 999000 on is young */
#define YOUNG (NOW - LAST)

static struct buf text;

static void
line(int64_t ms, const char *words)
{
	if (ms)
		buf_addf(&text, "@%lld ", (long long)ms);
	buf_addf(&text, "%s\n", words);
}

static void
filler(size_t len)
{
	for (size_t i = 0; i < len; i++)
		buf_add_byte(&text, 'x');
}

static void
begin_last(void)
{
	start_over();
	buf_reset(&text);
	add_log("a.log", LOG_START_LAST, false, NULL);
	setup.settings[0].start.last_ms = LAST;
}

/* Where the first look puts the position; nothing is read. */
static uint64_t
begun_with(struct source_handler with)
{
	const struct follow_now both = {now += 1000, NOW * 1000000LL};
	struct source *source = source_new(setup.logs, setup.count, with, &err);
	uint64_t offset = 0;

	files_put("a.log", text.data ? text.data : "", text.len, O_TRUNC);
	source_turn(source, &both, 0);
	source_positions_all(source, store_row, NULL);
	if (store.count == 1)
		offset = store.rows[0].checkpoint.position.offset;
	source_free(source);
	clear_store();
	return offset;
}

static uint64_t
begun_at(void)
{
	return begun_with(handler);
}

/* The first young record begins here. */
static size_t mark;

static void
set_mark(void)
{
	mark = text.len;
}

static void
test_plain(void)
{
	for (int old = 0; old <= 40; old++) {
		bool right;

		begin_last();
		for (int i = 0; i < 40; i++) {
			if (i == old)
				set_mark();
			line(i < old ? YOUNG - 40 + i : YOUNG + i, "words");
		}
		if (old == 40)
			set_mark();
		right = begun_at() == mark;
		if (!right || old == 0 || old == 20 || old == 40)
			OK(right, "the first young record is found, %d old",
			    old);
	}
}

static void
test_crlf(void)
{
	begin_last();
	for (int i = 0; i < 2000; i++) {
		if (i == 1234)
			set_mark();
		line(i < 1234 ? YOUNG - 1 : YOUNG, "words\r");
	}
	IS_INT(begun_at(), mark, "with CR LF");
}

static void
test_edges(void)
{
	begin_last();
	IS_INT(begun_at(), 0, "an empty file begins at its end");
	OK(is(&notices, ""), "which is no matter");
	begin_last();
	line(YOUNG, "one");
	IS_INT(begun_at(), 0, "exactly as old as is wanted is young");
	begin_last();
	line(YOUNG - 1, "one");
	IS_INT(begun_at(), text.len, "a millisecond more is old");
	begin_last();
	line(YOUNG - 1, "one");
	set_mark();
	buf_addf(&text, "@%d torn", YOUNG + 5);
	IS_INT(begun_at(), mark, "a line being written is read whole later");
	begin_last();
	buf_addf(&text, "@%d torn", YOUNG + 5);
	IS_INT(begun_at(), 0, "also when it is the first");
}

static void
test_entirely(void)
{
	begin_last();
	for (int i = 0; i < 20000; i++)
		line(i + 1, "old");
	IS_INT(begun_at(), text.len, "an old file begins at its end");
	OK(is(&notices, ""), "and nothing is said of it");
	begin_last();
	for (int i = 0; i < 20000; i++)
		line(YOUNG + i, "young");
	IS_INT(begun_at(), 0, "a young one at its first byte");
}

static void
test_untimed_between(void)
{
	begin_last();
	for (int i = 0; i < 3000; i++) {
		if (i == 1700)
			set_mark();
		line(i < 1700 ? YOUNG - 1 : YOUNG + 1, "words");
		for (int j = 0; j < i % 40; j++)
			line(0, "goes on without a time");
	}
	IS_INT(begun_at(), mark, "lines without a time between do not matter");
}

static void
test_long_lines(void)
{
	begin_last();
	for (int i = 0; i < 60; i++) {
		if (i == 41)
			set_mark();
		buf_addf(&text, "@%d ", i < 41 ? YOUNG - 9 : YOUNG + 9);
		filler((size_t)(i % 7) * 30000);
		buf_add_byte(&text, '\n');
	}
	IS_INT(begun_at(), mark, "among lines far longer than max_line");
}

/* Never may a young record be left out; more than that may be read. */
static void
test_gaps(void)
{
	uint64_t at;

	begin_last();
	for (int i = 0; i < 100; i++)
		line(YOUNG - 1, "old");
	set_mark();
	for (int i = 0; i < 150000; i++)
		line(0, "no time for more than is looked at");
	line(YOUNG, "young");
	for (int i = 0; i < 150000; i++)
		line(0, "no time for more than is looked at");
	at = begun_at();
	OK(at <= text.len / 2 && at >= mark,
	    "what is not known is read rather than left out");
	begin_last();
	for (int i = 0; i < 150000; i++)
		line(0, "no time for more than is looked at");
	set_mark();
	line(YOUNG, "young");
	OK(begun_at() <= mark, "also when a file's beginning has no time");
	begin_last();
	line(YOUNG - 1, "old");
	set_mark();
	filler(5000000);
	buf_add_byte(&text, '\n');
	line(YOUNG, "young");
	OK(begun_at() >= mark && begun_at() <= mark + 5000001,
	    "and in one line that is longer than any look");
}

static void
test_no_time(void)
{
	struct source_handler blind = handler;

	begin_last();
	for (int i = 0; i < 500; i++)
		line(0, "no time");
	IS_INT(begun_at(), text.len, "without any time it begins at its end");
	OK(is(&notices, "no-time a.log|"), "and that is told");
	blind.time = NULL;
	IS_INT(begun_with(blind), text.len,
	    "so does a file whose times nobody reads");
	OK(is(&notices, ""), "as it is meant");
}

static void
test_joined(void)
{
	begin_last();
	setup.settings[0].record = (char *)"continue ^ ";
	setup.settings[0].record_limit =
	    (struct log_record_limit){200, 100000, 1000};
	for (int i = 0; i < 800; i++) {
		if (i == 555)
			set_mark();
		line(i < 555 ? YOUNG - 1 : YOUNG, "first");
		for (int j = 0; j < i % 90; j++) {
			buf_addf(&text, " @%d more\n", YOUNG + 100);
			line(0, " than one line");
		}
	}
	IS_INT(begun_at(), mark, "at the first line of a record");
}

static enum line_place
begins_with_a_time(void *arg, size_t log, struct span line)
{
	(void)arg;
	(void)log;
	return line.len > 0 && line.data[0] == '@' &&
		       line.data[line.len - 1] == ';'
		   ? LINE_BEGINS
		   : LINE_CONTINUES;
}

static void
test_joined_crlf(void)
{
	struct source_handler ends = handler;

	ends.place = begins_with_a_time;
	begin_last();
	setup.settings[0].record = (char *)"start ^@.*;$";
	setup.settings[0].record_limit =
	    (struct log_record_limit){200, 100000, 1000};
	for (int i = 0; i < 300; i++) {
		if (i == 222)
			set_mark();
		line(i < 222 ? YOUNG - 1 : YOUNG, "first;\r");
		line(YOUNG, "goes on\r");
	}
	IS_INT(begun_with(ends), mark, "also where its lines end in CR LF");
}

static void
test_not_ascending(void)
{
	begin_last();
	for (int i = 0; i < 1000; i++)
		line(YOUNG - 500 + i + (i % 7) * 20 - 60, "jitter");
	OK(begun_at() > 0 && begun_at() < text.len,
	    "times out of order are borne");
}

static void
test_known(void)
{
	begin_last();
	setup.known[0] = true;
	for (int i = 0; i < 10; i++)
		line(1, "old");
	IS_INT(begun_at(), 0, "a pattern that was known begins at the start");
}

static void
test_reads_on(void)
{
	const struct follow_now both = {now += 1000, NOW * 1000000LL};
	struct source *source;

	begin_last();
	files_write("a.log", "@1 old\n@999500 one\n@999600 two\n");
	source = open_source();
	while (source_turn(source, &both, 4096))
		;
	OK(is(&got, "a.log:@999500 one|a.log:@999600 two|"),
	    "what is young is read");
	stop(source);
	source = start_again();
	settle(source);
	OK(is(&got, ""), "once");
	stop(source);
}

int
main(void)
{
	files_begin();
	test_plain();
	test_crlf();
	test_edges();
	test_entirely();
	test_untimed_between();
	test_long_lines();
	test_gaps();
	test_no_time();
	test_joined();
	test_joined_crlf();
	test_not_ascending();
	test_known();
	test_reads_on();
	buf_release(&text);
	return end_tests();
}
