/*
 * preset_markup: what each service takes for a command, and what stands in
 * its place.
 *
 * Slack (docs: "Formatting text for app surfaces", "Escaping text", read
 * 2026) knows three entities and no other escape; what formats becomes a sign
 * that looks like it.  Google Chat ("Format messages", 2026) has no escape at
 * all: `<users/all>` and `<url|text>` end with a zero-width space behind the
 * bracket.  Discord ("Markdown Text 101", 2026) and Mattermost ("Format
 * messages", 2026) take a backslash before punctuation, and no mention with a
 * zero-width space in it; Mattermost turns Slack's `<!channel>` and
 * `<url|text>` into its own even in code, and fetches what a `www.` names.
 * Telegram finds @names and links in plain text.  Adaptive Cards ("Text
 * features", 2026) expand {{DATE()}} also where there is no Markdown, and their
 * templates ${}.
 */
#include "config.h"

#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "message/preset_markup.h"
#include "message/text.h"

#define BREAK "\xe2\x80\x8b" /* zero-width space */

enum change_how {
	CHANGE_SEEN,	/* the reader sees another sign */
	CHANGE_UNDONE,	/* the service shows what stood there */
	CHANGE_AT_EDGE, /* seen, and only at an edge of a word */
	CHANGE_IN_HOST, /* seen, and only before perhaps a number and a dot */
};

/* Where `from` stands, `to` takes the place of its first byte. */
struct preset_change {
	const char *from;
	const char *to;
	enum change_how how;
};

enum {
	AMPERSAND,
	LESS,
	GREATER,
	BRACKET,
	ASTERISK,
	TILDE,
	UNDERLINE,
	BACKTICK,
	LINK,
	HOST,
	MENTION,
	FUNCTION,
	EXPRESSION,
	CHANGES,
};

static const struct preset_change changes[CHANGES] = {
    [AMPERSAND] = {"&", "&amp;", CHANGE_UNDONE},
    [LESS] = {"<", "&lt;", CHANGE_UNDONE},
    [GREATER] = {">", "&gt;", CHANGE_UNDONE},
    [BRACKET] = {"<", "<" BREAK, CHANGE_SEEN},
    [ASTERISK] = {"*", "\xe2\x88\x97", CHANGE_SEEN},	 /* U+2217 */
    [TILDE] = {"~", "\xe2\x88\xbc", CHANGE_SEEN},	 /* U+223C */
    [UNDERLINE] = {"_", "\xef\xbc\xbf", CHANGE_AT_EDGE}, /* U+FF3F */
    [BACKTICK] = {"`", "'", CHANGE_SEEN},
    [LINK] = {"://", ":" BREAK, CHANGE_SEEN},
    [HOST] = {"www", "w" BREAK, CHANGE_IN_HOST},
    [MENTION] = {"@", "@" BREAK, CHANGE_SEEN},
    [FUNCTION] = {"{{", "{" BREAK, CHANGE_SEEN},
    [EXPRESSION] = {"${", "$" BREAK, CHANGE_SEEN},
};

#define BIT(change) (1U << (change))
#define ENTITIES (BIT(AMPERSAND) | BIT(LESS) | BIT(GREATER))
#define LINKS (BIT(LINK) | BIT(HOST))
#define EMPHASIS (BIT(ASTERISK) | BIT(TILDE) | BIT(UNDERLINE) | BIT(BACKTICK))

struct preset_markup {
	const char *escaped; /* bytes that get a backslash */
	unsigned changes;
};

const struct preset_markup preset_markup_none = {"", 0};
const struct preset_markup preset_markup_slack = {
    "", ENTITIES | EMPHASIS | LINKS};
const struct preset_markup preset_markup_slack_code = {
    "", ENTITIES | BIT(BACKTICK)};
const struct preset_markup preset_markup_discord = {
    "\\*_~`|<>[]()#", BIT(MENTION) | LINKS};
const struct preset_markup preset_markup_discord_code = {"", BIT(BACKTICK)};
const struct preset_markup preset_markup_mattermost = {
    "\\*_~`|>[]()#", BIT(MENTION) | BIT(BRACKET) | LINKS};
const struct preset_markup preset_markup_mattermost_code = {
    "", BIT(BRACKET) | BIT(BACKTICK)};
const struct preset_markup preset_markup_googlechat = {
    "", BIT(BRACKET) | EMPHASIS | LINKS};
const struct preset_markup preset_markup_googlechat_code = {
    "", BIT(BRACKET) | BIT(BACKTICK)};
const struct preset_markup preset_markup_telegram = {"", BIT(MENTION) | LINKS};
const struct preset_markup preset_markup_teams = {
    "", BIT(FUNCTION) | BIT(EXPRESSION)};

static bool
is_alnum_at(struct span text, size_t at)
{
	return at < text.len && ascii_is_alnum(text.data[at]);
}

/* Whether what stands there goes on as "www." or "www3." does. */
static bool
names_host(struct span text, size_t at)
{
	while (at < text.len && ascii_is_digit(text.data[at]))
		at++;
	return at < text.len && text.data[at] == '.';
}

static bool
change_fits(const struct preset_change *change, struct span text, size_t at)
{
	size_t len = strlen(change->from);

	if (text.len - at < len ||
	    memcmp(text.data + at, change->from, len) != 0)
		return false;
	if (change->how == CHANGE_IN_HOST)
		return names_host(text, at + len);
	return change->how != CHANGE_AT_EDGE || at == 0 ||
	       !is_alnum_at(text, at - 1) || !is_alnum_at(text, at + len);
}

/* NULL when what stands there may stay. */
static const struct preset_change *
change_at(const struct preset_markup *markup, struct span text, size_t at)
{
	for (int i = 0; i < CHANGES; i++) {
		if ((markup->changes & BIT(i)) &&
		    change_fits(&changes[i], text, at))
			return &changes[i];
	}
	return NULL;
}

/* Appends the next character as it may stand; returns what it used. */
static size_t
add_piece(struct buf *out, struct span text, size_t at,
    const struct preset_markup *markup)
{
	const struct preset_change *change = change_at(markup, text, at);
	uint32_t point;
	size_t used;

	if (change) {
		buf_add_str(out, change->to);
		return 1;
	}
	if (text.data[at] != '\0' && strchr(markup->escaped, text.data[at]))
		buf_add_byte(out, '\\');
	used = utf8_decode(span_of(text.data + at, text.len - at), &point);
	buf_add(out, text.data + at, used);
	return used;
}

bool
preset_markup_add_whole(struct buf *out, struct span text,
    const struct preset_markup *markup, struct preset_room *room)
{
	size_t start = out->len;

	if (text.len == 0)
		return true;
	for (size_t at = 0; at < text.len;)
		at += add_piece(out, text, at, markup);
	if (preset_room_take(
		room, span_of(out->data + start, out->len - start)))
		return true;
	out->len = start;
	return false;
}

/* Bytes of the longest beginning that fits, of a text that does not. */
static size_t
what_fits(struct span text, const struct preset_markup *markup,
    const struct preset_room *room)
{
	size_t fits = 0, too_much = text.len;
	struct buf scratch = BUF_INIT;

	while (too_much - fits > 1) {
		size_t half = utf8_cut(text, fits + (too_much - fits) / 2);
		struct preset_room rest = *room;

		if (half <= fits)
			half = too_much - 1;
		half = utf8_cut(text, half);
		if (half <= fits)
			break;
		buf_reset(&scratch);
		if (preset_markup_add_whole(
			&scratch, span_of(text.data, half), markup, &rest))
			fits = half;
		else
			too_much = half;
	}
	buf_release(&scratch);
	return fits;
}

bool
preset_markup_add(struct buf *out, struct span text,
    const struct preset_markup *markup, struct preset_room *room)
{
	if (preset_markup_add_whole(out, text, markup, room))
		return true;
	text.len = what_fits(text, markup, room);
	preset_markup_add_whole(out, text, markup, room);
	return false;
}

bool
preset_markup_keeps(struct span text, const struct preset_markup *markup)
{
	struct buf shown = BUF_INIT;
	const struct preset_change *change;
	bool keeps;

	text_shown(&shown, text, text.len);
	keeps = span_equal(buf_span(&shown), text);
	buf_release(&shown);
	for (size_t at = 0; keeps && at < text.len; at++) {
		change = change_at(markup, text, at);
		keeps = !change || change->how == CHANGE_UNDONE;
	}
	return keeps;
}
