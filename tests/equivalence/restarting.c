/*
 * restarting: a restart changes nothing about what is decided.
 *
 * Random configurations and scripts, each played twice through plan,
 * pipeline and a real database with the clock in hand (tests/golden/world.h):
 * once straight, once with everything stored, forgotten and read again at
 * random points.  What comes out must be the same, to the byte.  This is for
 * what waits on a clock: throttle, batch, hours, silences, absences, unless,
 * close, storm, and for the records of a context; the windows are among them
 * too.  In some the clock is set back by up to five hours now and then, in some
 * whoever reads comes by every few hours only, or reads what is days old, and
 * in some the day and the month of a date can be taken for each other.
 *
 *	restarting FIRST COUNT
 *
 * A script that fails is made shorter as long as it fails, and printed.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/golden/world.h"
#include "tests/unit/tap.h"

#define RULES_MAX 5
#define STEPS_MAX 48
#define BLOCKS_MAX 1024 /* of what one step brings about */
#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
/* 2026-11-22 10:00:00 UTC, a Sunday; and the 13th, which is no month.  Four
 * weeks behind it is 11 December, which who does not know which of the two
 * numbers is the month takes for 12 November. */
#define BEGIN INT64_C(1795341600000)
#define BEGIN_SLASHED (BEGIN - 9 * DAY)
#define FOUR_WEEKS (4 * 7 * DAY)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum step_kind {
	STEP_RECORD,
	STEP_ADVANCE,
	STEP_BACK, /* the clock is set back */
	STEP_SILENCE,
	STEP_UNSILENCE,
	STEP_END_PASS,
};

struct step {
	enum step_kind kind;
	int64_t ms; /* to advance by; a silence: its minutes */
	char log[2];
	char text[96];
	bool restart; /* behind it, in the second play */
	bool dropped;
};

enum stamp_form { STAMP_ISO, STAMP_DAY_FIRST, STAMP_MONTH_FIRST };

struct script {
	uint64_t seed;
	struct buf config;
	size_t rules;
	bool steps_back;
	bool slow; /* it is looked at every few hours */
	int64_t begin_ms;
	int64_t behind_ms; /* so late the logs are read */
	enum stamp_form stamp;
	struct step steps[STEPS_MAX];
	size_t count;
};

static const char *dir;

/* --- Chance --------------------------------------------------------------- */

static uint64_t
draw(uint64_t *seed, uint64_t below)
{
	*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (*seed >> 33) % below;
}

static const char *
pick(uint64_t *seed, const char *const *texts, size_t count)
{
	return texts[draw(seed, count)];
}

#define PICK(seed, texts) pick(seed, texts, COUNT(texts))

/* --- A configuration ------------------------------------------------------ */

static const char *const whens[] = {"each", "each", "2 in 5m", "3 in 20m",
    "2 in 2h", "distinct 2 v in 10m", "distinct 2 v in 90m", "new",
    "absent 20m", "unless", "1 in 1m"};
static const char *const throttles[] = {
    "", "none", "none", "10m", "5m double max 20m", "1m double", "1h"};
static const char *const batches[] = {"", "", "", "30s", "2m max 3", "5m"};
static const char *const hours[] = {"", "", "", "10:20-10:40 else hold",
    "10:05-11:00 else drop", "10:30-13:00 else sink other",
    "mon-fri 08:00-18:00 else hold"};
static const char *const clock_hours[] = {
    "", "", "10:20-10:40", "mon-fri 08:00-18:00"};
static const char *const storms[] = {"", "", "1 in 10m", "3 in 1h"};
static const char *const matches[] = {"ev", "ev", "ev[0-4]", "ev[3-9]"};
static const char *const contexts[] = {
    "", "", "2 before", "1 after", "2 before 3 after", "9 after"};
static const char *const severities[] = {"", "", "critical", "notice"};

static void
add_key(struct buf *out, const char *name, const char *value)
{
	if (*value)
		buf_addf(out, "%s = %s\n", name, value);
}

/* Whether it is no clock: those go without much of the rest. */
static bool
add_when(struct script *script, size_t rule, uint64_t *seed)
{
	const char *when = PICK(seed, whens);

	if (!strcmp(when, "unless") && script->rules < 2)
		when = "each";
	if (strcmp(when, "unless") != 0)
		add_key(&script->config, "when", when);
	else
		buf_addf(&script->config, "when = unless r%zu in %dm\n",
		    (rule + 1 + (size_t)draw(seed, script->rules - 1)) %
			script->rules,
		    1 + (int)draw(seed, 20));
	return strcmp(when, "unless") != 0 && *when != 'a';
}

static void
add_rule(struct script *script, size_t rule, bool keyed, uint64_t *seed)
{
	struct buf *out = &script->config;
	bool plain;

	buf_addf(
	    out, "[rule r%zu]\nlog = %s\n", rule, draw(seed, 3) ? "a" : "a b");
	buf_addf(
	    out, "match = (?<k>\\w+) (?<v>\\w+) %s\n", PICK(seed, matches));
	plain = add_when(script, rule, seed);
	if (keyed)
		add_key(out, "key", "${k}");
	add_key(out, "throttle", PICK(seed, throttles));
	if (plain)
		add_key(out, "batch", PICK(seed, batches));
	if (plain)
		add_key(out, "hours", PICK(seed, hours));
	else if (script->rules > 1)
		add_key(out, "hours", PICK(seed, clock_hours));
	add_key(out, "severity", PICK(seed, severities));
	if (plain)
		add_key(out, "context", PICK(seed, contexts));
	if (plain && !draw(seed, 3))
		add_key(out, "close", "(?<k>\\w+) (?<v>\\w+) ok");
	if (!draw(seed, 6))
		add_key(out, "then", "stop");
	buf_add_str(out, "subject = ${key} ${count} ${line}\n");
}

static void
make_config(struct script *script, uint64_t *seed)
{
	struct buf *out = &script->config;
	bool keyed = draw(seed, 2);
	const char *storm = PICK(seed, storms);
	bool renewed = draw(seed, 2);

	buf_addf(out, "[agent]\nsink = out%s\n[file out]\npath = /out\n",
	    renewed ? " cluster" : "");
	add_key(out, "storm", storm);
	buf_add_str(out, "[file other]\npath = /other\n"
			 "[log a]\npath = /a\n[log b]\npath = /b\n");
	if (!draw(seed, 4))
		add_key(out, "redact", "w1");
	if (renewed)
		buf_add_str(out, "[alertmanager cluster]\n"
				 "url = http://127.0.0.1:9093\n"
				 "resolve_after = 6m\n");
	/* Which of several at the same time a cap lets through is open. */
	script->rules = *storm ? 1 : 1 + (size_t)draw(seed, RULES_MAX);
	for (size_t i = 0; i < script->rules; i++)
		add_rule(script, i, keyed, seed);
}

/* --- A script ------------------------------------------------------------- */

static int64_t
stride(bool slow, uint64_t *seed)
{
	if (slow)
		return (int64_t)draw(seed, 4 * 60) * MINUTE;
	switch (draw(seed, 9)) {
	case 0:
		return draw(seed, 2) ? (int64_t)draw(seed, 8 * 60) * MINUTE
				     : FOUR_WEEKS;
	case 1:
	case 2:
		return 1 + (int64_t)draw(seed, 2000);
	case 3:
	case 4:
		return (int64_t)draw(seed, 60) * 1000;
	case 5:
	case 6:
		return (int64_t)draw(seed, 5) * MINUTE;
	default:
		return (int64_t)draw(seed, 30) * MINUTE;
	}
}

static void
write_stamp(
    enum stamp_form form, const struct tm *parts, char *out, size_t size)
{
	switch (form) {
	case STAMP_ISO:
		strftime(out, size, "%Y-%m-%dT%H:%M:%SZ ", parts);
		break;
	case STAMP_DAY_FIRST:
		strftime(out, size, "%d/%m/%Y %H:%M:%S ", parts);
		break;
	case STAMP_MONTH_FIRST:
		strftime(out, size, "%m/%d/%Y %H:%M:%S ", parts);
		break;
	}
}

/* One in two says its own time, which may lie back a little, or far where all
 * are read late. */
static void
make_record(struct step *step, int64_t now_ms, int64_t behind_ms,
    enum stamp_form form, uint64_t *seed)
{
	char stamp[32] = "";
	time_t at = (time_t)((now_ms - behind_ms) / 1000);
	struct tm parts;

	if (draw(seed, 2)) {
		at -= (time_t)(draw(seed, 3) ? 0 : draw(seed, 30));
		at -= (time_t)(draw(seed, 4) ? 0 : draw(seed, 6 * 60 * 60));
		gmtime_r(&at, &parts);
		write_stamp(form, &parts, stamp, sizeof(stamp));
	}
	snprintf(step->log, sizeof(step->log), "%s", draw(seed, 4) ? "a" : "b");
	snprintf(step->text, sizeof(step->text), "%s%c w%d %s%d", stamp,
	    (char)('p' + draw(seed, 3)), (int)draw(seed, 4),
	    draw(seed, 6) ? "ev" : "ok", (int)draw(seed, 10));
}

static void
make_silence(struct step *step, size_t rules, uint64_t *seed)
{
	if (draw(seed, 4))
		snprintf(step->text, sizeof(step->text), "r%d",
		    (int)draw(seed, rules));
	else
		snprintf(step->text, sizeof(step->text), "*");
	step->ms = 1 + (int64_t)draw(seed, 40);
}

static void
make_step(struct script *script, int64_t *now_ms, uint64_t *seed)
{
	struct step *step = &script->steps[script->count++];
	uint64_t chance = draw(seed, 100);

	step->restart = !draw(seed, 3);
	if (chance < 60) {
		step->kind = STEP_RECORD;
		/* No two arrive at once: deadlines at the same time have no
		 * order, and a cap would let either through. */
		step->ms = 1 + (int64_t)draw(seed, 20);
		*now_ms += step->ms;
		make_record(step, *now_ms, script->behind_ms, script->stamp,
		    seed);
	} else if (chance < 62 && script->steps_back) {
		step->kind = STEP_BACK;
		step->ms = MINUTE + (int64_t)draw(seed, 300) * MINUTE;
		*now_ms -= step->ms;
	} else if (chance < 92) {
		step->kind = STEP_ADVANCE;
		step->ms = stride(script->slow, seed);
		*now_ms += step->ms;
	} else if (chance < 96) {
		step->kind = STEP_SILENCE;
		make_silence(step, script->rules, seed);
	} else {
		step->kind = chance < 98 ? STEP_UNSILENCE : STEP_END_PASS;
	}
}

static const int64_t behind[] = {
    0, 0, 90 * MINUTE, 7 * HOUR, 3 * DAY};

static void
script_make(struct script *script, uint64_t seed)
{
	int64_t now_ms;
	size_t steps;

	memset(script, 0, sizeof(*script));
	script->seed = seed;
	for (int i = 0; i < 4; i++)
		draw(&seed, 2);
	script->steps_back = !draw(&seed, 4);
	script->slow = !draw(&seed, 3);
	script->behind_ms = behind[draw(&seed, COUNT(behind))];
	script->stamp = (enum stamp_form)draw(&seed, STAMP_MONTH_FIRST + 1);
	script->begin_ms = script->stamp == STAMP_ISO ? BEGIN : BEGIN_SLASHED;
	now_ms = script->begin_ms;
	make_config(script, &seed);
	steps = 8 + (size_t)draw(&seed, STEPS_MAX - 8);
	while (script->count < steps)
		make_step(script, &now_ms, &seed);
}

/* --- Playing -------------------------------------------------------------- */

static void
do_silence(struct world *world, const struct step *step)
{
	char length[16];
	const char *argv[] = {"silence", step->text, length};

	snprintf(length, sizeof(length), "%dm", (int)step->ms);
	world_command(world, COUNT(argv), argv);
}

static void
do_step(struct world *world, const struct step *step)
{
	static const char *const unsilence[] = {"unsilence", "all"};

	switch (step->kind) {
	case STEP_RECORD:
		world_advance(world, world_now(world) + step->ms);
		world_record(world, span_str(step->log), span_str(step->text));
		break;
	case STEP_ADVANCE:
		world_advance(world, world_now(world) + step->ms);
		break;
	case STEP_BACK:
		world_advance(world, world_now(world) - step->ms);
		break;
	case STEP_SILENCE:
		do_silence(world, step);
		break;
	case STEP_UNSILENCE:
		world_command(world, COUNT(unsilence), unsilence);
		break;
	case STEP_END_PASS:
		world_end_pass(world);
		break;
	}
}

static void
remove_state(void)
{
	static const char *const names[] = {
	    "ctail.db", "ctail.db-wal", "ctail.db-shm"};

	for (size_t i = 0; i < COUNT(names); i++) {
		struct buf path = BUF_INIT;

		buf_addf(&path, "%s/%s", dir, names[i]);
		unlink(buf_str(&path));
		buf_release(&path);
	}
}

/* --- What comes out ------------------------------------------------------- */

/* Of one alert; its lines come behind it. */
static bool
begins_block(const char *line)
{
	return *line && strncmp(line, ">  ", 3) != 0;
}

static int
compare_blocks(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Which of those at the same time was the last is open, too. */
static void
add_block(struct buf *out, const char *block)
{
	const char *last = strstr(block, ", last: ");

	if (last && strstr(block, " silence ctail [") && last > block)
		buf_addf(out, "%.*s", (int)(last - block), block);
	else
		buf_add_str(out, block);
	if (out->len && out->data[out->len - 1] != '\n')
		buf_add_byte(out, '\n');
}

/* What falls due at the same time has no order. */
static void
add_sorted(struct buf *said, struct buf *out)
{
	char *blocks[BLOCKS_MAX];
	char *copy = xstrdup(buf_str(said));
	size_t count = 0;

	for (char *at = copy; *at;) {
		char *end = strchr(at, '\n');

		if (begins_block(at) && count < BLOCKS_MAX) {
			if (count)
				at[-1] = '\0';
			blocks[count++] = at;
		}
		at = end ? end + 1 : at + strlen(at);
	}
	qsort(blocks, count, sizeof(blocks[0]), compare_blocks);
	for (size_t i = 0; i < count; i++)
		add_block(out, blocks[i]);
	buf_reset(said);
	free(copy);
}

static bool
play_steps(const struct script *script, bool restarts, struct world *world,
    struct buf *said, struct buf *out)
{
	for (size_t i = 0; i < script->count; i++) {
		const struct step *step = &script->steps[i];

		if (step->dropped)
			continue;
		do_step(world, step);
		if (restarts && step->restart && !world_restart(world))
			return false;
		add_sorted(said, out);
	}
	/* What is still held comes out. */
	world_advance(world, world_now(world) + 4 * 24 * 60 * MINUTE);
	return true;
}

/* False: the world would not begin. */
static bool
play(const struct script *script, bool restarts, struct buf *out)
{
	struct buf said = BUF_INIT;
	struct world *world;
	bool played = false;

	buf_reset(out);
	world = world_new(
	    dir, buf_str((struct buf *)&script->config), script->begin_ms,
	    &said);
	if (world) {
		world_show(world, WORLD_DETAILS);
		played = play_steps(script, restarts, world, &said, out);
	}
	add_sorted(&said, out);
	world_free(world);
	buf_release(&said);
	remove_state();
	return played;
}

/* --- Comparing ------------------------------------------------------------ */

struct outcome {
	struct buf straight, restarted;
	bool played;
};

static bool
same(const struct script *script, struct outcome *outcome)
{
	outcome->played = play(script, false, &outcome->straight) &&
			  play(script, true, &outcome->restarted);
	return outcome->played && span_equal(buf_span(&outcome->straight),
				      buf_span(&outcome->restarted));
}

/* Drops steps and restarts as long as the plays differ. */
static void
shorten(struct script *script, struct outcome *outcome)
{
	for (size_t i = script->count; i-- > 0;) {
		script->steps[i].dropped = true;
		if (same(script, outcome))
			script->steps[i].dropped = false;
	}
	for (size_t i = 0; i < script->count; i++) {
		if (!script->steps[i].restart || script->steps[i].dropped)
			continue;
		script->steps[i].restart = false;
		if (same(script, outcome))
			script->steps[i].restart = true;
	}
	same(script, outcome);
}

static void
print_text(const char *mark, struct buf *text)
{
	char *copy = xstrdup(buf_str(text)), *rest = copy, *line;

	while ((line = strsep(&rest, "\n")))
		if (*line)
			printf("#  %s%s\n", mark, line);
	free(copy);
}

static void
print_steps(const struct script *script)
{
	static const char *const verbs[] = {
	    "record", "advance", "back", "silence", "unsilence", "end of pass"};

	for (size_t i = 0; i < script->count; i++) {
		const struct step *step = &script->steps[i];

		if (step->dropped)
			continue;
		printf("#  %s %s %s %lld%s\n", verbs[step->kind], step->log,
		    step->text, (long long)step->ms,
		    step->restart ? "   (restart)" : "");
	}
}

static void
try_seed(uint64_t seed)
{
	struct outcome outcome = {BUF_INIT, BUF_INIT, false};
	struct script *script = xcalloc(1, sizeof(*script));
	bool equal;

	script_make(script, seed);
	equal = same(script, &outcome);
	if (!equal && outcome.played)
		shorten(script, &outcome);
	if (!equal) {
		OK(false, "seed %llu: restarts change nothing",
		    (unsigned long long)seed);
		print_text("| ", &script->config);
		if (outcome.played)
			print_steps(script);
		print_text("straight:  ", &outcome.straight);
		print_text("restarted: ", &outcome.restarted);
	}
	buf_release(&outcome.straight);
	buf_release(&outcome.restarted);
	buf_release(&script->config);
	free(script);
}

int
main(int argc, char **argv)
{
	uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : 100;
	const char *base = getenv("TMPDIR");
	struct buf path = BUF_INIT;

	/* Every step is stored; a file system in memory does for that. */
	if (!base)
		base = access("/dev/shm", W_OK | X_OK) ? "/tmp" : "/dev/shm";
	setenv("TZ", "UTC0", 1);
	tzset();
	buf_addf(&path, "%s/ctail-restarting-XXXXXX", base);
	dir = mkdtemp((char *)buf_str(&path));
	if (!dir) {
		fprintf(stderr, "%s: %s\n", buf_str(&path), strerror(errno));
		return 99;
	}
	for (uint64_t seed = first; seed < first + count; seed++)
		try_seed(seed);
	OK(!tap_failed,
	    "%llu scripts from %llu on say the same with restarts "
	    "and without",
	    (unsigned long long)count, (unsigned long long)first);
	rmdir(dir);
	buf_release(&path);
	return tap_done();
}
