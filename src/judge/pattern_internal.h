/*
 * pattern_internal: the parts of pattern.h that need no PCRE2
 * (pattern_verb.c, pattern_words.c).
 */
#ifndef CTAIL_JUDGE_PATTERN_INTERNAL_H
#define CTAIL_JUDGE_PATTERN_INTERNAL_H

#include "base/err.h"

/* -1: it begins with something that is not allowed. */
int pattern_check_verbs(const char *text, struct err *err);

/* What PCRE2's error of this number means, and what to write; NULL where its
 * own sentence must do. */
const char *pattern_mistake_words(int number);

#endif
