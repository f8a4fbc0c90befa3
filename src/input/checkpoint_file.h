/*
 * checkpoint_file: LOG.offset.fp, the fingerprints beside an offset file.
 *
 * An offset file is two decimal lines that other tools read and write too
 * (offset_file.h); what makes a position provable lies beside it.  The file
 * holds two entries, the current one and the one before, because it is
 * replaced first and the offset file after it: whichever of them agrees with
 * the offset file is in force.
 *
 *   ctail-fp 1
 *   current
 *   ...checkpoint.h's lines...
 *   previous
 *   ...
 *   sum NNNNNNNNNN     (Adler-32 of everything before: against torn and
 *                      damaged files; whoever may write it may lie anyway)
 *
 * It is optional: missing, it is made; damaged or in disagreement, it is
 * ignored as far as DESIGN.md section 4 says.
 */
#ifndef CTAIL_INPUT_CHECKPOINT_FILE_H
#define CTAIL_INPUT_CHECKPOINT_FILE_H

#include "input/checkpoint.h"
#include "input/offset_file.h"

struct checkpoint_pair {
	struct checkpoint current, previous;
	bool has_current, has_previous;
};

#define CHECKPOINT_PAIR_INIT ((struct checkpoint_pair){0})

void checkpoint_pair_release(struct checkpoint_pair *pair);

/* "LOG.offset" to "LOG.offset.fp"; the caller frees it. */
char *checkpoint_file_path(const char *offset_path);

/* The answers mean the same as for an offset file; the same rules for links,
 * types and owners hold.  *out is empty (and need not be released) unless the
 * answer is OFFSET_OK.  parse_pair's err does not name the file.  write
 * replaces the file, or overwrites it where its directory cannot be written
 * to; a new one is 0600.  When it fails, the caller goes on without
 * fingerprints and says so once. */
enum offset_read checkpoint_file_read(const char *path,
    struct checkpoint_pair *out, struct err *err);
int checkpoint_parse_pair(struct span text, struct checkpoint_pair *out,
    struct err *err);
void checkpoint_seal(struct buf *text);	/* appends the sum's line */
int checkpoint_file_write(const char *path,
    const struct checkpoint_pair *pair, enum offset_sync sync,
    struct err *err);

/* How the offset file and the fingerprints agree. */
enum checkpoint_agreement {
	CHECKPOINT_NONE,	/* no fingerprints: only the two numbers */
	CHECKPOINT_AGREES,	/* ours, current or previous */
	CHECKPOINT_MOVED,	/* same file, other offset: another tool read
				 * on, or somebody edited it */
	CHECKPOINT_ELSEWHERE,	/* another file */
};

/*
 * What to continue from.  AGREES: that entry.  MOVED: the entry whose
 * position has this inode, with the offset of the offset file, its head
 * where the offset allows, no tail, a new incarnation; its old generations
 * stay.  ELSEWHERE: the two numbers alone, heads and the old generations
 * kept as an order only (flushed, end = offset; one with this very inode is
 * dropped); at offset 0 one with inode 0 ends that order, because whoever
 * begins a generation has read what came before it.  NONE: the two numbers.
 * In the last two settled_ns is written_ns, the offset file's time of change,
 * and so it is in MOVED where that is later; and position.dev is 0, "not
 * known" (position.h).  The caller releases out in any case.
 */
enum checkpoint_agreement checkpoint_resume(const struct offset_entry *entry,
    int64_t written_ns, const struct checkpoint_pair *pair,
    struct checkpoint *out);

/* The part of it that MOVED and ELSEWHERE have in common, for a checkpoint
 * that does not agree: goes on at entry. */
void checkpoint_move(struct checkpoint *checkpoint,
    const struct offset_entry *entry, int64_t written_ns);

/*
 * Torn or foreign content in the offset file (OFFSET_DAMAGED), but a valid
 * pair: what the offset file would have said.  The fingerprints are written
 * first, but not before the output has taken the bytes: so the current entry
 * is right, or behind (a run that stores line by line and does not write them
 * as often), which repeats lines and loses none.  False: it cannot tell.
 */
bool checkpoint_recover(const struct checkpoint_pair *pair,
    struct offset_entry *entry_out);

#endif
