/*
 * lint_line: tries patterns on lines that have nothing in common.
 *
 * Hides the lines, and that most patterns need no trying: they want a word,
 * which none of the lines has.
 */
#include "config.h"

#include <stdbool.h>
#include <string.h>

#include "base/ascii.h"
#include "judge/lint_internal.h"
#include "judge/lint_line.h"
#include "judge/pattern_walk.h"

#define WORD_LETTERS 3

/* What a line may begin with, and how that is told. */
static const struct opening {
	const char *text, *why;
} openings[] = {
    {"", "this rule matches every line"},
    {"Nov 22 10:00:00 h ",
	"this rule matches every line that begins with a time and a host"},
    {"2026-11-22T10:00:00.000000+00:00 h ",
	"this rule matches every line that begins with a time and a host"},
};

/* Long enough for what counts bytes (.{20}). */
static const char *const messages[] = {
    "\x01\x02\x03\x04\x05\x06\x07\x01\x02\x03\x04\x05\x06\x07\x01\x02\x03\x04",
    "~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~", "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq",
    "77777777777777777777777777777777", "\xff\xff\xff\xff\xff\xff\xff\xff",
    NULL};

/* Letters outside of classes, groups and alternatives, all of which must
 * stand in a line.  One that is repeated may be missing. */
static bool
wants_word(const char *at)
{
	size_t letters = 0;
	bool found = false;

	while (at && *at) {
		char byte = *at++;

		if (strchr("*?{", byte) && letters)
			letters--;
		found |= letters >= WORD_LETTERS;
		if (ascii_is_letter(byte)) {
			letters++;
			continue;
		}
		letters = 0;
		if (byte == '\\' && *at)
			at++;
		else if (byte == '[')
			at = walk_class(at);
		else if (byte == '(')
			at = walk_group(at);
		else if (byte == '|')
			return false;
	}
	return at && (found || letters >= WORD_LETTERS);
}

static bool
takes_all_behind(const char *opening, const struct pattern *pattern,
    struct pattern_scratch *scratch)
{
	struct buf line = BUF_INIT;
	bool all = true;

	for (size_t i = 0; messages[i] && all; i++) {
		buf_reset(&line);
		buf_add_str(&line, opening);
		buf_add_str(&line, messages[i]);
		all = pattern_match(pattern, scratch, buf_span(&line), NULL) ==
		      PATTERN_YES;
	}
	buf_release(&line);
	return all;
}

const char *
lint_line_takes_all(
    const struct pattern *pattern, struct pattern_scratch *scratch)
{
	if (wants_word(pattern_text(pattern)))
		return NULL;
	for (size_t i = 0; i < sizeof(openings) / sizeof(openings[0]); i++)
		if (takes_all_behind(openings[i].text, pattern, scratch))
			return openings[i].why;
	return NULL;
}

/* "... $", which is how `foo $' and `foo\ $' are translated. */
static bool
wants_last_blank(const char *text)
{
	size_t len = strlen(text);

	return len > 1 && text[len - 1] == '$' &&
	       (text[len - 2] == ' ' || text[len - 2] == '\t');
}

const char *
lint_line_never(const struct pattern *pattern)
{
	const char *text = pattern_text(pattern);

	if (!strncmp(text, "\xef\xbb\xbf", 3))
		return "the file begins with a byte order mark, which no line "
		       "does";
	if (wants_last_blank(text))
		return "it wants a blank at the end of a line, and those are "
		       "cut off before";
	return lint_never_matches(text, pattern_flags(pattern), true);
}
