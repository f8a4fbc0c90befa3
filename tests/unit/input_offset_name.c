/*
 * input_offset_name: no two paths make the same name.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "input/offset_name.h"
#include "tap.h"

static char *
name_of(const char *path)
{
	struct buf name = BUF_INIT;

	offset_name_add(&name, path);
	return buf_take(&name);
}

static void
names_are_readable(void)
{
	char *name = name_of("/var/log/app one.log");

	IS_STR(
	    name, "var%log%app one.log.offset", "a path is read from its name");
	free(name);
}

/* All paths of up to this many of the bytes that have a meaning. */
#define LETTERS 6

static void
fill(char path[LETTERS + 2], unsigned number)
{
	static const char alphabet[] = {'/', '%', '=', 'p', 'h'};
	size_t len = 1;

	path[0] = '/';
	for (; number; number /= sizeof(alphabet) + 1) {
		unsigned digit = number % (sizeof(alphabet) + 1);

		if (digit > 0)
			path[len++] = alphabet[digit - 1];
	}
	path[len] = '\0';
}

struct pair {
	char *name, *path;
};

static int
compare_pairs(const void *a, const void *b)
{
	const struct pair *left = a, *right = b;

	return strcmp(left->name, right->name);
}

static void
names_are_injective(void)
{
	unsigned count = 6 * 6 * 6 * 6 * 6 * 6;
	struct pair *pairs = xcalloc(count, sizeof(*pairs));
	unsigned collisions = 0;
	char path[LETTERS + 2];

	for (unsigned i = 0; i < count; i++) {
		fill(path, i);
		pairs[i] = (struct pair){name_of(path), xstrdup(path)};
	}
	qsort(pairs, count, sizeof(*pairs), compare_pairs);
	for (unsigned i = 1; i < count; i++)
		collisions += !strcmp(pairs[i].name, pairs[i - 1].name) &&
			      strcmp(pairs[i].path, pairs[i - 1].path);
	IS_INT(collisions, 0, "no two paths have the same name");
	for (unsigned i = 0; i < count; i++) {
		free(pairs[i].name);
		free(pairs[i].path);
	}
	free(pairs);
}

static void
names_are_bounded(void)
{
	char path[4000];
	char *one, *other;

	memset(path, 'a', sizeof(path));
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	one = name_of(path);
	OK(strlen(one) <= 240, "a path that is too long makes a short name");
	path[sizeof(path) - 2] = 'b';
	other = name_of(path);
	OK(strcmp(one, other) != 0, "and each such path its own");
	free(one);
	free(other);
}

int
main(void)
{
	names_are_readable();
	names_are_injective();
	names_are_bounded();
	return tap_done();
}
