/*
 * pattern_file: cuts a rule file into lines and has each one translated.
 */
#include "config.h"

#include <string.h>

#include "judge/pattern_file.h"
#include "judge/posix.h"

bool
pattern_file_name_counts(struct span name)
{
	for (size_t i = 0; i < name.len; i++) {
		char byte = name.data[i];

		if (!((byte >= 'a' && byte <= 'z') ||
			(byte >= 'A' && byte <= 'Z') ||
			(byte >= '0' && byte <= '9') || byte == '_' ||
			byte == '-'))
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

static int
line_translate(struct span line, struct buf *pattern, struct err *err)
{
	if (line.data[line.len - 1] == '\r')
		return err_set(err,
		    "the line ends in a carriage return, which no record "
		    "does; give the file Unix line ends");
	buf_reset(pattern);
	return posix_translate(line, pattern, err);
}

void
pattern_file_each(const char *file, struct span bytes,
    void (*each)(void *arg, struct origin origin, const char *pattern,
	const char *mistake),
    void *arg)
{
	struct origin origin = {file, 0};
	struct buf pattern = BUF_INIT;
	size_t at = 0;

	while (at < bytes.len) {
		const char *start = bytes.data + at;
		const char *end = memchr(start, '\n', bytes.len - at);
		size_t len = end ? (size_t)(end - start) : bytes.len - at;
		struct err err = ERR_INIT;

		at += len + 1;
		origin.line++;
		if (!line_is_pattern(span_of(start, len)))
			continue;
		if (line_translate(span_of(start, len), &pattern, &err))
			each(arg, origin, NULL, err.text);
		else
			each(arg, origin, buf_str(&pattern), NULL);
	}
	buf_release(&pattern);
}
