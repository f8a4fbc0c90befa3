/*
 * pattern_internal: the part of pattern.h that needs no PCRE2
 * (pattern_verb.c).
 */
#ifndef CTAIL_JUDGE_PATTERN_INTERNAL_H
#define CTAIL_JUDGE_PATTERN_INTERNAL_H

#include "base/err.h"

/* -1: it begins with something that is not allowed. */
int pattern_check_verbs(const char *text, struct err *err);

#endif
