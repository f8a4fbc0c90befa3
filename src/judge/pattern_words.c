/*
 * pattern_words: what is wrong with a pattern, for somebody who does not know
 * PCRE2's own words, and what to write instead.
 *
 * Of the mistakes that people make, as it numbers them for good
 * (pcre2api(3)); the rare ones keep its sentence.
 */
#include "config.h"

#include <stddef.h>

#include "judge/pattern_internal.h"

static const struct pattern_mistake {
	int number;
	const char *words;
} pattern_mistakes[] = {
    {101, "a backslash at the end; write \\\\ for one"},
    {103, "no letter has a meaning there behind a backslash; write the letter "
	  "alone, or \\\\ for a backslash"},
    {104, "the repetition ends before it begins; write {LEAST,MOST}"},
    {105, "a repetition of more than 65535 times; write * or + for any number"},
    {106, "a bracket is not closed; write \\[ for one that is text"},
    {108, "the range of characters ends before it begins; put `-' last in the "
	  "brackets where it is text"},
    {109, "nothing stands before it that could be repeated; write \\* \\+ \\? "
	  "for the characters themselves, and .* for any text"},
    {112, "a class stands within brackets; write for example [[:digit:]]"},
    {114, "a parenthesis is not closed; write \\( for one that is text"},
    {115, "it refers to a group that is not there; groups are numbered by "
	  "their opening parentheses, from 1"},
    {122, "a parenthesis is closed that was not opened; write \\) for one that "
	  "is text"},
    {125, "(?<=...) and (?<!...) take text of a fixed length only; write what "
	  "stands before, and \\K behind it"},
    {142, "the name of a group is not closed; write (?<NAME>...), the name of "
	  "letters, digits and _"},
    {143, "two groups have the same name; write the alternatives as lines of "
	  "their own"},
    {144, "the name of a group begins with a digit; begin it with a letter"},
    {162, "the name of a group is missing; write (?<NAME>...)"},
};

const char *
pattern_mistake_words(int number)
{
	size_t count = sizeof(pattern_mistakes) / sizeof(pattern_mistakes[0]);

	for (size_t i = 0; i < count; i++) {
		if (pattern_mistakes[i].number == number)
			return pattern_mistakes[i].words;
	}
	return NULL;
}
