/*
 * silence: what a person has asked not to be told for a while.
 *
 * A silence names rules by a glob and, optionally, values that captures or
 * the whole key (name "key") must have.  What it holds back is counted and
 * told when it ends (SILENCE_TELL_MS after it began at the latest, and then
 * again), so that it never hides that something is being silenced.  Pure; a
 * silence that the clock has moved away from ends no later than its own
 * length after now.
 */
#ifndef CTAIL_JUDGE_SILENCE_H
#define CTAIL_JUDGE_SILENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "judge/held.h"

#define SILENCE_MAX 1000	/* at one time */
#define SILENCE_CONDITIONS_MAX 8
#define SILENCE_TEXT_MAX 256	/* bytes of a rule, name, value, who, why */
#define SILENCE_LENGTH_MAX_MS (INT64_C(366) * 24 * 60 * 60 * 1000)
#define SILENCE_TELL_MS (INT64_C(24) * 60 * 60 * 1000)

struct silence_condition {
	char *name;
	char *value;
};

struct silence {
	int64_t id;		/* small and never used again */
	char *rule;		/* glob */
	struct silence_condition conditions[SILENCE_CONDITIONS_MAX];
	size_t condition_count;
	int64_t from_ms, until_ms;
	int64_t tell_ms;	/* what it holds is told then; until_ms at
				 * the latest */
	char *who, *why;	/* "" when not known */
	struct held held;	/* since it was told last */
};

struct silences;

struct silences *silences_new(void);
void silences_free(struct silences *silences);

/* Takes the strings of what is given (which is copied); id and tell_ms are set
 * here.  -1, and the strings stay the caller's, when there are too many or
 * something is too long. */
int silences_add(struct silences *silences, struct silence *silence,
    struct err *err);

/* NULL when there is none. */
const struct silence *silences_find(const struct silences *silences,
    int64_t id);

/* In the order of their ids. */
void silences_each(const struct silences *silences,
    void (*each)(void *arg, const struct silence *silence), void *arg);

/* The value of a capture, or of "key"; false: there is none. */
typedef bool silence_lookup(void *arg, struct span name,
    struct span *value_out);

/* Whether this is silenced now; it is counted then. */
bool silences_hold(struct silences *silences, const char *rule,
    silence_lookup *lookup, void *arg, int64_t now_ms,
    const struct event *event);

/* The same without counting, for `explain`. */
const struct silence *silences_match(const struct silences *silences,
    const char *rule, silence_lookup *lookup, void *arg, int64_t now_ms);

/* The next time something has to be told; 0: never. */
int64_t silences_due(const struct silences *silences);

/* One that ends or is to be told; false when none is.  What it held moves to
 * *out (silence_release), whose held may be empty; ended: it is gone. */
bool silences_expire(struct silences *silences, int64_t now_ms,
    struct silence *out, bool *ended_out);

/* Ends it at once (unsilence); as above.  False: there is none. */
bool silences_end(struct silences *silences, int64_t id,
    struct silence *out);
void silence_release(struct silence *silence);

/* For the store: those changed since silences_saved, by id; an empty text is
 * to be deleted.  The id 0 is the counter of ids, which is stored and loaded
 * like a silence.  load: hostile bytes. */
void silences_dirty(struct silences *silences,
    void (*each)(void *arg, int64_t id, struct span saved), void *arg);
void silences_saved(struct silences *silences);
int silences_load(struct silences *silences, int64_t id, struct span saved,
    int64_t now_ms, struct err *err);

/* "ssh-brute ip=203.0.113.9", for a person. */
void silence_describe(const struct silence *silence, struct buf *out);

#endif
