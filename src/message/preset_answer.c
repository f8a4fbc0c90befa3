/*
 * preset_answer: what presets look for in an answer.
 */
#include "config.h"

#include <string.h>

#include "message/json.h"
#include "message/preset_answer.h"

enum preset_answer
preset_verdict_of(struct span reply, const struct preset_verdict *rows)
{
	for (; rows->text; rows++) {
		if (reply.len > 0 && memmem(reply.data, reply.len, rows->text,
					 strlen(rows->text)))
			return rows->answer;
	}
	return PRESET_BY_STATUS;
}

enum preset_answer
preset_yes_is(int status, int yes, int other_yes)
{
	if (status == yes || status == other_yes)
		return PRESET_TAKEN;
	return status / 100 == 2 ? PRESET_NOT_NOW : PRESET_BY_STATUS;
}

enum preset_answer
preset_yes_is_ok(
    int status, struct span reply, const struct preset_verdict *rows)
{
	if (status / 100 == 2)
		return status == 200 && span_is(reply, "ok") ? PRESET_TAKEN
							     : PRESET_NOT_NOW;
	return status == 429 ? PRESET_BY_STATUS
			     : preset_verdict_of(reply, rows);
}

bool
preset_reply_says(struct span reply, const char *path, const char *value)
{
	struct buf found = BUF_INIT;
	bool says =
	    json_path(reply, path, &found) && span_is(buf_span(&found), value);

	buf_release(&found);
	return says;
}
