/*
 * source_internal: what the files of source share.
 *
 * A file costs one struct file and one struct follow; everything else about
 * it is a row in a sorted array.
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

struct file {
	struct heap_node wake;
	struct follow *follow;
	struct file *next_ready;
	uint64_t lines, bytes, cut;
	uint64_t dev, ino;	/* under the name at the last discovery */
	int64_t read_at;	/* boot ms */
	int watch, old_watch;	/* ids, or -1 */
	uint32_t version, snapshot, stored;	/* of the positions */
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
};

struct directory {
	int id;			/* of its watch, or -1 */
	bool seen;
	bool stale;		/* the watch may stand for another inode */
};

/* A second name of a file that is read under its first. */
struct alias {
	struct position position;	/* how far, when last looked */
	bool seen;
};

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
	struct map *aliases;
	struct heap wakes;
	struct file *ready_first, *ready_last;
	struct buf buffer;
	uint32_t epoch;		/* discoveries so far */
	int64_t now;
	int64_t sweep_at, discover_at, ask_at;
	int64_t hold_until;	/* -1: listening */
	bool discover_wanted;
	bool handed_over;	/* a file to its second name */
	bool directories_polled;
	bool told_limit, told_unsupported;
	size_t open, open_limit, hand;
};

/* source.c */
struct file *source_find(const struct source *source, const char *path);
void source_insert(struct source *source, struct file *file);
void source_dirty(struct source *source, struct file *file);
void source_notify(struct source *source, enum source_notice kind,
    const char *path, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Takes it out of everything and frees it; it must not be ready. */
void source_drop(struct source *source, struct file *file);

/* source_restore.c */
void source_take_restored(struct source *source, struct file *file);

/* The live position stored for this path, or any for this inode, whatever
 * its path; NULL when there is none, or a file has it. */
const struct position *source_restored(const struct source *source,
    const char *path);
const struct position *source_restored_inode(const struct source *source,
    const struct stat *st);

/* Appends the paths that nobody has taken, each with its NUL; how many. */
size_t source_restored_paths(const struct source *source, struct buf *out);

/* source_watch.c */
void source_hints(struct source *source);
void source_watch_file(struct source *source, struct file *file);
void source_rewatch_file(struct source *source, struct file *file);
void source_unwatch_file(struct source *source, struct file *file);
void source_watch_directory(struct source *source, const char *path);
void source_stale_directories(struct source *source);
void source_unseen_directories(struct source *source);

/* source_discover.c */
void source_discover(struct source *source);
void source_leave_to_alias(struct source *source,
    const struct position *left);

/* source_read.c: one block; true when there is more at once. */
bool source_read_file(struct source *source, struct file *file,
    size_t *used_out);
void source_count_open(struct source *source, struct file *file);
void source_make_room(struct source *source, const struct file *for_file);

#endif
