/*
 * context_internal: struct context, for the context*.c files only.
 */
#ifndef CTAIL_CTAILD_CONTEXT_INTERNAL_H
#define CTAIL_CTAILD_CONTEXT_INTERNAL_H

#include "base/buf.h"
#include "base/map.h"
#include "ctaild/context.h"

struct context_kept {
	char *text;
	size_t len;
};

/* One log file. */
struct context_file {
	struct context_file *newer, *older;	/* in the order of reading */
	char *path;
	struct context_kept kept[ALERT_CONTEXT_MAX];	/* a ring */
	size_t first, count;
	size_t waiting;		/* alerts that want records of it */
	bool looked;		/* into the file, for what stood before */
};

struct context_waiting {
	struct context_waiting *next;
	struct context_file *file;
	char id[ALERT_ID_SIZE];
	struct buf alert;	/* encoded, without what comes after */
	struct context_kept after[ALERT_CONTEXT_MAX];
	size_t count, want;
	size_t bytes;		/* of all of it */
	int64_t until_ms;
	int64_t patience_ms;	/* until then it also waits for the logs to be
				 * read to their ends; 0: it does not */
	bool changed;		/* since it was saved, if it was: */
	bool saved;
};

/* One that was saved and waits no more. */
struct context_gone {
	struct context_gone *next;
	char id[ALERT_ID_SIZE];
};

struct context {
	struct map *files;	/* path -> struct context_file */
	struct context_file *newest, *oldest;
	size_t bytes;		/* of records kept, and of their files, which
				 * may be many */
	struct context_waiting *first, **last;	/* in the order of their time */
	int64_t latest_ms;	/* of the last one */
	size_t waiting_count, waiting_bytes;
	bool changed;		/* one that waits, or waited, has */
	struct context_gone *gone;
};

/* --- context.c --- */

struct context_file *context_file(struct context *context, const char *path);
void context_add_after(struct context *context,
    struct context_waiting *waiting, struct span line);

/* Takes it; behind those whose time comes no later. */
void context_put(struct context *context, struct context_waiting *waiting);

/* --- context_saved.c --- */

/* It waits no more. */
void context_note_gone(struct context *context,
    const struct context_waiting *waiting);
void context_free_gone(struct context *context);

#endif
