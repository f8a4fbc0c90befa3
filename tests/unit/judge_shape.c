/*
 * judge_shape: what varies in a text, and the patterns made of it.
 */
#include "config.h"

#include "judge/pattern.h"
#include "judge/shape.h"
#include "tap.h"

static const struct {
	const char *text, *want;
} shapes[] = {
    {"", ""},
    {"plain words only", "plain words only"},
    {"Oct 11 22:14:15 host sshd[123]: Failed password for root from "
     "203.0.113.9 port 22 ssh2",
	"<time> host sshd[<number>]: Failed password for root from <ipv4> "
	"port <number> ssh<number>"},
    {"Oct  1 22:14:15 h x", "<time> h x"},
    {"<34>Oct 11 22:14:15 h x", "<<number>><time> h x"},
    {"2024-01-02T03:04:05.678901+01:00 host x", "<time> host x"},
    {"2024-01-02 03:04:05,678 ERROR x", "<time> ERROR x"},
    {"[2024-01-02 03:04:05Z] x", "[<time>] x"},
    {"2024-01-02 03:04:05 UTC [7] LOG", "<time> [<number>] LOG"},
    {"2024-01-02 x", "<time> x"},
    {"2024-01-02x", "<number>-<number>-<number>x"},
    {"2024/01/02 03:04:05 [error] 12#34: *5 x",
	"<time> [error] <number>#<number>: *<number> x"},
    {"[Mon Jan  2 03:04:05.123456 2024] [core:error]", "[<time>] [core:error]"},
    {"Mon, 02 Jan 2006 15:04:05 +0000", "<time>"},
    {"1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.1\" 200 5",
	"<ipv4> - - [<time>] <quoted> <number> <number>"},
    {"02-Jan-2024 03:04:05.000 queries", "<time> queries"},
    {"11 Oct 2023 22:14:15.123 # x", "<time> # x"},
    {"01/02/2024, 3:04:05 PM x", "<time> x"},
    {"01/02/2024, 03:04:05 PM x", "<time> x"},
    {"I0102 03:04:05.678901 main.go:12] x",
	"I<number> <number>:<number>:<number>.<number> main.go:<number>] x"},
    {"May be 12:00 or Monday", "May be <number>:<number> or Monday"},
    {"took 12ms, eth0 up, v1.2", "took <number>ms, eth<number> up, "
				 "v<number>.<number>"},
    {"commit a1b2c3d4 by deadbeef", "commit <hex> by deadbeef"},
    {"a1b2c is short, xa1b2c3d4 is none", "<hex> is short, "
					  "xa<number>b<number>c<number>d"
					  "<number> is none"},
    {"3F2A: removed, 9E1D4, 0a0", "<hex>: removed, <hex>, <hex>"},
    {"45C on db01 and ab1, 12ab, 5e, a3f_", "<number>C on db<number> and "
					    "ab<number>, <number>ab, "
					    "<number>e, a<number>f_"},
    {"at 0x7FFe, 0X1, 0xg", "at <hex>, <hex>, <number>xg"},
    {"123e4567-e89b-12d3-a456-426614174000", "<uuid>"},
    {"123e4567-e89b-12d3-a456-42661417400", "<hex>-<hex>-<hex>-a<number>"
					    "-<number>"},
    {"1.2.3.4:80 1.2.3.4.5 1.2.3 1.2.3.4.",
	"<ipv4>:<number> <number>.<number>.<number>.<number>.<number> "
	"<number>.<number>.<number> <ipv4>."},
    {"::1 fe80::1%eth0 2001:db8::ff00:42:8329, ::ffff:1.2.3.4",
	"<ipv6> <ipv6>%eth<number> <ipv6>, <ipv6>"},
    {"1:2:3:4:5:6:7:8: fe80::", "<ipv6>: <ipv6>"},
    {"std::string ab::cd 12:34:56 a::b::",
	"std::string ab::cd <number>:<number>:<number> a::b::"},
    {"mac 00:1b:44:11:3a:b7: up", "mac <hex>: up"},
    {"00:1b:44:11:3a:b", "<number>:<number>b:<number>:<number>:<number>a:b"},
    {"from joe.doe+x@mail.example.org.", "from <mail>."},
    {"user@localhost, @example.org, a@b", "user@localhost, @example.org, a@b"},
    {"say 'yes' and \"no\" and `maybe'", "say <quoted> and <quoted> and "
					 "<quoted>"},
    {"don't or can't", "don't or can't"},
    {"'don't'", "'don't'"},
    {"\"a \\\" b\" x", "<quoted> x"},
    {"an \"open quote", "an \"open quote"},
    {"{\"level\":\"info\",\"n\":5}", "{\"level\":<quoted>,\"n\":<number>}"},
    {"/var/log/app-12/x.log", "/var/log/app-<number>/x.log"},
    {"gr\xc3\xbc\xc3\x9f"
     "a1b2c3 x\xff",
	"gr\xc3\xbc\xc3\x9f"
	"a<number>b<number>c<number> x\xef\xbf\xbd"},
};

static void
test_parts(void)
{
	struct buf out = BUF_INIT;
	size_t i;

	for (i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		buf_reset(&out);
		shape_describe(span_str(shapes[i].text), &out);
		IS_STR(buf_str(&out), shapes[i].want,
		    shapes[i].text[0] ? shapes[i].text : "nothing");
	}
	buf_release(&out);
}

static bool
same(const char *a, const char *b)
{
	return shape_hash(span_str("log"), span_str(a)) ==
	       shape_hash(span_str("log"), span_str(b));
}

static void
test_hashes(void)
{
	OK(same("Oct 11 22:14:15 h sshd[1]: 5 of 7",
	       "Nov  1 00:00:00 h sshd[4711]: 99 of 1"),
	    "texts that differ in what varies have the same shape");
	OK(!same("a 1", "b 1") && !same("a 1", "a x"), "others do not");
	OK(!same("Oct 11 22:14:15 a x", "Oct 11 22:14:15 b x"),
	    "hosts tell texts apart");
	OK(!same("\"x\"", "'x'"), "and kinds of quotes");
	OK(!same("1 1.2.3.4", "1.2.3.4 1"), "and the order");
	OK(shape_hash(span_str("a"), span_str("x")) !=
		shape_hash(span_str("b"), span_str("x")),
	    "and the prefix");
	OK(shape_hash(span_str("a"), span_str("bx")) !=
		shape_hash(span_str("ab"), span_str("x")),
	    "which does not run into the text");
}

static void
pattern_of(struct span text, struct buf *out)
{
	buf_reset(out);
	shape_pattern(text, out);
}

static bool
matches(const char *text, struct span subject)
{
	struct pattern_scratch *scratch = pattern_scratch_new();
	struct err err = ERR_INIT;
	struct pattern *pattern = pattern_new(text, 0, &err);
	bool matched = false;

	if (pattern)
		matched = pattern_match(pattern, scratch, subject, NULL) ==
			  PATTERN_YES;
	else
		printf("# %s\n", err.text);
	pattern_free(pattern);
	pattern_scratch_free(scratch);
	return matched;
}

/* One line of printable ASCII, without blanks at its ends. */
static bool
is_pasteable(struct span pattern)
{
	size_t i;

	for (i = 0; i < pattern.len; i++) {
		if (pattern.data[i] < ' ' || pattern.data[i] > '~')
			return false;
	}
	return pattern.len && pattern.data[0] == '^' &&
	       pattern.data[pattern.len - 1] != ' ';
}

static bool
holds_for(struct span text)
{
	struct buf pattern = BUF_INIT;
	bool held;

	pattern_of(text, &pattern);
	held = is_pasteable(buf_span(&pattern)) &&
	       matches(buf_str(&pattern), text);
	if (!held)
		printf("# %s\n", buf_str(&pattern));
	buf_release(&pattern);
	return held;
}

static void
test_patterns(void)
{
	struct buf out = BUF_INIT;
	size_t i;
	int wrong = 0;

	pattern_of(
	    span_str("sshd[12]: Failed password for 'root' (1.5 s) #3"), &out);
	IS_STR(buf_str(&out),
	    "^sshd\\[\\d+\\]: Failed password for '[^']*' "
	    "\\(\\d+\\.\\d+ s\\) \\#\\d+$",
	    "a pattern is quoted, with classes for what varies");
	pattern_of(span_str(" a\tb\x01\xff\n "), &out);
	IS_STR(buf_str(&out), "^\\x20a\\tb\\x01\\xff\\n\\x20$",
	    "blanks at the ends and bytes that cannot be printed are written "
	    "out");
	pattern_of(span_str(" "), &out);
	IS_STR(buf_str(&out), "^\\x20$", "a blank alone too");
	pattern_of(span_str("# x"), &out);
	IS_STR(buf_str(&out), "^\\# x$", "nothing looks like a comment");
	pattern_of(span_str("; x"), &out);
	IS_STR(buf_str(&out), "^; x$", "nor does a semicolon, behind the ^");
	for (i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		wrong += !holds_for(span_str(shapes[i].text));
	IS_INT(wrong, 0, "every pattern matches the text it was made of");
	OK(holds_for(span_of("a\0b 1\0\"\0\"", 10)), "with NULs too");
	buf_release(&out);
}

/* Two lines, and whether what is learned from one should hold for the other. */
static const struct {
	const char *line, *other;
	bool holds;
} quoted_lines[] = {
    {"192.0.2.4 - - [22/Nov/2026:12:00:01 +0000] \"GET /item/7 HTTP/1.1\" "
     "502 3036 \"-\" \"Mozilla/5.0\"",
	"192.0.2.9 - - [23/Nov/2026:01:02:03 +0000] \"GET /item/12 HTTP/1.1\" "
	"502 1 \"-\" \"curl/7\"",
	true},
    {"192.0.2.4 - - [22/Nov/2026:12:00:01 +0000] \"GET /item/7 HTTP/1.1\" "
     "502 3036 \"-\" \"Mozilla/5.0\"",
	"192.0.2.4 - - [22/Nov/2026:12:00:01 +0000] \"GET /pay HTTP/1.1\" "
	"502 3036 \"-\" \"Mozilla/5.0\"",
	false},
    {"{\"level\":\"error\",\"msg\":\"user 7 is gone\",\"by\":\"ann\"}",
	"{\"level\":\"error\",\"msg\":\"user 8 is gone\",\"by\":\"joe\"}",
	true},
    {"{\"level\":\"error\",\"msg\":\"user 7 is gone\",\"by\":\"ann\"}",
	"{\"level\":\"error\",\"msg\":\"the disk is full\",\"by\":\"ann\"}",
	false},
    {"Nov 22 12:00:01 db app[3]: level=error msg=\"cannot reach \\\"x\\\" 7\"",
	"Nov 23 12:00:01 db app[4]: level=error msg=\"cannot reach "
	"\\\"x\\\" 8\"",
	true},
    {"Nov 22 12:00:01 db app[3]: level=error msg=\"cannot reach x\"",
	"Nov 22 12:00:01 db app[3]: level=error msg=\"no memory left\"", false},
    {"E1122 12:00:00.1    12 pod.go:9] \"Failed to start\" pod=\"shop/web-0\"",
	"E1122 12:00:00.1    12 pod.go:9] \"Failed to stop\" pod=\"shop/web-0\"",
	false},
    {"db app[3]: cannot open the file \"my report.txt\"",
	"db app[3]: cannot open the file \"your own list\"", true},
};

static void
test_quoted(void)
{
	size_t i;

	for (i = 0; i < sizeof(quoted_lines) / sizeof(quoted_lines[0]); i++) {
		struct buf pattern = BUF_INIT;
		struct span line = span_str(quoted_lines[i].line);
		struct span other = span_str(quoted_lines[i].other);

		pattern_of(line, &pattern);
		OK(matches(buf_str(&pattern), line) &&
			matches(buf_str(&pattern), other) ==
			    quoted_lines[i].holds,
		    "what is learned from `%s' %s for `%s'",
		    quoted_lines[i].line,
		    quoted_lines[i].holds ? "holds" : "does not hold",
		    quoted_lines[i].other);
		buf_release(&pattern);
	}
}

static void
test_long(void)
{
	static char text[SHAPE_BYTES_MAX * 2];
	static const char *const fills[] = {"x", "1 ", "::1 ", "\"\"", "\x80",
	    "x ", "2024-01-02 ", "00:1b:44:11:3a:b7 ", "  1", "a1b2c3 ",
	    "'''' ", "`", "\\\"", "a@b.c "};
	struct buf pattern = BUF_INIT;
	size_t i, at, len;

	for (i = 0; i < sizeof(fills) / sizeof(fills[0]); i++) {
		len = strlen(fills[i]);
		for (at = 0; at < sizeof(text); at++)
			text[at] = fills[i][at % len];
		pattern_of(span_of(text, sizeof(text)), &pattern);
		OK(holds_for(span_of(text, sizeof(text))) &&
			holds_for(span_of(text, SHAPE_BYTES_MAX)) &&
			pattern.len < SHAPE_PATTERN_MAX * 5 &&
			pattern.data[pattern.len - 1] != '$',
		    "a long text of \"%s\" has a bounded pattern", fills[i]);
	}
	memset(text, 'x', sizeof(text));
	OK(shape_hash(span_str(""), span_of(text, SHAPE_BYTES_MAX)) !=
		shape_hash(span_str(""), span_of(text, SHAPE_BYTES_MAX + 1)),
	    "a text that is too long has another shape");
	OK(shape_hash(span_str(""), span_of(text, SHAPE_BYTES_MAX + 2)) ==
		shape_hash(span_str(""), span_of(text, SHAPE_BYTES_MAX + 1)),
	    "whatever stands behind the bound");
	buf_release(&pattern);
}

/* Pieces of which random texts are made: what varies, what nearly does, and
 * what stands between. */
static const char *const pieces[] = {"1", "12345", "1.2.3.4", "::1", "fe80::a1",
    "a1b2c3", "abcdef", "123456", "0x1f", "x", "root", " ", " ", ":", ".", "-",
    "[", "]", "\"", "'", "`", "\"a\"", "'b c'", "a@b.org", "Oct 11 22:14:15",
    "Oct  1 02:03:04.5", "2024-01-02", "2024-01-02 10:00",
    "2024-01-02T10:00:00Z", "10:20:30:40:50:60", "aa:bb:cc:dd:ee:ff",
    "123e4567-e89b-12d3-a456-426614174000", "%", "+", "_", "\\", "\n", "\xc3",
    "1", "22", "::2", "7:6:5:4:3:2:1:0", "9.8.7.6", "c@d.de", "-x@y.zz",
    "\"other\"", "'d'", "Z", " UTC", "+0100", " 2024", ",", "/", "12:34:56",
    "1:2:3:4:5:6:7:8", "PM", "01/02/2024 03:04", "{", "\"k\":", "T"};

#define PIECES (sizeof(pieces) / sizeof(pieces[0]))

static unsigned random_state = 99;

static unsigned
random_below(unsigned bound)
{
	random_state = random_state * 1103515245 + 12345;
	return (random_state >> 16) % bound;
}

/* Two texts that differ in one or two pieces at most. */
static void
random_pair(struct buf *a, struct buf *b)
{
	unsigned count = 1 + random_below(8), i;

	buf_reset(a);
	buf_reset(b);
	for (i = 0; i < count; i++) {
		unsigned which = random_below(PIECES);

		buf_add_str(a, pieces[which]);
		/* Neighbours are often of one kind. */
		if (random_below(3) == 0)
			which = (which + 1) % PIECES;
		else if (random_below(6) == 0)
			which = random_below(PIECES);
		buf_add_str(b, pieces[which]);
	}
}

/* Then its pattern may be narrower than its shape. */
static bool
may_quote_phrase(struct buf *text)
{
	return memchr(text->data, ' ', text->len) &&
	       strpbrk(buf_str(text), "\"'`");
}

static void
test_random(void)
{
	struct buf a = BUF_INIT, b = BUF_INIT;
	struct buf pattern_a = BUF_INIT, pattern_b = BUF_INIT;
	int i, alike = 0, wrong = 0;

	for (i = 0; i < 8000; i++) {
		bool equal, mutual;

		random_pair(&a, &b);
		pattern_of(buf_span(&a), &pattern_a);
		pattern_of(buf_span(&b), &pattern_b);
		wrong += !matches(buf_str(&pattern_a), buf_span(&a)) ||
			 !is_pasteable(buf_span(&pattern_a));
		equal = shape_hash(span_str(""), buf_span(&a)) ==
			shape_hash(span_str(""), buf_span(&b));
		mutual = matches(buf_str(&pattern_a), buf_span(&b)) &&
			 matches(buf_str(&pattern_b), buf_span(&a));
		alike += equal && !span_equal(buf_span(&a), buf_span(&b));
		if (equal != mutual &&
		    !(equal &&
			(may_quote_phrase(&a) || may_quote_phrase(&b)))) {
			wrong++;
			printf("# %d %d\n#  %s\n#  %s\n#  %s\n#  %s\n", equal,
			    mutual, buf_str(&a), buf_str(&b),
			    buf_str(&pattern_a), buf_str(&pattern_b));
		}
	}
	IS_INT(wrong, 0,
	    "random texts have equal shapes exactly when each one's pattern "
	    "matches the other, but for phrases in quotes");
	OK(alike > 100, "often enough to tell (%d)", alike);
	buf_release(&a);
	buf_release(&b);
	buf_release(&pattern_a);
	buf_release(&pattern_b);
}

static void
test_random_bytes(void)
{
	static const char alphabet[] = "aA0f9:.@-\"'`\\ \t\n\0\xff[x,/+TZ";
	char text[64];
	int i, wrong = 0;

	for (i = 0; i < 5000; i++) {
		size_t len = random_below(sizeof(text)), at;

		for (at = 0; at < len; at++)
			text[at] = alphabet[random_below(sizeof(alphabet))];
		wrong += !holds_for(span_of(text, len));
	}
	IS_INT(wrong, 0, "patterns of random bytes match them");
}

static void
test_behind_time(void)
{
	static const struct {
		const char *text, *want;
	} lines[] = {
	    {"Nov 22 14:03:07 web1 kernel: x", "web1 kernel: x"},
	    {"2026-11-22T14:00:02.5+00:00 ORA-00600: y", "ORA-00600: y"},
	    {"2026-11-22 14:00:00,123 - WARN  z", "WARN  z"},
	    {"[Sun Dec 04 04:47:44 2005] [error] a", "[error] a"},
	    {"2026/11/22 14:00:00 [error] 7#7: b", "[error] 7#7: b"},
	    {"2026-11-22 14:00:00: -5 degrees", "-5 degrees"},
	    {"203.0.113.2 - - [22/Nov/2026:12:01:03 +0000] \"GET\"",
		"203.0.113.2 - - [22/Nov/2026:12:01:03 +0000] \"GET\""},
	    {"no time at all", "no time at all"},
	    {"2026-11-22 is when the certificate ends",
		"2026-11-22 is when the certificate ends"},
	    {"2026/11/22", "2026/11/22"},
	    {"1.2.2026 x", "1.2.2026 x"},
	    {"2026-11-22 14:00:00-7 x", "2026-11-22 14:00:00-7 x"},
	    {"2026-11-22 14:00:00..15:00:00 x",
		"2026-11-22 14:00:00..15:00:00 x"},
	    {"2026-11-22 14:00:00\tx", "x"},
	    {"2.4.58 14:00:00 x", "2.4.58 14:00:00 x"},
	    {"10.2.26.1 is not reachable", "10.2.26.1 is not reachable"},
	    {"{\"time\":\"2026-11-22T14:00:00Z\"}",
		"{\"time\":\"2026-11-22T14:00:00Z\"}"},
	    {"Nov 22 14:03:07", "Nov 22 14:03:07"},
	    {"Nov 22 14:03:07 - ", "Nov 22 14:03:07 - "},
	    {"[", "["},
	    {"", ""},
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct span left = shape_behind_time(span_str(lines[i].text));

		OK(span_is(left, lines[i].want), "`%s' says `%s'",
		    lines[i].text, lines[i].want);
	}
	OK(shape_behind_time(span_str("2026-11-22 14:00:00\n at x")).data[0] ==
		'2',
	    "a time alone in its line stays");
}

int
main(void)
{
	test_parts();
	test_hashes();
	test_patterns();
	test_quoted();
	test_long();
	test_random();
	test_random_bytes();
	test_behind_time();
	return tap_done();
}
