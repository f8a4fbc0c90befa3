/*
 * mail_word: text in a header, as RFC 2047 lets it stand there.
 *
 * Plain where plain is safe; else B-encoded words, each of whole characters.
 * ASCII that contains "=?" is encoded too, or a log line could forge what a
 * reader decodes.
 */
#include "config.h"

#include "base/base64.h"
#include "base/utf8.h"
#include "message/mail.h"
#include "message/mail_encode.h"
#include "message/text.h"

#define COLUMNS 76
#define WORD_FRAME 12	  /* of "=?utf-8?B?" and "?=" */
#define WORD_BYTES_MIN 12 /* less is not worth the rest of a line */

static bool
is_plain(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < ' ' || text.data[i] > '~')
			return false;
		if (text.data[i] == '=' && i + 1 < text.len &&
		    text.data[i + 1] == '?')
			return false;
	}
	return true;
}

/* Where the line that begins at start may be folded at the latest: a single
 * blank, so that no line is blank; 0: nowhere. */
static size_t
fold_at(struct span text, size_t start, size_t room)
{
	size_t at = 0;

	for (size_t i = start + 1; i + 1 < text.len && i - start <= room; i++) {
		if (text.data[i] == ' ' && text.data[i - 1] != ' ' &&
		    text.data[i + 1] != ' ')
			at = i;
	}
	return at;
}

/* Appends the text folded at blanks, or nothing and false when it has none
 * in the right places. */
static bool
add_plain(
    struct buf *out, struct span text, size_t column, enum mail_newline newline)
{
	size_t before = out->len, start = 0, at;

	if (!is_plain(text))
		return false;
	while (text.len - start + column > COLUMNS) {
		at = column < COLUMNS ? fold_at(text, start, COLUMNS - column)
				      : 0;
		if (at == 0) {
			out->len = before;
			return false;
		}
		buf_add(out, text.data + start, at - start);
		mail_newline_add(out, newline);
		start = at;
		column = 0;
	}
	buf_add(out, text.data + start, text.len - start);
	return true;
}

static void
add_words(
    struct buf *out, struct span text, size_t column, enum mail_newline newline)
{
	while (text.len > 0) {
		size_t room = column + WORD_FRAME < COLUMNS
				  ? (COLUMNS - column - WORD_FRAME) / 4 * 3
				  : 0;

		if (room < WORD_BYTES_MIN) {
			mail_newline_add(out, newline);
			buf_add_byte(out, ' ');
			column = 1;
			continue;
		}
		room = utf8_cut(text, room);
		buf_add_str(out, "=?utf-8?B?");
		base64_encode(out, span_of(text.data, room));
		buf_add_str(out, "?=");
		text = span_of(text.data + room, text.len - room);
		column = COLUMNS;
	}
}

void
mail_header_text(
    struct buf *out, struct span text, size_t column, enum mail_newline newline)
{
	struct buf clean = BUF_INIT;

	text_heading(&clean, text, text.len);
	if (!add_plain(out, buf_span(&clean), column, newline))
		add_words(out, buf_span(&clean), column, newline);
	buf_release(&clean);
}
