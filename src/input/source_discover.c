/*
 * source_discover: from path patterns to files.
 *
 * Hides what becomes of each match: it is a log that is known, a new one, a
 * second name, or none at all; and what there is to watch behind links.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/random.h"
#include "input/chain.h"
#include "input/discover.h"
#include "input/links.h"
#include "input/source_internal.h"

struct visit {
	struct source *source;
	size_t log;
	bool exact;
	bool known;
	bool matched;
	struct inodes *inodes;
};

/* --- Looking ------------------------------------------------------------ */

static void
on_directory(void *arg, const char *path)
{
	struct visit *visit = arg;

	source_watch_directory(visit->source, path);
}

/* A directory behind a link, which may be missing. */
static void
on_link(void *arg, const char *path)
{
	discover_directory(path, on_directory, arg);
}

/* Where its names may change: also where its links stand and lead to. */
static void
on_listed(void *arg, const char *path)
{
	on_directory(arg, path);
	free(links_resolve(path, on_link, arg));
}

/* True when something is there; a link counts as what it leads to. */
static bool
look(struct visit *visit, const char *path, struct stat *out)
{
	if (lstat(path, out) < 0)
		return false;
	if (!S_ISLNK(out->st_mode))
		return true;
	free(links_resolve(path, on_link, visit));
	return stat(path, out) == 0;
}

/* --- Files -------------------------------------------------------------- */

static struct follow *
follow_from(const struct source *source, size_t log, const char *path,
    const struct position *position)
{
	struct checkpoint checkpoint = {
	    .position = *position,
	    .settled_ns = source->wall_ns,
	};

	return source_follow(source, log, path, &checkpoint);
}

/* It cannot be opened now.  What is written until it can is news all the
 * same, so its end is where it is seen now. */
static void
begin_at_size(const struct source *source, struct file *file, const char *path,
    const struct stat *st)
{
	struct position seen = {.dev = st->st_dev,
	    .ino = st->st_ino,
	    .offset = (uint64_t)st->st_size};

	random_uuid(seen.incarnation);
	follow_free(file->follow);
	file->follow = follow_from(source, file->log, path, &seen);
}

static void
begin_at(struct source *source, struct file *file, const char *path,
    const struct stat *st, uint64_t offset)
{
	source_make_room(source, file);
	if (follow_seek(file->follow, offset, NULL) != 0)
		begin_at_size(source, file, path, st);
	file->version++;
	source_count_open(source, file);
}

/* From where it was left under another name, which it had in this process or
 * in the store; else from its first byte. */
static struct follow *
follow_first(const struct visit *visit, const char *path, const struct stat *st)
{
	struct source *source = visit->source;
	const struct position *stored;
	struct position position;

	if (st && (source_left(visit->inodes, path, st, &position) ||
		      source_take_alias(source, path, st, &position)))
		return follow_from(source, visit->log, path, &position);
	if (st && !source_restored(source, path) &&
	    (stored = source_restored_file(source, path, st)))
		return follow_from(source, visit->log, path, stored);
	return source_follow(source, visit->log, path, NULL);
}

/* What a configuration that is new finds is begun as `start` says. */
static void
begin(struct visit *visit, struct file *file, const char *path,
    const struct stat *st)
{
	struct source *source = visit->source;
	const struct log_settings *settings = source->logs[visit->log].settings;
	const struct position *position = follow_position(file->follow);
	bool first_sight = source->epoch == 1 && !visit->known;
	bool is_there = position->ino == 0 && st && S_ISREG(st->st_mode);
	int place = first_sight && is_there ? settings->start.place
					    : LOG_START_START;

	if (place == LOG_START_END)
		begin_at(source, file, path, st, UINT64_MAX);
	else if (place == LOG_START_LAST)
		begin_at(source, file, path, st, source_last(source, file));
	else
		file->fresh =
		    !visit->exact && !first_sight && position->offset == 0;
}

/* st is NULL where nothing is there yet. */
static void
add_file(struct visit *visit, const char *path, const struct stat *st)
{
	struct source *source = visit->source;
	struct file *file = xcalloc(1, sizeof(*file));

	file->log = (uint32_t)visit->log;
	file->exact = visit->exact;
	file->late = source->epoch > 1;
	file->epoch = source->epoch;
	file->dev = st ? st->st_dev : 0;
	file->ino = st ? st->st_ino : 0;
	file->follow = follow_first(visit, path, st);
	if (follow_position(file->follow)->ino != 0)
		file->version++;
	source_insert(source, file);
	source_inodes_add(visit->inodes, file);
	begin(visit, file, path, st);
	source_dirty(source, file);
}

/* A name that was waited for is given to a file that is read already: it is
 * that one's second name. */
static bool
became_alias(struct visit *visit, struct file *file, const struct stat *st)
{
	const char *path = follow_path(file->follow);
	const struct inode_row *reader;

	if (follow_position(file->follow)->ino != 0 || !S_ISREG(st->st_mode))
		return false;
	reader = source_reader(visit->inodes, path, st, file);
	if (!reader)
		return false;
	source_note_alias(visit->source, path, reader);
	source_inodes_forget(visit->inodes, file);
	source_drop(visit->source, file);
	return true;
}

/* A known file: is it still what it was? */
static void
refresh(struct visit *visit, struct file *file)
{
	struct stat st = {0};
	bool there = look(visit, follow_path(file->follow), &st);
	bool changed =
	    there && (st.st_dev != file->dev || st.st_ino != file->ino);

	if (changed && became_alias(visit, file, &st))
		return;
	file->epoch = visit->source->epoch;
	file->dev = there ? st.st_dev : 0;
	file->ino = there ? st.st_ino : 0;
	if (changed || there != (file->state == FILE_READ))
		source_dirty(visit->source, file);
}

static void
on_match(void *arg, const char *path)
{
	struct visit *visit = arg;
	struct source *source = visit->source;
	struct file *file = source_find(source, path);
	const struct inode_row *reader = NULL;
	struct stat st;
	bool there;

	if (file) {
		visit->matched = true;
		refresh(visit, file);
		return;
	}
	if (source_is_excluded(source->logs[visit->log].settings, path))
		return;
	there = look(visit, path, &st);
	if (!visit->exact && (!there || !S_ISREG(st.st_mode)))
		return;
	if (there && S_ISREG(st.st_mode))
		reader = source_reader(visit->inodes, path, &st, NULL);
	if (reader)
		source_note_alias(source, path, reader);
	else if (visit->exact ||
		 (!source_is_no_log(source, path) && !discover_is_binary(path)))
		add_file(visit, path, there ? &st : NULL);
	else
		return;
	visit->matched = true;
}

static void
visit_item(struct visit *visit, const char *pattern, bool *told)
{
	visit->exact = !discover_has_wildcard(pattern);
	visit->matched = false;
	discover_each(pattern, on_match, on_listed, visit);
	if (!visit->matched && !*told && !visit->exact)
		source_notify(visit->source, SOURCE_MISSING, pattern,
		    "waiting for a file that matches %s", pattern);
	*told = !visit->matched;
}

/* --- Logs that are away ------------------------------------------------- */

/* Rotated while nobody ran, and nothing new under the name yet. */
static bool
is_orphan(const struct source *source, size_t log, const char *path)
{
	const struct follow_options *options = &source->options[log];
	struct chain chain = {
	    .log = path,
	    .rotated = options->rotated,
	    .unpacker = options->unpacker,
	};
	struct chain_found found = CHAIN_FOUND_INIT;
	struct err err = ERR_INIT;
	enum chain_answer answer;
	struct stat st;

	if (stat(path, &st) == 0)
		return false;
	answer = chain_find(
	    &chain, source_restored(source, path), -1, false, &found, &err);
	chain_found_release(&found);
	return answer == CHAIN_FOUND || answer == CHAIN_AHEAD ||
	       answer == CHAIN_WAIT;
}

/* What a pattern would not find: the name is to be followed all the same,
 * or its old generation would look like a log of its own. */
static void
adopt_orphans(struct visit *visit)
{
	struct source *source = visit->source;
	struct buf paths = BUF_INIT;
	size_t count = source_restored_paths(source, &paths);
	const char *path = paths.data;

	visit->exact = false;
	for (; count > 0; count--, path += strlen(path) + 1) {
		size_t i = 0;

		while (i < source->log_count &&
		       !source_is_of_log(source->logs[i].settings, path))
			i++;
		visit->log = i;
		if (i < source->log_count && is_orphan(source, i, path))
			add_file(visit, path, NULL);
	}
	buf_release(&paths);
}

static void
visit_all(struct source *source)
{
	struct visit visit = {.source = source};
	size_t at = 0;

	visit.inodes = source_inodes_new(source);
	if (source->epoch == 1)
		adopt_orphans(&visit);
	for (size_t i = 0; i < source->log_count; i++) {
		const struct setting_list *paths =
		    &source->logs[i].settings->path;

		visit.log = i;
		for (size_t j = 0; j < paths->count; j++, at++) {
			visit.known = source->known[at];
			visit_item(&visit, paths->items[j].text,
			    &source->told_missing[at]);
		}
	}
	source_inodes_free(visit.inodes);
}

/* What no pattern found any more: look why. */
static void
visit_unseen(struct source *source)
{
	for (size_t i = 0; i < source->file_count; i++) {
		struct file *file = source->files[i];

		if (file->epoch == source->epoch)
			continue;
		file->dev = file->ino = 0;
		source_dirty(source, file);
	}
}

void
source_discover(struct source *source)
{
	source->epoch++;
	source->handed_over = false;
	source->directories_polled = false;
	visit_all(source);
	visit_unseen(source);
	source_unseen_directories(source);
	source_drop_unseen_aliases(source);
	source->discover_wanted =
	    source->directories_polled && watch_interval(source->watch) < 0;
	source->discover_at =
	    source->now +
	    (source->discover_wanted ? SOURCE_POLL_MS : SOURCE_DISCOVER_GAP_MS);
}
