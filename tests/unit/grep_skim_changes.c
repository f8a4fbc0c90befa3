/*
 * A log that is written to between one look and the next: whatever has become
 * of the bytes around a string that was found, what is copied are full lines,
 * and none of a log that is cut.
 *
 * The walk over strings is a false one, which does something to the file at
 * the moment at which it tells of a string; so there are neither threads nor
 * chances in it.  So is what the process is told of its own use of the disk.
 */
#include "config.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "ctailctl/grep.h"
#include "mapped.h"
#include "tap.h"

#define LINE "....................... a hit in the line\n"
enum { LEN = sizeof(LINE) - 1, LINES = 4000, SIZE = LEN * LINES, HIT = 26 };

struct prefilter_walk {
	struct span text;
};

/* What the walk does, once, before it tells of the string on that line. */
static struct {
	int fd;
	size_t line;
	void (*act)(size_t line);
	bool whole;
} plan;

struct prefilter_walk *
prefilter_walk_new(const struct prefilter *filter)
{
	(void)filter;
	return xcalloc(1, sizeof(struct prefilter_walk));
}

void
prefilter_walk_free(struct prefilter_walk *walk)
{
	free(walk);
}

void
prefilter_walk_begin(struct prefilter_walk *walk, struct span text)
{
	walk->text = text;
}

/* Each line has one, as it was before anything happened; those of ten lines
 * are told. */
bool
prefilter_walk_next(
    struct prefilter_walk *walk, size_t from, struct prefilter_hit *out)
{
	size_t line = (from + LEN - 1) / LEN;

	if (line >= 10 || (line + 1) * LEN > walk->text.len)
		return false;
	*out = (struct prefilter_hit){.place = line * LEN + HIT,
	    .whole = span_of("hit", plan.whole ? 3 : 0)};
	if (line == plan.line && plan.act) {
		plan.act(line);
		plan.act = NULL;
	}
	return true;
}

/* Pages for which the process has waited. */
static long fetches;

int
getrusage(int who, struct rusage *usage)
{
	(void)who;
	memset(usage, 0, sizeof(*usage));
	usage->ru_majflt = fetches;
	return 0;
}

static void
put(size_t at, const char *bytes, size_t len)
{
	if (pwrite(plan.fd, bytes, len, (off_t)at) != (ssize_t)len)
		abort();
}

/* --- What may happen ------------------------------------------------------ */

/* No newline is left from there on. */
static void
lose_newlines(size_t line)
{
	char *bytes = malloc(SIZE);

	memset(bytes, 'x', SIZE);
	put(line * LEN, bytes, SIZE - line * LEN);
	free(bytes);
}

static void
lose_newline(size_t line)
{
	put(line * LEN + LEN - 1, "x", 1);
}

static void
lose_newline_before(size_t line)
{
	put(line * LEN - 1, "x", 1);
}

static void
get_newline(size_t line)
{
	put(line * LEN + HIT + 3, "\n", 1);
}

static void
get_newline_before(size_t line)
{
	put(line * LEN + HIT - 1, "\n", 1);
}

static void
become_newline(size_t line)
{
	put(line * LEN + HIT, "\n", 1);
}

static void
lose_string(size_t line)
{
	put(line * LEN + HIT, "miss", 4);
}

static void
cut_all(size_t line)
{
	(void)line;
	if (ftruncate(plan.fd, 0))
		abort();
}

static void
cut_here(size_t line)
{
	if (ftruncate(plan.fd, (off_t)(line * LEN + HIT)))
		abort();
}

static void
cut_behind(size_t line)
{
	(void)line;
	if (ftruncate(plan.fd, SIZE / 2))
		abort();
}

static void
cut_and_grow(size_t line)
{
	(void)line;
	if (ftruncate(plan.fd, 0) || ftruncate(plan.fd, SIZE))
		abort();
}

/* The page is the log's again, as it is seen before the zeros have gone. */
static void
cut_in_line(size_t line)
{
	if (ftruncate(plan.fd, (off_t)(line * LEN + HIT + 3)))
		abort();
	put(line * LEN + LEN - 1, "\n", 1);
	for (size_t i = line + 1; i < LINES; i++)
		put(i * LEN, LINE, LEN);
}

static void
grow(size_t line)
{
	(void)line;
	put(SIZE, LINE, LEN);
}

/* Until then each was in memory. */
static void
wait_for_pages(size_t line)
{
	(void)line;
	fetches += 100;
}

/* --- What comes of it ----------------------------------------------------- */

static struct grep_skim *
start(size_t line_count)
{
	char path[] = "/tmp/ctail-skim-XXXXXX";

	plan.fd = mkstemp(path);
	unlink(path);
	for (size_t i = 0; i < line_count; i++)
		put(i * LEN, LINE, LEN);
	plan.line = 7;
	return grep_skim_new(plan.fd, NULL);
}

/* "gone", or how many lines there are and whether each has the string, and
 * the place at which reading would go on. */
static const char *
skim(void (*act)(size_t line), bool whole)
{
	static char out[80];
	char *room = malloc(GREP_LINE_MAX);
	struct grep_skim *skim = start(LINES);
	struct span lines;
	size_t count = 0;
	bool found;

	plan.act = act;
	plan.whole = whole;
	if (grep_skim_next(skim, room, &lines, &found)) {
		for (size_t i = 0; i < lines.len; i++)
			count += lines.data[i] == '\n';
		snprintf(out, sizeof(out), "%zu%s%s %ld", count,
		    found ? " found" : "",
		    lines.data[lines.len - 1] == '\n' &&
			    !memchr(lines.data, 0, lines.len)
			? ""
			: " BROKEN",
		    (long)grep_skim_at(skim));
	} else {
		snprintf(out, sizeof(out), "gone %ld",
		    (long)grep_skim_at(skim));
	}
	grep_skim_free(skim);
	close(plan.fd);
	free(room);
	return out;
}

/* --- What is not to be skimmed -------------------------------------------- */

static void
test_disk(void)
{
	char *room = malloc(GREP_LINE_MAX);
	struct grep_skim *skim = start(2 * GREP_LINE_MAX / LEN);
	struct span lines;
	bool found, first;
	off_t at;

	plan.act = wait_for_pages;
	first = grep_skim_next(skim, room, &lines, &found);
	at = grep_skim_at(skim);
	OK(first && at > 0 && !grep_skim_next(skim, room, &lines, &found) &&
		grep_skim_at(skim) == at,
	    "what has to come from the disk is read");
	grep_skim_free(skim);
	close(plan.fd);
	free(room);
}

static void
test_holes(void)
{
	struct grep_skim *skim;
	struct stat st;

	grep_skim_free(start(LINES));
	if (ftruncate(plan.fd, 100 * SIZE) || fstat(plan.fd, &st))
		abort();
	skim = grep_skim_new(plan.fd, NULL);
	OK(!skim || st.st_blocks >= st.st_size / 512,
	    "a log with a hole is read, so that nothing fills it");
	grep_skim_free(skim);
	close(plan.fd);
}

int
main(void)
{
	char all[40], found[40], joined[40];

	mapped_or_skip();
	snprintf(all, sizeof(all), "10 %d", SIZE);
	snprintf(found, sizeof(found), "10 found %d", SIZE);
	IS_STR(skim(NULL, false), all, "lines in which a string stands");
	IS_STR(skim(NULL, true), found, "or a whole pattern");
	IS_STR(skim(grow, true), found, "a log may grow");
	IS_STR(skim(lose_newlines, true), "gone 0",
	    "where no newline is left, nothing is copied");
	snprintf(joined, sizeof(joined), "9 found %d", SIZE);
	IS_STR(skim(lose_newline, true), joined,
	    "where one is lost, the line goes on in the next");
	IS_STR(skim(lose_newline_before, true), found,
	    "where it is the one before, that line is not copied twice");
	IS_STR(skim(get_newline, true), found,
	    "a new newline behind the string ends the line");
	IS_STR(skim(get_newline_before, true), found,
	    "one before it begins the line");
	IS_STR(skim(become_newline, true), all,
	    "in the midst of the string, it is no whole pattern any more");
	IS_STR(skim(lose_string, true), all,
	    "nor when other bytes stand there");
	IS_STR(skim(cut_all, true), "gone 0", "of a log that is cut, nothing");
	IS_STR(skim(cut_here, true), "gone 0", "wherever it is");
	IS_STR(skim(cut_behind, true), "gone 0",
	    "behind the lines that were copied as well");
	IS_STR(skim(cut_and_grow, true), "gone 0",
	    "and when it is as long as before");
	IS_STR(skim(cut_in_line, true), "gone 0",
	    "also where a line has zeros since");
	test_disk();
	test_holes();
	return tap_done();
}
