/*
 * logcheck_lines: a log for rule files in logcheck's form.
 *
 *	logcheck_lines SEED EACH FILE...
 *
 * Writes lines along one in EACH of their rules, chosen by chance, and behind
 * each another that is nearly the same.  Some have blanks or carriage returns
 * at their end.  Nobody relies on what matches: the test asks grep and ctail.
 */
#include "config.h"

#include <stdlib.h>

#include "base/durable.h"
#include "judge/pattern_file.h"
#include "pattern_sample.h"

struct writer {
	uint64_t chance;
	unsigned each;
};

/* One byte is another, missing or new. */
static void
spoil(struct buf *line, uint64_t *chance)
{
	unsigned len = (unsigned)line->len;
	unsigned at = len ? chance_of(chance, len) : 0;

	switch (len ? chance_of(chance, 4) : 3) {
	case 0:
		line->data[at] ^= 1;
		break;
	case 1:
		memmove(line->data + at, line->data + at + 1, len - at - 1);
		line->len--;
		break;
	case 2:
		line->data[at] = (char)(0x80 | chance_of(chance, 0x80));
		break;
	default:
		buf_add_str(line, " and more");
	}
}

static void
write_line(const struct buf *line, uint64_t *chance)
{
	static const char *const ends[] = {
	    "", "", "", "", "", " ", "\t", "\r", " \t ", "\r \r", "\v\f"};
	const char *end =
	    ends[chance_of(chance, sizeof(ends) / sizeof(ends[0]))];

	if (!line->len || memchr(line->data, '\n', line->len))
		return;
	fwrite(line->data, 1, line->len, stdout);
	printf("%s\n", end);
}

static void
write_rule(
    void *arg, struct origin origin, const char *pattern, const char *mistake)
{
	struct writer *writer = arg;
	struct buf line = BUF_INIT;

	(void)origin;
	(void)mistake;
	if (!pattern || chance_of(&writer->chance, writer->each))
		return;
	pattern_sample(pattern, false, false, &writer->chance, &line);
	write_line(&line, &writer->chance);
	spoil(&line, &writer->chance);
	write_line(&line, &writer->chance);
	buf_release(&line);
}

static int
write_file(struct writer *writer, const char *path)
{
	struct buf bytes = BUF_INIT;
	struct err err = ERR_INIT;
	int result = durable_read(path, PATTERN_FILE_BYTES_MAX, &bytes, &err);

	if (result < 0)
		fprintf(stderr, "%s\n", err.text);
	else
		pattern_file_each(path, buf_span(&bytes), write_rule, writer);
	buf_release(&bytes);
	return result;
}

int
main(int argc, char **argv)
{
	struct writer writer;
	int status = 0;

	writer.each = argc > 3 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
	if (!writer.each) {
		fputs("logcheck_lines SEED EACH FILE...\n", stderr);
		return 64;
	}
	/* Never 0, and of many bits. */
	writer.chance = strtoull(argv[1], NULL, 10) * 0x9e3779b97f4a7c15 + 1;
	for (int i = 3; i < argc; i++)
		status |= write_file(&writer, argv[i]);
	return status || fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
