/*
 * pipeline_internal: struct pipeline, for the pipeline*.c files only.
 */
#ifndef CTAIL_CTAILD_PIPELINE_INTERNAL_H
#define CTAIL_CTAILD_PIPELINE_INTERNAL_H

#include "base/map.h"
#include "ctaild/alert_build.h"
#include "ctaild/context.h"
#include "ctaild/pipeline.h"
#include "judge/quarantine.h"
#include "judge/record_clock.h"
#include "judge/seek.h"
#include "judge/streak.h"
#include "judge/sweep.h"
#include "judge/timestamp.h"

/* What is told of a rule or a log at most once an hour. */
struct pipeline_told {
	int64_t at_ms;
	uint64_t count;		/* when it was told last */
};

struct pipeline_rule {
	struct pipeline_rule_totals totals;	/* but for the records */
	uint64_t unseen;	/* records of its logs that another rule kept
				 * from it */
	struct pipeline_told evicted;
	bool shapes_full;	/* told */
	bool masks;		/* bytes of a log that it reads are masked */
	bool *learned;		/* per log; NULL: it has no `new` */
};

struct pipeline_log {
	struct pipeline_log_totals totals;
	struct timestamp *timestamp;
	bool is_read;		/* by some rule */
	bool stamped;		/* records have times of their own: their
				 * format is configured, or one was read */
	struct pipeline_told withheld;
};

/* A plan's filter at work. */
struct pipeline_filter {
	struct plan_filter its;	/* the plan's, or learned */
	bool learned;
	bool pays;		/* its.every does */
	bool decides;		/* its.match does, of every record */
	struct candidates *match, *every;	/* of the record at hand; the
						 * same where its are */
	struct sweep *sweep;	/* NULL: every line is wanted */
	struct seek *ignored;	/* one rule wants all lines but those that are
				 * found by it, the sweep is of the others; or
				 * NULL */
	size_t ignorer;		/* that rule */
	struct streak streak;	/* of lines that were not ignored */
	struct rarity *rarity;	/* while it learns */
	uint64_t seen, learn_at;	/* bytes */
	size_t samples;
};

/* What the source asks about. */
struct pipeline_block {
	size_t log;
	struct span lines;	/* as they were swept */
	size_t at;		/* the line that is handed out next, */
	bool is_out;		/* if there is one */
	struct span rest;	/* behind it; empty: the block is over */
};

struct pipeline {
	const struct plan *plan;
	const char *hostname;
	struct silences *silences;
	struct pipeline_hooks hooks;
	struct decider *decider;
	struct pattern_scratch *scratch;
	struct pipeline_filter *filters;	/* as in the plan */
	struct pipeline_block block;
	struct quarantine *quarantine;
	struct map *pattern_names;	/* name -> pattern, of
					 * pipeline_notes.c; or NULL */
	struct context *context;
	struct map *clocks;	/* log_path -> struct record_clock */
	struct pipeline_rule *rules;
	struct pipeline_log *logs;
	struct buf key, copy, fields, field;
	int64_t now_ms;
	int64_t latest_ms;	/* of a rehearsal; 0: now_ms */
	bool late;		/* judge/record_clock.h */
	int64_t (*clock_ns)(void);
	bool has_told;
	bool fed;		/* since the last look at what is to be told */
};

/* One record on its way. */
struct sight {
	const struct record *record;	/* as it was read */
	const struct candidates *candidates;	/* NULL: all patterns are */
	struct record shown;		/* redacted, once is_shown */
	bool is_shown;
	int64_t now_ms;
	int64_t time_ms;		/* 0: not asked yet */
};

/* A match, and the record it is of. */
struct feeding {
	struct pipeline *pipeline;
	struct sight *sight;
	size_t rule;
	const struct rule_match *match;	/* captures in the shown text */
};

/* --- pipeline_sight.c --- */

const struct record *sight_show(struct pipeline *pipeline,
    struct sight *sight);
int64_t sight_time(struct pipeline *pipeline, struct sight *sight);

/* --- pipeline_filter.c --- */

void pipeline_make_filters(struct pipeline *pipeline);
void pipeline_free_filters(struct pipeline *pipeline);
struct pipeline_filter *pipeline_filter(const struct pipeline *pipeline,
    size_t log);

/* The patterns that may match a record (and, if one that matches is among
 * them, those that may exclude it); NULL: all may. */
const struct candidates *pipeline_candidates(struct pipeline *pipeline,
    const struct record *record);

/* A block of a log goes by; may change its filter. */
void pipeline_learn_rarity(struct pipeline *pipeline, size_t log,
    struct span block);

/* --- pipeline_ignore.c --- */

/* Where one rule takes all lines but what it excludes: what finds those. */
void pipeline_make_ignored(struct pipeline *pipeline,
    struct pipeline_filter *filter);

/* Of the block that both were begun with: the first line from `from' on that
 * is not ignored, or that another rule may want. */
size_t pipeline_next_wanted(struct pipeline_filter *filter, struct span lines,
    size_t from);

/* --- pipeline_unwanted.c --- */

void pipeline_forget_block(struct pipeline *pipeline);

/* Whether it is the line that the source was told to hand out; true once. */
bool pipeline_was_swept(struct pipeline *pipeline,
    const struct record *record);

/* --- pipeline_emit.c --- */

/* Hands out what the decider has decided.  feeding: about this match; or
 * NULL. */
void pipeline_drain(struct pipeline *pipeline, const struct feeding *feeding,
    int64_t now_ms);

/* decider_match.describe. */
void pipeline_describe(void *feeding, struct buf *out);

void pipeline_expire_silences(struct pipeline *pipeline, int64_t now_ms);

/* context_ready. */
void pipeline_amend(void *pipeline, const struct alert *alert);

/* --- pipeline_report.c --- */

/* The match goes to the report of its rule, unless a silence holds it; lookup
 * (of feeding) is what its conditions ask. */
void pipeline_report(const struct feeding *feeding, silence_lookup *lookup);

/* --- pipeline_notice.c --- */

void pipeline_tell(struct pipeline *pipeline, int64_t now_ms);

#endif
