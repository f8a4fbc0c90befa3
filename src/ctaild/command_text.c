/*
 * command_text: lines for people.
 */
#include "config.h"

#include <inttypes.h>

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

void
text_add_item(struct buf *out, const char *format, ...)
{
	struct buf words = BUF_INIT;
	va_list args;

	va_start(args, format);
	buf_addv(&words, format, args);
	va_end(args);
	buf_add_byte(out, ',');
	if (column(out) + 1 + words.len > TEXT_COLUMNS)
		buf_add_str(out, "\n      ");
	else
		buf_add_byte(out, ' ');
	text_add_clean(out, buf_span(&words));
	buf_release(&words);
}
