/*
 * chain_search: tries the candidates of one scan, the best evidence first.
 *
 * Hides the order of trying: what is cheap and certain before what has to be
 * unpacked; the newest first.
 */
#include "config.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "input/chain_internal.h"
#include "input/paths.h"

/* Files from a server whose clock is ahead are young, too. */
#define FUTURE_NS 60000000000

void
chain_explain(const struct chain *chain, const char *format, ...)
{
	struct buf text = BUF_INIT;
	va_list args;

	if (!chain->explain)
		return;
	va_start(args, format);
	buf_addv(&text, format, args);
	va_end(args);
	chain->explain(chain->explain_arg, buf_str(&text));
	buf_release(&text);
}

void
chain_begin(struct err *err)
{
	if (err)
		err->text[0] = '\0';
}

bool
chain_can_read(const struct chain *chain, enum compression compression)
{
	return compression == COMPRESSION_NONE ||
	       (chain->unpacker && compression != COMPRESSION_OTHER);
}

bool
chain_is_young(const struct chain *chain, const struct sibling *sibling)
{
	int64_t mtime = sibling->mtime_ns;

	return mtime > chain->wall_ns - CHAIN_PATIENCE_NS &&
	       mtime < chain->wall_ns + FUTURE_NS;
}

/* Where the log lies, for positions that do not know their device. */
static uint64_t
device_of_log(const char *log)
{
	char *directory = path_directory(log);
	struct stat st = {0};

	if (stat(log, &st) < 0 && stat(directory, &st) < 0)
		st.st_dev = 0;
	free(directory);
	return st.st_dev;
}

int
search_begin(struct search *search, const struct chain *chain,
    const struct position *position, int64_t settled_ns, struct err *err)
{
	*search = (struct search){
	    .chain = chain,
	    .position = position,
	    .settled_ns = settled_ns,
	    .dev = position->dev ? position->dev : device_of_log(chain->log),
	    .err = err,
	    .found = CHAIN_FOUND_INIT,
	    .shorter = CHAIN_FOUND_INIT,
	};
	return siblings_scan(
	    chain->log, chain->rotated, &search->siblings, err);
}

void
search_end(struct search *search)
{
	siblings_release(&search->siblings);
	chain_found_release(&search->found);
	chain_found_release(&search->shorter);
}

bool
search_is_stable(struct search *search)
{
	struct siblings now;
	bool same;

	if (siblings_scan(
		search->chain->log, search->chain->rotated, &now, NULL) < 0)
		return false;
	same = siblings_same(&search->siblings, &now);
	siblings_release(&now);
	return same;
}

/* --- One candidate ---------------------------------------------------- */

static bool
has_inode(const struct search *search, const struct sibling *sibling)
{
	return sibling->ino == search->position->ino &&
	       sibling->dev == search->dev;
}

static bool
has_fingerprint(const struct position *position)
{
	return position->tail.len || position->head.len;
}

/* Without fingerprints the inode is all there is, and it may have been given
 * to a file made since. */
static bool
is_same_file(const struct search *search, const struct position *found)
{
	const struct position *position = search->position;

	if (position->birth_ns && found->birth_ns)
		return position->birth_ns == found->birth_ns;
	return has_fingerprint(position) || !search->settled_ns ||
	       found->birth_ns <= search->settled_ns;
}

void
search_note(struct search *search, enum trouble trouble, const struct err *why)
{
	if (trouble <= search->trouble)
		return;
	search->trouble = trouble;
	search->why = *why;
}

void
search_skip(
    struct search *search, const struct sibling *sibling, const char *words)
{
	struct err why;

	err_set(&why, "%s %s", sibling->path, words);
	chain_explain(search->chain, "%s", why.text);
	search_note(search, TROUBLE_SKIPPED, &why);
}

void
chain_take_identity(const struct position *asked, struct position *found)
{
	struct position identity = *found;

	*found = *asked;
	found->dev = identity.dev;
	found->ino = identity.ino;
	found->birth_ns = identity.birth_ns;
}

/* Files that begin alike may all hold what was read, while that is little.
 * Then the oldest one that changed since is where unread lines begin. */
static bool
is_better(const struct search *search, const struct sibling *sibling)
{
	return sibling < search->taken &&
	       sibling->mtime_ns >= search->settled_ns;
}

static enum step
take(struct search *search, const struct sibling *sibling,
    struct chain_found *found)
{
	if (search->found.path) {
		search->ambiguous = true;
		if (!is_better(search, sibling))
			return STEP_TAKEN;
	}
	chain_found_release(&search->found);
	chain_take_identity(search->position, &found->position);
	search->found = *found;
	search->taken = sibling;
	*found = CHAIN_FOUND_INIT;
	return STEP_TAKEN;
}

static const char *const findings[] = {
    [EVIDENCE_IDENTITY] = "is the file that was read, under its new name",
    [EVIDENCE_CONTENT] = "holds exactly what was read",
    [EVIDENCE_LENGTH] = "is as long as what was read, and the last file that "
			"did not change since",
    [EVIDENCE_NEWLINE] = "has changed since, is long enough and has the end "
			 "of a line where reading stopped",
};

static void
keep_shorter(struct search *search, const struct sibling *sibling,
    struct chain_found *found, uint64_t end)
{
	chain_explain(search->chain,
	    "%s begins as what was read does but ends at %llu, before offset "
	    "%llu",
	    sibling->path, (unsigned long long)end,
	    (unsigned long long)search->position->offset);
	if (!search->keep_short || search->shorter_of > sibling ||
	    search->position->head.len < CHAIN_HEAD_MIN)
		return;
	chain_found_release(&search->shorter);
	chain_take_identity(search->position, &found->position);
	search->shorter = *found;
	search->shorter_of = sibling;
	search->shorter_end = end;
	*found = CHAIN_FOUND_INIT;
}

static void
note_unfinished(struct search *search, const struct sibling *sibling)
{
	struct err why;

	if (!sibling->shadowed && chain_is_young(search->chain, sibling)) {
		err_set(&why, "%s is being compressed just now", sibling->path);
		search_note(search, TROUBLE_WAIT, &why);
		return;
	}
	chain_explain(search->chain,
	    "%s ends before its compressed data does, so it cannot be "
	    "compared; is it damaged?",
	    sibling->path);
}

static void
note_failure(
    struct search *search, const struct sibling *sibling, struct err *why)
{
	err_prefix(why, "%s", sibling->path);
	chain_explain(search->chain, "%s", why->text);
	search_note(search, TROUBLE_FAILED, why);
}

static void
explain_other(const struct search *search, const struct sibling *sibling,
    enum proof proof)
{
	if (proof == PROOF_UNUSABLE)
		chain_explain(search->chain,
		    "%s is damaged or in a format that ctail-unpack cannot "
		    "read",
		    sibling->path);
	else if (proof == PROOF_SHORT)
		chain_explain(search->chain, "%s is shorter than offset %llu",
		    sibling->path,
		    (unsigned long long)search->position->offset);
	else
		chain_explain(
		    search->chain, "%s holds something else", sibling->path);
}

/* found is released unless it is kept. */
static enum step
weigh(struct search *search, const struct sibling *sibling,
    enum evidence evidence, struct chain_found *found)
{
	struct err why = ERR_INIT;
	uint64_t end = 0;
	enum proof proof = chain_prove(
	    &found->content, search->position, evidence, &end, &why);

	if (proof == PROOF_YES) {
		chain_explain(search->chain, "%s %s: it goes on at offset %llu",
		    sibling->path, findings[evidence],
		    (unsigned long long)search->position->offset);
		return take(search, sibling, found);
	}
	/* It was truncated before it was renamed: as if it were still the
	 * log. */
	if (evidence == EVIDENCE_IDENTITY &&
	    chain_prove(&found->content, search->position, EVIDENCE_CONTENT,
		&end, NULL) == PROOF_NO) {
		search->keep_short = true;
		search->rewritten = sibling;
	}
	if (proof == PROOF_SHORT && evidence == EVIDENCE_CONTENT)
		keep_shorter(search, sibling, found, end);
	else if (proof == PROOF_UNFINISHED)
		note_unfinished(search, sibling);
	else if (proof == PROOF_FAILED)
		note_failure(search, sibling, &why);
	else
		explain_other(search, sibling, proof);
	return STEP_ON;
}

/* The very file that was read is waited for; another may never have been
 * meant for us. */
static enum step
refused(struct search *search, const struct sibling *sibling,
    enum evidence evidence, const struct err *why)
{
	chain_explain(search->chain, "%s", why->text);
	if (evidence != EVIDENCE_IDENTITY) {
		search_note(search, TROUBLE_SKIPPED, why);
		return STEP_ON;
	}
	if (search->locating) {
		search->taken = sibling;
		return STEP_TAKEN;
	}
	err_set(search->err, "%s", why->text);
	return STEP_FAILED;
}

/* A generation that was left behind cannot be another one, unless somebody
 * has written something else into its file since. */
static bool
is_known(const struct search *search, struct chain_found *found)
{
	const struct checkpoint *known = search->known;
	uint64_t end;

	for (size_t i = 0; known && i < known->old_count; i++) {
		const struct position *old = &known->old[i].position;

		if (old->birth_ns && position_same_file(old, &found->position))
			return chain_prove(&found->content, old,
				   EVIDENCE_IDENTITY, &end, NULL) == PROOF_YES;
	}
	return false;
}

static enum step
open_and_weigh(struct search *search, const struct sibling *sibling,
    enum evidence evidence)
{
	struct chain_found found = CHAIN_FOUND_INIT;
	struct err why = ERR_INIT;
	enum step step = STEP_ON;

	switch (chain_open(search->chain, sibling, &found, &why)) {
	case OPENING_CHANGED:
		return STEP_AGAIN;
	case OPENING_REFUSED:
		return refused(search, sibling, evidence, &why);
	case OPENING_FAILED:
		err_set(search->err, "%s", why.text);
		return STEP_FAILED;
	case OPENING_DONE:
		break;
	}
	if (evidence == EVIDENCE_IDENTITY &&
	    is_same_file(search, &found.position))
		search->own_seen = true;
	if (evidence == EVIDENCE_IDENTITY
		? search->own_seen
		: evidence != EVIDENCE_CONTENT || !is_known(search, &found))
		step = weigh(search, sibling, evidence, &found);
	chain_found_release(&found);
	return step;
}

/* --- Passes ----------------------------------------------------------- */

enum packing { PLAIN = 1, PACKED = 2 };

/* False, and says why, for what nobody here can look into. */
static bool
may_look_into(struct search *search, const struct sibling *sibling)
{
	if (sibling->name.compression == COMPRESSION_NONE)
		return true;
	if (search->unpacked == CHAIN_PACKED_MAX)
		return false;
	if (chain_can_read(search->chain, sibling->name.compression)) {
		search->unpacked++;
		return true;
	}
	search_skip(search, sibling, "is compressed and cannot be read here");
	return false;
}

static bool
is_candidate(const struct search *search, const struct sibling *sibling,
    enum evidence evidence)
{
	switch (evidence) {
	case EVIDENCE_IDENTITY:
		return has_inode(search, sibling);
	case EVIDENCE_LENGTH:
		return !sibling->shadowed &&
		       sibling->mtime_ns < search->settled_ns;
	case EVIDENCE_NEWLINE:
		return !sibling->shadowed &&
		       sibling->mtime_ns >= search->settled_ns;
	case EVIDENCE_CONTENT:
		break;
	}
	return (!search->rewritten || sibling < search->rewritten) &&
	       (!search->found.path || search->unique ||
		   is_better(search, sibling));
}

static enum step
pass(struct search *search, enum evidence evidence, unsigned packing)
{
	bool all = evidence == EVIDENCE_CONTENT;
	enum step step = STEP_ON;

	for (size_t i = search->siblings.count;
	     (step == STEP_ON || (all && step == STEP_TAKEN)) && i-- > 0;) {
		const struct sibling *sibling = &search->siblings.items[i];
		unsigned kind = sibling->name.compression ? PACKED : PLAIN;

		if (!(packing & kind) ||
		    !is_candidate(search, sibling, evidence) ||
		    !may_look_into(search, sibling))
			continue;
		step = open_and_weigh(search, sibling, evidence);
		if (evidence == EVIDENCE_LENGTH)
			break;
	}
	return step;
}

enum step
search_by_identity(struct search *search)
{
	enum step step = pass(search, EVIDENCE_IDENTITY, PLAIN);

	return step == STEP_ON ? pass(search, EVIDENCE_IDENTITY, PACKED) : step;
}

enum step
search_by_content(struct search *search)
{
	const struct position *position = search->position;
	enum step step;

	if (position->offset == 0 ||
	    (!position->tail.len && position->head.len < CHAIN_HEAD_MIN))
		return STEP_ON;
	step = pass(search, EVIDENCE_CONTENT, PLAIN);
	if (step == STEP_ON || step == STEP_TAKEN)
		step = pass(search, EVIDENCE_CONTENT, PACKED);
	if (step != STEP_ON && step != STEP_TAKEN)
		return step;
	if (search->unique && search->ambiguous)
		chain_found_release(&search->found);
	return search->found.path ? STEP_TAKEN : STEP_ON;
}

enum step
search_by_circumstance(struct search *search)
{
	const struct position *position = search->position;
	enum step step;

	if (position->offset == 0 || search->settled_ns <= 0 ||
	    position->tail.len || position->head.len >= CHAIN_HEAD_MIN)
		return STEP_ON;
	step = pass(search, EVIDENCE_LENGTH, PLAIN | PACKED);
	if (step == STEP_ON)
		step = pass(search, EVIDENCE_NEWLINE, PLAIN | PACKED);
	return step;
}

enum chain_answer
search_without_result(struct search *search)
{
	if (search->trouble != TROUBLE_NONE)
		err_set(search->err, "%s", search->why.text);
	if (search->trouble == TROUBLE_WAIT)
		return CHAIN_WAIT;
	return search->trouble == TROUBLE_FAILED ? CHAIN_FAILED : CHAIN_GONE;
}

enum chain_answer
chain_restless(const struct chain *chain, struct err *err)
{
	err_set(err,
	    "the names of the older files of %s change faster than they can "
	    "be looked at",
	    chain->log);
	return CHAIN_WAIT;
}
