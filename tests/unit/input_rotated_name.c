/*
 * input_rotated_name: from a generation's name back to its log's.
 */
#include "config.h"

#include "base/buf.h"
#include "input/rotated_name.h"
#include "tap.h"

static struct buf asked;

static bool
note(void *arg, struct span directory, struct span base)
{
	const char *want = arg;

	if (directory.data)
		buf_add_span(&asked, directory);
	else
		buf_add_byte(&asked, '?');
	buf_add_span(&asked, base);
	buf_add_byte(&asked, ' ');
	return want && span_is(base, want);
}

static void
asks(const char *pattern, const char *path, const char *want,
    const char *sentence)
{
	buf_reset(&asked);
	rotated_name_of_any(pattern, path, note, NULL);
	IS_STR(buf_str(&asked), want, sentence);
}

static void
test_names(void)
{
	asks("%s.bak", "/l/app.log.bak", "/l/app.log ", "a suffix");
	asks("%s.bak", "/l/app.log.old", "", "another suffix");
	asks("%s.bak", "/l/.bak", "", "a suffix alone");
	asks("saved-%s", "/l/saved-app.log", "/l/app.log ", "a prefix");
	asks("saved-%s", "/l/app.log", "", "no prefix");
	asks("%s", "/l/app.log", "", "a log is no generation of itself");
	asks("%s-[0-9]*", "/l/a-1", "/l/a ", "a glob");
	asks("%s.*", "/l/a.b.c", "/l/a.b /l/a ",
	    "where there are several, the longest comes first");
	asks("*.%s", "/l/x.y.z", "/l/z /l/y.z ", "in front too");
	asks("%s.\\*", "/l/a.*", "/l/a ", "a quoted star is a star");
	asks("%s.\\*", "/l/a.b", "", "and nothing else");
	asks("no place", "/l/a", "", "a pattern without a place");
}

static void
test_directories(void)
{
	asks("old/%s.1", "/l/old/a.1", "/l/a ", "a directory below the log's");
	asks("old/%s.1", "/l/older/a.1", "", "another one");
	asks("old/%s.1", "/old/a.1", "/a ", "below the root");
	asks("a/b/%s", "/l/a/b/x", "/l/x ", "two of them");
	asks("a/b/%s", "/b/x", "", "half of them");
	asks("20*/%s", "/l/2024/x", "/l/x ", "with a glob");
	asks("./old//%s", "/l/old/x", "/l/x ", "with dots and slashes");
	asks("/backup/%s.1", "/backup/a.1", "?a ",
	    "an absolute one does not say where the log is");
	asks("/backup/*/%s.1", "/backup/x/a.1", "?a ", "with a glob too");
	asks("/backup/%s.1", "/other/a.1", "", "elsewhere it is nothing");
	asks("../old/%s", "/l/old/x", "?x ", "nor does one that goes up");
	asks("**/%s.1", "/l/a/b/x.1", "?x ", "nor any depth");
}

static void
test_answer(void)
{
	char wanted[] = "a";

	buf_reset(&asked);
	OK(rotated_name_of_any("%s.*", "/l/a.b.c", note, wanted),
	    "a yes is the answer");
	OK(!rotated_name_of_any("%s.*", "/l/x.y", note, wanted),
	    "without one it is no");
	wanted[0] = '\0';
	buf_reset(&asked);
	rotated_name_of_any("%s*", "/l/abc", note, NULL);
	IS_STR(buf_str(&asked), "/l/ab /l/a ",
	    "a name is asked for once only");
}

int
main(void)
{
	test_names();
	test_directories();
	test_answer();
	buf_release(&asked);
	return tap_done();
}
