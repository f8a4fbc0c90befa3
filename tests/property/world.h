/*
 * world: real files, and what the model knows about every line in them.
 *
 * A line is known by its number.  The model counts in how many files with a
 * name it stands whole; when that falls to none before the reader has taken
 * it, nobody can demand it any more.  Time is the world's own: files are
 * stamped with it.
 */
#ifndef CTAIL_TESTS_PROPERTY_WORLD_H
#define CTAIL_TESTS_PROPERTY_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define WORLD_LINES 2048
#define WORLD_GENERATIONS 12
#define WORLD_LOG "app.log"

struct line_state {
	unsigned copies;	/* whole ones, in files with a name */
	unsigned taken;		/* by the reader, and saved */
	unsigned unsaved;	/* by the reader since it saved */
	bool excused;		/* gone before it could be taken */
	bool torn;		/* cut in two by a truncation */
	bool late;		/* written to a file already rotated */
};

/* One file's content. */
struct body {
	unsigned references;
	bool named;
	bool holed;		/* offsets do not follow from the lines */
	int fd;			/* of the plain file, for what is written */
	uint64_t size;
	int lines[WORLD_LINES];
	uint64_t ends[WORLD_LINES];	/* offset behind each */
	size_t count;
	int part;		/* number of the unfinished one, or -1 */
	int64_t written_ns;
};

struct generation_name {
	struct body *body;	/* NULL: no such file */
	bool packed;
};

struct world {
	char directory[256];
	struct body *live;	/* NULL: no file under the name */
	struct body *writer;	/* what the writer has open */
	struct generation_name rotated[WORLD_GENERATIONS];	/* [1] is .1 */
	struct line_state lines[WORLD_LINES];
	int next;		/* number of the next line */
	uint64_t at;		/* writer's own offset without O_APPEND */
	bool append, headed;
	unsigned copied;	/* so often, and not truncated since: nobody
				 * renames a log that is rotated by copying, or
				 * truncates one that is only copied */
	bool remainders;	/* second halves of torn lines may appear */
	int64_t boot_ms, wall_ns;
	bool can_pack;
};

void world_begin(struct world *world, bool append, bool headed, bool can_pack);
void world_end(struct world *world);

void world_write(struct world *world, unsigned lines);
void world_part(struct world *world);
void world_finish(struct world *world);
void world_rename(struct world *world);
void world_create(struct world *world);
void world_reopen(struct world *world);
void world_copy(struct world *world);
void world_truncate(struct world *world);
void world_pack(struct world *world, unsigned generation);
void world_remove(struct world *world, unsigned generation);
void world_touch(struct world *world, unsigned generation);
void world_replace(struct world *world);
void world_pass(struct world *world, unsigned ms);

/* The path of a file in the directory; valid until the next call. */
const char *world_path(struct world *world, const char *name);

/* A line as it is written, with its newline; its length. */
size_t world_line(int number, char out[512]);

#endif
