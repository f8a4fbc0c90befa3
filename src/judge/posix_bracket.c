/*
 * posix_bracket: [...] of an extended regular expression.
 *
 * Hides the grammar inside: a backslash is itself, `]' that stands first is
 * too, and so is `-' at either end.  Elements have one byte, as they do in
 * the C locale.
 */
#include "config.h"

#include <string.h>

#include "judge/posix_internal.h"

enum element_kind {
	ELEMENT_BYTE,
	ELEMENT_CLASS,	    /* [:alpha:] */
	ELEMENT_EQUIVALENT, /* [=a=], which is a byte but begins no range */
};

struct element {
	enum element_kind kind;
	char byte;
	struct span name;
};

struct bracket {
	struct span text;
	size_t at;
	size_t start; /* column of the bracket, from 1 */
	struct buf *out;
};

static const char *const class_names[] = {"alpha", "digit", "alnum", "upper",
    "lower", "space", "blank", "punct", "print", "graph", "cntrl", "xdigit",
    NULL};

static bool
is_class(struct span name)
{
	for (size_t i = 0; class_names[i]; i++) {
		if (span_is(name, class_names[i]))
			return true;
	}
	return false;
}

/* The byte so many places ahead, or -1. */
static int
bracket_peek(const struct bracket *bracket, size_t ahead)
{
	if (bracket->at + ahead >= bracket->text.len)
		return -1;
	return (unsigned char)bracket->text.data[bracket->at + ahead];
}

static int
bracket_unclosed(const struct bracket *bracket, struct err *err)
{
	return err_set(err,
	    "column %zu: a bracket is not closed; write \\[ for one that "
	    "stands for itself",
	    bracket->start);
}

static int
bracket_bad_range(const struct bracket *bracket, struct err *err)
{
	return err_set(err,
	    "column %zu: no range can end here; put `-' last in the brackets "
	    "where it stands for itself",
	    bracket->at);
}

/* [:name:], [.x.] or [=x=]; at the `['. */
static int
bracket_named(struct bracket *bracket, struct element *out, struct err *err)
{
	char mark = bracket->text.data[bracket->at + 1];
	size_t start = bracket->at += 2;

	while (bracket_peek(bracket, 0) != mark ||
	       bracket_peek(bracket, 1) != ']') {
		if (bracket_peek(bracket, 1) < 0)
			return bracket_unclosed(bracket, err);
		bracket->at++;
	}
	out->name = span_of(bracket->text.data + start, bracket->at - start);
	bracket->at += 2;
	if (mark == ':') {
		out->kind = ELEMENT_CLASS;
		if (is_class(out->name))
			return 0;
		return err_set(err, "column %zu: there is no class [:%.*s:]",
		    start - 1, span_shown(out->name), out->name.data);
	}
	out->kind = mark == '=' ? ELEMENT_EQUIVALENT : ELEMENT_BYTE;
	if (out->name.len != 1)
		return err_set(err,
		    "column %zu: [%c%.*s%c] is no single character", start - 1,
		    mark, span_shown(out->name), out->name.data, mark);
	out->byte = out->name.data[0];
	return 0;
}

static int
bracket_element(struct bracket *bracket, struct element *out, struct err *err)
{
	int byte = bracket_peek(bracket, 0);
	int next = bracket_peek(bracket, 1);

	if (byte < 0)
		return bracket_unclosed(bracket, err);
	if (byte == '[' && (next == ':' || next == '.' || next == '='))
		return bracket_named(bracket, out, err);
	out->kind = ELEMENT_BYTE;
	out->byte = (char)byte;
	bracket->at++;
	return 0;
}

/* What begins and may end with one of these would look like a class without
 * its brackets. */
static bool
begins_class(const struct bracket *bracket, char byte)
{
	const char end[] = {byte, ']'};

	return (byte == ':' || byte == '=' || byte == '.') &&
	       bracket->out->data[bracket->out->len - 1] == '[' &&
	       memmem(bracket->text.data + bracket->start,
		   bracket->text.len - bracket->start, end, sizeof(end));
}

/* As it was written wherever that means the same: people read it. */
static void
bracket_add_byte(struct bracket *bracket, char byte)
{
	if (begins_class(bracket, byte))
		buf_add_byte(bracket->out, '\\');
	if (byte == '\0' || byte == '\n' ||
	    strchr("\\^[]-", byte))
		posix_add_byte(bracket->out, byte);
	else
		buf_add_byte(bracket->out, byte);
}

/* A `-' that makes a range of what stands before and behind it. */
static bool
bracket_at_range(const struct bracket *bracket)
{
	return bracket_peek(bracket, 0) == '-' &&
	       bracket_peek(bracket, 1) >= 0 && bracket_peek(bracket, 1) != ']';
}

static int
bracket_range(
    struct bracket *bracket, const struct element *from, struct err *err)
{
	struct element to = {.kind = ELEMENT_BYTE};

	bracket->at++;
	if (bracket_element(bracket, &to, err))
		return -1;
	if (to.kind != ELEMENT_BYTE ||
	    (unsigned char)to.byte < (unsigned char)from->byte)
		return bracket_bad_range(bracket, err);
	bracket_add_byte(bracket, from->byte);
	buf_add_byte(bracket->out, '-');
	bracket_add_byte(bracket, to.byte);
	return 0;
}

/* One element, or two with a `-' between them. */
static int
bracket_item(struct bracket *bracket, bool first, struct err *err)
{
	struct element element = {.kind = ELEMENT_BYTE};

	/* A range that begins with `-' does so in the first place only. */
	if (!first && bracket_at_range(bracket))
		return bracket_bad_range(bracket, err);
	if (bracket_element(bracket, &element, err))
		return -1;
	if (element.kind == ELEMENT_CLASS) {
		buf_addf(bracket->out, "[:%.*s:]", (int)element.name.len,
		    element.name.data);
		return 0;
	}
	if (element.kind == ELEMENT_BYTE && bracket_at_range(bracket))
		return bracket_range(bracket, &element, err);
	if (element.byte == '-' && bracket_peek(bracket, 0) == ']')
		buf_add_byte(bracket->out, '-');
	else
		bracket_add_byte(bracket, element.byte);
	return 0;
}

/* [:space:] without the outer brackets is a mistake, as grep says too. */
static int
bracket_check_class(const struct bracket *bracket, struct err *err)
{
	struct span whole = span_of(bracket->text.data + bracket->start - 1,
	    bracket->at - bracket->start + 1);

	if (whole.len < 5 || whole.data[1] != ':' ||
	    whole.data[whole.len - 2] != ':')
		return 0;
	return err_set(err, "column %zu: a class is written [%.*s]",
	    bracket->start, span_shown(whole), whole.data);
}

int
posix_bracket(struct span text, size_t *at, struct buf *out, struct err *err)
{
	struct bracket bracket = {text, *at, *at, out};
	bool first = true, negated = bracket_peek(&bracket, 0) == '^';

	buf_add_byte(out, '[');
	if (negated) {
		/* Never a newline, however many lines a record has. */
		buf_add_str(out, "^\\n");
		bracket.at++;
	}
	for (; first || bracket_peek(&bracket, 0) != ']'; first = false) {
		if (bracket_item(&bracket, first, err))
			return -1;
	}
	bracket.at++;
	buf_add_byte(out, ']');
	*at = bracket.at;
	return bracket_check_class(&bracket, err);
}
