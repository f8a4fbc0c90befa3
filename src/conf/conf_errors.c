/*
 * conf_errors: every mistake there is, in the order of the files.
 *
 * Mistakes are found in several rounds (the text, the values, the names they
 * use); a person wants to go through the file once.  So each one is put where
 * its line belongs among those of the same file.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "conf/conf.h"

#define ERRORS_SHOWN 200

void
conf_errors_release(struct conf_errors *errors)
{
	buf_release(&errors->text);
	errors->count = 0;
}

/* The line number behind "FILE:", or -1 when the text is of another file. */
static long
line_number(struct span text, struct span file)
{
	if (text.len <= file.len || memcmp(text.data, file.data, file.len))
		return -1;
	return strtol(text.data + file.len, NULL, 10);
}

/* Where a mistake in this line of the file goes. */
static size_t
errors_place(struct conf_errors *errors, struct span file, unsigned line)
{
	const char *text = buf_str(&errors->text);
	size_t at = 0, place = errors->text.len;
	bool seen = false;

	while (at < errors->text.len) {
		size_t len = strcspn(text + at, "\n") + 1;
		long number = line_number(span_of(text + at, len), file);

		if (number > (long)line)
			return seen ? place : at;
		if (number >= 0) {
			seen = true;
			place = at + len;
		}
		at += len;
	}
	return place;
}

static void
errors_insert(struct conf_errors *errors, size_t place, struct span text)
{
	buf_reserve(&errors->text, text.len);
	memmove(errors->text.data + place + text.len, errors->text.data + place,
	    errors->text.len - place);
	memcpy(errors->text.data + place, text.data, text.len);
	errors->text.len += text.len;
}

/* A mistake is one line, whatever a file is called. */
static void
make_one_line(struct buf *text)
{
	for (size_t i = 0; i < text->len; i++) {
		unsigned char byte = (unsigned char)text->data[i];

		if (byte < ' ' || byte == 0x7F)
			text->data[i] = '?';
	}
	buf_add_byte(text, '\n');
}

void
conf_error(
    struct conf_errors *errors, struct origin origin, const char *format, ...)
{
	struct buf file = BUF_INIT, text = BUF_INIT;
	char sentence[ERR_TEXT_MAX];
	va_list args;

	if (errors->count++ >= ERRORS_SHOWN) {
		if (errors->count == ERRORS_SHOWN + 1)
			buf_add_str(
			    &errors->text, "further mistakes are not shown\n");
		return;
	}
	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	if (origin.file)
		buf_addf(&file, "%s:", origin.file);
	buf_add_span(&text, buf_span(&file));
	if (origin.line)
		buf_addf(&text, "%u:", origin.line);
	buf_addf(&text, "%s%s", text.len ? " " : "", sentence);
	make_one_line(&text);
	errors_insert(errors,
	    file.len ? errors_place(errors, buf_span(&file), origin.line)
		     : errors->text.len,
	    buf_span(&text));
	buf_release(&file);
	buf_release(&text);
}
