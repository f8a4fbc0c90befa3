/*
 * chain: finds the file that holds a position.
 *
 * Hides when an answer can be believed: what was proven by its bytes at once,
 * that nothing was found only when the names stood still meanwhile.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "input/chain_internal.h"

void
chain_found_release(struct chain_found *found)
{
	free(found->path);
	content_close(&found->content);
	*found = CHAIN_FOUND_INIT;
}

static void
hand_over(struct chain_found *from, struct chain_found *out)
{
	*out = *from;
	*from = CHAIN_FOUND_INIT;
}

/* --- The live file ---------------------------------------------------- */

struct live {
	int fd;
	bool failed;
};

/* A duplicate of the live descriptor, with its identity. */
static int
open_live(const struct search *search, int fd, struct chain_found *out)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	if (copy < 0 || position_identify(&out->position, copy) < 0) {
		err_set(search->err, "cannot look at %s: %s",
		    search->chain->log, strerror(errno));
		if (copy >= 0)
			close(copy);
		return -1;
	}
	content_init(&out->content, copy, COMPRESSION_NONE, NULL);
	return 0;
}

static enum step
weigh_live(struct search *search, struct chain_found *found)
{
	const struct position *position = search->position;
	uint64_t end;
	enum proof proof;

	if (position_same_file(position, &found->position))
		return STEP_ON;
	proof = chain_prove(
	    &found->content, position, EVIDENCE_CONTENT, &end, search->err);
	if (proof == PROOF_FAILED) {
		err_prefix(search->err, "%s", search->chain->log);
		return STEP_FAILED;
	}
	if (proof != PROOF_YES)
		return STEP_ON;
	chain_explain(search->chain,
	    "%s is another file than before but holds exactly what was read: "
	    "it goes on at offset %llu",
	    search->chain->log, (unsigned long long)position->offset);
	return STEP_TAKEN;
}

/* An editor's replacement of the log. */
static enum step
try_live(struct search *search, const struct live *live)
{
	const struct position *position = search->position;
	struct chain_found found = CHAIN_FOUND_INIT;
	enum step step;

	if (live->fd < 0 || live->failed || position->offset == 0 ||
	    (!position->tail.len && position->head.len < CHAIN_HEAD_MIN))
		return STEP_ON;
	if (open_live(search, live->fd, &found) < 0)
		return STEP_FAILED;
	step = weigh_live(search, &found);
	if (step == STEP_TAKEN) {
		chain_take_identity(position, &found.position);
		hand_over(&found, &search->found);
	}
	chain_found_release(&found);
	return step;
}

/* What was read begins like the log does now.  Asked first, because going
 * back in a packed file costs as much as unpacking it. */
static bool
live_begins_alike(const struct search *search, const struct live *live)
{
	const struct fingerprint *head = &search->position->head;
	struct content content = {.fd = live->fd};
	char bytes[POSITION_PRINT];
	struct fingerprint print;
	struct err err;

	if (live->fd < 0 || content_pread(&content, bytes, head->len, 0,
				head->len, &err) != (ssize_t)head->len)
		return false;
	fingerprint_take(&print, span_of(bytes, head->len));
	return fingerprint_equal(&print, head);
}

/* Logs that begin alike may hold the same bytes up to the offset: then an
 * older file counts, unless all of it is in the log as well.  Whoever renames
 * the log does not replace it like an editor. */
static enum step
find_elsewhere(struct search *search, const struct live *live)
{
	enum step step = search_by_content(search);

	if (search->own_seen)
		return step;
	if (step == STEP_ON)
		return try_live(search, live);
	if (step != STEP_TAKEN || !live_begins_alike(search, live) ||
	    !chain_is_copy_of_live(search->chain, &search->found.content))
		return step;
	chain_found_release(&search->found);
	return try_live(search, live);
}

/* --- chain_find ------------------------------------------------------- */

static enum step
find_pass(struct search *search, const struct live *live)
{
	enum step step = search_by_identity(search);

	if (step == STEP_ON)
		step = find_elsewhere(search, live);
	if (step == STEP_ON)
		step = search_by_circumstance(search);
	return step;
}

/* We were ahead of the copy; nothing in it is unread. */
static enum chain_answer
take_shorter(struct search *search, struct chain_found *out)
{
	struct chain_found *shorter = &search->shorter;

	if (chain_move_to_end(&shorter->content, search->shorter_end,
		&shorter->position, search->err) != PROOF_YES) {
		err_set(
		    search->err, "cannot read %s to its end", shorter->path);
		return CHAIN_FAILED;
	}
	chain_explain(search->chain,
	    "%s is a copy made before its last lines were written, which were "
	    "read: nothing in it is unread",
	    shorter->path);
	hand_over(shorter, out);
	return CHAIN_AHEAD;
}

/* False: the names have changed, so that it means nothing. */
static bool
conclude(struct search *search, enum step step, struct chain_found *out,
    enum chain_answer *answer)
{
	if (step == STEP_AGAIN)
		return false;
	if (step == STEP_FAILED) {
		*answer = CHAIN_FAILED;
		return true;
	}
	if (step == STEP_TAKEN) {
		hand_over(&search->found, out);
		*answer = CHAIN_FOUND;
		return true;
	}
	if (!search_is_stable(search))
		return false;
	*answer = search_without_result(search);
	if (*answer == CHAIN_GONE && search->shorter.path)
		*answer = take_shorter(search, out);
	return true;
}

enum chain_answer
chain_find(const struct chain *chain, const struct checkpoint *checkpoint,
    int fd, bool live_failed, struct chain_found *out, struct err *err)
{
	const struct position *position = &checkpoint->position;
	const struct live live = {fd, live_failed};
	enum chain_answer answer = CHAIN_FAILED;
	bool done = false;

	*out = CHAIN_FOUND_INIT;
	chain_begin(err);
	if (position->ino == 0)
		return CHAIN_GONE;
	for (int i = 0; !done && i < CHAIN_ATTEMPTS; i++) {
		struct search search;

		done = search_begin(&search, chain, position,
			   checkpoint->settled_ns, err) < 0;
		search.keep_short = live_failed;
		search.known = checkpoint;
		if (!done)
			done = conclude(
			    &search, find_pass(&search, &live), out, &answer);
		search_end(&search);
	}
	if (done && answer == CHAIN_GONE)
		chain_explain(chain,
		    "no older file of %s holds what was read last", chain->log);
	return done ? answer : chain_restless(chain, err);
}

/* --- chain_reopen ----------------------------------------------------- */

/* That an old file is gone is nothing unusual, and many begin alike: a few
 * bytes are no proof here. */
static enum step
reopen_pass(struct search *search)
{
	enum step step = search_by_identity(search);

	if (step == STEP_ON && search->position->offset >= CHAIN_HEAD_MIN)
		step = search_by_content(search);
	return step;
}

/* Where it was seen last, unless it is not that file any more. */
static bool
reopen_hint(const struct chain *chain, const struct position *position,
    const char *hint, struct chain_found *out)
{
	struct chain_found found;
	enum compression compression = compression_of(span_str(hint), NULL);
	struct stat st;
	uint64_t end;
	int fd;

	/* Looked at first: opening a device may do something. */
	if (lstat(hint, &st) < 0 || !S_ISREG(st.st_mode) ||
	    !chain_can_read(chain, compression) ||
	    chain_open_path(hint, &fd, &found, NULL) != OPENING_DONE)
		return false;
	content_init(&found.content, fd, compression, chain->unpacker);
	if (position_same_file(&found.position, position) &&
	    chain_prove(&found.content, position, EVIDENCE_IDENTITY, &end,
		NULL) == PROOF_YES) {
		chain_take_identity(position, &found.position);
		hand_over(&found, out);
		return true;
	}
	chain_found_release(&found);
	return false;
}

enum chain_answer
chain_reopen(const struct chain *chain, const struct position *position,
    const char *hint, struct chain_found *out, struct err *err)
{
	enum chain_answer answer = CHAIN_FAILED;
	bool done = false;

	*out = CHAIN_FOUND_INIT;
	chain_begin(err);
	if (position->ino == 0)
		return CHAIN_GONE;
	if (hint && reopen_hint(chain, position, hint, out))
		return CHAIN_FOUND;
	for (int i = 0; !done && i < CHAIN_ATTEMPTS; i++) {
		struct search search;

		done = search_begin(&search, chain, position, 0, err) < 0;
		search.unique = true;
		if (!done)
			done = conclude(
			    &search, reopen_pass(&search), out, &answer);
		search_end(&search);
	}
	return done ? answer : chain_restless(chain, err);
}
