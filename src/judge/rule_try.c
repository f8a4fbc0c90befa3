/*
 * rule_try: whether the patterns of a rule want a record.
 *
 * Hides how `match` and `exclude` go together, and what happens when a
 * pattern runs into a limit: the rule fails towards alerting.
 */
#include "config.h"

#include "judge/rule_internal.h"

/* One text against the patterns of a rule. */
struct rule_trial {
	const struct rule *rule;
	struct pattern_scratch *scratch;
	struct quarantine *quarantine;
	struct span text;
	const struct rule_candidates *candidates;
};

static const struct rule_candidates every_pattern;

/* What a list's patterns are among the candidates. */
struct trial_part {
	const struct pattern_list *list;
	const struct candidates *candidates;
	size_t first; /* the number of the list's first */
};

static inline struct trial_part
trial_begin(const struct rule_trial *trial, enum rule_list which)
{
	struct trial_part part = {
	    &trial->rule->lists[which], trial->candidates->all, 0};

	if (part.candidates)
		part.first = trial->candidates->first +
			     rule_list_first(trial->rule, which);
	return part;
}

/* The place in the list of the first candidate from i on; its count when
 * there is none. */
static inline size_t
trial_next(const struct trial_part *part, size_t i)
{
	if (!part->candidates)
		return i;
	return candidates_next(part->candidates, part->first + i,
		   part->first + part->list->count) -
	       part->first;
}

/* Without captures of its own: the whole is the first byte, if that is
 * printable, or nothing. */
static bool
matches_at_once(const struct listed_pattern *listed, struct span text,
    struct captures *captures)
{
	size_t len = listed->kind == PATTERN_ANY_BYTE;

	if (listed->kind == PATTERN_PLAIN || text.len < len ||
	    (len && (text.data[0] < ' ' || text.data[0] > '~')))
		return false;
	if (captures) {
		captures->count = 1;
		captures->groups[0] = span_of(text.len ? text.data : "", len);
	}
	return true;
}

/* What is in quarantine finds nothing. */
static enum pattern_verdict
trial_pattern(const struct rule_trial *trial,
    const struct listed_pattern *listed, struct captures *captures)
{
	const struct pattern *pattern = listed->pattern;
	enum pattern_verdict verdict;

	if (matches_at_once(listed, trial->text, captures))
		return PATTERN_YES;
	if (quarantine_holds(trial->quarantine, pattern))
		return PATTERN_NO;
	verdict = pattern_match(pattern, trial->scratch, trial->text, captures);
	if (verdict == PATTERN_UNDECIDED)
		quarantine_strike(trial->quarantine, pattern);
	return verdict;
}

static void
match_by(struct rule_match *out, const struct listed_pattern *listed)
{
	out->by = listed->pattern;
	out->origin = listed->origin;
}

/* The first pattern that matches outright, else the first undecided one. */
static void
trial_list(const struct rule_trial *trial, enum rule_list which,
    struct rule_match *out)
{
	struct trial_part part = trial_begin(trial, which);

	for (size_t i = trial_next(&part, 0); i < part.list->count;
	     i = trial_next(&part, i + 1)) {
		const struct listed_pattern *listed = &part.list->items[i];
		enum pattern_verdict verdict =
		    trial_pattern(trial, listed, &out->captures);

		if (verdict == PATTERN_YES) {
			out->matched = true;
			out->undecided = false;
			match_by(out, listed);
			return;
		}
		if (verdict == PATTERN_UNDECIDED && !out->undecided) {
			out->matched = out->undecided = true;
			match_by(out, listed);
		}
	}
	out->captures.count = 0;
}

static void
trial_excludes(const struct rule_trial *trial, struct rule_match *out)
{
	struct trial_part part = trial_begin(trial, RULE_EXCLUDE);

	for (size_t i = trial_next(&part, 0); i < part.list->count;
	     i = trial_next(&part, i + 1)) {
		const struct listed_pattern *listed = &part.list->items[i];
		enum pattern_verdict verdict =
		    trial_pattern(trial, listed, NULL);

		if (verdict == PATTERN_UNDECIDED)
			out->undecided = true;
		if (verdict != PATTERN_YES)
			continue;
		out->matched = out->undecided = false;
		out->excluded = true;
		out->excluded_by = listed->pattern;
		out->excluded_origin = listed->origin;
		return;
	}
}

/* The captures are many; only their count says whether there are any. */
static void
match_reset(struct rule_match *out)
{
	out->matched = out->excluded = out->undecided = false;
	out->by = out->excluded_by = NULL;
	out->origin = out->excluded_origin = (struct origin){NULL, 0};
	out->captures.count = 0;
}

void
rule_try_candidates(const struct rule *rule,
    const struct rule_candidates *candidates, struct pattern_scratch *scratch,
    struct quarantine *quarantine, struct span text, struct rule_match *out)
{
	struct rule_trial trial = {
	    rule, scratch, quarantine, text, candidates};

	match_reset(out);
	trial_list(&trial, RULE_MATCH, out);
	if (out->matched)
		trial_excludes(&trial, out);
}

void
rule_try(const struct rule *rule, struct pattern_scratch *scratch,
    struct quarantine *quarantine, struct span text, struct rule_match *out)
{
	rule_try_candidates(
	    rule, &every_pattern, scratch, quarantine, text, out);
}

void
rule_try_close_candidates(const struct rule *rule,
    const struct rule_candidates *candidates, struct pattern_scratch *scratch,
    struct quarantine *quarantine, struct span text, struct rule_match *out)
{
	struct rule_trial trial = {
	    rule, scratch, quarantine, text, candidates};

	match_reset(out);
	trial_list(&trial, RULE_CLOSE, out);
	if (out->undecided)
		match_reset(out);
}

void
rule_try_close(const struct rule *rule, struct pattern_scratch *scratch,
    struct quarantine *quarantine, struct span text, struct rule_match *out)
{
	rule_try_close_candidates(
	    rule, &every_pattern, scratch, quarantine, text, out);
}
