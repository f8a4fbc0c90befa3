/*
 * decider_internal: the entries behind a decider.
 *
 * Private to the judge room.  One entry holds the state of one rule and key;
 * what few keys have lies behind pointers, because there may be very many.
 * An entry is empty when nothing is pending, its gate is open and no incident
 * is; an empty one stays only while the store has still to hear that its row
 * is to go: one that never had a row goes at once, so that a flood of keys
 * between two commits takes no more memory than one of them may.
 *
 *	decider.c	matches and `close` in
 *	decider_gate.c	what met a condition: silences, hours, batch, throttle
 *	decider_tell.c	decisions out, one by one
 *	decider_expire.c  what time and the end of a rule bring
 *	decider_entry.c	where entries live, and when they are due
 *	decider_room.c	how much they take, and which one must go
 *	decider_save.c	as bytes, and back
 *	decider_look.c	what silences and people may ask
 */
#ifndef CTAIL_JUDGE_DECIDER_INTERNAL_H
#define CTAIL_JUDGE_DECIDER_INTERNAL_H

#include "base/heap.h"
#include "base/map.h"
#include "judge/decider.h"
#include "judge/kept_lines.h"
#include "judge/seen.h"

/* Less than this is the clock being slewed, not set. */
#define DECIDER_STEP_MS 1000

/* Of a line, where memory is short. */
#define SHORT_LINE_BYTES 256

/* Which order of its rule an entry stands in. */
enum entry_place {
	ENTRY_NOWHERE,		/* empty */
	ENTRY_IDLE,		/* nothing held: evicted first */
	ENTRY_HOLDING,
	ENTRY_PLACES,
};

/* What a key has that has alerted. */
struct gate {
	struct throttle throttle;
	struct batch *batch;		/* NULL: none is open */
	struct buf payload;		/* of the match an `unless` runs for */
	int64_t told_ms;		/* of the open incident; 0: none */
	int64_t began_ms;		/* record time of its first match */
	int64_t renewed_ms;		/* the last RENEWAL; 0: none */
	bool alive;			/* it has alerted since it was closed,
					 * whether that was told or not */
	bool digested;			/* and part of it awaits the digest */
	bool elsewhere;			/* the incident was told there */
};

struct entry {
	struct heap_node due;
	struct entry *older, *newer;
	struct entry *next_dirty, *previous_dirty;
	struct when_state *when;	/* NULL: nothing pending */
	struct gate *gate;		/* NULL: open */
	struct kept_lines lines;
	int64_t touched_ms;		/* arrival of the last match */
	int64_t used;			/* its number in the order of use */
	uint32_t rule;
	uint32_t bytes;			/* as counted in its rule's, and */
	uint32_t kept_bytes;		/* in the decider's */
	uint16_t key_len;
	unsigned char place;		/* enum entry_place */
	bool dirty;
	bool stored;			/* the store may have a row of it */
	bool late;			/* in the heap of late ones */
	bool lingers;			/* its window is over, and kept for
					 * records that are read late */
	char key[];
};

struct entry_order {
	struct entry *oldest, *newest;
	bool unordered;			/* as they were loaded */
};

struct rule_state {
	struct decider_rule spec;
	enum when_class class;
	bool recovers;			/* ends of incidents are told */
	struct map *entries;
	struct entry_order order[ENTRY_PLACES];
	int64_t bytes;			/* that its entries take */
	struct heap_node most;		/* among the rules, by that */
	struct seen *seen;		/* of `new`, else NULL */
	size_t *waiting;		/* rules whose `unless` names this */
	size_t waiting_count;
	struct held digest;		/* what `hours` hold */
	struct heap_node digest_due;
	bool digest_dirty;
	struct decider_totals totals;
};

/* A decision that waits to be handed out. */
struct told {
	struct decision what;
	struct buf key, payload;
	struct kept_lines lines;
	struct histogram times;
};

/* What decider_next goes on with once nothing is left to hand out. */
enum decider_work {
	WORK_NONE,
	WORK_EXPIRE,
	WORK_FLUSH,		/* work_rule */
	WORK_BATCHES,		/* work_rule, work_entry */
	WORK_ROOM,		/* work_rule */
};

struct decider {
	struct rule_state *rules;
	size_t count;
	size_t keys_max;
	size_t lingering_max;		/* windows linger where a rule has no
					 * more keys */
	int64_t bytes_max;
	int64_t bytes;			/* that all entries in use take */
	struct heap most;		/* rules, by what they take */
	int64_t uses;			/* so often entries were used */
	struct silences *silences;	/* may be NULL */
	struct heap due;		/* entries */
	struct heap late;		/* entries whose clock may ring only
					 * when everything has been read */
	struct heap digests;		/* rules */
	int64_t late_again_ms;		/* late ones are looked at again */
	struct entry *dirty;
	int64_t now_ms;			/* the latest that was said */
	size_t kept_bytes;		/* lines and payloads of all entries */
	struct buf key;			/* of the entry that is looked for */
	char short_line[SHORT_LINE_BYTES];
	struct histogram times;		/* of the window that was met */
	struct told *told;		/* a queue */
	size_t told_first, told_count, told_cap;
	enum decider_work work;
	size_t work_rule;
	struct entry *work_entry;
	bool caught_up;
};

/* For tests: with other bounds than DECIDER_KEYS_MAX and DECIDER_BYTES_MAX. */
struct decider *decider_new_bounded(const struct decider_rule *rules,
    size_t count, struct silences *silences, size_t keys_max,
    int64_t bytes_max);

/* decider.c */
struct rule_state *decider_rule_at(const struct decider *decider,
    size_t rule);
void decider_tick(struct decider *decider, int64_t now_ms);
void decider_digest_schedule(struct decider *decider,
    struct rule_state *rule);

/* decider_tell.c */

/* Forgets what was handed out, before new decisions are made. */
void decider_begin(struct decider *decider);

/* One more decision, valid until the next call of it. */
struct told *decider_say(struct decider *decider, size_t rule,
    struct span key);
struct told *decider_say_of(struct decider *decider,
    const struct entry *entry);

/* decider_expire.c: does one piece of the work; false: nothing is left. */
bool decider_work_on(struct decider *decider);

/* decider_gate.c */

/* What asks to be told. */
struct passage {
	enum decision_kind kind;
	struct event event;
	const struct decider_match *match;	/* at hand, or NULL */
	bool at_hand;		/* the alert is of that match's record */
	bool met;
	int64_t period_ms, since_ms;
	struct span payload;	/* when it is not at hand */
};

/* What silences may ask: the key, and what a match captured. */
struct gate_lookup {
	struct span key;
	silence_lookup *captures;	/* or NULL */
	void *arg;
};
bool gate_look_up(void *lookup, struct span name, struct span *value_out);

/* Something met its condition: silences, hours, batch, throttle. */
void gate_pass(struct decider *decider, struct entry *entry,
    const struct passage *passage);

/* The batch is over: silences and hours are asked again, then the throttle.
 * Nothing happens where none is open. */
void gate_leave_batch(struct decider *decider, struct entry *entry);

/* What a throttle held is to be told: silences and hours are asked again.
 * The summary is released. */
void gate_leave_throttle(struct decider *decider, struct entry *entry,
    struct throttle_summary *summary);

/* What hours held of a rule is to be told: silences are asked again. */
void gate_leave_hours(struct decider *decider, size_t rule);

/* What ended, if it was told: the batch and what the throttle holds first,
 * then a recovery.  since_ms: when it began; 0: with its first record. */
void gate_recover(struct decider *decider, struct entry *entry,
    const struct decider_match *match, int64_t since_ms);

/* Everything held, whatever the hours are and silences say: a rule ends, or a
 * key must go. */
void gate_end(struct decider *decider, struct entry *entry);
void gate_evict(struct decider *decider, struct entry *entry);
void gate_end_hours(struct decider *decider, size_t rule);

/* The entry's gate, made when there is none. */
struct gate *entry_gate(struct entry *entry);

/* Whether lines and payloads together take too much: then short ones. */
bool decider_is_full(const struct decider *decider);
bool decider_is_overfull(const struct decider *decider);
/* Valid until the next call. */
struct span decider_line(struct decider *decider, struct span line);

/* decider_entry.c */

/* The entry's bytes for a key of any length, in decider->key. */
struct span entry_key(struct decider *decider, struct span key);

static inline struct span
entry_key_of(const struct entry *entry)
{
	return span_of(entry->key, entry->key_len);
}

/* Finds, or makes. */
struct entry *entry_use(struct decider *decider, size_t rule, struct span key);
struct entry *entry_find(const struct decider *decider, size_t rule,
    struct span key);

/* To be called when an entry's state has changed: its place, its deadline,
 * its row; it may be freed.  as_newest: it was used. */
void entry_settle(struct decider *decider, struct entry *entry,
    bool as_newest);

/* Its row only. */
void entry_mark_dirty(struct decider *decider, struct entry *entry);

/* The clock was set back to now, or has been since it was stored: none of its
 * times lies further ahead than it may.  Marks it when that changes its row. */
void entry_step_back(struct decider *decider, struct entry *entry,
    int64_t now_ms);

/* As entry_settle for one that comes from the store: its row is as it should
 * be, unless it is empty.  used: its number there; 0: it has none. */
void entry_settle_loaded(struct decider *decider, struct entry *entry,
    int64_t used);

/* The store has its row now, or knows that there is none: it may be freed. */
void entry_saved(struct decider *decider, struct entry *entry);

/* The deadline only.  One that has moved on stands in the heap as it was, until
 * it is the first there. */
void entry_schedule(struct decider *decider, struct entry *entry);

/* The entry that is due first, with its true deadline; or NULL. */
struct heap_node *decider_first_due(struct decider *decider);

/* Sets the entry aside until everything has been read. */
void entry_postpone(struct decider *decider, struct entry *entry);

/* The entry around its deadline. */
struct entry *entry_of_node(struct heap_node *node);

void entry_add_line(struct decider *decider, struct entry *entry,
    int64_t time_ms, struct span line, size_t max);
void entry_forget_window(struct decider *decider, struct entry *entry);

/* Everything, told or not. */
void entry_clear(struct decider *decider, struct entry *entry);

/* When the window has passed, in wall ms of arrival, or what lingers of it;
 * 0: nothing pending. */
int64_t entry_window_end(const struct decider *decider,
    const struct entry *entry);

/* The window has passed, but logs may come in batches, of up to a day: it is
 * kept for so long where that takes little room.  False: it goes. */
bool entry_linger(const struct decider *decider, struct entry *entry);

/* When the clock may ring; 0: none runs. */
int64_t entry_clock_due(const struct decider *decider,
    const struct entry *entry);

void entry_free(struct decider *decider, struct entry *entry);

/* decider_room.c */

/* What it takes has changed. */
void room_count(struct decider *decider, struct entry *entry);

/* Evicts while the rule has too many keys, or all rules together take too
 * much, but not this one, which may have been freed: where the rule that takes
 * the most has no other, that waits for the next match of another rule. */
void room_make(struct decider *decider, size_t rule,
    const struct entry *spared);

/* The same for all rules, one eviction at a time, from work_rule on; false:
 * there is room enough. */
bool room_work_on(struct decider *decider);

/* An entry was loaded into its place, with this number or none (0): the order
 * of use may be another. */
void room_loaded(struct decider *decider, struct entry *entry, int64_t used);

/* The one of this place used longest ago, or NULL.  What was loaded is put
 * into the order of use before, if that has not been done. */
struct entry *room_oldest(struct rule_state *rule, enum entry_place place);

#endif
