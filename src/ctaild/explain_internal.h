/*
 * explain_internal: what the files behind explain.h share.
 */
#ifndef CTAIL_CTAILD_EXPLAIN_INTERNAL_H
#define CTAIL_CTAILD_EXPLAIN_INTERNAL_H

#include <stdint.h>
#include "ctaild/explain.h"

/* What is known of one match. */
struct matter {
	const struct explained_line *line;
	size_t rule;
	const struct plan_rule *planned;
	const struct rule_settings *settings;
	struct rule_match *match;
	struct buf key;
	struct decider_look look;
	int64_t count; /* matches an alert would stand for */
};

struct verdict {
	const char *held; /* by what; NULL: by nothing */
};

/* "    name      ", and the rest of the row is the caller's. */
void explain_begin_row(const struct matter *matter, const char *name);

/* "FILE:LINE  PATTERN" and the end of the row. */
void explain_add_place(struct buf *out, struct origin origin,
    const struct pattern *pattern);

/* That it is in quarantine, if it is. */
void explain_say_held(const struct explained_line *line,
    const struct pattern *pattern);

/* The silence that holds it, if there is one. */
void explain_say_silence(const struct matter *matter,
    struct verdict *verdict);

/* explain_logcheck.c: of a rule of a [logcheck]. */
enum explained explain_report(struct matter *matter);

#endif
