/*
 * plan_files: the rule files that a plan is made of, each read once, and
 * whether they are still what was read.
 *
 * For the plan*.c files, and `ctailctl grep', which has no plan.
 */
#ifndef CTAIL_CTAILD_PLAN_FILES_H
#define CTAIL_CTAILD_PLAN_FILES_H

#include <stdbool.h>
#include "base/err.h"
#include "base/setting.h"

struct plan_files;

/* One file, translated. */
struct pattern_file {
	char *path;
	const char *name;		/* behind the last slash of path */
	struct setting_list patterns;
	struct setting_list mistakes;	/* sentences, with their lines */
	struct setting_list remarks;	/* the same of lines that are taken */
};

struct plan_files *plan_files_new(void);
void plan_files_free(struct plan_files *files);

/* The file belongs to files.  NULL: it cannot be read. */
const struct pattern_file *plan_files_get(struct plan_files *files,
    const char *path, struct err *err);

/* The paths of the files of a directory that count as rule files, in order
 * (the texts are the caller's: plan_files_release).  -1 with errno. */
int plan_files_list(struct plan_files *files, const char *path,
    struct setting_list *out);
void plan_files_release(struct setting_list *paths);

/* There is no such directory, but there may be one. */
void plan_files_missing(struct plan_files *files, const char *path);

/* Whether something of all this is not as it was; asked again it is true only
 * when something changed since. */
bool plan_files_look(struct plan_files *files);

/* False when the line of that name was told before. */
bool plan_files_tell_once(struct plan_files *files, struct span name);

/* Room is made whenever the count is a power of two. */
void plan_list_add(struct setting_list *list, struct setting_item item);

#endif
