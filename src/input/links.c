/*
 * links: walks a path name by name, as the kernel does.
 */
#include "config.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "input/links.h"

struct walk {
	struct buf done; /* without links and without a last slash */
	struct buf rest; /* what is still to be walked */
	size_t at;	 /* in rest */
	int count;	 /* of links so far */
	void (*directory)(void *arg, const char *path);
	void *arg;
};

static void
report(struct walk *walk)
{
	if (walk->directory)
		walk->directory(
		    walk->arg, walk->done.len ? buf_str(&walk->done) : "/");
}

/* The next name of rest; an empty one at its end. */
static struct span
next_name(struct walk *walk)
{
	const char *text = buf_str(&walk->rest);
	size_t start;

	while (text[walk->at] == '/')
		walk->at++;
	start = walk->at;
	while (text[walk->at] && text[walk->at] != '/')
		walk->at++;
	return span_of(text + start, walk->at - start);
}

static void
go_up(struct walk *walk)
{
	while (walk->done.len > 0 && walk->done.data[walk->done.len - 1] != '/')
		walk->done.len--;
	if (walk->done.len > 0)
		walk->done.len--;
}

/* done ends in a link whose target is in text: what is to be walked now is
 * that and the rest behind it. */
static void
enter_link(struct walk *walk, size_t before, struct span target)
{
	struct buf rest = BUF_INIT;

	walk->done.len = before;
	report(walk);
	if (target.len > 0 && target.data[0] == '/')
		walk->done.len = 0;
	buf_add_span(&rest, target);
	buf_add_byte(&rest, '/');
	buf_add(&rest, walk->rest.data + walk->at, walk->rest.len - walk->at);
	buf_release(&walk->rest);
	walk->rest = rest;
	walk->at = 0;
	walk->count++;
}

/* False at the end of the path, and after too many links. */
static bool
step(struct walk *walk)
{
	struct span name = next_name(walk);
	size_t before = walk->done.len;
	char target[PATH_MAX];
	ssize_t len;

	if (name.len == 0 || walk->count > LINKS_MAX ||
	    walk->rest.len > 2 * PATH_MAX)
		return false;
	if (span_is(name, "."))
		return true;
	if (span_is(name, "..")) {
		go_up(walk);
		return true;
	}
	buf_add_byte(&walk->done, '/');
	buf_add_span(&walk->done, name);
	len = readlink(buf_str(&walk->done), target, sizeof(target));
	if (len > 0)
		enter_link(walk, before, span_of(target, (size_t)len));
	return true;
}

static char *
finish(struct walk *walk)
{
	bool ended = walk->count <= LINKS_MAX && walk->at == walk->rest.len;
	char *path;

	if (walk->count == 0 || !ended)
		return NULL;
	path = walk->done.len ? xstrdup(buf_str(&walk->done)) : xstrdup("/");
	go_up(walk);
	report(walk);
	return path;
}

char *
links_resolve(
    const char *path, void (*directory)(void *arg, const char *path), void *arg)
{
	struct walk walk = {.directory = directory, .arg = arg};
	char *result;

	if (path[0] != '/') {
		char here[PATH_MAX];

		if (!getcwd(here, sizeof(here)))
			return NULL;
		buf_add_str(&walk.rest, here);
		buf_add_byte(&walk.rest, '/');
	}
	buf_add_str(&walk.rest, path);
	while (step(&walk))
		;
	result = finish(&walk);
	buf_release(&walk.done);
	buf_release(&walk.rest);
	return result;
}
