/*
 * checkpoint_file: LOG.offset.fp, read and written.
 *
 * Hides the sections and their sum; what to do with them is
 * checkpoint_resume.c's.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/durable.h"
#include "input/checkpoint_file.h"
#include "input/sidecar.h"

#define FIRST_LINE "ctail-fp 1\n"
#define CURRENT "current\n"
#define PREVIOUS "previous\n"
#define SUM "sum "
#define SUM_DIGITS 10
#define SUM_LINE (sizeof(SUM) - 1 + SUM_DIGITS + 1)
#define FILE_MAX (2 * CHECKPOINT_TEXT_MAX + 256)

void
checkpoint_pair_release(struct checkpoint_pair *pair)
{
	checkpoint_release(&pair->current);
	checkpoint_release(&pair->previous);
	*pair = CHECKPOINT_PAIR_INIT;
}

char *
checkpoint_file_path(const char *offset_path)
{
	struct buf path = BUF_INIT;

	buf_add_str(&path, offset_path);
	buf_add_str(&path, ".fp");
	return buf_take(&path);
}

/* Nobody but its owner needs it. */
static struct sidecar
sidecar_of(const char *path)
{
	return (struct sidecar){"fingerprint file", path, 0600};
}

/* Adler-32 (RFC 1950).  64 bits hold the sums of any text that is read. */
static uint32_t
checksum(struct span text)
{
	uint64_t bytes = 1, sums = 0;

	for (size_t i = 0; i < text.len; i++) {
		bytes += (unsigned char)text.data[i];
		sums += bytes;
	}
	return (uint32_t)(sums % 65521 << 16 | bytes % 65521);
}

/* The last line of a file that consists of text. */
static void
make_sum(struct span text, char out[SUM_LINE + 1])
{
	char *digit = out + SUM_LINE - 1;
	uint32_t sum = checksum(text);

	memcpy(out, SUM, sizeof(SUM) - 1);
	*digit = '\n';
	digit[1] = '\0';
	for (int i = 0; i < SUM_DIGITS; i++, sum /= 10)
		*--digit = (char)('0' + sum % 10);
}

void
checkpoint_seal(struct buf *text)
{
	char sum[SUM_LINE + 1];

	make_sum(buf_span(text), sum);
	buf_add_str(text, sum);
}

static bool
take_text(struct span *text, const char *start)
{
	size_t len = strlen(start);

	if (!span_begins(*text, span_of(start, len)))
		return false;
	*text = span_of(text->data + len, text->len - len);
	return true;
}

/* The lines up to the one that is `line`, or all. */
static struct span
take_section(struct span *text, const char *line)
{
	struct span section = *text;
	const char *end = section.data + section.len, *at = section.data;

	while (at < end) {
		struct span rest = span_of(at, (size_t)(end - at));
		const char *newline = memchr(at, '\n', rest.len);

		if (take_text(&rest, line))
			break;
		at = newline ? newline + 1 : end;
	}
	section.len = (size_t)(at - section.data);
	*text = span_of(at, (size_t)(end - at));
	return section;
}

static int
parse_sections(struct span text, struct checkpoint_pair *out, struct err *err)
{
	if (take_text(&text, CURRENT)) {
		if (checkpoint_parse(
			take_section(&text, PREVIOUS), &out->current, err))
			return err_prefix(err, "its current entry");
		out->has_current = true;
	}
	if (take_text(&text, PREVIOUS)) {
		if (checkpoint_parse(text, &out->previous, err))
			return err_prefix(err, "its previous entry");
		out->has_previous = true;
		text.len = 0;
	}
	return text.len ? err_set(err, "its sections are not what ctail "
				       "writes")
			: 0;
}

int
checkpoint_parse_pair(
    struct span text, struct checkpoint_pair *out, struct err *err)
{
	char sum[SUM_LINE + 1];

	*out = CHECKPOINT_PAIR_INIT;
	if (text.len > FILE_MAX)
		return err_set(err, "it is longer than %d bytes", FILE_MAX);
	if (text.len < SUM_LINE)
		return err_set(err, "it is cut off");
	text.len -= SUM_LINE;
	make_sum(text, sum);
	if (memcmp(text.data + text.len, sum, SUM_LINE))
		return err_set(err, "its sum is wrong");
	if (!take_text(&text, FIRST_LINE))
		return err_set(err, "it is of a format that this ctail does "
				    "not know");
	if (parse_sections(text, out, err) == 0)
		return 0;
	checkpoint_pair_release(out);
	return -1;
}

enum offset_read
checkpoint_file_read(
    const char *path, struct checkpoint_pair *out, struct err *err)
{
	struct sidecar file = sidecar_of(path);
	struct buf text = BUF_INIT;
	enum offset_read answer = sidecar_read(&file, FILE_MAX + 1, &text, err);

	*out = CHECKPOINT_PAIR_INIT;
	if (answer == OFFSET_OK &&
	    checkpoint_parse_pair(buf_span(&text), out, err)) {
		err_prefix(err, "fingerprint file %s is damaged", path);
		answer = OFFSET_DAMAGED;
	}
	buf_release(&text);
	return answer;
}

static void
format_pair(const struct checkpoint_pair *pair, struct buf *out)
{
	buf_add_str(out, FIRST_LINE);
	if (pair->has_current) {
		buf_add_str(out, CURRENT);
		checkpoint_format(&pair->current, out);
	}
	if (pair->has_previous) {
		buf_add_str(out, PREVIOUS);
		checkpoint_format(&pair->previous, out);
	}
	checkpoint_seal(out);
}

/* A crash in the midst of it leaves a wrong sum, which the offset file
 * survives. */
static int
fill(int fd, const void *arg)
{
	const struct buf *text = arg;

	if (ftruncate(fd, 0) < 0)
		return -1;
	return write_all(fd, text->data, text->len);
}

int
checkpoint_file_write(const char *path, const struct checkpoint_pair *pair,
    enum offset_sync sync, struct err *err)
{
	struct sidecar file = sidecar_of(path);
	struct buf text = BUF_INIT;
	enum offset_place place;
	int result = sidecar_writable(&file, &place, err);

	if (result == 0) {
		format_pair(pair, &text);
		result = 1;
		if (place == OFFSET_REPLACE)
			result =
			    sidecar_replace(&file, buf_span(&text), sync, err);
		if (result == 1)
			result =
			    sidecar_overwrite(&file, fill, &text, sync, err);
	}
	buf_release(&text);
	return result;
}
