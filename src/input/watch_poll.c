/*
 * watch: the backend that knows nothing and says so.
 *
 * Every time it is asked it hints once that anything may have changed; the
 * caller asks once a second.  Ids are kept only so that the same file gets
 * the same one.
 */
#include "config.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/map.h"
#include "base/mem.h"
#include "input/watch.h"

#define INTERVAL_MS 1000

struct inode_key {
	uint64_t dev, ino;
};

struct watch {
	struct map *ids;	/* from inode_key to id */
	struct inode_key *keys; /* of id - 1 */
	size_t count, cap;
	size_t spare; /* an id given back, 0: none; its key's ino
			 is the next */
	bool told;
};

struct watch *
watch_new(struct err *err)
{
	struct watch *watch = xcalloc(1, sizeof(*watch));

	(void)err;
	watch->ids = map_new();
	return watch;
}

void
watch_free(struct watch *watch)
{
	if (!watch)
		return;
	map_free(watch->ids, NULL);
	free(watch->keys);
	free(watch);
}

const char *
watch_backend(void)
{
	return "poll";
}

/* Where it lies is not known here. */
bool
watch_sees_all(int fd)
{
	(void)fd;
	return false;
}

int
watch_fd(const struct watch *watch)
{
	(void)watch;
	return -1;
}

int64_t
watch_interval(const struct watch *watch)
{
	(void)watch;
	return INTERVAL_MS;
}

static struct span
key_span(const struct inode_key *key)
{
	return span_of((const char *)key, sizeof(*key));
}

/* Ids count from 1, so that NULL can mean "none" in the map. */
static size_t
take_id(struct watch *watch)
{
	size_t id = watch->spare;

	if (id > 0) {
		watch->spare = (size_t)watch->keys[id - 1].ino;
		return id;
	}
	if (watch->count == watch->cap) {
		watch->cap = watch->cap ? watch->cap * 2 : 16;
		watch->keys = xreallocarray(
		    watch->keys, watch->cap, sizeof(*watch->keys));
	}
	return ++watch->count;
}

static int
new_id(struct watch *watch, const struct inode_key *key)
{
	size_t id = take_id(watch);

	watch->keys[id - 1] = *key;
	map_put(watch->ids, key_span(key), (void *)(uintptr_t)id);
	return (int)id;
}

enum watch_answer
watch_add(struct watch *watch, const char *path, enum watch_target target,
    int *id_out, const char **why_out, struct err *err)
{
	struct inode_key key = {0};
	struct stat st;
	void *known;

	*why_out = "it cannot be looked at";
	if (stat(path, &st) < 0) {
		err_set(err, "cannot look at %s: %s", path, strerror(errno));
		return errno == ENOENT || errno == ENOTDIR ? WATCH_MISSING
							   : WATCH_UNSUPPORTED;
	}
	if (target == WATCH_DIRECTORY && !S_ISDIR(st.st_mode)) {
		err_set(err, "%s is not a directory", path);
		return WATCH_MISSING;
	}
	key.dev = st.st_dev;
	key.ino = st.st_ino;
	known = map_get(watch->ids, key_span(&key));
	*id_out = known ? (int)(uintptr_t)known : new_id(watch, &key);
	return WATCH_OK;
}

void
watch_remove(struct watch *watch, int id)
{
	struct inode_key *key;

	if (id < 1 || (size_t)id > watch->count)
		return;
	key = &watch->keys[id - 1];
	if ((uintptr_t)map_get(watch->ids, key_span(key)) != (uintptr_t)id)
		return;
	map_take(watch->ids, key_span(key));
	*key = (struct inode_key){.ino = watch->spare};
	watch->spare = (size_t)id;
}

bool
watch_next(struct watch *watch, struct watch_hint *out)
{
	watch->told = !watch->told;
	*out = (struct watch_hint){.kind = WATCH_RESCAN, .id = -1};
	return watch->told;
}
