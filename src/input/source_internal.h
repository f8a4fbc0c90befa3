/*
 * source_internal: what the files of source share.
 *
 * A file costs one struct file and one struct follow; everything else about
 * it is a row in a sorted array.  A log that is a journal is not ours: its
 * list of paths is empty.
 */
#ifndef CTAIL_INPUT_SOURCE_INTERNAL_H
#define CTAIL_INPUT_SOURCE_INTERNAL_H

#include <sys/stat.h>
#include <sys/types.h>
#include "base/buf.h"
#include "base/heap.h"
#include "base/map.h"
#include "input/follow.h"
#include "input/source.h"
#include "input/watch.h"

#define SOURCE_GAP_MS 5			/* between two looks at a file */
#define SOURCE_HURRY_MS 1000		/* none after a name came or went */
#define SOURCE_POLL_MS 1000
#define SOURCE_DISCOVER_GAP_MS 100
#define SOURCE_SWEEP_MS 60000

enum file_state {
	FILE_NEW,
	FILE_READ,
	FILE_MISSING,
	FILE_UNREADABLE,
	FILE_NOT_A_FILE,
	FILE_VANISHED,
};

/* source_pass.c */
struct pass {
	uint64_t dev, ino, end;	/* of what was under the name; ino 0: nothing */
	bool on;
	bool begun;		/* it was read: only then is what has this inode
				 * that file, and not one before it */
	bool over;		/* read up to there */
	bool looked_again;	/* behind that */
};

struct file {
	struct heap_node wake;
	struct follow *follow;
	struct file *next_ready;
	struct copy *copy;	/* what it is found to be; or NULL */
	struct unfinished *unfinished;	/* the open record; or NULL */
	const char *why;	/* polled: why; a constant */
	uint64_t lines, records, bytes, cut, partial;
	int64_t read_ms;	/* wall ms of the last record's arrival */
	uint64_t dev, ino;	/* under the name at the last discovery */
	uint64_t watched;	/* inode that watch stands for; 0: not known */
	int64_t read_at;	/* boot ms */
	int watch, old_watch;	/* ids, or -1 */
	uint32_t version, snapshot, stored;	/* of the positions */
	struct pass pass;
	uint32_t log;
	uint32_t epoch;		/* of the last discovery that found it */
	unsigned char state;	/* enum file_state */
	bool ready;		/* in the queue of those to be read */
	bool polled;
	bool exact;		/* named without wildcards */
	bool late;		/* not there at the first discovery */
	bool used;		/* since the hand passed */
	bool open;		/* counted in source->open */
	bool aliased;		/* has had a second name */
	bool waiting;		/* for more that is there; told */
	bool out;		/* between begin and end of a look: it must
				 * stay open (close_some) */
	bool fresh;		/* begun at its first byte, not looked at yet
				 * whether it is a copy of another log */
};

struct directory {
	uint64_t dev, ino;	/* when it was watched */
	int id;			/* of its watch, or -1 */
	bool seen;
	bool stale;		/* the watch may stand for another inode */
};

/* A second name of a file that is read under its first. */
struct alias {
	struct position position;	/* how far, when last looked */
	bool seen;
};

/* A file that turned out to hold what another one has or had. */
struct copy {
	uint64_t size;		/* when last looked */
	int64_t found_at, grew_at;	/* boot ms */
	bool sure;		/* until it grows */
	bool passed;		/* its position is at its end */
	bool told;
};

/* A record that more lines may belong to: consumed in the follow, not for
 * those who store positions. */
struct unfinished {
	struct buf bytes;	/* of its lines, newlines included; may have
				 * more behind len */
	size_t len, lines;
	char *path;		/* of the generation it began in */
	struct position position;	/* of its first byte */
	struct checkpoint start;	/* as it was then */
	char last[33];		/* incarnation in which it may go on, */
	uint64_t end;		/* at this offset */
	int64_t changed;	/* boot ms when its last byte came */
};

/* Where a log had been read up to when its bytes went away. */
struct lost {
	char *path;		/* the log's; NULL: none */
	uint32_t log;
	struct position position;
};

#define SOURCE_LOST_MAX 32

struct watched {
	int id;
	bool is_directory;
	union {
		struct file *file;
		struct directory *directory;
	};
};

struct source {
	struct source_log *logs;
	struct follow_options *options;	/* of each log's follows */
	size_t log_count;
	bool *known;		/* of all patterns in order */
	bool *told_missing;
	struct source_handler handler;
	struct watch *watch;
	struct file **files;	/* by path */
	size_t file_count, file_cap;
	struct watched *watched;	/* by id */
	size_t watched_count, watched_cap;
	struct map *directories;
	struct map *restored;
	struct map *taken_over;	/* those of restored that are in no store */
	struct map *aliases;
	struct heap wakes;
	struct file *ready_first, *ready_last;
	struct buf buffer;
	uint32_t epoch;		/* discoveries so far */
	int64_t now;		/* boot ms */
	int64_t wall_ns;
	int64_t sweep_at, discover_at, ask_at;
	int64_t hold_until;	/* -1: listening */
	int64_t hurry_until;	/* a log may be about to be truncated */
	bool discover_wanted;
	bool handed_over;	/* a file to its second name */
	bool directories_polled;
	bool once;		/* there is one pass only */
	bool told_limit, told_unsupported;
	size_t open, open_limit, hand;
	size_t unfinished;	/* files with an open record */
	struct lost lost[SOURCE_LOST_MAX];	/* the latest */
	size_t lost_at;
};

/* source.c */
struct file *source_find(const struct source *source, const char *path);
void source_insert(struct source *source, struct file *file);
void source_dirty(struct source *source, struct file *file);
void source_notify(struct source *source, enum source_notice kind,
    const char *path, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Takes it out of everything and frees it. */
void source_drop(struct source *source, struct file *file);

/* A follow of a path for this log, from a copy of checkpoint (or NULL). */
struct follow *source_follow(const struct source *source, size_t log,
    const char *path, const struct checkpoint *checkpoint);

/* What makes records of a log; also for sample.c. */
struct record_rule source_record_rule(const struct source_log *log,
    size_t index, const struct source_handler *handler);

/* source_restore.c */
void source_free_restored(struct source *source);
void source_take_restored(struct source *source, struct file *file);

/* The position stored for the file that is under path now, whatever the path
 * it is stored for; NULL when there is none. */
const struct position *source_restored_file(const struct source *source,
    const char *path, const struct stat *st);

/* Appends the paths that nobody has taken, each with its NUL; how many. */
size_t source_restored_paths(const struct source *source, struct buf *out);

/* source_watch.c */
void source_hints(struct source *source);
void source_watch_file(struct source *source, struct file *file);
void source_check_watch(struct source *source, struct file *file);
void source_rewatch_file(struct source *source, struct file *file);
void source_unwatch_file(struct source *source, struct file *file);
void source_watch_directory(struct source *source, const char *path);
void source_stale_directories(struct source *source);
void source_unseen_directories(struct source *source);

/* source_discover.c */
void source_discover(struct source *source);

/* source_alias.c */
struct inodes;
struct inode_row;
struct inodes *source_inodes_new(struct source *source);
void source_inodes_free(struct inodes *inodes);
void source_inodes_add(struct inodes *inodes, struct file *file);
void source_inodes_forget(struct inodes *inodes, const struct file *file);

/* Who else than `but` reads what is under path already; NULL: nobody. */
const struct inode_row *source_reader(struct inodes *inodes, const char *path,
    const struct stat *st, const struct file *but);
/* True, and *out, when somebody has read what is under path, and left it. */
bool source_left(struct inodes *inodes, const char *path,
    const struct stat *st, struct position *out);
void source_note_alias(struct source *source, const char *path,
    const struct inode_row *reader);
void source_leave_to_alias(struct source *source,
    const struct position *left);
void source_drop_unseen_aliases(struct source *source);

/* True, and *out, when path was a second name of what is under it now. */
bool source_take_alias(struct source *source, const char *path,
    const struct stat *st, struct position *out);

/* source_name.c: true when the name of a file that a wildcard found says
 * that it is no log of its own. */
bool source_is_no_log(const struct source *source, const char *path);
bool source_is_excluded(const struct log_settings *settings,
    const char *path);
bool source_is_of_log(const struct log_settings *settings, const char *path);

/* source_copy.c: true when the file holds what another log has or had, so
 * that it is not to be read now; called before its first block is taken. */
bool source_is_copy(struct source *source, struct file *file);

/* Looks at one that is known to be a copy; true when it is to be read all the
 * same. */
bool source_look_at_copy(struct source *source, struct file *file);
void source_forget_copy(struct file *file);

/* After each look: where it had been before. */
void source_note_lost(struct source *source, const struct file *file,
    const struct position *before);
void source_free_lost(struct source *source);

/*
 * source_read.c: one look at one file, in steps, so that source_merge.c can
 * have several at a time, each in a buffer of its own:
 *
 *	if (source_look_begin(source, file, buffer, &look, &more)) {
 *		while (source_look_next(source, &look, &record))
 *			source_look_give(source, &look, &record);
 *		more = source_look_end(source, &look);
 *	}
 *
 * Between two steps source_look_skip may pass over lines that nobody wants;
 * they count as given.
 *
 * Exactly what was given is consumed: a record that was cut and not given
 * is read again by the next look, and so is all behind it.
 */
struct look {
	struct file *file;
	struct follow_block block;
	struct record_rule rule;
	struct record_cutter cutter;
	struct record_piece piece;	/* that next named, if it is of the
					 * block */
	size_t used;		/* up to where it is consumed at the end, */
	size_t whole;		/* up to where source_skip.c may go */
	bool skipping;		/* in the midst of a line that is too long */
	bool ended;		/* next has said that there is no more */
	bool has_block;		/* else there is the open record only */
	bool closes;		/* which is a record of its own, to be named
				 * first */
	bool names_open;	/* next named it, or what it began */
	bool gave_open;
	bool late;		/* of a generation that was left before */
	bool more;
};

/* True when a block is out, or an open record whose time is up; else the look
 * is over, and *more_out says whether there may be more at once. */
bool source_look_begin(struct source *source, struct file *file,
    struct buf *buffer, struct look *look, bool *more_out);

/* The next record of the block; nothing is done with it yet.  False: no
 * further whole one. */
bool source_look_next(struct source *source, struct look *look,
    struct record *out);

/* Counts it and hands it out; of the last one next named. */
void source_look_give(struct source *source, struct look *look,
    const struct record *record);

/* Consumes; true when there may be more at once. */
bool source_look_end(struct source *source, struct look *look);

/* source_skip.c: behind what was given, and before the next is named. */
void source_look_skip(struct source *source, struct look *look);

/* All of it with the shared buffer: one block; true when there is more at
 * once. */
bool source_read_file(struct source *source, struct file *file,
    size_t *used_out);

/* source_join.c: the open record. */
enum source_block {
	BLOCK_OTHER,		/* what is open ends before it */
	BLOCK_GOES_ON,		/* its first line may belong to what is open */
	BLOCK_LATE,		/* of a generation left before that: neither */
};

enum source_block source_block_of(const struct file *file,
    const struct follow_block *block);
void source_note_late(struct file *file, const char *incarnation);

/* Keeps what the cutter has left of a block, and consumes all of that. */
void source_keep_unfinished(struct source *source, struct file *file,
    struct follow_block *block, const struct record_cutter *cutter);

/* Boot ms when its time is up. */
int64_t source_unfinished_due(const struct source *source,
    const struct file *file);

/* All of it; or together with what goes on with it.  Valid until the next call
 * for this file. */
struct record source_unfinished_record(const struct file *file);
struct record source_unfinished_with(const struct file *file,
    const struct record_piece *piece);
void source_forget_unfinished(struct source *source, struct file *file);
void source_free_unfinished(struct file *file);

/* source_merge.c: one step of the queue.  file, which was taken from it, is
 * looked at, alone or in lockstep with all of its group that are ready; then
 * several times budget bytes, because what is left of blocks is read again.
 * What has more is made ready again, the rest settles. */
void source_read_group(struct source *source, struct file *file,
    size_t budget, size_t *used_out);

/* source_pass.c */
void source_pass_begin(struct file *file);

/* A block of the file has been read. */
void source_pass_note(struct file *file, const struct follow_block *block);
void source_pass_leave(struct file *file);

/* Of those of a group that are ready. */
void source_pass_begin_again(struct source *source, unsigned group);
bool source_pass_is_over(struct file *file);

/* Behind a look: makes ready what has more, settles the rest, and what a single
 * pass is done with. */
void source_pass_settle(struct source *source, struct file *file, bool more);

/* source.c, for it: takes the ready files of a group out of the queue whose
 * pass is not over, at most max; how many. */
size_t source_take_ready(struct source *source, unsigned group,
    struct file **out, size_t max);
void source_make_ready(struct source *source, struct file *file);

/* Nothing more for now: when to look again without a hint.  May drop it. */
void source_settle(struct source *source, struct file *file);

/* source_start.c: `start = last`: where the first record of a file begins
 * that is young enough; UINT64_MAX: there is none, begin at the end. */
uint64_t source_last(struct source *source, const struct file *file);

/* source_read.c */
void source_count_open(struct source *source, struct file *file);
void source_make_room(struct source *source, const struct file *for_file);

#endif
