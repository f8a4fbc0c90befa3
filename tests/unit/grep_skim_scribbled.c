/*
 * A log over which somebody scribbles while it is skimmed: newlines come and
 * go, strings are broken, the file is cut and written again, whenever it comes
 * to pass.  Whatever is offered are full lines, with the string where that is
 * said, and without the zeros of what was cut off.
 */
#include "config.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ctailctl/grep.h"
#include "files.h"
#include "mapped.h"
#include "tap.h"

enum { SIZE = 2500000, LINE = 80, ROUNDS = 100, HITS = 800, HIT = 10 };

struct scribbler {
	int fd;
	volatile char *bytes; /* the file's own */
	bool cuts;
	char *original;
	atomic_bool enough;
};

static void
put(const struct scribbler *scribbler, size_t at, const char *bytes, size_t len)
{
	if (pwrite(scribbler->fd, bytes, len, (off_t)at) != (ssize_t)len)
		abort();
}

/* In the lines that hold the string: their newlines, the strings, and what
 * lies between.  Each is right again when the next is wrong. */
static void
spoil(const struct scribbler *scribbler, uint32_t *random)
{
	static const char bytes[] = "\nhix", spots[] = {
	    LINE - 1, LINE - 1, LINE - 1, HIT, HIT + 1, HIT / 2, LINE / 2};
	size_t at = 0;

	for (int i = 0; i < 100000; i++) {
		scribbler->bytes[at] = scribbler->original[at];
		*random = *random * 1103515245 + 12345;
		at = (size_t)(*random >> 8) % (SIZE / HITS) * HITS +
		     (size_t)spots[*random % 7];
		scribbler->bytes[at] = bytes[*random >> 16 & 3];
	}
	scribbler->bytes[at] = scribbler->original[at];
}

static void
cut(const struct scribbler *scribbler, uint32_t *random)
{
	size_t at;

	*random = *random * 1103515245 + 12345;
	at = *random >> 30 ? (size_t)(*random >> 4) % SIZE : 0;
	if (ftruncate(scribbler->fd, (off_t)at))
		abort();
	while (at < SIZE) {
		size_t len = SIZE - at < 65536 ? SIZE - at : 65536;

		put(scribbler, at, scribbler->original + at, len);
		at += len;
	}
}

static void *
scribble(void *arg)
{
	const struct scribbler *scribbler = arg;
	uint32_t random = 20261123;

	while (!atomic_load(&scribbler->enough))
		if (scribbler->cuts)
			cut(scribbler, &random);
		else
			spoil(scribbler, &random);
	return NULL;
}

static struct prefilter *
make_filter(size_t round)
{
	static const struct prefilter_pattern patterns[] = {{"hit", 0},
	    {"broken", 0}, {"error", 0}, {"hi[tx]", 0}, {"nothing", 0}};
	struct rarity *rarity = rarity_new();
	struct prefilter *filter =
	    prefilter_new(patterns, 1 + round % 5, rarity, PREFILTER_AUTO);

	rarity_free(rarity);
	return filter;
}

/* Two of them are no line: those between are without. */
static size_t
strings_in(const char *line, size_t len)
{
	const char *end = line + len, *at = memmem(line, len, "hit", 3);
	size_t count = 0;

	for (; at; at = memmem(at + 1, (size_t)(end - at) - 1, "hit", 3))
		count++;
	return count;
}

/* Whether some of these lines are none, or not what they are said to be. */
static size_t
wrong_of(struct span lines, bool found)
{
	size_t wrong = !lines.len || lines.data[lines.len - 1] != '\n';

	while (lines.len && !wrong) {
		const char *newline = memchr(lines.data, '\n', lines.len);
		size_t len = (size_t)(newline + 1 - lines.data);

		size_t strings = strings_in(lines.data, len);

		wrong = memchr(lines.data, '\0', len) || strings > 1 ||
			(found && !strings);
		lines = span_of(lines.data + len, lines.len - len);
	}
	return wrong;
}

static size_t
skim_all(size_t round, size_t *offered_out)
{
	struct prefilter *filter = make_filter(round);
	struct grep_input input;
	struct err err = ERR_INIT;
	size_t wrong = 0;

	grep_input_init(&input);
	if (grep_input_open(&input, files_path("log"), &err))
		abort();
	grep_input_skim(&input, filter);
	while (input.skim) {
		struct span bytes;
		enum grep_got got = grep_input_next(&input, &bytes, &err);

		if (!input.skim)
			break;
		wrong += wrong_of(bytes, got == GREP_FOUND);
		*offered_out += bytes.len;
	}
	grep_input_release(&input);
	prefilter_free(filter);
	return wrong;
}

static void
test_scribbler(struct scribbler *scribbler, const char *sentence)
{
	size_t wrong = 0, offered = 0;
	pthread_t thread;

	atomic_init(&scribbler->enough, false);
	put(scribbler, 0, scribbler->original, SIZE);
	if (pthread_create(&thread, NULL, scribble, scribbler))
		abort();
	for (size_t i = 0; i < ROUNDS; i++)
		wrong += skim_all(i, &offered);
	atomic_store(&scribbler->enough, true);
	pthread_join(thread, NULL);
	printf("# %zu bytes were offered\n", offered);
	OK(wrong == 0, "%s", sentence);
}

int
main(void)
{
	struct scribbler scribbler = {.original = malloc(SIZE)};

	mapped_or_skip();
	for (size_t i = 0; i < SIZE; i++)
		scribbler.original[i] = i % LINE == LINE - 1 ? '\n' : '.';
	for (size_t i = HIT; i < SIZE; i += HITS)
		memcpy(scribbler.original + i, "hit", 3);
	files_begin();
	files_write("log", "");
	scribbler.fd = open(files_path("log"), O_RDWR);
	scribbler.bytes = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
	    scribbler.fd, 0);
	if (scribbler.bytes == MAP_FAILED)
		abort();
	test_scribbler(&scribbler, "where bytes change there are full lines");
	scribbler.cuts = true;
	test_scribbler(&scribbler, "where it is cut there are no zeros");
	close(scribbler.fd);
	free(scribbler.original);
	files_end();
	return tap_done();
}
