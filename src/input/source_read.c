/*
 * source_read: one look at one file, and what comes of it.
 *
 * Hides how verdicts become records, notices and states, and how the number
 * of open files is kept within the limit.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input/record.h"
#include "input/source_internal.h"

#define NS_PER_MS 1000000

/* --- Records ------------------------------------------------------------ */

static void
record_of(const struct look *look, const struct record_piece *piece,
    struct record *out)
{
	const struct file *file = look->file;
	const struct follow_block *block = &look->block;

	*out = (struct record){
	    .text = piece->text,
	    .log = file->log,
	    .path = block->path,
	    .log_path = follow_path(file->follow),
	    .incarnation = block->position.incarnation,
	    .offset = block->position.offset + piece->start,
	    .end = block->position.offset + piece->end,
	    .lines = piece->lines,
	    .cut = piece->cut,
	    .partial = piece->partial,
	};
}

static void
note_cut(struct source *source, struct file *file, const struct record *record)
{
	const char *what = record->lines > 1
			       ? "a record longer than record_limit"
			       : "a line longer than max_line";

	if (file->cut++ == 0)
		source_notify(source, SOURCE_CUT_LINE, record->log_path,
		    "%s has %s at offset %llu; rules see its beginning only",
		    record->log_path, what, (unsigned long long)record->offset);
}

bool
source_look_next(struct source *source, struct look *look, struct record *out)
{
	struct record_piece *piece = &look->piece;

	(void)source;
	look->names_open = look->closes;
	if (look->closes) {
		*out = source_unfinished_record(look->file);
		*piece = (struct record_piece){
		    .skipping = look->block.position.skipping};
		look->closes = false;
		return true;
	}
	if (!look->has_block || !record_cutter_next(&look->cutter, piece)) {
		look->ended = true;
		return false;
	}
	look->names_open = piece->goes_on;
	if (!piece->goes_on) {
		record_of(look, piece, out);
		return true;
	}
	*out = source_unfinished_with(look->file, piece);
	if (piece->end > 0)
		out->end = look->block.position.offset + piece->end;
	return true;
}

void
source_look_give(
    struct source *source, struct look *look, const struct record *record)
{
	struct file *file = look->file;

	if (look->names_open)
		look->gave_open = true;
	if (look->has_block) {
		look->used = look->piece.end;
		look->skipping = look->piece.skipping;
	}
	if (record->cut)
		note_cut(source, file, record);
	file->records++;
	file->lines += record->lines;
	file->partial += record->partial;
	file->read_ms = source->wall_ns / NS_PER_MS;
	source->handler.record(source->handler.arg, record);
}

/* --- States ------------------------------------------------------------- */

struct state_words {
	enum source_notice notice;
	const char *text; /* behind the path; NULL: err says it */
};

static const struct state_words words[] = {
    [FILE_READ] = {SOURCE_APPEARED, "has appeared"},
    [FILE_MISSING] = {SOURCE_MISSING, "is not there; waiting for it to appear"},
    [FILE_UNREADABLE] = {SOURCE_UNREADABLE, NULL},
    [FILE_NOT_A_FILE] = {SOURCE_NOT_A_FILE, NULL},
    [FILE_VANISHED] = {SOURCE_VANISHED, "is gone; waiting for it to come back"},
};

static const char *
remedy(const char *path)
{
	return access(path, R_OK) && errno == EACCES
		   ? "; put the user that reads it into the group that may "
		     "(often adm)"
		   : "";
}

static void
enter(struct source *source, struct file *file, enum file_state state,
    const struct err *err)
{
	const char *path = follow_path(file->follow);
	bool quiet =
	    file->state == FILE_NEW && state == FILE_READ && !file->late;

	if (file->state == state)
		return;
	file->state = (unsigned char)state;
	if (quiet)
		return;
	if (words[state].text)
		source_notify(source, words[state].notice, path, "%s %s", path,
		    words[state].text);
	else
		source_notify(source, words[state].notice, path, "%s%s",
		    err->text, remedy(path));
}

static void
enter_unreadable(
    struct source *source, struct file *file, const struct err *err)
{
	struct stat st;
	bool special =
	    stat(follow_path(file->follow), &st) == 0 && !S_ISREG(st.st_mode);

	enter(source, file, special ? FILE_NOT_A_FILE : FILE_UNREADABLE, err);
}

static void
enter_gone(struct source *source, struct file *file)
{
	bool was_there = file->state == FILE_READ ||
			 file->state == FILE_VANISHED ||
			 (file->state == FILE_NEW && !file->exact);

	enter(source, file, was_there ? FILE_VANISHED : FILE_MISSING, NULL);
}

/* --- Open files --------------------------------------------------------- */

void
source_count_open(struct source *source, struct file *file)
{
	bool open = follow_is_open(file->follow);

	if (open && !file->open)
		source->open++;
	else if (!open && file->open)
		source->open--;
	file->open = open;
}

/* What is drained is closed only in need: a file that has no name any more
 * could not be opened again. */
static bool
may_close(const struct file *file, bool need)
{
	return file->open && !file->out &&
	       (need || follow_due(file->follow) < 0);
}

/* The hand goes round and closes what was not read since it last passed. */
static void
close_some(struct source *source, const struct file *for_file, bool need)
{
	size_t steps = 2 * source->file_count;

	while (steps-- > 0 && source->open >= source->open_limit) {
		struct file *file =
		    source->files[source->hand++ % source->file_count];

		if (file == for_file || !may_close(file, need))
			continue;
		if (!file->used)
			follow_close(file->follow);
		file->used = false;
		source_count_open(source, file);
	}
}

void
source_make_room(struct source *source, const struct file *for_file)
{
	if (for_file->open || source->open < source->open_limit)
		return;
	close_some(source, for_file, false);
	close_some(source, for_file, true);
}

/* True when it is for want of descriptors that a file cannot be read: other
 * parts of the program need more than was thought, so logs get fewer. */
static bool
is_short(struct source *source, const struct file *file)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	if (fd >= 0 || (errno != EMFILE && errno != ENFILE))
		return false;
	source->open_limit = source->open > 2 ? source->open / 2 : 1;
	close_some(source, file, false);
	close_some(source, file, true);
	return true;
}

/* --- One look ----------------------------------------------------------- */

/* Anything else than that it still has to be waited for ends the waiting. */
static void
note_waiting(struct source *source, struct file *file,
    enum follow_verdict verdict, const struct err *err)
{
	if (verdict == FOLLOW_WAIT && !file->waiting)
		source_notify(source, SOURCE_WAITING, follow_path(file->follow),
		    "%s", err->text);
	file->waiting = verdict == FOLLOW_WAIT;
}

static void
tell_moved(struct source *source, struct file *file,
    enum follow_verdict verdict, const struct err *err)
{
	const char *path = follow_path(file->follow);

	if (verdict == FOLLOW_ROTATED)
		source_notify(
		    source, SOURCE_ROTATED, path, "%s was rotated", path);
	else if (verdict == FOLLOW_TRUNCATED)
		source_notify(source, SOURCE_TRUNCATED, path, "%s", err->text);
	else
		source_notify(source, SOURCE_GAP, path, "%s", err->text);
}

/* True when there may be more at once. */
static bool
judge(struct source *source, struct file *file, enum follow_verdict verdict,
    const struct err *err)
{
	note_waiting(source, file, verdict, err);
	switch (verdict) {
	case FOLLOW_DATA:
		enter(source, file, FILE_READ, NULL);
		return true;
	case FOLLOW_EOF:
	case FOLLOW_WAIT:
	case FOLLOW_SHRANK:
		enter(source, file, FILE_READ, NULL);
		return false;
	case FOLLOW_ROTATED:
	case FOLLOW_TRUNCATED:
	case FOLLOW_GAP:
		enter(source, file, FILE_READ, NULL);
		tell_moved(source, file, verdict, err);
		source_rewatch_file(source, file);
		return true;
	case FOLLOW_GONE:
		enter_gone(source, file);
		return false;
	case FOLLOW_UNREADABLE:
		break;
	}
	file->waiting = is_short(source, file);
	if (!file->waiting)
		enter_unreadable(source, file, err);
	return false;
}

/* --- What moved --------------------------------------------------------- */

static uint64_t
mix(uint64_t sum, uint64_t value)
{
	return (sum ^ value) * UINT64_C(0x9e3779b97f4a7c15);
}

/* Changes when anything does that a restart would go on from. */
static uint64_t
positions_sum(const struct file *file)
{
	const struct position *position;
	uint64_t sum = 0;

	for (size_t i = 0; (position = follow_generation(file->follow, i));
	     i++) {
		sum = mix(mix(sum, position->ino), position->offset);
		for (const char *at = position->incarnation; *at; at++)
			sum = mix(sum, (unsigned char)*at);
	}
	return sum;
}

#define GENERATIONS_MAX 16

/* What was read before a look, so as to see what no longer is afterwards. */
struct generations {
	struct position positions[GENERATIONS_MAX];
	size_t count;
};

static void
note_generations(const struct file *file, struct generations *out)
{
	const struct position *position;

	out->count = 0;
	while (file->aliased && out->count < GENERATIONS_MAX &&
	       (position = follow_generation(file->follow, out->count)))
		out->positions[out->count++] = *position;
}

static bool
is_read_still(const struct file *file, const struct position *before)
{
	const struct position *position;

	for (size_t i = 0; (position = follow_generation(file->follow, i));
	     i++) {
		if (position_same_file(position, before))
			return true;
	}
	return false;
}

static void
leave_generations(struct source *source, const struct file *file,
    const struct generations *before)
{
	for (size_t i = 0; i < before->count; i++) {
		if (!is_read_still(file, &before->positions[i]))
			source_leave_to_alias(source, &before->positions[i]);
	}
}

/* --- One look ----------------------------------------------------------- */

/* What was a copy is to be read from where it stands; another file under
 * the name is new. */
static void
end_copy(struct source *source, struct file *file)
{
	const char *path = follow_path(file->follow);
	struct follow *follow;
	struct stat st;

	source_forget_copy(file);
	if (stat(path, &st) < 0 ||
	    st.st_ino == follow_position(file->follow)->ino) {
		file->fresh = false;
		return;
	}
	follow = source_follow(source, file->log, path, NULL);
	follow_free(file->follow);
	file->follow = follow;
	file->fresh = true;
	source_rewatch_file(source, file);
}

/* Whether it may be read; its first block is out. */
static bool
is_held_back(
    struct source *source, struct file *file, const struct follow_block *block)
{
	if (!file->fresh)
		return false;
	file->fresh = block->position.offset == 0;
	return file->fresh && source_is_copy(source, file);
}

static void
prepare(struct source *source, struct look *look)
{
	struct file *file = look->file;
	struct follow_block *block = &look->block;
	enum source_block kind = source_block_of(file, block);
	const struct unfinished *open = file->unfinished;

	look->rule = source_record_rule(
	    &source->logs[file->log], file->log, &source->handler);
	look->has_block = true;
	look->late = kind == BLOCK_LATE;
	look->closes = open && kind == BLOCK_OTHER;
	record_cutter_init(&look->cutter, &look->rule, block->bytes,
	    block->position.skipping, block->partial || look->late);
	look->skipping = block->position.skipping;
	if (open && kind == BLOCK_GOES_ON)
		record_cutter_go_on(&look->cutter,
		    (struct record_open){open->lines, open->len});
}

/* Nothing can go on with the open record, or its time is up. */
static bool
ends_unfinished(const struct source *source, const struct file *file,
    enum follow_verdict verdict)
{
	switch (verdict) {
	case FOLLOW_TRUNCATED:
	case FOLLOW_GAP:
	case FOLLOW_GONE:
		return true;
	case FOLLOW_DATA:
	case FOLLOW_ROTATED:
		return false;
	case FOLLOW_EOF:
	case FOLLOW_WAIT:
	case FOLLOW_SHRANK:
	case FOLLOW_UNREADABLE:
		break;
	}
	return source->now >= source_unfinished_due(source, file);
}

static enum follow_verdict
take_look(struct source *source, struct file *file, struct buf *buffer,
    struct look *look, struct err *err)
{
	struct follow_now now = {source->now, source->wall_ns};
	struct position before = *follow_position(file->follow);
	uint64_t sum = positions_sum(file);
	struct generations generations;
	enum follow_verdict verdict;

	note_generations(file, &generations);
	verdict = follow_read(file->follow, buffer, &now, &look->block, err);
	source_count_open(source, file);
	source_check_watch(source, file);
	leave_generations(source, file, &generations);
	if (verdict != FOLLOW_DATA && sum != positions_sum(file)) {
		file->version++;
		source_note_lost(source, file, &before);
	}
	return verdict;
}

/* What was found to be a copy, or else is to be read at all. */
static bool
is_to_be_read(struct source *source, struct file *file)
{
	source_watch_file(source, file);
	if (!file->copy)
		return true;
	if (!source_look_at_copy(source, file))
		return false;
	end_copy(source, file);
	return true;
}

bool
source_look_begin(struct source *source, struct file *file, struct buf *buffer,
    struct look *look, bool *more_out)
{
	enum follow_verdict verdict;
	struct err err = ERR_INIT;

	*more_out = false;
	*look = (struct look){.file = file};
	if (!is_to_be_read(source, file))
		return false;
	source_make_room(source, file);
	verdict = take_look(source, file, buffer, look, &err);
	if (verdict == FOLLOW_DATA &&
	    is_held_back(source, file, &look->block)) {
		enter(source, file, FILE_READ, NULL);
		*more_out = !file->copy;
		return false;
	}
	*more_out = look->more = judge(source, file, verdict, &err);
	if (verdict == FOLLOW_DATA) {
		source_pass_note(file, &look->block);
		prepare(source, look);
	} else if (file->unfinished && ends_unfinished(source, file, verdict)) {
		look->closes = true;
	}
	file->out = look->has_block || look->closes;
	return file->out;
}

/* Consumed: what was given; when all was, the lines of an open record, too. */
static void
consume(struct source *source, struct look *look)
{
	struct file *file = look->file;
	const struct record_cutter *cutter = &look->cutter;
	char incarnation[sizeof(look->block.position.incarnation)];

	memcpy(
	    incarnation, look->block.position.incarnation, sizeof(incarnation));
	if (look->ended) {
		look->used = cutter->used;
		look->skipping = cutter->skipping;
	}
	if (look->ended && cutter->open.lines > 0) {
		look->used = cutter->lines.at;
		source_keep_unfinished(source, file, &look->block, cutter);
	} else {
		follow_consume(
		    file->follow, &look->block, look->used, look->skipping);
	}
	if (look->late)
		source_note_late(file, incarnation);
	file->bytes += look->used;
	file->used = true;
	file->version++;
}

bool
source_look_end(struct source *source, struct look *look)
{
	struct file *file = look->file;

	file->out = false;
	if (look->gave_open)
		source_forget_unfinished(source, file);
	if (look->has_block)
		consume(source, look);
	return look->more || !look->ended;
}

bool
source_read_file(struct source *source, struct file *file, size_t *used_out)
{
	struct look look;
	struct record record;
	bool more;

	if (!source_look_begin(source, file, &source->buffer, &look, &more))
		return more;
	source_look_skip(source, &look);
	while (source_look_next(source, &look, &record)) {
		source_look_give(source, &look, &record);
		source_look_skip(source, &look);
	}
	more = source_look_end(source, &look);
	*used_out = look.used;
	return more;
}
