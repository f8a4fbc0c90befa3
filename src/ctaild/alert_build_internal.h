/*
 * alert_build_internal: what the alert_*.c files share.
 */
#ifndef CTAIL_CTAILD_ALERT_BUILD_INTERNAL_H
#define CTAIL_CTAILD_ALERT_BUILD_INTERNAL_H

#include "base/buf.h"
#include "ctaild/alert_build.h"

#define ALERT_SUBJECT_LINE_BYTES 160	/* of a line within a subject */

/* --- alert_build.c --- */

/* An alert that says nothing yet but who makes it. */
void alert_begin(struct alert *alert, const struct alert_place *place,
    enum alert_kind kind, enum severity severity, const char *rule);

/* The incident of its rule, host and key. */
void alert_set_incident(struct alert *alert);

/* Bounded; text is released. */
void alert_take_subject(struct alert *alert, struct buf *text);

/* When what it counts came; NULL: it is not known. */
void alert_take_times(struct alert *alert, const struct histogram *times);

/* At most max bytes of it, no character split. */
struct span alert_cut(struct span text, size_t max);

/* --- alert_words.c: the sentences of alerts that no template makes --- */

/* "4,812" */
void alert_words_count(struct buf *out, int64_t count);

/* "2h 5m": so long it was, for a person */
void alert_words_elapsed(struct buf *out, int64_t ms);

/* ", last: LINE", or nothing when there is none. */
void alert_words_last(struct buf *out, const struct alert *alert);

/* absent_ms: of an `absent' rule, its T; else 0. */
void alert_words_summary(struct alert *alert,
    const struct decision *decision, int64_t absent_ms);
void alert_words_digest(struct alert *alert,
    const struct decision *decision);
void alert_words_absent(struct alert *alert, const char *about);
/* since_ms: when what is over began, by arrival where it was absent, else by
 * the records; 0: not known. */
void alert_words_recovery(struct alert *alert, int64_t since_ms, bool absent);

/* --- alert_hints.c --- */

/* The ready lines of the footer.  masks: bytes of the log are masked, so that
 * a '*' in a line may stand for anything. */
void alert_take_hints(struct alert *alert, const struct plan_rule *rule,
    bool masks);

#endif
