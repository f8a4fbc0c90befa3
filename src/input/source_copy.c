/*
 * source_copy: a new file that holds what another log has or had.
 *
 * What `cp` and copytruncate leave under a name that no pattern knows looks
 * like a new log, and reading it would repeat everything.  Before the
 * first block of a file that a wildcard found is taken, its bytes are compared
 * with the fingerprints of all logs.  Hides how sure one can be: two programs
 * may begin their logs with the same words, so what is only alike is
 * held back until it goes its own way, and nothing of it is lost.  Where
 * another log was emptied and this holds what was read of it, it also holds
 * what was not: it is read on from there.
 */
#include "config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "input/content.h"
#include "input/source_internal.h"

/* A copy grows while it is made, and then never again. */
#define COPYING_PAUSE_MS 10000
#define COPYING_MAX_MS 60000

enum likeness {
	UNLIKE,
	LIKELY, /* begins as a generation that was finished */
	SO_FAR, /* as a log that still has it all; it may go on otherwise */
	SOON,	/* as a log that has just lost it: that one is asked first */
	READ,	/* all of it is, or is being read elsewhere */
	REST,	/* what is behind an offset is nowhere else */
};

/* The best that was found so far. */
struct finding {
	enum likeness likeness;
	const char *original; /* a path */
	uint32_t log;
	uint64_t offset; /* REST */
	uint64_t size;	 /* of the sample */
};

struct sample {
	int fd;
	struct stat st;
	char bytes[POSITION_PRINT];
	size_t len;
	struct fingerprint prints[POSITION_PRINT + 1]; /* by length; made when
							* asked for */
};

/* --- Bytes -------------------------------------------------------------- */

static bool
read_all(int fd, char *to, size_t len, uint64_t offset)
{
	struct content content = {.fd = fd};
	struct err err;

	return content_pread(&content, to, len, offset, len, &err) ==
	       (ssize_t)len;
}

static bool
has_print(int fd, const struct fingerprint *print, uint64_t offset)
{
	char bytes[POSITION_PRINT];
	struct fingerprint found;

	if (print->len > sizeof(bytes) ||
	    !read_all(fd, bytes, print->len, offset))
		return false;
	fingerprint_take(&found, span_of(bytes, print->len));
	return fingerprint_equal(&found, print);
}

static bool
has_tail(int fd, const struct position *position)
{
	return position->tail.len <= position->offset &&
	       has_print(
		   fd, &position->tail, position->offset - position->tail.len);
}

/* --- Samples ------------------------------------------------------------ */

static bool
take_sample(struct sample *sample, const char *path)
{
	sample->fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (sample->fd < 0)
		return false;
	if (fstat(sample->fd, &sample->st) < 0)
		return false;
	sample->len = sizeof(sample->bytes);
	if ((uint64_t)sample->st.st_size < sample->len)
		sample->len = (size_t)sample->st.st_size;
	return read_all(sample->fd, sample->bytes, sample->len, 0);
}

static bool
begins_with(struct sample *sample, const struct fingerprint *head)
{
	struct fingerprint *own = &sample->prints[head->len];

	if (head->len < CHAIN_HEAD_MIN || head->len > sample->len)
		return false;
	if (own->len == 0)
		fingerprint_take(own, span_of(sample->bytes, head->len));
	return fingerprint_equal(own, head);
}

/* Its end is in the other one too, at the same place. */
static bool
is_part_of(const struct sample *sample, int other)
{
	char own[POSITION_PRINT], there[POSITION_PRINT];
	uint64_t size = (uint64_t)sample->st.st_size;
	size_t len = sample->len;

	return read_all(sample->fd, own, len, size - len) &&
	       read_all(other, there, len, size - len) &&
	       memcmp(own, there, len) == 0;
}

/* --- Likeness ----------------------------------------------------------- */

static void
note(struct finding *finding, enum likeness likeness, const char *original,
    uint32_t log)
{
	if (likeness <= finding->likeness)
		return;
	finding->likeness = likeness;
	finding->original = original;
	finding->log = log;
}

/* The sample begins as the file that is being read there. */
static enum likeness
compare_live(const struct sample *sample, const struct file *file,
    const struct position *position)
{
	const char *path = follow_path(file->follow);
	enum likeness result = SOON;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

	if (fd >= 0 && has_print(fd, &position->head, 0) &&
	    has_tail(fd, position))
		result = is_part_of(sample, fd) ? SO_FAR : UNLIKE;
	if (fd >= 0)
		close(fd);
	return result;
}

/* It holds what was read up to the position, or is the beginning of that. */
static bool
holds(struct sample *sample, const struct position *position)
{
	if (!begins_with(sample, &position->head))
		return false;
	if ((uint64_t)sample->st.st_size < position->offset)
		return position->head.len == POSITION_PRINT;
	return has_tail(sample->fd, position);
}

static enum likeness
compare_generation(struct sample *sample, const struct file *file,
    const struct position *position)
{
	bool whole = position->head.len == POSITION_PRINT ||
		     (uint64_t)sample->st.st_size == position->offset;

	if (!holds(sample, position))
		return UNLIKE;
	if (position == follow_position(file->follow))
		return compare_live(sample, file, position);
	return whole ? READ : UNLIKE;
}

static enum likeness
compare_heads(struct sample *sample, const struct file *file)
{
	const struct fingerprint *head;

	for (size_t i = 0; (head = follow_head(file->follow, i)); i++) {
		if (begins_with(sample, head) &&
		    (head->len == POSITION_PRINT ||
			(uint64_t)sample->st.st_size == head->len))
			return LIKELY;
	}
	return UNLIKE;
}

static void
compare_file(
    struct sample *sample, const struct file *file, struct finding *finding)
{
	const char *path = follow_path(file->follow);
	const struct position *position;

	note(finding, compare_heads(sample, file), path, file->log);
	for (size_t i = 0; (position = follow_generation(file->follow, i)); i++)
		note(finding, compare_generation(sample, file, position), path,
		    file->log);
}

static void
compare_lost(
    const struct source *source, struct sample *sample, struct finding *finding)
{
	for (size_t i = 0; i < SOURCE_LOST_MAX; i++) {
		const struct lost *lost = &source->lost[i];

		if (!lost->path || !holds(sample, &lost->position))
			continue;
		if ((uint64_t)sample->st.st_size < lost->position.offset) {
			note(finding, LIKELY, lost->path, lost->log);
			continue;
		}
		note(finding, REST, lost->path, lost->log);
		finding->offset = lost->position.offset;
		return;
	}
}

/* UNLIKE also where it cannot be told: then it is read. */
static struct finding
judge(const struct source *source, const struct file *file)
{
	struct sample *sample = xcalloc(1, sizeof(*sample));
	struct finding finding = {.likeness = UNLIKE};

	if (take_sample(sample, follow_path(file->follow)) &&
	    sample->st.st_ino == follow_position(file->follow)->ino &&
	    sample->len >= CHAIN_HEAD_MIN) {
		compare_lost(source, sample, &finding);
		for (size_t i = 0;
		     i < source->file_count && finding.likeness < READ; i++) {
			const struct file *other = source->files[i];

			if (other != file && !other->copy)
				compare_file(sample, other, &finding);
		}
	}
	finding.size = (uint64_t)sample->st.st_size;
	if (sample->fd >= 0)
		close(sample->fd);
	free(sample);
	return finding;
}

/* --- What was lost ------------------------------------------------------ */

/* Its file holds other bytes now, and nothing that was found holds these. */
static bool
is_lost(const struct file *file, const struct position *before)
{
	const struct position *position;

	if (before->head.len < CHAIN_HEAD_MIN || file->copy)
		return false;
	for (size_t i = 0; (position = follow_generation(file->follow, i));
	     i++) {
		if (position->head.len > 0 &&
		    strcmp(position->incarnation, before->incarnation) == 0)
			return false;
	}
	return true;
}

void
source_note_lost(struct source *source, const struct file *file,
    const struct position *before)
{
	struct lost *lost = &source->lost[source->lost_at];

	if (!is_lost(file, before))
		return;
	free(lost->path);
	*lost = (struct lost){
	    .path = xstrdup(follow_path(file->follow)),
	    .log = file->log,
	    .position = *before,
	};
	source->lost_at = (source->lost_at + 1) % SOURCE_LOST_MAX;
	for (size_t i = 0; i < source->file_count; i++) {
		if (source->files[i]->copy)
			source_dirty(source, source->files[i]);
	}
}

void
source_free_lost(struct source *source)
{
	for (size_t i = 0; i < SOURCE_LOST_MAX; i++)
		free(source->lost[i].path);
}

/* --- What becomes of it ------------------------------------------------- */

/* Stored as read, so that it is not even after a restart. */
static void
pass_over(struct source *source, struct file *file, uint64_t offset)
{
	struct err err = ERR_INIT;

	if (follow_seek(file->follow, offset, &err) == 0)
		file->version++;
	source_count_open(source, file);
}

static void
tell(struct source *source, const struct file *file,
    const struct finding *finding)
{
	const char *path = follow_path(file->follow);

	source_notify(source, SOURCE_COPY, path,
	    "%s holds what %s has or had, so it is %s; if that log is rotated "
	    "to such names, say so with `rotated' in [log %s]",
	    path, finding->original,
	    finding->likeness == REST ? "read from where that was left"
				      : "not read again",
	    source->logs[finding->log].name);
}

/* True when it is held back (or on). */
static bool
take_finding(
    struct source *source, struct file *file, const struct finding *finding)
{
	struct copy *copy = file->copy;
	enum likeness likeness = finding->likeness;

	file->waiting = likeness == SOON;
	if (likeness == UNLIKE)
		return false;
	copy->sure = likeness == LIKELY || likeness == READ;
	if (likeness != SO_FAR && likeness != SOON && !copy->told) {
		tell(source, file, finding);
		copy->told = true;
	}
	if (likeness == REST)
		pass_over(source, file, finding->offset);
	else if (likeness == READ)
		pass_over(source, file, UINT64_MAX);
	copy->passed = likeness == READ;
	if (likeness == REST)
		return false;
	follow_close(file->follow);
	source_count_open(source, file);
	return true;
}

bool
source_is_copy(struct source *source, struct file *file)
{
	struct finding finding = judge(source, file);
	bool held;

	file->copy = xcalloc(1, sizeof(*file->copy));
	*file->copy = (struct copy){.size = finding.size,
	    .found_at = source->now,
	    .grew_at = source->now};
	held = take_finding(source, file, &finding);
	if (!held)
		source_forget_copy(file);
	file->fresh = held;
	return held || finding.likeness == REST;
}

void
source_forget_copy(struct file *file)
{
	free(file->copy);
	file->copy = NULL;
}

/* Somebody goes on writing to it: no copy does that. */
static bool
lives(const struct source *source, const struct copy *copy)
{
	return source->now - copy->grew_at >= COPYING_PAUSE_MS ||
	       (!copy->passed &&
		   source->now - copy->found_at >= COPYING_MAX_MS);
}

/* It grew, or it was not clear yet; true when it is to be read. */
static bool
look_again(struct source *source, struct file *file, bool grew)
{
	struct copy *copy = file->copy;
	struct finding finding;

	if (copy->passed) {
		if (lives(source, copy))
			return true;
		pass_over(source, file, UINT64_MAX);
		follow_close(file->follow);
		source_count_open(source, file);
		return false;
	}
	finding = judge(source, file);
	if (finding.likeness == LIKELY && grew && lives(source, copy))
		return true;
	return !take_finding(source, file, &finding);
}

bool
source_look_at_copy(struct source *source, struct file *file)
{
	struct copy *copy = file->copy;
	struct stat st;
	bool grew, read = false;

	if (stat(follow_path(file->follow), &st) < 0 ||
	    st.st_ino != follow_position(file->follow)->ino)
		return true;
	grew = (uint64_t)st.st_size != copy->size;
	if (grew || !copy->sure)
		read = look_again(source, file, grew);
	if (grew)
		copy->grew_at = source->now;
	copy->size = (uint64_t)st.st_size;
	return read;
}
