/*
 * option_table: every option of ctail(1), logtail(8) and pygtail.
 */
#include "config.h"

#include <stddef.h>

#include "ctail/options.h"

#define AT(member) offsetof(struct options, member)
#define OLD (IN_LOGTAIL | IN_PYGTAIL)
#define PYGTAIL (IN_CTAIL | IN_PYGTAIL)
#define GROUP(text)                                                            \
	{                                                                      \
		NULL, 0, OPTION_FLAG, 0, IN_CTAIL, NULL, text                  \
	}

const struct option_row option_rows[] = {
    GROUP("Position:"),
    {"offset-file", 'o', OPTION_TEXT, AT(offset_file), PYGTAIL, "FILE",
	"keep one LOG's position here (default: LOG.offset)"},
    {NULL, 'o', OPTION_TEXT, AT(offset_file), IN_LOGTAIL, "FILE",
	"keep the position here (default: LOG.offset)"},
    {"state-dir", 0, OPTION_TEXT, AT(state_dir), IN_CTAIL, "DIR",
	"keep offset files in DIR, named after the LOG's path"},
    {"no-store", 't', OPTION_FLAG, AT(no_store), IN_CTAIL, NULL,
	"do not store the position"},
    {NULL, 't', OPTION_FLAG, AT(no_store), IN_LOGTAIL, NULL,
	"do not store the position"},
    {"paranoid", 'p', OPTION_ONE, AT(every_n), PYGTAIL, NULL,
	"store it after every line"},
    {"every-n", 'n', OPTION_COUNT, AT(every_n), PYGTAIL, "N",
	"store it after every N lines"},
    {"drain", 0, OPTION_FLAG, AT(drain), IN_CTAIL, NULL,
	"store it when the pipe's reader has taken all"},
    {"wait-lock", 0, OPTION_DURATION, AT(wait_lock_ms), IN_CTAIL, "TIME",
	"wait as long for another ctail to end (5s, 2m)"},
    {"reset", 0, OPTION_FLAG, AT(reset), IN_CTAIL, NULL,
	"forget the position; begin as the first time"},
    {"accept-loss", 0, OPTION_FLAG, AT(accept_loss), IN_CTAIL, NULL,
	"damaged position: go on at the end; gaps do not fail"},
    GROUP("What is printed:"),
    {"follow", 'f', OPTION_FLAG, AT(follow), IN_CTAIL, NULL,
	"what is there, then what comes, until SIGTERM"},
    {NULL, 'f', OPTION_LOG, 0, IN_LOGTAIL, "LOG", "the log"},
    {"read-from-end", 0, OPTION_FLAG, AT(from_end), PYGTAIL, NULL,
	"the first time, begin at the LOG's end"},
    {"max-lines", 0, OPTION_COUNT, AT(max_lines), IN_CTAIL, "N",
	"of each LOG; the rest comes next time"},
    {"max-bytes", 0, OPTION_SIZE, AT(max_bytes), IN_CTAIL, "SIZE",
	"the same in bytes (64k, 1m); at least a line"},
    {"partial-lines", 0, OPTION_FLAG, AT(partial_lines), IN_CTAIL, NULL,
	"an unfinished last line too"},
    {"full-lines", 0, OPTION_CLEAR, AT(partial_lines), PYGTAIL, NULL,
	"not it (the default)"},
    {"full_lines", 0, OPTION_CLEAR, AT(partial_lines), PYGTAIL, NULL, NULL},
    {"log-pattern", 0, OPTION_PATTERN, AT(patterns), PYGTAIL, "PATTERN",
	"more names of rotated files; %s is LOG's name"},
    {"no-copytruncate", 0, OPTION_FLAG, AT(no_copytruncate), PYGTAIL, NULL,
	"a LOG that shrank is waited for, not begun anew"},
    GROUP("Output:"),
    {"prefix", 0, OPTION_FLAG, AT(prefix), IN_CTAIL, NULL,
	"\"LOG: \" before each line"},
    {"no-splice", 0, OPTION_FLAG, AT(no_splice), IN_CTAIL, NULL,
	"copy every byte, for logs overwritten in place"},
    {"encoding", 0, OPTION_TEXT, AT(encoding), PYGTAIL, "NAME",
	"for pygtail's sake; bytes are never altered"},
    GROUP("Telling:"),
    {"quiet", 'q', OPTION_FLAG, AT(quiet), IN_CTAIL, NULL,
	"no warnings, no progress"},
    {"explain", 0, OPTION_FLAG, AT(explain), IN_CTAIL, NULL,
	"why this file, this offset, this order"},
    {"json-status", 0, OPTION_FLAG, AT(json_status), IN_CTAIL, NULL,
	"one object a LOG on standard error"},
    {"exit-code", 0, OPTION_FLAG, AT(exit_code), IN_CTAIL, NULL,
	"exit 1 when nothing was new"},
    {"help", 'h', OPTION_HELP, 0, PYGTAIL, NULL, "this text"},
    {"help", 0, OPTION_HELP, 0, IN_LOGTAIL, NULL, NULL},
    {"version", 0, OPTION_VERSION, 0, IN_CTAIL | OLD, NULL, "the version"},
    {"agent", 0, OPTION_AGENT, 0, IN_CTAIL, "...",
	"become the agent, ctaild(8); must come first"},
};
const size_t option_row_count = sizeof(option_rows) / sizeof(*option_rows);

bool
option_is_in(const struct option_row *row, enum dialect dialect)
{
	static const unsigned bits[] = {
	    [DIALECT_CTAIL] = IN_CTAIL,
	    [DIALECT_LOGTAIL] = IN_LOGTAIL,
	    [DIALECT_PYGTAIL] = IN_PYGTAIL,
	};

	return row->dialects & bits[dialect];
}
