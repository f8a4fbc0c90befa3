/*
 * alert_build: from a decision to the alert that will be stored.
 */
#ifndef CTAIL_CTAILD_ALERT_BUILD_H
#define CTAIL_CTAILD_ALERT_BUILD_H

#include <stdint.h>
#include "ctaild/plan.h"
#include "input/source.h"
#include "judge/decider.h"
#include "message/alert.h"

/* Where an alert is made. */
struct alert_place {
	const char *hostname;
	int64_t now_ms;
};

/* A rule's condition was met by this record.  The id is made from the
 * record, so that a replay after a crash makes the same one. */
void alert_from_match(struct alert *alert, const struct alert_place *place,
    const struct plan_rule *rule, const struct decision *decision,
    const struct record *record, const char *log_name,
    const struct rule_match *match);

/* What a throttle held is due.  The id stays empty: it comes from the
 * transaction. */
void alert_from_summary(struct alert *alert, const struct alert_place *place,
    const char *rule, enum severity severity,
    const struct decision *decision);

/* ctail about itself; id as above. */
void alert_from_notice(struct alert *alert, const struct alert_place *place,
    enum severity severity, const char *subject, const char *text);

/* Lines of the log at path are lost, or may be, as text says; each log is an
 * incident of its own.  Id as above. */
void alert_from_gap(struct alert *alert, const struct alert_place *place,
    const char *path, const char *text);

/* For send-test; id as above. */
void alert_from_test(struct alert *alert, const struct alert_place *place,
    const char *sink);

#endif
