/*
 * test_report: what a rehearsal comes to, for a person.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ctailctl/tally.h"
#include "ctailctl/terminal.h"
#include "ctaild/command_text.h"
#include "message/text.h"

#define SHAPE_MAX 150
#define SHAPE_MIN 20

int64_t
tally_span(const struct tally *tally)
{
	return tally->length_ms ? tally->length_ms
				: tally->last_ms - tally->first_ms;
}

struct pipeline_log_totals
tally_logs(const struct tally *tally)
{
	struct pipeline_log_totals sum = {0}, one;

	for (size_t i = 0; i < tally->plan->log_count; i++) {
		pipeline_log_totals(
		    rehearsal_pipeline(tally->rehearsal), i, &one);
		sum.records += one.records;
		sum.unmatched += one.unmatched;
		sum.ignored += one.ignored;
		sum.cut += one.cut;
		sum.undecided += one.undecided;
		sum.withheld += one.withheld;
		sum.own += one.own;
	}
	return sum;
}

/* What an alert is to this kind of sink, for a person: "mails". */
static const char *
tally_sink_word(const struct tally_sink *sink, bool plural)
{
	static const struct {
		const struct setting_table *table;
		const char *one, *many;
	} words[] = {
	    {&smtp_setting_table, "mail", "mails"},
	    {&sendmail_setting_table, "mail", "mails"},
	    {&webhook_setting_table, "webhook", "webhooks"},
	    {&exec_setting_table, "command", "commands"},
	    {&file_setting_table, "entry", "entries"},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].table == sink->section->table)
			return plural ? words[i].many : words[i].one;
	return plural ? "alerts" : "alert";
}

/* --- What was read -------------------------------------------------------- */

/* "7 days"; never more exact than it is useful. */
static void
add_span_words(struct buf *out, int64_t ms)
{
	static const struct {
		int64_t ms;
		const char *name;
	} units[] = {{86400000, "day"}, {3600000, "hour"}, {60000, "minute"},
	    {1000, "second"}};
	size_t i = 0;
	int64_t count;

	while (i < 3 && ms < units[i].ms * (i ? 2 : 1))
		i++;
	count = (ms + units[i].ms / 2) / units[i].ms;
	buf_addf(out, "%" PRId64 " %s%s", count, units[i].name,
	    count == 1 ? "" : "s");
}

static void
add_count(struct buf *out, uint64_t count, const char *words)
{
	if (count)
		buf_addf(out, ", %" PRIu64 " %s", count, words);
}

static void
report_read(const struct tally *tally, struct buf *out)
{
	struct pipeline_log_totals logs = tally_logs(tally);
	char first[CLOCK_TEXT_MAX], last[CLOCK_TEXT_MAX];

	if (tally->stopped)
		buf_add_str(out, "Stopped before the end.\n");
	buf_addf(out, "%" PRIu64 " line%s read, %" PRIu64 " record%s",
	    tally->lines, tally->lines == 1 ? "" : "s", tally->records,
	    tally->records == 1 ? "" : "s");
	add_count(out, tally->untimed, "without a time of its own");
	add_count(out, logs.cut, "cut");
	add_count(out, logs.undecided, "not decided");
	add_count(out, logs.withheld, "withheld by redact");
	add_count(out, logs.own, "of ctail itself");
	add_count(out, tally->learned, "older, learned from");
	buf_add_byte(out, '\n');
	if (!tally->first_ms)
		return;
	clock_format_local(tally->first_ms, first);
	clock_format_local(tally->last_ms, last);
	buf_addf(out, "from %s\nto   %s (", first, last);
	add_span_words(out, tally->last_ms - tally->first_ms);
	buf_add_str(out, ")\n");
}

/* --- Rules ---------------------------------------------------------------- */

static void
report_held(const struct tally *tally, size_t rule,
    const struct decider_totals *state, struct buf *out)
{
	static const struct {
		enum decision_reason reason;
		const char *name;
	} reasons[] = {{REASON_SILENCED, "silence"}, {REASON_HOURS, "hours"},
	    {REASON_DROPPED, "hours (dropped)"}, {REASON_BATCH, "batch"},
	    {REASON_THROTTLE, "throttle"}};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (state->held[reasons[i].reason])
			text_add_item(out, "%" PRIu64 " held by %s",
			    state->held[reasons[i].reason], reasons[i].name);
	if (tally->rules[rule].capped)
		text_add_item(out, "%" PRIu64 " held by storm",
		    tally->rules[rule].capped);
}

static void
report_time(const struct tally *tally, size_t rule, struct buf *out)
{
	int64_t all = tally->ended_ns - tally->begun_ns;
	int64_t its = tally->rules[rule].nanoseconds;

	text_add_item(out, "%s%" PRId64 ".%" PRId64 " ms (%" PRId64 " %%)",
	    tally->times_are_sampled ? "about " : "", its / 1000000,
	    its / 100000 % 10, all > 0 ? its * 100 / all : 0);
}

static void
report_pattern(const struct tally_pattern *pattern, struct buf *out)
{
	static const char *const lists[RULE_LISTS] = {
	    [RULE_MATCH] = "match",
	    [RULE_EXCLUDE] = "exclude",
	    [RULE_CLOSE] = "close",
	};

	buf_addf(
	    out, "  %10" PRIu64 "  %s ", pattern->hits, lists[pattern->list]);
	tally_add_pattern(out, pattern);
}

static void
report_patterns(
    const struct tally_rule *rule, bool of_logcheck, struct buf *out)
{
	for (size_t i = 0; i < rule->pattern_count; i++) {
		const struct tally_pattern *pattern = &rule->patterns[i];

		/* Whatever no file ignores is no pattern of anybody's. */
		if (of_logcheck && !pattern->files)
			continue;
		if (pattern->hits ||
		    (pattern->list == RULE_MATCH && !pattern->files))
			report_pattern(pattern, out);
	}
}

/* Rules of a [logcheck] are many, and most of them have nothing to say; what
 * they report is told by heading. */
static void
report_rule(const struct tally *tally, size_t at, struct buf *out)
{
	const struct tally_rule *rule = &tally->rules[at];
	bool of_logcheck = tally->plan->rules[at].report != NULL;
	struct pipeline *pipeline = rehearsal_pipeline(tally->rehearsal);
	struct pipeline_rule_totals totals;
	struct decider_totals state;

	pipeline_rule_totals(pipeline, at, &totals);
	decider_totals(pipeline_decider(pipeline), at, &state);
	if (!rule->read ||
	    (of_logcheck && !totals.matched && !totals.excluded))
		return;
	buf_addf(out, "\nrule %s: %" PRIu64 " record%s seen",
	    rule_name(tally->plan->rules[at].rule), totals.records,
	    totals.records == 1 ? "" : "s");
	text_add_item(out, "%" PRIu64 " matched", totals.matched);
	if (totals.excluded)
		text_add_item(out, "%" PRIu64 " excluded", totals.excluded);
	if (totals.closed)
		text_add_item(out, "%" PRIu64 " closed", totals.closed);
	if (totals.undecided)
		text_add_item(out, "%" PRIu64 " not decided", totals.undecided);
	if (!of_logcheck)
		text_add_item(out, "%" PRIu64 " told", rule->told);
	report_held(tally, at, &state, out);
	report_time(tally, at, out);
	buf_add_byte(out, '\n');
	report_patterns(rule, of_logcheck, out);
}

/* Of the section itself. */
static size_t
count_unused_excludes(const struct tally_rule *rule)
{
	size_t count = 0;

	for (size_t i = 0; i < rule->pattern_count; i++)
		count += rule->patterns[i].list == RULE_EXCLUDE &&
			 !rule->patterns[i].files && !rule->patterns[i].hits;
	return count;
}

/* One more name behind these words, which begin a line of their own. */
static void
add_name(struct buf *out, const char *words, bool *any, const char *name)
{
	if (*any)
		text_add_item(out, "%s", name);
	else
		buf_addf(out, "\n%s: %s", words, name);
	*any = true;
}

/* Most of them, where one sample is tried with the rules of a machine. */
static void
report_unread(const struct tally *tally, struct buf *out)
{
	bool any = false;

	for (size_t i = 0; i < tally->plan->rule_count; i++) {
		if (!tally->rules[i].read && !tally->plan->rules[i].report)
			add_name(out, "Rules none of whose logs was read", &any,
			    rule_name(tally->plan->rules[i].rule));
	}
	if (any)
		buf_add_byte(out, '\n');
}

static bool
is_used(const struct tally_rule *rule)
{
	for (size_t i = 0; i < rule->pattern_count; i++)
		if (rule->patterns[i].hits)
			return true;
	return false;
}

static void
report_unused_patterns(const struct tally *tally, struct buf *out)
{
	bool any = false;

	for (size_t i = 0; i < tally->plan->rule_count; i++) {
		const struct tally_rule *rule = &tally->rules[i];

		for (size_t k = 0; rule->read && k < rule->pattern_count; k++) {
			if (rule->patterns[k].files || rule->patterns[k].hits)
				continue;
			if (!any)
				buf_add_str(out, "\nPatterns of sections that "
						 "never matched:\n");
			any = true;
			report_pattern(&rule->patterns[k], out);
		}
	}
}

static void
report_unused(const struct tally *tally, struct buf *out)
{
	size_t excludes = 0;
	bool any = false;

	for (size_t i = 0; i < tally->plan->rule_count; i++) {
		const struct tally_rule *rule = &tally->rules[i];

		if (!rule->read)
			continue;
		excludes += count_unused_excludes(rule);
		if (tally->plan->rules[i].report || is_used(rule))
			continue;
		add_name(out, "Rules that never matched", &any,
		    rule_name(tally->plan->rules[i].rule));
	}
	if (any)
		buf_add_byte(out, '\n');
	if (excludes)
		buf_addf(out, "%sExcludes that never matched: %zu\n",
		    any ? "" : "\n", excludes);
	if (tally->options.unused)
		report_unused_patterns(tally, out);
	tally_report_unused_files(tally, out);
}

/* --- What no rule matched ------------------------------------------------- */

static void
report_unmatched(struct tally *tally, struct buf *out)
{
	struct pipeline_log_totals logs = tally_logs(tally);
	struct tally_shape *top[TALLY_SHAPES];
	size_t count = tally_top_shapes(tally, top);
	uint64_t unseen = tally->records - logs.records;

	if (unseen)
		buf_addf(
		    out, "\nRecords that no rule reads: %" PRIu64 "\n", unseen);
	buf_addf(out,
	    "\nRecords that no rule matched: %" PRIu64 " of %" PRIu64 "%s\n",
	    logs.unmatched, logs.records,
	    tally->shapes_are_sampled ? " (their shapes are estimated)" : "");
	for (size_t i = 0; i < count; i++) {
		buf_addf(out, "  %10" PRIu64 "  ", top[i]->count);
		tally_add_shown(out, top[i]->text, SHAPE_MIN, SHAPE_MAX);
	}
}

/* --- The forecast --------------------------------------------------------- */

/* A person gets lines that fit, a program all of it in one. */
static void
add_part(struct buf *out, struct buf *words)
{
	if (terminal_columns())
		text_add_item(out, "%s", buf_str(words));
	else
		buf_addf(out, ", %s", buf_str(words));
}

static void
report_sink(const struct tally_sink *sink, bool *first, struct buf *out)
{
	struct buf words = BUF_INIT;

	if (!sink->sent && !sink->capped)
		return;
	buf_addf(&words, "%" PRIu64 " %s (%s", sink->sent,
	    tally_sink_word(sink, sink->sent != 1), sink->section->name);
	if (sink->capped)
		buf_addf(&words, "; %" PRIu64 " more held by storm",
		    sink->capped);
	buf_add_byte(&words, ')');
	if (*first)
		buf_addf(out, " %s", buf_str(&words));
	else
		add_part(out, &words);
	buf_release(&words);
	*first = false;
}

static void
report_tops(const struct tally *tally, struct buf *out)
{
	const struct tally_rule *rule = tally_top_rule(tally);
	const struct tally_key *key = tally_top_key(tally);
	size_t columns = terminal_columns();
	struct buf words = BUF_INIT;

	if (rule) {
		buf_addf(&words, "top rule %s (%" PRIu64 ")",
		    rule_name(tally->plan->rules[rule - tally->rules].rule),
		    rule->told);
		add_part(out, &words);
	}
	if (key) {
		buf_reset(&words);
		buf_add_str(&words, "top key ");
		terminal_cut(&words, span_str(key->key),
		    columns ? columns / 2 : SHAPE_MAX);
		buf_addf(&words, " (rule %s, %" PRIu64 ")", key->rule,
		    key->alerts);
		add_part(out, &words);
	}
	buf_release(&words);
}

static void
report_forecast(const struct tally *tally, struct buf *out)
{
	bool first = true;

	buf_add_byte(out, '\n');
	add_span_words(out, tally_span(tally));
	buf_add_byte(out, ':');
	for (size_t i = 0; i < tally->sink_count; i++)
		report_sink(&tally->sinks[i], &first, out);
	if (first)
		buf_add_str(out, " nobody would have been told anything");
	report_tops(tally, out);
	buf_add_byte(out, '\n');
}

void
tally_report(struct tally *tally)
{
	struct buf out = BUF_INIT;

	buf_add_byte(&out, '\n');
	report_read(tally, &out);
	for (size_t i = 0; i < tally->plan->rule_count; i++)
		report_rule(tally, i, &out);
	tally_report_headings(tally, &out);
	report_unread(tally, &out);
	report_unused(tally, &out);
	report_unmatched(tally, &out);
	report_forecast(tally, &out);
	fwrite(out.data, 1, out.len, stdout);
	buf_release(&out);
}
