/*
 * feed: a range of a log as blocks of bytes.
 *
 * Plain files are read in large blocks, of whole lines where there are any;
 * packed ones come as one block that is there already.  Whatever was output,
 * the last FEED_OVERLAP bytes before `at` are kept for the fingerprint.
 *
 * A log may be truncated and grow again between two reads (copytruncate).  So
 * each block is read in one call with bytes that are known, those before it or
 * those of feed_expect: where they are others now, the feed has ended.
 */
#ifndef CTAIL_CTAIL_FEED_H
#define CTAIL_CTAIL_FEED_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/span.h"
#include "input/content.h"
#include "input/position.h"

#define FEED_OVERLAP POSITION_PRINT
#define FEED_BLOCK (128 * 1024)

/* Memory for the blocks, shared by all logs; allocated when first needed. */
struct feed_memory {
	char *data;
};

/* FEED_OVERLAP + FEED_BLOCK bytes. */
char *feed_memory_get(struct feed_memory *memory);
void feed_memory_release(struct feed_memory *memory);

struct feed {
	struct content *content;
	uint64_t at, to;
	struct feed_memory *memory;
	struct span packed;	/* the bytes [at, to) of a packed file */
	size_t overlap;		/* bytes before at that memory begins with */
	size_t filled;		/* bytes from at on behind them */
	struct span proven;	/* the file holds these, from proven_at on */
	uint64_t proven_at;
	bool ended;		/* the file is shorter than `to`, or another */
};

void feed_init(struct feed *feed, struct content *content, uint64_t from,
    uint64_t to, struct span packed, struct feed_memory *memory);

/* What the file was seen to hold around `from`: the bytes before it, or its
 * first ones.  They have to stay where they are until the feed has ended. */
void feed_expect(struct feed *feed, struct span proven, uint64_t at);

/* True when the expected bytes are still there. */
bool feed_holds(const struct feed *feed);

/* The kernel may move the bytes: they are a file's. */
bool feed_is_movable(const struct feed *feed);

/* The next bytes, from feed->at on: 1; 0 at the end; -1 with err. */
int feed_next(struct feed *feed, struct span *out, struct err *err);

/* The kernel has moved the bytes [from, feed->at).  Where others may be among
 * them, feed->at is `from` again and the feed has ended: better told twice
 * than not at all. */
void feed_moved(struct feed *feed, uint64_t from);

/* That many of them were output. */
void feed_took(struct feed *feed, size_t len);

/* What was output last, right before feed->at; empty when the kernel moved
 * it. */
struct span feed_last(const struct feed *feed);

#endif
