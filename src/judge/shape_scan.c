/*
 * shape_scan: numbers, addresses, quoted pieces and the like.
 *
 * Each kind is a row with what recognises it and the pattern that accepts
 * everything of it; the first row that fits decides.  Every recogniser looks
 * at a bounded number of bytes.
 */
#include "config.h"

#include "judge/shape_internal.h"

enum {
	MAIL_LOCAL_MAX = 64,
	MAIL_DOMAIN_MAX = 253,
	HEX_WORD_MIN = 6,
	HEX_SHORT_MIN = 3,
	QUOTED_MAX = 512,
	GROUPS_MAX = 8, /* of an IPv6 address */
	PAIRS_MAX = 32, /* of a SHA-256 fingerprint */
};

#define LETTER                                                                 \
	(SHAPE_IN_ALNUM | SHAPE_IN_WORD | SHAPE_IN_LOCAL | SHAPE_IN_DOMAIN |   \
	    SHAPE_IN_START)
#define HEX (LETTER | SHAPE_IN_HEX)
#define DIGIT (HEX | SHAPE_IN_DIGIT)

const unsigned char shape_classes[256] = {
    ['0' ... '9'] = DIGIT,
    ['a' ... 'f'] = HEX,
    ['A' ... 'F'] = HEX,
    ['g' ... 'z'] = LETTER,
    ['G' ... 'Z'] = LETTER,
    [0x80 ... 0xff] = SHAPE_IN_WORD,
    ['_'] = SHAPE_IN_WORD | SHAPE_IN_LOCAL | SHAPE_IN_START,
    ['.'] = SHAPE_IN_LOCAL | SHAPE_IN_DOMAIN | SHAPE_IN_START,
    ['-'] = SHAPE_IN_LOCAL | SHAPE_IN_DOMAIN | SHAPE_IN_START,
    ['%'] = SHAPE_IN_LOCAL | SHAPE_IN_START,
    ['+'] = SHAPE_IN_LOCAL | SHAPE_IN_START,
    [':'] = SHAPE_IN_START,
    ['"'] = SHAPE_IN_START,
    ['\''] = SHAPE_IN_START,
    ['`'] = SHAPE_IN_START,
};

size_t
shape_run(struct span text, unsigned classes, size_t max)
{
	size_t len = 0;

	if (max > text.len)
		max = text.len;
	while (len < max && shape_is(text.data[len], classes))
		len++;
	return len;
}

/* What stands at this offset, and what before it; but for numbers that is no
 * word. */
struct scan {
	struct span rest;
	char before;	  /* 0: it is the beginning */
	unsigned variant; /* to be set */
};

static struct span
scan_from(struct span text, size_t at)
{
	return at < text.len ? span_of(text.data + at, text.len - at)
			     : span_of(text.data + text.len, 0);
}

/* No word goes on at this offset. */
static bool
scan_ends(struct span text, size_t at)
{
	return at >= text.len || !shape_is(text.data[at], SHAPE_IN_WORD);
}

/* Whether quotes end here depends on what follows them, so what may begin
 * with punctuation does not follow them: or a text would have one shape and
 * its pattern another. */
static bool
scan_is_behind_quote(const struct scan *scan)
{
	return scan->before == '"' || scan->before == '\'' ||
	       scan->before == '`';
}

static size_t
scan_time(struct scan *scan)
{
	return shape_time(scan->rest, &scan->variant);
}

static size_t
scan_mail(struct scan *scan)
{
	size_t local, domain, last;
	struct span rest;

	if (scan_is_behind_quote(scan) ||
	    (scan->before && shape_is(scan->before, SHAPE_IN_LOCAL)))
		return 0;
	local = shape_run(scan->rest, SHAPE_IN_LOCAL, MAIL_LOCAL_MAX + 1);
	if (!local || local > MAIL_LOCAL_MAX || local == scan->rest.len ||
	    scan->rest.data[local] != '@')
		return 0;
	rest = scan_from(scan->rest, local + 1);
	domain = shape_run(rest, SHAPE_IN_DOMAIN, MAIL_DOMAIN_MAX + 1);
	if (domain > MAIL_DOMAIN_MAX || !scan_ends(rest, domain))
		return 0;
	while (domain && !shape_is(rest.data[domain - 1], SHAPE_IN_ALNUM))
		domain--;
	for (last = domain;
	     last && shape_is(rest.data[last - 1], SHAPE_IN_ALNUM);)
		last--;
	if (last < 2 || rest.data[last - 1] != '.')
		return 0;
	return local + 1 + domain;
}

static bool
scan_is_identifier(struct span text)
{
	size_t i;

	for (i = 0; i < text.len; i++) {
		if (!shape_is(text.data[i], SHAPE_IN_DOMAIN) &&
		    text.data[i] != '_')
			return false;
	}
	return text.len > 0;
}

/* Behind the closing quote; 0: there is none near enough. */
static size_t
scan_quoted_end(struct span text, char quote)
{
	size_t at, max = text.len < QUOTED_MAX ? text.len : QUOTED_MAX;

	for (at = 1; at < max; at++) {
		char c = text.data[at];

		if (c == quote || (quote == '`' && c == '\''))
			return at + 1;
		if (c == '\\' && quote == '"')
			at++;
	}
	return 0;
}

static size_t
scan_quoted(struct scan *scan, char quote)
{
	size_t end;

	end = scan_quoted_end(scan->rest, quote);
	if (!end || !scan_ends(scan->rest, end))
		return 0;
	/* "name": says what the value is. */
	if (quote == '"' && end < scan->rest.len &&
	    scan->rest.data[end] == ':' &&
	    scan_is_identifier(span_of(scan->rest.data + 1, end - 2)))
		return 0;
	return end;
}

static size_t
scan_double(struct scan *scan)
{
	return scan_quoted(scan, '"');
}

static size_t
scan_single(struct scan *scan)
{
	return scan_quoted(scan, '\'');
}

static size_t
scan_back(struct scan *scan)
{
	return scan_quoted(scan, '`');
}

static size_t
scan_uuid(struct scan *scan)
{
	static const unsigned char groups[] = {8, 4, 4, 4, 12};
	size_t i, at = 0;

	for (i = 0; i < sizeof(groups); i++) {
		struct span rest = scan_from(scan->rest, at);

		if (i && (!rest.len || rest.data[0] != '-'))
			return 0;
		rest = scan_from(rest, i > 0);
		if (shape_run(rest, SHAPE_IN_HEX, groups[i]) != groups[i])
			return 0;
		at += (i > 0) + groups[i];
	}
	return scan_ends(scan->rest, at) ? at : 0;
}

static size_t
scan_quad(struct span text)
{
	size_t at = 0, len;
	int i;

	for (i = 0; i < 4; i++) {
		if (i && (at >= text.len || text.data[at++] != '.'))
			return 0;
		len = shape_run(scan_from(text, at), SHAPE_IN_DIGIT, 4);
		if (!len || len > 3)
			return 0;
		at += len;
	}
	if (!scan_ends(text, at) ||
	    (at + 1 < text.len && text.data[at] == '.' &&
		shape_is(text.data[at + 1], SHAPE_IN_DIGIT)))
		return 0;
	return at;
}

static size_t
scan_address4(struct scan *scan)
{
	return scan->before == '.' ? 0 : scan_quad(scan->rest);
}

/* Groups and colons: how many of each, whether one colon follows another, and
 * whether there is a digit: Bad::Cafe is no address. */
struct scan_groups {
	int groups, colons;
	bool empty, digit;
	size_t len;
};

static struct scan_groups
scan_groups(struct span text)
{
	struct scan_groups out = {0};
	size_t len, i;

	for (;;) {
		struct span rest = scan_from(text, out.len);
		size_t quad = out.colons >= 2 ? scan_quad(rest) : 0;

		if (quad) {
			out.groups += 2;
			out.digit = true;
			out.len += quad;
			break;
		}
		len = shape_run(rest, SHAPE_IN_HEX, 5);
		if (len > 4)
			out.groups = GROUPS_MAX + 1;
		out.groups += len > 0;
		for (i = 0; i < len; i++)
			out.digit |= shape_is(rest.data[i], SHAPE_IN_DIGIT);
		out.len += len;
		rest = scan_from(rest, len);
		if (!rest.len || rest.data[0] != ':' ||
		    out.colons == GROUPS_MAX)
			break;
		/* A colon behind an address is punctuation. */
		if (len &&
		    (rest.len < 2 || (!shape_is(rest.data[1], SHAPE_IN_HEX) &&
					 rest.data[1] != ':')))
			break;
		if (!len && out.colons)
			out.empty = true;
		out.colons++;
		out.len++;
	}
	return out;
}

static size_t
scan_address6(struct scan *scan)
{
	struct scan_groups found;

	if (scan_is_behind_quote(scan) || scan->before == ':')
		return 0;
	found = scan_groups(scan->rest);
	if (!scan_ends(scan->rest, found.len) || found.colons < 2 ||
	    !found.digit)
		return 0;
	if (found.empty ? found.groups < 1 || found.groups >= GROUPS_MAX
			: found.groups != GROUPS_MAX)
		return 0;
	return found.len;
}

/* Pairs of digits between colons, as in hardware addresses and fingerprints of
 * keys. */
static size_t
scan_pairs(struct scan *scan)
{
	struct span text = scan->rest;
	size_t at = 0;
	unsigned pairs = 0;

	if (scan->before == ':')
		return 0;
	while (shape_run(scan_from(text, at), SHAPE_IN_HEX, 3) == 2) {
		pairs++;
		at += 2;
		if (at >= text.len || text.data[at] != ':' || pairs > PAIRS_MAX)
			break;
		at++;
	}
	if (pairs != 6 && pairs != 16 && pairs != 20 && pairs != PAIRS_MAX)
		return 0;
	/* A colon behind it is punctuation, unless one digit follows or
	 * three. */
	if (text.data[at - 1] == ':' &&
	    (at == text.len || !shape_is(text.data[at], SHAPE_IN_HEX)))
		at--;
	if (text.data[at - 1] == ':' || !scan_ends(text, at))
		return 0;
	scan->variant = pairs;
	return at;
}

static size_t
scan_hex_prefixed(struct scan *scan)
{
	struct span text = scan->rest;
	size_t len;

	if (text.len < 3 || (text.data[1] != 'x' && text.data[1] != 'X'))
		return 0;
	len = shape_run(scan_from(text, 2), SHAPE_IN_HEX, text.len);
	return len && scan_ends(text, len + 2) ? len + 2 : 0;
}

static size_t
scan_hex(struct scan *scan)
{
	size_t len, digits = 0, i;

	len = shape_run(scan->rest, SHAPE_IN_HEX, scan->rest.len);
	if (len < HEX_WORD_MIN || !scan_ends(scan->rest, len))
		return 0;
	for (i = 0; i < len; i++)
		digits += shape_is(scan->rest.data[i], SHAPE_IN_DIGIT);
	return digits && digits < len ? len : 0;
}

/* 3F2A, a1b; but 45C is a number with its unit, and db01 a name with one. */
static size_t
scan_hex_short(struct scan *scan)
{
	struct span text = scan->rest;
	size_t len = shape_run(text, SHAPE_IN_HEX, HEX_WORD_MIN), turns = 0;

	if (len < HEX_SHORT_MIN || len == HEX_WORD_MIN || !scan_ends(text, len))
		return 0;
	for (size_t i = 1; i < len; i++)
		turns += shape_is(text.data[i - 1], SHAPE_IN_DIGIT) !=
			 shape_is(text.data[i], SHAPE_IN_DIGIT);
	return turns > 1 ? len : 0;
}

static size_t
scan_number(struct scan *scan)
{
	return shape_run(scan->rest, SHAPE_IN_DIGIT, scan->rest.len);
}

/* starts, start: what its first byte is, of a class or this one. */
static const struct scan_row {
	enum shape_kind kind;
	size_t (*find)(struct scan *scan);
	unsigned variant; /* unless find sets one */
	const char *pattern;
	unsigned starts;
	char start;
} scan_rows[] = {
    {SHAPE_TIME, scan_time, 0, NULL, SHAPE_IN_ALNUM, 0},
    {SHAPE_QUOTED, scan_double, 1, "\"[^\"\\\\]*(?:\\\\[\\s\\S][^\"\\\\]*)*\"",
	0, '"'},
    {SHAPE_QUOTED, scan_single, 2, "'[^']*'", 0, '\''},
    {SHAPE_QUOTED, scan_back, 3, "`[^`']*[`']", 0, '`'},
    {SHAPE_MAIL, scan_mail, 0,
	"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z0-9]+", SHAPE_IN_LOCAL, 0},
    {SHAPE_UUID, scan_uuid, 0,
	"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", SHAPE_IN_HEX,
	0},
    {SHAPE_ADDRESS4, scan_address4, 0, "(?:\\d{1,3}\\.){3}\\d{1,3}",
	SHAPE_IN_DIGIT, 0},
    {SHAPE_ADDRESS6, scan_address6, 0,
	"(?:[0-9a-fA-F]{0,4}:){2,8}"
	"(?:(?:\\d{1,3}\\.){3}\\d{1,3}|[0-9a-fA-F]{0,4})",
	SHAPE_IN_HEX, ':'},
    {SHAPE_HEX, scan_pairs, 0, NULL, SHAPE_IN_HEX, 0},
    {SHAPE_HEX, scan_hex_prefixed, 1, "0[xX][0-9a-fA-F]+", 0, '0'},
    {SHAPE_HEX, scan_hex, 2, "[0-9a-fA-F]{6,}", SHAPE_IN_HEX, 0},
    {SHAPE_HEX, scan_hex_short, 3,
	"(?:\\d+[a-fA-F]|[a-fA-F]+\\d)[0-9a-fA-F]*", SHAPE_IN_HEX, 0},
    {SHAPE_NUMBER, scan_number, 0, "\\d+", SHAPE_IN_DIGIT, 0},
};

#define SCAN_ROWS (sizeof(scan_rows) / sizeof(scan_rows[0]))

static size_t
scan_found(const struct scan *scan, enum shape_kind kind, size_t len,
    struct shape_part *out)
{
	out->kind = kind;
	out->variant = scan->variant;
	out->text = span_of(scan->rest.data, len);
	return len;
}

size_t
shape_scan(struct span text, size_t at, struct shape_part *out)
{
	struct scan scan = {.rest = scan_from(text, at)};
	char first = scan.rest.data[0];
	const struct scan_row *row;
	size_t len;

	if (!shape_is(first, SHAPE_IN_START))
		return 0;
	scan.before = at ? text.data[at - 1] : 0;
	/* In a word nothing varies but numbers. */
	if (at && shape_is(scan.before, SHAPE_IN_WORD)) {
		len = scan_number(&scan);
		return len ? scan_found(&scan, SHAPE_NUMBER, len, out) : 0;
	}
	for (row = scan_rows; row < scan_rows + SCAN_ROWS; row++) {
		if (!shape_is(first, row->starts) && first != row->start)
			continue;
		scan.variant = row->variant;
		len = row->find(&scan);
		if (len)
			return scan_found(&scan, row->kind, len, out);
	}
	return 0;
}

void
shape_part_pattern(const struct shape_part *part, struct buf *out)
{
	size_t i;

	if (part->kind == SHAPE_TIME) {
		shape_time_pattern(part->variant, out);
		return;
	}
	for (i = 0; i < SCAN_ROWS; i++) {
		if (scan_rows[i].kind != part->kind || !scan_rows[i].pattern ||
		    scan_rows[i].variant != part->variant)
			continue;
		buf_add_str(out, scan_rows[i].pattern);
		return;
	}
	buf_addf(
	    out, "(?:[0-9a-fA-F]{2}:){%u}[0-9a-fA-F]{2}", part->variant - 1);
}
