/*
 * sink_words: what people are told of a sink that fails, by its fallback.
 *
 * Each word is an alert of ctail's own, stored with an outbox row of the
 * fallback, whatever that one's min_severity and cap: who has to know that
 * alerts do not arrive must not miss it.  What becomes of such a word is never
 * told by another one, so that sinks may name each other.
 */
#ifndef CTAIL_CTAILD_SINK_WORDS_H
#define CTAIL_CTAILD_SINK_WORDS_H

#include <stdbool.h>
#include <stdint.h>
#include "deliver/outcome.h"
#include "store/store_alert.h"

enum sink_word_kind {
	SINK_FAILS,		/* it cannot deliver */
	SINK_WORKS,		/* it delivers again */
	SINK_GIVES_UP,		/* alerts are dead */
	SINK_PARTLY,		/* it delivers, but not to everybody */
};

#define SINK_WORDS 4

struct sink_word {
	enum outcome_class class;	/* FAILS: of the last outcome */
	int64_t since_ms;		/* FAILS, WORKS: of failing */
	int64_t count;			/* WORKS, GIVES_UP: alerts given up */
	char reason[OUTCOME_TEXT_MAX];
};

/* Stores it, within the transaction that runs: what waits for the sink is
 * looked up in it. */
int sink_word_put(struct store *store, const char *hostname,
    const char *sink, const char *fallback, enum sink_word_kind kind,
    const struct sink_word *word, int64_t now_ms, struct err *err);

/* Whether a row is such a word. */
bool sink_word_is(const struct outbox_row *row);

#endif
