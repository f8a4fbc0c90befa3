/*
 * chain_internal: what the files of chain share.
 *
 * chain_proof opens a candidate and compares its bytes; chain_copy compares it
 * with the log; chain_search tries the candidates of one scan in order; chain
 * and chain_next ask the questions of chain.h and decide when a scan can be
 * believed.
 */
#ifndef CTAIL_INPUT_CHAIN_INTERNAL_H
#define CTAIL_INPUT_CHAIN_INTERNAL_H

#include "input/chain.h"
#include "input/siblings.h"

/* So many compressed candidates are looked into in one search. */
#define CHAIN_PACKED_MAX 64

__attribute__((format(printf, 2, 3))) void chain_explain(
    const struct chain *chain, const char *format, ...);

/* Empties err. */
void chain_begin(struct err *err);

bool chain_can_read(const struct chain *chain, enum compression compression);

/* found keeps its device, inode and birth time; the rest is as asked. */
void chain_take_identity(const struct position *asked,
    struct position *found);

/* --- chain_proof.c ---------------------------------------------------- */

enum opening {
	OPENING_DONE,
	OPENING_CHANGED,	/* not that file any more: look again */
	OPENING_REFUSED,	/* permissions; err says it */
	OPENING_FAILED,		/* err says why */
};

/* Any regular file. */
enum opening chain_open_path(const char *path, int *fd_out,
    struct chain_found *out, struct err *err);

/* The file that the scan saw, content ready to read; out's position is a
 * fresh one. */
enum opening chain_open(const struct chain *chain,
    const struct sibling *sibling, struct chain_found *out, struct err *err);

enum evidence {
	EVIDENCE_IDENTITY,	/* the caller knows the inode: tail, else
				 * head, else length */
	EVIDENCE_CONTENT,	/* head and tail; or a long head and length */
	EVIDENCE_LENGTH,	/* exactly as long as what was read */
	EVIDENCE_NEWLINE,	/* longer, and a line ends at the offset */
};

enum proof {
	PROOF_YES,
	PROOF_NO,		/* other bytes */
	PROOF_SHORT,		/* ends before the offset; head fits, if asked
				 * for */
	PROOF_UNFINISHED,	/* packed, and the end of its data is missing */
	PROOF_UNUSABLE,		/* packed, and damaged or in no known format */
	PROOF_FAILED,		/* err says why */
};

/* end_out: the plain length, when SHORT. */
enum proof chain_prove(struct content *content,
    const struct position *position, enum evidence evidence,
    uint64_t *end_out, struct err *err);

/* At most POSITION_PRINT bytes from the start; *got_out of them are there.
 * YES, or why not, with the same answers (never NO or SHORT). */
enum proof chain_read_head(struct content *content, char *head,
    size_t *got_out, struct err *err);

/* Sets position to the end of a content that is `end` long. */
enum proof chain_move_to_end(struct content *content, uint64_t end,
    struct position *position, struct err *err);

/* --- chain_copy.c ----------------------------------------------------- */

/* True when all of content is what the file under the log's name begins with:
 * logrotate's `copy', or a copytruncate that has not truncated yet.  An empty
 * file counts when it is younger than the log: a copy that has just begun. */
bool chain_is_copy_of_live(const struct chain *chain,
    struct content *content);

/* --- chain_search.c --------------------------------------------------- */

enum step {
	STEP_ON,		/* not this one */
	STEP_TAKEN,		/* search.found, search.taken */
	STEP_AGAIN,		/* names have changed */
	STEP_FAILED,		/* search.err */
};

/* What kept a candidate from being looked at. */
enum trouble { TROUBLE_NONE, TROUBLE_SKIPPED, TROUBLE_FAILED, TROUBLE_WAIT };

/* One scan, and what was learnt from it. */
struct search {
	const struct chain *chain;
	const struct position *position;	/* looked for */
	int64_t settled_ns;
	struct siblings siblings;
	uint64_t dev;		/* the position's, or where the log lies */
	struct err *err;

	struct chain_found found;
	const struct sibling *taken;

	const struct checkpoint *known;	/* its old ones, or NULL */
	bool unique;		/* what several files hold proves nothing */
	bool ambiguous;		/* several do */
	bool own_seen;		/* the inode that was read has another name */
	/* That one, holding something else now: what it held can only be in
	 * something older. */
	const struct sibling *rewritten;
	bool locating;		/* only its place matters: it need not open */
	bool keep_short;	/* a shorter copy is worth having: */
	struct chain_found shorter;
	const struct sibling *shorter_of;
	uint64_t shorter_end;

	size_t unpacked;	/* compressed candidates looked into */
	enum trouble trouble;	/* the worst there was */
	struct err why;		/* and what it was */
};

/* 0, or -1 with err.  Always to be ended. */
int search_begin(struct search *search, const struct chain *chain,
    const struct position *position, int64_t settled_ns, struct err *err);
void search_end(struct search *search);

/* Keeps the worst. */
void search_note(struct search *search, enum trouble trouble,
    const struct err *why);

/* Somebody's lines may be in it, and nobody can read them. */
void search_skip(struct search *search, const struct sibling *sibling,
    const char *words);

/* By inode; then by content. */
enum step search_by_identity(struct search *search);
enum step search_by_content(struct search *search);

/* For positions without fingerprints. */
enum step search_by_circumstance(struct search *search);

/* The scan still shows what it showed. */
bool search_is_stable(struct search *search);

/* A compressed file without an end: is somebody writing it now? */
bool chain_is_young(const struct chain *chain, const struct sibling *sibling);

/* What a search without a result comes to: CHAIN_WAIT, CHAIN_FAILED or
 * CHAIN_GONE, with err. */
enum chain_answer search_without_result(struct search *search);

/* Names that change all the time. */
enum chain_answer chain_restless(const struct chain *chain, struct err *err);

#endif
