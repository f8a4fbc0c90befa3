/*
 * secret_cache: a secret that a run needs again and again.
 */
#include "config.h"

#include "deliver/secret.h"

int
secret_cache_read(struct secret_cache *cache,
    const struct secret_settings *settings, const char *key, struct buf *out,
    struct err *err)
{
	if (!settings->command)
		return secret_read(settings, key, out, err);
	cache->is_old = cache->kept.len > 0;
	if (!cache->is_old && secret_read(settings, key, &cache->kept, err))
		return -1;

	/* Room at once: growing would leave copies behind. */
	buf_reserve(out, cache->kept.len + 1);
	buf_add_span(out, buf_span(&cache->kept));
	return 0;
}

bool
secret_cache_refused(struct secret_cache *cache)
{
	bool was_old = cache->is_old;

	secret_cache_release(cache);
	return was_old;
}

void
secret_cache_release(struct secret_cache *cache)
{
	secret_wipe(&cache->kept);
	cache->is_old = false;
}
