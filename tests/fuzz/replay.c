/*
 * replay: runs a fuzz target over its seed corpus and mutations of it.
 *
 * Linked instead of libFuzzer in ordinary builds, so that every `make check`
 * repeats what fuzzing found.  The mutations come from a fixed seed.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "unit/tap.h"

#define SEED_BYTES_MAX (1 << 20)
#define MUTATIONS 300

static uint64_t state = 0x9e3779b97f4a7c15u;

/* xorshift64* (Vigna, 2016): repeatable on every system. */
static uint64_t
next_random(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 0x2545f4914f6cdd1du;
}

static void
feed(const uint8_t *bytes, size_t len)
{
	/* An exact heap copy, so that reading one byte beyond is seen. */
	uint8_t *copy = malloc(len ? len : 1);

	if (!copy)
		abort();
	memcpy(copy, bytes, len);
	LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

/* One of: cut, flip a bit, set a byte, double a part, drop a part. */
static size_t
mutate(uint8_t *bytes, size_t len, size_t cap)
{
	size_t at = len ? next_random() % len : 0;
	size_t part = len - at ? next_random() % (len - at) % 64 : 0;

	if (!len)
		return 0;
	switch (next_random() % 5) {
	case 0:
		return at;
	case 1:
		bytes[at] ^= (uint8_t)(1u << next_random() % 8);
		return len;
	case 2:
		bytes[at] = (uint8_t)next_random();
		return len;
	case 3:
		if (len + part > cap)
			return len;
		memmove(bytes + at + part, bytes + at, len - at);
		return len + part;
	default:
		memmove(bytes + at, bytes + at + part, len - at - part);
		return len - part;
	}
}

static void
feed_mutations(const uint8_t *seed, size_t len)
{
	uint8_t *bytes = malloc(len + 256);

	if (!bytes)
		abort();
	for (int i = 0; i < MUTATIONS; i++) {
		size_t now = len;

		memcpy(bytes, seed, len);
		for (uint64_t k = 1 + next_random() % 4; k; k--)
			now = mutate(bytes, now, len + 256);
		feed(bytes, now);
	}
	free(bytes);
}

static bool
replay_file(const char *path)
{
	static uint8_t bytes[SEED_BYTES_MAX];
	FILE *file = fopen(path, "rb");
	size_t len;

	if (!file)
		return false;
	len = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	feed(bytes, len);
	feed_mutations(bytes, len);
	return true;
}

static int
replay_directory(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	int count = 0;

	if (!directory)
		return -1;
	while ((entry = readdir(directory))) {
		char name[PATH_MAX + 256];

		if (*entry->d_name == '.')
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		count += replay_file(name);
	}
	closedir(directory);
	return count;
}

int
main(int argc, char **argv)
{
	const char *source = getenv("srcdir");
	const char *name = strrchr(argv[0], '/');
	char path[PATH_MAX];
	int count;

	name = name ? name + 1 : argv[0];
	snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/%s",
	    source ? source : ".", name);
	count = replay_directory(argc > 1 ? argv[1] : path);
	feed((const uint8_t *)"", 0);
	OK(count > 0, "%s survives its corpus (%d seeds) and %d mutations of "
	    "each", name, count, MUTATIONS);
	return tap_done();
}
