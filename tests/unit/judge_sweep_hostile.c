/*
 * judge_sweep_hostile: a hostile line costs its budget for each pattern, by
 * record and by block, and no other line or pattern suffers.
 *
 * Time is a clock that is ten milliseconds on at each look; between two looks
 * lies a bounded piece of work, so that looks are what a search costs.
 */
#include "config.h"

#include <time.h>

#include "judge/prefilter.h"
#include "judge/sweep.h"
#include "rule.h"

#define TICK_MS 10
#define LOOKS_MAX (2 * PATTERN_BUDGET_MS / TICK_MS)
#define LINES 64

static int64_t fake_now;

static int64_t
fake_clock(void)
{
	return fake_now += TICK_MS;
}

/* The first are hostile on lines of hostile_unit; some hold a string. */
static const char *const texts[] = {"(a+)+$", "(a|aa)+$", "!(a+)+$", "(x+x+)+y",
    "(?:a*)*[^a!x ?]", "needle \\d+", "^ok \\d+$", "\\d$", "(?i)NEEDLE",
    "\\s+$"};
enum { PATTERNS = sizeof(texts) / sizeof(*texts), HOSTILE = 5 };

struct scene {
	struct pattern *compiled[PATTERNS];
	struct prefilter_pattern patterns[PATTERNS];
	struct prefilter *filter;
	struct pattern_scratch *scratch;
	struct buf block;
	size_t begin[LINES + 1];
	enum pattern_verdict verdicts[LINES][PATTERNS];
	int64_t looks_most;
};

static void
add_hostile(struct buf *block, size_t len)
{
	buf_add_str(block, "needle 4 ");
	for (size_t i = 0; i < len; i++)
		buf_add_byte(block, "aaaaaaaaaaaaaaaxxxxxxxxxxxxxxx!"[i % 31]);
	buf_add_str(block, "yaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa?\n");
}

static void
scene_lines(struct scene *scene)
{
	for (size_t i = 0; i < LINES; i++) {
		scene->begin[i] = scene->block.len;
		if (i == 20)
			add_hostile(&scene->block, 32 * 1024);
		else if (i == 40)
			add_hostile(&scene->block, 1024 * 1024);
		else
			buf_addf(&scene->block, "%s %zu%s\n",
			    i % 7 ? "ok" : "a needle", i, i % 5 ? "" : "  ");
	}
	scene->begin[LINES] = scene->block.len;
}

static void
scene_make(struct scene *scene)
{
	struct rarity *rarity = rarity_new();

	memset(scene, 0, sizeof(*scene));
	for (size_t i = 0; i < PATTERNS; i++) {
		scene->compiled[i] = pattern_new(texts[i], 0, NULL);
		scene->patterns[i] = (struct prefilter_pattern){texts[i], 0};
	}
	scene->filter =
	    prefilter_new(scene->patterns, PATTERNS, rarity, PREFILTER_AUTO);
	scene->scratch = pattern_scratch_new();
	pattern_scratch_clock(scene->scratch, fake_clock);
	scene_lines(scene);
	rarity_free(rarity);
}

static void
scene_unmake(struct scene *scene)
{
	for (size_t i = 0; i < PATTERNS; i++)
		pattern_free(scene->compiled[i]);
	prefilter_free(scene->filter);
	pattern_scratch_free(scene->scratch);
	buf_release(&scene->block);
}

static struct span
scene_text(const struct scene *scene, size_t line)
{
	return span_of(scene->block.data + scene->begin[line],
	    scene->begin[line + 1] - scene->begin[line] - 1);
}

static enum pattern_verdict
ask(struct scene *scene, size_t line, size_t pattern)
{
	int64_t before = fake_now;
	enum pattern_verdict verdict = pattern_match(scene->compiled[pattern],
	    scene->scratch, scene_text(scene, line), NULL);
	int64_t looks = (fake_now - before) / TICK_MS;

	if (looks > scene->looks_most)
		scene->looks_most = looks;
	return verdict;
}

/* What each pattern says of each line, on its own. */
static void
test_each_alone(struct scene *scene)
{
	bool undecided = true, others = true;

	for (size_t line = 0; line < LINES; line++)
		for (size_t i = 0; i < PATTERNS; i++)
			scene->verdicts[line][i] = ask(scene, line, i);
	for (size_t i = 0; i < HOSTILE; i++)
		undecided &= scene->verdicts[20][i] != PATTERN_NO &&
			     scene->verdicts[40][i] != PATTERN_NO;
	for (size_t line = 0; line < LINES; line++)
		for (size_t i = 0; i < PATTERNS; i++)
			others &= line == 20 || line == 40 ||
				  scene->verdicts[line][i] != PATTERN_UNDECIDED;
	OK(undecided, "no hostile line passes for one that does not match");
	IS_INT(scene->verdicts[20][0], PATTERN_UNDECIDED,
	    "a hostile line of 32 KB is not decided");
	IS_INT(scene->verdicts[40][0], PATTERN_UNDECIDED, "nor is one of 1 MB");
	OK(others, "every other line is");
	OK(scene->looks_most <= LOOKS_MAX && scene->looks_most > 2,
	    "the dearest search ends after %d looks at the clock, at most %d",
	    (int)scene->looks_most, LOOKS_MAX);
}

/* What the agent does: candidates of the next line, confirmed. */
static size_t
confirm(struct scene *scene, struct candidates *found, size_t line)
{
	size_t wrong = 0;

	for (size_t i = 0; i < PATTERNS; i++) {
		enum pattern_verdict want = scene->verdicts[line][i];

		if (candidates_has(found, i))
			wrong += ask(scene, line, i) != want;
		else if (want == PATTERN_YES)
			wrong++;
	}
	return wrong;
}

static void
test_block(struct scene *scene)
{
	struct sweep *sweep = sweep_new(scene->filter,
	    (const struct pattern *const *)scene->compiled, PATTERNS,
	    scene->scratch);
	struct candidates *found = prefilter_candidates_new(scene->filter);
	size_t wrong = 0, seen = 0, line = 0;
	int64_t looks = 0;
	clock_t begun;

	scene->looks_most = 0;
	begun = clock();
	for (int64_t before = fake_now; looks == 0; looks = 1) {
		sweep_begin(sweep, buf_span(&scene->block));
		seen = (size_t)(fake_now - before) / TICK_MS;
	}
	printf("# beginning a block with two hostile lines: %ld us\n",
	    (long)(clock() - begun) * 1000000L / CLOCKS_PER_SEC);
	OK(seen <= LOOKS_MAX, "to begin a block takes no pattern's time");
	while (line < LINES) {
		int64_t before = fake_now;
		size_t at = sweep_next(sweep, scene->begin[line]);

		for (; line < LINES && scene->begin[line] < at; line++)
			for (size_t i = 0; i < PATTERNS; i++)
				wrong +=
				    scene->verdicts[line][i] == PATTERN_YES;
		if (line == LINES)
			break;
		sweep_candidates(sweep, at, scene_text(scene, line), found);
		looks += (fake_now - before) / TICK_MS;
		wrong += confirm(scene, found, line++);
	}
	OK(wrong == 0, "by block each line gets what it gets on its own");
	OK(looks <= 1, "to find the lines takes no pattern's time");
	OK(scene->looks_most <= LOOKS_MAX,
	    "and no search more than twice its budget");
	candidates_free(found);
	sweep_free(sweep);
}

/* The rule with the hostile pattern cannot tell; another one can. */
static void
test_rules(struct scene *scene)
{
	struct span line = scene_text(scene, 20);
	struct fixture f;

	fixture_init(&f);
	pattern_scratch_clock(f.scratch, fake_clock);
	fixture_set(&f, "match", "(a+)+$");
	fixture_make(&f);
	rule_try(f.rule, f.scratch, NULL, line, &f.match);
	OK(f.match.matched && f.match.undecided,
	    "the rule that cannot tell counts the line as matched, undecided");
	fixture_release(&f);
	fixture_init(&f);
	pattern_scratch_clock(f.scratch, fake_clock);
	fixture_set(&f, "match", "needle (?<n>\\d+)");
	fixture_set(&f, "exclude", "(a+)+$");
	fixture_make(&f);
	rule_try(f.rule, f.scratch, NULL, line, &f.match);
	OK(f.match.matched && !f.match.excluded && f.match.captures.count == 2,
	    "an exclude that cannot tell excludes nothing");
	fixture_release(&f);
}

/* A limit on steps says little where a step is a look at a whole megabyte:
 * it must be the clock that ends the search. */
static void
test_long_steps(void)
{
	static const char *const slow[] = {".*.*=.*z", "a.*b.*c.*d"};
	struct pattern_scratch *scratch = pattern_scratch_new();
	size_t len = 1024 * 1024;
	char *line = malloc(len);

	for (size_t i = 0; i < len; i++)
		line[i] = "abc"[i % 3];
	line[len / 2] = '=';
	line[len - 1] = 'd';
	line[len - 2] = 'z';
	line[0] = 'd';
	pattern_scratch_clock(scratch, fake_clock);
	for (size_t i = 0; i < 2; i++) {
		struct pattern *pattern = pattern_new(slow[i], 0, NULL);
		int64_t before = fake_now;
		enum pattern_verdict verdict = pattern_match(
		    pattern, scratch, span_of(line, len - (i ? 1 : 3)), NULL);
		int64_t looks = (fake_now - before) / TICK_MS;

		OK(verdict == PATTERN_UNDECIDED && looks > 2 &&
			looks <= LOOKS_MAX,
		    "%s on a megabyte ends when its time is up (verdict %d, "
		    "%d looks)",
		    slow[i], (int)verdict, (int)looks);
		pattern_free(pattern);
	}
	free(line);
	pattern_scratch_free(scratch);
}

int
main(void)
{
	struct scene scene;

	scene_make(&scene);
	test_each_alone(&scene);
	test_block(&scene);
	test_rules(&scene);
	scene_unmake(&scene);
	test_long_steps();
	return tap_done();
}
