/*
 * The lines of logs, read and skimmed: both ways have the same ones to offer
 * where a string stands, whatever the bytes, at every border, and when the log
 * is cut, or grows, in the midst.  (grep_skim_changes has what changes between
 * two looks.)
 */
#include "config.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "ctailctl/grep.h"
#include "files.h"
#include "mapped.h"
#include "tap.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
enum { PATTERNS_MAX = 60 };

struct stage {
	struct prefilter *filter; /* NULL: read */
	struct grep_input input;
	struct buf found; /* the lines with the string, and the long ones */
	size_t offered, heads;
	bool whole; /* all lines were GREP_FOUND */
	enum grep_got got;
};

/* --- Logs ----------------------------------------------------------------- */

static void
keep(const struct buf *content)
{
	files_put("log", content->data, content->len, O_TRUNC);
}

static void
add_byte(struct buf *content, size_t count, char byte)
{
	for (size_t i = 0; i < count; i++)
		buf_add_byte(content, byte);
}

/* Up to that length; a hit in every so many lines. */
static void
add_lines(struct buf *content, size_t len, size_t hits)
{
	for (size_t i = 0; content->len < len; i++)
		buf_addf(content, "%zu %.*s%s\n", i, (int)(i * 7 % 61),
		    "............................................................",
		    i % hits ? "" : " a hit!");
}

/* --- Lines ---------------------------------------------------------------- */

static bool
has_string(struct span text)
{
	return memmem(text.data, text.len, "hit", 3) != NULL;
}

/* Each line of these that has the string. */
static void
take_lines(struct stage *stage, struct span lines)
{
	while (lines.len) {
		const char *newline = memchr(lines.data, '\n', lines.len);
		size_t len =
		    newline ? (size_t)(newline - lines.data) + 1 : lines.len;

		if (has_string(span_of(lines.data, len)))
			buf_add(&stage->found, lines.data, len);
		lines = span_of(lines.data + len, lines.len - len);
	}
}

static struct prefilter *
make_filter(const char *const *texts, size_t count, unsigned flags)
{
	struct prefilter_pattern patterns[PATTERNS_MAX] = {{NULL, 0}};
	struct rarity *rarity = rarity_new();
	struct prefilter *filter;

	for (size_t i = 0; i < count; i++)
		patterns[i] = (struct prefilter_pattern){texts[i], flags};
	filter = prefilter_new(patterns, count, rarity, PREFILTER_AUTO);
	rarity_free(rarity);
	return filter;
}

static void
begin(struct stage *stage, struct prefilter *filter)
{
	struct err err = ERR_INIT;

	memset(stage, 0, sizeof(*stage));
	stage->filter = filter;
	stage->whole = true;
	grep_input_init(&stage->input);
	if (grep_input_open(&stage->input, files_path("log"), &err))
		abort();
	if (filter)
		grep_input_skim(&stage->input, filter);
}

/* False: that was all. */
static bool
step(struct stage *stage)
{
	struct err err = ERR_INIT;
	struct span bytes;

	stage->got = grep_input_next(&stage->input, &bytes, &err);
	if (stage->got == GREP_END || stage->got == GREP_FAILED)
		return false;
	stage->offered += bytes.len;
	stage->heads += stage->got == GREP_HEAD;
	stage->whole &= stage->got == GREP_FOUND;
	if (stage->got == GREP_HEAD || stage->got == GREP_REST)
		buf_add(&stage->found, bytes.data, bytes.len);
	else
		take_lines(stage, bytes);
	return true;
}

static void
finish(struct stage *stage)
{
	grep_input_release(&stage->input);
	prefilter_free(stage->filter);
	buf_release(&stage->found);
}

/* Reads and skims the log.  The bytes that the latter offered, or -1 when it
 * found anything else. */
static long
both(struct prefilter *filter)
{
	struct stage read, skimmed;
	bool same;
	long offered;

	begin(&read, NULL);
	while (step(&read))
		;
	begin(&skimmed, filter);
	while (step(&skimmed))
		;
	same = span_equal(buf_span(&read.found), buf_span(&skimmed.found)) &&
	       read.heads == skimmed.heads && read.got == skimmed.got;
	offered = same ? (long)skimmed.offered : -1;
	finish(&read);
	finish(&skimmed);
	return offered;
}

/* --- What is in it -------------------------------------------------------- */

static const char *const one[] = {"hit"};
static const char *const loose[] = {"hi[tT]\\d?", "[xy]hit"};
static const char *const ten[] = {"hit", "Needle", "one of them", "zebra",
    "q17", "error", "fatal", "panic", "broken", "deny"};

static struct prefilter *
make_many(void)
{
	static char texts[PATTERNS_MAX][32];
	const char *all[PATTERNS_MAX];

	for (size_t i = 0; i < PATTERNS_MAX; i++) {
		snprintf(texts[i], sizeof(texts[i]), "never seen%zu~", i);
		all[i] = i ? texts[i] : "hit";
	}
	return make_filter(all, PATTERNS_MAX, 0);
}

static void
test_filters(void)
{
	struct buf content = BUF_INIT;
	struct prefilter *filters[] = {make_filter(one, 1, 0),
	    make_filter(one, 1, PATTERN_NOCASE),
	    make_filter(loose, COUNT(loose), 0),
	    make_filter(ten, COUNT(ten), 0), make_many()};
	bool same = true, fewer = true;

	add_lines(&content, 5000000, 100);
	keep(&content);
	for (size_t i = 0; i < COUNT(filters); i++) {
		long offered = both(filters[i]);

		same &= offered >= 0;
		fewer &= offered < 200000;
	}
	OK(same, "with few and with many strings the same lines are found");
	OK(fewer, "and few others are offered");
	buf_release(&content);
}

static void
test_dense(void)
{
	struct buf content = BUF_INIT;

	add_lines(&content, 5000000, 2);
	keep(&content);
	OK(both(make_filter(one, 1, 0)) > 4000000,
	    "where half of the lines are asked for, they are read, once each");
	buf_reset(&content);
	add_lines(&content, 1000000, 5);
	add_lines(&content, 5000000, 1000);
	keep(&content);
	OK(both(make_filter(one, 1, 0)) >= 0, "wherever that begins");
	buf_release(&content);
}

static void
test_whole(void)
{
	struct buf content = BUF_INIT;
	struct stage stage;

	add_lines(&content, 500000, 100);
	keep(&content);
	begin(&stage, make_filter(ten, COUNT(ten), 0));
	while (step(&stage))
		;
	OK(stage.whole && stage.offered == stage.found.len,
	    "lines with the whole of a pattern are told as such");
	finish(&stage);
	begin(&stage, make_filter(loose, COUNT(loose), 0));
	step(&stage);
	IS_INT(stage.got, GREP_LINES, "those with a part of one are not");
	finish(&stage);
	begin(&stage, make_filter(one, 1, PATTERN_NOCASE));
	step(&stage);
	IS_INT(stage.got, GREP_LINES, "nor those where case does not matter");
	finish(&stage);
	buf_release(&content);
}

/* --- Borders -------------------------------------------------------------- */

/* A hit, a line's end and the log's end at each place around there. */
static size_t
wrong_around(size_t border)
{
	struct buf content = BUF_INIT;
	size_t wrong = 0;

	for (size_t at = border - 2; at <= border + 2; at++) {
		buf_reset(&content);
		add_lines(&content, at - 200, 1000);
		add_byte(&content, at - content.len - 1, '-');
		buf_add_str(&content, "\nhit 1\n");
		wrong += (keep(&content), both(make_filter(one, 1, 0)) < 0);
		content.len -= 8;
		buf_add_str(&content, "hit 2\n\nhit 3");
		wrong += (keep(&content), both(make_filter(one, 1, 0)) < 0);
		add_lines(&content, content.len + 3000, 10);
		wrong += (keep(&content), both(make_filter(one, 1, 0)) < 0);
	}
	buf_release(&content);
	return wrong;
}

static void
test_borders(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t borders[] = {65536, 20 * page, GREP_LINE_MAX,
	    (size_t)MAPPING_GRAIN, (size_t)MAPPING_MAX};
	size_t wrong = 0;

	for (size_t i = 0; i < COUNT(borders); i++)
		wrong += wrong_around(borders[i]);
	IS_INT((long long)wrong, 0,
	    "nothing is lost at a page's, a stretch's, or a window's border");
}

static void
test_bytes(void)
{
	struct buf content = BUF_INIT;

	keep(&content);
	IS_INT(both(make_filter(one, 1, 0)), 0, "an empty log");
	add_lines(&content, 200000, 100);
	buf_add(&content, "\0hit\0\r\n\377\n\n\r\nhit\r\nhit", 20);
	keep(&content);
	OK(both(make_filter(one, 1, 0)) >= 0, "bytes are bytes");
	buf_reset(&content);
	add_byte(&content, 300000, '\n');
	keep(&content);
	IS_INT(both(make_filter(one, 1, 0)), 0, "lines may be empty");
	buf_reset(&content);
	add_byte(&content, 300000, '\0');
	keep(&content);
	OK(both(make_filter(one, 1, 0)) >= 0, "there may be no newline");
	buf_release(&content);
}

static void
test_long_lines(void)
{
	struct buf content = BUF_INIT;

	for (size_t more = 0; more < 3; more++) {
		buf_reset(&content);
		add_lines(&content, 700000, 100);
		buf_add_str(&content, "hit ");
		add_byte(&content, GREP_LINE_MAX - 5 + more, 'x');
		buf_add_str(&content, "\nbehind it a hit\n");
		add_lines(&content, content.len + 3000000, 100);
		add_byte(&content, 2 * GREP_LINE_MAX, 'x');
		buf_add_str(&content, "hit");
		keep(&content);
		OK(both(make_filter(one, 1, 0)) >= 0,
		    "a line of %zu bytes is as it is read",
		    GREP_LINE_MAX - 1 + more);
	}
	buf_release(&content);
}

/* Standard input may stand anywhere. */
static void
test_begun(void)
{
	struct buf content = BUF_INIT;
	struct stage stage, rest;

	add_lines(&content, 3000000, 20);
	keep(&content);
	begin(&stage, NULL);
	stage.filter = make_filter(one, 1, 0);
	lseek(stage.input.fd, 2500000, SEEK_SET);
	grep_input_skim(&stage.input, stage.filter);
	while (step(&stage))
		;
	begin(&rest, NULL);
	take_lines(&rest, span_of(content.data + 2500000,
			      content.len - 2500000));
	OK(span_equal(buf_span(&stage.found), buf_span(&rest.found)) &&
		stage.found.len > 10000,
	    "what was read of a log before is not searched");
	IS_INT(lseek(stage.input.fd, 0, SEEK_CUR), (long long)content.len,
	    "and it is left at its end");
	finish(&stage);
	finish(&rest);
	buf_release(&content);
}

/* --- What happens to it --------------------------------------------------- */

/* Cut, after so many blocks, to so many bytes.  Whether what was found is what
 * had been offered before and then what was left. */
static bool
cut_after(const struct buf *content, size_t blocks, size_t size)
{
	struct stage whole, stage;
	size_t before;
	bool good;

	keep(content);
	begin(&stage, make_filter(one, 1, 0));
	for (size_t i = 0; i < blocks; i++)
		step(&stage);
	before = stage.found.len;
	if (truncate(files_path("log"), (off_t)size))
		abort();
	while (step(&stage))
		;
	begin(&whole, NULL);
	while (step(&whole))
		;
	if (before >= whole.found.len)
		good = stage.found.len == before;
	else
		good = span_equal(
		    buf_span(&stage.found), buf_span(&whole.found));
	good &= stage.got == GREP_END;
	finish(&stage);
	finish(&whole);
	return good;
}

static void
test_cut(void)
{
	struct buf content = BUF_INIT;
	size_t wrong = 0, tried = 0;

	add_lines(&content, 7000000, 100);
	for (size_t blocks = 0; blocks < 6; blocks++)
		for (size_t size = 0; size < content.len;
		     size += 777777 - 1000 * blocks, tried++)
			wrong += !cut_after(&content, blocks, size);
	OK(!wrong && tried > 40,
	    "a log that is cut has what was found and what is left (%zu of "
	    "%zu wrong)",
	    wrong, tried);
	buf_release(&content);
}

static void
test_zeros(void)
{
	static const char *const zeros[] = {"\\x00\\x00\\x00"};
	struct buf content = BUF_INIT;
	struct stage stage;

	add_lines(&content, 3000000, 100);
	keep(&content);
	begin(&stage, make_filter(zeros, 1, 0));
	if (truncate(files_path("log"), 1))
		abort();
	while (step(&stage))
		;
	IS_INT((long long)stage.offered, 2,
	    "nobody sees the zeros that stand for what was cut off");
	finish(&stage);
	buf_release(&content);
}

static void
test_replaced(void)
{
	struct buf content = BUF_INIT;
	struct stage stage;
	FILE *log;

	add_lines(&content, 3000000, 100);
	keep(&content);
	begin(&stage, make_filter(one, 1, 0));
	step(&stage);
	buf_reset(&stage.found);
	if (truncate(files_path("log"), 0))
		abort();
	log = fopen(files_path("log"), "a");
	fputs("a new hit\n", log);
	fclose(log);
	while (step(&stage))
		;
	IS_INT((long long)stage.found.len, 0,
	    "what is written at the start of a log that was cut is not read, "
	    "as with read(2)");
	finish(&stage);
	buf_release(&content);
}

static void
test_grows(void)
{
	struct buf content = BUF_INIT;
	struct stage stage;
	FILE *log;

	add_lines(&content, 3000000, 100);
	buf_add_str(&content, "a last hit without");
	keep(&content);
	begin(&stage, make_filter(one, 1, 0));
	step(&stage);
	buf_reset(&stage.found);
	log = fopen(files_path("log"), "a");
	fputs(" an end\nand a new hit\n", log);
	fclose(log);
	while (step(&stage))
		;
	OK(memmem(stage.found.data, stage.found.len,
	       "\na last hit without an end\nand a new hit\n", 41),
	    "a log that grows is searched to its end");
	finish(&stage);
	buf_release(&content);
}

int
main(void)
{
	mapped_or_skip();
	files_begin();
	test_filters();
	test_dense();
	test_whole();
	test_borders();
	test_bytes();
	test_long_lines();
	test_begun();
	test_cut();
	test_zeros();
	test_replaced();
	test_grows();
	files_end();
	return tap_done();
}
