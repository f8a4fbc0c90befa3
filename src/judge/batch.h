/*
 * batch: several alerts of one rule and key as one.
 *
 * `batch = 30s max 50`: the first alert opens a batch, which is sent after
 * the time, or as soon as it has that many.  It goes out as what its first
 * alert is (payload: what the caller said of it), with the count, times and
 * lines of all.  Pure; now is wall-clock ms of arrival; a deadline never lies
 * further away than the batch's own length.
 */
#ifndef CTAIL_JUDGE_BATCH_H
#define CTAIL_JUDGE_BATCH_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "judge/held.h"

#define BATCH_MAX 10000
#define BATCH_PERIOD_MAX_MS (INT64_C(24) * 60 * 60 * 1000)
#define BATCH_PAYLOAD_BYTES (256 * 1024)

struct batch_spec {
	int64_t period_ms;	/* 0: none */
	int64_t max;		/* alerts; 0: as many as come */
};

struct batch {
	int64_t due_ms;		/* 0: not open */
	struct held held;
	struct buf payload;	/* of the first */
};

/* setting.h's parse and format: `T`, `T max N`, `none`. */
int batch_parse(struct span text, void *spec, struct err *err);
void batch_format(const void *spec, struct buf *out);

/* True when it is full now.  The caller fills payload when it was not open
 * before (batch->due_ms 0). */
bool batch_add(const struct batch_spec *spec, struct batch *batch,
    int64_t now_ms, const struct event *event);
void batch_clamp(const struct batch_spec *spec, struct batch *batch,
    int64_t now_ms);
void batch_release(struct batch *batch);

/* load checks everything itself; nothing is a batch that is not open.  A
 * payload beyond BATCH_PAYLOAD_BYTES is left out by save. */
void batch_save(const struct batch *batch, struct buf *out);
int batch_load(const struct batch_spec *spec, struct batch *batch,
    struct span fields, int64_t now_ms, struct err *err);

#endif
