/*
 * mail_times: a histogram in a line, and its labels.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "message/mail_times.h"

#define SECOND_MS 1000
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

static const char levels[] = " .:-=+*#";

#define TOP ((unsigned)sizeof(levels) - 2)

/* Widths double from a second on: nobody wants to read 1024s. */
static void
width_text(int64_t ms, struct mail_times *out)
{
	static const struct {
		int64_t ms;
		const char *name;
	} units[] = {{DAY_MS, "d"}, {HOUR_MS, "h"}, {MINUTE_MS, "m"},
	    {SECOND_MS, "s"}, {1, "ms"}};
	size_t i = 0;

	while (units[i].ms > 1 && ms < 2 * units[i].ms && ms != units[i].ms)
		i++;
	snprintf(out->width, sizeof(out->width), "%s%" PRId64 "%s",
	    ms % units[i].ms ? "about " : "",
	    (ms + units[i].ms / 2) / units[i].ms, units[i].name);
}

/* "YYYY-MM-DD HH:MM:SS +ZZZZ" from its characters `from` to `to`; the whole
 * text when the year has another length. */
static void
clip_time(char text[CLOCK_TEXT_MAX], size_t from, size_t to)
{
	if (strlen(text) < to || text[4] != '-' || text[10] != ' ')
		return;
	memmove(text, text + from, to - from);
	text[to - from] = '\0';
}

enum { AT_MONTH = 5, AT_HOUR = 11, AT_SECOND = 16, AT_ZONE = 19 };

static void
end_texts(int64_t from_ms, int64_t to_ms, struct mail_times *out)
{
	size_t from = AT_HOUR;
	size_t to = to_ms - from_ms < 4 * MINUTE_MS ? AT_ZONE : AT_SECOND;

	clock_format_local(from_ms, out->from);
	clock_format_local(to_ms, out->to);
	if (strncmp(out->from, out->to, AT_HOUR) != 0)
		from = AT_MONTH;
	if (strncmp(out->from, out->to, AT_MONTH) != 0)
		from = 0;
	clip_time(out->from, from, to);
	clip_time(out->to, from, to);
}

bool
mail_times_get(const struct alert *alert, struct mail_times *out)
{
	const struct alert_times *times = &alert->times;
	size_t first = ALERT_BINS, last = 0;
	int64_t start = times->start_ms;

	memset(out, 0, sizeof(*out));
	if (times->width_ms <= 0)
		return false;
	for (size_t i = 0; i < ALERT_BINS; i++) {
		if (times->bins[i] == 0)
			continue;
		first = first == ALERT_BINS ? i : first;
		last = i;
		if (times->bins[i] > out->most)
			out->most = times->bins[i];
	}
	if (first >= last)
		return false;
	out->bins = times->bins + first;
	out->count = last - first + 1;
	width_text(times->width_ms, out);
	end_texts(start + (int64_t)first * times->width_ms,
	    start + (int64_t)(last + 1) * times->width_ms, out);
	return true;
}

/* What is there is seen, however little it is. */
unsigned
mail_times_height(const struct mail_times *times, size_t bin, unsigned top)
{
	uint64_t scaled = (uint64_t)times->bins[bin] * top;

	return (unsigned)((scaled + times->most - 1) / times->most);
}

void
mail_times_line(const struct mail_times *times, struct buf *out)
{
	buf_addf(out, "%s [", times->from);
	for (size_t i = 0; i < times->count; i++)
		buf_add_byte(out, levels[mail_times_height(times, i, TOP)]);
	buf_addf(out, "] %s (%s each)", times->to, times->width);
}
