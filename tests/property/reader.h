/*
 * reader: ctail or ctaild in small: the real follow, its real text form
 * between runs, and an account of every line it gave.
 */
#ifndef CTAIL_TESTS_PROPERTY_READER_H
#define CTAIL_TESTS_PROPERTY_READER_H

#include "base/buf.h"
#include "input/follow.h"
#include "tests/property/world.h"

struct reader {
	struct world *world;
	struct follow_options options;
	struct follow *follow;	/* NULL between runs */
	struct buf saved;	/* checkpoint, as text; empty: none */
	struct buf buffer;
	bool daemon, extents;
	bool blind;		/* another tool left no fingerprints */
	bool forgiven_order;	/* the position was edited */
	int last;		/* highest number given in order */
	unsigned noted;		/* faults so far */
	char fault[512];	/* the first one */
};

void reader_begin(struct reader *reader, struct world *world, bool daemon,
    bool extents, const struct unpacker *unpacker);
void reader_end(struct reader *reader);

/* Reads until there is nothing now, or `lines` lines; a reader that is not a
 * daemon saves and ends. */
void reader_look(struct reader *reader, unsigned lines);
void reader_crash(struct reader *reader);
void reader_restart(struct reader *reader);

/* What another tool did to the offset file. */
void reader_other(struct reader *reader);
void reader_rewind(struct reader *reader, unsigned lines);

/* After the last look: every line that can be demanded was taken once. */
void reader_judge(struct reader *reader);

#endif
