/*
 * chain_proof: opens a candidate and compares its bytes.
 *
 * Hides that compressed candidates can only be read from front to back: every
 * read here goes forward, and the last one ends at the offset, where the
 * reader goes on.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/random.h"
#include "input/chain_internal.h"

#define SKIP_BLOCK (64 * 1024)

/* --- Opening ---------------------------------------------------------- */

static enum opening
opening_error(const char *path, struct err *err)
{
	int error = errno;

	if (error == ENOENT || error == ENOTDIR || error == ELOOP ||
	    error == ESTALE)
		return OPENING_CHANGED;
	err_set(err, "cannot open %s: %s", path, strerror(error));
	return error == EACCES || error == EPERM ? OPENING_REFUSED
						 : OPENING_FAILED;
}

static int
identify(int fd, struct chain_found *out)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return -1;
	out->mtime_ns = (int64_t)((uint64_t)st.st_mtim.tv_sec * 1000000000u +
				  (uint64_t)st.st_mtim.tv_nsec);
	return position_identify(&out->position, fd);
}

enum opening
chain_open_path(
    const char *path, int *fd_out, struct chain_found *out, struct err *err)
{
	int fd = open(
	    path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return opening_error(path, err);
	*out = CHAIN_FOUND_INIT;
	if (identify(fd, out) < 0) {
		close(fd);
		return OPENING_CHANGED;
	}
	random_uuid(out->position.incarnation);
	out->path = xstrdup(path);
	*fd_out = fd;
	return OPENING_DONE;
}

enum opening
chain_open(const struct chain *chain, const struct sibling *sibling,
    struct chain_found *out, struct err *err)
{
	enum opening opening;
	int fd;

	opening = chain_open_path(sibling->path, &fd, out, err);
	if (opening != OPENING_DONE)
		return opening;
	content_init(
	    &out->content, fd, sibling->name.compression, chain->unpacker);
	if (out->position.dev == sibling->dev &&
	    out->position.ino == sibling->ino)
		return OPENING_DONE;
	chain_found_release(out);
	return OPENING_CHANGED;
}

/* --- Reading ---------------------------------------------------------- */

/* Why fewer bytes came than were asked for. */
static enum proof
why_short(const struct content *content)
{
	if (!content->unpack)
		return PROOF_SHORT;
	switch (unpack_end(content->unpack)) {
	case UNPACK_COMPLETE:
		return PROOF_SHORT;
	case UNPACK_UNFINISHED:
		return PROOF_UNFINISHED;
	default:
		return PROOF_UNUSABLE;
	}
}

static enum proof
read_whole(struct content *content, char *to, size_t len, uint64_t offset,
    size_t *got_out, struct err *err)
{
	ssize_t got = content_pread(content, to, len, offset, len, err);

	*got_out = got < 0 ? 0 : (size_t)got;
	if (got < 0)
		return PROOF_FAILED;
	return *got_out == len ? PROOF_YES : why_short(content);
}

/* Up to offset, for what has to be read from front to back. */
static enum proof
skip_to(struct content *content, uint64_t offset, uint64_t *end_out,
    struct err *err)
{
	enum proof proof = PROOF_YES;
	uint64_t at = 0;
	char *block;

	if (!content->unpack)
		return PROOF_YES;
	block = xmalloc(SKIP_BLOCK);
	while (proof == PROOF_YES && at < offset) {
		uint64_t left = offset - at;
		size_t got, len = left < SKIP_BLOCK ? (size_t)left : SKIP_BLOCK;

		proof = read_whole(content, block, len, at, &got, err);
		at += got;
	}
	free(block);
	*end_out = at;
	return proof;
}

enum proof
chain_read_head(
    struct content *content, char *head, size_t *got_out, struct err *err)
{
	enum proof proof =
	    read_whole(content, head, POSITION_PRINT, 0, got_out, err);

	return proof == PROOF_SHORT ? PROOF_YES : proof;
}

/* --- Comparing -------------------------------------------------------- */

static enum proof
prove_bytes(struct content *content, const struct fingerprint *print,
    uint64_t offset, size_t *got_out, struct err *err)
{
	char bytes[POSITION_PRINT];
	struct fingerprint found;
	enum proof proof;

	proof = read_whole(content, bytes, print->len, offset, got_out, err);
	if (proof != PROOF_YES)
		return proof;
	fingerprint_take(&found, span_of(bytes, print->len));
	return fingerprint_equal(&found, print) ? PROOF_YES : PROOF_NO;
}

/* A file without the whole head may be a copy of ours all the same, if it
 * has at least the first bytes. */
static enum proof
prove_head(struct content *content, const struct position *position,
    uint64_t *end_out, struct err *err)
{
	const struct fingerprint *first = &position->first;
	size_t length, got;
	enum proof proof =
	    prove_bytes(content, &position->head, 0, &length, err);

	if (proof != PROOF_SHORT)
		return proof;
	if (first->len == 0 || length < first->len)
		return PROOF_NO;
	*end_out = length;
	proof = prove_bytes(content, first, 0, &got, err);
	return proof == PROOF_YES ? PROOF_SHORT : proof;
}

static enum proof
prove_last_byte(struct content *content, uint64_t offset, bool newline,
    size_t *got_out, struct err *err)
{
	char byte;
	enum proof proof =
	    read_whole(content, &byte, 1, offset - 1, got_out, err);

	if (proof == PROOF_YES && newline && byte != '\n')
		return PROOF_NO;
	return proof;
}

static enum proof
prove_nothing_behind(struct content *content, uint64_t offset, struct err *err)
{
	char byte;
	size_t got;
	enum proof proof = read_whole(content, &byte, 1, offset, &got, err);

	if (proof == PROOF_SHORT)
		return PROOF_YES;
	return proof == PROOF_YES ? PROOF_NO : proof;
}

/* What ends at the offset, once everything before it was skipped. */
static enum proof
prove_end(struct content *content, const struct position *position,
    enum evidence evidence, uint64_t *end_out, struct err *err)
{
	size_t len = position->tail.len ? position->tail.len : 1;
	size_t got;
	enum proof proof;

	if (position->tail.len)
		proof = prove_bytes(content, &position->tail,
		    position->offset - len, &got, err);
	else
		proof = prove_last_byte(content, position->offset,
		    evidence == EVIDENCE_NEWLINE, &got, err);
	*end_out = position->offset - len + got;
	if (proof == PROOF_YES && evidence == EVIDENCE_LENGTH)
		return prove_nothing_behind(content, position->offset, err);
	return proof;
}

/* Of a plain file a short read does not say where it ends. */
static void
correct_end(const struct content *content, uint64_t *end)
{
	struct stat st;

	if (!content->unpack && fstat(content->fd, &st) == 0)
		*end = (uint64_t)st.st_size;
}

/* Positions come from files that anybody may have written. */
static bool
is_possible(const struct position *position)
{
	return position->head.len <= POSITION_PRINT &&
	       position->first.len <= position->head.len &&
	       position->tail.len <= POSITION_PRINT &&
	       position->tail.len <= position->offset;
}

enum proof
chain_prove(struct content *content, const struct position *position,
    enum evidence evidence, uint64_t *end_out, struct err *err)
{
	bool by_tail = evidence == EVIDENCE_IDENTITY && position->tail.len;
	size_t len = position->tail.len ? position->tail.len : 1;
	enum proof proof = PROOF_YES;

	if (!is_possible(position))
		return PROOF_NO;
	if (position->head.len && !by_tail)
		proof = prove_head(content, position, end_out, err);
	if (proof != PROOF_YES || position->offset == 0)
		return proof;
	proof = skip_to(content, position->offset - len, end_out, err);
	if (proof == PROOF_YES)
		proof = prove_end(content, position, evidence, end_out, err);
	if (proof == PROOF_SHORT)
		correct_end(content, end_out);
	return proof;
}

enum proof
chain_move_to_end(struct content *content, uint64_t end,
    struct position *position, struct err *err)
{
	char bytes[POSITION_PRINT];
	size_t got, len = end < POSITION_PRINT ? (size_t)end : POSITION_PRINT;
	enum proof proof =
	    read_whole(content, bytes, len, end - len, &got, err);

	if (proof != PROOF_YES)
		return proof;
	position->offset = end;
	position->skipping = false;
	fingerprint_take(&position->tail, span_of(bytes, len));
	return PROOF_YES;
}
