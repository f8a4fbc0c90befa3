/*
 * The prefilter: each engine finds exactly the patterns of which a string
 * occurs, wherever it stands, and never rules out one that matches.
 */
#include "config.h"

#include <stdint.h>

#include "base/mem.h"
#include "judge/pattern.h"
#include "judge/prefilter.h"
#include "tap.h"

#define PATTERNS_MAX 2000
#define RECORD_MAX 300

static const struct {
	enum prefilter_engine engine;
	const char *name;
} engines[] = {
    {PREFILTER_AUTO, "the one chosen"},
    {PREFILTER_GRAMS, "grams"},
    {PREFILTER_VECTOR, "the vector search"},
    {PREFILTER_VECTOR_NARROW, "the narrow vector search"},
    {PREFILTER_VECTOR_PORTABLE, "the portable vector search"},
    {PREFILTER_PAIR, "pairs"},
    {PREFILTER_PAIR_NARROW, "narrow pairs"},
    {PREFILTER_PAIR_PORTABLE, "portable pairs"},
};
#define ENGINES (sizeof(engines) / sizeof(*engines))

/* Patterns under each engine. */
struct filters {
	struct prefilter_pattern *patterns;
	size_t count;
	struct rarity *rarity;
	struct literals *literals;
	struct prefilter *of[ENGINES];
	struct candidates *found[ENGINES];
};

static void
filters_init(
    struct filters *f, struct prefilter_pattern *patterns, size_t count)
{
	*f = (struct filters){.patterns = patterns, .count = count};
	f->rarity = rarity_new();
	f->literals = xcalloc(count, sizeof(*f->literals));
	for (size_t i = 0; i < count; i++)
		literals_find(patterns[i].text, patterns[i].flags, f->rarity,
		    &f->literals[i]);
	for (size_t i = 0; i < ENGINES; i++) {
		f->of[i] = prefilter_new(
		    patterns, count, f->rarity, engines[i].engine);
		f->found[i] = prefilter_candidates_new(f->of[i]);
	}
}

static void
filters_release(struct filters *f)
{
	for (size_t i = 0; i < ENGINES; i++) {
		prefilter_free(f->of[i]);
		candidates_free(f->found[i]);
	}
	rarity_free(f->rarity);
	free(f->literals);
}

/* --- What is right -------------------------------------------------------- */

static char
fold(char byte)
{
	return byte >= 'A' && byte <= 'Z' ? (char)(byte + 32) : byte;
}

static bool
stands_at(const struct literal *literal, bool nocase, const char *at)
{
	for (size_t i = 0; i < literal->len; i++) {
		char its = (char)literal->bytes[i];

		if (its != (nocase ? fold(at[i]) : at[i]))
			return false;
	}
	return true;
}

static bool
occurs(const struct literal *literal, bool nocase, struct span record)
{
	for (size_t at = 0; at + literal->len <= record.len; at++)
		if (stands_at(literal, nocase, record.data + at))
			return true;
	return false;
}

static bool
may_match(const struct literals *literals, struct span record)
{
	for (size_t i = 0; i < literals->count; i++)
		if (occurs(&literals->of[i], literals->nocase, record))
			return true;
	return !literals->count;
}

/* What an engine says wrongly of a record, -1 for nothing.  The record is
 * copied to its own memory, so that a byte too many is noticed. */
static long
mistake(struct filters *f, size_t engine, struct span record)
{
	char *copy = xmemdup(record.data, record.len);
	struct candidates *found = f->found[engine];
	size_t next = 0;
	long wrong = -1;

	prefilter_search(f->of[engine], span_of(copy, record.len), found);
	for (size_t i = 0; i < f->count && wrong < 0; i++) {
		bool may = may_match(&f->literals[i], record);

		if (candidates_has(found, i) != may)
			wrong = (long)i;
		if (!may)
			continue;
		if (candidates_next(found, next, f->count) != i)
			wrong = (long)i;
		next = i + 1;
	}
	if (wrong < 0 && candidates_next(found, next, f->count) != f->count)
		wrong = (long)f->count;
	free(copy);
	return wrong;
}

static bool
all_right(struct filters *f, struct span record)
{
	for (size_t i = 0; i < ENGINES; i++) {
		long wrong = mistake(f, i, record);

		if (wrong < 0)
			continue;
		printf("# %s is wrong about pattern %ld, %s, in \"%.*s\"\n",
		    engines[i].name, wrong,
		    (size_t)wrong < f->count ? f->patterns[wrong].text : "?",
		    (int)record.len, record.data);
		return false;
	}
	return true;
}

/* --- Places --------------------------------------------------------------- */

static struct prefilter_pattern planted[] = {
    {"a", 0}, {"Qz", 0}, {"xyz", 0}, {"wxyz", 0}, {"five5", 0},
    {"sixsix", 0}, {"Failed password", PATTERN_NOCASE},
    {"a string of some length", 0}, {"seven|eight|nine", 0}, {"ab?c", 0},
    {"KELVIN", PATTERN_NOCASE}, {"K", PATTERN_NOCASE}};

static bool
is_right_everywhere(struct filters *f, const char *text, char around)
{
	char bytes[RECORD_MAX];
	size_t len = strlen(text);

	for (size_t whole = 0; whole <= 110; whole++)
		for (size_t at = 0; at + len <= whole; at++) {
			memset(bytes, around, whole);
			memcpy(bytes + at, text, len);
			if (!all_right(f, span_of(bytes, whole)))
				return false;
		}
	return true;
}

static void
test_places(void)
{
	static const char *const texts[] = {"a", "Qz", "xyz", "wxyz", "five5",
	    "sixsix", "FAILED passworD", "a string of some length", "eight",
	    "ac", "kelvin", "k"};
	size_t count = sizeof(planted) / sizeof(*planted);
	struct filters f;

	filters_init(&f, planted, count);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		OK(is_right_everywhere(&f, texts[i], '.') &&
			is_right_everywhere(&f, texts[i], '\0'),
		    "\"%s\" is found at every place of records of every length",
		    texts[i]);
	filters_release(&f);
	/* Without the short ones, there is no search for those. */
	filters_init(&f, planted + 4, 4);
	OK(is_right_everywhere(&f, "five5", '5') &&
		is_right_everywhere(&f, "sixsix", 's') &&
		is_right_everywhere(&f, "a string of some length", 'g'),
	    "and so where no string is shorter than a window");
	filters_release(&f);
}

static void
test_odd_records(void)
{
	struct filters f;

	filters_init(&f, planted, sizeof(planted) / sizeof(*planted));
	OK(all_right(&f, span_of(NULL, 0)) && all_right(&f, span_of("", 0)),
	    "an empty record has only what is always a candidate");
	OK(all_right(&f, span_of("wxy\0wxyz", 8)) &&
		all_right(&f, span_of("\0\0\0", 3)),
	    "NUL is a byte like others");
	OK(all_right(&f, span_str("two lines\nof sixsix\nand wx\nyz")),
	    "a record may have several lines");
	OK(all_right(&f, span_str("\xff\xfe sixsi\xf3x FAILED\x80PASSWORD")),
	    "bytes above 127 have no case");
	filters_release(&f);
}

static void
test_none(void)
{
	static struct prefilter_pattern open[] = {
	    {"", 0}, {".", 0}, {"x*", 0}, {"[ab]|", 0}};
	struct filters f;

	filters_init(&f, NULL, 0);
	OK(all_right(&f, span_str("text")), "there may be no pattern");
	filters_release(&f);
	filters_init(&f, open, 4);
	IS_INT((long long)prefilter_covered(f.of[0]), 0,
	    "patterns without a string are not covered");
	OK(all_right(&f, span_str("text")) && candidates_has(f.found[0], 3),
	    "and always candidates");
	filters_release(&f);
}

static void
test_nul_strings(void)
{
	static struct prefilter_pattern nul[] = {
	    {"\\x00", 0}, {"\\x00\\x00", 0}, {"a\\x00b\\x00c", 0}};
	struct filters f;

	filters_init(&f, nul, 3);
	OK(is_right_everywhere(&f, "end", '.') &&
		is_right_everywhere(&f, "a", '\0'),
	    "what is behind the end of a record is no NUL");
	filters_release(&f);
}

/* --- Random sets ---------------------------------------------------------- */

/* xorshift (Marsaglia, 2003) */
static uint32_t
dice(uint32_t *state, uint32_t sides)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state % sides;
}

static const char *const words[] = {"sshd", "session", "opened", "closed",
    "failed", "FAILED", "error", "user", "root", "port", "from", "to", "a",
    "]: ", "connection", "disk", "full", "kernel", "warn", "=", "x", "timeout",
    "refused", "lost", "mail", "queue", "[0-9]+", ".*", "\\d", "(?:a|bc|def)",
    "(one|two)?", "\\S+", "[ab]c", "(?i:mixed)", "e{2,3}"};
#define WORDS (sizeof(words) / sizeof(*words))
#define PLAIN_WORDS 26

static void
add_word(uint32_t *state, char *out, size_t size, uint32_t kinds)
{
	size_t used = strlen(out);

	snprintf(out + used, size - used, "%s%s", words[dice(state, kinds)],
	    dice(state, 3) ? "" : " ");
}

static char *
random_pattern(uint32_t *state)
{
	char text[200] = "";
	uint32_t parts = 1 + dice(state, 4);

	for (uint32_t i = 0; i < parts; i++)
		add_word(state, text, sizeof(text), WORDS);
	if (!dice(state, 3)) {
		size_t used = strlen(text);

		snprintf(text + used, sizeof(text) - used, "%u",
		    (unsigned)dice(state, 3000));
	}
	return xstrdup(text);
}

static struct prefilter_pattern *
random_patterns(uint32_t *state, size_t count)
{
	struct prefilter_pattern *patterns = xcalloc(count, sizeof(*patterns));

	for (size_t i = 0; i < count; i++) {
		patterns[i].text = random_pattern(state);
		patterns[i].flags =
		    (dice(state, 4) ? 0 : PATTERN_NOCASE) |
		    (dice(state, 8) ? 0 : PATTERN_UTF);
	}
	return patterns;
}

/* Words, numbers, and sometimes any byte at all. */
static struct span
random_record(uint32_t *state, char out[RECORD_MAX])
{
	uint32_t parts = dice(state, 12);
	size_t len;

	*out = '\0';
	for (uint32_t i = 0; i < parts; i++) {
		add_word(state, out, 150, PLAIN_WORDS);
		len = strlen(out);
		if (dice(state, 2))
			snprintf(out + len, 8, "%u",
			    (unsigned)dice(state, 3000));
	}
	len = strlen(out);
	for (uint32_t i = dice(state, 4); len && i; i--)
		out[dice(state, (uint32_t)len)] = (char)dice(state, 256);
	return span_of(out, len);
}

/* No pattern is ruled out that PCRE2 finds. */
static bool
rules_out_none(struct filters *f, struct pattern **compiled,
    struct pattern_scratch *scratch, struct span record)
{
	prefilter_search(f->of[0], record, f->found[0]);
	for (size_t i = 0; i < f->count; i++) {
		if (candidates_has(f->found[0], i) ||
		    pattern_match(compiled[i], scratch, record, NULL) ==
			PATTERN_NO)
			continue;
		printf("# \"%s\" matches \"%.*s\"\n", f->patterns[i].text,
		    (int)record.len, record.data);
		return false;
	}
	return true;
}

static void
test_random(uint32_t seed, size_t count, size_t records)
{
	struct prefilter_pattern *patterns = random_patterns(&seed, count);
	struct pattern **compiled = xcalloc(count, sizeof(*compiled));
	struct pattern_scratch *scratch = pattern_scratch_new();
	char bytes[RECORD_MAX];
	bool right = true, sound = true;
	struct filters f;

	for (size_t i = 0; i < count; i++)
		compiled[i] =
		    pattern_new(patterns[i].text, patterns[i].flags, NULL);
	filters_init(&f, patterns, count);
	for (size_t i = 0; i < records && right && sound; i++) {
		struct span record = random_record(&seed, bytes);

		right = all_right(&f, record);
		sound = rules_out_none(&f, compiled, scratch, record);
	}
	OK(right, "%zu random patterns: each engine finds what is there",
	    count);
	OK(sound, "%zu random patterns: none that matches is ruled out", count);
	filters_release(&f);
	for (size_t i = 0; i < count; i++) {
		pattern_free(compiled[i]);
		free((char *)patterns[i].text);
	}
	pattern_scratch_free(scratch);
	free(compiled);
	free(patterns);
}

int
main(void)
{
	test_places();
	test_odd_records();
	test_none();
	test_nul_strings();
	for (uint32_t seed = 1; seed <= 20; seed++) {
		test_random(seed, 1, 100);
		test_random(seed, 3, 100);
		test_random(seed, 10, 100);
	}
	test_random(101, 50, 300);
	test_random(102, 300, 100);
	test_random(103, PATTERNS_MAX, 20);
	return tap_done();
}
