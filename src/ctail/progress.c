/*
 * progress: one line that is overwritten.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/durable.h"
#include "base/units.h"
#include "ctail/progress.h"

#define FIRST_MS 500
#define STEP_MS 250
#define WIDTH 72
#define MEBIBYTE ((uint64_t)1024 * 1024)

/* Less is through before anybody has read a line about it. */
#define WORTH_MIN (16 * MEBIBYTE)

void
progress_init(struct progress *progress, bool wanted)
{
	*progress = (struct progress){
	    .wanted = wanted && isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO),
	};
}

void
progress_begin(struct progress *progress, uint64_t from, uint64_t to)
{
	progress->from = from;
	progress->to = to;
	progress->next_ms = 0;
	if (progress->wanted && to - from >= WORTH_MIN)
		progress->next_ms = clock_boot_ms() + FIRST_MS;
}

/* Over what is shown, and back to the first column. */
static void
overwrite(struct progress *progress, const char *text, int len)
{
	char line[2 * WIDTH + 4];
	int width = len > progress->shown ? len : progress->shown;
	int all = snprintf(line, sizeof(line), "\r%-*.*s\r", width, len, text);

	if (all > 0 && (size_t)all < sizeof(line))
		(void)write_all(STDERR_FILENO, line, (size_t)all);
	progress->shown = len;
}

void
progress_update(struct progress *progress, uint64_t at)
{
	uint64_t done = at - progress->from;
	uint64_t all = progress->to - progress->from;
	char text[WIDTH + 1];
	int64_t now;
	int len;

	if (progress->next_ms == 0)
		return;
	now = clock_boot_ms();
	if (now < progress->next_ms)
		return;
	progress->next_ms = now + STEP_MS;
	len = snprintf(text, sizeof(text), "%llu of %llu MiB (%u%%)",
	    (unsigned long long)(done / MEBIBYTE),
	    (unsigned long long)(all / MEBIBYTE),
	    (unsigned)((double)done * 100 / (double)all));
	overwrite(progress, text, len < WIDTH ? len : WIDTH);
}

void
progress_end(struct progress *progress)
{
	if (progress->shown > 0)
		overwrite(progress, "", 0);
	progress->next_ms = 0;
}
