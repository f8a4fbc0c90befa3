/*
 * journals: a few struct journal and who polls them.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "ctaild/journals.h"

struct watched {
	struct journal *journal;
	const char *log; /* the section's name */
	struct loop_fd *watch;
	int fd;	      /* that is watched */
	char *cursor; /* behind the turn before */
};

struct journals {
	struct watched *items;
	size_t count;
	enum journals_progress progress;
};

struct journals *
journals_new(const struct source_log *logs, size_t count,
    const struct journal_options *options, struct source_handler handler)
{
	struct journals *journals = xcalloc(1, sizeof(*journals));

	journals->items = xcalloc(count + 1, sizeof(*journals->items));
	for (size_t i = 0; i < count; i++) {
		if (!logs[i].settings->journal.count)
			continue;
		journals->items[journals->count++] =
		    (struct watched){journal_new(&logs[i], i, options, handler),
			logs[i].name, NULL, -1, NULL};
	}
	return journals;
}

void
journals_free(struct journals *journals)
{
	if (!journals)
		return;
	journals_unwatch(journals);
	for (size_t i = 0; i < journals->count; i++) {
		journal_free(journals->items[i].journal);
		free(journals->items[i].cursor);
	}
	free(journals->items);
	free(journals);
}

void
journals_restore(void *arg, const char *path, struct span text)
{
	struct journals *journals = arg;
	struct err err = ERR_INIT;

	for (size_t i = 0; i < journals->count; i++) {
		struct journal *journal = journals->items[i].journal;

		if (!strcmp(journal_path(journal), path) &&
		    journal_restore(journal, text, &err))
			diag(DIAG_WARNING,
			    "the stored position is damaged "
			    "(%s); the journal is begun as if it were new",
			    err.text);
	}
}

void
journals_each_cursor(void *arg,
    void (*take)(void *take_arg, const struct ledger_cursor *cursor),
    void *take_arg)
{
	struct journals *journals = arg;

	for (size_t i = 0; i < journals->count; i++) {
		const struct watched *item = &journals->items[i];
		struct ledger_cursor cursor = {journal_path(item->journal),
		    item->log, journal_cursor(item->journal)};

		take(take_arg, &cursor);
	}
}

static void
note_progress(struct journals *journals, struct watched *item)
{
	struct span cursor = journal_cursor(item->journal);
	enum journals_progress progress = JOURNALS_MOVED;

	if (span_equal(cursor, span_str(item->cursor)))
		return;
	if (!item->cursor)
		progress = JOURNALS_BEGUN;
	if (journals->progress < progress)
		journals->progress = progress;
	free(item->cursor);
	item->cursor = xstrndup(cursor.data, cursor.len);
}

bool
journals_turn(struct journals *journals, int64_t now_boot, size_t budget)
{
	bool more = false;

	for (size_t i = 0; i < journals->count; i++) {
		more |= journal_turn(journals->items[i].journal, now_boot,
		    budget / journals->count + 1);
		note_progress(journals, &journals->items[i]);
	}
	return more;
}

enum journals_progress
journals_progress(struct journals *journals)
{
	enum journals_progress progress = journals->progress;

	journals->progress = JOURNALS_REST;
	return progress;
}

int64_t
journals_due(const struct journals *journals)
{
	int64_t due = -1;

	for (size_t i = 0; i < journals->count; i++) {
		int64_t its = journal_due(journals->items[i].journal);

		if (its >= 0 && (due < 0 || its < due))
			due = its;
	}
	return due;
}

bool
journals_are_done(const struct journals *journals)
{
	for (size_t i = 0; i < journals->count; i++)
		if (!journal_is_done(journals->items[i].journal))
			return false;
	return true;
}

void
journals_watch(struct journals *journals, struct loop *loop,
    void (*call)(void *arg, unsigned events), void *arg)
{
	for (size_t i = 0; i < journals->count; i++) {
		struct watched *item = &journals->items[i];
		int fd = journal_fd(item->journal);

		if (item->watch && item->fd == fd)
			continue;
		loop_unwatch(item->watch);
		item->fd = fd;
		item->watch =
		    fd >= 0 ? loop_watch(loop, fd, LOOP_READ, call, arg) : NULL;
	}
}

void
journals_unwatch(struct journals *journals)
{
	for (size_t i = 0; i < journals->count; i++) {
		loop_unwatch(journals->items[i].watch);
		journals->items[i].watch = NULL;
	}
}

void
journals_files(const struct journals *journals,
    void (*each)(void *arg, const struct source_file *file), void *arg)
{
	for (size_t i = 0; i < journals->count; i++) {
		struct source_file file;

		journal_status(journals->items[i].journal, &file);
		each(arg, &file);
	}
}
