/*
 * input_source_record: records of several lines through growth, time,
 * rotations and restarts.
 *
 * A line that begins with a blank goes on; in what was got '/' stands for
 * the newlines within.
 */
#include "config.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input/watch.h"
#include "packer.h"
#include "source.h"

#define LIMIT_MS 2000

static void
begin_with(const char *text)
{
	start_over();
	if (text)
		files_write("log", text);
	add_log("log", LOG_START_START, false, NULL);
	setup.settings[0].record = (char *)"start x";
	setup.settings[0].record_limit =
	    (struct log_record_limit){.lines = 5, .bytes = 60, .ms = LIMIT_MS};
}

/* With polling, too, nothing that was written is overlooked. */
static void
look(struct source *source, int64_t ms)
{
	if (!strcmp(watch_backend(), "poll"))
		source_rescan(source);
	turn(source, ms);
}

/* A turn shortly after, in which nobody's time is up. */
static void
soon(struct source *source)
{
	look(source, 10);
	look(source, 10);
}

static bool
stored_at(struct source *source, uint64_t offset)
{
	char want[64];

	snprintf(want, sizeof(want), "log@%llu|", (unsigned long long)offset);
	buf_reset(&positions);
	source_positions_all(source, on_position, NULL);
	return is(&positions, want);
}

/* --- Growth and time ------------------------------------------------------ */

static void
test_growth(void)
{
	struct source *source;

	begin_with("");
	source = open_source();
	settle(source);
	files_append("log", "a\n");
	soon(source);
	OK(is(&got, ""), "a line that may be gone on with is not handed out");
	OK(stored_at(source, 0), "nor is it consumed");
	OK(source_is_waiting(source), "it is waited for");
	turn(source, 200);
	OK(source_is_caught_up(source), "all the same everything was read");
	files_append("log", " 1\n");
	soon(source);
	files_append("log", " 2");
	soon(source);
	OK(is(&got, ""), "what goes on with it is kept with it");
	files_append("log", "2\nb\n");
	soon(source);
	OK(is(&got, "log:a/ 1/ 22|"), "the next one ends it");
	OK(stored_at(source, 9), "and it is consumed");
	look(source, LIMIT_MS);
	OK(is(&got, "log:b|"), "or its time does");
	OK(!source_is_waiting(source), "nothing is waited for");
	OK(stored_at(source, 11), "and it is consumed, too");
	files_append("log", " late\n");
	soon(source);
	OK(is(&got, "log: late|"), "what comes then is a record of its own");
	OK(stored_at(source, 17), "at once");
	source_free(source);
}

static void
test_time(void)
{
	struct source *source;
	int64_t due;

	begin_with("");
	source = open_source();
	settle(source);
	files_append("log", "a\n");
	look(source, 1000);
	look(source, LIMIT_MS - 1);
	OK(is(&got, ""), "its time is not up a moment before");
	due = source_due(source);
	OK(due <= now + 1 && due > now, "when it is up is when to wake up");
	files_append("log", " 1\n");
	look(source, 1);
	OK(is(&got, ""), "a line in the last moment is still joined");
	look(source, LIMIT_MS - 1000);
	files_append("log", " part");
	look(source, 900);
	look(source, 1000);
	OK(is(&got, ""), "a line that is being written makes it wait");
	look(source, LIMIT_MS);
	OK(is(&got, "log:a/ 1|"), "not for ever");
	files_append("log", " of it\nb\n");
	soon(source);
	OK(is(&got, "log: part of it|"), "the line is its own then");
	source_free(source);
}

static void
test_limits(void)
{
	struct source *source;

	begin_with("a\n 1\n 2\n 3\n 4\n 5\nb\n");
	source = open_source();
	look(source, 0);
	OK(is(&got, "log:a/ 1/ 2/ 3/ 4!log: 5|"),
	    "a record has so many lines at most");
	OK(is(&notices, "cut log|"), "which is told");
	files_append("log", " 0123456789012345678901234567890123456789\n"
			    " 01234567890123456789\nc\n");
	soon(source);
	OK(is(&got, "log:b/ 0123456789012345678901234567890123456789!"
		    "log: 01234567890123456789|"),
	    "and so many bytes");
	source_free(source);
}

static void
test_restart_does_not_wait_again(void)
{
	struct source *source;
	struct timespec times[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};

	begin_with("a\n 1\n");
	utimensat(AT_FDCWD, files_path("log"), times, 0);
	source = open_source();
	look(source, 0);
	OK(is(&got, "log:a/ 1|"),
	    "what is old when it is read first is not waited with");
	source_free(source);
}

static void
test_seek_and_statistics(void)
{
	struct source *source;

	begin_with("a\n 1\n");
	source = open_source();
	look(source, 0);
	OK(source_seek(source, files_path("log"), 2, &err) == 0 &&
		!source_is_waiting(source) && stored_at(source, 2),
	    "a seek forgets the open record");
	soon(source);
	OK(is(&got, "log: 1|"), "and reads on where it went");
	source_free(source);
	begin_with("a\n 1\n");
	setup.settings[0].record = NULL;
	source = open_source();
	look(source, 0);
	OK(is(&got, "log:a|log: 1|"), "without `record' lines are records");
	source_free(source);
}

static void
on_counts(void *arg, const struct source_file *file)
{
	(void)arg;
	buf_addf(&states, "%llu %llu %llu %d|",
	    (unsigned long long)file->lines,
	    (unsigned long long)file->records,
	    (unsigned long long)file->bytes, file->read_ms > 0);
}

static void
test_counts(void)
{
	struct source *source;

	begin_with("a\n 1\nb\n");
	source = open_source();
	look(source, 0);
	buf_reset(&states);
	source_files(source, on_counts, NULL);
	OK(is(&states, "2 1 7 1|"), "lines and records are counted");
	source_free(source);
}

/* --- Rotation ------------------------------------------------------------- */

enum rotation_kind { RENAMED, COPIED, COPIED_LATE, EMPTIED, ROTATIONS };

static const char *const rotation_names[] = {
    "renamed", "copied and emptied", "emptied and unread in the copy",
    "emptied"};

static void
put(const char *name, const char *text)
{
	files_put(name, text, strlen(text), O_TRUNC);
}

/* text: what the log holds before. */
static void
rotate(enum rotation_kind kind, const char *text)
{
	switch (kind) {
	case RENAMED:
		files_rename("log", "log.1");
		put("log", "");
		break;
	case COPIED:
	case COPIED_LATE:
		put("log.1", text);
		put("log", "");
		break;
	default:
		put("log", "");
		break;
	}
}

#define HEAD                                                                   \
	"0000000000 0000000000 0000000000 0000000000 0000000000 0000000000 "  \
	"0000000000 000\n"

static void
rotate_in_a_record(enum rotation_kind kind, bool goes_on)
{
	const char *next = goes_on ? " 2\nb\n" : "b\n";
	const char *name = rotation_names[kind];
	struct source *source;

	begin_with(HEAD "a\n 1\n");
	source = open_source();
	look(source, 0);
	buf_reset(&got);
	rotate(kind, HEAD "a\n 1\n");
	for (int i = 0; i < 20; i++)
		look(source, 10);
	if (kind == EMPTIED)
		OK(is(&got, "log:a/ 1|"),
		    "emptied: what was read of it is handed out");
	else
		OK(is(&got, ""), "%s: it may go on", name);
	files_append("log", next);
	for (int i = 0; i < 20; i++)
		look(source, 10);
	if (kind == EMPTIED)
		OK(is(&got, goes_on ? "log: 2|" : ""), "and is over");
	else
		OK(is(&got, goes_on ? "log:a/ 1/ 2|" : "log:a/ 1|"),
		    "%s: it %s", name, goes_on ? "goes on" : "is over");
	look(source, LIMIT_MS);
	OK(is(&got, "log:b|"), "%s: then comes what follows", name);
	source_free(source);
}

/* Where a record stands: in the generation it began in. */
static struct record last_record;
static char last_incarnations[2][33];

static void
keep_record(void *arg, const struct record *record)
{
	(void)arg;
	last_record = *record;
	memcpy(last_incarnations[0], last_incarnations[1], 33);
	memcpy(last_incarnations[1], record->incarnation, 33);
}

static void
test_where_it_stands(void)
{
	struct source_handler keeping = {
	    .record = keep_record, .notice = on_notice, .place = on_place};
	struct source *source;

	begin_with("begin\na\n 1\n");
	source = source_new(setup.logs, setup.count, keeping, &err);
	look(source, 0);
	rotate(RENAMED, NULL);
	files_append("log", " 2\nb\n");
	soon(source);
	soon(source);
	OK(last_record.offset == 6 && last_record.end == 3 &&
		last_record.lines == 3 &&
		!strcmp(last_incarnations[0], last_incarnations[1]),
	    "a joined record stands at its first byte");
	source_free(source);
}

/* The writer has not noticed, and somebody else writes to the new file. */
static void
test_late_lines(void)
{
	struct source *source;

	begin_with("a\n 1\n");
	source = open_source();
	look(source, 0);
	files_rename("log", "log.1");
	files_append("log.1", " 2\n");
	soon(source);
	OK(is(&got, ""), "a record goes on in the file that was renamed");
	put("log", "b\n 1\n");
	look(source, 1000);
	look(source, 10);
	OK(is(&got, "log:a/ 1/ 2|"), "until the next one begins");
	files_append("log.1", "late\n 1\n");
	look(source, 1000);
	OK(is(&got, "log:late/ 1|"), "what comes late is its own");
	stop(source);
	source = start_again();
	look(source, 0);
	look(source, 10);
	OK(is(&got, ""), "and not repeated by a restart");
	look(source, LIMIT_MS);
	OK(is(&got, "log:b/ 1|"), "nor is the open one lost");
	source_free(source);
}

static void
test_rotated_twice(void)
{
	struct source *source;

	begin_with("a\n 1\n");
	source = open_source();
	look(source, 0);
	stop(source);
	files_rename("log", "log.2");
	put("log.1", " 2\n");
	put("log", " 3\nb\n");
	source = start_again();
	for (int i = 0; i < 5; i++)
		look(source, 10);
	OK(is(&got, "log:a/ 1/ 2/ 3|"),
	    "a record over three generations and a restart is one");
	source_free(source);
}

/* Nothing before it was ever consumed, so no bytes prove which file it was. */
static void
test_first_record_is_copied(void)
{
	struct source *source;

	begin_with("a\n 1\n");
	source = open_source();
	look(source, 0);
	stop(source);
	rotate(COPIED, "a\n 1\n");
	files_append("log", " 2\nb\n");
	source = start_again();
	for (int i = 0; i < 5; i++)
		look(source, 10);
	OK(is(&got, "log:a/ 1/ 2|"),
	    "a log's very first record is found in its copy");
	source_free(source);
}

/* Those that only their time ends stand in the order, too. */
static void
test_merged(void)
{
	struct timespec times[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
	struct source *source;

	start_over();
	files_write("a", "@10 x\n 1\n@40 y\n 1\n");
	files_write("b", "@20 x\n@30 y\n 1\n");
	for (int i = 0; i < 2; i++) {
		add_log(i ? "b" : "a", LOG_START_START, false, NULL);
		setup.settings[i].record = (char *)"start x";
		setup.settings[i].record_limit = (struct log_record_limit){
		    .lines = 5, .bytes = 60, .ms = LIMIT_MS};
		setup.logs[i].group = 1;
		utimensat(AT_FDCWD, files_path(i ? "b" : "a"), times, 0);
	}
	source = open_source();
	look(source, 0);
	OK(is(&got, "a:@10 x/ 1|b:@20 x|b:@30 y/ 1|a:@40 y/ 1|"),
	    "records of a group are handed out oldest first");
	source_free(source);
}

static void
test_gone(void)
{
	struct source *source;

	begin_with("a\n 1\n");
	setup.settings[0].record_limit.ms = 3600000;
	source = open_source();
	look(source, 0);
	unlink(files_path("log"));
	look(source, 1000);
	OK(is(&got, ""), "a log may come back");
	look(source, 12000);
	look(source, 12000);
	OK(is(&got, "log:a/ 1|"),
	    "what was read of one that is gone is handed out");
	OK(!source_is_waiting(source), "and not waited for");
	source_free(source);
}

static void
test_partial_end(void)
{
	struct source *source;

	begin_with("a\n 1\n 2");
	source = open_source();
	look(source, 0);
	files_rename("log", "log.1");
	soon(source);
	for (int i = 0; i < 4; i++)
		look(source, 5000);
	OK(is(&got, "log:a/ 1|log: 2?") || is(&got, "log:a/ 1/ 2?"),
	    "a last line without newline is not lost");
	source_free(source);
}

/* --- Restarts ------------------------------------------------------------- */

static const char story[] =
    "a\n 1\nb\nc\n 1\n 2\n 3\n 4\n 5\nd\n 1\r\ne\r\n 1\n 2\nf\n";
static const char told[] =
    "log:a/ 1|log:b|log:c/ 1/ 2/ 3/ 4!log: 5|log:d/ 1|log:e\r/ 1/ 2|log:f|";

enum { STOP, KILL };

/* The log has the first `at` bytes when the process ends, however; then it
 * is rotated, or not, and gets the others. */
static bool
restart_at(size_t at, int kind, bool ends_well)
{
	struct buf all = BUF_INIT;
	struct source *source;
	char first[sizeof(story)];
	bool same;

	begin_with("");
	source = open_source();
	look(source, 0);
	memcpy(first, story, at);
	first[at] = '\0';
	files_append("log", first);
	soon(source);
	buf_add_span(&all, buf_span(&got));
	if (ends_well) {
		stop(source);
	} else {
		source_positions_changed(source, store_row, NULL);
		source_positions_stored(source);
		soon(source);
		source_free(source);
		buf_reset(&got);
	}
	/* A line cut in two by a rotation is not this test's business. */
	if (kind != ROTATIONS && (at == 0 || first[at - 1] == '\n'))
		rotate((enum rotation_kind)kind, first);
	files_append("log", story + at);
	source = start_again();
	for (int i = 0; i < 5; i++)
		look(source, 10);
	look(source, LIMIT_MS);
	buf_add_span(&all, buf_span(&got));
	same = is(&all, told);
	if (!same)
		printf("# at %zu, %s\n", at,
		    kind == ROTATIONS ? "not rotated" : rotation_names[kind]);
	source_free(source);
	buf_release(&all);
	return same;
}

static void
test_restart_at_every_byte(int kind)
{
	unsigned wrong = 0;

	for (size_t at = 0; at < sizeof(story); at++) {
		/* Of what is short, nothing proves what it was a copy of. */
		if (kind != COPIED || at > POSITION_FIRST)
			wrong += !restart_at(at, kind, at % 2);
	}
	OK(wrong == 0, "a restart at any byte changes nothing: %s",
	    kind == ROTATIONS ? "not rotated" : rotation_names[kind]);
}

/* --- Anything ------------------------------------------------------------- */

static uint32_t seed = 1;

static uint32_t
draw(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (uint32_t)(((uint64_t)seed * below) >> 32);
}

struct world {
	struct buf text;	/* of the live file */
	struct buf want;	/* records, as got shows them */
	struct buf open;	/* the one that is being written */
	struct buf saved;	/* got, as far as it is stored */
	unsigned number, lines;
	unsigned generation;	/* the oldest one's number */
	bool copies;		/* rotated by copying; lines are long then */
	bool packs;		/* what is rotated may be packed */
	bool late;		/* the writer has not noticed the rename */
};

static void
world_close(struct world *world)
{
	if (world->open.len > 0)
		buf_addf(&world->want, "log:%s|", buf_str(&world->open));
	buf_reset(&world->open);
	world->lines = 0;
}

#define LONG_ENOUGH                                                            \
	" and so much more that it is told from other lines by what it says"

static void
world_line(struct world *world)
{
	char line[128];
	bool on = world->lines > 0 && world->lines < 5 && draw(3) > 0;

	/* Of different lengths, and long enough to tell them apart. */
	snprintf(line, sizeof(line), "%s%06u%.*s%s", on ? " " : "",
	    world->number++, (int)draw(9), "........",
	    world->copies ? LONG_ENOUGH : "");
	if (!on)
		world_close(world);
	else
		buf_add_byte(&world->open, '/');
	buf_add_str(&world->open, line);
	world->lines++;
	buf_add_str(&world->text, line);
	buf_add_byte(&world->text, '\n');
	files_append(world->late ? "log.1" : "log",
	    buf_str(&world->text) + world->text.len - strlen(line) - 1);
}

static bool
exists(const char *name)
{
	return access(files_path(name), F_OK) == 0;
}

static void
shift(unsigned number, const char *ending)
{
	char from[16], to[16];

	snprintf(from, sizeof(from), "log.%u%s", number, ending);
	snprintf(to, sizeof(to), "log.%u%s", number + 1, ending);
	if (exists(from))
		files_rename(from, to);
}

static void
world_notice(struct world *world)
{
	if (world->late)
		put("log", "");
	world->late = false;
}

/* Of an empty generation that is packed nothing proves which one it was. */
static void
world_rotate(struct world *world)
{
	world_notice(world);
	if (world->packs && world->text.len == 0)
		return;
	for (unsigned i = world->generation; i > 0; i--) {
		shift(i, "");
		shift(i, ".gz");
	}
	world->generation++;
	world->late = !world->copies && draw(2);
	if (world->late)
		files_rename("log", "log.1");
	else
		rotate(
		    world->copies ? COPIED : RENAMED, buf_str(&world->text));
	buf_reset(&world->text);
}

static void
world_pack(struct world *world)
{
	world_notice(world);
	if (world->packs && setup.logs[0].unpacker && exists("log.1"))
		pack("gzip", "log.1");
}

static struct source *
world_restart(struct world *world, struct source *source, bool well)
{
	if (well) {
		source_positions_changed(source, store_row, NULL);
		buf_reset(&world->saved);
		buf_add_span(&world->saved, buf_span(&got));
	}
	source_free(source);
	buf_reset(&got);
	buf_add_span(&got, buf_span(&world->saved));
	return start_again();
}

static struct unpacker unpacker = {.program = "./ctail-unpack"};

static bool
run_world(uint32_t number)
{
	struct world world = {.copies = number % 2, .packs = number % 4 > 1};
	struct source *source;
	bool same;

	seed = number;
	begin_with("");
	setup.settings[0].record_limit.bytes = 1000;
	if (access(unpacker.program, X_OK) == 0)
		setup.logs[0].unpacker = &unpacker;
	source = open_source();
	look(source, 0);
	source_positions_changed(source, store_row, NULL);
	for (int i = 0; i < 40; i++) {
		uint32_t what = draw(13);

		if (what < 5)
			world_line(&world);
		else if (what < 8)
			look(source, 5);
		else if (what == 8 && world.generation < 8)
			world_rotate(&world);
		else if (what == 9)
			source = world_restart(&world, source, true);
		else if (what == 10)
			source = world_restart(&world, source, false);
		else if (what == 11)
			world_pack(&world);
		else
			look(source, 50);
	}
	world_notice(&world);
	for (int i = 0; i < 20; i++)
		look(source, 10);
	for (int i = 0; i < 3; i++)
		look(source, LIMIT_MS);
	world_close(&world);
	same = is(&got, buf_str(&world.want));
	if (!same)
		printf("# world %u\n", number);
	source_free(source);
	buf_release(&world.text);
	buf_release(&world.want);
	buf_release(&world.open);
	buf_release(&world.saved);
	return same;
}

static void
test_worlds(void)
{
	unsigned wrong = 0;

	for (uint32_t i = 1; i <= 200 && wrong < 3; i++)
		wrong += !run_world(i);
	OK(wrong == 0,
	    "through growth, renames, late writers, packers, restarts and "
	    "kills records are whole");
}

int
main(void)
{
	files_begin();
	test_growth();
	test_time();
	test_limits();
	test_restart_does_not_wait_again();
	test_seek_and_statistics();
	test_counts();
	for (int kind = 0; kind < ROTATIONS; kind++) {
		rotate_in_a_record((enum rotation_kind)kind, false);
		rotate_in_a_record((enum rotation_kind)kind, true);
	}
	test_where_it_stands();
	test_late_lines();
	test_rotated_twice();
	test_first_record_is_copied();
	test_merged();
	test_gone();
	test_partial_end();
	test_restart_at_every_byte(ROTATIONS);
	test_restart_at_every_byte(RENAMED);
	test_restart_at_every_byte(COPIED);
	test_worlds();
	return end_tests();
}
