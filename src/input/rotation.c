/*
 * rotation: the shapes of rotated names, and the search among siblings.
 *
 * Hides how names are ordered: numbers count up with age, dates with youth.
 */
#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "input/paths.h"
#include "input/rotation.h"

/* A rename between listing and opening makes us look again. */
#define ATTEMPTS 4
#define NUMBER_DIGITS 9

enum order { NEWER_IS_SMALLER, NEWER_IS_LARGER };

/* 'D' is one digit, '#' a run of them, everything else itself. */
struct shape {
	const char *text;
	enum order order;
};

static const struct shape shapes[] = {
    {".#", NEWER_IS_SMALLER},
    {"-DDDDDDDD", NEWER_IS_LARGER},
    {"-DDDDDDDDDD", NEWER_IS_LARGER},
    {"-DDDDDDDDDDDD", NEWER_IS_LARGER},
    {"-DDDDDDDDDDDDDD", NEWER_IS_LARGER},
    {"-DDDDDDDD-DD", NEWER_IS_LARGER},
    {"-DDDDDDDD-DDDDDD", NEWER_IS_LARGER},
    {"-DDDDDDDD-DDDDDDDDDD", NEWER_IS_LARGER},
    {"-DDDD-DD-DD", NEWER_IS_LARGER},
    {"-DDDD-DD-DD-DD", NEWER_IS_LARGER},
    {".DDDDDDDD", NEWER_IS_LARGER},
    {".DDDD-DD-DD", NEWER_IS_LARGER},
    {".DDDD-DD-DD-DD", NEWER_IS_LARGER},
    {"_DDDDDDDD", NEWER_IS_LARGER},
    {"_DDDD-DD-DD", NEWER_IS_LARGER},
    {".old", NEWER_IS_LARGER},
};

static const char *const compressed_endings[] = {
    ".gz",
    ".bz2",
    ".xz",
    ".zst",
    ".Z",
    ".lz4",
    ".zip",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Where a generation stands among those of the same shape. */
struct age {
	const struct shape *shape;
	uint64_t value;
};

static size_t
compressed_ending(struct span name)
{
	for (size_t i = 0; i < COUNT(compressed_endings); i++) {
		size_t len = strlen(compressed_endings[i]);

		if (name.len > len && memcmp(name.data + name.len - len,
					  compressed_endings[i], len) == 0)
			return len;
	}
	return 0;
}

bool
rotation_is_compressed(struct span name)
{
	return compressed_ending(name) > 0;
}

static bool
take_digit(struct span *text, uint64_t *value)
{
	if (text->len == 0 || text->data[0] < '0' || text->data[0] > '9')
		return false;
	*value = *value * 10 + (uint64_t)(text->data[0] - '0');
	*text = span_of(text->data + 1, text->len - 1);
	return true;
}

static bool
take_byte(struct span *text, char byte)
{
	if (text->len == 0 || text->data[0] != byte)
		return false;
	*text = span_of(text->data + 1, text->len - 1);
	return true;
}

static bool
fits(const struct shape *shape, struct span text, uint64_t *value)
{
	*value = 0;
	for (const char *want = shape->text; *want; want++) {
		int digits = 0;

		if (*want == '#') {
			while (
			    digits < NUMBER_DIGITS && take_digit(&text, value))
				digits++;
			if (digits == 0)
				return false;
		} else if (*want == 'D') {
			if (!take_digit(&text, value))
				return false;
		} else if (!take_byte(&text, *want)) {
			return false;
		}
	}
	return text.len == 0;
}

/* Dates come before numbers, so that ".20240101" is one. */
static bool
parse_suffix(struct span text, struct age *out)
{
	if (text.len < 2 || !strchr(".-_", text.data[0]))
		return false;
	for (size_t i = COUNT(shapes); i-- > 0;) {
		if (fits(&shapes[i], text, &out->value)) {
			out->shape = &shapes[i];
			return true;
		}
	}
	return false;
}

static bool
starts_with(struct span name, struct span start)
{
	return name.len >= start.len &&
	       memcmp(name.data, start.data, start.len) == 0;
}

/* "app.1.log" of "app.log": the suffix stands before the extension. */
static bool
infix_of(struct span name, struct span base, struct age *out)
{
	const char *dot = memrchr(base.data, '.', base.len);
	size_t stem = dot ? (size_t)(dot - base.data) : 0;
	size_t extension = base.len - stem;

	if (stem == 0 || name.len <= base.len ||
	    !starts_with(name, span_of(base.data, stem)) ||
	    memcmp(name.data + name.len - extension, dot, extension) != 0)
		return false;
	return parse_suffix(
	    span_of(name.data + stem, name.len - base.len), out);
}

static bool
generation_of(struct span name, struct span base, struct age *out)
{
	struct span plain =
	    span_of(name.data, name.len - compressed_ending(name));

	if (base.len == 0 || plain.len <= base.len)
		return false;
	if (starts_with(plain, base) &&
	    parse_suffix(
		span_of(plain.data + base.len, plain.len - base.len), out))
		return true;
	return infix_of(plain, base, out);
}

bool
rotation_is_generation(struct span name, struct span base)
{
	struct age age;

	return generation_of(name, base, &age);
}

/* Base names got by taking plain[from, to) out. */
static bool
ask_without(struct span plain, size_t from, size_t to,
    bool (*is)(void *arg, struct span base), void *arg)
{
	struct age age;
	char *base;
	bool answer;

	if (!parse_suffix(span_of(plain.data + from, to - from), &age))
		return false;
	if (to < plain.len && plain.data[to] != '.')
		return false;
	if (to < plain.len &&
	    memchr(plain.data + to + 1, '.', plain.len - to - 1))
		return false;
	base = xmalloc(plain.len);
	memcpy(base, plain.data, from);
	memcpy(base + from, plain.data + to, plain.len - to);
	answer = is(arg, span_of(base, from + plain.len - to));
	free(base);
	return answer;
}

bool
rotation_of_any(
    struct span name, bool (*is)(void *arg, struct span base), void *arg)
{
	struct span plain =
	    span_of(name.data, name.len - compressed_ending(name));

	for (size_t from = 1; from < plain.len; from++) {
		if (!strchr(".-_", plain.data[from]) || !plain.data[from])
			continue;
		for (size_t to = from + 2; to <= plain.len; to++) {
			if (ask_without(plain, from, to, is, arg))
				return true;
		}
	}
	return false;
}

/* --- The search ------------------------------------------------------- */

struct siblings {
	DIR *stream;
	struct span base;
	char *name; /* of the last one, owned by the stream */
	struct age age;
	bool compressed;
};

static bool
siblings_open(struct siblings *siblings, const char *path)
{
	char *directory = path_directory(path);

	siblings->stream = opendir(directory);
	siblings->base = path_name(path);
	free(directory);
	return siblings->stream != NULL;
}

static bool
siblings_next(struct siblings *siblings)
{
	struct dirent *entry;

	while ((entry = readdir(siblings->stream))) {
		struct span name = span_str(entry->d_name);

		if (!generation_of(name, siblings->base, &siblings->age))
			continue;
		siblings->name = entry->d_name;
		siblings->compressed = rotation_is_compressed(name);
		return true;
	}
	return false;
}

static bool
is_plain_file(
    const struct siblings *siblings, const char *name, struct stat *out)
{
	return fstatat(dirfd(siblings->stream), name, out,
		   AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(out->st_mode);
}

static int
open_sibling(const struct siblings *siblings, const char *name)
{
	return openat(dirfd(siblings->stream), name,
	    O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY);
}

static bool
is_inode(const struct stat *st, const struct position *position)
{
	return st->st_dev == position->dev && st->st_ino == position->ino;
}

static bool
tail_matches(int fd, const struct position *position)
{
	char bytes[POSITION_PRINT];
	struct fingerprint print;
	size_t len = position->tail.len;

	if (len == 0)
		return true;
	if (len > sizeof(bytes) || position->offset < len)
		return false;
	if (pread(fd, bytes, len, (off_t)(position->offset - len)) !=
	    (ssize_t)len)
		return false;
	fingerprint_take(&print, span_of(bytes, len));
	return fingerprint_equal(&print, &position->tail);
}

static bool
is_described(int fd, const struct position *position)
{
	struct position found;

	return position_identify(&found, fd) == 0 &&
	       position_same_file(&found, position) &&
	       tail_matches(fd, position);
}

int
rotation_find(
    const char *path, const struct position *position, char **found_path_out)
{
	struct siblings siblings;
	struct stat st;
	int fd = -1;

	if (!siblings_open(&siblings, path))
		return -1;
	while (fd < 0 && siblings_next(&siblings)) {
		if (siblings.compressed ||
		    !is_plain_file(&siblings, siblings.name, &st) ||
		    !is_inode(&st, position))
			continue;
		fd = open_sibling(&siblings, siblings.name);
		if (fd >= 0 && !is_described(fd, position)) {
			close(fd);
			fd = -1;
		}
		if (fd >= 0)
			*found_path_out = path_join(
			    path_directory_span(path), span_str(siblings.name));
	}
	closedir(siblings.stream);
	return fd;
}

/* What one pass over the directory tells about the chain. */
struct chain {
	char *self; /* the file's own name now */
	struct age age;
	char *next; /* the next newer plain one */
	struct age next_age;
	struct stat next_st;
	bool skipped;
};

static void
chain_release(struct chain *chain)
{
	free(chain->self);
	free(chain->next);
	*chain = (struct chain){0};
}

static bool
is_newer(const struct age *a, const struct age *b)
{
	if (a->shape != b->shape)
		return false;
	return a->shape->order == NEWER_IS_SMALLER ? a->value < b->value
						   : a->value > b->value;
}

static void
find_self(struct siblings *siblings, const struct position *position,
    struct chain *chain)
{
	struct stat st;

	while (!chain->self && siblings_next(siblings)) {
		if (siblings->compressed ||
		    !is_plain_file(siblings, siblings->name, &st) ||
		    !is_inode(&st, position))
			continue;
		chain->self = xstrdup(siblings->name);
		chain->age = siblings->age;
	}
}

static void
find_nearest(struct siblings *siblings, struct chain *chain)
{
	struct stat st;

	while (siblings_next(siblings)) {
		if (siblings->compressed ||
		    !is_newer(&siblings->age, &chain->age) ||
		    (chain->next &&
			!is_newer(&chain->next_age, &siblings->age)) ||
		    !is_plain_file(siblings, siblings->name, &st))
			continue;
		free(chain->next);
		chain->next = xstrdup(siblings->name);
		chain->next_age = siblings->age;
		chain->next_st = st;
	}
}

/* A compressed generation that is newer than ours and, when a plain newer
 * one was found, older than that. */
static void
find_skipped(struct siblings *siblings, struct chain *chain)
{
	while (!chain->skipped && siblings_next(siblings)) {
		chain->skipped = siblings->compressed &&
				 is_newer(&siblings->age, &chain->age) &&
				 (!chain->next || is_newer(&chain->next_age,
						      &siblings->age));
	}
}

/* False when a rename came between: rotation moves the oldest first, so ours
 * would have moved before its successor did. */
static bool
look_at_chain(struct siblings *siblings, const struct position *position,
    struct chain *chain)
{
	struct stat self;

	rewinddir(siblings->stream);
	find_self(siblings, position, chain);
	if (!chain->self)
		return false;
	rewinddir(siblings->stream);
	find_nearest(siblings, chain);
	rewinddir(siblings->stream);
	find_skipped(siblings, chain);
	return is_plain_file(siblings, chain->self, &self) &&
	       is_inode(&self, position);
}

/* Opens the successor; -1 also when its name has meanwhile gone to another
 * file, or our own has. */
static int
open_next(const struct siblings *siblings, const struct position *position,
    const struct chain *chain)
{
	struct stat self, next;
	int fd = open_sibling(siblings, chain->next);

	if (fd < 0)
		return -1;
	if (fstat(fd, &next) == 0 && next.st_dev == chain->next_st.st_dev &&
	    next.st_ino == chain->next_st.st_ino &&
	    is_plain_file(siblings, chain->self, &self) &&
	    is_inode(&self, position))
		return fd;
	close(fd);
	return -1;
}

int
rotation_next(const char *path, const struct position *position,
    char **found_path_out, bool *skipped_out)
{
	struct siblings siblings;
	struct chain chain = {0};
	int fd = -1;

	*skipped_out = false;
	if (!siblings_open(&siblings, path))
		return -1;
	for (int i = 0; fd < 0 && i < ATTEMPTS; i++) {
		bool settled;

		chain_release(&chain);
		settled = look_at_chain(&siblings, position, &chain);
		if (settled && !chain.next)
			break;
		if (settled)
			fd = open_next(&siblings, position, &chain);
	}
	if (fd >= 0)
		*found_path_out =
		    path_join(path_directory_span(path), span_str(chain.next));
	*skipped_out = chain.skipped;
	chain_release(&chain);
	closedir(siblings.stream);
	return fd;
}
