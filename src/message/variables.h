/*
 * variables: what ${...} may name in a subject or a sink's template.
 */
#ifndef CTAIL_MESSAGE_VARIABLES_H
#define CTAIL_MESSAGE_VARIABLES_H

#include <stdbool.h>
#include "base/buf.h"
#include "base/span.h"
#include "message/alert.h"

/* Built-in names, NULL-terminated: subject rule severity count first last
 * hostname file offset line lines before after key id. */
extern const char *const variable_names[];

bool variable_is_builtin(struct span name);

/* True for the built-in names that stand for whole numbers (count, offset):
 * `|json` writes them as such, everything else as a string. */
bool variable_is_number(struct span name);

/* template_render's lookup; arg is a const struct alert *.  A capture by
 * name or number comes after the built-in names. */
bool variable_lookup(void *alert, struct span name, struct buf *value_out);

#endif
