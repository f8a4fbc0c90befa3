/*
 * siblings_order: the order of generations, oldest first.
 *
 * Hides how runs that are each in order (a family of names in a directory)
 * are merged into one, and which of several packings of one name holds.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "input/paths.h"
#include "input/siblings_internal.h"

static int
compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int
compare_times(const struct sibling *a, const struct sibling *b)
{
	return a->mtime_ns < b->mtime_ns ? -1 : a->mtime_ns > b->mtime_ns;
}

static struct span
plain_path(const struct sibling *sibling)
{
	struct span plain;

	compression_of(span_str(sibling->path), &plain);
	return plain;
}

bool
siblings_are_twins(const struct sibling *a, const struct sibling *b)
{
	return span_equal(plain_path(a), plain_path(b));
}

static int
compare_runs(const struct sibling *a, const struct sibling *b)
{
	int order = compare_numbers(!a->name.ranked, !b->name.ranked);

	if (!order && a->name.ranked)
		order = span_order(
		    path_directory_span(a->path), path_directory_span(b->path));
	if (!order && a->name.ranked)
		order = compare_numbers(
		    (uint64_t)a->name.family, (uint64_t)b->name.family);
	return order;
}

bool
siblings_are_family(const struct sibling *a, const struct sibling *b)
{
	return a->name.ranked && b->name.ranked && !compare_runs(a, b);
}

/* Within a run: rank, then what makes the one that holds the last. */
static int
compare_siblings(const void *left, const void *right)
{
	const struct sibling *a = left, *b = right;
	int order = compare_runs(a, b);

	if (!order && a->name.ranked)
		order = compare_numbers(a->name.rank, b->name.rank);
	if (!order && a->name.ranked)
		order =
		    compare_numbers(!a->name.compression, !b->name.compression);
	if (!order)
		order = compare_times(a, b);
	return order ? order : strcmp(a->path, b->path);
}

/* --- One file, one name ----------------------------------------------- */

struct seen {
	size_t at;
	uint64_t dev, ino;
};

static int
compare_seen(const void *left, const void *right)
{
	const struct seen *a = left, *b = right;
	int order = compare_numbers(a->dev, b->dev);

	if (!order)
		order = compare_numbers(a->ino, b->ino);
	return order ? order : compare_numbers(a->at, b->at);
}

static void
drop_marked(struct siblings *siblings)
{
	size_t kept = 0;

	for (size_t i = 0; i < siblings->count; i++) {
		if (siblings->items[i].path)
			siblings->items[kept++] = siblings->items[i];
	}
	siblings->count = kept;
}

static void
drop_second_names(struct siblings *siblings)
{
	size_t count = siblings->count;
	struct seen *seen = xreallocarray(NULL, count, sizeof(*seen));

	for (size_t i = 0; i < count; i++)
		seen[i] = (struct seen){
		    i, siblings->items[i].dev, siblings->items[i].ino};
	qsort(seen, count, sizeof(*seen), compare_seen);
	for (size_t i = 1; i < count; i++) {
		struct sibling *item = &siblings->items[seen[i].at];

		if (seen[i].dev != seen[i - 1].dev ||
		    seen[i].ino != seen[i - 1].ino)
			continue;
		free(item->path);
		item->path = NULL;
	}
	free(seen);
	drop_marked(siblings);
}

/* --- Merging ---------------------------------------------------------- */

struct run {
	size_t at, end;
};

static size_t
find_runs(const struct siblings *siblings, struct run *runs)
{
	size_t count = 0;

	for (size_t i = 0; i < siblings->count; i++) {
		if (i == 0 || compare_runs(&siblings->items[i - 1],
				  &siblings->items[i]) != 0)
			runs[count++].at = i;
		runs[count - 1].end = i + 1;
	}
	return count;
}

static struct run *
oldest_run(const struct siblings *siblings, struct run *runs, size_t count)
{
	struct run *oldest = NULL;

	for (size_t i = 0; i < count; i++) {
		if (runs[i].at == runs[i].end)
			continue;
		if (!oldest || compare_times(&siblings->items[runs[i].at],
				   &siblings->items[oldest->at]) < 0)
			oldest = &runs[i];
	}
	return oldest;
}

static void
merge_runs(struct siblings *siblings)
{
	size_t count = siblings->count;
	struct run *runs = xreallocarray(NULL, count, sizeof(*runs));
	struct sibling *merged = xreallocarray(NULL, count, sizeof(*merged));
	size_t run_count = find_runs(siblings, runs);

	for (size_t i = 0; i < count; i++) {
		struct run *run = oldest_run(siblings, runs, run_count);

		merged[i] = siblings->items[run->at++];
	}
	free(runs);
	free(siblings->items);
	siblings->items = merged;
}

/* --- Twins ------------------------------------------------------------ */

/* Plain, else changed last, else the name that sorts last. */
static int
compare_twins(const void *left, const void *right)
{
	const struct sibling *a = *(const struct sibling *const *)left;
	const struct sibling *b = *(const struct sibling *const *)right;
	int order = span_order(plain_path(a), plain_path(b));

	if (!order)
		order =
		    compare_numbers(!a->name.compression, !b->name.compression);
	if (!order)
		order = compare_times(a, b);
	return order ? order : strcmp(a->path, b->path);
}

static void
mark_shadowed(struct siblings *siblings)
{
	size_t count = siblings->count;
	struct sibling **by_name = xreallocarray(NULL, count, sizeof(*by_name));

	for (size_t i = 0; i < count; i++)
		by_name[i] = &siblings->items[i];
	qsort(by_name, count, sizeof(struct sibling *), compare_twins);
	for (size_t i = 0; i < count; i++)
		by_name[i]->shadowed =
		    i + 1 < count &&
		    siblings_are_twins(by_name[i], by_name[i + 1]);
	free(by_name);
}

static void
drop_oldest(struct siblings *siblings, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(siblings->items[i].path);
	siblings->count -= count;
	memmove(siblings->items, siblings->items + count,
	    siblings->count * sizeof(*siblings->items));
}

void
siblings_arrange(struct siblings *siblings)
{
	if (siblings->count == 0)
		return;
	drop_second_names(siblings);
	qsort(siblings->items, siblings->count, sizeof(*siblings->items),
	    compare_siblings);
	merge_runs(siblings);
	if (siblings->count > SIBLINGS_MAX)
		drop_oldest(siblings, siblings->count - SIBLINGS_MAX);
	mark_shadowed(siblings);
}
