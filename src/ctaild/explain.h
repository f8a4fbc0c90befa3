/*
 * explain: what one rule makes of one line, in words.  Changes nothing.
 */
#ifndef CTAIL_CTAILD_EXPLAIN_H
#define CTAIL_CTAILD_EXPLAIN_H

#include <stdbool.h>
#include <stdint.h>
#include "ctaild/command.h"
#include "judge/pattern.h"

#define EXPLAIN_ALL_LOGS SIZE_MAX /* for explain_nearest only */

struct explained_line {
	const struct command_context *context;
	size_t log;
	struct span raw;	/* what rules match */
	struct span shown;	/* what is kept and sent */
	int64_t time_ms;	/* its own, or that of its arrival now */
	struct pattern_scratch *scratch;
	struct buf *out;
};

enum explained {
	EXPLAINED_NO,		/* it does not match */
	EXPLAINED_EXCLUDED,
	EXPLAINED_MATCHES,
	EXPLAINED_STOPS,	/* and no rule behind it sees the line */
};

/* Appends a paragraph. */
enum explained explain_rule(const struct explained_line *line, size_t rule);

/* explain_nearest.c: of the rules of its log (or of all of them), none of which
 * knows the line, the one whose pattern gets farthest, and where it ends.  Uses
 * neither shown nor time_ms. */
void explain_nearest(const struct explained_line *line);

#endif
