/*
 * input_record: lines to records, whatever the blocks are.
 *
 * A line that begins with a blank goes on with the record before.  Random
 * texts are cut in random blocks and held against a slow model that sees the
 * whole text.
 */
#include "config.h"

#include <string.h>

#include "base/buf.h"
#include "input/record.h"
#include "tap.h"

static enum line_place
on_place(void *arg, size_t log, struct span line)
{
	unsigned *asked = arg;

	(*asked)++;
	if (log != 7 || memchr(line.data, '\n', line.len))
		return LINE_BEGINS;
	return line.len > 0 && line.data[0] == ' ' ? LINE_CONTINUES
						    : LINE_BEGINS;
}

static unsigned asked;
static struct record_rule rule;

static void
set_rule(size_t max_line, int64_t lines, int64_t bytes)
{
	rule = (struct record_rule){
	    .max_line = max_line,
	    .joins = true,
	    .limit = {.lines = lines, .bytes = bytes},
	    .place = on_place,
	    .arg = &asked,
	    .log = 7,
	};
}

static void
show(struct buf *out, struct span text, size_t start, size_t lines, bool cut,
    bool partial)
{
	buf_addf(out, "%zu+%zu%s%s:", start, lines, cut ? "!" : "",
	    partial ? "?" : "");
	for (size_t i = 0; i < text.len; i++)
		buf_add_byte(out, text.data[i] == '\n' ? '/' : text.data[i]);
	buf_add_byte(out, '|');
}

/* --- As source does it ---------------------------------------------------- */

struct feed {
	struct span text;
	size_t at;		/* consumed, the open record too */
	bool skipping;
	struct buf open;
	size_t open_start, open_lines;
	struct buf *out;
};

static void
show_piece(struct feed *feed, const struct record_piece *piece)
{
	struct span text = piece->text;
	size_t start = feed->at + piece->start;

	if (piece->goes_on) {
		start = feed->open_start;
		text = record_text(buf_span(&feed->open));
		if (piece->end > 0) {
			buf_add_span(&feed->open, piece->text);
			text = buf_span(&feed->open);
		}
	}
	show(feed->out, text, start, piece->lines, piece->cut,
	    piece->partial);
	if (piece->goes_on)
		buf_reset(&feed->open);
}

/* The block [at, end) as follow gives it: whole lines, or more of one than is
 * kept. */
static struct span
block_up_to(const struct feed *feed, size_t end, bool last)
{
	struct span block =
	    span_of(feed->text.data + feed->at, end - feed->at);
	const char *newline =
	    block.len ? memrchr(block.data, '\n', block.len) : NULL;

	if (last || feed->skipping ||
	    (!newline && block.len > rule.max_line))
		return block;
	block.len = newline ? (size_t)(newline - block.data) + 1 : 0;
	return block;
}

static void
feed_block(struct feed *feed, struct span block, bool last)
{
	struct record_cutter cutter;
	struct record_piece piece;

	record_cutter_init(&cutter, &rule, block, feed->skipping, last);
	if (feed->open.len > 0)
		record_cutter_go_on(&cutter,
		    (struct record_open){feed->open_lines, feed->open.len});
	while (record_cutter_next(&cutter, &piece))
		show_piece(feed, &piece);
	if (cutter.open.lines > 0) {
		if (!cutter.goes_on)
			feed->open_start = feed->at + cutter.used;
		buf_add(&feed->open, block.data + cutter.used,
		    cutter.lines.at - cutter.used);
		feed->open_lines = cutter.open.lines;
		if (feed->open.len != cutter.open.bytes)
			buf_add_str(feed->out, "WRONG BYTES");
		cutter.used = cutter.lines.at;
	}
	feed->at += cutter.used;
	feed->skipping = cutter.skipping;
}

/* In blocks of the lengths that next gives; 0: all that is left. */
static void
feed_text(struct span text, size_t (*next)(void *arg), void *arg, bool close,
    struct buf *out)
{
	struct feed feed = {.text = text, .out = out};
	size_t end = 0;

	buf_reset(out);
	while (end < text.len) {
		size_t step = next(arg);

		end = !step || step > text.len - end ? text.len : end + step;
		feed_block(&feed,
		    block_up_to(&feed, end, close && end == text.len),
		    close && end == text.len);
	}
	if (text.len == 0)
		feed_block(&feed, span_of("", 0), close);
	buf_addf(out, "at %zu open %zu", feed.at, feed.open.len);
	buf_release(&feed.open);
}

static size_t
all_at_once(void *arg)
{
	(void)arg;
	return 0;
}

/* --- The model -------------------------------------------------------------- */

struct model {
	struct buf text;
	size_t start, lines;
};

static void
model_close(struct model *model, struct buf *out, bool cut, bool partial)
{
	if (model->lines > 0)
		show(out, buf_span(&model->text), model->start, model->lines,
		    cut, partial);
	buf_reset(&model->text);
	model->lines = 0;
}

/* raw: without its newline. */
static void
model_line(struct model *model, struct buf *out, struct span raw, size_t start,
    bool partial)
{
	bool cut = raw.len > rule.max_line;
	bool on = raw.len > 0 && raw.data[0] == ' ' && rule.max_line > 0;
	struct span kept = span_of(raw.data, cut ? rule.max_line : raw.len);
	size_t held = model->text.len;

	/* What is inside keeps its CRs: they are put back when it goes on. */
	if (model->lines > 0 && on &&
	    model->lines < (size_t)rule.limit.lines &&
	    held + 1 + kept.len <= (size_t)rule.limit.bytes) {
		buf_add_byte(&model->text, '\n');
	} else {
		bool over = model->lines > 0 && on;

		if (model->text.len > 0 &&
		    model->text.data[model->text.len - 1] == '\r')
			model->text.len--;
		model_close(model, out, over, false);
		model->start = start;
		model->lines = 0;
	}
	buf_add_span(&model->text, kept);
	model->lines++;
	if (cut || partial ||
	    (model->lines == 1 &&
		(on || kept.len > (size_t)rule.limit.bytes))) {
		if (!cut && !partial && model->text.len > 0 &&
		    model->text.data[model->text.len - 1] == '\r')
			model->text.len--;
		model_close(model, out, cut, partial && !cut);
	}
}

static void
model_text(struct span text, struct buf *out)
{
	struct model model = {.lines = 0};
	size_t at = 0;

	buf_reset(out);
	while (at < text.len) {
		const char *newline =
		    memchr(text.data + at, '\n', text.len - at);
		size_t len = newline ? (size_t)(newline - text.data) - at
				     : text.len - at;

		model_line(&model, out, span_of(text.data + at, len), at,
		    !newline);
		at += len + (newline ? 1 : 0);
	}
	if (model.text.len > 0 &&
	    model.text.data[model.text.len - 1] == '\r')
		model.text.len--;
	model_close(&model, out, false, false);
	buf_addf(out, "at %zu open 0", text.len);
	buf_release(&model.text);
}

/* --- Tests ------------------------------------------------------------------ */

static void
cuts(const char *text, bool close, const char *want, const char *sentence)
{
	struct buf out = BUF_INIT;

	feed_text(span_str(text), all_at_once, NULL, close, &out);
	IS_STR(buf_str(&out), want, sentence);
	buf_release(&out);
}

static void
test_sentences(void)
{
	set_rule(100, 3, 20);
	cuts("", true, "at 0 open 0", "nothing is no record");
	cuts("a\nb\n", false, "0+1:a|at 4 open 2",
	    "the last line is open: more may belong to it");
	cuts("a\nb\n", true, "0+1:a|2+1:b|at 4 open 0",
	    "unless nothing can follow");
	cuts("a\n 1\n 2\nb\n", false, "0+3:a/ 1/ 2|at 10 open 2",
	    "lines go on with a record");
	cuts(" 1\n 2\na\n", false, "0+1: 1|3+1: 2|at 8 open 2",
	    "lines before the first that begins one are records, one each");
	cuts("a\n 1\n 2\n 3\n 4\nb\n", true,
	    "0+3!:a/ 1/ 2|8+1: 3|11+1: 4|14+1:b|at 16 open 0",
	    "too many lines: the record is cut, what follows is its own");
	cuts("a\n 1\n 2\nb\n", true, "0+3:a/ 1/ 2|8+1:b|at 10 open 0",
	    "a record that just fits is not cut");
	cuts("aaaaaaaaaa\n 23456789\nb\n", true,
	    "0+2:aaaaaaaaaa/ 23456789|21+1:b|at 23 open 0",
	    "as many bytes as the limit");
	cuts("aaaaaaaaaa\n 234567890\nb\n", true,
	    "0+1!:aaaaaaaaaa|11+1: 234567890|22+1:b|at 24 open 0",
	    "one byte more");
	cuts("aaaaaaaaaabbbbbbbbbbc\n x\n", false,
	    "0+1:aaaaaaaaaabbbbbbbbbbc|22+1: x|at 25 open 0",
	    "a line longer than all of a record is not waited with");
	cuts("a\r\n 1\r\n 2\r\r\nb\r\n", true,
	    "0+3:a\r/ 1\r/ 2\r|12+1:b|at 15 open 0",
	    "one CR is removed at a record's end, those within stay");
	cuts("a\n 1", true, "0+2?:a/ 1|at 4 open 0",
	    "a last line without newline belongs to its record");
	cuts("a\nb\r", true, "0+1:a|2+1?:b\r|at 4 open 0",
	    "or is one, and keeps its CR");
	cuts("a\n 1", false, "at 2 open 2",
	    "while more may come it is not looked at");
	cuts("\n\n", true, "0+1:|1+1:|at 2 open 0", "empty lines begin");
	set_rule(3, 3, 20);
	cuts("a\n 23456\nb\n 1\n", true,
	    "0+2!:a/ 23|9+2:b/ 1|at 14 open 0",
	    "a line that is too long ends its record");
	cuts("abcdef\n 1\n", true, "0+1!:abc|7+1: 1|at 10 open 0",
	    "also when it begins it");
}

static void
test_lines_are_records(void)
{
	set_rule(100, 3, 20);
	rule.joins = false;
	asked = 0;
	cuts("a\n 1\nb\n", false, "0+1:a|2+1: 1|5+1:b|at 7 open 0",
	    "without `record' each line is one, at once");
	OK(asked == 0, "and nobody is asked");
	rule.joins = true;
	rule.place = NULL;
	cuts("a\n 1\nb\n", false, "0+1:a|2+1: 1|5+1:b|at 7 open 0",
	    "nor where there is nobody to ask");
	set_rule(100, 3, 20);
	asked = 0;
	cuts("a\n 1\nb\n", true, "0+2:a/ 1|5+1:b|at 7 open 0", "else");
	IS_INT(asked, 3, "once for each line");
}

static uint32_t seed = 1;

static uint32_t
draw(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (uint32_t)(((uint64_t)seed * below) >> 32);
}

static size_t
short_steps(void *arg)
{
	return 1 + draw(*(uint32_t *)arg);
}

static void
make_text(struct buf *text, size_t len)
{
	static const char bytes[] = "ab \n \n\r\n a\n";

	buf_reset(text);
	while (text->len < len)
		buf_add_byte(text, bytes[draw(sizeof(bytes) - 1)]);
}

static void
set_random_rule(void)
{
	set_rule(1 + draw(12), 1 + draw(5), 1 + draw(16));
}

static void
test_random_blocks(void)
{
	struct buf text = BUF_INIT, whole = BUF_INIT, cut = BUF_INIT;
	struct buf model = BUF_INIT;
	unsigned wrong = 0;

	for (int i = 0; i < 20000 && wrong < 3; i++) {
		uint32_t step = 1 + draw(8);

		set_random_rule();
		make_text(&text, draw(60));
		model_text(buf_span(&text), &model);
		feed_text(buf_span(&text), all_at_once, NULL, true, &whole);
		feed_text(buf_span(&text), short_steps, &step, true, &cut);
		if (!strcmp(buf_str(&model), buf_str(&whole)) &&
		    !strcmp(buf_str(&whole), buf_str(&cut)))
			continue;
		printf("# line %zu lines %lld bytes %lld\n# model %s\n"
		       "# whole %s\n# cut   %s\n",
		    rule.max_line, (long long)rule.limit.lines,
		    (long long)rule.limit.bytes, buf_str(&model),
		    buf_str(&whole), buf_str(&cut));
		wrong++;
	}
	OK(wrong == 0, "blocks cut anywhere give the records of the whole");
	buf_release(&text);
	buf_release(&whole);
	buf_release(&cut);
	buf_release(&model);
}

/* From each boundary on the rest is as it was: a replay obeys it. */
static void
test_boundaries(void)
{
	struct buf text = BUF_INIT, whole = BUF_INIT, rest = BUF_INIT;
	struct record_cutter cutter;
	struct record_piece piece;
	unsigned wrong = 0;

	for (int i = 0; i < 2000; i++) {
		set_random_rule();
		make_text(&text, draw(60));
		record_cutter_init(
		    &cutter, &rule, buf_span(&text), false, true);
		while (record_cutter_next(&cutter, &piece)) {
			struct record_cutter later;
			struct record_piece a, b;
			struct record_cutter go_on = cutter;

			record_cutter_init(&later, &rule,
			    span_of(text.data + piece.end,
				text.len - piece.end),
			    piece.skipping, true);
			if (record_cutter_next(&later, &a)) {
				if (!record_cutter_next(&go_on, &b) ||
				    a.start + piece.end != b.start ||
				    a.lines != b.lines ||
				    !span_equal(a.text, b.text))
					wrong++;
			}
		}
	}
	IS_INT(wrong, 0, "the end of a record is where a restart goes on");
	buf_release(&text);
	buf_release(&whole);
	buf_release(&rest);
}

/* 64 MiB of a record that never ends, in blocks of 64 KiB. */
static void
test_never_ending(void)
{
	struct buf block = BUF_INIT, out = BUF_INIT;
	struct feed feed = {.out = &out};
	size_t most = 0;

	set_rule(1 << 20, 10000, 1 << 20);
	buf_add_str(&block, "begin\n");
	while (block.len < 65536)
		buf_add_str(&block, " goes on and on and on and on\n");
	for (int i = 0; i < 1024; i++) {
		feed.text = span_of(block.data + (i ? 6 : 0),
		    block.len - (i ? 6 : 0));
		feed.at = 0;
		feed_block(&feed, feed.text, false);
		most = feed.open.len > most ? feed.open.len : most;
		buf_reset(&out);
	}
	OK(most > 0 && most <= (1 << 20) + 1,
	    "a record that never ends is held up to its limit only");
	buf_release(&feed.open);
	buf_release(&block);
	buf_release(&out);
}

int
main(void)
{
	test_sentences();
	test_lines_are_records();
	test_random_blocks();
	test_boundaries();
	test_never_ending();
	return tap_done();
}
