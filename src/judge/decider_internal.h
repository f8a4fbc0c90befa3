/*
 * decider_internal: the entries behind a decider.
 *
 * Private to the judge room.  One entry holds the state of one rule and key.
 * It is empty when nothing is pending and its throttle is open; an empty one
 * stays only while the store has still to hear that its row is to go.
 */
#ifndef CTAIL_JUDGE_DECIDER_INTERNAL_H
#define CTAIL_JUDGE_DECIDER_INTERNAL_H

#include "base/heap.h"
#include "base/map.h"
#include "judge/decider.h"
#include "judge/kept_lines.h"

/* Which order of its rule an entry stands in. */
enum entry_place {
	ENTRY_NOWHERE,		/* empty */
	ENTRY_IDLE,		/* nothing held: evicted first */
	ENTRY_HOLDING,
	ENTRY_PLACES,
};

struct entry {
	struct heap_node due;
	struct entry *older, *newer;
	struct entry *next_dirty;
	struct when_state *when;	/* NULL: nothing pending */
	struct throttle throttle;
	struct kept_lines lines;
	int64_t touched_ms;		/* arrival of the last match */
	uint32_t rule;
	uint16_t key_len;
	unsigned char place;		/* enum entry_place */
	bool dirty;
	bool stored;			/* the store has a row of it */
	char key[];
};

struct entry_order {
	struct entry *oldest, *newest;
};

struct rule_state {
	struct decider_rule spec;
	struct map *entries;
	struct entry_order order[ENTRY_PLACES];
	struct decider_totals totals;
};

struct decider {
	struct rule_state *rules;
	size_t count;
	struct heap due;
	struct entry *dirty;
	int64_t now_ms;			/* the latest that was said */
	size_t line_bytes;		/* in all entries' lines */
	struct buf key;			/* of the decision handed out */
	struct kept_lines shown;	/* its lines */
};

/* The entry's bytes for a key of any length, in decider->key. */
struct span entry_key(struct decider *decider, struct span key);

struct rule_state *decider_rule_at(const struct decider *decider,
    size_t rule);

/* Finds or makes; evicts another one where the rule has too many. */
struct entry *entry_use(struct decider *decider, size_t rule, struct span key);

/* To be called when an entry's state has changed: its place, its deadline,
 * its row; it may be freed.  as_newest: it was used. */
void entry_settle(struct decider *decider, struct entry *entry,
    bool as_newest);

/* The same for one that comes from the store: its row is as it should be,
 * unless it is empty. */
void entry_settle_loaded(struct decider *decider, struct entry *entry);

/* The deadline only. */
void entry_schedule(struct decider *decider, struct entry *entry);

bool entry_is_empty(const struct decider *decider, const struct entry *entry);
void entry_add_line(struct decider *decider, struct entry *entry,
    struct span line);
void entry_forget_lines(struct decider *decider, struct entry *entry);
void entry_forget_window(struct decider *decider, struct entry *entry);

/* When the window has passed, in wall ms of arrival; 0: nothing pending. */
int64_t entry_window_end(const struct decider *decider,
    const struct entry *entry);

/* Removes it for good; it must be neither placed, scheduled nor dirty. */
void entry_drop(struct decider *decider, struct entry *entry);
void entry_free(struct decider *decider, struct entry *entry);

#endif
