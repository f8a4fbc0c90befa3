/*
 * ctail_feed: the blocks of a log that may become another between two reads.
 */
#include "config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "ctail/feed.h"
#include "files.h"
#include "tap.h"

static struct feed_memory memory;

/* Lines of ten bytes, numbered from `first` on. */
static void
write_lines(int first, int count)
{
	struct buf text = BUF_INIT;

	for (int i = 0; i < count; i++)
		buf_addf(&text, "%09d\n", first + i);
	files_put("log", text.data, text.len, O_TRUNC);
	buf_release(&text);
}

static struct content
open_log(void)
{
	struct content content;

	content_init(&content, open(files_path("log"), O_RDONLY | O_CLOEXEC),
	    COMPRESSION_NONE, NULL);
	return content;
}

/* The next block is of whole lines, the first of which is this one. */
static bool
gives_line(struct feed *feed, int number)
{
	struct span block;
	struct err err;
	char line[16];

	if (feed_next(feed, &block, &err) != 1)
		return false;
	snprintf(line, sizeof(line), "%09d\n", number);
	feed_took(feed, block.len);
	return block.len >= 10 && block.len % 10 == 0 &&
	       memcmp(block.data, line, 10) == 0;
}

static bool
has_ended(struct feed *feed)
{
	struct span block = {0};
	struct err err;

	return feed_next(feed, &block, &err) == 0 && block.len == 0;
}

static void
all_of_it(void)
{
	struct feed feed;
	struct content content;
	struct span last;

	write_lines(0, 30000);
	content = open_log();
	feed_init(&feed, &content, 100, 300000, span_of("", 0), &memory);
	feed_expect(&feed, span_str("000000008\n000000009\n"), 80);
	OK(gives_line(&feed, 10), "a block after what was expected before it");
	OK(feed.at < 300000 && gives_line(&feed, (int)feed.at / 10),
	    "the next begins with a line, too");
	OK(gives_line(&feed, (int)feed.at / 10) && feed.at == 300000 &&
		has_ended(&feed),
	    "up to the end");
	last = feed_last(&feed);
	OK(last.len == FEED_OVERLAP &&
		memcmp(last.data + last.len - 10, "000029999\n", 10) == 0,
	    "what was output last is known");
	feed_init(&feed, &content, 0, 20, span_of("", 0), &memory);
	feed_expect(&feed, span_str("000000000\n000000001\n000000002\n"), 0);
	OK(gives_line(&feed, 0) && feed.at == 20 && has_ended(&feed),
	    "less than what was expected may be asked for");
	content_close(&content);
}

static void
another_before_the_first(void)
{
	struct feed feed;
	struct content content;

	write_lines(0, 1000);
	content = open_log();
	feed_init(&feed, &content, 100, 10000, span_of("", 0), &memory);
	feed_expect(&feed, span_str("000000008\n000000009\n"), 80);
	write_lines(5000, 1000);
	OK(has_ended(&feed) && feed.at == 100,
	    "nothing comes of a log that was truncated and has grown since");
	IS_INT((int)feed_last(&feed).len, 0, "and nothing was output");
	feed_init(&feed, &content, 0, 10000, span_of("", 0), &memory);
	feed_expect(&feed, span_str("000000000\n"), 0);
	OK(has_ended(&feed) && feed.at == 0, "nor at its first byte");
	feed_init(&feed, &content, 10, 10000, span_of("", 0), &memory);
	feed_expect(&feed, span_str("000005000\n000005001\n000005009\n"), 0);
	OK(has_ended(&feed) && feed.at == 10,
	    "nor where the expected bytes reach into the block");
	feed_init(&feed, &content, 9990, 10000, span_of("", 0), &memory);
	feed_expect(&feed, span_str("000005998\n"), 9980);
	write_lines(5000, 999);
	OK(has_ended(&feed) && feed.at == 9990, "nor of one that is shorter");
	content_close(&content);
}

static void
another_between_blocks(void)
{
	struct feed feed;
	struct content content;
	uint64_t reached;
	char text[16];

	write_lines(0, 30000);
	content = open_log();
	feed_init(&feed, &content, 0, 300000, span_of("", 0), &memory);
	feed_expect(&feed, span_str("000000000\n"), 0);
	OK(gives_line(&feed, 0), "the first block of a log");
	reached = feed.at;
	write_lines(40000, 30000);
	OK(has_ended(&feed) && feed.at == reached,
	    "is the last when the log becomes another");
	snprintf(text, sizeof(text), "%09d\n", (int)reached / 10 - 1);
	OK(feed_last(&feed).len == FEED_OVERLAP &&
		memcmp(feed_last(&feed).data + FEED_OVERLAP - 10, text, 10) ==
		    0,
	    "what was output last is of the one that was read");
	content_close(&content);
}

static void
moved(void)
{
	struct feed feed;
	struct content content;

	write_lines(0, 1000);
	content = open_log();
	feed_init(&feed, &content, 20, 10000, span_of("", 0), &memory);
	feed_expect(&feed, span_str("000000001\n"), 10);
	feed.at = 9000;
	feed_moved(&feed, 20);
	OK(feed.at == 9000 && gives_line(&feed, 900),
	    "what the kernel moved of the same log counts");
	write_lines(5000, 1000);
	feed_init(&feed, &content, 20, 10000, span_of("", 0), &memory);
	feed_expect(&feed, span_str("000000001\n"), 10);
	feed.at = 9000;
	feed_moved(&feed, 20);
	OK(feed.at == 20 && has_ended(&feed),
	    "of one that may have been another meanwhile nothing does");
	write_lines(5000, 800);
	feed_init(&feed, &content, 20, 10000, span_of("", 0), &memory);
	feed_expect(&feed, span_str("000000001\n"), 10);
	feed.at = 9000;
	feed_moved(&feed, 20);
	OK(feed.at == 9000,
	    "unless it is too short to have been read that far");
	OK(!feed_holds(&feed), "which holds something else");
	content_close(&content);
}

int
main(void)
{
	files_begin();
	all_of_it();
	another_before_the_first();
	another_between_blocks();
	moved();
	feed_memory_release(&memory);
	files_end();
	return tap_done();
}
