/*
 * grep_skim: the lines of a mapped log that may match, without reading the
 * others.
 *
 * Where few lines match, most of what reading costs is to have each byte
 * copied.  Here only the strings of the filter are looked for in the pages of
 * the file itself, and the lines in which they stand are copied out.  Hides
 * that these pages belong to whoever writes the log, who may overwrite them or
 * cut the file at any moment: nobody but the search for strings sees them,
 * which goes no further than the text for whatever it has seen there; what was
 * copied is looked at again; and a stretch of the log is left behind only
 * when, after all that, the file still had it.  Whatever does not fit is for
 * read(2), which goes on where the last good stretch ended: a log that is cut,
 * zeros, a line without an end or too long a one, the end of the file, a log
 * in which so many lines are copied that reading is cheaper, or one that is on
 * the disk only.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mapping.h"
#include "base/mem.h"
#include "ctailctl/grep.h"

/* Less is not worth a mapping. */
#define SKIM_LEAST ((off_t)64 * 1024)

/* Measured: when more than a part in eight is copied, and searched again. */
enum { COPIED_PARTS = 8 };
#define COPIED_FREE ((uint64_t)256 * 1024)

/* Measured: what has to come from the disk comes twice as fast by read(2),
 * which asks for more at a time. */
enum { FETCHES_FREE = 8 };

struct grep_skim {
	int fd;
	off_t at;	/* a line's first byte; what is before is done */
	off_t size;	/* of the file, when it was opened */
	struct mapping *mapping;
	struct span window;
	off_t begin; /* of the window, in the file */
	struct prefilter_walk *walk;
	uint64_t done, copied;
	long fetches; /* before it began */
};

/* How often this process had to wait for a page of some file. */
static long
count_fetches(void)
{
	struct rusage usage;

	return getrusage(RUSAGE_SELF, &usage) ? 0 : usage.ru_majflt;
}

/* On a file system in memory, looking into a hole fills it. */
static bool
has_holes(const struct stat *st)
{
	return st->st_blocks < st->st_size / 512;
}

struct grep_skim *
grep_skim_new(int fd, const struct prefilter *filter)
{
	off_t at = lseek(fd, 0, SEEK_CUR);
	struct grep_skim *skim;
	struct mapping *mapping;
	struct stat st;

	if (at < 0 || fstat(fd, &st) || st.st_size - at < SKIM_LEAST ||
	    has_holes(&st))
		return NULL;
	mapping = mapping_new();
	if (!mapping)
		return NULL;
	skim = xcalloc(1, sizeof(*skim));
	skim->fd = fd;
	skim->at = at;
	skim->size = st.st_size;
	skim->mapping = mapping;
	skim->walk = prefilter_walk_new(filter);
	skim->fetches = count_fetches();
	return skim;
}

void
grep_skim_free(struct grep_skim *skim)
{
	if (!skim)
		return;
	mapping_free(skim->mapping);
	prefilter_walk_free(skim->walk);
	free(skim);
}

off_t
grep_skim_at(const struct grep_skim *skim)
{
	return skim->at;
}

/* --- Stretches ------------------------------------------------------------ */

/* Full lines from `at' on, none of them too long, as far as the window goes;
 * or nothing. */
static struct span
full_lines(const struct grep_skim *skim)
{
	off_t from = skim->at - skim->begin;
	struct span window = skim->window;
	const char *newline;
	size_t len;

	if (from >= (off_t)window.len)
		return span_of("", 0);
	window.data += from;
	len = window.len - (size_t)from;
	if (len > GREP_LINE_MAX)
		len = GREP_LINE_MAX;
	newline = memrchr(window.data, '\n', len);
	return span_of(
	    window.data, newline ? (size_t)(newline - window.data) + 1 : 0);
}

/* At least what a line may be long, and mostly no more of what was shown before
 * than the line that it did not end. */
static bool
show_next(struct grep_skim *skim)
{
	off_t begin = mapping_border(skim->at), end = skim->size;

	if (end - skim->at > (off_t)GREP_LINE_MAX + MAPPING_GRAIN) {
		end = skim->at + (off_t)GREP_LINE_MAX;
		end += MAPPING_GRAIN - end % MAPPING_GRAIN;
	}
	if ((skim->window.len && begin == skim->begin) || begin >= end)
		return false;
	if (mapping_show(skim->mapping, skim->fd, begin, end, &skim->window))
		return false;
	skim->begin = begin;
	return true;
}

static struct span
next_stretch(struct grep_skim *skim)
{
	struct span stretch = full_lines(skim);

	while (!stretch.len && show_next(skim))
		stretch = full_lines(skim);
	return stretch;
}

/* --- Lines ---------------------------------------------------------------- */

/* The line around a place, none of it before from. */
static struct span
line_around(struct span text, size_t from, size_t place)
{
	const char *begin = text.data + from, *at = text.data + place;
	const char *before = memrchr(begin, '\n', (size_t)(at - begin));
	const char *newline = memchr(at, '\n', text.len - place);

	if (before)
		begin = before + 1;
	return span_of(begin, newline ? (size_t)(newline + 1 - begin) : 0);
}

/* Whether the copy is one full line. */
static bool
is_line(struct span copy)
{
	const char *newline = memchr(copy.data, '\n', copy.len);

	return newline && newline + 1 == copy.data + copy.len;
}

static bool
has_whole(struct span copy, size_t at, struct span whole)
{
	return whole.len && copy.len - at > whole.len &&
	       !memcmp(copy.data + at, whole.data, whole.len);
}

/* False: the stretch has changed in the meantime. */
static bool
copy_lines(struct grep_skim *skim, struct span stretch, char *room,
    struct span *out, bool *found_out)
{
	struct prefilter_hit hit;
	size_t end = 0, len = 0;

	*found_out = true;
	prefilter_walk_begin(skim->walk, stretch);
	while (prefilter_walk_next(skim->walk, end, &hit)) {
		struct span line = line_around(stretch, end, hit.place);
		struct span copy = span_of(room + len, line.len);

		memcpy(room + len, line.data, line.len);
		if (!is_line(copy))
			return false;
		if (!has_whole(copy,
			(size_t)(stretch.data + hit.place - line.data),
			hit.whole))
			*found_out = false;
		end = (size_t)(line.data - stretch.data) + line.len;
		len += line.len;
	}
	*out = span_of(room, len);
	return true;
}

/* A page in whose midst a log was cut has zeros from there on, and is the
 * log's again once that has grown: where some were copied, only read(2) can
 * tell whether they are its own. */
static bool
is_believed(const struct grep_skim *skim, struct span stretch,
    struct span copied)
{
	return !memchr(copied.data, '\0', copied.len) &&
	       mapping_holds(
		   skim->mapping, skim->at + (off_t)stretch.len);
}

static bool
pays(const struct grep_skim *skim)
{
	return skim->copied <= COPIED_FREE + skim->done / COPIED_PARTS &&
	       count_fetches() - skim->fetches <= FETCHES_FREE;
}

bool
grep_skim_next(struct grep_skim *skim, char *room, struct span *out,
    bool *found_out)
{
	struct span stretch;

	while (pays(skim)) {
		stretch = next_stretch(skim);
		if (!stretch.len ||
		    !copy_lines(skim, stretch, room, out, found_out) ||
		    !is_believed(skim, stretch, *out))
			return false;
		skim->at += (off_t)stretch.len;
		skim->done += stretch.len;
		skim->copied += out->len;
		if (out->len)
			return true;
	}
	return false;
}
