/*
 * template_filter: what may stand behind the bar in ${NAME|filter}.
 *
 * A filter is one row of a table: name, whether it takes a number, function.
 */
#ifndef CTAIL_MESSAGE_TEMPLATE_FILTER_H
#define CTAIL_MESSAGE_TEMPLATE_FILTER_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#define FILTER_TRUNC_MAX 100000

struct filter_kind;

struct filter {
	const struct filter_kind *kind;
	int64_t number;		/* of trunc:N */
};

int filter_parse(struct span text, struct filter *out, struct err *err);
bool filter_is_json(const struct filter *filter);

/* Appends value as the filter makes it; number says that it comes from a
 * variable that counts (variables.h). */
void filter_apply(const struct filter *filter, bool number,
    struct span value, struct buf *out);

#endif
