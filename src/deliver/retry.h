/*
 * retry: when to try again.
 *
 * Full jitter (Brooker, "Exponential Backoff And Jitter", AWS 2015): a
 * uniform wait between 0 and min(cap, base * 2^attempts).  A server's
 * Retry-After is a floor, clamped to RETRY_AFTER_MAX_MS.  What a person must
 * mend (CONFIG) is tried again more slowly, and never before half of its time:
 * a password that is wrong is not offered so often that the server locks us
 * out.  Pure: the random number is an argument.
 */
#ifndef CTAIL_DELIVER_RETRY_H
#define CTAIL_DELIVER_RETRY_H

#include <stdint.h>
#include "deliver/outcome.h"

#define RETRY_BASE_MS 1000
#define RETRY_CAP_MS (5 * 60 * 1000)
#define RETRY_CONFIG_BASE_MS (60 * 1000)
#define RETRY_CONFIG_CAP_MS (60 * 60 * 1000)
#define RETRY_AFTER_MAX_MS (60 * 60 * 1000)

/* The wait in ms after this many attempts that ended so; random is uniform
 * over all of uint64_t. */
int64_t retry_wait(const struct outcome *outcome, int64_t attempts,
    uint64_t random);

#endif
