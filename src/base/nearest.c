/*
 * nearest: the word that was probably meant.
 *
 * Hides the measure: insertions, deletions, replacements and swaps of
 * neighbours count one each, capitals and - for _ nothing, and what is left
 * off at the end one.  Words that differ in more than a third are not near.
 */
#include "config.h"

#include <string.h>

#include "base/ascii.h"
#include "base/setting.h"
#include "base/setting_internal.h"

#define NEAREST_WORD_MAX 48
#define NEAREST_BEGIN_MIN 3 /* letters */

static char
nearest_fold(char c)
{
	return c == '-' ? '_' : ascii_lower(c);
}

static size_t
smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Three rows of the table of distances between all beginnings of a and b
 * are enough, because a swap looks back two. */
static size_t
edit_distance(struct span a, struct span b)
{
	size_t rows[3][NEAREST_WORD_MAX + 1], i, j, best;
	bool same, swapped;

	for (j = 0; j <= b.len; j++)
		rows[0][j] = j;
	for (i = 1; i <= a.len; i++) {
		size_t *now = rows[i % 3], *last = rows[(i + 2) % 3];

		now[0] = i;
		for (j = 1; j <= b.len; j++) {
			char x = nearest_fold(a.data[i - 1]);
			char y = nearest_fold(b.data[j - 1]);

			same = x == y;
			swapped = i > 1 && j > 1 &&
				  x == nearest_fold(b.data[j - 2]) &&
				  y == nearest_fold(a.data[i - 2]);
			best = smaller(last[j] + 1, now[j - 1] + 1);
			best = smaller(best, last[j - 1] + !same);
			if (swapped)
				best =
				    smaller(best, rows[(i + 1) % 3][j - 2] + 1);
			now[j] = best;
		}
	}
	return rows[a.len % 3][b.len];
}

/* warn, crit, err. */
static bool
is_beginning(struct span word, struct span of)
{
	size_t at = 0;

	if (word.len < NEAREST_BEGIN_MIN || word.len > of.len)
		return false;
	while (at < word.len &&
	       nearest_fold(word.data[at]) == nearest_fold(of.data[at]))
		at++;
	return at == word.len;
}

struct nearest
nearest_to(struct span word)
{
	/* A third of the letters may be wrong, in short words one. */
	size_t most = word.len < 3 ? 1 : (word.len + 2) / 3;

	return (struct nearest){word, NULL, most + 1};
}

void
nearest_offer(struct nearest *nearest, const char *candidate)
{
	struct span other = span_str(candidate);
	size_t distance;

	if (!nearest->word.len || nearest->word.len > NEAREST_WORD_MAX ||
	    !other.len || other.len > NEAREST_WORD_MAX)
		return;
	distance = edit_distance(nearest->word, other);
	if (distance > 1 && is_beginning(nearest->word, other))
		distance = 1;
	if (distance < nearest->distance && distance < other.len) {
		nearest->best = candidate;
		nearest->distance = distance;
	}
}

const char *
nearest_word(struct span word, const char *const *words)
{
	struct nearest nearest = nearest_to(word);

	for (; *words; words++)
		nearest_offer(&nearest, *words);
	return nearest.best;
}
