/*
 * retry: when to try again.  Pure arithmetic; who waits is ctaild.
 */
#include "config.h"

#include "deliver/retry.h"

int64_t
retry_wait(const struct outcome *outcome, int64_t attempts, uint64_t random)
{
	bool config = outcome->class == OUTCOME_CONFIG;
	int64_t cap = config ? RETRY_CONFIG_CAP_MS : RETRY_CAP_MS;
	int64_t ceiling = config ? RETRY_CONFIG_BASE_MS : RETRY_BASE_MS;
	int64_t floor = outcome->retry_after_ms;

	for (int64_t i = 0; i < attempts && ceiling < cap; i++)
		ceiling *= 2;
	if (ceiling > cap)
		ceiling = cap;
	if (floor > RETRY_AFTER_MAX_MS)
		floor = RETRY_AFTER_MAX_MS;
	if (config && floor < ceiling / 2)
		floor = ceiling / 2;

	/* 2^64 is so much larger than the ceiling that the remainder's bias
	 * cannot be seen. */
	int64_t wait = (int64_t)(random % (uint64_t)(ceiling + 1));
	return wait < floor ? floor : wait;
}
