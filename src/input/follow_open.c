/*
 * follow_open: which file holds the bytes before the position.
 *
 * Hides the order of the questions: the file under the log's name, where it
 * is the one that was read; else whatever chain.h proves to be it; else, when
 * it is lost, what is provably new; else the file under the name from its
 * start, with a word about what that may cost.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input/follow_internal.h"

#define WRITTEN_AT_ONCE_NS 2000000000

static struct content
plain(int fd)
{
	struct content content;

	content_init(&content, fd, COMPRESSION_NONE, NULL);
	return content;
}

static void
close_file(int fd)
{
	if (fd >= 0)
		close(fd);
}

static enum follow_verdict
cannot_look(struct follow *follow, struct err *err)
{
	err_set(err, "cannot look at %s: %s", follow->path, strerror(errno));
	return FOLLOW_UNREADABLE;
}

/* --- Going on elsewhere --------------------------------------------------- */

/* The same text in another file: nothing begins and nothing is left.  copy: of
 * a log that was truncated, so that nobody writes to it. */
static enum follow_verdict
go_on_in(struct follow *follow, struct chain_found *found, bool copy,
    const struct reading *reading)
{
	struct generation *current = &follow->current;
	uint64_t seen = current->end;
	bool same = position_same_file(&found->position, &current->position);

	follow_explain(follow, "going on in %s at offset %" PRIu64 ": it %s",
	    found->path ? found->path : follow->path, found->position.offset,
	    same ? "is the file that was read before"
		 : "holds the bytes that were read before");
	generation_clear(current);
	follow_adopt(current, &found->position);
	current->path = found->path;
	found->path = NULL;
	current->live = !current->path;
	current->finished = found->content.unpack || (copy && !same);
	current->promised = current->finished ? seen : 0;
	generation_open(current, found->content, reading->now);
	found->content = CONTENT_CLOSED;
	return same ? FOLLOW_DATA : FOLLOW_ROTATED;
}

/* A copy that was made before the last of what was read came: as if it had
 * been read to its end.  What was seen beyond is in no file. */
static enum follow_verdict
go_on_behind(struct follow *follow, struct chain_found *found,
    const struct reading *reading)
{
	uint64_t offset = follow->current.position.offset;
	uint64_t lost = generation_unread(&follow->current);

	go_on_in(follow, found, true, reading);
	follow->current.promised = 0;
	follow_explain(follow,
	    "%s is a copy that ends before offset %" PRIu64
	    ", up to which was read: nothing in it is new",
	    follow->current.path, offset);
	if (lost == 0)
		return FOLLOW_ROTATED;
	follow_tell_next(follow, FOLLOW_ROTATED, "%s", "");
	return follow_gap(follow, lost, reading->err,
	    "%s was truncated after %s was copied from it: %" PRIu64
	    " bytes of an incomplete line behind offset %" PRIu64
	    " are in neither and are lost",
	    follow->path, follow->current.path, lost, offset);
}

bool
follow_go_on_in_live(
    struct follow *follow, int live, const struct reading *reading)
{
	struct chain chain = follow_chain(follow, reading->now);
	struct chain_found found = CHAIN_FOUND_INIT;
	struct checkpoint checkpoint;
	bool is_in_live;

	follow_checkpoint(follow, &checkpoint);
	is_in_live = chain_find(&chain, &checkpoint, live, false, &found,
			 reading->err) == CHAIN_FOUND &&
		     !found.path;
	if (is_in_live)
		go_on_in(follow, &found, false, reading);
	reading->err->text[0] = '\0';
	chain_found_release(&found);
	checkpoint_release(&checkpoint);
	return is_in_live;
}

/* --- The anchor is lost --------------------------------------------------- */

/* An editor writes all of a file as it makes it, a log grows. */
static bool
was_written_at_once(const struct generation *live)
{
	struct position found = {0};

	return position_identify(&found, live->content.fd) == 0 &&
	       found.birth_ns != 0 && live->mtime_ns >= found.birth_ns &&
	       live->mtime_ns - found.birth_ns <= WRITTEN_AT_ONCE_NS;
}

/* The live file begins like what was read but is shorter: somebody has
 * removed lines from its end.  Many logs begin alike: where it is too short
 * for a whole head, it must look like an editor's work besides. */
static bool
is_shortened(struct follow *follow, struct generation *live)
{
	const struct position *position = &follow->current.position;
	const struct fingerprint *known = &position->head;
	char bytes[POSITION_PRINT];
	struct fingerprint print;
	struct err err;

	if (live->size >= position->offset)
		return false;
	if (known->len < POSITION_PRINT || live->size < POSITION_PRINT) {
		known = &position->first;
		if (known->len == 0 || !was_written_at_once(live))
			return false;
	}
	if (content_pread(&live->content, bytes, known->len, 0, known->len,
		&err) != known->len ||
	    fingerprint_is_blank(known))
		return false;
	fingerprint_take(&print, span_of(bytes, known->len));
	return fingerprint_equal(&print, known);
}

/* A new incarnation: what comes next stands where other lines stood. */
static enum follow_verdict
go_on_at_end(struct follow *follow, struct generation *live,
    const struct reading *reading)
{
	uint64_t offset = follow->current.position.offset;

	if (generation_seek(live, UINT64_MAX) < 0) {
		generation_clear(live);
		return cannot_look(follow, reading->err);
	}
	generation_clear(&follow->current);
	follow->current = *live;
	follow->current.live = true;
	follow->asked = true;
	return follow_gap(follow, 0, reading->err,
	    "%s was replaced by a file that begins alike and is shorter than "
	    "the %" PRIu64 " bytes that were read; going on at its end, "
	    "offset %" PRIu64 "; lines may be lost",
	    follow->path, offset, follow->current.position.offset);
}

/* The same, while the file that was read is still open though it has no name
 * any more: then its bytes tell. */
bool
follow_go_on_in_shortened(
    struct follow *follow, int fd, const struct reading *reading)
{
	struct generation *current = &follow->current;
	struct generation live = GENERATION_INIT;
	struct content content = plain(fd);
	struct stat st, named;

	if (current->content.unpack || fstat(current->content.fd, &st) < 0 ||
	    st.st_nlink > 0 || fstat(fd, &named) < 0 ||
	    named.st_size < CHAIN_HEAD_MIN ||
	    (uint64_t)named.st_size >= current->position.offset ||
	    !chain_is_prefix(&content, &current->content))
		return false;
	content.fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (content.fd < 0)
		return false;
	generation_open(&live, content, reading->now);
	if (generation_seek(&live, (uint64_t)named.st_size) < 0) {
		generation_clear(&live);
		return false;
	}
	follow_explain(follow,
	    "%s was replaced by the beginning of what was read: going on at "
	    "its end",
	    follow->path);
	generation_clear(current);
	*current = live;
	current->live = true;
	follow->asked = true;
	return true;
}

/* It stays as a place in the order of generations only. */
static void
leave_lost(struct follow *follow, const struct reading *reading)
{
	follow->current.finished = true;
	follow_leave(follow, reading);
}

/* Nothing unread is among the siblings, and another file is there. */
static enum follow_verdict
begin_other(struct follow *follow, int fd, const struct reading *reading)
{
	uint64_t offset = follow->current.position.offset;
	uint64_t lost = generation_unread(&follow->current);
	struct generation live = GENERATION_INIT;
	enum follow_verdict verdict;

	generation_open(&live, plain(fd), reading->now);
	if (is_shortened(follow, &live))
		return go_on_at_end(follow, &live, reading);
	fd = live.content.fd;
	leave_lost(follow, reading);
	verdict = follow_begin_live(follow, fd, reading);
	if (verdict != FOLLOW_ROTATED)
		return verdict;
	follow_tell_next(follow, FOLLOW_ROTATED, "%s", "");
	return follow_gap(follow, lost, reading->err,
	    "%s is not the file that was read up to offset %" PRIu64
	    ", and that is not among its rotated ones (was it rotated to an "
	    "unknown location?): lines may be lost. Resetting: it is read from "
	    "its start",
	    follow->path, offset);
}

static enum follow_verdict
truncated(struct follow *follow, int live, const struct err *skipped,
    const struct reading *reading)
{
	uint64_t offset = follow->current.position.offset;
	uint64_t lost = generation_unread(&follow->current);
	enum follow_verdict verdict;

	generation_clear(&follow->current);
	verdict = follow_begin_live(follow, live, reading);
	if (verdict != FOLLOW_ROTATED)
		return verdict;
	follow_tell_next(follow, FOLLOW_TRUNCATED,
	    "%s shrank or was rewritten before offset %" PRIu64
	    ", which had been read, and there is no copy of what it held; "
	    "reading it from its start",
	    follow->path, offset);
	if (lost == 0 && skipped->text[0])
		return follow_gap(follow, 0, reading->err,
		    "%s was truncated or rewritten, and %s: lines may be lost",
		    follow->path, skipped->text);
	if (lost == 0)
		return follow_tell_pending(follow, reading->err);
	return follow_gap(follow, lost, reading->err,
	    "%s was truncated or rewritten while its last line was incomplete: "
	    "%" PRIu64 " bytes behind offset %" PRIu64 " are lost",
	    follow->path, lost, offset);
}

static enum follow_verdict
read_newer(struct follow *follow, struct chain_found *found, bool live_failed,
    const struct reading *reading)
{
	uint64_t offset = follow->current.position.offset;
	uint64_t lost = generation_unread(&follow->current);
	/* It was empty; what it got since is in the oldest that changed. */
	bool untouched = follow_is_untouched(follow) && lost == 0;

	if (live_failed)
		generation_clear(&follow->current);
	else
		leave_lost(follow, reading);
	follow_move_to(follow, found, reading);
	if (untouched)
		return FOLLOW_ROTATED;
	follow_tell_next(follow, FOLLOW_ROTATED, "%s", "");
	return follow_gap(follow, lost, reading->err,
	    "%s was rotated, and the generation that had been read up to "
	    "offset %" PRIu64 " is not there any more: lines may be lost; "
	    "reading on with %s",
	    follow->path, offset, follow->current.path);
}

/* Nothing was read in what is lost, and the place before it is known: so
 * nothing that comes next can be missed. */
static enum follow_verdict
go_on_behind_old(struct follow *follow, struct chain_found *found, int live,
    const struct reading *reading)
{
	struct err skipped = *reading->err;

	follow_explain(follow,
	    "%s, of which nothing was read, is not the same any more: what "
	    "was left behind before tells what comes next",
	    follow->path);
	generation_clear(&follow->current);
	if (found->path) {
		close_file(live);
		follow_move_to(follow, found, reading);
	} else if (follow_begin_live(follow, live, reading) != FOLLOW_ROTATED) {
		return FOLLOW_UNREADABLE;
	}
	return follow_tell_moved(follow, &skipped, reading);
}

static bool
find_behind_old(struct follow *follow, struct chain_found *found, int live,
    const struct reading *reading)
{
	struct chain chain = follow_chain(follow, reading->now);
	enum chain_answer answer;
	struct checkpoint before;
	bool proven;

	if (!follow_is_untouched(follow) || !follow->old)
		return false;
	follow_place_before(follow, &before);
	answer = chain_next(&chain, &before, found, &proven, reading->err);
	checkpoint_release(&before);
	if (proven &&
	    (answer == CHAIN_FOUND || (answer == CHAIN_LIVE && live >= 0)))
		return true;
	chain_found_release(found);
	return false;
}

static enum follow_verdict
without_anchor(struct follow *follow, int live, bool live_failed,
    const struct reading *reading)
{
	struct chain chain = follow_chain(follow, reading->now);
	struct chain_found found = CHAIN_FOUND_INIT;
	struct err skipped = *reading->err;
	enum follow_verdict verdict;
	enum chain_answer answer;
	struct checkpoint checkpoint;
	bool proven;

	if (find_behind_old(follow, &found, live, reading)) {
		verdict = go_on_behind_old(follow, &found, live, reading);
		chain_found_release(&found);
		return verdict;
	}
	follow_checkpoint(follow, &checkpoint);
	answer = chain_next(&chain, &checkpoint, &found, &proven, reading->err);
	checkpoint_release(&checkpoint);
	switch (answer) {
	case CHAIN_FOUND:
		close_file(live);
		verdict = read_newer(follow, &found, live_failed, reading);
		break;
	case CHAIN_WAIT:
	case CHAIN_FAILED:
		close_file(live);
		verdict = follow_not_now(follow, answer, reading->err);
		break;
	default:
		if (live < 0)
			verdict = FOLLOW_GONE;
		else if (live_failed)
			verdict = truncated(follow, live, &skipped, reading);
		else
			verdict = begin_other(follow, live, reading);
		break;
	}
	chain_found_release(&found);
	return verdict;
}

/* --- Looking for it ------------------------------------------------------- */

/* It was just seen not to hold the bytes: somebody is writing there. */
static enum follow_verdict
go_on_if_new(struct follow *follow, struct chain_found *found, bool copy,
    const struct reading *reading)
{
	if (!generation_is_open(&follow->current) ||
	    !position_same_file(&found->position, &follow->current.position))
		return go_on_in(follow, found, copy, reading);
	generation_close(&follow->current);
	return follow_not_now(follow, CHAIN_WAIT, reading->err);
}

/* Takes over live, the file under the name, or -1. */
static enum follow_verdict
find_anchor(struct follow *follow, int live, bool live_failed,
    const struct reading *reading)
{
	struct chain chain = follow_chain(follow, reading->now);
	struct chain_found found = CHAIN_FOUND_INIT;
	struct checkpoint checkpoint;
	enum follow_verdict verdict;
	enum chain_answer answer;

	follow_checkpoint(follow, &checkpoint);
	answer = chain_find(
	    &chain, &checkpoint, live, live_failed, &found, reading->err);
	switch (answer) {
	case CHAIN_FOUND:
		close_file(live);
		verdict = go_on_if_new(follow, &found, live_failed, reading);
		break;
	case CHAIN_AHEAD:
		close_file(live);
		verdict = go_on_behind(follow, &found, reading);
		break;
	case CHAIN_WAIT:
	case CHAIN_FAILED:
		close_file(live);
		verdict = follow_not_now(follow, answer, reading->err);
		break;
	default:
		verdict = without_anchor(follow, live, live_failed, reading);
		break;
	}
	chain_found_release(&found);
	checkpoint_release(&checkpoint);
	return verdict;
}

/* Device numbers change over a reboot; inodes and bytes do not. */
static void
renumber(struct follow *follow, uint64_t dev)
{
	uint64_t before = follow->current.position.dev;

	for (struct generation *old = follow->old; old; old = old->next) {
		if (old->position.dev == before)
			old->position.dev = dev;
	}
	follow->current.position.dev = dev;
}

static enum follow_verdict
open_named(struct follow *follow, int fd, const struct reading *reading)
{
	struct generation *current = &follow->current;
	struct position found;
	int64_t mtime_ns;

	if (current->position.ino == 0)
		return follow_begin_live(follow, fd, reading) == FOLLOW_ROTATED
			   ? FOLLOW_DATA
			   : FOLLOW_UNREADABLE;
	if (position_identify(&found, fd) < 0) {
		close_file(fd);
		return cannot_look(follow, reading->err);
	}
	if (found.dev != current->position.dev)
		renumber(follow, found.dev);
	if (!position_same_file(&found, &current->position))
		return find_anchor(follow, fd, false, reading);
	free(current->path);
	current->path = NULL;
	current->position.birth_ns = found.birth_ns;
	current->live = true;
	current->finished = false;
	current->promised = 0;
	mtime_ns = current->mtime_ns;
	generation_open(current, plain(fd), reading->now);
	follow->named = true;
	if (mtime_ns != current->mtime_ns)
		follow->unsettled = true;
	return FOLLOW_DATA;
}

enum follow_verdict
follow_open_current(struct follow *follow, const struct reading *reading)
{
	int fd = generation_open_file(follow->path, reading->err);

	if (fd >= 0)
		return open_named(follow, fd, reading);
	if (errno != ENOENT && errno != ENOTDIR)
		return FOLLOW_UNREADABLE;
	if (follow->current.position.ino == 0)
		return FOLLOW_GONE;
	reading->err->text[0] = '\0';
	return find_anchor(follow, -1, false, reading);
}

/* --- The overlap does not hold ---------------------------------------------
 */

static bool
has_shrunk(const struct follow *follow, struct err *err)
{
	const struct position *position = &follow->current.position;
	struct stat st;

	if (!follow->options->no_copytruncate || stat(follow->path, &st) < 0 ||
	    (uint64_t)st.st_size >= position->offset)
		return false;
	err_set(err,
	    "file size of %s shrank, and copytruncate support is disabled "
	    "(expected at least %" PRIu64 " bytes, was %lld bytes)",
	    follow->path, position->offset, (long long)st.st_size);
	return true;
}

enum follow_verdict
follow_foreign(struct follow *follow, const struct reading *reading)
{
	struct generation *current = &follow->current;
	int live = generation_open_file(follow->path, reading->err);
	enum follow_verdict verdict;
	struct position found;
	bool same;

	follow_explain(follow,
	    "%s does not hold the bytes before offset %" PRIu64
	    " that were read",
	    follow_shown(follow, current), current->position.offset);
	reading->err->text[0] = '\0';
	if (live >= 0 && position_identify(&found, live) < 0) {
		verdict = cannot_look(follow, reading->err);
		close_file(live);
		return verdict;
	}
	same = live >= 0 && position_same_file(&found, &current->position);
	if (same && has_shrunk(follow, reading->err)) {
		close_file(live);
		return FOLLOW_SHRANK;
	}
	return find_anchor(follow, live, same, reading);
}
