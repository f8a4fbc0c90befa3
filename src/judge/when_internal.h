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

/* A record's time may lie this far after now (DESIGN.md section 5). */
#define WHEN_AHEAD_MS (60 * 1000)

struct when_words {
	struct span word[WHEN_WORDS_MAX];
	size_t count;
};

struct when_kind {
	const char *form;	/* for a person: "N in T" */
	enum when_class class;

	/* 1: the words are of this kind and stored in spec; 0: they are not;
	 * -1: they are, with a mistake. */
	int (*parse)(const struct when_words *words, struct when_spec *spec,
	    struct err *err);
	void (*format)(const struct when_spec *spec, struct buf *out);
	enum when_answer (*feed)(const struct when_spec *spec,
	    struct when_state *state, const struct when_match *match,
	    struct when_met *met_out);

	/* Optional, all of them or none: a kind without them has no state,
	 * and a NULL for it. */
	struct when_state *(*state_new)(const struct when_spec *spec);
	void (*state_free)(struct when_state *state);
	size_t (*bytes)(const struct when_state *state);
	int64_t (*pending)(const struct when_spec *spec,
	    const struct when_state *state);
	int64_t (*kept)(const struct when_state *state); /* or NULL */
	int64_t (*newest)(const struct when_state *state);
	void (*settle)(const struct when_spec *spec, struct when_state *state,
	    const struct hours_spec *hours, int64_t now_ms);
	void (*save)(const struct when_state *state, struct buf *out);
	int (*load)(const struct when_spec *spec, struct when_state *state,
	    const struct hours_spec *hours, struct span bytes, int64_t now_ms,
	    struct err *err);

	/* Clocks only, on top of these; start and partner each where the
	 * kind has it. */
	int64_t (*deadline)(const struct when_state *state);
	bool (*ring)(const struct when_spec *spec, struct when_state *state,
	    int64_t now_ms, struct when_met *met_out);
	void (*start)(const struct when_spec *spec, struct when_state *state,
	    const struct hours_spec *hours, int64_t now_ms);
	enum when_answer (*partner)(const struct when_spec *spec,
	    struct when_state *state, const struct when_match *match,
	    struct when_met *met_out);
};

extern const struct when_kind when_kind_each;
extern const struct when_kind when_kind_count;
extern const struct when_kind when_kind_distinct;
extern const struct when_kind when_kind_new;
extern const struct when_kind when_kind_absent;
extern const struct when_kind when_kind_unless;

/* The T of a condition: longer than 0, at most max_ms. */
int when_parse_time(struct span word, int64_t max_ms, int64_t *out,
    struct err *err);

/* A NAME of a condition, into spec->name; what: "rule", for the message. */
int when_parse_name(struct span word, const char *what,
    struct when_spec *spec, struct err *err);

/*
 * What is older than this has slid out of a window, by the newest time in it
 * and by the one before that (itself where there is none).
 *
 * It is the second newest that moves the window: one date that is ahead of
 * what is read, forged or wrong, would otherwise empty it and keep everything
 * out that follows.  Nothing comes, though, that lies further behind the
 * newest than a record may.
 */
int64_t when_window_start(const struct when_spec *spec, int64_t newest_ms,
    int64_t second_ms);

/* Numbers in saved states: big-endian, in so many bytes. */
void when_put(struct buf *out, uint64_t number, int bytes);
uint64_t when_get(const char *data, int bytes);

/* Saved times lie before this, so that adding lengths cannot overflow. */
#define WHEN_TIME_MAX (INT64_MAX / 2)

#endif
