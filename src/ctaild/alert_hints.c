/*
 * alert_hints: the ready lines at the foot of an alert.
 *
 * Hides how text from a log becomes an argument that a shell leaves alone,
 * and when no hint is better than a wrong one.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "ctaild/alert_build_internal.h"
#include "judge/shape.h"

#define SILENCE_HINT_LENGTH "8h"

static bool
is_plain(char byte)
{
	return ascii_is_alnum(byte) || (byte && strchr("._:/@%+,-", byte));
}

/* Whether a shell and a terminal get it as it is.  U+FFFD stands where there
 * was a NUL. */
static bool
can_be_typed(struct span text)
{
	uint32_t point;

	if (!text.len || text.len >= SILENCE_TEXT_MAX || !utf8_valid(text))
		return false;
	for (size_t at = 0; at < text.len;) {
		at +=
		    utf8_decode(span_of(text.data + at, text.len - at), &point);
		if (utf8_is_control(point) || point == 0xfffd)
			return false;
	}
	return true;
}

/* Nothing is special between single quotes but the quote. */
static void
add_quoted(struct buf *out, struct span text)
{
	size_t at = 0;

	while (at < text.len && is_plain(text.data[at]))
		at++;
	if (at == text.len) {
		buf_add_span(out, text);
		return;
	}
	buf_add_byte(out, '\'');
	for (at = 0; at < text.len; at++)
		if (text.data[at] == '\'')
			buf_add_str(out, "'\\''");
		else
			buf_add_byte(out, text.data[at]);
	buf_add_byte(out, '\'');
}

/* The rule is given as a glob. */
static void
add_literal_glob(struct buf *out, const char *name)
{
	for (; *name; name++) {
		if (strchr("*?[]\\", *name))
			buf_add_byte(out, '\\');
		buf_add_byte(out, *name);
	}
}

/* Where the key cannot be typed, the whole rule is what can be silenced. */
static void
add_key(struct buf *hint, const char *key)
{
	struct span value = span_str(key);

	if (!can_be_typed(value) || value.len >= SILENCE_TEXT_MAX - 8)
		return;
	buf_add_str(hint, " key=");
	add_quoted(hint, value);
}

static void
hint_silence(struct alert *alert, const char *config)
{
	struct buf rule = BUF_INIT, hint = BUF_INIT;

	add_literal_glob(&rule, alert->rule);
	if (can_be_typed(buf_span(&rule)) && alert->rule[0] != '-') {
		buf_add_str(&hint, "ctailctl ");
		if (config && can_be_typed(span_str(config))) {
			buf_add_str(&hint, "-c ");
			add_quoted(&hint, span_str(config));
			buf_add_byte(&hint, ' ');
		}
		buf_add_str(&hint, "silence ");
		add_quoted(&hint, buf_span(&rule));
		add_key(&hint, alert->key);
		buf_add_str(&hint, " " SILENCE_HINT_LENGTH);
	}
	alert_set_hint(&alert->hint_silence, buf_span(&hint));
	buf_release(&rule);
	buf_release(&hint);
}

void
alert_open_masks(struct span pattern, struct buf *out)
{
	static const char mask[] = "\\*";

	for (size_t at = 0; at < pattern.len;) {
		size_t from = at;

		while (
		    at + 1 < pattern.len && !memcmp(pattern.data + at, mask, 2))
			at += 2;
		if (at > from) {
			buf_add_str(out, ".+");
			continue;
		}
		/* An escaped backslash is no half of a mask. */
		if (pattern.data[at] == '\\' && at + 1 < pattern.len)
			buf_add_byte(out, pattern.data[at++]);
		buf_add_byte(out, pattern.data[at++]);
	}
}

static bool
is_withheld(struct span line)
{
	for (size_t i = 0; i < line.len; i++)
		if (line.data[i] != '*' && line.data[i] != '\n')
			return false;
	return true;
}

/* The pattern is one of bytes, with blanks in it. */
static bool
suits_flags(struct span line, unsigned flags)
{
	if (flags & PATTERN_EXTENDED)
		return false;
	if (!(flags & PATTERN_UTF))
		return true;
	for (size_t i = 0; i < line.len; i++)
		if ((unsigned char)line.data[i] >= 0x80)
			return false;
	return true;
}

static void
hint_exclude(struct alert *alert, const struct plan_rule *rule, bool masks)
{
	struct buf pattern = BUF_INIT, hint = BUF_INIT;
	struct span line = alert_last_line(alert);

	if (alert->undecided || is_withheld(line) ||
	    line.len >= ALERT_LINE_BYTES / 2 ||
	    !suits_flags(line, rule_settings(rule->rule)->flags))
		return;
	shape_pattern(line, &pattern);
	buf_add_str(&hint, "exclude = ");
	if (masks)
		alert_open_masks(buf_span(&pattern), &hint);
	else
		buf_add_span(&hint, buf_span(&pattern));
	if (pattern.len && utf8_valid(buf_span(&hint)))
		alert_set_hint(&alert->hint_exclude, buf_span(&hint));
	buf_release(&pattern);
	buf_release(&hint);
}

void
alert_take_hints(struct alert *alert, const struct plan_rule *rule, bool masks)
{
	hint_silence(alert, rule->config);
	if (alert->line_count && alert->kind != ALERT_ABSENT)
		hint_exclude(alert, rule, masks);
}
