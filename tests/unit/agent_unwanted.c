/*
 * agent_unwanted: the same logs through two pipelines, one of which is shown
 * every line and the other only what it wants of each block: the same alerts
 * come out, and the same figures.
 */
#include "config.h"

#include "base/mem.h"
#include "ctaild/pipeline.h"
#include "tap.h"

#define NOW INT64_C(1700000000000)
#define BLOCK_BYTES 4096

struct side {
	struct pipeline *pipeline;
	struct silences *silences;
	struct buf out;		/* what was emitted and amended */
	size_t records;
};

struct fixture {
	struct conf *conf;
	struct plan *plan;
	struct side all, wanted;
	uint64_t offset;
	int64_t now_ms;
	bool mistaken;
};

static void
add_alert(struct side *side, const char *what, const struct alert *alert)
{
	buf_add_str(&side->out, what);
	alert_encode(alert, &side->out);
	buf_add_byte(&side->out, '\n');
}

static void
on_emit(void *arg, const struct emission *emission)
{
	add_alert(arg, "emit ", emission->alert);
}

static void
on_amend(void *arg, const struct alert *alert)
{
	add_alert(arg, "amend ", alert);
}

static void
on_notice(void *arg, enum severity severity, const char *subject,
    const char *text)
{
	struct side *side = arg;

	(void)severity;
	buf_addf(&side->out, "notice %s %s\n", subject, text);
}

static void
side_init(struct side *side, const struct plan *plan)
{
	struct pipeline_hooks hooks = {.emit = on_emit,
	    .amend = on_amend,
	    .notice = on_notice,
	    .arg = side};

	*side = (struct side){.silences = silences_new()};
	side->pipeline = pipeline_new(plan, "host", side->silences, &hooks);
	pipeline_turn(side->pipeline, NOW);
	pipeline_start(side->pipeline, NOW);
}

static void
side_release(struct side *side)
{
	pipeline_free(side->pipeline);
	silences_free(side->silences);
	buf_release(&side->out);
}

static void
begin(struct fixture *fixture, const char *text)
{
	static const struct conf_places places = {.state_dir = "/s"};
	struct conf_errors errors = CONF_ERRORS_INIT;

	*fixture = (struct fixture){.now_ms = NOW};
	fixture->conf =
	    conf_load_text("c.ini", span_str(text), &places, &errors);
	if (fixture->conf)
		fixture->plan = plan_new(fixture->conf, &errors);
	if (!fixture->plan) {
		printf("# %s\n", buf_str(&errors.text));
		exit(99);
	}
	conf_errors_release(&errors);
	side_init(&fixture->all, fixture->plan);
	side_init(&fixture->wanted, fixture->plan);
}

static void
finish(struct fixture *fixture)
{
	side_release(&fixture->all);
	side_release(&fixture->wanted);
	plan_free(fixture->plan);
	conf_free(fixture->conf);
}

/* --- A block, both ways --------------------------------------------------- */

static const char *const paths[] = {"/l/a", "/l/b", "/l/c"};

static size_t
line_end(struct span block, size_t at)
{
	const char *newline = memchr(block.data + at, '\n', block.len - at);

	return (size_t)(newline - block.data) + 1;
}

static void
hand_out(struct fixture *fixture, struct side *side, size_t log,
    struct span block, size_t at)
{
	size_t end = line_end(block, at), len = end - at - 1;
	struct record record = {.log = log,
	    .path = paths[log],
	    .log_path = paths[log],
	    .incarnation = "i",
	    .offset = fixture->offset + at,
	    .end = fixture->offset + end,
	    .lines = 1};

	if (len && block.data[at + len - 1] == '\r')
		len--;
	record.text = span_of(block.data + at, len);
	side->records++;
	pipeline_record(side->pipeline, &record, fixture->now_ms);
}

static void
feed_all(struct fixture *fixture, size_t log, struct span block)
{
	for (size_t at = 0; at < block.len; at = line_end(block, at))
		hand_out(fixture, &fixture->all, log, block, at);
}

static void
feed_wanted(struct fixture *fixture, size_t log, struct span block)
{
	struct side *side = &fixture->wanted;
	size_t at = 0;

	while (at < block.len) {
		size_t unwanted = pipeline_unwanted(side->pipeline, log,
		    paths[log], span_of(block.data + at, block.len - at));
		uint64_t lines = 0;

		for (size_t i = at; i < at + unwanted; i++)
			lines += block.data[i] == '\n';
		fixture->mistaken |= at + unwanted > block.len ||
				     (unwanted &&
					 block.data[at + unwanted - 1] != '\n');
		if (lines)
			pipeline_skipped(side->pipeline, log, lines);
		at += unwanted;
		if (at == block.len)
			return;
		hand_out(fixture, side, log, block, at);
		at = line_end(block, at);
	}
}

/* --- What comes out ------------------------------------------------------- */

static bool
same_rule(const struct fixture *fixture, size_t rule)
{
	struct pipeline_rule_totals a, b;

	pipeline_rule_totals(fixture->all.pipeline, rule, &a);
	pipeline_rule_totals(fixture->wanted.pipeline, rule, &b);
	return a.records == b.records && a.matched == b.matched &&
	       a.excluded == b.excluded && a.undecided == b.undecided &&
	       a.closed == b.closed;
}

static bool
same_log(const struct fixture *fixture, size_t log)
{
	struct pipeline_log_totals a, b;

	pipeline_log_totals(fixture->all.pipeline, log, &a);
	pipeline_log_totals(fixture->wanted.pipeline, log, &b);
	return a.records == b.records && a.unmatched == b.unmatched &&
	       a.ignored == b.ignored && a.undecided == b.undecided &&
	       a.own == b.own && a.untimed == b.untimed && a.cut == b.cut;
}

static bool
same_totals(const struct fixture *fixture)
{
	bool same = true;

	for (size_t i = 0; i < fixture->plan->rule_count; i++)
		same = same && same_rule(fixture, i);
	for (size_t i = 0; i < fixture->plan->log_count; i++)
		same = same && same_log(fixture, i);
	return same;
}

static bool
same_alerts(const struct fixture *fixture)
{
	const struct buf *a = &fixture->all.out, *b = &fixture->wanted.out;

	return a->len == b->len && a->len > 0 &&
	       !memcmp(a->data, b->data, a->len);
}

/* --- Lines at random ------------------------------------------------------ */

static uint64_t seed = 3;

static size_t
random_below(size_t limit)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (size_t)(seed >> 33) % limit;
}

static const char *const parts[] = {"session opened", "user root", "error",
    "harmless error", "disk 17", "link up", "link down", "x",
    "2023-11-14T22:13:20+00:00 h ctaild[7]: error", "password=secret",
    "code 4711", "", "aaaaaaaaaaaa", "stop here"};
#define PARTS (sizeof(parts) / sizeof(*parts))

/* rare: that many lines are the first of all before another. */
static struct span
make_block(char *buffer, size_t rare)
{
	size_t len = 0;

	while (len < BLOCK_BYTES - 200) {
		const char *part = parts[random_below(rare)
					     ? random_below(2)
					     : random_below(PARTS)];

		len += (size_t)snprintf(buffer + len, 150, "%s %s%s\n",
		    parts[random_below(2)], part,
		    random_below(20) ? "" : "\r");
		if (!random_below(300))
			break;
	}
	return span_of(buffer, len);
}

static void
run(struct fixture *fixture, size_t blocks)
{
	/* One buffer for all, as the source has it. */
	static char buffer[BLOCK_BYTES];

	for (size_t i = 0; i < blocks; i++) {
		size_t log = random_below(fixture->plan->log_count);
		struct span block =
		    make_block(buffer, (size_t)1 << random_below(8));

		feed_all(fixture, log, block);
		feed_wanted(fixture, log, block);
		fixture->offset += block.len;
		fixture->now_ms += 500;
		if (i % 7)
			continue;
		pipeline_turn(fixture->all.pipeline, fixture->now_ms);
		pipeline_turn(fixture->wanted.pipeline, fixture->now_ms);
		pipeline_expire(
		    fixture->all.pipeline, fixture->now_ms, true);
		pipeline_expire(
		    fixture->wanted.pipeline, fixture->now_ms, true);
	}
	pipeline_end_pass(fixture->all.pipeline, fixture->now_ms);
	pipeline_end_pass(fixture->wanted.pipeline, fixture->now_ms);
}

/* --- Configurations ------------------------------------------------------- */

#define HEAD "[agent]\nsink = out\n[file out]\npath = /tmp/o\n"
#define LOGS                                                                   \
	"[log a]\npath = /l/a\n[log b]\npath = /l/b\n" \
	"[log c]\npath = /l/c\n"

static const struct {
	const char *name, *text;
	bool passes; /* lines are passed over, and not by chance */
} configurations[] = {
    {"one string",
	HEAD LOGS "[rule e]\nlog = a\nmatch = error\nthrottle = none\n", true},
    {"excludes, and a rule that stops",
	HEAD LOGS "[rule e]\nlog = a b\nmatch = error\nexclude = harmless\n"
		  "then = stop\n[rule stop]\nlog = a\nmatch = stop here\n"
		  "then = stop\n[rule disk]\nlog = a b c\nmatch = disk (\\d+)\n"
		  "exclude = user\n[rule last]\nlog = a c\nmatch = here\n",
	true},
    {"context before and after",
	HEAD LOGS "[rule e]\nlog = a b\nmatch = error\n"
		  "context = 3 before 2 after\n"
		  "throttle = none\n[rule d]\nlog = a c\nmatch = disk\n"
		  "context = 7 before\nthrottle = none\n",
	true},
    {"link up and down",
	HEAD LOGS "[rule link]\nlog = a b\nmatch = link down\n"
		  "close = link up\n"
		  "[rule gone]\nlog = c\nmatch = link up\n"
		  "when = absent 3s\n",
	true},
    {"a pattern without a string",
	HEAD LOGS "[rule n]\nlog = a b\nmatch = \\d\\d\n"
		  "exclude = [5-9]\nthrottle = none\n"
		  "[rule many]\nlog = a c\nmatch = error\nwhen = 3 in 10s\n",
	true},
    {"a pattern that runs into its limits",
	HEAD LOGS "[rule n]\nlog = a\nmatch = (a|a)+$\n"
		  "match = ^(\\w|\\w\\w|[a-z])+!\n"
		  "throttle = none\n",
	false},
    {"everything but",
	HEAD LOGS "[rule all]\nlog = a b\nmatch = .\nexclude = session\n"
		  "exclude = user root\nthrottle = none\n[rule e]\nlog = b c\n"
		  "match = error\n",
	true},
    {"everything but some of it, with context",
	HEAD LOGS "[rule stop]\nlog = a\nmatch = stop here\nthen = stop\n"
		  "[rule all]\nlog = a b c\nmatch = ^\n"
		  "exclude = ^session opened (x|user|error|sess)\n"
		  "exclude = ^user root ($|link|sess|user|x)\n"
		  "exclude = [5-9]\nexclude = password.*secret$\n"
		  "context = 2 before 1 after\nthrottle = none\n"
		  "[rule harmless]\nlog = b\nmatch = harmless\n"
		  "exclude = user root harm\n",
	true},
    {"everything but, with matches and an end of its own",
	HEAD LOGS "[rule all]\nlog = a c\nmatch = disk (\\d+)\nmatch = .\n"
		  "close = link up\nexclude = session\nexclude = link up\n"
		  "throttle = none\nwhen = 2 in 10s\n",
	true},
    {"everything but what two rules exclude",
	HEAD LOGS "[rule all]\nlog = a b\nmatch = .\nexclude = session\n"
		  "[rule more]\nlog = a c\nmatch = .\nexclude = root\n",
	false},
    {"excludes that run into their limits",
	HEAD LOGS "[rule all]\nlog = a b c\nmatch = .\n"
		  "exclude = ^(?:\\w|\\w\\w|[a-z]| )+a!\n"
		  "exclude = ^(?:\\w|\\w\\w|[a-z]| )+aaaa(?:a|aa)+!\n"
		  "exclude = (?:a|a)+aaaaa$\nexclude = user root user\n"
		  "throttle = none\n",
	false},
    {"what is new, and masked",
	HEAD "[log a]\npath = /l/a\nredact = password=(\\S+)\n"
	     "[log b]\npath = /l/b\n"
	     "[rule new]\nlog = a b\nmatch = password|code|disk\n"
	     "when = new\nthrottle = none\n",
	true},
};
#define CONFIGURATIONS (sizeof(configurations) / sizeof(*configurations))

static void
test_configuration(size_t i)
{
	struct fixture fixture;

	begin(&fixture, configurations[i].text);
	run(&fixture, 400);
	OK(!fixture.mistaken, "%s: whole lines are passed over",
	    configurations[i].name);
	OK(same_alerts(&fixture), "%s: the alerts are the same",
	    configurations[i].name);
	OK(same_totals(&fixture), "%s: and all figures",
	    configurations[i].name);
	if (configurations[i].passes)
		OK(fixture.wanted.records < fixture.all.records * 3 / 4,
		    "%s: with fewer records", configurations[i].name);
	finish(&fixture);
}

#define PATTERNS 40
#define LONG_BYTES (1024 * 1024)

/* So much that the filter is made anew. */
static void
feed_long(struct fixture *fixture, size_t megabytes)
{
	char *buffer = xmalloc(LONG_BYTES);
	size_t len = 0;

	while (len < LONG_BYTES - 100)
		len += (size_t)snprintf(buffer + len, 100,
		    "word %zu of many: number%zu!\n", random_below(100000),
		    random_below(1000) ? 0 : random_below(PATTERNS));
	for (size_t i = 0; i < megabytes; i++) {
		struct span block = span_of(buffer, len);

		feed_all(fixture, 0, block);
		feed_wanted(fixture, 0, block);
		fixture->offset += len;
	}
	free(buffer);
}

static void
test_learned(void)
{
	struct buf text = BUF_INIT;
	struct fixture fixture;

	buf_add_str(&text, HEAD LOGS "[rule n]\nlog = a b c\nthrottle = none\n"
				     "match = error\n");
	for (int i = 1; i < PATTERNS; i++)
		buf_addf(&text, "  many: number%d!\n", i);
	buf_add_str(&text, "exclude = harmless\n");
	begin(&fixture, buf_str(&text));
	run(&fixture, 50);
	feed_long(&fixture, 36);
	run(&fixture, 50);
	OK(!fixture.mistaken && same_alerts(&fixture) && same_totals(&fixture),
	    "what is learned of a log changes nothing");
	OK(fixture.wanted.records < fixture.all.records / 4,
	    "and lines are passed over before and after");
	finish(&fixture);
	buf_release(&text);
}

static void
test_unread(void)
{
	struct fixture fixture;
	struct pipeline_log_totals totals;

	begin(&fixture, HEAD LOGS "[rule e]\nlog = a\nmatch = error\n");
	IS_INT(pipeline_unwanted(fixture.wanted.pipeline, 1, "/l/b",
		   span_str("an error\n")),
	    9, "nobody wants a line that no rule reads");
	pipeline_skipped(fixture.wanted.pipeline, 1, 1);
	pipeline_log_totals(fixture.wanted.pipeline, 1, &totals);
	IS_INT(totals.records, 0, "and no rule has seen it");
	finish(&fixture);
}

int
main(void)
{
	for (size_t i = 0; i < CONFIGURATIONS; i++)
		test_configuration(i);
	test_learned();
	test_unread();
	return tap_done();
}
