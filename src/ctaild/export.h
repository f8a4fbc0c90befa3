/*
 * export: positions as offset files, for people and other tools.
 *
 * state_dir/offsets/NAME.offset, or LOG.offset where the [log] says
 * `offset_file = beside`.  The database is the truth: each transaction
 * records the value about to be exported and the one before, so that a file
 * that holds neither is known to have been edited by somebody
 * (DESIGN.md section 6).
 */
#ifndef CTAIL_CTAILD_EXPORT_H
#define CTAIL_CTAILD_EXPORT_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/span.h"
#include "input/offset_file.h"

/* Where a log's offset file is (caller frees). */
char *export_path(const char *state_dir, const char *log_path, bool beside);

#define EXPORT_VALUE_MAX 48

/* "INODE OFFSET", as the database keeps it. */
void export_value(const struct offset_entry *entry,
    char out[EXPORT_VALUE_MAX]);

/* -1 when it is not such a value. */
int export_parse(struct span value, struct offset_entry *out);

int export_write(const char *state_dir, const char *log_path, bool beside,
    const struct offset_entry *entry, struct err *err);

enum export_found {
	EXPORT_OURS,		/* what was exported last */
	EXPORT_BEHIND,		/* missing, or what was exported before */
	EXPORT_EDITED,		/* *entry_out is what somebody wrote */
	EXPORT_BAD,		/* err says what is wrong with it */
};

/* When it was changed last, wall clock; 0: not there.  One that is older than
 * the position's last commit is what a power cut leaves of a file that was
 * replaced and not synced. */
int64_t export_written_ns(const char *state_dir, const char *log_path,
    bool beside);

enum export_found export_look(const char *state_dir, const char *log_path,
    bool beside, struct span exported, struct span exported_before,
    struct offset_entry *entry_out, struct err *err);

#endif
