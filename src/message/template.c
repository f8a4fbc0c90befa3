/*
 * template: parsing and expanding ${...}.
 *
 * Hides the parsed form: a run of pieces, each literal text or a variable
 * with its filters.  Whether a JSON template is sound is decided once, at
 * load, by expanding it with stand-ins for the values and checking that the
 * result is JSON.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/mem.h"
#include "base/units.h"
#include "message/json.h"
#include "message/template.h"
#include "message/template_filter.h"
#include "message/variables.h"

#define NAME_MAX_BYTES 64
/* More of them could make a value many times as long. */
#define FILTERS_MAX 5

struct piece {
	char *text; /* literal, or the variable's name */
	bool variable;
	bool quoted; /* JSON: inside a string literal */
	struct filter filters[FILTERS_MAX];
	size_t filter_count;
};

struct template
{
	enum template_form form;
	struct piece *pieces;
	size_t count;
};

struct parser {
	const char *text;
	size_t at;
	struct template *template;
	struct buf literal;
	bool in_string; /* JSON: between two quotes */
	bool escaped;	/* JSON: behind a backslash */
};

void
template_free(struct template *template)
{
	if (template == NULL)
		return;
	for (size_t i = 0; i < template->count; i++)
		free(template->pieces[i].text);
	free(template->pieces);
	free(template);
}

static struct piece *
template_add(struct template *template)
{
	struct piece *piece;

	template->pieces = xreallocarray(
	    template->pieces, template->count + 1, sizeof(*template->pieces));
	piece = &template->pieces[template->count++];
	memset(piece, 0, sizeof(*piece));
	return piece;
}

/* Keeps track of where in the JSON text the parser is. */
static void
parser_literal(struct parser *parser, char byte)
{
	buf_add_byte(&parser->literal, byte);
	if (parser->escaped)
		parser->escaped = false;
	else if (parser->in_string && byte == '\\')
		parser->escaped = true;
	else if (byte == '"')
		parser->in_string = !parser->in_string;
}

static void
parser_flush(struct parser *parser)
{
	if (parser->literal.len == 0)
		return;
	template_add(parser->template)->text = buf_take(&parser->literal);
}

/* A word, or a decimal number. */
static bool
is_variable_name(struct span name)
{
	size_t i;

	if (name.len == 0 || name.len > NAME_MAX_BYTES)
		return false;
	for (i = 0; i < name.len; i++) {
		if (!ascii_is_word(name.data[i]) ||
		    (ascii_is_digit(name.data[0]) &&
			!ascii_is_digit(name.data[i])))
			return false;
	}
	return true;
}

static int
parser_error(size_t at, struct err *err, const char *text)
{
	return err_set(err, "column %zu: %s", at + 1, text);
}

/* Splits "NAME|filter|filter" into the piece. */
static int
parser_inside(struct parser *parser, struct span inside, size_t start,
    struct piece *piece, struct err *err)
{
	const char *bar = memchr(inside.data, '|', inside.len);
	struct span name = inside;
	struct err why = ERR_INIT;

	if (bar != NULL)
		name.len = (size_t)(bar - inside.data);
	if (!is_variable_name(name))
		return parser_error(start, err,
		    "a variable is written ${NAME} or ${1}, with letters, "
		    "digits and _ only; a dollar sign is $$");
	piece->text = xstrndup(name.data, name.len);
	piece->variable = true;
	piece->quoted = parser->in_string;
	while (bar != NULL) {
		struct span filter = {bar + 1, 0};

		filter.len = (size_t)(inside.data + inside.len - filter.data);
		bar = memchr(filter.data, '|', filter.len);
		if (bar != NULL)
			filter.len = (size_t)(bar - filter.data);
		if (piece->filter_count == FILTERS_MAX)
			return parser_error(start, err, "too many filters");
		if (filter_parse(filter, &piece->filters[piece->filter_count++],
			&why) < 0)
			return parser_error(start, err, why.text);
	}
	return 0;
}

/* Outside of string literals only a whole JSON value may stand. */
static int
parser_position(const struct parser *parser, const struct piece *piece,
    size_t start, struct err *err)
{
	if (parser->template->form != TEMPLATE_JSON)
		return 0;
	if (parser->escaped)
		return parser_error(
		    start, err, "a variable directly behind a backslash");
	if (piece->quoted ||
	    (piece->filter_count > 0 &&
		filter_is_json(&piece->filters[piece->filter_count - 1])))
		return 0;
	return err_set(err,
	    "column %zu: outside of quotes ${%s} must end in |json, "
	    "as ${%s|json}; or put it in quotes",
	    start + 1, piece->text, piece->text);
}

static int
parser_variable(struct parser *parser, struct err *err)
{
	size_t start = parser->at;
	const char *inside = parser->text + start + 2;
	const char *end = strchr(inside, '}');
	struct piece *piece;

	if (end == NULL)
		return parser_error(start, err, "${ without its closing brace");
	parser_flush(parser);
	piece = template_add(parser->template);
	if (parser_inside(parser, span_of(inside, (size_t)(end - inside)),
		start, piece, err) < 0)
		return -1;
	parser->at = (size_t)(end + 1 - parser->text);
	return parser_position(parser, piece, start, err);
}

static int
parser_run(struct parser *parser, struct err *err)
{
	while (parser->text[parser->at] != '\0') {
		const char *here = parser->text + parser->at;

		if (here[0] == '$' && here[1] == '{') {
			if (parser_variable(parser, err) < 0)
				return -1;
			continue;
		}
		if (here[0] == '$' && here[1] != '$')
			return parser_error(parser->at, err,
			    "a lone dollar sign; write $$ for one, or "
			    "${NAME} for a variable");
		parser->at += here[0] == '$' ? 2 : 1;
		parser_literal(parser, here[0]);
	}
	parser_flush(parser);
	return 0;
}

static void
piece_add_filtered(
    const struct piece *piece, struct span value, struct buf *out)
{
	struct buf here = BUF_INIT, there = BUF_INIT, swap;

	buf_add_span(&here, value);
	for (size_t i = 0; i < piece->filter_count; i++) {
		buf_reset(&there);
		filter_apply(&piece->filters[i],
		    variable_is_number(span_str(piece->text)), buf_span(&here),
		    &there);
		swap = here;
		here = there;
		there = swap;
	}
	if (piece->quoted)
		json_escape(out, buf_span(&here));
	else
		buf_add_span(out, buf_span(&here));
	buf_release(&here);
	buf_release(&there);
}

void
template_render(const struct template *template,
    bool (*lookup)(void *arg, struct span name, struct buf *value_out),
    void *arg, struct buf *out)
{
	struct buf value = BUF_INIT;

	for (size_t i = 0; i < template->count; i++) {
		const struct piece *piece = &template->pieces[i];

		if (!piece->variable) {
			buf_add_str(out, piece->text);
			continue;
		}
		buf_reset(&value);
		if (!lookup(arg, span_str(piece->text), &value))
			buf_reset(&value);
		piece_add_filtered(piece, buf_span(&value), out);
	}
	buf_release(&value);
}

/* Stand-ins: inside of quotes a letter that completes no escape sequence;
 * outside a string, and in the second round a number where one may come. */
static int
template_check_json(
    const struct template *template, bool numbers, struct err *err)
{
	struct buf sample = BUF_INIT;
	struct err why = ERR_INIT;
	int result;

	for (size_t i = 0; i < template->count; i++) {
		const struct piece *piece = &template->pieces[i];

		if (!piece->variable)
			buf_add_str(&sample, piece->text);
		else if (piece->quoted)
			buf_add_str(&sample, "x");
		else if (numbers && variable_is_number(span_str(piece->text)))
			buf_add_str(&sample, "0");
		else
			buf_add_str(&sample, "\"\"");
	}
	result = json_check(buf_span(&sample), &why);
	buf_release(&sample);
	if (result < 0)
		return err_set(
		    err, "what it expands to is not JSON: %s", why.text);
	return 0;
}

struct template *
template_new(const char *text, enum template_form form, struct err *err)
{
	struct parser parser = {.text = text};
	int result;

	parser.template = xcalloc(1, sizeof(*parser.template));
	parser.template->form = form;
	result = parser_run(&parser, err);
	buf_release(&parser.literal);
	if (form == TEMPLATE_JSON) {
		if (result == 0)
			result =
			    template_check_json(parser.template, false, err);
		if (result == 0)
			result =
			    template_check_json(parser.template, true, err);
	} else {
		for (size_t i = 0; i < parser.template->count; i++)
			parser.template->pieces[i].quoted = false;
	}
	if (result == 0)
		return parser.template;
	template_free(parser.template);
	return NULL;
}

const char *
template_variable(const struct template *template, size_t i)
{
	for (size_t at = 0; at < template->count; at++) {
		if (template->pieces[at].variable && i-- == 0)
			return template->pieces[at].text;
	}
	return NULL;
}
