/*
 * pattern: one PCRE2 pattern, always under limits.
 *
 * The only includer of pcre2.h.  Patterns match bytes unless PATTERN_UTF is
 * set; `$` matches only at the very end.  Match, depth and heap limits are
 * always on, and a match that runs into one is "not decided", which is an
 * answer of its own: rules fail towards alerting.  JIT is used where it is to
 * be had, when a pattern is first tried, and done without elsewhere.  Neither
 * a pattern nor the scratch is shared between threads.
 */
#ifndef CTAIL_JUDGE_PATTERN_H
#define CTAIL_JUDGE_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "base/span.h"

enum {
	PATTERN_NOCASE = 1,
	PATTERN_UTF = 2,
	PATTERN_EXTENDED = 4,
	PATTERN_INTERPRETED = 8,	/* no JIT, as where it is not to be
					 * had; for the tests */
};

enum pattern_verdict {
	PATTERN_NO,
	PATTERN_YES,
	PATTERN_UNDECIDED,
};

#define PATTERN_GROUPS_MAX 64

/* Where the groups of a match lie; group 0 is the whole.  A group that took
 * no part has data NULL. */
struct captures {
	struct span groups[PATTERN_GROUPS_MAX];
	size_t count;
};

struct pattern;
struct pattern_scratch;

/* NULL with a sentence that names the column of the mistake. */
struct pattern *pattern_new(const char *text, unsigned flags,
    struct err *err);
void pattern_free(struct pattern *pattern);
const char *pattern_text(const struct pattern *pattern);
unsigned pattern_flags(const struct pattern *pattern);

/* It is known that no match is empty (but for \K). */
bool pattern_needs_text(const struct pattern *pattern);

/* The number of a named group, or 0. */
size_t pattern_group(const struct pattern *pattern, struct span name);
size_t pattern_group_count(const struct pattern *pattern);

/* The i-th name (i from 0) and its number; NULL behind the last. */
const char *pattern_group_name(const struct pattern *pattern, size_t i,
    size_t *number_out);

struct pattern_scratch *pattern_scratch_new(void);

/* With a clock (any monotonic milliseconds) a search that takes longer than
 * PATTERN_BUDGET_MS ends undecided, at most one slice later.  It is an
 * argument because this room reads no clock; without one only the limits
 * hold, which bound each place where a match may begin, not their sum. */
#define PATTERN_BUDGET_MS 50
typedef int64_t pattern_clock(void);
void pattern_scratch_clock(struct pattern_scratch *scratch,
    pattern_clock *clock);
void pattern_scratch_free(struct pattern_scratch *scratch);

/* captures_out may be NULL; it borrows from subject. */
enum pattern_verdict pattern_match(const struct pattern *pattern,
    struct pattern_scratch *scratch, struct span subject,
    struct captures *captures_out);

/* Within a moment: also what is only dear is undecided, and whatever has no
 * machine code. */
enum pattern_verdict pattern_match_cheaply(const struct pattern *pattern,
    struct pattern_scratch *scratch, struct span subject);

/* The next match that begins at from or behind it, with what stands before
 * still in sight (of lookbehind, of `^').  All searches since the last one
 * from 0 share one budget of time. */
enum pattern_verdict pattern_match_from(const struct pattern *pattern,
    struct pattern_scratch *scratch, struct span subject, size_t from,
    struct captures *captures_out);

#endif
