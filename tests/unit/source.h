/*
 * source: a configuration with a clock in the hand, for the unit tests of
 * source.
 *
 * Runs with whichever backend is linked: turn() asks as often as the clock
 * is moved, and a turn a second later sees everything with both.
 */
#ifndef CTAIL_TESTS_SOURCE_H
#define CTAIL_TESTS_SOURCE_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "input/source.h"
#include "files.h"
#include "tap.h"

static struct buf got;	     /* "NAME:TEXT|" for each record */
static struct buf notices;   /* "KIND NAME|" for each notice */
static struct buf positions; /* "NAME@OFFSET|" */
static struct buf states;
static struct err err;
static int64_t now = 100000;

static const char *const kinds[] = {
    [SOURCE_MISSING] = "missing",
    [SOURCE_APPEARED] = "appeared",
    [SOURCE_UNREADABLE] = "unreadable",
    [SOURCE_NOT_A_FILE] = "not-a-file",
    [SOURCE_ROTATED] = "rotated",
    [SOURCE_GAP] = "gap",
    [SOURCE_WAITING] = "waiting",
    [SOURCE_TRUNCATED] = "truncated",
    [SOURCE_VANISHED] = "vanished",
    [SOURCE_CUT_LINE] = "cut",
    [SOURCE_POLLING] = "polling",
    [SOURCE_COPY] = "copy",
    [SOURCE_NO_TIME] = "no-time",
};

static inline const char *
name_of(const char *path)
{
	return path + strlen(files_dir) + 1;
}

static inline void
on_record(void *arg, const struct record *record)
{
	(void)arg;
	buf_addf(&got, "%s:", name_of(record->log_path));
	for (size_t i = 0; i < record->text.len; i++)
		buf_add_byte(&got,
		    record->text.data[i] == '\n' ? '/' : record->text.data[i]);
	buf_add_str(&got, record->cut ? "!" : record->partial ? "?" : "|");
	if (strlen(record->incarnation) != 32)
		buf_add_str(&got, "no incarnation");
}

static inline void
on_notice(
    void *arg, enum source_notice kind, const char *path, const char *text)
{
	(void)arg;
	if (kind == SOURCE_POLLING)
		return;
	buf_addf(&notices, "%s %s|", kinds[kind], name_of(path));
	if (!strstr(text, path))
		buf_add_str(&notices, "text without path|");
}

static inline void
on_position(void *arg, const struct source_position *position)
{
	(void)arg;
	buf_addf(&positions, "%s@%llu%s|", name_of(position->path),
	    (unsigned long long)position->checkpoint->position.offset,
	    position->checkpoint->old_count ? "+" : "");
}

static inline void
on_file(void *arg, const struct source_file *file)
{
	(void)arg;
	buf_addf(&states, "%s %s %lld|", name_of(file->path),
	    !strcmp(file->state, "inotify") || !strcmp(file->state, "polling")
		? "read"
		: file->state,
	    (long long)file->size);
}

/* Of the logs that join lines: what begins with a blank goes on. */
static inline enum line_place
on_place(void *arg, size_t log, struct span line)
{
	(void)arg;
	(void)log;
	return line.len > 0 && line.data[0] == ' ' ? LINE_CONTINUES
						    : LINE_BEGINS;
}

/* "@MS TEXT", where anybody asks. */
static inline int64_t
on_time(void *arg, size_t log, const char *log_path, struct span text)
{
	int64_t ms = 0;

	(void)arg;
	(void)log;
	(void)log_path;
	for (size_t i = 1; i < text.len && text.data[0] == '@' &&
			   text.data[i] >= '0' && text.data[i] <= '9';
	     i++)
		ms = ms * 10 + (text.data[i] - '0');
	return ms;
}

static const struct source_handler handler = {
    .record = on_record,
    .notice = on_notice,
    .place = on_place,
    .time = on_time,
};

/* --- A configuration ---------------------------------------------------- */

#define LOGS_MAX 3

struct setup {
	struct log_settings settings[LOGS_MAX];
	struct setting_item items[LOGS_MAX], excludes[LOGS_MAX];
	struct setting_item rotated[LOGS_MAX];
	struct source_log logs[LOGS_MAX];
	bool known[LOGS_MAX];
	size_t count;
};

static struct setup setup;

static inline void
clear_setup(void)
{
	for (size_t i = 0; i < setup.count; i++) {
		free(setup.items[i].text);
		free(setup.excludes[i].text);
		free(setup.rotated[i].text);
	}
	setup = (struct setup){0};
}

static inline void
add_log(
    const char *pattern, enum log_start_place start, bool known, const char *exclude)
{
	size_t i = setup.count++;
	struct log_settings *settings = &setup.settings[i];

	setup.items[i].text = xstrdup(files_path(pattern));
	setup.known[i] = known;
	settings->path = (struct setting_list){&setup.items[i], 1};
	if (exclude) {
		setup.excludes[i].text = xstrdup(exclude);
		settings->exclude_path =
		    (struct setting_list){&setup.excludes[i], 1};
	}
	settings->start.place = (int)start;
	settings->max_line = 1024;
	setup.logs[i] = (struct source_log){
	    .name = i ? "second" : "first",
	    .settings = settings,
	    .known = &setup.known[i],
	};
}

/* Of the log added last. */
static inline void
add_rotated(const char *pattern)
{
	size_t i = setup.count - 1;

	setup.rotated[i].text = xstrdup(pattern);
	setup.settings[i].rotated =
	    (struct setting_list){&setup.rotated[i], 1};
}

static inline struct source *
open_source(void)
{
	struct source *source =
	    source_new(setup.logs, setup.count, handler, &err);

	OK(source != NULL, "a source can be made");
	return source;
}

/* --- Stopping and starting ---------------------------------------------- */

#define KEPT_MAX 512

/* What a store would hold. */
static struct {
	struct {
		char path[256];
		struct checkpoint checkpoint;
	} rows[KEPT_MAX];
	size_t count;
} store;

static inline void
clear_store(void)
{
	while (store.count > 0)
		checkpoint_release(&store.rows[--store.count].checkpoint);
}

static inline void
start_over(void)
{
	files_clear();
	clear_setup();
	clear_store();
	buf_reset(&got);
	buf_reset(&notices);
}

/* One turn after the other until nothing is left, ms later. */
static inline void
turn(struct source *source, int64_t ms)
{
	struct follow_now both = {now += ms, clock_stamp_ns()};

	for (int i = 0; i < 100000 && source_turn(source, &both, 64 * 1024);
	     i++)
		;
}

/* Enough turns for discovery, polls and pauses. */
static inline void
settle(struct source *source)
{
	for (int i = 0; i < 3; i++)
		turn(source, 1000);
}

static inline bool
is(struct buf *buf, const char *want)
{
	bool same = !strcmp(buf_str(buf), want);

	if (!same)
		printf("#   got: %s\n#  want: %s\n", buf_str(buf), want);
	buf_reset(buf);
	return same;
}

static inline bool
changed_are(struct source *source, const char *want)
{
	buf_reset(&positions);
	source_positions_changed(source, on_position, NULL);
	return is(&positions, want);
}

static inline bool
states_are(struct source *source, const char *want)
{
	buf_reset(&states);
	source_files(source, on_file, NULL);
	return is(&states, want);
}

static inline void
store_row(void *arg, const struct source_position *position)
{
	size_t i = 0;

	(void)arg;
	while (i < store.count && strcmp(store.rows[i].path, position->path))
		i++;
	if (i == KEPT_MAX)
		exit(99);
	if (i == store.count)
		store.count++;
	else
		checkpoint_release(&store.rows[i].checkpoint);
	snprintf(store.rows[i].path, sizeof(store.rows[i].path), "%s",
	    position->path);
	store.rows[i].checkpoint = CHECKPOINT_INIT;
	checkpoint_copy(&store.rows[i].checkpoint, position->checkpoint);
}

/* Only what says that it has changed is stored, as ctaild does. */
static inline void
stop(struct source *source)
{
	source_positions_changed(source, store_row, NULL);
	source_free(source);
	buf_reset(&got);
	buf_reset(&notices);
}

static inline struct source *
start_again(void)
{
	struct source *source;

	for (size_t i = 0; i < setup.count; i++)
		setup.known[i] = true;
	source = open_source();
	for (size_t i = 0; i < store.count; i++)
		source_restore(
		    source, store.rows[i].path, &store.rows[i].checkpoint);
	return source;
}

static inline int
end_tests(void)
{
	clear_setup();
	clear_store();
	buf_release(&got);
	buf_release(&notices);
	buf_release(&positions);
	buf_release(&states);
	files_end();
	return tap_done();
}

#endif
