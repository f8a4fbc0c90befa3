/*
 * pipeline: records in, alerts out.
 *
 * Runs every rule of a plan, in file order, over each record of the logs it
 * names, feeds matches to the decider, and hands over what became an alert.
 * Knows nothing of storing or sending.
 */
#ifndef CTAIL_CTAILD_PIPELINE_H
#define CTAIL_CTAILD_PIPELINE_H

#include <stdint.h>
#include "ctaild/plan.h"
#include "input/source.h"
#include "judge/decider.h"
#include "message/alert.h"

struct pipeline;

/* The alert is valid during the call; its id is empty when it has no record
 * (alert_build.h). */
typedef void pipeline_emit(void *arg, const struct alert *alert,
    const struct setting_list *sinks);

struct pipeline *pipeline_new(const struct plan *plan, const char *hostname,
    pipeline_emit *emit, void *arg);
void pipeline_free(struct pipeline *pipeline);

struct decider *pipeline_decider(struct pipeline *pipeline);

void pipeline_record(struct pipeline *pipeline, const struct record *record,
    int64_t now_ms);

/* Emits every summary that is due. */
void pipeline_expire(struct pipeline *pipeline, int64_t now_ms);

/* Emits what a rule still holds, because its life ends. */
void pipeline_flush(struct pipeline *pipeline, size_t rule, int64_t now_ms);

/* Whether anything matched since the last call: then the next commit must
 * not wait. */
bool pipeline_took_match(struct pipeline *pipeline);

/* For `status`. */
struct pipeline_totals {
	uint64_t records, matched, undecided;
};

void pipeline_rule_totals(const struct pipeline *pipeline, size_t rule,
    struct pipeline_totals *out);

#endif
