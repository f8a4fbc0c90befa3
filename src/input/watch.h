/*
 * watch: hints that a path may have changed.
 *
 * One of watch_inotify.c and watch_poll.c is linked, by configure.  Hints are
 * never trusted: they may be late, doubled, about nothing, or missing, and
 * the caller looks at the file system and sweeps slowly whatever happens.
 * A file watch follows the file (also after a rename), a directory watch
 * tells that a name in it came, went or was replaced.
 *
 * "Not supported here" and "limit reached" are answers, not errors: the
 * caller then polls that path.
 */
#ifndef CTAIL_INPUT_WATCH_H
#define CTAIL_INPUT_WATCH_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"

struct watch;

enum watch_target { WATCH_FILE, WATCH_DIRECTORY };

enum watch_answer {
	WATCH_OK,
	WATCH_MISSING,		/* no such path now */
	WATCH_LIMIT,		/* the system's limit; err names the sysctl */
	WATCH_UNSUPPORTED,	/* this backend or file system cannot */
};

enum watch_hint_kind {
	WATCH_CHANGED,		/* look at what this id stands for */
	WATCH_LOST,		/* the watch ended (file or directory gone) */
	WATCH_RESCAN,		/* anything may have changed */
};

struct watch_hint {
	enum watch_hint_kind kind;
	int id;			/* of watch_add; -1 for WATCH_RESCAN */
};

struct watch *watch_new(struct err *err);
void watch_free(struct watch *watch);

/* "inotify" or "poll", for status. */
const char *watch_backend(void);

/* The open file changes only through this kernel, which stamps it then. */
bool watch_sees_all(int fd);

/* To poll(2) for reading; -1 when the backend has none. */
int watch_fd(const struct watch *watch);

/* How often the caller should ask although nothing was readable, in ms; -1:
 * not needed. */
int64_t watch_interval(const struct watch *watch);

/* The same path may be added twice and gives the same id when it is the same
 * inode.  After LIMIT and UNSUPPORTED *why_out is why in a word or a few, for
 * status ("nfs", "no watches left"), a constant. */
enum watch_answer watch_add(struct watch *watch, const char *path,
    enum watch_target target, int *id_out, const char **why_out,
    struct err *err);
void watch_remove(struct watch *watch, int id);

/* The next hint without blocking; false when there is none now. */
bool watch_next(struct watch *watch, struct watch_hint *out);

#endif
