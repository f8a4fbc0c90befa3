/*
 * redact: a copy of a record in which the bytes that must never be kept or
 * leave the machine are masked (DESIGN.md section 5).
 *
 * Each masked byte becomes '*', so that offsets stay.  Every pattern looks at
 * the raw text, for all its matches.  One that cannot be decided, or that is
 * in quarantine, withholds the whole text.  Captures point into the raw record
 * when a rule matched it; redact_captures makes them point to the same place
 * of the copy.
 */
#ifndef CTAIL_JUDGE_REDACT_H
#define CTAIL_JUDGE_REDACT_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"
#include "base/setting.h"
#include "judge/pattern.h"
#include "judge/quarantine.h"

struct redact;

/* NULL when there is no pattern; mistakes go to report, and the result is
 * then NULL too. */
struct redact *redact_new(const struct setting_list *patterns,
    void (*report)(void *arg, struct origin origin, const char *text),
    void *arg);
void redact_free(struct redact *redact);

/* Which of the patterns it is, counted from 0; false: none of them. */
bool redact_has(const struct redact *redact, const struct pattern *pattern,
    size_t *which_out);

/* The i-th of them; NULL behind the last. */
const struct pattern *redact_pattern(const struct redact *redact, size_t i);

/* The text itself when nothing is to be masked (or redact is NULL), else a
 * copy in *copy, which is overwritten.  undecided_out: withheld. */
struct span redact_text(const struct redact *redact,
    struct pattern_scratch *scratch, struct quarantine *quarantine,
    struct span raw, struct buf *copy, bool *undecided_out);

/* Of a masked text: every run of masks as long as any other, so that how long
 * a secret was makes no difference. */
void redact_level(struct span masked, struct buf *out);

void redact_captures(struct captures *captures, struct span raw,
    struct span masked);

#endif
