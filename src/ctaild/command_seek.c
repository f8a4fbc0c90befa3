/*
 * command_seek: moves the position of one log.
 */
#include "config.h"

#include <stdint.h>
#include <string.h>
#include <sysexits.h>

#include "base/units.h"
#include "ctaild/command.h"
#include "ctaild/restore.h"

static int
parse_place(const char *text, uint64_t *offset_out, struct err *err)
{
	int64_t number;

	if (span_is(span_str(text), "start")) {
		*offset_out = 0;
		return 0;
	}
	if (span_is(span_str(text), "end")) {
		*offset_out = UINT64_MAX;
		return 0;
	}
	if (number_parse(span_str(text), 0, INT64_MAX, &number, err))
		return err_prefix(err,
		    "where to go is `start', `end' or an offset");
	*offset_out = (uint64_t)number;
	return 0;
}

static int
run_seek(const struct command_context *context, int argc,
    const char *const *argv, struct buf *out, struct err *err)
{
	uint64_t offset = 0;

	if (argc != 2) {
		err_set(err, "usage: ctailctl seek LOG start|end|OFFSET");
		return EX_USAGE;
	}
	if (parse_place(argv[1], &offset, err))
		return EX_USAGE;
	if (!strncmp(argv[0], RESTORE_JOURNAL, strlen(RESTORE_JOURNAL))) {
		err_set(err, "the position in a journal cannot be moved");
		return EX_NOINPUT;
	}
	/* It would be carried out after all when there is room again. */
	if (context->trouble) {
		err_set(err, "%s; seek again when that is over",
		    context->trouble);
		return EX_IOERR;
	}
	if (source_seek(context->source, argv[0], offset, err))
		return EX_NOINPUT;
	if (context->commit(context->arg, err))
		return EX_IOERR;
	buf_addf(out, "%s will be read on from %s%s.\n", argv[0],
	    offset == 0 || offset == UINT64_MAX ? "its " : "offset ",
	    argv[1]);
	return EX_OK;
}

const struct command command_seek = {
    .name = "seek",
    .usage = "LOG start|end|OFFSET",
    .help = "go on reading a log from there",
    .run = run_seek,
};
