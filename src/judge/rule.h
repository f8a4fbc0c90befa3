/*
 * rule: one [rule], compiled: does it want this record?
 */
#ifndef CTAIL_JUDGE_RULE_H
#define CTAIL_JUDGE_RULE_H

#include <stdbool.h>
#include "base/err.h"
#include "base/setting.h"
#include "base/span.h"
#include "judge/pattern.h"
#include "judge/rule_settings.h"

struct rule;

struct rule_match {
	bool matched;
	bool undecided;		/* a limit was hit, in a `match` (counts as
				 * matched, without captures) or in an
				 * `exclude` (does not exclude) */
	size_t pattern;		/* index of the `match` that did */
	struct captures captures;
};

/* Compiles; every mistake of the rule is reported, in order, through report
 * with the place it stands at.  NULL when there was one.  settings must
 * outlive the rule. */
struct rule *rule_new(const char *name, const struct rule_settings *settings,
    void (*report)(void *arg, struct origin origin, const char *text),
    void *arg);
void rule_free(struct rule *rule);

const char *rule_name(const struct rule *rule);
const struct rule_settings *rule_settings(const struct rule *rule);

/* Identifies what defines the rule's state (match, exclude, flags, when,
 * key, throttle): 64 hexadecimal digits and a NUL.  A change of any of them
 * starts the state anew; a change of subject or sink does not. */
void rule_definition(const struct rule *rule, char out[65]);

/* A capture by name or by decimal number, in the pattern that matched.
 * Unset: the empty span, and true; unknown: false. */
bool rule_capture(const struct rule *rule, const struct rule_match *match,
    struct span name, struct span *out);

/* The i-th named capture of the pattern that matched, or NULL. */
const char *rule_capture_name(const struct rule *rule,
    const struct rule_match *match, size_t i, struct span *value_out);

/* Whether every (or any) `match` pattern defines this capture. */
bool rule_defines_everywhere(const struct rule *rule, struct span name);
bool rule_defines_somewhere(const struct rule *rule, struct span name);

void rule_try(const struct rule *rule, struct pattern_scratch *scratch,
    struct span text, struct rule_match *out);

#endif
