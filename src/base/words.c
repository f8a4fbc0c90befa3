/*
 * words: cuts at blanks and tabs.
 */
#include "config.h"

#include "base/words.h"

struct span
words_next(struct span *rest)
{
	size_t start = 0, end;
	struct span word;

	while (start < rest->len && span_blank(rest->data[start]))
		start++;
	for (end = start; end < rest->len && !span_blank(rest->data[end]);)
		end++;
	word = span_of(rest->data + start, end - start);
	*rest = span_of(rest->data + end, rest->len - end);
	return word;
}
