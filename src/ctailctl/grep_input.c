/*
 * grep_input: logs as blocks of full lines.
 *
 * Hides the one buffer behind it: what is read goes to a page's start, with
 * room before it for the line that the block before did not end, so that
 * bytes are moved only as far as they must; and that of a log in which few
 * lines are asked for, most are not read at all (grep_skim.c).
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/mem.h"
#include "ctailctl/grep.h"

#define BLOCK ((size_t)1024 * 1024)
#define PAGE ((size_t)4096)
#define BASE (GREP_LINE_MAX + PAGE)
#define READ_MIN (BLOCK / 4) /* less room is not worth a call */

void
grep_input_init(struct grep_input *input)
{
	/* One more for a newline that is missing. */
	*input = (struct grep_input){
	    .fd = -1, .buffer = aligned_alloc(PAGE, BASE + BLOCK + PAGE)};
	if (!input->buffer)
		input->buffer = xmalloc(BASE + BLOCK + PAGE);
}

void
grep_input_release(struct grep_input *input)
{
	grep_input_close(input);
	free(input->buffer);
}

/* `ctailctl grep -e x log >>log' would never end. */
static bool
is_output(const struct stat *st)
{
	struct stat out;

	return !fstat(STDOUT_FILENO, &out) && S_ISREG(out.st_mode) &&
	       out.st_dev == st->st_dev && out.st_ino == st->st_ino;
}

static int
check(struct grep_input *input, struct err *err)
{
	struct stat st;

	if (fstat(input->fd, &st))
		return err_set(err, "%s: %s", input->name, strerror(errno));
	if (S_ISDIR(st.st_mode))
		return err_set(err, "%s is a directory", input->name);
	input->is_file = S_ISREG(st.st_mode);
	if (input->is_file && is_output(&st))
		return err_set(err,
		    "%s is standard output as well, and would never end",
		    input->name);
	return 0;
}

int
grep_input_open(struct grep_input *input, const char *name, struct err *err)
{
	bool is_standard = !strcmp(name, "-");

	input->name = is_standard ? "standard input" : name;
	input->from = input->seen = input->end = BASE;
	input->at_end = input->in_long_line = false;
	input->skim = NULL;
	input->fd =
	    is_standard ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
	if (input->fd < 0)
		return err_set(
		    err, "cannot open %s: %s", name, strerror(errno));
	if (!check(input, err))
		return 0;
	grep_input_close(input);
	return -1;
}

void
grep_input_close(struct grep_input *input)
{
	if (input->fd > STDIN_FILENO)
		close(input->fd);
	input->fd = -1;
	grep_skim_free(input->skim);
	input->skim = NULL;
}

void
grep_input_skim(struct grep_input *input, const struct prefilter *filter)
{
	if (input->is_file)
		input->skim = grep_skim_new(input->fd, filter);
}

/* --- Reading -------------------------------------------------------------- */

/* At least READ_MIN bytes behind end. */
static void
make_room(struct grep_input *input)
{
	size_t len = input->end - input->from;

	if (len && BASE + BLOCK - input->end >= READ_MIN)
		return;
	memmove(input->buffer + BASE - len, input->buffer + input->from, len);
	input->from = BASE - len;
	input->seen = input->end = BASE;
}

/* Whoever shares standard input may have made it so that it does not wait. */
static ssize_t
read_block(const struct grep_input *input, void *to, size_t room)
{
	struct pollfd ready = {.fd = input->fd, .events = POLLIN};
	ssize_t got;

	while ((got = read_some(input->fd, to, room)) < 0 && errno == EAGAIN)
		poll(&ready, 1, -1);
	return got;
}

static int
read_more(struct grep_input *input, struct err *err)
{
	ssize_t got;

	make_room(input);
	got = read_block(
	    input, input->buffer + input->end, BASE + BLOCK - input->end);
	if (got < 0)
		return err_set(
		    err, "cannot read %s: %s", input->name, strerror(errno));
	input->at_end = !got;
	input->end += (size_t)got;
	return 0;
}

static struct span
take(struct grep_input *input, size_t len)
{
	struct span taken = span_of(input->buffer + input->from, len);

	input->from += len;
	if (input->seen < input->from)
		input->seen = input->from;
	return taken;
}

/* Behind the last line, if its newline is missing. */
static void
end_line(struct grep_input *input)
{
	if (input->at_end && input->from < input->end)
		input->buffer[input->end++] = '\n';
}

/* --- Lines ---------------------------------------------------------------- */

/* Whether the first line is too long, ended or not.  Those behind it are not:
 * they lie within what one call has read. */
static bool
is_too_long(const struct grep_input *input)
{
	const char *from = input->buffer + input->seen;
	const char *newline;

	if (input->end - input->from <= GREP_LINE_MAX)
		return false;
	newline = memchr(from, '\n', input->end - input->seen);
	return !newline ||
	       (size_t)(newline - input->buffer) - input->from > GREP_LINE_MAX;
}

/* False: more is to be read. */
static bool
find_lines(struct grep_input *input, enum grep_got *got_out, struct span *out)
{
	const char *from = input->buffer + input->seen;
	const char *newline;

	if (is_too_long(input)) {
		input->in_long_line = true;
		*out = take(input, GREP_LINE_MAX);
		*got_out = GREP_HEAD;
		return true;
	}
	newline = memrchr(from, '\n', input->end - input->seen);
	if (!newline) {
		input->seen = input->end;
		return false;
	}
	*out = take(input, (size_t)(newline - input->buffer) + 1 - input->from);
	input->seen = input->end;
	*got_out = GREP_LINES;
	return true;
}

static bool
find_rest(struct grep_input *input, enum grep_got *got_out, struct span *out)
{
	size_t left = input->end - input->from;
	const char *from = input->buffer + input->from;
	const char *newline = left ? memchr(from, '\n', left) : NULL;

	if (!left)
		return false;
	input->in_long_line = !newline;
	*out = take(input, newline ? (size_t)(newline - from) + 1 : left);
	*got_out = GREP_REST;
	return true;
}

/* Reading goes on where skimming has come to. */
static int
end_skim(struct grep_input *input, struct err *err)
{
	off_t at = grep_skim_at(input->skim);

	grep_skim_free(input->skim);
	input->skim = NULL;
	if (lseek(input->fd, at, SEEK_SET) < 0)
		return err_set(
		    err, "cannot read %s: %s", input->name, strerror(errno));
	return 0;
}

enum grep_got
grep_input_next(struct grep_input *input, struct span *out, struct err *err)
{
	enum grep_got got;
	bool found;

	if (input->skim) {
		if (grep_skim_next(input->skim, input->buffer, out, &found))
			return found ? GREP_FOUND : GREP_LINES;
		if (end_skim(input, err))
			return GREP_FAILED;
	}
	for (;;) {
		if (input->in_long_line ? find_rest(input, &got, out)
					: find_lines(input, &got, out))
			return got;
		if (input->at_end && input->in_long_line) {
			input->in_long_line = false;
			*out = span_str("\n");
			return GREP_REST;
		}
		if (input->at_end)
			return GREP_END;
		if (read_more(input, err))
			return GREP_FAILED;
		if (!input->in_long_line)
			end_line(input);
	}
}

bool
grep_input_may_wait(const struct grep_input *input)
{
	struct pollfd ready = {.fd = input->fd, .events = POLLIN};

	return !input->is_file && !input->at_end && poll(&ready, 1, 0) <= 0;
}

void
grep_input_sample(const struct grep_input *input, struct buf *out)
{
	off_t at = input->is_file ? lseek(input->fd, 0, SEEK_CUR) : -1;
	ssize_t got;

	if (at < 0)
		return;
	got = pread(input->fd, buf_reserve(out, RARITY_SAMPLE_MAX),
	    RARITY_SAMPLE_MAX, at);
	if (got > 0)
		out->len += (size_t)got;
}
