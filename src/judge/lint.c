/*
 * lint: looks over rules for what was hardly meant.
 *
 * Better silent than wrong: whatever is told here is so.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "judge/lint.h"
#include "judge/lint_internal.h"

static const char *const list_words[RULE_LISTS] = {
    [RULE_MATCH] = "match",
    [RULE_EXCLUDE] = "exclude",
    [RULE_CLOSE] = "close",
};

static const struct rule_settings *
lint_settings(const struct lint_rule *rule)
{
	return rule_settings(rule->rule);
}

void
lint_warn(const struct linter *linter, const struct lint_rule *rule,
    struct origin origin, const char *format, ...)
{
	struct buf text = BUF_INIT;
	va_list args;

	buf_addf(&text, "[rule %s] ", rule_name(rule->rule));
	va_start(args, format);
	buf_addv(&text, format, args);
	va_end(args);
	linter->warn(linter->arg, origin, buf_str(&text));
	buf_release(&text);
}

static bool
list_has(const struct setting_list *list, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(list->items[i].text, text))
			return true;
	}
	return false;
}

/* --- One rule ------------------------------------------------------------- */

static void
lint_twice(const struct linter *linter, const struct lint_rule *rule,
    const char *key, const struct setting_list *list)
{
	for (size_t i = 1; i < list->count; i++) {
		if (list_has(list, i, list->items[i].text))
			lint_warn(linter, rule, list->items[i].origin,
			    "%s: this pattern stands here twice", key);
	}
}

static void
lint_written(const struct linter *linter, const struct lint_rule *rule,
    const char *key, const struct setting_list *list)
{
	const struct rule_settings *settings = lint_settings(rule);
	bool shown = settings->should_match.count > 0;

	for (size_t i = 0; i < list->count; i++) {
		const char *why = lint_foreign(list->items[i].text, shown);

		if (!why && !shown && !(settings->flags & PATTERN_EXTENDED))
			why = lint_text(list->items[i].text);
		if (why)
			lint_warn(linter, rule, list->items[i].origin, "%s: %s",
			    key, why);
	}
}

static void
lint_strange(const struct linter *linter, const struct lint_rule *rule)
{
	const struct rule_settings *settings = lint_settings(rule);

	lint_written(linter, rule, "match", &settings->match);
	lint_written(linter, rule, "exclude", &settings->exclude);
	lint_written(linter, rule, "close", &settings->close);
}

static void
lint_repeats(const struct linter *linter, const struct lint_rule *rule)
{
	const struct rule_settings *settings = lint_settings(rule);
	const struct setting_list *match = &settings->match;

	lint_twice(linter, rule, "match", match);
	lint_twice(linter, rule, "exclude", &settings->exclude);
	lint_twice(linter, rule, "close", &settings->close);
	for (size_t i = 0; i < match->count; i++) {
		if (list_has(&settings->exclude, settings->exclude.count,
			match->items[i].text))
			lint_warn(linter, rule, match->items[i].origin,
			    "match: what this pattern matches is excluded by "
			    "the same pattern");
	}
}

/* What is written for "everything", and so is meant. */
static bool
is_everything(const char *text)
{
	static const char *const words[] = {
	    "", "^", "$", ".*", "^.*", ".*$", "^.*$", NULL};

	for (size_t i = 0; words[i]; i++) {
		if (!strcmp(text, words[i]))
			return true;
	}
	return false;
}

/* Whether it looks around itself, and so may find the empty text here and
 * not there. */
static bool
looks_around(const char *text)
{
	static const char *const signs[] = {
	    "(?=", "(?!", "(?<", "(?(", "(*", "\\b", "\\B", "\\K", NULL};

	for (size_t i = 0; signs[i]; i++) {
		if (strstr(text, signs[i]))
			return true;
	}
	return false;
}

/* Finds the empty text everywhere, in the midst of anything. */
static bool
takes_all(const struct linter *linter, const struct pattern *pattern)
{
	static const char *const probes[] = {"", "\x01", "q~ Q;7", NULL};

	if (looks_around(pattern_text(pattern)) || pattern_needs_text(pattern))
		return false;
	for (size_t i = 0; probes[i]; i++) {
		struct captures captures;

		if (pattern_match(pattern, linter->scratch, span_str(probes[i]),
			&captures) != PATTERN_YES ||
		    captures.groups[0].len)
			return false;
	}
	return true;
}

static void
lint_takes_all(const struct linter *linter, const struct lint_rule *rule,
    enum rule_list list, const struct pattern *pattern, struct origin origin)
{
	bool meant = is_everything(pattern_text(pattern));

	if (list == RULE_EXCLUDE && (meant || takes_all(linter, pattern)))
		lint_warn(linter, rule, origin,
		    "exclude: this pattern matches every record, so that the "
		    "rule never does");
	else if (!meant && takes_all(linter, pattern))
		lint_warn(linter, rule, origin,
		    "%s: this pattern matches the empty text, and so every "
		    "record; write .* where that is meant",
		    list_words[list]);
}

static void
lint_patterns(const struct linter *linter, const struct lint_rule *rule)
{
	const struct pattern *pattern;
	struct origin origin;
	enum rule_list list;

	for (size_t i = 0;
	     (pattern = rule_pattern(rule->rule, i, &list, &origin)); i++) {
		const char *why = lint_never_matches(pattern_text(pattern),
		    lint_settings(rule)->flags, rule->lines);

		if (why)
			lint_warn(linter, rule, origin,
			    "%s: this pattern can never match: %s",
			    list_words[list], why);
		lint_takes_all(linter, rule, list, pattern, origin);
	}
}

/* --- One rule before another ---------------------------------------------- */

/* A rule's patterns and how many of each it has. */
struct lint_texts {
	struct map *lists[RULE_LISTS];
	bool everything; /* one of `match' is meant to be that */
};

static void
texts_init(struct lint_texts *texts, const struct lint_rule *rule)
{
	const struct pattern *pattern;
	struct origin origin;
	enum rule_list list;

	texts->everything = false;
	for (size_t i = 0; i < RULE_LISTS; i++)
		texts->lists[i] = map_new();
	for (size_t i = 0;
	     (pattern = rule_pattern(rule->rule, i, &list, &origin)); i++) {
		const char *text = pattern_text(pattern);

		map_put(texts->lists[list], span_str(text), texts);
		if (list == RULE_MATCH && is_everything(text))
			texts->everything = true;
	}
}

static void
texts_release(struct lint_texts *texts)
{
	for (size_t i = 0; i < RULE_LISTS; i++)
		map_free(texts->lists[i], NULL);
}

static bool
is_within(const struct map *small, const struct map *large)
{
	struct span key;
	size_t cursor = 0;
	void *value;

	if (map_count(small) > map_count(large))
		return false;
	while (map_next(small, &cursor, &key, &value)) {
		if (!map_get(large, key))
			return false;
	}
	return true;
}

static bool
reads_within(const struct linter *linter, const struct lint_rule *inner,
    const struct lint_rule *outer)
{
	for (size_t i = 0; i < linter->log_count; i++) {
		if (inner->logs[i] && !outer->logs[i])
			return false;
	}
	return true;
}

/* All that `later' wants, `earlier' takes: the same patterns or more, in the
 * same logs or more, and nothing excluded that is not excluded there. */
static bool
takes_from(const struct linter *linter, const struct lint_rule *earlier,
    const struct lint_texts *its, const struct lint_rule *later,
    const struct lint_texts *theirs)
{
	if (!reads_within(linter, later, earlier) ||
	    !is_within(its->lists[RULE_EXCLUDE], theirs->lists[RULE_EXCLUDE]))
		return false;
	if (its->everything && !map_count(its->lists[RULE_EXCLUDE]))
		return true;
	return lint_settings(earlier)->flags == lint_settings(later)->flags &&
	       is_within(theirs->lists[RULE_MATCH], its->lists[RULE_MATCH]);
}

/* Rules with `then = stop', in order, each under the patterns that it takes:
 * rules are many, and only these need to be asked about one of theirs. */
struct stops {
	size_t *rules;
	size_t count;
};

static void
stops_add(struct map *all, struct span pattern, size_t rule)
{
	struct stops *stops = map_get(all, pattern);

	if (!stops) {
		stops = xcalloc(1, sizeof(*stops));
		map_put(all, pattern, stops);
	}
	stops->rules = xreallocarray(
	    stops->rules, stops->count + 1, sizeof(*stops->rules));
	stops->rules[stops->count++] = rule;
}

static void
stops_free(void *value)
{
	struct stops *stops = value;

	free(stops->rules);
	free(stops);
}

/* One that takes everything stands under the empty pattern, which means the
 * same. */
static void
note_stop(const struct linter *linter, const struct lint_texts *its,
    size_t rule, struct map *all)
{
	struct span pattern;
	size_t cursor = 0;
	void *value;

	if (lint_settings(&linter->rules[rule])->then != RULE_STOP)
		return;
	if (its->everything)
		stops_add(all, span_str(""), rule);
	while (map_next(its->lists[RULE_MATCH], &cursor, &pattern, &value))
		if (pattern.len)
			stops_add(all, pattern, rule);
}

/* The first rule under the pattern that takes all from a later one. */
static size_t
first_taker(const struct linter *linter, const struct lint_texts *texts,
    size_t later, const struct stops *stops)
{
	for (size_t i = 0; stops && i < stops->count; i++) {
		size_t earlier = stops->rules[i];

		if (takes_from(linter, &linter->rules[earlier], &texts[earlier],
			&linter->rules[later], &texts[later]))
			return earlier;
	}
	return SIZE_MAX;
}

/* all: of the rules before it. */
static void
lint_unreachable(const struct linter *linter, const struct lint_texts *texts,
    size_t later, const struct map *all)
{
	const struct lint_rule *rule = &linter->rules[later];
	struct span pattern;
	struct origin origin;
	enum rule_list list;
	size_t cursor = 0, earlier, other;
	void *value;

	if (!map_next(texts[later].lists[RULE_MATCH], &cursor, &pattern,
		&value) ||
	    !rule_pattern(rule->rule, 0, &list, &origin))
		return;
	earlier = first_taker(linter, texts, later, map_get(all, pattern));
	other = first_taker(linter, texts, later, map_get(all, span_str("")));
	if (other < earlier)
		earlier = other;
	if (earlier == SIZE_MAX)
		return;
	lint_warn(linter, rule, origin,
	    "no record ever comes to this rule: [rule %s] before it takes "
	    "them all and says `then = stop'",
	    rule_name(linter->rules[earlier].rule));
}

void
lint_rules(const struct lint_rule *rules, size_t count, size_t log_count,
    void (*warn)(void *arg, struct origin origin, const char *text), void *arg)
{
	struct linter linter = {
	    rules, count, log_count, pattern_scratch_new(), warn, arg};
	struct lint_texts *texts = xcalloc(count, sizeof(*texts));
	struct map *stops = map_new(), *first_of = map_new();

	for (size_t i = 0; i < count; i++) {
		texts_init(&texts[i], &rules[i]);
		lint_repeats(&linter, &rules[i]);
		lint_strange(&linter, &rules[i]);
		lint_patterns(&linter, &rules[i]);
		lint_unreachable(&linter, texts, i, stops);
		note_stop(&linter, &texts[i], i, stops);
		lint_duplicate(&linter, &rules[i], first_of);
	}
	for (size_t i = 0; i < count; i++)
		texts_release(&texts[i]);
	map_free(stops, stops_free);
	map_free(first_of, NULL);
	free(texts);
	pattern_scratch_free(linter.scratch);
}
