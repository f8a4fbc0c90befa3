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

/* The subject names the thing: a tired person reads no more than that, and
 * what is told once an hour is told apart by it. */
struct words {
	struct buf subject, text;
};

static void
say(struct pipeline *pipeline, enum severity severity, struct words *words)
{
	pipeline->hooks.notice(pipeline->hooks.arg, severity,
	    buf_str(&words->subject), buf_str(&words->text));
	buf_release(&words->subject);
	buf_release(&words->text);
}

/* How many there are that nobody was told of; 0: none, or it is too early,
 * and then they are looked at again, whatever is fed until then. */
static uint64_t
to_be_told(struct pipeline *pipeline, struct pipeline_told *told,
    uint64_t count, int64_t now_ms)
{
	uint64_t more = count - told->count;

	if (!more)
		return 0;
	if (told->at_ms && now_ms >= told->at_ms &&
	    now_ms - told->at_ms < TELL_EVERY_MS) {
		pipeline->fed = true;
		return 0;
	}
	told->at_ms = now_ms;
	told->count = count;
	return more;
}

static void
tell_evicted(struct pipeline *pipeline, size_t index,
    const struct decider_totals *totals, int64_t now_ms)
{
	const char *name = rule_name(pipeline->plan->rules[index].rule);
	struct words words = {BUF_INIT, BUF_INIT};
	uint64_t more = to_be_told(
	    pipeline, &pipeline->rules[index].evicted, totals->evicted, now_ms);

	if (!more)
		return;
	buf_addf(&words.text,
	    "Rule %s has more keys at a time than there is room for: %d of a "
	    "rule, and %d MB of all rules. %" PRIu64
	    " of them, used least recently, %s forgotten: "
	    "what was counted or waited for starts over when %s again. A "
	    "`key' with fewer values would help.",
	    name, DECIDER_KEYS_MAX, (int)(DECIDER_BYTES_MAX >> 20), more,
	    more == 1 ? "was" : "were", more == 1 ? "it comes" : "they come");
	buf_addf(&words.subject, "rule %s has too many keys", name);
	say(pipeline, SEVERITY_WARNING, &words);
}

static void
tell_shapes(struct pipeline *pipeline, size_t index,
    const struct decider_totals *totals)
{
	struct pipeline_rule *rule = &pipeline->rules[index];
	const char *name = rule_name(pipeline->plan->rules[index].rule);
	struct words words = {BUF_INIT, BUF_INIT};

	if (!totals->shapes_full || rule->shapes_full)
		return;
	rule->shapes_full = true;
	buf_addf(&words.text,
	    "Rule %s knows %d shapes of text, which is all it can "
	    "keep: from now on it calls nothing new. Narrow its `match' or "
	    "add `exclude' lines; a changed rule starts anew.",
	    name, SEEN_MAX);
	buf_addf(&words.subject, "rule %s calls nothing new any more", name);
	say(pipeline, SEVERITY_ERROR, &words);
}

static void
tell_withheld(struct pipeline *pipeline, size_t index, int64_t now_ms)
{
	struct pipeline_log *log = &pipeline->logs[index];
	const char *name = pipeline->plan->logs[index].name;
	struct words words = {BUF_INIT, BUF_INIT};
	uint64_t more =
	    to_be_told(pipeline, &log->withheld, log->totals.withheld, now_ms);

	if (!more)
		return;
	buf_addf(&words.text,
	    "Of log %s, %" PRIu64 " record%s not shown at all, "
	    "because a `redact' pattern could not be decided within its "
	    "limits: what it would have masked is not known. The rules saw "
	    "them; make the pattern simpler.",
	    name, more, more == 1 ? " was" : "s were");
	buf_addf(&words.subject, "records of log %s are withheld", name);
	say(pipeline, SEVERITY_WARNING, &words);
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
    struct words *words)
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
			buf_addf(&words->subject, "rule %s (%s:%u)",
			    rule_name(plan->rules[i].rule),
			    origin.file ? origin.file : "?", origin.line);
			buf_add_str(&words->text, meanings[list]);
			return true;
		}
	return false;
}

/* Such a pattern may say what a secret looks like: it is named by its place. */
static void
place_in_redact(const struct plan *plan, const struct pattern *pattern,
    struct words *words)
{
	struct origin origin;
	size_t which;

	for (size_t i = 0; i < plan->log_count; i++) {
		if (!redact_has(plan->logs[i].redact, pattern, &which))
			continue;
		origin = plan->logs[i].settings->redact.items[which].origin;
		buf_addf(&words->subject, "the `redact' key of log %s (%s:%u)",
		    plan->logs[i].name, origin.file ? origin.file : "?",
		    origin.line);
		return;
	}
	buf_add_str(&words->subject, "a `redact' key");
}

/* True: its text may be shown. */
static bool
place_in_log(const struct pipeline *pipeline, const struct pattern *pattern,
    struct words *words)
{
	const struct plan *plan = pipeline->plan;

	for (size_t i = 0; i < plan->log_count; i++)
		if (plan->logs[i].record == pattern) {
			buf_addf(&words->subject, "the `record' key of log %s",
			    plan->logs[i].name);
			buf_add_str(&words->text,
			    "each line is a record of its own meanwhile");
			return true;
		}
	place_in_redact(plan, pattern, words);
	buf_add_str(&words->text, "records of its log are withheld meanwhile");
	return false;
}

static void
tell_quarantine(void *arg, const struct pattern *pattern)
{
	struct pipeline *pipeline = arg;
	struct words words = {BUF_INIT, BUF_INIT}, place = {BUF_INIT, BUF_INIT};
	bool shown;

	shown = place_in_rule(pipeline, pattern, &place) ||
		place_in_log(pipeline, pattern, &place);
	buf_addf(&words.subject, "a pattern of %s is in quarantine",
	    buf_str(&place.subject));
	buf_addf(&words.text,
	    "%s%s has run into its limits %d times "
	    "within %d s and is not tried for an hour. It is one of %s; %s. "
	    "Make it simpler: nested repetitions like (a+)+ are the usual "
	    "reason; once it is changed and reloaded it is tried again.",
	    shown ? "The pattern " : "A pattern",
	    shown ? pattern_text(pattern) : "", QUARANTINE_STRIKES,
	    QUARANTINE_WATCH_MS / 1000, buf_str(&place.subject),
	    buf_str(&place.text));
	say(pipeline, SEVERITY_ERROR, &words);
	buf_release(&place.subject);
	buf_release(&place.text);
}

void
pipeline_quarantined(const struct pipeline *pipeline,
    void (*each)(void *arg, const struct pipeline_quarantined *what), void *arg)
{
	const struct pattern *pattern;
	size_t cursor = 0;
	int64_t until_ms;

	while ((pattern = quarantine_next(
		    pipeline->quarantine, &cursor, &until_ms))) {
		struct words place = {BUF_INIT, BUF_INIT};
		bool shown = place_in_rule(pipeline, pattern, &place) ||
			     place_in_log(pipeline, pattern, &place);
		struct pipeline_quarantined what = {buf_str(&place.subject),
		    shown ? pattern_text(pattern) : NULL, until_ms};

		each(arg, &what);
		buf_release(&place.subject);
		buf_release(&place.text);
	}
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
