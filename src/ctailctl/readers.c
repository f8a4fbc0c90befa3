/*
 * readers: one process for each file, and the merge of what they write.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "ctailctl/reader.h"

#define BLOCK ((size_t)64 * 1024)

struct stream {
	pid_t pid;
	int fd;		  /* -1: at its end */
	struct buf bytes; /* read, and from at on not used */
	size_t at;
	struct reader_frame head;
	struct buf path, log_path;
	const char *text; /* of the head, in bytes */
	int64_t order_ms; /* of the last record with a time */
	uint64_t done, size;
	char *failure, *warning; /* a sentence; NULL: none */
	const struct reading *reading;
	bool ended;
};

struct readers {
	struct stream *list;
	size_t count;
	size_t current;	 /* whose record was handed out last */
	size_t limit_at; /* it goes on while it is not behind this
			  * one; SIZE_MAX: there is no other */
	bool began;
	bool handed_out; /* the head of current */
};

/* --- Starting ------------------------------------------------------------- */

static _Noreturn void
become_reader(const struct readers *readers, size_t at, int pipe,
    const struct readers_spec *spec)
{
	for (size_t i = 0; i < at; i++)
		close(readers->list[i].fd);
	/* Ctrl-C is the parent's, which wants to hear the rest. */
	signal(SIGINT, SIG_IGN);
	signal(SIGPIPE, SIG_DFL);
	reader_run(spec, readers->list[at].reading, pipe);
}

static int
start_stream(struct readers *readers, size_t at,
    const struct readers_spec *spec, struct err *err)
{
	struct stream *stream = &readers->list[at];
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return err_set(err, "cannot make a pipe: %s", strerror(errno));
	stream->pid = fork();
	if (!stream->pid) {
		close(ends[0]);
		become_reader(readers, at, ends[1], spec);
	}
	close(ends[1]);
	stream->fd = ends[0];
	if (stream->pid < 0)
		return err_set(
		    err, "cannot start a process: %s", strerror(errno));
	return 0;
}

struct readers *
readers_new(const struct readers_spec *spec, const struct reading *list,
    size_t count, struct err *err)
{
	struct readers *readers = xcalloc(1, sizeof(*readers));

	readers->list = xcalloc(count + 1, sizeof(*readers->list));
	/* What is buffered would be written by every child as well. */
	fflush(stdout);
	for (size_t i = 0; i < count; i++) {
		readers->list[i] = (struct stream){
		    .fd = -1, .reading = &list[i], .order_ms = INT64_MIN};
		readers->count++;
		if (start_stream(readers, i, spec, err)) {
			readers_free(readers);
			return NULL;
		}
	}
	return readers;
}

static void
stream_release(struct stream *stream)
{
	if (stream->fd >= 0)
		close(stream->fd);
	if (stream->pid > 0) {
		/* It may be waiting for a terminal. */
		if (!stream->ended)
			kill(stream->pid, SIGKILL);
		while (waitpid(stream->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	buf_release(&stream->bytes);
	buf_release(&stream->path);
	buf_release(&stream->log_path);
	free(stream->failure);
	free(stream->warning);
}

void
readers_free(struct readers *readers)
{
	if (!readers)
		return;
	for (size_t i = 0; i < readers->count; i++)
		stream_release(&readers->list[i]);
	free(readers->list);
	free(readers);
}

/* --- One stream ----------------------------------------------------------- */

/* 1 when so many bytes are there, 0 when they will not be, -1 when a signal
 * came. */
static int
stream_need(struct stream *stream, size_t need)
{
	while (stream->bytes.len - stream->at < need) {
		char *to;
		ssize_t got;

		if (stream->at) {
			buf_drop(&stream->bytes, stream->at);
			stream->at = 0;
		}
		to = buf_reserve(&stream->bytes, BLOCK);
		got = read(stream->fd, to, BLOCK);
		if (got < 0 && errno == EINTR)
			return -1;
		if (got <= 0)
			return 0;
		stream->bytes.len += (size_t)got;
	}
	return 1;
}

/* The first one is kept. */
static void
keep_sentence(char **kept, struct span text)
{
	if (!*kept)
		*kept = xstrndup(text.data, text.len);
}

static void
stream_end(struct stream *stream, bool whole)
{
	if (!whole)
		keep_sentence(&stream->failure,
		    span_str("the process that reads a sample has died"));
	close(stream->fd);
	stream->fd = -1;
	stream->ended = true;
}

static size_t
body_len(const struct reader_frame *frame)
{
	return frame->kind == READER_RECORD || frame->kind == READER_FAILED ||
		       frame->kind == READER_WARNED
		   ? frame->path_len + frame->log_path_len +
			 (size_t)frame->text_len
		   : 0;
}

static void
take_record(struct stream *stream, const char *body)
{
	const struct reader_frame *head = &stream->head;

	buf_reset(&stream->path);
	buf_add(&stream->path, body, head->path_len);
	buf_reset(&stream->log_path);
	buf_add(&stream->log_path, body + head->path_len, head->log_path_len);
	stream->text = body + head->path_len + head->log_path_len;
	if (head->time_ms > 0)
		stream->order_ms = head->time_ms;
}

static void
take_sentence(struct stream *stream, const char *body)
{
	struct span text = span_of(body, (size_t)stream->head.text_len);

	if (stream->head.kind == READER_FAILED)
		keep_sentence(&stream->failure, text);
	else if (stream->head.kind == READER_WARNED)
		keep_sentence(&stream->warning, text);
}

/* The next record becomes the head: 1, 0 at the end, -1 when a signal came
 * (and nothing is lost then). */
static int
stream_advance(struct stream *stream)
{
	while (!stream->ended) {
		struct reader_frame frame;
		int there = stream_need(stream, sizeof(frame));

		if (there > 0) {
			memcpy(&frame, stream->bytes.data + stream->at,
			    sizeof(frame));
			there = stream_need(
			    stream, sizeof(frame) + body_len(&frame));
		}
		if (there < 0)
			return -1;
		if (!there || frame.kind == READER_END) {
			stream_end(stream, there > 0);
			break;
		}
		stream->head = frame;
		stream->at += sizeof(frame);
		if (frame.kind == READER_RECORD)
			take_record(stream, stream->bytes.data + stream->at);
		else
			take_sentence(
			    stream, stream->bytes.data + stream->at);
		stream->at += body_len(&frame);
		if (frame.kind == READER_RECORD)
			return 1;
		if (frame.kind == READER_PROGRESS) {
			stream->done = frame.offset;
			stream->size = frame.end;
		}
	}
	return 0;
}

/* --- The merge ------------------------------------------------------------ */

/* Of two the earlier one; of the same time the one that was named first. */
static bool
is_before(const struct readers *readers, size_t a, size_t b)
{
	int64_t left = readers->list[a].order_ms;
	int64_t right = readers->list[b].order_ms;

	return left < right || (left == right && a < b);
}

/* The earliest head, and the second, up to which it may go on. */
static bool
choose(struct readers *readers)
{
	size_t first = SIZE_MAX, second = SIZE_MAX;

	for (size_t i = 0; i < readers->count; i++) {
		if (readers->list[i].ended)
			continue;
		if (first == SIZE_MAX || is_before(readers, i, first)) {
			second = first;
			first = i;
		} else if (second == SIZE_MAX ||
			   is_before(readers, i, second)) {
			second = i;
		}
	}
	if (first == SIZE_MAX)
		return false;
	readers->current = first;
	readers->limit_at = second;
	return true;
}

static bool
may_go_on(const struct readers *readers)
{
	const struct stream *stream = &readers->list[readers->current];

	if (stream->ended)
		return false;
	return readers->limit_at == SIZE_MAX ||
	       is_before(readers, readers->current, readers->limit_at);
}

/* Every stream's first record.  A signal meanwhile: again from there. */
static int
begin(struct readers *readers)
{
	for (; readers->current < readers->count; readers->current++)
		if (stream_advance(&readers->list[readers->current]) < 0)
			return -1;
	readers->began = true;
	return 0;
}

static void
show_head(const struct readers *readers, struct record *out)
{
	struct stream *stream = &readers->list[readers->current];
	const struct reader_frame *head = &stream->head;

	*out = (struct record){.text = span_of(stream->text, head->text_len),
	    .log = stream->reading->log,
	    .path = buf_str(&stream->path),
	    .log_path = buf_str(&stream->log_path),
	    .incarnation = "",
	    .offset = head->offset,
	    .end = head->end,
	    .lines = (size_t)head->lines,
	    .cut = head->cut,
	    .partial = head->partial,
	    .time_ms = head->time_ms};
}

int
readers_next(struct readers *readers, struct record *out)
{
	if (!readers->began) {
		if (begin(readers))
			return -1;
		if (!choose(readers))
			return 0;
	} else if (readers->handed_out) {
		if (stream_advance(&readers->list[readers->current]) < 0)
			return -1;
	}
	readers->handed_out = false;
	if (!may_go_on(readers) && !choose(readers))
		return 0;
	show_head(readers, out);
	readers->handed_out = true;
	return 1;
}

void
readers_progress(
    const struct readers *readers, uint64_t *done_out, uint64_t *size_out)
{
	bool known = true;

	*done_out = *size_out = 0;
	for (size_t i = 0; i < readers->count; i++) {
		const struct stream *stream = &readers->list[i];

		*done_out += stream->done;
		*size_out += stream->size;
		known &= stream->size || stream->ended;
	}
	if (!known)
		*size_out = 0;
}

void
readers_sentences(const struct readers *readers,
    void (*each)(void *arg, bool failed, const char *text), void *arg)
{
	for (size_t i = 0; i < readers->count; i++) {
		if (readers->list[i].warning)
			each(arg, false, readers->list[i].warning);
		if (readers->list[i].failure)
			each(arg, true, readers->list[i].failure);
	}
}
