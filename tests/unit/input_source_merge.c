/*
 * input_source_merge: the files of a group, oldest record first.
 *
 * What must come out is worked out by merge_slowly, which knows nothing of
 * blocks, turns and positions.  A crash is a source that is thrown away after
 * a turn, and one made anew from what was stored then.
 */
#include "config.h"

#include <sys/resource.h>

#include "source.h"

#define FILES_MAX 6
#define LINES_MAX 4096

/* --- What was written --------------------------------------------------- */

static const char *const names[FILES_MAX] = {
    "a.log", "b.log", "c.log", "d.log", "e.log", "f.log"};

struct written {
	const char *name;
	struct buf text;
	size_t starts[LINES_MAX + 1];
	size_t count;
	size_t given; /* by merge_slowly, or read */
};

static struct written written[FILES_MAX];
static size_t written_count;
static struct buf wanted;

static void
forget_written(void)
{
	for (size_t i = 0; i < FILES_MAX; i++)
		buf_release(&written[i].text);
	memset(written, 0, sizeof(written));
	written_count = 0;
}

/* ms 0: a line without a time. */
static void
add_line(size_t file, int64_t ms, size_t padding)
{
	struct written *to = &written[file];

	if (file >= written_count)
		written_count = file + 1;
	if (ms)
		buf_addf(&to->text, "@%lld ", (long long)ms);
	buf_addf(&to->text, "%zu.%zu", file, to->count);
	for (size_t i = 0; i < padding; i++)
		buf_add_byte(&to->text, 'x');
	buf_add_byte(&to->text, '\n');
	to->starts[++to->count] = to->text.len;
}

static void
write_all_files(void)
{
	for (size_t i = 0; i < written_count; i++) {
		written[i].name = names[i];
		files_put(written[i].name, written[i].text.data,
		    written[i].text.len, O_TRUNC);
	}
}

static struct span
line_of(const struct written *from, size_t at)
{
	return span_of(from->text.data + from->starts[at],
	    from->starts[at + 1] - from->starts[at] - 1);
}

/* Of the next line of a file; INT64_MAX: there is none. */
static int64_t
next_time(const struct written *from, int64_t before)
{
	int64_t ms;

	if (from->given == from->count)
		return INT64_MAX;
	ms = on_time(NULL, 0, NULL, line_of(from, from->given));
	return ms ? ms : before;
}

static void
merge_slowly(void)
{
	int64_t before[FILES_MAX];

	buf_reset(&wanted);
	for (size_t i = 0; i < written_count; i++) {
		before[i] = INT64_MIN;
		written[i].given = 0;
	}
	for (;;) {
		int64_t oldest = INT64_MAX;
		struct written *from = NULL;

		for (size_t i = 0; i < written_count; i++) {
			int64_t ms = next_time(&written[i], before[i]);

			if (ms >= oldest)
				continue;
			oldest = ms;
			from = &written[i];
		}
		if (!from)
			break;
		before[from - written] = oldest;
		buf_addf(&wanted, "%s:", from->name);
		buf_add_span(&wanted, line_of(from, from->given++));
		buf_add_byte(&wanted, '|');
	}
}

/* Much too long to be shown whole. */
static bool
is_as_wanted(void)
{
	size_t at = 0;

	while (
	    at < got.len && at < wanted.len && got.data[at] == wanted.data[at])
		at++;
	if (at == got.len && at == wanted.len)
		return true;
	printf("# of %zu bytes, %zu wanted, they differ at %zu\n", got.len,
	    wanted.len, at);
	at = at < 60 ? 0 : at - 60;
	printf("#   got: %.120s\n", at < got.len ? buf_str(&got) + at : "");
	printf(
	    "#  want: %.120s\n", at < wanted.len ? buf_str(&wanted) + at : "");
	return false;
}

/* --- Reading ------------------------------------------------------------ */

static void
add_group(const char *pattern)
{
	add_log(pattern, LOG_START_START, false, NULL);
	setup.logs[setup.count - 1].group = 7;
}

static struct source *
open_quietly(void)
{
	struct source *source =
	    source_new(setup.logs, setup.count, handler, &err);

	if (!source)
		exit(99);
	for (size_t i = 0; i < store.count; i++)
		source_restore(
		    source, store.rows[i].path, &store.rows[i].checkpoint);
	return source;
}

static bool
turn_once(struct source *source, size_t budget)
{
	struct follow_now both = {now += 1000, clock_stamp_ns()};

	return source_turn(source, &both, budget);
}

static void
read_all(size_t budget)
{
	struct source *source = open_quietly();

	buf_reset(&got);
	while (turn_once(source, budget))
		;
	source_free(source);
}

/* How many bytes of a file's lines are among those that were handed out. */
static size_t
given_bytes(const struct written *from)
{
	char mark[32];
	size_t lines = 0;
	const char *at = buf_str(&got);

	snprintf(mark, sizeof(mark), "%s:", from->name);
	while ((at = strstr(at, mark))) {
		lines++;
		at++;
	}
	return from->starts[lines];
}

static bool
stored_is_given(void)
{
	for (size_t i = 0; i < store.count; i++) {
		for (size_t j = 0; j < written_count; j++) {
			if (!strcmp(
				name_of(store.rows[i].path), written[j].name) &&
			    store.rows[i].checkpoint.position.offset !=
				given_bytes(&written[j]))
				return false;
		}
	}
	return true;
}

/* Killed after every turn.  False when a position was not where the last
 * record handed out of that file ends. */
static bool
read_crashing(size_t budget)
{
	bool exact = true, more = true;

	buf_reset(&got);
	for (size_t i = 0; i < setup.count; i++)
		setup.known[i] = true;
	while (more) {
		struct source *source = open_quietly();

		more = turn_once(source, budget);
		source_positions_changed(source, store_row, NULL);
		source_free(source);
		exact = exact && stored_is_given();
	}
	return exact;
}

static void
check_merged(const char *what, size_t crash_budget)
{
	static const size_t budgets[] = {1, 3000, 20000, 512 * 1024};

	write_all_files();
	merge_slowly();
	for (size_t i = 0; i < 4; i++) {
		read_all(budgets[i]);
		OK(is_as_wanted(), "%s: merged by time, budget %zu", what,
		    budgets[i]);
	}
	OK(read_crashing(crash_budget),
	    "%s: each file is consumed up to what was handed out", what);
	OK(is_as_wanted(), "%s: a crash after any turn changes nothing", what);
	clear_store();
	forget_written();
}

static void
begin_group(void)
{
	start_over();
	forget_written();
	add_group("*.log");
}

/* --- Tests -------------------------------------------------------------- */

static void
test_interleaved(void)
{
	begin_group();
	for (int i = 0; i < 300; i++)
		add_line((size_t)i % 3, 1000 + i, 0);
	check_merged("record by record", 1);
}

static void
test_sizes(void)
{
	begin_group();
	for (int i = 0; i < 4000; i++)
		add_line(0, 1000 + i, 80);
	for (int i = 0; i < 5; i++)
		add_line(1, 1500 + i * 700, 0);
	for (int i = 0; i < 600; i++)
		add_line(2, 900 + i * 7, 900);
	for (int i = 0; i < 2000; i++)
		add_line(3, 3000 + i, i % 300);
	check_merged("blocks of very different sizes", 20000);
}

static void
test_equal_times(void)
{
	begin_group();
	for (int i = 0; i < 200; i++)
		add_line((size_t)(i / 7) % 4, 1000 + i / 40, 0);
	check_merged("equal times", 1);
}

static void
test_missing_times(void)
{
	begin_group();
	for (int i = 0; i < 90; i++)
		add_line(0, i % 5 ? 0 : 1000 + i, 0);
	for (int i = 0; i < 90; i++)
		add_line(1, i < 4 || i % 11 == 3 ? 0 : 1000 + i, 0);
	for (int i = 0; i < 20; i++)
		add_line(2, 0, 0);
	add_line(3, 1040, 0);
	check_merged("missing times", 1);
}

static void
test_out_of_order(void)
{
	begin_group();
	for (int i = 0; i < 200; i++)
		add_line(0, 2000 + i - (i % 10) * 30, 0);
	for (int i = 0; i < 200; i++)
		add_line(1, 2000 + i, 0);
	for (int i = 0; i < 100; i++)
		add_line(2, 3000 - i, 0);
	check_merged("times that go back", 1);
}

static void
test_two_sections(void)
{
	struct source *source;

	start_over();
	files_write("z.log", "@10 a\n@30 c\n");
	files_write("y.log", "@20 b\n@30 d\n");
	add_group("z.log");
	add_group("y.log");
	source = open_source();
	settle(source);
	OK(is(&got, "z.log:@10 a|y.log:@20 b|z.log:@30 c|y.log:@30 d|"),
	    "several logs of one group are merged; the first goes first");
	files_append("y.log", "@40 e\n@60 g\n");
	files_append("z.log", "@50 f\n");
	settle(source);
	OK(is(&got, "y.log:@40 e|z.log:@50 f|y.log:@60 g|"),
	    "and so is what comes later");
	files_append("z.log", "@5 h\n");
	settle(source);
	OK(is(&got, "z.log:@5 h|"), "one alone is just read");
	stop(source);
}

static void
test_other_groups(void)
{
	struct source *source;

	start_over();
	files_write("a.log", "@10 a\n@30 c\n");
	files_write("b.log", "@20 b\n");
	add_group("a.log");
	add_group("b.log");
	setup.logs[1].group = 8;
	source = open_source();
	settle(source);
	OK(is(&got, "a.log:@10 a|a.log:@30 c|b.log:@20 b|"),
	    "logs of different groups are not");
	stop(source);
	setup.logs[0].group = setup.logs[1].group = 0;
	clear_store();
	source = open_source();
	settle(source);
	OK(is(&got, "a.log:@10 a|a.log:@30 c|b.log:@20 b|"),
	    "nor those of none");
	stop(source);
}

static void
test_rotation(void)
{
	struct source *source;

	start_over();
	files_write("a.log", "@10 a\n");
	files_write("b.log", "@11 b\n");
	add_group("[ab].log");
	source = open_source();
	settle(source);
	OK(is(&got, "a.log:@10 a|b.log:@11 b|"), "two logs are merged");
	files_append("a.log", "@20 c\n@40 e\n");
	files_rename("a.log", "a.log.1");
	files_write("a.log", "@60 g\n@80 i\n");
	files_append("b.log", "@30 d\n@50 f\n@70 h\n");
	settle(source);
	OK(is(&got, "a.log:@20 c|b.log:@30 d|a.log:@40 e|b.log:@50 f|"
		    "a.log:@60 g|b.log:@70 h|a.log:@80 i|"),
	    "what was rotated takes part, and so does what follows it");
	OK(strstr(buf_str(&notices), "rotated a.log|") != NULL,
	    "and the rotation is told");
	stop(source);
}

static void
test_joined(void)
{
	struct source *source;

	start_over();
	files_write("a.log", "@10 a\n more\n@30 c\n @5 still c\n@50 e\n");
	files_write("b.log", "@20 b\n more\n@40 d\n@60 f\n");
	add_group("*.log");
	setup.settings[0].record = (char *)"continue ^ ";
	setup.settings[0].record_limit =
	    (struct log_record_limit){100, 10000, 2000};
	source = open_source();
	settle(source);
	turn(source, 5000);
	OK(is(&got, "a.log:@10 a/ more|b.log:@20 b/ more|"
		    "a.log:@30 c/ @5 still c|b.log:@40 d|a.log:@50 e|"
		    "b.log:@60 f|"),
	    "records of several lines are merged whole");
	stop(source);
}

static void
test_fair(void)
{
	struct source *source;

	begin_group();
	for (int i = 0; i < 4000; i++)
		add_line((size_t)i % 2, 1000 + i, 900);
	write_all_files();
	files_write("z", "@1 z\n");
	add_log("z", LOG_START_START, false, NULL);
	source = open_quietly();
	buf_reset(&got);
	for (int i = 0; i < 3; i++)
		turn_once(source, 64 * 1024);
	OK(strstr(buf_str(&got), "z:@1 z|") != NULL,
	    "another log need not wait for all that a group has");
	OK(got.len < 3 * 1024 * 1024, "which is not read in one turn");
	source_free(source);
	forget_written();
}

/* Who writes a line to the log for each that is read of it. */
static void
on_record_of_writer(void *arg, const struct record *record)
{
	on_record(arg, record);
	if (record->text.data[0] == '@' && record->text.data[1] == '1')
		files_append("a.log", "@1 and another one\n");
}

/* How many turns there are before it is at rest, at most 1000; *late_out: how
 * many until b.log is read. */
static int
turns_beside_a_writer(bool once, int *late_out)
{
	struct source_handler writes = handler;
	struct source *source;
	int turns = 0;

	writes.record = on_record_of_writer;
	source = source_new(setup.logs, setup.count, writes, &err);
	if (once)
		source_read_once(source);
	buf_reset(&got);
	*late_out = 0;
	while (turns < 1000 && turn_once(source, 4096)) {
		turns++;
		if (!strstr(buf_str(&got), "b.log:@5 b|"))
			*late_out = turns;
	}
	source_free(source);
	return turns;
}

static void
test_growing(void)
{
	int late;

	start_over();
	files_write("a.log", "@1 a\n@1 a\n");
	files_write("b.log", "@5 b\n");
	add_group("*.log");
	IS_INT(turns_beside_a_writer(false, &late), 1000,
	    "a file that grows as fast as it is read never ends");
	OK(late < 10, "but it does not keep the others from being read");
	OK(!strncmp(buf_str(&got), "a.log:@1 a|a.log:@1 a|", 22),
	    "after what was there of it before");
	OK(turns_beside_a_writer(true, &late) < 10,
	    "where there is one pass only it ends all the same");
	start_over();
	files_write("a.log", "@1 a\n@1 a\n");
	add_log("a.log", LOG_START_START, false, NULL);
	OK(turns_beside_a_writer(true, &late) < 10, "of one file, too");
	OK(!strncmp(buf_str(&got), "a.log:@1 a|a.log:@1 a|", 22),
	    "and what was there is read");
}

static void
test_many_files(void)
{
	char name[32], line[32];
	struct source *source;
	size_t records = 0;

	start_over();
	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "f%03d.log", i);
		snprintf(line, sizeof(line), "@%d x\n", 1000 - i);
		files_write(name, line);
	}
	add_group("*.log");
	source = open_source();
	settle(source);
	for (size_t i = 0; i < got.len; i++)
		records += got.data[i] == '|';
	IS_INT(records, 300, "more files than are merged at once are read");
	OK(!strncmp(buf_str(&got), "f255.log:@745 x|f254.log:@746 x|", 32),
	    "as many as can be, in order");
	stop(source);
}

static void
test_few_descriptors(void)
{
	struct rlimit limit, few;

	getrlimit(RLIMIT_NOFILE, &limit);
	few = limit;
	few.rlim_cur = 24;
	setrlimit(RLIMIT_NOFILE, &few);
	begin_group();
	for (int i = 0; i < 3000; i++)
		add_line((size_t)i % 6, 1000 + i, 300);
	write_all_files();
	read_all(20000);
	setrlimit(RLIMIT_NOFILE, &limit);
	for (size_t i = 0; i < written_count; i++)
		OK(given_bytes(&written[i]) == written[i].text.len,
		    "with few descriptors every line of %s is read once",
		    written[i].name);
	forget_written();
}

static void
test_without_a_clock(void)
{
	struct source_handler blind = handler;
	struct source *source;

	start_over();
	files_write("a.log", "@30 a\n@10 b\n");
	files_write("b.log", "@5 c\n");
	add_group("*.log");
	blind.time = NULL;
	source = source_new(setup.logs, setup.count, blind, &err);
	settle(source);
	OK(is(&got, "a.log:@30 a|a.log:@10 b|b.log:@5 c|"),
	    "where nobody knows times the files are read one by one");
	stop(source);
}

int
main(void)
{
	files_begin();
	test_interleaved();
	test_sizes();
	test_equal_times();
	test_missing_times();
	test_out_of_order();
	test_two_sections();
	test_other_groups();
	test_rotation();
	test_joined();
	test_fair();
	test_growing();
	test_many_files();
	test_few_descriptors();
	test_without_a_clock();
	forget_written();
	buf_release(&wanted);
	return end_tests();
}
