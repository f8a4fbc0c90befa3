/*
 * test_line: one line for each thing that happened in a rehearsal.
 */
#include "config.h"

#include <stdint.h>
#include <stdio.h>

#include "base/clock.h"
#include "ctailctl/tally.h"
#include "ctailctl/terminal.h"
#include "message/text.h"

#define WORDS_MAX 1000
#define TIME_LEN 19 /* without the zone */

static void
print_cut(struct span line)
{
	size_t columns = terminal_columns();
	struct buf out = BUF_INIT;

	terminal_cut(&out, line, columns ? columns : SIZE_MAX);
	buf_add_byte(&out, '\n');
	fwrite(out.data, 1, out.len, stdout);
	buf_release(&out);
}

static void
clear_progress(const struct tally *tally)
{
	if (!tally->progress || !*tally->progress)
		return;
	fputs("\r\033[K", stderr);
	*tally->progress = false;
}

void
tally_print(const struct tally *tally, const struct tally_event *event)
{
	int64_t now_ms = event->alert ? event->alert->made_ms
				      : rehearsal_now(tally->rehearsal);
	struct buf line = BUF_INIT;
	char time[CLOCK_TEXT_MAX];

	clear_progress(tally);
	if (tally->options.json) {
		tally_print_json(tally, event);
		return;
	}
	clock_format_local(now_ms, time);
	buf_addf(&line, "%.*s %s ", TIME_LEN, time, event->kind);
	text_heading(&line, span_str(event->rule), WORDS_MAX);
	if (event->key.len) {
		buf_add_str(&line, " [");
		text_heading(&line, event->key, WORDS_MAX);
		buf_add_byte(&line, ']');
	}
	buf_add_str(&line, ": ");
	text_heading(&line, event->words, WORDS_MAX);
	print_cut(buf_span(&line));
	buf_release(&line);
}
