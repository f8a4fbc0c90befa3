/*
 * command_text: lines for people.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"
#include "ctaild/command_text.h"

void
text_add_clean(struct buf *out, struct span text)
{
	while (text.len) {
		uint32_t point;
		size_t used = utf8_decode(text, &point);

		utf8_append(out, utf8_is_control(point) ? '?' : point);
		text = span_of(text.data + used, text.len - used);
	}
}

void
text_add_age(struct buf *out, int64_t ms)
{
	static const struct {
		int64_t ms;
		char unit;
	} units[] = {
	    {86400000, 'd'}, {3600000, 'h'}, {60000, 'm'}, {1000, 's'}};
	size_t i = 0;

	if (ms < 0)
		ms = 0;
	while (i < 3 && ms < units[i].ms)
		i++;
	buf_addf(out, "%" PRId64 "%c", ms / units[i].ms, units[i].unit);
}

static size_t
column(const struct buf *out)
{
	size_t len = 0;

	while (len < out->len && out->data[out->len - len - 1] != '\n')
		len++;
	return len;
}

/* A word that is too long for any line has one of its own. */
static void
add_broken(struct buf *out, struct span text)
{
	const char *end = text.data + text.len;

	for (const char *at = text.data; at < end;) {
		const char *blank = memchr(at, ' ', (size_t)(end - at));
		size_t len = (size_t)((blank ? blank : end) - at);

		if (at > text.data)
			buf_add_str(out,
			    column(out) + 2 + len > TEXT_COLUMNS ? "\n        "
								 : " ");
		buf_add_span(out, span_of(at, len));
		at += len + (blank != NULL);
	}
}

void
text_add_item(struct buf *out, const char *format, ...)
{
	struct buf words = BUF_INIT, clean = BUF_INIT;
	va_list args;

	va_start(args, format);
	buf_addv(&words, format, args);
	va_end(args);
	text_add_clean(&clean, buf_span(&words));
	buf_add_byte(out, ',');
	/* A comma may come behind it. */
	if (column(out) + 2 + clean.len > TEXT_COLUMNS)
		buf_add_str(out, "\n      ");
	else
		buf_add_byte(out, ' ');
	add_broken(out, buf_span(&clean));
	buf_release(&words);
	buf_release(&clean);
}
