/*
 * rotation_pattern: a user's own names for generations, as globs.
 *
 * Hides how the log's path is kept from being read as a pattern itself.
 */
#include "config.h"

#include <string.h>

#include "base/buf.h"
#include "input/paths.h"
#include "input/rotation.h"

#define PLACE "%s"

static size_t
count_places(const char *text)
{
	size_t count = 0;

	while ((text = strstr(text, PLACE))) {
		text += strlen(PLACE);
		count++;
	}
	return count;
}

int
rotation_pattern_check(const char *pattern, struct err *err)
{
	struct span shown = span_str(pattern);

	if (count_places(pattern) != 1)
		return err_set(err,
		    "the pattern '%.*s' must have one %%s, which stands for "
		    "the log's file name",
		    span_shown(shown), shown.data);
	if (!strstr(path_name(pattern).data, PLACE))
		return err_set(err,
		    "the pattern '%.*s' must have its %%s behind the last "
		    "slash, where the file's name is",
		    span_shown(shown), shown.data);
	return 0;
}

static void
add_literally(struct buf *glob, struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (strchr("*?[]\\", text.data[i]) && text.data[i])
			buf_add_byte(glob, '\\');
		buf_add_byte(glob, text.data[i]);
	}
}

char *
rotation_pattern_glob(const char *pattern, const char *log)
{
	const char *place = strstr(pattern, PLACE);
	struct buf glob = BUF_INIT;

	if (pattern[0] != '/')
		add_literally(&glob, path_directory_span(log));
	if (place) {
		buf_add(&glob, pattern, (size_t)(place - pattern));
		add_literally(&glob, path_name(log));
		pattern = place + strlen(PLACE);
	}
	buf_add_str(&glob, pattern);
	return buf_take(&glob);
}
