/*
 * sweep: the lines of a block that some pattern may match, and which.
 *
 * Where most lines concern nobody it is too dear to look at each of them: the
 * strings of the filter are searched for over the whole block, and the bounds
 * of a line are found only around a hit.  Patterns of which no string is known
 * are tried line by line with the pattern outside and the lines inside, so that
 * their code stays in the caches; a try that is not cheap makes the line a
 * candidate, so that limits and budgets remain the business of whoever
 * confirms.
 *
 * Same soundness as the filter's: a line that is passed over matches nothing.
 * One sweep has one block at a time, which must stay until the next begins.
 */
#ifndef CTAIL_JUDGE_SWEEP_H
#define CTAIL_JUDGE_SWEEP_H

#include <stdbool.h>
#include <stddef.h>
#include "base/span.h"
#include "judge/candidates.h"
#include "judge/pattern.h"
#include "judge/prefilter.h"

struct sweep;

/* patterns: by the filter's numbers, NULL for those that are not of it; it,
 * filter and scratch outlive the sweep. */
struct sweep *sweep_new(const struct prefilter *filter,
    const struct pattern *const *patterns, size_t count,
    struct pattern_scratch *scratch);
void sweep_free(struct sweep *sweep);

/* That pattern sees lines without blanks at their end (logcheck.h). */
void sweep_set_logcheck(struct sweep *sweep, size_t pattern);

/* False: nearly every line is a candidate for some pattern, so that sweeping is
 * of no use. */
bool sweep_pays(const struct sweep *sweep);

/* Lines, each with its newline (a CR before it is not theirs). */
void sweep_begin(struct sweep *sweep, struct span lines);

/* The first byte of the first line from `from' (a line's first byte) on that
 * some pattern may match; lines.len: none. */
size_t sweep_next(struct sweep *sweep, size_t from);

/* The candidates for the line that begins there, whose text is this; what was
 * in out (of prefilter_candidates_new) is gone. */
void sweep_candidates(struct sweep *sweep, size_t at, struct span text,
    struct candidates *out);

#endif
