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
#include "base/sha256.h"
#include "ctaild/export.h"

#define NAME_BYTES_MAX 200

/* "/var/log/a.log" becomes "var%log%a.log"; '%' doubles, so that no two logs
 * share a name.  What is too long for a file name ends in a hash. */
static void
add_name(struct buf *out, const char *log_path)
{
	size_t start = out->len;
	struct sha256 sum;
	unsigned char hash[SHA256_SIZE];
	char digits[2 * SHA256_SIZE + 1];

	for (const char *at = log_path + (*log_path == '/'); *at; at++) {
		if (*at == '/')
			buf_add_byte(out, '%');
		else if (*at == '%')
			buf_add_str(out, "%%");
		else
			buf_add_byte(out, *at);
	}
	if (out->len - start <= NAME_BYTES_MAX)
		return;
	sha256_init(&sum);
	sha256_add_part(&sum, span_str(log_path));
	sha256_final(&sum, hash);
	hex_encode(hash, sizeof(hash), digits);
	out->len = start + NAME_BYTES_MAX - 65;
	buf_addf(out, "%%%s", digits);
}

char *
export_path(const char *state_dir, const char *log_path, bool beside)
{
	struct buf path = BUF_INIT;

	if (beside) {
		buf_addf(&path, "%s.offset", log_path);
		return buf_take(&path);
	}
	buf_addf(&path, "%s/offsets/", state_dir);
	add_name(&path, log_path);
	buf_add_str(&path, ".offset");
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
	int result = offset_file_write(path, entry, OFFSET_NO_SYNC, err);

	free(path);
	return result;
}

bool
export_is_older(const char *state_dir, const char *log_path, bool beside,
    int64_t committed_ms)
{
	char *path = export_path(state_dir, log_path, beside);
	struct stat status;
	bool found = !lstat(path, &status);

	free(path);
	return found &&
	       (int64_t)status.st_mtim.tv_sec * 1000 +
		       status.st_mtim.tv_nsec / 1000000 <
		   committed_ms;
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
