/*
 * offset_file: the two decimal lines, read and written.
 *
 * Hides the order of writes in place that leaves the old or the new numbers
 * wherever a crash comes between two of them; how a file is replaced is
 * sidecar.c's.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input/decimal.h"
#include "input/offset_file.h"
#include "input/sidecar.h"

/* Two numbers need 42 bytes; what pads them is somebody's taste. */
#define OFFSET_TEXT_MAX 4096

static struct sidecar
sidecar_of(const char *path)
{
	return (struct sidecar){"offset file", path, 0666};
}

/* One decimal number and its line's end, off the front of text. */
static int
take_line(struct span *text, uint64_t max, uint64_t *out)
{
	struct span rest = *text;

	if (decimal_take(&rest, max, out))
		return -1;
	while (rest.len && (span_blank(*rest.data) || *rest.data == '\r'))
		rest = span_of(rest.data + 1, rest.len - 1);
	if (rest.len && *rest.data != '\n')
		return -1;
	*text = span_of(rest.data + (rest.len > 0), rest.len - (rest.len > 0));
	return 0;
}

int
offset_parse(struct span text, struct offset_entry *out, struct err *err)
{
	struct offset_entry entry;

	if (take_line(&text, UINT64_MAX, &entry.inode) < 0)
		return err_set(err,
		    "the first line is not an inode number (the file should "
		    "be two lines, inode and offset)");
	if (take_line(&text, INT64_MAX, &entry.offset) < 0)
		return err_set(err,
		    "the second line is not an offset (the file should be "
		    "two lines, inode and offset)");
	*out = entry;
	return 0;
}

static enum offset_read
parse_file(enum offset_read answer, struct span text, const char *path,
    struct offset_entry *out, struct err *err)
{
	if (answer != OFFSET_OK || offset_parse(text, out, err) == 0)
		return answer;
	err_prefix(err, "offset file %s is damaged", path);
	return OFFSET_DAMAGED;
}

enum offset_read
offset_file_read(const char *path, struct offset_entry *out, struct err *err)
{
	struct sidecar file = sidecar_of(path);
	struct buf text = BUF_INIT;
	enum offset_read answer =
	    sidecar_read(&file, OFFSET_TEXT_MAX, &text, err);

	answer = parse_file(answer, buf_span(&text), path, out, err);
	buf_release(&text);
	return answer;
}

enum offset_read
offset_file_read_open(int fd, const struct stat *st, const char *path,
    struct offset_entry *out, struct err *err)
{
	struct sidecar file = sidecar_of(path);
	struct buf text = BUF_INIT;
	enum offset_read answer =
	    sidecar_read_open(&file, fd, st, OFFSET_TEXT_MAX, &text, err);

	answer = parse_file(answer, buf_span(&text), path, out, err);
	buf_release(&text);
	return answer;
}

int
offset_file_writable(
    const char *path, enum offset_place *place_out, struct err *err)
{
	struct sidecar file = sidecar_of(path);

	return sidecar_writable(&file, place_out, err);
}

int
offset_file_open(const char *path, struct err *err)
{
	struct sidecar file = sidecar_of(path);

	return sidecar_open(&file, err);
}

/* All of it, or -1 with errno. */
static int
pwrite_all(int fd, const char *bytes, size_t len, off_t at)
{
	while (len) {
		ssize_t written = pwrite(fd, bytes, len, at);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return -1;
		bytes += written;
		at += written;
		len -= (size_t)written;
	}
	return 0;
}

/*
 * Brings a short file to OFFSET_FIXED bytes with blanks behind the offset,
 * which every reader ignores, before the newline where there is one.  So the
 * numbers themselves are written over in one piece and without the file
 * growing.
 */
static int
pad(int fd, size_t size)
{
	char old[OFFSET_FIXED], padding[OFFSET_FIXED + 1];
	ssize_t got = pread(fd, old, size, 0);
	size_t from = size, newlines = 0;

	if (got != (ssize_t)size)
		return -1;
	for (size_t i = 0; i < size; i++)
		newlines += old[i] == '\n';
	if (newlines == 2 && old[size - 1] == '\n')
		from--;
	memset(padding, ' ', sizeof(padding));
	padding[OFFSET_FIXED - from - 1] = '\n';
	return pwrite_all(fd, padding, OFFSET_FIXED - from, (off_t)from);
}

static int
write_fixed(int fd, const struct offset_entry *entry)
{
	char text[OFFSET_FIXED + 1];
	struct stat st;
	int saved;

	snprintf(text, sizeof(text), "%020" PRIu64 "\n%020" PRIu64 "\n",
	    entry->inode, entry->offset);
	if (fstat(fd, &st) < 0)
		return -1;
	if (st.st_size > 0 && st.st_size < OFFSET_FIXED &&
	    pad(fd, (size_t)st.st_size) < 0)
		return -1;
	if (pwrite_all(fd, text, OFFSET_FIXED, 0) < 0) {
		/* Half of a first entry would read as a smaller offset. */
		saved = errno;
		if (st.st_size == 0 && ftruncate(fd, 0) < 0)
			return -1;
		errno = saved;
		return -1;
	}
	return st.st_size > OFFSET_FIXED ? ftruncate(fd, OFFSET_FIXED) : 0;
}

int
offset_file_pwrite(
    int fd, const char *path, const struct offset_entry *entry, struct err *err)
{
	struct sidecar file = sidecar_of(path);

	return write_fixed(fd, entry) < 0 ? sidecar_fail(&file, err) : 0;
}

static int
fill(int fd, const void *arg)
{
	return write_fixed(fd, arg);
}

/* 1 when it is to be written over instead: where something is mounted on it,
 * and where the disk has no room for a second one. */
static int
replace(const struct sidecar *file, const struct offset_entry *entry,
    enum offset_sync sync, struct err *err)
{
	char text[64];
	int len = snprintf(text, sizeof(text), "%" PRIu64 "\n%" PRIu64 "\n",
	    entry->inode, entry->offset);
	int result =
	    sidecar_replace(file, span_of(text, (size_t)len), sync, err);

	return result < 0 && (errno == ENOSPC || errno == EDQUOT) ? 1 : result;
}

int
offset_file_write(const char *path, const struct offset_entry *entry,
    enum offset_place place, enum offset_sync sync, struct err *err)
{
	struct sidecar file = sidecar_of(path);
	int result = 1;

	if (place == OFFSET_REPLACE)
		result = replace(&file, entry, sync, err);
	if (result == 1)
		result = sidecar_overwrite(&file, fill, entry, sync, err);
	return result;
}

static bool
ends_with(struct span name, const char *end)
{
	size_t len = strlen(end);

	return name.len >= len &&
	       memcmp(name.data + name.len - len, end, len) == 0;
}

bool
offset_file_is_own(struct span name)
{
	return ends_with(name, ".offset") || ends_with(name, ".offset.fp") ||
	       sidecar_is_temporary(name);
}
