/*
 * chain_next: which generation comes after one that was read.
 *
 * Hides the race with whoever renames: rotation moves the oldest file first,
 * so a successor that was opened while every name stayed as the scan saw it
 * is the right one; otherwise everything is looked at again.
 */
#include "config.h"

#include "input/chain_internal.h"

/* One attempt. */
struct succession {
	struct search search; /* where the one before is */
	const struct checkpoint *checkpoint;
	const struct sibling *own; /* that one; NULL: not among them */
};

/* What is being considered. */
struct successor {
	const struct sibling *sibling;
	struct chain_found found;
	bool family; /* follows by its rank */
	char head[POSITION_PRINT];
	size_t head_len;
};

/* --- What is not new -------------------------------------------------- */

static bool
begins_with(const struct successor *next, const struct fingerprint *head)
{
	struct fingerprint own;

	if (head->len == 0 || head->len > next->head_len)
		return false;
	fingerprint_take(&own, span_of(next->head, head->len));
	return fingerprint_equal(&own, head);
}

/* A few bytes that are equal prove nothing, unless they are all. */
static bool
is_about(const struct successor *next, const struct fingerprint *head)
{
	return (head->len >= CHAIN_HEAD_MIN || head->len == next->head_len) &&
	       begins_with(next, head) && !fingerprint_is_blank(head);
}

static bool
was_finished(const struct succession *succession, const struct successor *next)
{
	const struct checkpoint *checkpoint = succession->checkpoint;

	for (size_t i = 0; i < checkpoint->head_count; i++) {
		if (is_about(next, &checkpoint->heads[i]))
			return true;
	}
	for (size_t i = 0; i < checkpoint->old_count; i++) {
		if (is_about(next, &checkpoint->old[i].position.head))
			return true;
	}
	return false;
}

/* The same file, unless it was emptied or rewritten since. */
static bool
is_left_behind(const struct succession *succession, struct successor *next)
{
	const struct checkpoint *checkpoint = succession->checkpoint;
	const struct position *found = &next->found.position;
	uint64_t end;

	for (size_t i = 0; i < checkpoint->old_count; i++) {
		const struct position *old = &checkpoint->old[i].position;

		if (position_same_file(old, found))
			return chain_prove(&next->found.content, old,
				   EVIDENCE_IDENTITY, &end, NULL) == PROOF_YES;
	}
	return false;
}

/* Nothing proves what became of the one that was read; this may be a copy of
 * it that lacks its end. */
static bool
may_be_own(struct succession *succession, struct successor *next)
{
	const struct position *position = &succession->checkpoint->position;
	uint64_t end;

	if (succession->own || (!is_about(next, &position->head) &&
				   !is_about(next, &position->first)))
		return false;
	return !position->tail.len ||
	       chain_prove(&next->found.content, position, EVIDENCE_CONTENT,
		   &end, NULL) != PROOF_NO;
}

/* Ranks within a family say what is newer, whatever the clock says. */
static const char *
why_not_new(struct succession *succession, struct successor *next)
{
	bool changed = next->sibling->mtime_ns >= succession->search.settled_ns;

	if (is_left_behind(succession, next))
		return "is being read already";
	if (was_finished(succession, next) && !(next->family && changed))
		return "was read before";
	if (chain_is_copy_of_live(
		succession->search.chain, &next->found.content))
		return "is a copy of the log as it is now, or becomes one";
	return NULL;
}

/* --- One candidate ---------------------------------------------------- */

static enum step
fail(struct search *search, const struct err *why)
{
	err_set(search->err, "%s", why->text);
	return STEP_FAILED;
}

static enum step
unfinished(struct search *search, const struct sibling *sibling)
{
	struct err why;

	if (!chain_is_young(search->chain, sibling)) {
		search_skip(search, sibling,
		    "ends before its compressed data begins; it was cut");
		return STEP_ON;
	}
	err_set(&why, "%s is being compressed just now", sibling->path);
	search_note(search, TROUBLE_WAIT, &why);
	return fail(search, &why);
}

static enum step
examine(struct succession *succession, struct successor *next)
{
	struct search *search = &succession->search;
	const struct sibling *sibling = next->sibling;
	struct err why = ERR_INIT;
	const char *words;

	switch (chain_read_head(
	    &next->found.content, next->head, &next->head_len, &why)) {
	case PROOF_FAILED:
		err_prefix(&why, "%s", sibling->path);
		return fail(search, &why);
	case PROOF_UNFINISHED:
		if (next->head_len > 0)
			break;
		return unfinished(search, sibling);
	case PROOF_UNUSABLE:
		search_skip(search, sibling,
		    "is damaged or in a format that ctail-unpack cannot read");
		return STEP_ON;
	default:
		break;
	}
	words = why_not_new(succession, next);
	if (words) {
		chain_explain(search->chain, "%s %s", sibling->path, words);
		return STEP_ON;
	}
	if (may_be_own(succession, next)) {
		search_skip(search, sibling,
		    "begins as what was read last does and may be a part of "
		    "it, so it is not read");
		return STEP_ON;
	}
	chain_explain(search->chain, "%s comes next: it is read from its start",
	    sibling->path);
	search->found = next->found;
	next->found = CHAIN_FOUND_INIT;
	return STEP_TAKEN;
}

static enum step
open_next(struct succession *succession, struct successor *next)
{
	struct search *search = &succession->search;
	struct err why = ERR_INIT;
	enum step step;

	switch (chain_open(search->chain, next->sibling, &next->found, &why)) {
	case OPENING_CHANGED:
		return STEP_AGAIN;
	case OPENING_REFUSED:
		if (next->sibling->mtime_ns < search->settled_ns)
			return STEP_ON;
		return fail(search, &why);
	case OPENING_FAILED:
		return fail(search, &why);
	case OPENING_DONE:
		break;
	}
	step = examine(succession, next);
	chain_found_release(&next->found);
	return step;
}

/* Unread lines are in what changed since the log was last seen as it was read;
 * only ranks say otherwise. */
static enum step
consider(struct succession *succession, const struct sibling *sibling)
{
	struct search *search = &succession->search;
	const struct sibling *own = succession->own;
	struct successor next = {
	    .sibling = sibling,
	    .found = CHAIN_FOUND_INIT,
	    .family = own && siblings_are_family(own, sibling),
	};
	bool changed = sibling->mtime_ns >= search->settled_ns;

	if (sibling->shadowed || (own && siblings_are_twins(own, sibling)) ||
	    (!next.family && !changed))
		return STEP_ON;
	if (chain_can_read(search->chain, sibling->name.compression))
		return open_next(succession, &next);
	if (changed)
		search_skip(
		    search, sibling, "is compressed and cannot be read here");
	return STEP_ON;
}

static enum step
pick(struct succession *succession)
{
	struct search *search = &succession->search;
	const struct siblings *siblings = &search->siblings;
	size_t i = succession->own
		       ? (size_t)(succession->own - siblings->items) + 1
		       : 0;
	enum step step = STEP_ON;

	/* Never settled: nothing is known to be newer than anything. */
	if (!succession->own && search->settled_ns <= 0)
		return STEP_ON;
	for (; step == STEP_ON && i < siblings->count; i++)
		step = consider(succession, &siblings->items[i]);
	return step;
}

/* --- Attempts --------------------------------------------------------- */

/* What holds the same bytes under another inode may have more behind them:
 * written just before it was compressed, or by whoever replaced it. */
static bool
goes_on(struct search *search)
{
	const struct position *position = search->position;
	struct chain_found *found = &search->found;
	char byte;

	if (!found->path || position_same_file(position, &found->position) ||
	    content_pread(
		&found->content, &byte, 1, position->offset, 1, NULL) != 1 ||
	    chain_is_copy_of_live(search->chain, &found->content))
		return false;
	chain_explain(
	    search->chain, "%s comes next: it has more than that", found->path);
	return true;
}

/* STEP_ON: done, whether it was found or not; STEP_TAKEN: its own rest comes
 * next. */
static enum step
locate(struct succession *succession)
{
	struct search *search = &succession->search;
	enum step step;

	search->locating = true;
	step = search_by_identity(search);
	if (step == STEP_ON)
		step = search_by_content(search);
	if (step == STEP_ON)
		step = search_by_circumstance(search);
	if (step == STEP_TAKEN) {
		succession->own = search->taken;
		search->trouble = TROUBLE_NONE;
		if (goes_on(search))
			return STEP_TAKEN;
		chain_found_release(&search->found);
		return STEP_ON;
	}
	if (step == STEP_ON && search->trouble > TROUBLE_SKIPPED)
		return fail(search, &search->why);
	return step;
}

/* False: the names have changed, so that it means nothing. */
static bool
conclude(struct succession *succession, enum step step, struct chain_found *out,
    enum chain_answer *answer)
{
	struct search *search = &succession->search;

	if (step == STEP_FAILED) {
		*answer =
		    search->trouble == TROUBLE_WAIT ? CHAIN_WAIT : CHAIN_FAILED;
		return true;
	}
	if (step == STEP_AGAIN || !search_is_stable(search))
		return false;
	*answer = step == STEP_TAKEN ? CHAIN_FOUND : CHAIN_LIVE;
	*out = search->found;
	search->found = CHAIN_FOUND_INIT;
	if (search->trouble == TROUBLE_SKIPPED)
		err_set(search->err, "%s", search->why.text);
	return true;
}

/* The position is where the search for the one before begins; one that was
 * never read is not looked for. */
static bool
attempt(struct succession *succession, struct chain_found *out,
    enum chain_answer *answer)
{
	enum step step = STEP_ON;

	if (succession->search.position->ino != 0)
		step = locate(succession);
	if (step == STEP_ON)
		step = pick(succession);
	return conclude(succession, step, out, answer);
}

/* A log whose bytes another file holds as well may have been replaced by that
 * one: then it is not certain that it begins anew. */
static bool
is_proven(const struct succession *succession, enum chain_answer answer)
{
	return succession->own &&
	       (answer != CHAIN_LIVE ||
		   succession->own->ino == succession->search.position->ino);
}

enum chain_answer
chain_next(const struct chain *chain, const struct checkpoint *checkpoint,
    struct chain_found *out, bool *proven_out, struct err *err)
{
	enum chain_answer answer = CHAIN_FAILED;
	bool done = false;

	*out = CHAIN_FOUND_INIT;
	*proven_out = false;
	chain_begin(err);
	for (int i = 0; !done && i < CHAIN_ATTEMPTS; i++) {
		struct succession succession = {.checkpoint = checkpoint};

		done =
		    search_begin(&succession.search, chain,
			&checkpoint->position, checkpoint->settled_ns, err) < 0;
		if (!done)
			done = attempt(&succession, out, &answer);
		*proven_out = is_proven(&succession, answer);
		search_end(&succession.search);
	}
	if (!done)
		return chain_restless(chain, err);
	if (answer == CHAIN_LIVE)
		chain_explain(chain,
		    "%s comes next: no older file is newer "
		    "than what was read",
		    chain->log);
	return answer;
}
