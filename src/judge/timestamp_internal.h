/*
 * timestamp_internal: what the parts of the timestamp reader share.
 *
 * A pattern is a strptime(3) format; timestamp_scan.c has the conversions.
 * The built-in formats use some more, which a configuration may not.
 */
#ifndef CTAIL_JUDGE_TIMESTAMP_INTERNAL_H
#define CTAIL_JUDGE_TIMESTAMP_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/span.h"
#include "judge/timestamp.h"

/* What was read; the rest was left open. */
enum {
	STAMP_YEAR = 1,
	STAMP_MONTH = 2,
	STAMP_DAY = 4,
	STAMP_TIME = 8,
	STAMP_YEAR_DAY = 16,
	STAMP_EPOCH = 32,
	STAMP_ZONE = 64,
	STAMP_HALF = 128,	/* AM or PM */
	STAMP_SLASHED = 256,	/* day and month in an order to be found */
	STAMP_ZONE_NAME = 512,	/* what it means unless it is local time's */
};

struct stamp {
	unsigned have;
	int year, month, day, year_day;
	int hour, minute, second, millisecond;
	int after_noon;
	int zone_minutes;
	struct span zone_name;	/* lies in the text */
	int slashed[2];
	int64_t epoch_s;
};

/* Whether the text begins with what the pattern says; then how long it is. */
bool stamp_scan(struct span text, const char *pattern, struct stamp *out,
    size_t *used_out);

/* East of UTC, for a name of a zone that means the same everywhere. */
bool stamp_zone_named(struct span word, int *minutes_out);

/* What is behind the "@4" of a TAI64 label; its length, 0: it is none. */
size_t stamp_tai64(struct span text, struct stamp *out);

/* Whether a configuration may use it, and what it reads. */
bool stamp_conversion(char letter, unsigned *have_out);

/* Appends the text of a configuration as a pattern, without the flags that
 * strptime(3) skips; -1 with a sentence when it has a conversion that is not
 * known or can never say a time. */
int stamp_pattern(struct span text, struct buf *out, struct err *err);

/* The order of 11/12/2026.  Two dates in a row that can be read one way only
 * show it; a single one may be anybody's. */
enum stamp_order { STAMP_ORDER_OPEN, STAMP_MONTH_FIRST, STAMP_DAY_FIRST };

struct stamp_slashes {
	enum stamp_order order;
	enum stamp_order shown;	/* by the last that shows one */
};

/* Wall ms, or 0 when it is no valid time. */
int64_t stamp_resolve(const struct stamp *stamp, struct stamp_slashes *slashes,
    struct civil_zone *zone, const struct timestamp_near *near);

/* What the text of a format begins with. */
enum stamp_begins {
	STAMP_AT_DIGIT,
	STAMP_AT_MONTH,		/* its name */
	STAMP_AT_DAY,		/* of the week */
	STAMP_AT_KLOG,		/* a letter before a digit */
	STAMP_AT_WORD,		/* anything but a digit */
	STAMP_AT_ITSELF,	/* the pattern's own first two bytes */
};

struct stamp_format {
	const char *name;
	const char *pattern;
	enum stamp_begins begins;
	unsigned digits;	/* bit n: n of them at the beginning */
	char then;		/* what stands behind them; 0: anything */
	bool anywhere;		/* not at the beginning only */
};

extern const struct stamp_format stamp_formats[];
extern const size_t stamp_formats_count;

/* What stands at a place of a record, seen once for all formats. */
struct stamp_start {
	struct span text;	/* from there on */
	unsigned kinds;		/* bit n: enum stamp_begins n */
	unsigned digits;
	char then;
};

void stamp_look(struct span record, size_t at, struct stamp_start *out);

/* Whether that may be what the format reads. */
bool stamp_may_begin(const struct stamp_format *format,
    const struct stamp_start *start);

/* How much of what stands before a date begins the record at `from`: a
 * priority, a bracket, blanks, a sequence number; 0 when nothing does. */
size_t stamp_lead(struct span record, size_t from);

#endif
