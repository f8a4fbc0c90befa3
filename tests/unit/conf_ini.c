/*
 * conf_ini: what ini_text hands out, and what it refuses.
 *
 * The traps are those of reference/rules-and-config.md, section 3a, by
 * number.
 */
#include "config.h"

#include "base/buf.h"
#include "base/mem.h"
#include "conf/ini_text.h"
#include "hostile.h"
#include "tap.h"

static void
collect(void *arg, unsigned line, const char *text)
{
	buf_addf(arg, "%u: %s\n", line, text);
}

/* Everything that was read, one thing a line. */
static void
dump(const struct ini *ini, struct buf *out)
{
	for (size_t i = 0; i < ini->count; i++) {
		const struct ini_section *section = &ini->sections[i];

		buf_addf(out, "%u[%s]\n", section->line, section->name);
		for (size_t j = 0; j < section->count; j++) {
			const struct ini_key *key = &section->keys[j];

			buf_addf(out, "%u %s\n", key->line, key->name);
			for (size_t k = 0; k < key->count; k++)
				buf_addf(out, "%u%s <%s>\n",
				    key->values[k].line,
				    key->values[k].indented ? "+" : "=",
				    key->values[k].text);
		}
	}
}

static void
expect_bytes(struct span text, const char *read, const char *refused,
    const char *sentence)
{
	struct buf got = BUF_INIT, mistakes = BUF_INIT;
	struct ini ini;
	int result = ini_parse_text(text, &ini, collect, &mistakes);

	dump(&ini, &got);
	IS_STR(buf_str(&got), read, sentence);
	IS_STR(buf_str(&mistakes), refused, "... and says so");
	OK(result == (refused[0] ? -1 : 0), "... and in its result");
	ini_release(&ini);
	buf_release(&got);
	buf_release(&mistakes);
}

static void
expect(const char *text, const char *read, const char *refused,
    const char *sentence)
{
	expect_bytes(span_str(text), read, refused, sentence);
}

/* The value of [s] k, or NULL when anything was reported. */
static char *
value_of(const char *value)
{
	struct buf text = BUF_INIT, mistakes = BUF_INIT;
	struct ini ini;
	char *result = NULL;

	buf_addf(&text, "[s]\nk = %s\nnext = 1\n", value);
	if (ini_parse_text(buf_span(&text), &ini, collect, &mistakes) == 0 &&
	    ini.count == 1 && ini.sections[0].count == 2 &&
	    ini.sections[0].keys[0].count == 1)
		result = xstrdup(ini.sections[0].keys[0].values[0].text);
	ini_release(&ini);
	buf_release(&text);
	buf_release(&mistakes);
	return result;
}

static void
expect_same(const char *value, const char *sentence)
{
	char *got = value_of(value);

	IS_STR(got, value, sentence);
	free(got);
}

static void
test_grammar(void)
{
	expect("# first\n[a]\nk = v\n\n; more\n[b c]\nx=1\n",
	    "2[a]\n3 k\n3= <v>\n6[b c]\n7 x\n7= <1>\n", "",
	    "sections, keys, comments and blank lines are told apart");
	expect("[a]\nk = v\n  w\n\t x \n",
	    "1[a]\n2 k\n2= <v>\n3+ <w>\n4+ <x>\n", "",
	    "indented lines continue the value above");
	expect("[a]\nk = v\n  # no\n# no\n ; no\n  w\n",
	    "1[a]\n2 k\n2= <v>\n6+ <w>\n", "",
	    "comments inside a continuation are stepped over");
	expect("[a]\nk = 1\nk = 2\n", "1[a]\n2 k\n2= <1>\n3 k\n3= <2>\n", "",
	    "a repeated key comes out as often as it stands there");
	expect("[a]\nk =\n", "1[a]\n2 k\n2= <>\n", "",
	    "an empty value is a value");
	expect("[a]\n[b]\n", "1[a]\n2[b]\n", "", "empty sections are seen");
	expect("", "", "", "an empty text is fine");
	expect("[a]\nk = v", "1[a]\n2 k\n2= <v>\n", "",
	    "the last line needs no newline");
	expect("[a]\r\nk = v\r\n  w\r\n", "1[a]\n2 k\n2= <v>\n3+ <w>\n", "",
	    "CRLF is taken for a newline");
	expect("\xEF\xBB\xBF[a]\nk = v\n", "1[a]\n2 k\n2= <v>\n", "",
	    "a byte order mark at the start is stepped over");
	expect("[ a  b ]\nk=v\n", "1[a  b]\n2 k\n2= <v>\n", "",
	    "outer blanks of a header do not count");
}

/* A line of this many bytes, "k = " included. */
static char *
long_value(size_t line)
{
	char *value = xmalloc(line - 4 + 1);

	for (size_t i = 0; i < line - 4; i++)
		value[i] = i % 7 == 3 ? '=' : (char)('a' + i % 26);
	value[line - 4] = '\0';
	return value;
}

static void
test_trap_1(void)
{
	static const size_t sizes[] = {
	    124, 125, 197, 198, 199, 200, 201, 399, 400, 5000, 60000};
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char *value = long_value(sizes[i]);
		char *got = value_of(value);

		OK(got && !strcmp(got, value),
		    "trap 1: a line of %zu bytes comes out whole", sizes[i]);
		free(value);
		free(got);
	}
	buf_add_str(&text, "[s]\n# ");
	for (int i = 0; i < 230; i++)
		buf_add_byte(&text, 'x');
	buf_add_str(&text, " k = exec rm -rf\n");
	expect(buf_str(&text), "1[s]\n", "",
	    "trap 1: the tail of a long comment is no key");
	buf_reset(&text);
	buf_add_str(&text, "[s]\nk = ");
	for (int i = 0; i < INI_LINE_BYTES; i++)
		buf_add_byte(&text, 'x');
	buf_add_str(&text, "\nl = 1\n");
	expect(buf_str(&text), "1[s]\n3 l\n3= <1>\n",
	    "2: the line is longer than 65536 bytes\n",
	    "trap 1: a line beyond the bound is refused whole");
	buf_release(&text);
}

static void
test_trap_2(void)
{
	expect_same("ssh2 ; user=", "trap 2: ` ;' does not cut a value");
	expect_same("; y", "trap 2: a value may begin with `;'");
	expect_same(";", "trap 2: a value may be `;'");
	expect_same("a # b ;# c", "trap 2: `#' does not cut a value");
	expect("[s]\nk = a ; b\n  c ; d\n",
	    "1[s]\n2 k\n2= <a ; b>\n3+ <c ; d>\n", "",
	    "traps 2 and 10: ` ;' stays in a continuation too");
}

static void
test_trap_3(void)
{
	expect("[z]\n  c = 3\n  d = 4\n", "1[z]\n",
	    "2: the line is indented, but no value stands above it to be "
	    "continued; remove the indentation\n",
	    "trap 3: an indented key without a value above is refused, once");
	expect("[z]\nk = 1\n\n  [y]\n", "1[z]\n2 k\n2= <1>\n",
	    "4: the line is indented, but no value stands above it to be "
	    "continued; remove the indentation\n",
	    "trap 3: a blank line ends a value");
	expect("[z]\nk = 1\n  d = 4\n", "1[z]\n2 k\n2= <1>\n3+ <d = 4>\n", "",
	    "trap 3: an indented line keeps its mark for whoever knows the "
	    "keys");
}

static void
test_trap_4(void)
{
	expect("[a]\nk = 1\n[sec ; c]\nl = 2\n[b]\nm = 3\n",
	    "1[a]\n2 k\n2= <1>\n3[]\n5[b]\n6 m\n6= <3>\n",
	    "3: a section header has only letters, digits and . _ - between "
	    "its brackets, as [rule ssh-brute]\n",
	    "trap 4: keys behind a bad header do not slip into the section "
	    "before");
	expect("[a]\nk = 1\n[sec ; c\nl = 2\n", "1[a]\n2 k\n2= <1>\n3[]\n",
	    "3: the section header has no closing bracket; a comment needs "
	    "a line of its own\n",
	    "trap 4: a header without its bracket is refused");
	expect("[]\nl = 2\n", "1[]\n", "1: the section header is empty\n",
	    "trap 4: an empty header is refused");
}

static void
test_trap_5(void)
{
	static const char n49[] =
	    "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghi";
	struct buf text = BUF_INIT, want = BUF_INIT;

	buf_addf(&text, "[%s]\n%s = 1\n", n49, n49);
	buf_addf(&want, "1[%s]\n2 %s\n2= <1>\n", n49, n49);
	expect(buf_str(&text), buf_str(&want), "",
	    "trap 5: names of 49 bytes come out whole");
	buf_reset(&text);
	buf_addf(&text, "[%sj]\n[b]\n%sj = 1\nk = 2\n", n49, n49);
	expect(buf_str(&text), "1[]\n2[b]\n4 k\n4= <2>\n",
	    "1: the section header is longer than 49 bytes\n"
	    "3: the key is longer than 49 bytes\n",
	    "trap 5: names of 50 bytes are refused, not cut");
	expect("[a] b\nk = 1\n", "1[]\n",
	    "1: something stands behind the section header; a comment needs "
	    "a line of its own\n",
	    "trap 5: text behind a header is refused");
	expect("[a]b]\nk = 1\n", "1[]\n",
	    "1: something stands behind the section header; a comment needs "
	    "a line of its own\n",
	    "trap 5: a bracket inside a header is refused");
	buf_release(&text);
	buf_release(&want);
}

static void
test_trap_6(void)
{
	expect("[a]\nk = 1\n[a]\nk = 2\n",
	    "1[a]\n2 k\n2= <1>\n3[a]\n4 k\n4= <2>\n", "",
	    "trap 6: sections of one name stay apart");
	expect("[a]\nk = 1\n  2\nk = 3\n",
	    "1[a]\n2 k\n2= <1>\n3+ <2>\n4 k\n4= <3>\n", "",
	    "trap 6: a repeated key is not a continuation");
}

static void
test_trap_7(void)
{
	expect("[a]\nname with: x = 1\nk: v\nx = a: b\n",
	    "1[a]\n4 x\n4= <a: b>\n",
	    "2: a key and its value are joined by \"=\", not by \":\"\n"
	    "3: a key and its value are joined by \"=\", not by \":\"\n",
	    "trap 7: a colon is no equals sign, and stays in a value");
	expect("[a]\nnonsense\n= 1\nk\xC3\xA9y = 1\n", "1[a]\n",
	    "2: this is neither KEY = VALUE nor [SECTION] nor a comment; a "
	    "further line of the value above it would be indented\n"
	    "3: there is no key in front of the \"=\"\n"
	    "4: a key has only letters, digits and . _ -\n",
	    "trap 7: a line without a key is refused");
}

static void
test_trap_8(void)
{
	expect_same("\"quoted\" 'too' \\n \\\\", "trap 8: quotes and "
						 "backslashes stay");
	expect("[s]\nk = \t \" a \" \t\n", "1[s]\n2 k\n2= <\" a \">\n", "",
	    "trap 8: outer blanks go, quoted ones are inner");
}

static void
test_trap_9(void)
{
	static const char nul[] = "[s]\nk = a\0b\nl = 1\n";

	expect_bytes(span_of(nul, sizeof(nul) - 1), "1[s]\n3 l\n3= <1>\n",
	    "2: byte 6 of the line is the control byte 0x00; remove it\n",
	    "trap 9: a NUL is refused with its line");
	expect_bytes(span_of("\xFF\xFE[\0s\0]\0", 8), "",
	    "0: the file is UTF-16; save it as UTF-8, or as plain ASCII\n",
	    "trap 9: a file of UTF-16 is refused in one sentence");
	expect("[s]\nk = a\001b\nl = a\rb\nm = \x7F\n\x0Bn = 1\n", "1[s]\n",
	    "2: byte 6 of the line is the control byte 0x01; remove it\n"
	    "3: byte 6 of the line is the control byte 0x0D; remove it\n"
	    "4: byte 5 of the line is the control byte 0x7F; remove it\n"
	    "5: byte 1 of the line is the control byte 0x0B; remove it\n",
	    "trap 9: control bytes are refused with their lines");
	expect("[s]\nk = a\tb\n", "1[s]\n2 k\n2= <a\tb>\n", "",
	    "trap 9: a tab is no such byte");
}

static void
test_trap_9_lines(void)
{
	struct buf text = BUF_INIT, mistakes = BUF_INIT;
	struct ini ini;

	buf_add_str(&text, "[s]\nk = ");
	for (int i = 0; i < 1000; i++)
		buf_add_byte(&text, 'x');
	buf_add_str(&text, "\n\nbad\n");
	ini_parse_text(buf_span(&text), &ini, collect, &mistakes);
	OK(!strncmp(buf_str(&mistakes), "4: ", 3),
	    "trap 9: line numbers behind a long line are right");
	ini_release(&ini);
	buf_release(&mistakes);
	buf_release(&text);
}

static void
test_trap_11(void)
{
	expect_same("\xA0 middle \x85", "trap 11: 0xA0 and 0x85 are no "
					"blanks in any locale");
	expect_same("\xC2\xA0x\xC2\x85", "trap 11: nor are U+00A0 and U+0085");
}

static void
test_trap_12(void)
{
	expect("k = 1\n[a]\nl = 2\n", "2[a]\n3 l\n3= <2>\n",
	    "1: a key before any [section]; it belongs into one\n",
	    "trap 12: a mistake is fatal and the rest is read all the same");
	expect("[a]\nbad\n  more of it\n  and more\nk = 1\n",
	    "1[a]\n5 k\n5= <1>\n",
	    "2: this is neither KEY = VALUE nor [SECTION] nor a comment; a "
	    "further line of the value above it would be indented\n",
	    "trap 12: what continues a refused line goes with it");
}

static const char *const shreds[] = {";", " ;", "; ", "#", " # ", "\"", "'",
    "=", ":", " = ", "[", "]", "\t", " ", "  ", "\t;\t", "\xC3\xA9",
    "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xFF", "\xA0", "\x85", "\\", "a",
    "Failed", "(?<ip>\\S+)", "0", "%s", "${x}", "\xC3"};

static void
random_value(unsigned long long *state, size_t len, struct buf *out)
{
	size_t count = sizeof(shreds) / sizeof(shreds[0]);

	buf_reset(out);
	while (out->len < len)
		buf_add_str(out, shreds[hostile_next(state) % count]);
	while (out->len && (out->data[out->len - 1] == ' ' ||
			       out->data[out->len - 1] == '\t'))
		out->len--;
	if (out->len == 0 || out->data[0] == ' ' || out->data[0] == '\t')
		buf_add_byte(out, '.');
	if (out->data[0] == ' ' || out->data[0] == '\t')
		out->data[0] = ';';
}

static void
test_random_values(void)
{
	unsigned long long state = 20261122;
	struct buf value = BUF_INIT;
	int same = 0, total = 2000;

	for (int i = 0; i < total; i++) {
		char *got;

		random_value(&state, hostile_next(&state) % 1500, &value);
		got = value_of(buf_str(&value));
		if (got && !strcmp(got, buf_str(&value)))
			same++;
		else
			printf("# sent <%s>\n#  got <%s>\n", buf_str(&value),
			    got ? got : "(null)");
		free(got);
	}
	IS_INT(same, total,
	    "2,000 random values of up to 1,500 bytes come out byte for "
	    "byte");
	buf_release(&value);
}

/* Several values, continued, between other sections. */
static void
test_random_files(void)
{
	unsigned long long state = 4711;
	struct buf value = BUF_INIT, text = BUF_INIT, want = BUF_INIT;
	int same = 0, total = 200;

	for (int i = 0; i < total; i++) {
		struct buf got = BUF_INIT, mistakes = BUF_INIT;
		unsigned line = 0;
		struct ini ini;

		buf_reset(&text);
		buf_reset(&want);
		for (int j = 0; j < 5; j++) {
			buf_addf(&text, "[s%d]\n", j);
			buf_addf(&want, "%u[s%d]\n", ++line, j);
			random_value(
			    &state, hostile_next(&state) % 500, &value);
			buf_addf(&text, "k = %s\n", buf_str(&value));
			line++;
			buf_addf(&want, "%u k\n%u= <%s>\n", line, line,
			    buf_str(&value));
			random_value(
			    &state, hostile_next(&state) % 500, &value);
			buf_addf(&text, "\t +%s \t\n\n", buf_str(&value));
			line++;
			buf_addf(&want, "%u+ <+%s>\n", line++, buf_str(&value));
		}
		ini_parse_text(buf_span(&text), &ini, collect, &mistakes);
		dump(&ini, &got);
		same +=
		    !strcmp(buf_str(&got), buf_str(&want)) && mistakes.len == 0;
		ini_release(&ini);
		buf_release(&got);
		buf_release(&mistakes);
	}
	IS_INT(same, total, "200 random files come out as they were written");
	buf_release(&value);
	buf_release(&text);
	buf_release(&want);
}

/* Reads it, or refuses it for a reason that is not libinih's. */
static bool
garbage_is_fine(struct span text)
{
	struct buf mistakes = BUF_INIT;
	struct ini ini;
	int result = ini_parse_text(text, &ini, collect, &mistakes);
	bool fine = (result == 0) == (mistakes.len == 0) &&
		    !strstr(buf_str(&mistakes), "libinih");

	if (!fine)
		printf("# %s", buf_str(&mistakes));
	ini_release(&ini);
	buf_release(&mistakes);
	return fine;
}

static void
test_garbage(void)
{
	static const char bytes[] = "[]=: ;#\n\n\n\tabk\r\x01\xFF\\\"";
	unsigned long long state = 99;
	struct buf text = BUF_INIT;
	int fine = 0, total = 3000;

	for (int i = 0; i < total; i++) {
		size_t len = hostile_next(&state) % 400;

		buf_reset(&text);
		while (text.len < len)
			buf_add_byte(
			    &text, bytes[hostile_next(&state) % sizeof(bytes)]);
		fine += garbage_is_fine(buf_span(&text));
	}
	IS_INT(fine, total, "3,000 heaps of garbage are read or refused");
	buf_release(&text);
}

static void
test_size(void)
{
	struct buf text = BUF_INIT;

	memset(
	    buf_reserve(&text, INI_FILE_BYTES + 1), '\n', INI_FILE_BYTES + 1);
	text.len = INI_FILE_BYTES + 1;
	expect_bytes(buf_span(&text), "", "0: the file is larger than 16 MiB\n",
	    "a file beyond the bound is refused");
	buf_release(&text);
}

int
main(void)
{
	test_grammar();
	test_trap_1();
	test_trap_2();
	test_trap_3();
	test_trap_4();
	test_trap_5();
	test_trap_6();
	test_trap_7();
	test_trap_8();
	test_trap_9();
	test_trap_9_lines();
	test_trap_11();
	test_trap_12();
	test_random_values();
	test_random_files();
	test_garbage();
	test_size();
	return tap_done();
}
