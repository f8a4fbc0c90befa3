/*
 * diag: one line about ourselves, whole, on standard error.
 *
 * Hides where standard error leads: under systemd each line carries its
 * priority.  Names of files and text of others come through here, so
 * everything that could forge another line is spelled out.
 */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/durable.h"
#include "base/platform_internal.h"
#include "base/utf8.h"

/* The variable is inherited, so it counts only where it names the very
 * stream that we write to (systemd.exec(5)). */
static bool
diag_to_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char here[64];
	struct stat st;

	if (!stream || fstat(STDERR_FILENO, &st))
		return false;
	snprintf(here, sizeof(here), "%ju:%ju", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino);
	return !strcmp(stream, here);
}

static void
diag_add_visible(struct buf *line, struct span text)
{
	uint32_t point;
	size_t used, i;
	bool hide;

	while (text.len) {
		used = utf8_decode(text, &point);
		hide = utf8_is_control(point) ||
		       !utf8_valid(span_of(text.data, used));
		for (i = 0; hide && i < used; i++)
			buf_addf(line, "\\x%02x", (unsigned char)text.data[i]);
		if (!hide)
			buf_add(line, text.data, used);
		text = span_of(text.data + used, text.len - used);
	}
}

void
diag(enum diag_level level, const char *format, ...)
{
	struct buf text = BUF_INIT, line = BUF_INIT;
	int saved = errno;
	va_list args;

	va_start(args, format);
	buf_addv(&text, format, args);
	va_end(args);
	if (diag_to_journal())
		buf_addf(&line, "<%d>", (int)level);
	buf_addf(&line, "%s: ", platform_program_name());
	diag_add_visible(&line, buf_span(&text));
	buf_add_byte(&line, '\n');
	/* There is nobody left to tell when this fails. */
	(void)write_all(STDERR_FILENO, line.data, line.len);
	buf_release(&text);
	buf_release(&line);
	errno = saved;
}
