/*
 * allowance: how far --max-lines, --max-bytes and the next store let an
 * extent be printed.
 *
 * Lines are looked for only where one of them limits it.
 */
#include "config.h"

#include <string.h>

#include "ctail/job.h"

/* Lines and bytes that --max-lines and --max-bytes leave in one extent. */
struct allowance {
	uint64_t lines, bytes;
	bool has_lines, has_bytes;
	bool first; /* nothing was printed yet: one line may */
};

static struct allowance
allowance_of(const struct job *job)
{
	const struct options *options = job->run->options;
	uint64_t lines = (uint64_t)options->max_lines;
	uint64_t bytes = (uint64_t)options->max_bytes;

	return (struct allowance){
	    .has_lines = lines > 0,
	    .lines = lines > job->lines ? lines - job->lines : 0,
	    .has_bytes = bytes > 0,
	    .bytes = bytes > job->bytes ? bytes - job->bytes : 0,
	    .first = job->bytes == 0,
	};
}

static bool
is_exhausted(const struct allowance *left)
{
	return (left->has_lines && left->lines == 0) ||
	       (left->has_bytes && left->bytes == 0 && !left->first);
}

/* Goes over the lines of a block that lies `passed` bytes behind the extent's
 * start.  True when the limit is reached; *end_out is behind the last line
 * that is allowed. */
static bool
limit_in_block(struct allowance *left, struct span block, uint64_t passed,
    uint64_t *end_out)
{
	size_t at = 0;

	while (at < block.len) {
		const char *newline =
		    memchr(block.data + at, '\n', block.len - at);

		if (!newline)
			break;
		at = (size_t)(newline - block.data) + 1;
		if (left->has_bytes && passed + at > left->bytes &&
		    !left->first)
			return true;
		*end_out = passed + at;
		left->first = false;
		if (left->has_lines && --left->lines == 0)
			return true;
	}
	return left->has_bytes && !left->first &&
	       passed + block.len > left->bytes;
}

static void
limit_to_mark(struct allowance *left, uint64_t every_n)
{
	if (!left->has_lines || left->lines > every_n)
		left->lines = every_n;
	left->has_lines = true;
}

/* Where printing must end; the extent's end when nothing limits it.  A
 * finished file's last line counts though it has no newline. */
int
allowed_end(struct job *job, const struct follow_extent *extent,
    struct span packed, uint64_t *end_out, struct err *err)
{
	struct allowance left = allowance_of(job);
	uint64_t from = extent->position.offset;
	uint64_t end = 0;
	struct feed feed;
	struct span block;
	int more;

	*end_out = extent->end;
	if (mark_is_whole(job, extent))
		limit_to_mark(&left,
		    (uint64_t)job->run->options->every_n - job->unmarked);
	if (!left.has_lines && !left.has_bytes)
		return 0;
	feed_init(&feed, extent->content, from, extent->end, packed,
	    &job->run->memory);
	while ((more = feed_next(&feed, &block, err)) > 0) {
		if (limit_in_block(&left, block, feed.at - from, &end)) {
			*end_out = from + end;
			return 0;
		}
		feed_took(&feed, block.len);
	}
	return more;
}

bool
allowance_is_used(const struct job *job)
{
	struct allowance left = allowance_of(job);

	return is_exhausted(&left);
}
