/*
 * input_links: where symbolic links lead, also when nothing is there.
 */
#include "config.h"

#include "base/buf.h"
#include "input/links.h"
#include "files.h"
#include "tap.h"

static struct buf directories;

static const char *
below(const char *path)
{
	size_t len = strlen(files_dir);

	if (strncmp(path, files_dir, len) != 0)
		return path;
	return path[len] ? path + len + 1 : ".";
}

static void
on_directory(void *arg, const char *path)
{
	(void)arg;
	buf_addf(&directories, "%s ", below(path));
}

static void
make_link(const char *target, const char *name)
{
	if (symlink(target, files_path(name)) < 0)
		exit(99);
}

static void
leads(const char *name, const char *want, const char *watched,
    const char *sentence)
{
	char *found;

	buf_reset(&directories);
	found = links_resolve(files_path(name), on_directory, NULL);
	IS_STR(found ? below(found) : NULL, want, sentence);
	IS_STR(buf_str(&directories), watched, "its directories are named");
	free(found);
}

static void
test_links(void)
{
	files_mkdir("containers");
	files_mkdir("pods");
	files_mkdir("pods/web");
	files_write("plain.log", "x");
	files_write("pods/web/0.log", "x");
	make_link(files_path("pods/web/0.log"), "containers/x.log");
	make_link("../containers/x.log", "pods/twice.log");
	make_link("nowhere/y.log", "dangling.log");
	make_link("loop.b", "loop.a");
	make_link("loop.a", "loop.b");
	make_link("pods/web", "here");
	make_link(".", "self");
	make_link("/", "root");
	leads("plain.log", NULL, "", "a path without links leads nowhere else");
	leads("none.log", NULL, "", "nor does one of nothing");
	leads("containers/x.log", "pods/web/0.log", "containers pods/web ",
	    "an absolute link is followed");
	leads("pods/twice.log", "pods/web/0.log", "pods containers pods/web ",
	    "a link to a link too");
	leads("dangling.log", "nowhere/y.log", ". nowhere ",
	    "a link to nothing has a target all the same");
	leads("here/0.log", "pods/web/0.log", ". pods/web ",
	    "a directory may be a link");
	leads("here/../web/./0.log", "pods/web/0.log", ". pods/web ",
	    "dots mean what they mean to the kernel");
	leads("self/self/plain.log", "plain.log", ". . . ",
	    "the same link may come twice");
	leads("root", "/", ". / ", "the root is a target");
	buf_reset(&directories);
	OK(!links_resolve(files_path("loop.a"), on_directory, NULL),
	    "a loop leads nowhere");
	OK(strncmp(buf_str(&directories), ". ", 2) == 0,
	    "but its directory is named");
	OK(!links_resolve(files_path("loop.a/x/y"), NULL, NULL),
	    "nor does what is behind one");
}

/* As many as the kernel follows, and one more. */
static void
test_many(void)
{
	char name[32], before[32] = "plain.log";
	char *found;

	for (int i = 1; i <= LINKS_MAX + 1; i++) {
		snprintf(name, sizeof(name), "link%d", i);
		make_link(before, name);
		snprintf(before, sizeof(before), "%s", name);
	}
	snprintf(name, sizeof(name), "link%d", LINKS_MAX);
	found = links_resolve(files_path(name), NULL, NULL);
	IS_STR(found ? below(found) : NULL, "plain.log",
	    "a chain of links is followed");
	free(found);
	snprintf(name, sizeof(name), "link%d", LINKS_MAX + 1);
	OK(!links_resolve(files_path(name), NULL, NULL), "up to a limit");
}

static void
test_relative(void)
{
	char *found;

	if (chdir(files_dir) < 0)
		exit(99);
	found = links_resolve("containers/x.log", NULL, NULL);
	IS_STR(found ? below(found) : NULL, "pods/web/0.log",
	    "a relative path starts where we are");
	free(found);
	if (chdir("/") < 0)
		exit(99);
}

int
main(void)
{
	files_begin();
	test_links();
	test_many();
	test_relative();
	buf_release(&directories);
	files_end();
	return tap_done();
}
