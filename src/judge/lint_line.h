/*
 * lint_line: what is wrong with a line of a rule file that is a pattern.
 *
 * Of a [logcheck] nobody sees what its rules leave out: one that leaves out
 * everything (`foo|', `x*', a pattern cut off behind the host) makes it
 * silent, and one that matches nothing does no harm but is no help.  Says only
 * what is certainly so.
 */
#ifndef CTAIL_JUDGE_LINT_LINE_H
#define CTAIL_JUDGE_LINT_LINE_H

#include "judge/pattern.h"

/* "this rule matches every line"; or every line that a syslog daemon writes;
 * NULL: it does not. */
const char *lint_line_takes_all(const struct pattern *pattern,
    struct pattern_scratch *scratch);

/* Why it can match no line without blanks at its end; NULL: it may. */
const char *lint_line_never(const struct pattern *pattern);

#endif
