/*
 * Unit tests of ctail-unpack's formats.h and codec.h, in memory.  What the
 * libraries make of real files is tried in tests/cli/unpack.t.
 */
#include "config.h"

#include <stdint.h>

#include "base/buf.h"
#include "base/mem.h"
#include "ctail-unpack/formats.h"
#include "tap.h"

/* Both ends of a stream. */
struct memory {
	const unsigned char *in;
	size_t in_len, at;
	size_t most; /* bytes a read; 0: all */
	struct buf out;
	size_t out_max; /* writing beyond fails */
	bool deaf;	/* reading fails */
};

static ssize_t
memory_read(void *arg, void *to, size_t len)
{
	struct memory *memory = arg;
	size_t left = memory->in_len - memory->at;

	if (memory->deaf)
		return -1;
	if (memory->most && len > memory->most)
		len = memory->most;
	if (len > left)
		len = left;
	memcpy(to, memory->in + memory->at, len);
	memory->at += len;
	return (ssize_t)len;
}

static int
memory_write(void *arg, const void *bytes, size_t len)
{
	struct memory *memory = arg;

	if (len > STREAM_OUT_BYTES || memory->out.len + len > memory->out_max)
		return -1;
	buf_add(&memory->out, bytes, len);
	return 0;
}

/* With the codec, or by what the bytes look like. */
static enum unpack_status
unpacked(struct memory *memory, const struct codec *codec)
{
	struct stream *stream = xmalloc(sizeof(*stream));
	enum unpack_status status;

	memory->at = 0;
	buf_reset(&memory->out);
	stream_init(stream, memory_read, memory_write, memory);
	status = codec ? codec_run(codec, stream) : formats_unpack(stream);
	free(stream);
	return status;
}

#define MEMORY(bytes)                                                          \
	{                                                                      \
		.in = (const unsigned char *)(bytes),                          \
		.in_len = sizeof(bytes) - 1, .out_max = SIZE_MAX               \
	}

/* --- A format of our own: "(text)" is a member, '!' damage, '*' a bomb -----
 */

struct toy {
	bool inside;
	int members;
};

static void *
toy_open(void)
{
	return xcalloc(1, sizeof(struct toy));
}

static enum codec_step
toy_step(void *arg, struct codec_io *io)
{
	struct toy *toy = arg;
	unsigned char byte;

	if (!io->in_len)
		return CODEC_ON;
	byte = *io->in;
	if (byte == '!' || toy->inside == (byte == '('))
		return CODEC_DAMAGED;
	if (byte == '#')
		return CODEC_TOO_LARGE;
	if (byte == '=')
		return CODEC_ON;
	if (byte != '*') {
		io->in++;
		io->in_len--;
	}
	if (byte == '(') {
		toy->inside = true;
		return CODEC_ON;
	}
	if (byte == ')') {
		toy->inside = false;
		return CODEC_END;
	}
	for (bool all = byte == '*'; io->out_len; io->out_len--) {
		*io->out++ = byte;
		if (!all) {
			io->out_len--;
			break;
		}
	}
	return CODEC_ON;
}

static int
toy_again(void *arg)
{
	struct toy *toy = arg;

	return ++toy->members > 3 ? -1 : 0;
}

static void *
toy_closed(void)
{
	return NULL;
}

static const struct codec toy = {.padded = true,
    .open = toy_open,
    .step = toy_step,
    .again = toy_again,
    .close = free};
static const struct codec bare_toy = {
    .open = toy_open, .step = toy_step, .again = toy_again, .close = free};
static const struct codec no_toy = {.open = toy_closed};

static void
members(void)
{
	static const struct {
		const char *in;
		size_t len;
		const char *out;
		enum unpack_status status;
		const char *sentence;
	} table[] = {
#define ROW(in, out, status, sentence)                                         \
	{in, sizeof(in) - 1, out, UNPACK_STATUS_##status, sentence}
	    ROW("(one)", "one", COMPLETE, "a member is unpacked"),
	    ROW("()", "", COMPLETE, "an empty one, too"),
	    ROW("(one)(two)(3)", "onetwo3", COMPLETE, "all that follow, too"),
	    ROW("(one)\0\0\0", "one", COMPLETE, "padding is skipped"),
	    ROW("(one)\0\0(two)\0", "onetwo", COMPLETE,
		"between members as well"),
	    ROW("(one)rest", "one", DAMAGED, "rubbish behind is damage"),
	    ROW("(one)\0rest", "one", DAMAGED, "behind padding, too"),
	    ROW("(on", "on", UNFINISHED, "the end comes too soon"),
	    ROW("(one)(", "one", UNFINISHED, "in a later member"),
	    ROW("", "", UNFINISHED, "in an empty file"),
	    ROW("(on!e)", "on", DAMAGED, "damage in the middle"),
	    ROW("(on=e)", "on", DAMAGED, "a decoder that is stuck"),
	    ROW("(on#e)", "on", TOO_LARGE, "one that wants too much memory"),
	    ROW("(1)(2)(3)(4)(5)", "1234", NO_MEMORY, "one that cannot go on"),
#undef ROW
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct memory memory = {
		    .in = (const unsigned char *)table[i].in,
		    .in_len = table[i].len,
		    .out_max = SIZE_MAX};

		for (memory.most = 0; memory.most < 3; memory.most++) {
			OK(unpacked(&memory, &toy) == table[i].status,
			    "%s (reads of %zu)", table[i].sentence,
			    memory.most);
			IS_STR(buf_str(&memory.out), table[i].out,
			    "and so much is delivered");
		}
		buf_release(&memory.out);
	}
}

static void
faults(void)
{
	struct memory memory = MEMORY("(one)\0");

	IS_INT(unpacked(&memory, &bare_toy), UNPACK_STATUS_DAMAGED,
	    "padding is damage where a format has none");
	IS_INT(unpacked(&memory, &no_toy), UNPACK_STATUS_NO_MEMORY,
	    "a decoder that cannot begin");
	memory.out_max = 2;
	IS_INT(
	    unpacked(&memory, &toy), UNPACK_STATUS_IO, "a reader that is gone");
	memory.deaf = true;
	IS_INT(unpacked(&memory, &toy), UNPACK_STATUS_IO,
	    "a file that cannot be read");
	IS_INT(unpacked(&memory, NULL), UNPACK_STATUS_IO,
	    "or not even recognised");
	buf_release(&memory.out);
}

static void
bomb(void)
{
	struct memory memory = MEMORY("(*");
	size_t most = (size_t)(STREAM_FREE_BYTES + 2 * STREAM_RATIO);

	IS_INT(unpacked(&memory, &toy), UNPACK_STATUS_TOO_LARGE,
	    "a bomb is not unpacked for ever");
	OK(memory.out.len <= most && memory.out.len > most - STREAM_OUT_BYTES,
	    "but up to what is allowed");
	buf_release(&memory.out);
}

static void
recognition(void)
{
	const struct format *format;

	for (format = formats(); format->name; format++) {
		struct memory memory = {.in = format->magic,
		    .in_len = format->magic_len,
		    .out_max = 0};
		enum unpack_status want = format->codec
					      ? UNPACK_STATUS_UNFINISHED
					      : UNPACK_STATUS_NOT_BUILT;

		OK(unpacked(&memory, NULL) == want,
		    "%s is recognised by its first bytes", format->name);
		memory.most = 1;
		OK(unpacked(&memory, NULL) == want,
		    "%s when they come one by one", format->name);
		memory.in_len--;
		OK(unpacked(&memory, NULL) == UNPACK_STATUS_UNFINISHED,
		    "%s may still become one when the last is missing",
		    format->name);
	}
}

static void
strangers(void)
{
	static const char *const texts[] = {"plain text, a log as it was", "x",
	    "\x1f\x8c", "\x1f\x1f\x1f\x1f\x1f\x1f", "BZ0h1234",
	    "\xfd\067zXY",
	    "\n"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct memory memory = {.in = (const unsigned char *)texts[i],
		    .in_len = strlen(texts[i])};

		OK(unpacked(&memory, NULL) == UNPACK_STATUS_NOT_PACKED,
		    "stranger %zu is in no format", i);
	}
}

int
main(void)
{
	members();
	faults();
	bomb();
	recognition();
	strangers();
	return tap_done();
}
