/*
 * pattern_file: cuts a rule file into lines and has each one translated.
 */
#include "config.h"

#include <string.h>

#include "base/ascii.h"
#include "judge/pattern_file.h"
#include "judge/posix.h"

bool
pattern_file_name_counts(struct span name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (!ascii_is_word(name.data[i]) && name.data[i] != '-')
			return false;
	}
	return name.len > 0;
}

/* As logcheck drops them: an indented # begins no comment. */
static bool
line_is_pattern(struct span line)
{
	if (line.len && line.data[0] == '#')
		return false;
	for (size_t i = 0; i < line.len; i++) {
		if (!strchr(" \t\r\v\f", line.data[i]))
			return true;
		if (!line.data[i])
			return true;
	}
	return false;
}

/* Of a file with the line ends of another system; logcheck's own rules would
 * never match then. */
static const char odd_line_ends[] =
    "lines of this file end in carriage returns, which no record does; they "
    "are left out";

/* One file on its way. */
struct cutting {
	void (*each)(void *arg, struct origin origin, const char *pattern,
	    const char *mistake);
	void *arg;
	struct buf pattern;
	bool odd; /* was said */
};

static void
cut_line(struct cutting *cutting, struct origin origin, struct span line)
{
	bool odd = line.data[line.len - 1] == '\r';
	struct err err = ERR_INIT;

	line.len -= odd;
	buf_reset(&cutting->pattern);
	if (posix_translate(line, &cutting->pattern, &err)) {
		cutting->each(cutting->arg, origin, NULL, err.text);
		return;
	}
	cutting->each(cutting->arg, origin, buf_str(&cutting->pattern),
	    odd && !cutting->odd ? odd_line_ends : NULL);
	cutting->odd |= odd;
}

void
pattern_file_each(const char *file, struct span bytes,
    void (*each)(void *arg, struct origin origin, const char *pattern,
	const char *mistake),
    void *arg)
{
	struct cutting cutting = {each, arg, BUF_INIT, false};
	struct origin origin = {file, 0};
	size_t at = 0;

	while (at < bytes.len) {
		const char *start = bytes.data + at;
		const char *end = memchr(start, '\n', bytes.len - at);
		size_t len = end ? (size_t)(end - start) : bytes.len - at;

		at += len + 1;
		origin.line++;
		if (line_is_pattern(span_of(start, len)))
			cut_line(&cutting, origin, span_of(start, len));
	}
	buf_release(&cutting.pattern);
}
