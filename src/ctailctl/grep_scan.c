/*
 * grep_scan: the lines of a block that some rule wants.
 *
 * Hides the search before PCRE2, and that its strings are chosen by what the
 * log itself says: from its first megabyte, or when that much has gone by.
 */
#include "config.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/mem.h"
#include "ctailctl/grep.h"
#include "judge/logcheck.h"

/* Below, there is too little to choose from, and too little to learn from. */
#define SAMPLED_PATTERNS 64
#define SAMPLE_ENOUGH ((size_t)RARITY_SAMPLE_MAX / 4)

/* --- The filter ----------------------------------------------------------- */

static void
list_patterns(const struct grep_rules *rules, struct prefilter_pattern *out)
{
	for (size_t i = 0; i < rules->pattern_count; i++)
		if (rules->patterns[i])
			out[i] = (struct prefilter_pattern){
			    pattern_text(rules->patterns[i]),
			    pattern_flags(rules->patterns[i])};
}

static void
drop_filter(struct grep_scan *scan)
{
	sweep_free(scan->sweep);
	seek_free(scan->seek);
	candidates_free(scan->candidates);
	prefilter_free(scan->filter);
}

/* A match is the end of it: no exclude takes it away, and no pattern is
 * without a string. */
static bool
has_only_matches(const struct grep_scan *scan)
{
	enum rule_list which;
	struct origin origin;

	for (size_t i = 0; i < scan->rules->count; i++)
		for (size_t k = 0; rule_pattern(scan->rules->rules[i].rule, k,
			 &which, &origin);
		     k++)
			if (which == RULE_EXCLUDE)
				return false;
	return !prefilter_is_open(scan->filter);
}

static void
make_seek(struct grep_scan *scan)
{
	const struct grep_rules *rules = scan->rules;
	struct seek_pattern *patterns =
	    xcalloc(rules->pattern_count + 1, sizeof(*patterns));

	for (size_t i = 0; i < rules->pattern_count; i++)
		patterns[i].pattern = rules->patterns[i];
	for (size_t i = 0; i < rules->count; i++)
		for (size_t k = 0;
		     k < rule_pattern_count(rules->rules[i].rule); k++)
			patterns[rules->rules[i].first + k].of_logcheck =
			    rules->rules[i].of_logcheck;
	scan->seek = seek_new(scan->filter, patterns, rules->pattern_count,
	    scan->scratch, scan->quarantine);
	free(patterns);
}

static void
make_sweep(struct grep_scan *scan)
{
	const struct grep_rules *rules = scan->rules;

	scan->sweep = sweep_new(
	    scan->filter, rules->patterns, rules->pattern_count, scan->scratch);
	for (size_t i = 0; i < rules->count; i++)
		for (size_t k = 0; rules->rules[i].of_logcheck &&
				   k < rule_pattern_count(rules->rules[i].rule);
		     k++)
			sweep_set_logcheck(
			    scan->sweep, rules->rules[i].first + k);
}

static void
make_filter(struct grep_scan *scan)
{
	const struct grep_rules *rules = scan->rules;
	struct prefilter_pattern *patterns;
	struct rarity *rarity = rarity_new();

	patterns = xcalloc(rules->pattern_count + 1, sizeof(*patterns));
	list_patterns(rules, patterns);
	if (scan->sample.len)
		rarity_learn(rarity, buf_span(&scan->sample));
	scan->filter = prefilter_new(
	    patterns, rules->pattern_count, rarity, PREFILTER_AUTO);
	scan->candidates = prefilter_candidates_new(scan->filter);
	scan->seek = NULL;
	make_sweep(scan);
	if (!scan->by_name && has_only_matches(scan))
		make_seek(scan);
	rarity_free(rarity);
	free(patterns);
}

void
grep_scan_init(struct grep_scan *scan, const struct grep_rules *rules,
    const struct grep_input *input, bool by_name)
{
	*scan = (struct grep_scan){.rules = rules,
	    .by_name = by_name,
	    .scratch = pattern_scratch_new(),
	    .quarantine = quarantine_new()};
	pattern_scratch_clock(scan->scratch, clock_boot_ms);
	scan->sampled = rules->pattern_count < SAMPLED_PATTERNS;
	if (!scan->sampled)
		grep_input_sample(input, &scan->sample);
	make_filter(scan);
	if (scan->sample.len >= SAMPLE_ENOUGH)
		scan->sampled = true;
	buf_release(&scan->sample);
}

void
grep_scan_release(struct grep_scan *scan)
{
	drop_filter(scan);
	buf_release(&scan->sample);
	quarantine_free(scan->quarantine);
	pattern_scratch_free(scan->scratch);
}

/* Of what could not be looked at beforehand. */
static void
gather_sample(struct grep_scan *scan, struct span lines)
{
	size_t room = RARITY_SAMPLE_MAX - scan->sample.len;

	buf_add(&scan->sample, lines.data, lines.len < room ? lines.len : room);
	if (scan->sample.len < RARITY_SAMPLE_MAX)
		return;
	drop_filter(scan);
	make_filter(scan);
	buf_release(&scan->sample);
	scan->sampled = true;
}

const struct prefilter *
grep_scan_filter(const struct grep_scan *scan, bool *sure_out)
{
	*sure_out = scan->seek != NULL;
	return scan->sampled && !prefilter_is_open(scan->filter) ? scan->filter
								 : NULL;
}

/* --- Lines ---------------------------------------------------------------- */

static void
tell_quarantine(void *arg, const struct pattern *pattern)
{
	const struct grep_scan *scan = arg;
	struct origin origin = grep_rules_origin(scan->rules, pattern);

	diag(DIAG_WARNING,
	    "%s:%u: this pattern ran into its limits %d times in a minute and "
	    "is not tried for an hour",
	    origin.file ? origin.file : "?", origin.line, QUARANTINE_STRIKES);
}

/* Before each block, and each line that is one. */
static void
turn(struct grep_scan *scan)
{
	quarantine_now(scan->quarantine, clock_wall_ms());
	quarantine_news(scan->quarantine, tell_quarantine, scan);
}

/* The first rule that wants it has it. */
static bool
try_rules(struct grep_scan *scan, struct span text)
{
	for (size_t i = 0; i < scan->rules->count; i++) {
		const struct grep_rule *rule = &scan->rules->rules[i];
		struct rule_candidates candidates = {
		    scan->candidates, rule->first};

		rule_try_candidates(rule->rule, &candidates, scan->scratch,
		    scan->quarantine,
		    rule->of_logcheck ? logcheck_line(text) : text,
		    &scan->match);
		if (!scan->match.matched)
			continue;
		scan->undecided += scan->match.undecided;
		return true;
	}
	return false;
}

static bool
try_line(struct grep_scan *scan, struct span text)
{
	prefilter_search(scan->filter, text, scan->candidates);
	return try_rules(scan, text);
}

void
grep_scan_begin(struct grep_scan *scan, struct span lines)
{
	turn(scan);
	if (!scan->sampled)
		gather_sample(scan, lines);
	scan->lines = lines;
	if (scan->seek)
		seek_begin(scan->seek, lines);
	else
		sweep_begin(scan->sweep, lines);
}

/* As records are matched: without a CR before the newline. */
static struct span
line_text(struct span lines, size_t start, size_t end)
{
	struct span text = span_of(lines.data + start, end - 1 - start);

	if (text.len && text.data[text.len - 1] == '\r')
		text.len--;
	return text;
}

/* That of all that are tried, in their order, when it may match. */
static bool
seek_on(struct grep_scan *scan, size_t from, struct grep_line *out)
{
	struct span lines = scan->lines;
	struct seek_line line = {from, from, false};

	do {
		seek_next(scan->seek, line.end, &line);
		if (line.start == lines.len)
			return false;
		*out = (struct grep_line){.start = line.start, .end = line.end};
		if (line.surely)
			return true;
	} while (!try_line(scan, line_text(lines, line.start, line.end)));
	return true;
}

bool
grep_scan_next(struct grep_scan *scan, size_t from, struct grep_line *out)
{
	struct span lines = scan->lines;
	size_t at = from;

	if (scan->seek)
		return seek_on(scan, from, out);
	while ((at = sweep_next(scan->sweep, at)) < lines.len) {
		const char *newline =
		    memchr(lines.data + at, '\n', lines.len - at);
		size_t end = (size_t)(newline - lines.data) + 1;
		struct span text = line_text(lines, at, end);

		sweep_candidates(scan->sweep, at, text, scan->candidates);
		if (try_rules(scan, text)) {
			*out = (struct grep_line){at, end, scan->match.origin};
			return true;
		}
		at = end;
	}
	return false;
}

bool
grep_scan_head(
    struct grep_scan *scan, struct span head, struct origin *origin_out)
{
	turn(scan);
	scan->long_lines++;
	if (!try_line(scan, head))
		return false;
	*origin_out = scan->match.origin;
	return true;
}
