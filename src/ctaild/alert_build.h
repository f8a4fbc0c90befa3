/*
 * alert_build: from a decision to the alert that will be stored.
 *
 * Whatever comes in here is redacted already.  An alert of a record has its
 * id from the record, so that a replay after a crash makes the same one; the
 * id of every other stays empty: it comes from the transaction.
 */
#ifndef CTAIL_CTAILD_ALERT_BUILD_H
#define CTAIL_CTAILD_ALERT_BUILD_H

#include <stdbool.h>
#include <stdint.h>
#include "ctaild/plan.h"
#include "input/source.h"
#include "judge/decider.h"
#include "judge/silence.h"
#include "judge/storm.h"
#include "message/alert.h"

/* Where an alert is made. */
struct alert_place {
	const char *hostname;
	int64_t now_ms;
	bool masks;	/* the log is redacted: a '*' in a line may stand for
			 * anything */
};

/* A decision about the record at hand: the condition was met, or an incident
 * is over. */
void alert_from_match(struct alert *alert, const struct alert_place *place,
    const struct plan_rule *rule, const struct decision *decision,
    const struct record *record, const char *log_name,
    const struct rule_match *match);

/* The same of a record that is long gone: payload is the alert as it was
 * encoded then.  -1: it is damaged, and alert is as if it had no record. */
int alert_from_payload(struct alert *alert, const struct alert_place *place,
    const struct plan_rule *rule, const struct decision *decision);

/* A decision of the clock, without a record.  about: of ABSENT, what is known
 * of the logs, in words; or "". */
void alert_from_clock(struct alert *alert, const struct alert_place *place,
    const struct plan_rule *rule, const struct decision *decision,
    const char *about);

/* What a throttle of a rule held that may be gone from the configuration. */
void alert_from_summary(struct alert *alert, const struct alert_place *place,
    const char *rule, enum severity severity,
    const struct decision *decision);

/* `quiet` of a [log]: nothing was written for length_ms, as about says; or
 * (RECOVERY) something is written again since. */
struct alert_quiet {
	const char *log;
	enum alert_kind kind;		/* ALERT_ABSENT, ALERT_RECOVERY */
	int64_t length_ms;
	int64_t since_ms;		/* the last sign before */
	const char *about;
};

void alert_from_quiet(struct alert *alert, const struct alert_place *place,
    const struct alert_quiet *quiet);

/* What a silence held; ended: it is over, and this is the last word. */
void alert_from_silence(struct alert *alert, const struct alert_place *place,
    const struct silence *silence, bool ended);

/* What the cap of a sink held: begin, then each share (storm_expire). */
void alert_from_storm(struct alert *alert, const struct alert_place *place,
    const char *sink);
void alert_add_storm_share(struct alert *alert,
    const struct storm_share *share);

/* ctail about itself. */
void alert_from_notice(struct alert *alert, const struct alert_place *place,
    enum severity severity, const char *subject, const char *text);

/* Lines of the log at path are lost, or may be, as text says; each log is an
 * incident of its own. */
void alert_from_gap(struct alert *alert, const struct alert_place *place,
    const char *path, const char *text);

/* For send-test. */
void alert_from_test(struct alert *alert, const struct alert_place *place,
    const char *sink);

/* A pattern of a redacted record (judge/shape.h) as one of the record itself:
 * rules see the bytes that are masked in the copy. */
void alert_open_masks(struct span pattern, struct buf *out);

#endif
