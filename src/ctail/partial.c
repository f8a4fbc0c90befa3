/*
 * partial: --partial-lines, the unfinished last line of the live file.
 *
 * A follow ends at the last newline.  What stands behind it is printed here,
 * after a look that it is still the same file, and the position that is
 * stored then lies inside the line, as pygtail's does.
 */
#include "config.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctail/job.h"

/* The file under the log's name when it is the one that was read; -1. */
static int
open_same(const struct job *job, uint64_t *size_out)
{
	const struct position *position = follow_position(job->follow);
	int fd = open(job->log, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	struct position here = {0};
	struct stat st;

	if (fd < 0)
		return -1;
	if (position_identify(&here, fd) == 0 &&
	    position_same_file(&here, position) && fstat(fd, &st) == 0 &&
	    S_ISREG(st.st_mode) && (uint64_t)st.st_size > position->offset) {
		*size_out = (uint64_t)st.st_size;
		return fd;
	}
	close(fd);
	return -1;
}

static bool
hash_at(
    struct content *content, uint64_t from, size_t len, struct fingerprint *out)
{
	char bytes[POSITION_PRINT];
	struct err err = ERR_INIT;

	if (content_pread(content, bytes, len, from, len, &err) != (ssize_t)len)
		return false;
	fingerprint_take(out, span_of(bytes, len));
	return true;
}

static bool
holds_the_tail(struct content *content, const struct position *position)
{
	struct fingerprint now;
	size_t len = position->tail.len;

	return len == 0 ||
	       (hash_at(content, position->offset - len, len, &now) &&
		   fingerprint_equal(&now, &position->tail));
}

static void
remember(struct job *job, struct content *content, const struct feed *feed)
{
	struct position *position = &job->partial;
	size_t head =
	    feed->at < POSITION_PRINT ? (size_t)feed->at : POSITION_PRINT;

	*position = *follow_position(job->follow);
	position->offset = feed->at;
	fingerprint_take(&position->tail, feed_last(feed));
	if (position->head.len < head)
		(void)hash_at(content, 0, head, &position->head);
	if (position->first.len == 0 && feed->at >= POSITION_FIRST)
		(void)hash_at(content, 0, POSITION_FIRST, &position->first);
	job->has_partial = true;
}

static void
print_rest(
    struct job *job, struct content *content, uint64_t from, uint64_t size)
{
	struct err err = ERR_INIT;
	struct feed feed;
	struct span block;
	enum output_answer answer = OUTPUT_OK;
	int more = 0;

	feed_init(
	    &feed, content, from, size, span_of("", 0), &job->run->memory);
	while (answer == OUTPUT_OK &&
	       (more = feed_next(&feed, &block, &err)) > 0) {
		answer = print_lines(job, block);
		feed_took(&feed, block.len);
	}
	if (answer == OUTPUT_OK && more < 0)
		answer = OUTPUT_NO_SOURCE;
	if (answer != OUTPUT_OK) {
		print_failed(job, answer, job->log, &err);
		return;
	}
	job->bytes += feed.at - from;
	remember(job, content, &feed);
}

void
print_unfinished(struct job *job)
{
	const struct position *position = follow_position(job->follow);
	struct content content;
	uint64_t size;
	int fd = open_same(job, &size);

	if (fd < 0)
		return;
	content_init(&content, fd, COMPRESSION_NONE, NULL);
	if (holds_the_tail(&content, position)) {
		struct err err = ERR_INIT;

		if (place_check_writable(&job->place, &err) < 0)
			job_fail(job, STATUS_NOT_STORED, "%s", err.text);
		else
			print_rest(job, &content, position->offset, size);
	}
	content_close(&content);
}
