/*
 * request: the first frame, taken apart.
 */
#include "config.h"

#include <stdlib.h>

#include "base/fields.h"
#include "ctail-journal/request.h"

#define LINE_MIN 80

/* A frame must hold the line and all that comes with it. */
#define LINE_MAX_BYTES (FRAME_MAX - 64 * 1024)

static int
take_choice(const struct request *request, const char *name, const char *yes,
    const char *no, bool *out, struct err *err)
{
	struct span value;

	if (!fields_get(buf_span(&request->fields), name, &value))
		value = span_str(no);
	*out = span_is(value, yes);
	if (*out || span_is(value, no))
		return 0;
	return err_set(err,
	    "the request says %s \"%.*s\", which is neither "
	    "%s nor %s",
	    name, span_shown(value), value.data, yes, no);
}

static size_t
line_bytes(struct span fields)
{
	int64_t wanted = fields_get_number(fields, "max_line", LINE_MAX_BYTES);

	if (wanted < LINE_MIN)
		return LINE_MIN;
	return wanted > LINE_MAX_BYTES ? LINE_MAX_BYTES : (size_t)wanted;
}

int
request_init(struct request *request, struct span fields, struct err *err)
{
	struct span boot;

	buf_add_span(&request->fields, fields);
	fields = buf_span(&request->fields);
	request->cursor = fields_get_copy(fields, "cursor");
	request->directory = fields_get_copy(fields, "directory");
	request->max_line = line_bytes(fields);
	request->this_boot = fields_get(fields, "boot", &boot);
	return take_choice(request, "begin", "start", "end",
		   &request->from_start, err) ||
		       take_choice(request, "follow", "yes", "no",
			   &request->follow, err)
		   ? -1
		   : 0;
}

void
request_release(struct request *request)
{
	free(request->cursor);
	free(request->directory);
	buf_release(&request->fields);
}

bool
request_next(const struct request *request, const char *name, size_t *cursor,
    struct span *value_out)
{
	struct span found;

	while (
	    fields_next(buf_span(&request->fields), cursor, &found, value_out))
		if (span_is(found, name))
			return true;
	return false;
}
