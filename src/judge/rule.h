/*
 * rule: one [rule], compiled: does it want this record?
 */
#ifndef CTAIL_JUDGE_RULE_H
#define CTAIL_JUDGE_RULE_H

#include <stdbool.h>
#include "base/err.h"
#include "base/setting.h"
#include "base/span.h"
#include "judge/candidates.h"
#include "judge/pattern.h"
#include "judge/quarantine.h"
#include "judge/rule_settings.h"

struct rule;

struct rule_match {
	bool matched;
	bool excluded;		/* a `match` did, and an `exclude` too */
	bool undecided;		/* a limit was hit, in a `match` (counts as
				 * matched, without captures) or in an
				 * `exclude` (does not exclude) */
	const struct pattern *by;	/* the pattern that matched */
	struct origin origin;	/* where that pattern is written */
	const struct pattern *excluded_by;
	struct origin excluded_origin;
	struct captures captures;
};

/* Patterns from match_file and exclude_file, which the program has read
 * (pattern_file.h); they come behind those of the section.  Borrowed. */
struct rule_files {
	struct setting_list match;
	struct setting_list exclude;
	bool lenient;		/* a bad one of match is skipped, too */
};

/* Compiles; every mistake of the rule is reported, in order, through report
 * with the place it stands at.  NULL when there was one.  settings and files
 * (or NULL) must outlive the rule.  A bad pattern of an exclude_file is
 * reported through skip and left out, and of a match_file too when files is
 * lenient. */
struct rule *rule_new(const char *name, const struct rule_settings *settings,
    const struct rule_files *files,
    void (*report)(void *arg, struct origin origin, const char *text),
    void (*skip)(void *arg, struct origin origin, const char *text),
    void *arg);
void rule_free(struct rule *rule);

const char *rule_name(const struct rule *rule);
const struct rule_settings *rule_settings(const struct rule *rule);

/* Identifies what defines the rule's state (match, exclude, flags, their
 * files, close, when, key, hours, batch, throttle): 64 hexadecimal digits and
 * a NUL.  A change of any of them starts the state anew; a change of subject
 * or sink does not. */
void rule_definition(const struct rule *rule, char out[65]);

/* A capture by name or by decimal number, in the pattern that matched.
 * Unset: the empty span, and true; unknown: false. */
bool rule_capture(const struct rule *rule, const struct rule_match *match,
    struct span name, struct span *out);

/* The i-th named capture of the pattern that matched, or NULL. */
const char *rule_capture_name(const struct rule *rule,
    const struct rule_match *match, size_t i, struct span *value_out);

/* Whether every (or any) `match` and `close` pattern defines this capture;
 * undecided matches have none. */
bool rule_defines_everywhere(const struct rule *rule, struct span name);
bool rule_defines_somewhere(const struct rule *rule, struct span name);

/* Of the `match' patterns alone, as for `distinct'. */
bool rule_matches_define(const struct rule *rule, struct span name);

/* Patterns that a prefilter has not ruled out for the record at hand; those of
 * the rule have the numbers from first on, in the order of rule_pattern. */
struct rule_candidates {
	const struct candidates *all;	/* NULL: every pattern is one */
	size_t first;
};

/* quarantine may be NULL: then every pattern is tried each time. */
void rule_try(const struct rule *rule, struct pattern_scratch *scratch,
    struct quarantine *quarantine, struct span text, struct rule_match *out);

/* The same for `close`: excludes do not count, and what cannot be decided
 * does not close. */
bool rule_closes(const struct rule *rule);
void rule_try_close(const struct rule *rule, struct pattern_scratch *scratch,
    struct quarantine *quarantine, struct span text, struct rule_match *out);

/* The same as both, with the same results, but that a pattern which was ruled
 * out cannot be undecided: it did not match. */
void rule_try_candidates(const struct rule *rule,
    const struct rule_candidates *candidates, struct pattern_scratch *scratch,
    struct quarantine *quarantine, struct span text, struct rule_match *out);
void rule_try_close_candidates(const struct rule *rule,
    const struct rule_candidates *candidates, struct pattern_scratch *scratch,
    struct quarantine *quarantine, struct span text, struct rule_match *out);

/* Whether later rules are kept from a record that it matched: `then = stop'.
 * What could not be decided keeps nothing from anybody. */
bool rule_stops(const struct rule *rule, const struct rule_match *match);

/* How many patterns rule_pattern has. */
size_t rule_pattern_count(const struct rule *rule);

/* Every pattern, for a count of hits per pattern and for messages: match,
 * exclude, close, in this order; NULL behind the last. */
enum rule_list { RULE_MATCH, RULE_EXCLUDE, RULE_CLOSE, RULE_LISTS };
const struct pattern *rule_pattern(const struct rule *rule, size_t i,
    enum rule_list *list_out, struct origin *origin_out);

/* The i-th of them matches whatever is not empty, and was not written for what
 * it says: `.' or `^' before a list of excludes. */
bool rule_pattern_takes_all(const struct rule *rule, size_t i);

#endif
