/*
 * words: cuts at blanks and tabs.
 */
#include "config.h"

#include "judge/words.h"

#define WORD_SHOWN_MAX 64

static bool
words_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct span
words_next(struct span *rest)
{
	size_t start = 0, end;
	struct span word;

	while (start < rest->len && words_blank(rest->data[start]))
		start++;
	for (end = start; end < rest->len && !words_blank(rest->data[end]);)
		end++;
	word = span_of(rest->data + start, end - start);
	*rest = span_of(rest->data + end, rest->len - end);
	return word;
}

int
words_shown(struct span word)
{
	return (int)(word.len < WORD_SHOWN_MAX ? word.len : WORD_SHOWN_MAX);
}
