/*
 * posix_write: what shape_pattern writes, as an extended expression.
 *
 * Hides the few things of PCRE2 that such patterns use and grep -E writes in
 * another way: classes by letter, bytes by number, groups that keep nothing.
 */
#include "config.h"

#include <stdbool.h>
#include <string.h>

#include "base/ascii.h"
#include "judge/posix.h"

struct writing {
	struct span pattern;
	size_t at;
	struct buf *out;
};

/* The byte so many places ahead; 0 behind the end, as no pattern has one. */
static char
peek(const struct writing *writing, size_t ahead)
{
	return writing->at + ahead < writing->pattern.len
		   ? writing->pattern.data[writing->at + ahead]
		   : '\0';
}

static bool
is_next(const struct writing *writing, const char *text)
{
	size_t len = strlen(text);

	return writing->pattern.len - writing->at >= len &&
	       !memcmp(writing->pattern.data + writing->at, text, len);
}

/* Behind \x.  A byte that no rule file should have is any byte. */
static int
write_byte(struct writing *writing)
{
	int high = ascii_hex_lower(peek(writing, 0));
	int low = ascii_hex_lower(peek(writing, 1));
	int byte = high * 16 + low;

	if (high < 0 || low < 0)
		return -1;
	writing->at += 2;
	buf_add_byte(
	    writing->out, byte < ' ' || byte == 0x7f ? '.' : (char)byte);
	return 0;
}

static int
write_escape(struct writing *writing)
{
	char letter = peek(writing, 1);

	writing->at += 2;
	if (letter == 'x')
		return write_byte(writing);
	if (letter == 'd')
		buf_add_str(writing->out, "[0-9]");
	else if (letter == 't')
		buf_add_byte(writing->out, '\t');
	else if (letter && strchr("\\^$.[]|()?*+{}", letter))
		buf_addf(writing->out, "\\%c", letter);
	else if (letter == '#')
		buf_add_byte(writing->out, letter);
	else
		return -1;
	return 0;
}

/* In brackets a backslash is itself there, and begins something here. */
static int
write_class(struct writing *writing)
{
	if (is_next(writing, "[\\s\\S]")) {
		writing->at += strlen("[\\s\\S]");
		buf_add_byte(writing->out, '.');
		return 0;
	}
	do {
		if (is_next(writing, "\\\\"))
			writing->at++;
		else if (peek(writing, 0) == '\\' || !peek(writing, 0))
			return -1;
		buf_add_byte(writing->out, peek(writing, 0));
		writing->at++;
	} while (peek(writing, 0) != ']');
	writing->at++;
	buf_add_byte(writing->out, ']');
	return 0;
}

static int
write_step(struct writing *writing)
{
	char byte = peek(writing, 0);

	if (byte == '\\')
		return write_escape(writing);
	if (byte == '[')
		return write_class(writing);
	writing->at++;
	buf_add_byte(writing->out, byte);
	if (byte == '(') {
		if (!is_next(writing, "?:"))
			return -1;
		writing->at += 2;
	}
	return 0;
}

int
posix_write(struct span pattern, struct buf *out)
{
	struct writing writing = {pattern, 0, out};
	size_t before = out->len;

	while (writing.at < pattern.len)
		if (write_step(&writing)) {
			out->len = before;
			return -1;
		}
	return 0;
}
