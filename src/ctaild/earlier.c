/*
 * earlier: the records that stand right before one in its file.
 *
 * Hides how far back is looked, and how the place, and the generation before,
 * are known again.
 */
#include "config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "ctaild/earlier.h"
#include "input/compression.h"
#include "input/sample.h"
#include "message/alert.h"

struct look {
	const struct earlier *earlier;
	const struct record *record; /* NULL: in another generation */
	struct {
		char *text;
		size_t len;
	} kept[ALERT_CONTEXT_MAX]; /* a ring */
	size_t first, count;
	bool found;  /* the record itself */
	bool at_top; /* nothing stands before these */
};

static void
keep(struct look *look, struct span text)
{
	size_t at = (look->first + look->count) % ALERT_CONTEXT_MAX;

	if (look->count == ALERT_CONTEXT_MAX) {
		free(look->kept[at].text);
		look->first = (look->first + 1) % ALERT_CONTEXT_MAX;
		look->count--;
	}
	look->kept[at].text = xstrndup(text.data, text.len);
	look->kept[at].len = text.len;
	look->count++;
}

static void
forget(struct look *look)
{
	for (size_t i = 0; i < look->count; i++)
		free(look->kept[(look->first + i) % ALERT_CONTEXT_MAX].text);
	look->first = look->count = 0;
	look->found = false;
}

/* --- In a file ------------------------------------------------------------ */

/* One that was closed by time may have grown since. */
static bool
begins_alike(struct span text, struct span other)
{
	size_t len = text.len < other.len ? text.len : other.len;

	return !len || !memcmp(text.data, other.data, len);
}

static void
on_record(void *arg, const struct record *record)
{
	struct look *look = arg;

	if (!look->record || record->offset < look->record->offset)
		keep(look, record->text);
	else if (record->offset == look->record->offset)
		look->found = begins_alike(record->text, look->record->text);
}

static enum line_place
on_place(void *arg, size_t log, struct span line)
{
	const struct look *look = arg;

	return pipeline_place(look->earlier->pipeline, log, line);
}

/* Of the records before the one at `end'.  Where it cannot be read there is no
 * context, which is no error. */
static void
look_from(struct look *look, const char *path, size_t log, uint64_t from,
    uint64_t end)
{
	struct sample sample = {.log = look->earlier->log,
	    .index = log,
	    .regular = true,
	    .handler = {.record = on_record, .place = on_place, .arg = look}};

	forget(look);
	look->found = !look->record;
	if (sample_file(&sample, path, from, end, NULL))
		look->found = false;
}

static void
look_back(struct look *look, const char *path, size_t log, uint64_t begin,
    uint64_t end)
{
	uint64_t bytes = EARLIER_BYTES, from;

	do {
		from = begin > bytes ? begin - bytes : 0;
		look_from(look, path, log, from, end);
		bytes *= 8;
	} while (look->found && look->count < look->earlier->want && from &&
		 bytes <= EARLIER_BYTES_MAX);
	look->at_top = look->found && !from;
}

static bool
is_plain(const char *path)
{
	return compression_of(span_str(path), NULL) == COMPRESSION_NONE;
}

/* --- In the generation before --------------------------------------------- */

struct generations {
	const struct record *record;
	struct position before;
	char *path; /* NULL: none is known */
};

static void
take_before(struct generations *generations, const struct checkpoint_old *old)
{
	if (!old->path || !is_plain(old->path))
		return;
	generations->before = old->position;
	generations->path = xstrdup(old->path);
}

static void
find_before(void *arg, const struct source_position *position)
{
	struct generations *generations = arg;
	const struct record *record = generations->record;
	const struct checkpoint *checkpoint = position->checkpoint;
	size_t i = checkpoint->old_count;

	if (strcmp(checkpoint->position.incarnation, record->incarnation) != 0)
		while (i && strcmp(checkpoint->old[--i].position.incarnation,
				record->incarnation) != 0)
			;
	if (i)
		take_before(generations, &checkpoint->old[i - 1]);
}

/* The file that was read, by its numbers and its first bytes. */
static bool
is_same(const struct position *position, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct position found = {0};
	struct fingerprint head = {0};
	char bytes[POSITION_PRINT];
	ssize_t len = -1;

	if (fd < 0)
		return false;
	if (position->head.len <= sizeof(bytes) &&
	    !position_identify(&found, fd) &&
	    position_same_file(&found, position))
		len = pread(fd, bytes, position->head.len, 0);
	close(fd);
	if (len <= 0)
		return false;
	fingerprint_take(&head, span_of(bytes, (size_t)len));
	return fingerprint_equal(&head, &position->head);
}

static void
look_before(struct look *look, const struct record *record)
{
	struct generations generations = {.record = record};

	source_position_of(
	    look->earlier->source, record->log_path, find_before, &generations);
	if (generations.path && is_same(&generations.before, generations.path))
		look_back(look, generations.path, record->log,
		    generations.before.offset, generations.before.offset);
	free(generations.path);
}

/* --- Both ----------------------------------------------------------------- */

static void
hand_out(const struct look *look, size_t most,
    void (*each)(void *arg, struct span text), void *arg)
{
	size_t i = look->count > most ? look->count - most : 0;

	for (; look->found && i < look->count; i++) {
		size_t at = (look->first + i) % ALERT_CONTEXT_MAX;

		each(arg, span_of(look->kept[at].text, look->kept[at].len));
	}
}

void
earlier_records(const struct earlier *earlier, const struct record *record,
    void (*each)(void *arg, struct span text), void *arg)
{
	struct look look = {.earlier = earlier, .record = record};
	struct look before = {.earlier = earlier};

	if (earlier->log->settings->journal.count || !is_plain(record->path))
		return;
	look_back(&look, record->path, record->log, record->offset,
	    record->offset + 1);
	if (look.at_top && look.count < earlier->want)
		look_before(&before, record);
	hand_out(&before, ALERT_CONTEXT_MAX - look.count, each, arg);
	hand_out(&look, ALERT_CONTEXT_MAX, each, arg);
	forget(&before);
	forget(&look);
}
