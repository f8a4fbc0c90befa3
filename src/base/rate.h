/*
 * rate: "60 in 1h", how often something may happen, or "none".
 */
#ifndef CTAIL_BASE_RATE_H
#define CTAIL_BASE_RATE_H

#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#define RATE_COUNT_MAX 1000000

struct rate {
	int64_t count;
	int64_t period_ms;	/* 0: none */
};

/* setting.h's parse and format. */
int rate_parse(struct span text, void *rate, struct err *err);
void rate_format(const void *rate, struct buf *out);

#endif
