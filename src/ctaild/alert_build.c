/*
 * alert_build: fills struct alert from what the rooms said.
 *
 * Hides how ids and incident keys are composed (DESIGN.md section 6).
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fields.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "base/utf8.h"
#include "ctaild/alert_build_internal.h"
#include "judge/shape.h"
#include "message/variables.h"

_Static_assert(ALERT_BINS == HISTOGRAM_BINS, "they are the same bins");

#define SUBJECT_BYTES_MAX 2000
#define CAPTURE_BYTES_MAX 4096 /* an alert must fit into one frame */

void
alert_set_incident(struct alert *alert)
{
	struct span parts[] = {span_str("incident"), span_str(alert->rule),
	    span_str(alert->hostname), span_str(alert->key)};

	alert_make_id(parts, sizeof(parts) / sizeof(*parts), alert->incident);
}

void
alert_begin(struct alert *alert, const struct alert_place *place,
    enum alert_kind kind, enum severity severity, const char *rule)
{
	alert_init(alert);
	alert->kind = kind;
	alert->severity = severity;
	alert->made_ms = place->now_ms;
	alert->first_ms = alert->last_ms = place->now_ms;
	alert->count = 1;
	alert_set(&alert->rule, span_str(rule));
	alert_set(&alert->hostname, span_str(place->hostname));
}

struct span
alert_cut(struct span text, size_t max)
{
	return text.len > max ? span_of(text.data, utf8_cut(text, max)) : text;
}

void
alert_take_subject(struct alert *alert, struct buf *text)
{
	alert_set(
	    &alert->subject, alert_cut(buf_span(text), SUBJECT_BYTES_MAX));
	buf_release(text);
}

void
alert_take_times(struct alert *alert, const struct histogram *times)
{
	if (!times)
		return;
	alert->times.start_ms = times->start_ms;
	alert->times.width_ms = times->width_ms;
	memcpy(alert->times.bins, times->bins, sizeof(alert->times.bins));
}

static void
take_decision(struct alert *alert, const struct decision *decision)
{
	alert->count = decision->count;
	alert->events = decision->events;
	alert->held_period_ms = decision->period_ms;
	if (decision->first_ms > 0)
		alert->first_ms = decision->first_ms;
	if (decision->last_ms > 0)
		alert->last_ms = decision->last_ms;
	alert_take_times(alert, decision->times);
	alert_set(&alert->key, decision->key);
	alert_set_incident(alert);
}

static void
take_lines(struct alert *alert, const struct decision *decision)
{
	if (decision->line_count)
		alert_clear_lines(alert);
	for (size_t i = 0; i < decision->line_count; i++)
		alert_add_line(alert, decision->lines[i]);
}

/* The last one is the record at hand, of which more is there than what a
 * decider keeps of a line: a stack trace is worth reading to its end. */
static void
take_lines_before(
    struct alert *alert, const struct decision *decision, struct span text)
{
	for (size_t i = 0; i + 1 < decision->line_count; i++)
		alert_add_line(alert, decision->lines[i]);
	alert_add_line(alert, text);
}

static void
take_captures(struct alert *alert, const struct rule *rule,
    const struct rule_match *match)
{
	struct span value;
	const char *name;
	char number[16];

	for (size_t i = 0; (name = rule_capture_name(rule, match, i, &value));
	     i++)
		alert_add_capture(
		    alert, span_str(name), alert_cut(value, CAPTURE_BYTES_MAX));
	for (size_t i = 0; i < match->captures.count && i < 10; i++) {
		snprintf(number, sizeof(number), "%zu", i);
		alert_add_capture(alert, span_str(number),
		    alert_cut(match->captures.groups[i], CAPTURE_BYTES_MAX));
	}
}

/* What the record brings along; a pattern's own capture of the same name is
 * meant instead. */
static void
take_fields(struct alert *alert, const struct rule *rule,
    const struct rule_match *match, struct span fields)
{
	struct span name, value, own;
	size_t cursor = 0;

	while (
	    cursor < fields.len && fields_next(fields, &cursor, &name, &value))
		if (!rule_capture(rule, match, name, &own))
			alert_add_capture(
			    alert, name, alert_cut(value, CAPTURE_BYTES_MAX));
}

/* How much of the last line stands in the record as it does there. */
static size_t
common_bytes(struct span line, struct span text)
{
	size_t len = line.len < text.len ? line.len : text.len, at = 0;

	while (at < len && line.data[at] == text.data[at])
		at++;
	return at;
}

/* What the pattern found, in the last line, which is the record as far as it
 * was kept.  Captures point into the text of the record, masked or not;
 * anywhere else they tell nothing. */
static void
take_match(struct alert *alert, struct span text,
    const struct rule_match *match)
{
	struct span found = match->captures.groups[0];
	size_t common, offset;

	if (!match->captures.count || !found.len || found.data < text.data ||
	    found.data + found.len > text.data + text.len)
		return;
	offset = (size_t)(found.data - text.data);
	common = common_bytes(alert_last_line(alert), text);
	if (offset >= common)
		return;
	alert_set_match(alert, offset,
	    found.len < common - offset ? found.len : common - offset);
}

static void
set_record_id(struct alert *alert, const struct record *record)
{
	char offset[24];

	snprintf(offset, sizeof(offset), "%" PRIu64, record->offset);
	struct span parts[] = {span_str(record->incarnation), span_str(offset),
	    span_str(alert->rule), span_str(alert_kind_name(alert->kind))};
	alert_make_id(parts, sizeof(parts) / sizeof(*parts), alert->id);
}

/* A subject is short, and when it was stands beside it: a line that is a part
 * of it goes without its time. */
static bool
subject_lookup(void *arg, struct span name, struct buf *value_out)
{
	const struct alert *alert = arg;

	if (!span_is(name, "line"))
		return variable_lookup(arg, name, value_out);
	buf_add_span(value_out, shape_behind_time(alert_last_line(alert)));
	return true;
}

static void
render_subject(struct alert *alert, const struct plan_rule *rule)
{
	struct buf subject = BUF_INIT;

	template_render(rule->subject, subject_lookup, alert, &subject);
	alert_take_subject(alert, &subject);
}

static enum alert_kind
kind_of(const struct decision *decision)
{
	static const enum alert_kind kinds[] = {
	    [DECISION_COUNTED] = ALERT_MATCH,
	    [DECISION_HELD] = ALERT_MATCH,
	    [DECISION_ALERT] = ALERT_MATCH,
	    [DECISION_SUMMARY] = ALERT_SUMMARY,
	    [DECISION_DIGEST] = ALERT_DIGEST,
	    [DECISION_ABSENT] = ALERT_ABSENT,
	    [DECISION_RECOVERY] = ALERT_RECOVERY,
	    [DECISION_RENEWAL] = ALERT_RENEWAL,
	};

	return kinds[decision->kind];
}

/* It is about what matched, as its rule says it. */
static bool
is_of_match(enum alert_kind kind)
{
	return kind == ALERT_MATCH || kind == ALERT_RENEWAL;
}

/* The T of `absent T'; 0: it is not that. */
static int64_t
absent_ms(const struct plan_rule *rule)
{
	const struct when_spec *when = &rule_settings(rule->rule)->when;

	return when_class(when) == WHEN_ABSENT ? when->window_ms : 0;
}

/* A template was written for what matched; what is over, held or missing has
 * its own sentence, unless, of what is missing, the rule says it itself. */
static void
make_subject(struct alert *alert, const struct plan_rule *rule,
    const struct decision *decision, const char *about)
{
	switch (alert->kind) {
	case ALERT_SUMMARY:
		alert_words_summary(alert, decision, absent_ms(rule));
		alert->missing = absent_ms(rule) && decision->open;
		break;
	case ALERT_DIGEST:
		alert_words_digest(alert, decision);
		break;
	case ALERT_RECOVERY:
		alert_words_recovery(
		    alert, decision->since_ms, absent_ms(rule) > 0);
		break;
	case ALERT_ABSENT:
		if (!rule_settings(rule->rule)->subject) {
			alert_words_absent(alert, about);
			break;
		}
		/* fall through */
	default:
		render_subject(alert, rule);
		break;
	}
}

static void
begin_of_rule(struct alert *alert, const struct alert_place *place,
    const struct plan_rule *rule, const struct decision *decision)
{
	alert_begin(alert, place, kind_of(decision),
	    (enum severity)rule_settings(rule->rule)->severity,
	    rule_name(rule->rule));
}

void
alert_from_match(struct alert *alert, const struct alert_place *place,
    const struct plan_rule *rule, const struct decision *decision,
    const struct record *record, const char *log_name,
    const struct rule_match *match)
{
	begin_of_rule(alert, place, rule, decision);
	take_decision(alert, decision);
	take_lines_before(alert, decision, record->text);
	take_match(alert, record->text, match);
	take_captures(alert, rule->rule, match);
	take_fields(alert, rule->rule, match, record->fields);
	alert->undecided = match->undecided;
	alert->offset = record->offset;
	alert_set(&alert->log, span_str(log_name));
	alert_set(&alert->file, span_str(record->path));
	set_record_id(alert, record);
	make_subject(alert, rule, decision, "");
	if (is_of_match(alert->kind))
		alert_take_hints(alert, rule, place->masks);
}

/* Where the pattern found the record is known of that record alone. */
static void
take_decision_over(struct alert *alert, const struct decision *decision)
{
	size_t lines = decision->line_count;
	struct alert_line last = {.match_len = 0};

	if (lines && alert->line_count &&
	    span_equal(alert_last_line(alert), decision->lines[lines - 1]))
		last = alert->lines[alert->line_count - 1];
	take_decision(alert, decision);
	take_lines(alert, decision);
	if (last.match_len)
		alert_set_match(alert, last.match_offset, last.match_len);
}

int
alert_from_payload(struct alert *alert, const struct alert_place *place,
    const struct plan_rule *rule, const struct decision *decision)
{
	if (alert_decode(decision->payload, alert, NULL)) {
		alert_from_clock(alert, place, rule, decision, "");
		return -1;
	}
	alert->kind = kind_of(decision);
	if (alert->kind != ALERT_MATCH)
		alert->id[0] = '\0';
	alert->severity = (enum severity)rule_settings(rule->rule)->severity;
	alert->made_ms = place->now_ms;
	alert_set(&alert->rule, span_str(rule_name(rule->rule)));
	alert_set(&alert->hostname, span_str(place->hostname));
	take_decision_over(alert, decision);
	make_subject(alert, rule, decision, "");
	if (is_of_match(alert->kind))
		alert_take_hints(alert, rule, place->masks);
	return 0;
}

static void
take_about(
    struct alert *alert, const struct decision *decision, const char *about)
{
	if (alert->kind != ALERT_ABSENT)
		return;
	alert->count = 0;
	if (decision->since_ms > 0)
		alert->first_ms = decision->since_ms;
	if (*about)
		alert_add_line(alert, span_str(about));
}

/* Of a key that is nothing but one capture that capture is known; but not of
 * one that was too long, and ends with a digest. */
static void
take_key_capture(struct alert *alert, const struct plan_rule *rule,
    const struct decision *decision)
{
	struct span name;

	if (decision->key.len &&
	    decision->key.len < DECIDER_KEY_BYTES - 2 * SHA256_SIZE &&
	    plan_key_is_capture(rule, &name))
		alert_add_capture(alert, name, decision->key);
}

void
alert_from_clock(struct alert *alert, const struct alert_place *place,
    const struct plan_rule *rule, const struct decision *decision,
    const char *about)
{
	begin_of_rule(alert, place, rule, decision);
	take_decision(alert, decision);
	take_lines(alert, decision);
	take_key_capture(alert, rule, decision);
	take_about(alert, decision, about);
	make_subject(alert, rule, decision, about);
	if (alert->kind != ALERT_RECOVERY)
		alert_take_hints(alert, rule, place->masks);
}

void
alert_from_summary(struct alert *alert, const struct alert_place *place,
    const char *rule, enum severity severity, const struct decision *decision)
{
	alert_begin(alert, place, ALERT_SUMMARY, severity, rule);
	take_decision(alert, decision);
	take_lines(alert, decision);
	alert_words_summary(alert, decision, 0);
}
