/*
 * export: names and values of the offset files.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "ctaild/export.h"
#include "input/offset_name.h"

char *
export_path(const char *state_dir, const char *log_path, bool beside)
{
	struct buf path = BUF_INIT;

	if (beside) {
		buf_addf(&path, "%s.offset", log_path);
		return buf_take(&path);
	}
	buf_addf(&path, "%s/offsets/", state_dir);
	offset_name_add(&path, log_path);
	return buf_take(&path);
}

void
export_value(const struct offset_entry *entry, char out[EXPORT_VALUE_MAX])
{
	snprintf(out, EXPORT_VALUE_MAX, "%" PRIu64 " %" PRIu64, entry->inode,
	    entry->offset);
}

int
export_parse(struct span value, struct offset_entry *out)
{
	char text[EXPORT_VALUE_MAX];
	char *blank;

	if (value.len >= sizeof(text))
		return -1;
	memcpy(text, value.data, value.len);
	text[value.len] = '\0';
	blank = strchr(text, ' ');
	if (!blank)
		return -1;
	*blank = '\n';
	return offset_parse(span_of(text, value.len), out, NULL);
}

int
export_write(const char *state_dir, const char *log_path, bool beside,
    const struct offset_entry *entry, struct err *err)
{
	char *path = export_path(state_dir, log_path, beside);
	enum offset_place place = OFFSET_REPLACE;
	int result = 0;

	/* Beside a log the directory may be somebody else's. */
	if (beside)
		result = offset_file_writable(path, &place, err);
	if (!result)
		result = offset_file_write(
		    path, entry, place, OFFSET_NO_SYNC, err);
	free(path);
	return result;
}

int64_t
export_written_ns(const char *state_dir, const char *log_path, bool beside)
{
	char *path = export_path(state_dir, log_path, beside);
	struct stat status;
	bool found = !lstat(path, &status) && status.st_mtim.tv_sec >= 0 &&
		     status.st_mtim.tv_sec < INT64_MAX / 1000000000 - 1;

	free(path);
	return found ? (int64_t)status.st_mtim.tv_sec * 1000000000 +
			   status.st_mtim.tv_nsec
		     : 0;
}

enum export_found
export_look(const char *state_dir, const char *log_path, bool beside,
    struct span exported, struct span exported_before,
    struct offset_entry *entry_out, struct err *err)
{
	char *path = export_path(state_dir, log_path, beside);
	enum offset_read answer = offset_file_read(path, entry_out, err);
	char value[EXPORT_VALUE_MAX];

	free(path);
	if (answer == OFFSET_ABSENT || answer == OFFSET_EMPTY)
		return EXPORT_BEHIND;
	if (answer != OFFSET_OK)
		return EXPORT_BAD;
	export_value(entry_out, value);
	if (span_is(exported, value))
		return EXPORT_OURS;
	return span_is(exported_before, value) ? EXPORT_BEHIND
					       : EXPORT_EDITED;
}
