/*
 * mix: a large log made from the lines of two small ones, on standard output.
 *
 *   mix MEGABYTES FIRST REST
 *
 * The first megabyte comes from FIRST alone and all the others from REST, so
 * that whoever learns from the beginning of a log is measured on lines it has
 * not learnt from.  Runs of some lines stay together; every run of three or
 * more digits is another number each time.  The same log every time.
 */
#include "config.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/span.h"
#include "probe.h"

#define MEGABYTE 1000000
#define TOGETHER 16
#define NUMBER_LEAST 3

struct base {
	struct buf text;
	struct span *lines;
	size_t count;
};

static void
read_all(const char *path, struct buf *out)
{
	FILE *file = fopen(path, "rb");
	char block[65536];
	size_t got;

	if (!file)
		probe_die("%s cannot be read", path);
	while ((got = fread(block, 1, sizeof(block), file)) > 0)
		buf_add(out, block, got);
	fclose(file);
}

static void
base_read(struct base *base, const char *path)
{
	size_t cap = 0, at = 0;

	read_all(path, &base->text);
	while (at < base->text.len) {
		const char *line = base->text.data + at;
		const char *end = memchr(line, '\n', base->text.len - at);

		if (!end)
			break;
		if (base->count == cap) {
			cap = cap ? 2 * cap : 1024;
			base->lines = xreallocarray(
			    base->lines, cap, sizeof(*base->lines));
		}
		base->lines[base->count++] =
		    (struct span){line, (size_t)(end - line)};
		at += (size_t)(end - line) + 1;
	}
	if (base->count == 0)
		probe_die("%s holds no line", path);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The digits from `at' on: other ones, when they are enough. */
static size_t
put_number(struct span line, size_t at, uint64_t *state)
{
	size_t end = at;

	while (end < line.len && is_digit(line.data[end]))
		end++;
	for (size_t i = at; i < end; i++)
		putchar_unlocked(end - at < NUMBER_LEAST
			? line.data[i]
			: (char)('0' + (probe_random(state) >> 32) % 10));
	return end;
}

static size_t
put_line(struct span line, uint64_t *state)
{
	size_t at = 0;

	while (at < line.len) {
		if (is_digit(line.data[at]))
			at = put_number(line, at, state);
		else
			putchar_unlocked(line.data[at++]);
	}
	putchar_unlocked('\n');
	return line.len + 1;
}

static size_t
put_lines(const struct base *base, uint64_t *state)
{
	size_t at = (size_t)((probe_random(state) >> 32) % base->count);
	size_t end, done = 0;

	at -= at % TOGETHER;
	end = at + TOGETHER < base->count ? at + TOGETHER : base->count;
	while (at < end)
		done += put_line(base->lines[at++], state);
	return done;
}

int
main(int argc, char **argv)
{
	struct base bases[2] = {{.count = 0}};
	uint64_t state = UINT64_C(88172645463325252);
	size_t size, done = 0;

	if (argc != 4)
		probe_die("usage: mix MEGABYTES FIRST REST");
	size = (size_t)probe_number(argv[1], 1, 100000) * MEGABYTE;
	for (size_t i = 0; i < 2; i++)
		base_read(&bases[i], argv[2 + i]);
	while (done < size)
		done += put_lines(&bases[done >= MEGABYTE], &state);
	if (fflush(stdout))
		probe_die("standard output does not take the lines");
	for (size_t i = 0; i < 2; i++) {
		buf_release(&bases[i].text);
		free(bases[i].lines);
	}
	return 0;
}
