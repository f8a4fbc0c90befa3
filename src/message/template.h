/*
 * template: text with ${variables}, expanded once.
 *
 * `${NAME}`, `${1}`, `${NAME|trunc:80|upper}`, `$$` for a dollar.  Filters:
 * trunc:N upper lower url html json.  What a variable expands to is never
 * looked at again, so log text cannot smuggle in a variable.  A lone `$`
 * before anything else is an error, and so are unknown filters.
 *
 * A JSON template is escaped by position: inside a string literal a value is
 * escaped; elsewhere it needs `|json`, which yields a whole JSON value.
 */
#ifndef CTAIL_MESSAGE_TEMPLATE_H
#define CTAIL_MESSAGE_TEMPLATE_H

#include <stdbool.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

struct template;

enum template_form {
	TEMPLATE_TEXT,
	TEMPLATE_JSON,
};

/* NULL with a sentence that names the column. */
struct template *template_new(const char *text, enum template_form form,
    struct err *err);
void template_free(struct template *template);

/* The i-th variable's name in order of appearance; NULL behind the last. */
const char *template_variable(const struct template *template, size_t i);

/* lookup returns false for an unknown name, which expands to nothing (names
 * were checked at load). */
void template_render(const struct template *template,
    bool (*lookup)(void *arg, struct span name, struct buf *value_out),
    void *arg, struct buf *out);

#endif
