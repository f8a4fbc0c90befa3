/*
 * codec: drives a decoder over all members of a file.
 *
 * Hides what is the same in every format: members behind one another, padding,
 * the difference between a file that stops short and one that is wrong, and
 * that what came before a fault is delivered.
 */
#include "config.h"

#include "ctail-unpack/codec.h"

struct run {
	const struct codec *codec;
	struct stream *stream;
	void *state;
	bool between; /* a member is over; another may follow */
};

static bool
skip_padding(struct stream *stream)
{
	while (stream->in_len && stream->in[stream->in_at] == 0) {
		stream->in_at++;
		stream->in_len--;
	}
	return stream->in_len == 0;
}

/* Whether the next member begins here; COMPLETE and *over_out at the end. */
static enum unpack_status
enter_member(struct run *run, bool *over_out)
{
	struct stream *stream = run->stream;
	enum unpack_status status;

	do {
		status = stream_fill(stream, 1);
		*over_out = !status && stream->in_len == 0;
		if (status || *over_out)
			return status;
	} while (run->codec->padded && skip_padding(stream));
	run->between = false;
	return run->codec->again(run->state) ? UNPACK_STATUS_NO_MEMORY
					     : UNPACK_STATUS_COMPLETE;
}

/* How it ends when the decoder neither took nor gave anything. */
static enum unpack_status
stuck(const struct stream *stream)
{
	return stream->in_len ? UNPACK_STATUS_DAMAGED
			      : UNPACK_STATUS_UNFINISHED;
}

static enum unpack_status
take_step(struct run *run, enum codec_step step, bool moved)
{
	switch (step) {
	case CODEC_ON:
		return moved ? UNPACK_STATUS_COMPLETE : stuck(run->stream);
	case CODEC_END:
		run->between = true;
		return UNPACK_STATUS_COMPLETE;
	case CODEC_DAMAGED:
		return UNPACK_STATUS_DAMAGED;
	case CODEC_TOO_LARGE:
		return UNPACK_STATUS_TOO_LARGE;
	case CODEC_NO_MEMORY:
		break;
	}
	return UNPACK_STATUS_NO_MEMORY;
}

static enum unpack_status
run_step(struct run *run)
{
	struct stream *stream = run->stream;
	struct codec_io io = {.in = stream->in + stream->in_at,
	    .in_len = stream->in_len,
	    .out = stream->out + stream->out_len,
	    .out_len = sizeof(stream->out) - stream->out_len};
	size_t taken, given;
	enum codec_step step = run->codec->step(run->state, &io);

	taken = stream->in_len - io.in_len;
	given = sizeof(stream->out) - stream->out_len - io.out_len;
	stream->in_at += taken;
	stream->in_len -= taken;
	stream->out_len += given;
	return take_step(run, step, taken || given);
}

static enum unpack_status
run_members(struct run *run)
{
	struct stream *stream = run->stream;
	enum unpack_status status = UNPACK_STATUS_COMPLETE;
	bool over = false;

	while (!status) {
		if (run->between)
			status = enter_member(run, &over);
		else
			status = stream_fill(stream, 1);
		if (status || over)
			return status;
		status = run_step(run);
		if (!status && stream->out_len == sizeof(stream->out))
			status = stream_flush(stream);
	}
	return status;
}

enum unpack_status
codec_run(const struct codec *codec, struct stream *stream)
{
	struct run run = {.codec = codec, .stream = stream};
	enum unpack_status status, flushed;

	run.state = codec->open();
	if (!run.state)
		return UNPACK_STATUS_NO_MEMORY;
	status = run_members(&run);
	codec->close(run.state);
	if (status == UNPACK_STATUS_IO)
		return status;
	flushed = stream_flush(stream);
	return flushed ? flushed : status;
}
