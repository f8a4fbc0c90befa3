/*
 * shape: parts, and what is made of them.
 *
 * Hides in which order what varies is looked for, and how plain text is
 * written in a pattern.
 */
#include "config.h"

#include "base/utf8.h"
#include "judge/digest64.h"
#include "judge/shape_internal.h"

#define SIGNS_BEHIND " \t]),:|" /* a time at the beginning */

static const char *const shape_names[SHAPE_KINDS] = {
    [SHAPE_TIME] = "<time>",
    [SHAPE_NUMBER] = "<number>",
    [SHAPE_HEX] = "<hex>",
    [SHAPE_UUID] = "<uuid>",
    [SHAPE_ADDRESS4] = "<ipv4>",
    [SHAPE_ADDRESS6] = "<ipv6>",
    [SHAPE_MAIL] = "<mail>",
    [SHAPE_QUOTED] = "<quoted>",
};

static bool
shape_may_begin(struct span text, size_t at)
{
	if (!shape_is(text.data[at], SHAPE_IN_START))
		return false;
	return !at || !shape_is(text.data[at - 1], SHAPE_IN_WORD) ||
	       shape_is(text.data[at], SHAPE_IN_DIGIT);
}

bool
shape_next(struct span start, struct span *rest, struct shape_part *out)
{
	size_t from, at, len = 0;
	struct shape_part found = {SHAPE_PLAIN, 0, *rest};

	if (!rest->len)
		return false;
	from = (size_t)(rest->data - start.data);
	for (at = from; at < start.len; at++) {
		/* Most bytes are letters in a word. */
		if (!shape_may_begin(start, at))
			continue;
		len = shape_scan(start, at, &found);
		if (len)
			break;
	}
	if (at > from) {
		found.kind = SHAPE_PLAIN;
		found.variant = 0;
		found.text = span_of(rest->data, at - from);
	}
	*out = found;
	*rest =
	    span_of(rest->data + found.text.len, rest->len - found.text.len);
	return true;
}

static size_t
shape_skip(struct span text, size_t at, const char *signs)
{
	while (at < text.len && text.data[at] && strchr(signs, text.data[at]))
		at++;
	return at;
}

/* A date alone may be what the line is about, and what goes on without a
 * blank or a sign is no time of a log. */
static bool
shape_is_stamp(struct span text, size_t len)
{
	return memchr(text.data, ':', len) &&
	       (len == text.len ||
		   shape_skip(text, len, SIGNS_BEHIND) > len);
}

struct span
shape_behind_time(struct span text)
{
	size_t at = shape_skip(text, 0, " \t[(");
	struct span begin = span_of(text.data + at, text.len - at);
	unsigned variant;
	size_t len = shape_time(begin, &variant);

	if (!len || !shape_is_stamp(begin, len))
		return text;
	at = shape_skip(text, at + len, SIGNS_BEHIND);
	if (at + 1 < text.len && !memcmp(text.data + at, "- ", 2))
		at = shape_skip(text, at + 1, " ");
	return at < text.len ? span_of(text.data + at, text.len - at) : text;
}

static struct span
shape_cut(struct span text)
{
	if (text.len > SHAPE_BYTES_MAX)
		text.len = SHAPE_BYTES_MAX;
	return text;
}

uint64_t
shape_hash(struct span prefix, struct span text)
{
	struct span start = shape_cut(text), rest = start;
	struct shape_part part;
	struct sha256 sum;
	unsigned char kind[3];

	sha256_init(&sum);
	sha256_add_part(&sum, prefix);
	while (shape_next(start, &rest, &part)) {
		kind[0] = (unsigned char)part.kind;
		kind[1] = (unsigned char)part.variant;
		sha256_add(&sum, kind, 2);
		if (part.kind == SHAPE_PLAIN)
			sha256_add_part(&sum, part.text);
	}
	kind[0] = SHAPE_KINDS;
	kind[1] = text.len > SHAPE_BYTES_MAX;
	sha256_add(&sum, kind, 2);
	return digest64_final(&sum);
}

void
shape_describe(struct span text, struct buf *out)
{
	struct span start = shape_cut(text), rest = start;
	struct shape_part part;

	while (shape_next(start, &rest, &part)) {
		if (part.kind == SHAPE_PLAIN)
			utf8_append_clean(out, part.text);
		else
			buf_add_str(out, shape_names[part.kind]);
	}
}

static void
shape_quote_byte(char c, struct buf *out)
{
	if (c == '\t')
		buf_add_str(out, "\\t");
	else if (c == '\n')
		buf_add_str(out, "\\n");
	else if (c < ' ' || c > '~')
		buf_addf(out, "\\x%02x", (unsigned)(unsigned char)c);
	else if (strchr("\\^$.[]|()?*+{}#", c))
		buf_addf(out, "\\%c", c);
	else
		buf_add_byte(out, c);
}

static void
shape_quote(struct span plain, struct buf *out)
{
	size_t i;

	for (i = 0; i < plain.len; i++)
		shape_quote_byte(plain.data[i], out);
}

/* A blank at an end is written so that it can be seen, and stays. */
static void
shape_show_blank(struct buf *out)
{
	if (out->data[out->len - 1] != ' ')
		return;
	out->len--;
	buf_add_str(out, "\\x20");
}

static bool
shape_is_letter(char c)
{
	return shape_is(c, SHAPE_IN_WORD) && !shape_is(c, SHAPE_IN_DIGIT);
}

/* How often a word follows another; the name of a value is none. */
static size_t
shape_words_joined(struct span plain)
{
	size_t count = 0, at, end;

	for (at = 1; at + 1 < plain.len; at++) {
		if (plain.data[at] != ' ' ||
		    !shape_is_letter(plain.data[at - 1]) ||
		    !shape_is_letter(plain.data[at + 1]))
			continue;
		end = at + 1 +
		      shape_run(span_of(plain.data + at + 1,
				    plain.len - at - 1),
			  SHAPE_IN_WORD, plain.len);
		count += end == plain.len || plain.data[end] != '=';
	}
	return count;
}

/* Three words in a row are more than a host and a program. */
static bool
shape_is_sentence(struct span start)
{
	struct span rest = start;
	struct shape_part part;
	size_t joined = 0;

	while (joined < 2 && shape_next(start, &rest, &part))
		if (part.kind == SHAPE_PLAIN)
			joined += shape_words_joined(part.text);
	return joined >= 2;
}

static struct span
shape_within_quotes(struct span quoted)
{
	return span_of(quoted.data + 1, quoted.len - 2);
}

/* More than one word, of which one has letters that stay. */
static bool
shape_is_phrase(struct span text)
{
	struct span rest = text;
	struct shape_part part;
	bool letters = false;

	while (!letters && shape_next(text, &rest, &part))
		for (size_t i = 0; i < part.text.len && !letters; i++)
			letters = part.kind == SHAPE_PLAIN &&
				  shape_is_letter(part.text.data[i]);
	return letters && memchr(text.data, ' ', text.len);
}

/* The parts, until the pattern is full; true when it became so.  phrases:
 * what quotes say stays, but for what varies in it. */
static bool
shape_pattern_parts(
    struct span start, size_t full, bool phrases, struct buf *out)
{
	struct span rest = start, plain;
	struct shape_part part;

	while (shape_next(start, &rest, &part)) {
		if (out->len >= full)
			return true;
		if (phrases && part.kind == SHAPE_QUOTED &&
		    shape_is_phrase(shape_within_quotes(part.text))) {
			shape_quote(span_of(part.text.data, 1), out);
			if (shape_pattern_parts(shape_within_quotes(part.text),
				full, false, out))
				return true;
			shape_quote(span_of(rest.data - 1, 1), out);
			continue;
		}
		if (part.kind != SHAPE_PLAIN) {
			shape_part_pattern(&part, out);
			continue;
		}
		plain = part.text;
		if (plain.data == start.data && plain.data[0] == ' ') {
			buf_add_str(out, "\\x20");
			plain = span_of(plain.data + 1, plain.len - 1);
		}
		if (plain.len > full - out->len) {
			plain.len = full - out->len;
			shape_quote(plain, out);
			return true;
		}
		shape_quote(plain, out);
	}
	return false;
}

void
shape_pattern(struct span text, struct buf *out)
{
	struct span start = shape_cut(text);
	bool open;

	buf_add_byte(out, '^');
	open = shape_pattern_parts(start, out->len + SHAPE_PATTERN_MAX,
	    !shape_is_sentence(start), out);
	shape_show_blank(out);
	if (!open && text.len <= SHAPE_BYTES_MAX)
		buf_add_byte(out, '$');
}
