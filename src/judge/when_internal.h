/*
 * when_internal: what a kind of `when` is made of.
 *
 * One const struct when_kind a file, listed in when.c.  Private to the judge
 * room.
 */
#ifndef CTAIL_JUDGE_WHEN_INTERNAL_H
#define CTAIL_JUDGE_WHEN_INTERNAL_H

#include "judge/when.h"

#define WHEN_WORDS_MAX 8

struct when_words {
	struct span word[WHEN_WORDS_MAX];
	size_t count;
};

struct when_kind {
	const char *form;	/* for a person: "N in T" */

	/* 1: the words are of this kind and stored in spec; 0: they are not;
	 * -1: they are, with a mistake. */
	int (*parse)(const struct when_words *words, struct when_spec *spec,
	    struct err *err);
	void (*format)(const struct when_spec *spec, struct buf *out);
	bool (*feed)(const struct when_spec *spec, struct when_state *state,
	    int64_t time_ms, int64_t *count_out, int64_t *first_ms_out);

	/* Optional, all of them or none: a kind without them has no state,
	 * and a NULL for it. */
	struct when_state *(*state_new)(const struct when_spec *spec);
	void (*state_free)(struct when_state *state);
	int64_t (*pending)(const struct when_state *state);
	int64_t (*newest)(const struct when_state *state);
	void (*settle)(struct when_state *state, int64_t now_ms);
	void (*save)(const struct when_state *state, struct buf *out);
	int (*load)(const struct when_spec *spec, struct when_state *state,
	    struct span bytes, struct err *err);
};

extern const struct when_kind when_kind_each;
extern const struct when_kind when_kind_count;

#endif
