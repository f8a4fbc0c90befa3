/*
 * sweep_internal: the part of sweep.h for patterns of which no string is
 * known (sweep_open.c).
 */
#ifndef CTAIL_JUDGE_SWEEP_INTERNAL_H
#define CTAIL_JUDGE_SWEEP_INTERNAL_H

#include "judge/sweep.h"

struct open_lines;

/* Of those patterns that are always a candidate of the filter. */
struct open_lines *open_lines_new(const struct prefilter *filter,
    const struct pattern *const *patterns, size_t count,
    struct pattern_scratch *scratch);
void open_lines_free(struct open_lines *open);
void open_lines_set_logcheck(struct open_lines *open, size_t pattern);

/* False: one of them matches nearly everything, or they are too many. */
bool open_lines_pay(const struct open_lines *open);

/* A filter over the others, with the same numbers. */
struct prefilter *open_lines_others(const struct prefilter *filter,
    const struct pattern *const *patterns, size_t count);

/* Tries all of them on all lines. */
void open_lines_begin(struct open_lines *open, struct span lines);

/* The first byte of the first line from `from' on, and before `before', that
 * one of them may match; else before. */
size_t open_lines_next(const struct open_lines *open, size_t from,
    size_t before);

/* Adds those that may match the line that begins there. */
void open_lines_candidates(const struct open_lines *open, size_t at,
    struct candidates *out);

#endif
