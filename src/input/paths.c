/*
 * paths: cutting a path at its last slash.
 */
#include "config.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "input/paths.h"

struct span
path_directory_span(const char *path)
{
	const char *slash = strrchr(path, '/');

	return span_of(path, slash ? (size_t)(slash - path) + 1 : 0);
}

struct span
path_name(const char *path)
{
	return span_str(path + path_directory_span(path).len);
}

char *
path_directory(const char *path)
{
	struct span directory = path_directory_span(path);

	if (directory.len == 0)
		return xstrdup(".");
	while (directory.len > 1 && directory.data[directory.len - 1] == '/')
		directory.len--;
	return xstrndup(directory.data, directory.len);
}

char *
path_join(struct span directory, struct span name)
{
	struct buf path = BUF_INIT;

	buf_add_span(&path, directory);
	buf_add_span(&path, name);
	return buf_take(&path);
}
