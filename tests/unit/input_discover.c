/*
 * input_discover: patterns and what they find.
 */
#include "config.h"

#include "base/buf.h"
#include "input/discover.h"
#include "files.h"
#include "tap.h"

struct found {
	struct buf matches, directories;
};

static void
add(struct buf *list, const char *path)
{
	size_t len = strlen(files_dir);

	if (strncmp(path, files_dir, len) == 0)
		path += len;
	buf_add_str(list, *path == '/' ? path + 1 : *path ? path : ".");
	buf_add_byte(list, ' ');
}

static void
on_match(void *arg, const char *path)
{
	add(&((struct found *)arg)->matches, path);
}

static void
on_directory(void *arg, const char *path)
{
	add(&((struct found *)arg)->directories, path);
}

static void
finds(const char *pattern, const char *want, const char *sentence)
{
	struct found found = {BUF_INIT, BUF_INIT};

	discover_each(files_path(pattern), on_match, on_directory, &found);
	IS_STR(buf_str(&found.matches), want, sentence);
	buf_release(&found.matches);
	buf_release(&found.directories);
}

static void
reports(const char *pattern, const char *want, const char *sentence)
{
	struct found found = {BUF_INIT, BUF_INIT};

	discover_each(files_path(pattern), on_match, on_directory, &found);
	IS_STR(buf_str(&found.directories), want, sentence);
	buf_release(&found.matches);
	buf_release(&found.directories);
}

static void
make_tree(void)
{
	files_mkdir("a");
	files_mkdir("a/sub");
	files_mkdir("a/.dot");
	files_mkdir("b");
	files_write("x.log", "");
	files_write(".hidden.log", "");
	files_write("a/y.log", "");
	files_write("a/z.txt", "");
	files_write("a/sub/w.log", "");
	files_write("a/.dot/v.log", "");
	files_write("b/y.log", "");
	files_write("b/[odd].log", "");
	if (symlink(files_path("a"), files_path("b/loop")) < 0)
		exit(99);
}

static void
test_finding(void)
{
	finds("x.log", "x.log ", "a plain path stands for itself");
	finds("none.log", "none.log ", "also when nothing is there");
	finds("*.log", "x.log ", "a star matches no leading dot");
	finds("?.log", "x.log ", "a question mark matches one byte");
	finds("*/y.log", "a/y.log b/y.log ", "wildcards in a directory");
	finds("[ab]/*.log", "a/y.log b/[odd].log b/y.log ",
	    "matches come in byte order");
	finds("b/\\[odd].log", "b/[odd].log ",
	    "a backslash takes the next byte literally");
	finds("**/y.log", "a/y.log b/y.log ", "two stars are any depth");
	finds("**/*.log", "a/sub/w.log a/y.log b/[odd].log b/y.log x.log ",
	    "none included, hidden directories and links left out");
	finds("**/**/w.log", "a/sub/w.log ", "twice is like once");
	finds("b/loop/*.log", "b/loop/y.log ", "a link by name is followed");
	finds("*/loop/*.log", "b/loop/y.log ", "behind a star too");
	finds("nowhere/*.log", "", "no directory, no match");
	finds("x.log/*", "", "a file is no directory");
	finds("a/*", "a/sub a/y.log a/z.txt ", "directories are reported too");
	finds("*/none", "", "a name that is not there is no match");
}

static void
test_directories(void)
{
	reports("x.log", ". ", "a plain path needs its directory");
	reports("a/*.log", "a ", "a pattern the one it lists");
	reports("a/*/w.log", "a a/sub ", "and those below that match");
	reports("nowhere/deep/*.log", ". ", "of a missing one its ancestor");
	reports("nowhere/deep/x.log", ". ", "for a plain path as well");
}

static void
test_matching(void)
{
	OK(discover_matches("*.tmp", "/var/log/x.tmp"),
	    "a pattern without slash matches the last component");
	OK(!discover_matches("*.tmp", "/var/log.tmp/x"), "and only that");
	OK(discover_matches("/var/*/x", "/var/log/x"),
	    "one with a slash the whole path");
	OK(!discover_matches("/var/*/x", "/var/log/sub/x"),
	    "a star stays in its component");
	OK(discover_matches("/var/**/x", "/var/log/sub/x") &&
		discover_matches("/var/**/x", "/var/x"),
	    "two stars are any number of them");
	OK(!discover_matches("/var/**/x", "/var/.git/x"),
	    "none with a leading dot");
	OK(discover_matches("/a/**/b/**/c", "/a/b/x/b/y/c") &&
		!discover_matches("/a/**/b/**/c", "/a/x/y/c"),
	    "several times in a pattern");
	OK(discover_matches("/a/\\*", "/a/*") &&
		!discover_matches("/a/\\*", "/a/b"),
	    "a backslash quotes");
	OK(discover_has_wildcard("/a/*") && discover_has_wildcard("[") &&
		!discover_has_wildcard("/a/\\*") && !discover_has_wildcard(""),
	    "wildcards are seen unless quoted");
}

int
main(void)
{
	files_begin();
	make_tree();
	test_finding();
	test_directories();
	test_matching();
	files_end();
	return tap_done();
}
