/*
 * follow_internal: what the files of follow share.
 *
 *   follow.c             the calls, and one look at the current generation
 *   follow_open.c        which file holds the position
 *   follow_move.c        from one generation to the next
 *   follow_back.c        what came before the first byte
 *   follow_old.c         those left behind
 *   follow_checkpoint.c  to and from what is remembered
 *   follow_gap.c         what is said: gaps, reasons, waiting
 */
#ifndef CTAIL_INPUT_FOLLOW_INTERNAL_H
#define CTAIL_INPUT_FOLLOW_INTERNAL_H

#include "input/follow.h"
#include "input/generation.h"

/* What is out: memory of its own, because most logs are idle. */
struct handed {
	struct generation *generation;
	struct portion portion;
	bool partial;
};

struct follow {
	const struct follow_options *options;
	struct generation current;
	struct generation *old;	/* oldest first */
	struct handed *handed;	/* NULL: nothing is out */
	struct checkpoint *kept; /* its heads only; NULL: there are none */
	int64_t settled_ns;	/* as in struct checkpoint */
	int64_t stamp_ns;
	struct follow_gaps gaps;
	char *pending_text;	/* or NULL */
	int64_t looked;		/* boot ms of the last look */
	enum follow_verdict pending;	/* to be told next; EOF: nothing */
	bool fresh;		/* never looked at */
	bool unsettled;		/* the first question is still open */
	bool asked;		/* what lies before the live file */
	bool named;		/* opened by its name in this look */
	bool waiting;		/* for something that nothing hints at */
	char path[];
};

/* The parameters of follow_read or follow_extent. */
struct reading {
	struct buf *buffer;
	const struct follow_now *now;
	bool extent;		/* measure instead of read */
	struct err *err;
};

/* --- follow.c ------------------------------------------------------------ */

/* A block or an extent, as asked for. */
enum generation_answer follow_take(struct follow *follow,
    struct generation *generation, const struct reading *reading,
    struct portion *out);

/* FOLLOW_DATA. */
enum follow_verdict follow_hand_out(struct follow *follow,
    struct generation *generation, const struct portion *portion,
    bool partial);

/* --- follow_open.c ------------------------------------------------------- */

/* Opens what holds the position: FOLLOW_DATA when it can be read. */
enum follow_verdict follow_open_current(struct follow *follow,
    const struct reading *reading);

/* The current generation does not hold the bytes before the position. */
enum follow_verdict follow_foreign(struct follow *follow,
    const struct reading *reading);

/* The current generation is not among the files of the log any more, but
 * live, the file under its name, may be the same text: an editor's work. */
bool follow_go_on_in_live(struct follow *follow, int live,
    const struct reading *reading);

/* Or the beginning of it: lines were removed from the end. */
bool follow_go_on_in_shortened(struct follow *follow, int live,
    const struct reading *reading);

/* --- follow_move.c ------------------------------------------------------- */

/* At the end of the current generation; rest is what is left of it. */
enum follow_verdict follow_look_ahead(struct follow *follow,
    const struct portion *rest, const struct reading *reading);

/* What chain found takes the current one's place, which joins the old ones
 * (leave) or is dropped. */
void follow_move_to(struct follow *follow, struct chain_found *found,
    const struct reading *reading);
void follow_leave(struct follow *follow, const struct reading *reading);

/* The file under the name, open as live, from its first byte. */
enum follow_verdict follow_begin_live(struct follow *follow, int live,
    const struct reading *reading);

/* ROTATED, unless the chain had to pass over a file (skipped says which). */
enum follow_verdict follow_tell_moved(struct follow *follow,
    const struct err *skipped, const struct reading *reading);

/* --- follow_back.c ------------------------------------------------------- */

/* Before the first bytes of what was the live file are handed out, before it
 * is left without any (leaving), and once for an empty one when a process
 * begins: FOLLOW_DATA when nothing unread lies before them. */
enum follow_verdict follow_look_back(struct follow *follow, bool leaving,
    const struct reading *reading);

/* Nothing in the current generation was read yet. */
bool follow_is_untouched(const struct follow *follow);

/* The place in the order behind which the unread ones begin then: the newest
 * that was left behind, or none. */
void follow_place_before(const struct follow *follow, struct checkpoint *out);

/* --- follow_old.c -------------------------------------------------------- */

/* Appends; too many at once means the oldest must not wait any longer. */
struct generation *follow_old_add(struct follow *follow);
void follow_old_drop_all(struct follow *follow);

/* FOLLOW_DATA or FOLLOW_GAP, or FOLLOW_EOF when none of them has anything. */
enum follow_verdict follow_old_read(struct follow *follow,
    const struct reading *reading);
/* Is not read for now; one that is finished never again. */
void follow_old_rest(struct generation *old, const struct follow_now *now);
bool follow_old_is_open(const struct follow *follow);

/* The same text goes on in another file. */
void follow_old_forget(struct follow *follow, const char *incarnation);

/* A file that was left before comes back, open in current: go on in it where
 * it was left. */
void follow_old_take_back(struct follow *follow);

/* --- follow_checkpoint.c ------------------------------------------------- */

void follow_adopt(struct generation *generation,
    const struct position *position);
void follow_resume(struct follow *follow, const struct checkpoint *checkpoint);

void follow_add_head(struct follow *follow, const struct fingerprint *head);

/* What a process did not see of its own is made up for by the clocks. */
void follow_wake(struct follow *follow, const struct follow_now *now);
struct chain follow_chain(const struct follow *follow,
    const struct follow_now *now);

/* --- follow_gap.c -------------------------------------------------------- */

void follow_explain(const struct follow *follow, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* FOLLOW_GAP: bytes are known to be lost, or (0) lines may be. */
enum follow_verdict follow_gap(struct follow *follow, uint64_t bytes,
    struct err *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Told by the next call. */
void follow_tell_next(struct follow *follow, enum follow_verdict verdict,
    const char *format, ...) __attribute__((format(printf, 3, 4)));
enum follow_verdict follow_tell_pending(struct follow *follow,
    struct err *err);

/* The chain cannot say (CHAIN_WAIT, CHAIN_FAILED): look again later. */
enum follow_verdict follow_not_now(struct follow *follow,
    enum chain_answer answer, struct err *err);
enum follow_verdict follow_wait(struct follow *follow);

/* FOLLOW_UNREADABLE, and err gets the generation's name. */
enum follow_verdict follow_unreadable(struct follow *follow,
    struct generation *generation, struct err *err);
const char *follow_shown(const struct follow *follow,
    const struct generation *generation);

#endif
