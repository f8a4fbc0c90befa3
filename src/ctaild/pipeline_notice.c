/*
 * pipeline_notice: what ctail has to say about its own limits, when one of
 * them was hit: at most once an hour per rule or log, with the number.
 */
#include "config.h"

#include <inttypes.h>

#include "base/buf.h"
#include "ctaild/pipeline_internal.h"
#include "judge/seen.h"

#define TELL_EVERY_MS (INT64_C(60) * 60 * 1000)

static void
say(struct pipeline *pipeline, enum severity severity, const char *subject,
    struct buf *text)
{
	pipeline->hooks.notice(
	    pipeline->hooks.arg, severity, subject, buf_str(text));
	buf_release(text);
}

/* How many there are that nobody was told of; 0: none, or it is too early. */
static uint64_t
to_be_told(struct pipeline_told *told, uint64_t count, int64_t now_ms)
{
	uint64_t more = count - told->count;

	if (!more || (told->at_ms && now_ms >= told->at_ms &&
			 now_ms - told->at_ms < TELL_EVERY_MS))
		return 0;
	told->at_ms = now_ms;
	told->count = count;
	return more;
}

static void
tell_evicted(struct pipeline *pipeline, size_t index,
    const struct decider_totals *totals, int64_t now_ms)
{
	const char *name = rule_name(pipeline->plan->rules[index].rule);
	struct buf text = BUF_INIT;
	uint64_t more = to_be_told(
	    &pipeline->rules[index].evicted, totals->evicted, now_ms);

	if (!more)
		return;
	buf_addf(&text,
	    "Rule %s has more than %d keys at a time. %" PRIu64
	    " of them, used least recently, were forgotten to make room: "
	    "their counts start over when they come again. A `key' with "
	    "fewer values would help.",
	    name, DECIDER_KEYS_MAX, more);
	say(pipeline, SEVERITY_WARNING, "a rule has too many keys", &text);
}

static void
tell_shapes(struct pipeline *pipeline, size_t index,
    const struct decider_totals *totals)
{
	struct pipeline_rule *rule = &pipeline->rules[index];
	struct buf text = BUF_INIT;

	if (!totals->shapes_full || rule->shapes_full)
		return;
	rule->shapes_full = true;
	buf_addf(&text,
	    "Rule %s knows %d shapes of text, which is all it can "
	    "keep: from now on it calls nothing new. Narrow its `match' or "
	    "add `exclude' lines; a changed rule starts anew.",
	    rule_name(pipeline->plan->rules[index].rule), SEEN_MAX);
	say(pipeline, SEVERITY_ERROR, "a rule calls nothing new any more",
	    &text);
}

static void
tell_withheld(struct pipeline *pipeline, size_t index, int64_t now_ms)
{
	struct pipeline_log *log = &pipeline->logs[index];
	struct buf text = BUF_INIT;
	uint64_t more =
	    to_be_told(&log->withheld, log->totals.withheld, now_ms);

	if (!more)
		return;
	buf_addf(&text,
	    "Of log %s, %" PRIu64 " record%s not shown at all, "
	    "because a `redact' pattern could not be decided within its "
	    "limits: what it would have masked is not known. The rules saw "
	    "them; make the pattern simpler.",
	    pipeline->plan->logs[index].name, more,
	    more == 1 ? " was" : "s were");
	say(pipeline, SEVERITY_WARNING, "records are withheld", &text);
}

/* What it means that a pattern is not tried. */
static const char *const meanings[RULE_LISTS] = {
    [RULE_MATCH] = "as a `match' it finds nothing meanwhile",
    [RULE_EXCLUDE] = "as an `exclude' it excludes nothing meanwhile",
    [RULE_CLOSE] = "as a `close' it ends nothing meanwhile",
};

/* Whose pattern it is and where it stands; false: no rule's. */
static bool
place_in_rule(const struct pipeline *pipeline, const struct pattern *pattern,
    struct buf *out)
{
	const struct plan *plan = pipeline->plan;
	const struct pattern *its;
	enum rule_list list;
	struct origin origin;

	for (size_t i = 0; i < plan->rule_count; i++)
		for (size_t k = 0; (its = rule_pattern(plan->rules[i].rule, k,
					&list, &origin));
		     k++) {
			if (its != pattern)
				continue;
			buf_addf(out, "of rule %s (%s:%u); %s",
			    rule_name(plan->rules[i].rule),
			    origin.file ? origin.file : "?", origin.line,
			    meanings[list]);
			return true;
		}
	return false;
}

static void
place_in_log(const struct pipeline *pipeline, const struct pattern *pattern,
    struct buf *out)
{
	const struct plan *plan = pipeline->plan;

	for (size_t i = 0; i < plan->log_count; i++)
		if (plan->logs[i].record == pattern) {
			buf_addf(out,
			    "of the `record' key of log %s; each "
			    "line is a record of its own meanwhile",
			    plan->logs[i].name);
			return;
		}
	buf_add_str(out, "of a `redact' key; records of its log are withheld "
			 "meanwhile");
}

static void
tell_quarantine(void *arg, const struct pattern *pattern)
{
	struct pipeline *pipeline = arg;
	struct buf text = BUF_INIT;

	buf_addf(&text,
	    "The pattern %s has run into its limits %d times "
	    "within %d s and is not tried for an hour. It is one ",
	    pattern_text(pattern), QUARANTINE_STRIKES,
	    QUARANTINE_WATCH_MS / 1000);
	if (!place_in_rule(pipeline, pattern, &text))
		place_in_log(pipeline, pattern, &text);
	buf_add_str(&text, ". Make it simpler: nested repetitions like (a+)+ "
			   "are the usual reason.");
	say(pipeline, SEVERITY_ERROR, "a pattern is in quarantine", &text);
}

void
pipeline_tell(struct pipeline *pipeline, int64_t now_ms)
{
	struct decider_totals totals;

	if (!pipeline->fed)
		return;
	pipeline->fed = false;
	quarantine_news(pipeline->quarantine, tell_quarantine, pipeline);
	for (size_t i = 0; i < pipeline->plan->rule_count; i++) {
		decider_totals(pipeline->decider, i, &totals);
		tell_evicted(pipeline, i, &totals, now_ms);
		tell_shapes(pipeline, i, &totals);
	}
	for (size_t i = 0; i < pipeline->plan->log_count; i++)
		tell_withheld(pipeline, i, now_ms);
}
