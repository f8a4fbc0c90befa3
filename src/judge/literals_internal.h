/*
 * literals_internal: what is known of a part of a pattern, and its reader.
 *
 * Shared by the literals_*.c files only.  A part is "exact" while all strings
 * it can match are few enough to be listed; later only how its matches begin,
 * how they end, and which strings they cannot do without is kept.  The empty
 * string among beginnings or endings says that nothing is known of them.
 */
#ifndef CTAIL_JUDGE_LITERALS_INTERNAL_H
#define CTAIL_JUDGE_LITERALS_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "judge/literals.h"

/* Longer than a literal, so that the rarest window can be chosen. */
#define STRING_BYTES_MAX 63
/* What of a string goes on behind a place where it became too long. */
#define STRING_BYTES_KEPT LITERAL_BYTES_MAX

struct string {
	unsigned char len : 7;
	bool closed : 1; /* what follows it is not known: stays as it is */
	unsigned char bytes[STRING_BYTES_MAX];
};

/* No string stands there twice. */
struct strings {
	bool nocase; /* all of them lower case, standing for both */
	size_t count;
	struct string of[LITERALS_MAX];
};

/* false: no room, and the set is as it was before (but maybe lower case). */
bool strings_add(
    struct strings *set, const void *bytes, size_t len, bool nocase);
void strings_none(struct strings *set);
void strings_only(struct strings *set, const void *bytes, size_t len);
void strings_copy(struct strings *to, const struct strings *from);
bool strings_unite(struct strings *set, const struct strings *other);

/* Each string of set followed by each of other. */
bool strings_append(struct strings *set, const struct strings *other);

/* Whatever is appended from now on. */
void strings_close(struct strings *set);

/* The last bytes of each string, at most len. */
void strings_cut(struct strings *set, size_t len);
bool strings_have_empty(const struct strings *set);

/* Lines as logs have them, written for this purpose. */
extern const char rarity_text[];

struct part {
	bool exact;
	struct strings head; /* exact: all there is */
	struct strings tail; /* unused while exact */
	struct strings must; /* count 0: nothing known */
	uint64_t cost;	     /* of must */
	/* Of what may be left out but is not listed (maybe): how it begins,
	 * closed, or that it is not there.  Of what ends with such: what stands
	 * before it, followed by either; count 0: nothing known. */
	struct strings either;
	bool maybe;
};

/* How candidates are weighed, and how much work that may still be. */
struct weigher {
	const struct rarity *rarity;
	size_t work;
};

void part_empty(struct part *part);
void part_unknown(struct part *part);

/* In place: followed by next; either this or other, which is changed;
 * repeated, most < 0 being without end. */
void part_join(
    struct weigher *weigher, struct part *part, const struct part *next);
void part_either(
    struct weigher *weigher, struct part *part, struct part *other);
void part_repeat(
    struct weigher *weigher, struct part *part, long least, long most);

/* An assertion: what it cannot do without stays, its text does not. */
void part_assert(struct weigher *weigher, struct part *part);

/* Looks at what is kept of parts that may be left out, and forgets it. */
void part_close(struct weigher *weigher, struct part *part);

/* Looks at all that is known for what no match can do without. */
void part_settle(struct weigher *weigher, struct part *part);

enum {
	READER_NOCASE = 1,
	READER_EXTENDED = 2,
};

struct reader {
	const unsigned char *at; /* ends with a NUL */
	unsigned options;
	bool utf;
	bool quoting; /* between \Q and \E */
	bool lost;    /* not understood: nothing may be said */
	unsigned depth;
	struct weigher weigher;
};

void reader_give_up(struct reader *reader);

/* Alternatives up to the closing parenthesis or the end. */
void reader_branches(struct reader *reader, struct part *out);
void reader_group(struct reader *reader, struct part *out);
void reader_class(struct reader *reader, struct part *out);
void reader_escape(struct reader *reader, struct part *out);

/* One character as it stands, or as an escape that is one character (false:
 * it is not, and nothing was read). */
uint32_t reader_take(struct reader *reader);
bool reader_escaped(struct reader *reader, uint32_t *character_out);

/* Skips to behind the next such byte; gives up where there is none. */
void reader_skip_to(struct reader *reader, char byte);

/* What a character stands for under the present options: false when that is
 * too much, or not known. */
bool reader_strings(
    const struct reader *reader, uint32_t character, struct strings *set);

/* {n}, {n,} and {n,m}; also what is one in newer PCRE2 only, which least 0
 * and most -1 then stand for.  The length, 0 for none of them. */
size_t reader_interval(
    const unsigned char *at, long *least_out, long *most_out);

#endif
