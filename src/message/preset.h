/*
 * preset: what a web service wants to be told, and how it says yes.
 *
 * A preset is one file with one const entry; preset.c lists them.
 */
#ifndef CTAIL_MESSAGE_PRESET_H
#define CTAIL_MESSAGE_PRESET_H

#include <stdint.h>
#include "base/buf.h"
#include "base/span.h"
#include "message/alert.h"

struct preset {
	const char *name;
	const char *content_type;
	size_t max_bytes;		/* of a body the service accepts */

	/* Writes the body; never longer than max_bytes. */
	void (*render)(const struct alert *alert, struct buf *out);

	/* True when this answer, and nothing else, means it was taken.  The
	 * status is known to be 2xx. */
	bool (*accepted)(int status, struct span reply);
};

extern const struct preset preset_json;
extern const struct preset preset_slack;

/* NULL when unknown; names is NULL-terminated, in the order of the table,
 * for the settings. */
const struct preset *preset_find(struct span name);
const struct preset *preset_at(int index);
extern const char *const preset_names[];

#endif
