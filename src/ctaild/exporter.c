/*
 * exporter: plans, writes and limits offset files.
 *
 * Hides what has to be remembered for a moment: which files were written a
 * short while ago, which are owed, and which could not be written.
 */
#include "config.h"

#include <stdlib.h>

#include "base/diag.h"
#include "base/map.h"
#include "base/mem.h"
#include "ctaild/export.h"
#include "ctaild/exporter.h"
#include "store/store_position.h"

#define EXPORT_EVERY_MS 1000

/* A file that cannot be written is tried again less and less often. */
#define EXPORT_WAIT_MAX_MS 60000

/* So many logs at once are a start, and memory worth giving back. */
#define MANY 64

/* One log that moves. */
struct recent {
	char *path;
	struct recent *next;		/* of those planned */
	struct offset_entry entry;	/* what the planned write will say */
	int64_t written_ms;		/* wall; 0: never */
	int64_t wait_ms;		/* until the next write */
	bool beside;
	bool planned;
	bool owed;
	bool failed;			/* the file still says what it said */
};

struct exporter {
	struct store *store;
	const char *state_dir;
	struct map *recents;		/* path -> struct recent */
	struct recent *planned;
	int64_t looked_ms;		/* when those at rest were dropped */
	int64_t due_ms;			/* when there is something to do */
	size_t owed;
};

struct exporter *
exporter_new(struct store *store, const char *state_dir)
{
	struct exporter *exporter = xcalloc(1, sizeof(*exporter));

	exporter->store = store;
	exporter->state_dir = state_dir;
	exporter->recents = map_new();
	return exporter;
}

static void
recent_free(void *arg)
{
	struct recent *recent = arg;

	free(recent->path);
	free(recent);
}

void
exporter_free(struct exporter *exporter)
{
	if (!exporter)
		return;
	map_free(exporter->recents, recent_free);
	free(exporter);
}

static struct recent *
recent_of(struct exporter *exporter, const char *path)
{
	struct recent *recent = map_get(exporter->recents, span_str(path));

	if (!recent) {
		recent = xcalloc(1, sizeof(*recent));
		recent->path = xstrdup(path);
		recent->wait_ms = EXPORT_EVERY_MS;
		map_put(exporter->recents, span_str(path), recent);
	}
	return recent;
}

static void
owe(struct exporter *exporter, struct recent *recent, bool owed)
{
	if (recent->owed == owed)
		return;
	recent->owed = owed;
	if (owed)
		exporter->owed++;
	else
		exporter->owed--;
}

/* A clock that was set back must not hold a file back. */
static bool
too_soon(const struct recent *recent, int64_t now_ms)
{
	return now_ms >= recent->written_ms &&
	       now_ms - recent->written_ms < recent->wait_ms;
}

int
exporter_plan(struct exporter *exporter, const struct exporter_log *log,
    int64_t now_ms, enum exporter_when when, struct err *err)
{
	struct recent *recent;
	char value[EXPORT_VALUE_MAX];

	if (!exporter->state_dir)
		return 0;
	recent = recent_of(exporter, log->path);
	if (recent->planned)
		return 0;
	owe(exporter, recent, true);
	if (when == EXPORT_IN_TURN && too_soon(recent, now_ms))
		return 0;
	recent->entry = log->entry;
	recent->beside = log->beside;
	recent->planned = true;
	recent->next = exporter->planned;
	exporter->planned = recent;
	export_value(&recent->entry, value);
	return store_position_export(exporter->store, span_str(log->path),
	    span_str(value),
	    recent->failed ? EXPORTED_AGAIN : EXPORTED_NEXT, err);
}

void
exporter_restore(struct exporter *exporter, const struct exporter_log *log)
{
	struct err err = ERR_INIT;

	if (exporter->state_dir &&
	    export_write(exporter->state_dir, log->path, log->beside,
		&log->entry, &err))
		diag(DIAG_WARNING, "%s", err.text);
}

bool
exporter_owes(const struct exporter *exporter, const char *path,
    int64_t now_ms, enum exporter_when when)
{
	const struct recent *recent =
	    map_get(exporter->recents, span_str(path));

	return recent && recent->owed && !recent->planned &&
	       (when == EXPORT_NOW || !too_soon(recent, now_ms));
}

static void
write_one(struct exporter *exporter, struct recent *recent, int64_t now_ms)
{
	struct err err = ERR_INIT;
	bool failed_before = recent->failed;

	recent->written_ms = now_ms;
	recent->failed = export_write(exporter->state_dir, recent->path,
			     recent->beside, &recent->entry, &err) != 0;
	owe(exporter, recent, recent->failed);
	recent->wait_ms = recent->failed ? 2 * recent->wait_ms
					 : EXPORT_EVERY_MS;
	if (recent->wait_ms > EXPORT_WAIT_MAX_MS)
		recent->wait_ms = EXPORT_WAIT_MAX_MS;
	if (recent->failed && !failed_before)
		diag(DIAG_WARNING, "%s; it is tried again", err.text);
}

/* Rebuilt rather than thinned out: a map must not change while it is
 * iterated, and what is left is next to nothing. */
static void
drop_those_at_rest(struct exporter *exporter, int64_t now_ms)
{
	struct map *kept = map_new();
	struct span path;
	size_t cursor = 0;
	bool burst = false;
	void *value;

	while (map_next(exporter->recents, &cursor, &path, &value)) {
		struct recent *recent = value;

		if (recent->owed || recent->planned ||
		    too_soon(recent, now_ms))
			map_put(kept, path, recent);
		else
			recent_free(recent);
	}
	if (map_count(exporter->recents) - map_count(kept) >= MANY)
		burst = true;
	map_free(exporter->recents, NULL);
	exporter->recents = kept;
	exporter->looked_ms = now_ms;
	if (burst)
		mem_trim();
}

void
exporter_drop_unknown(struct exporter *exporter, int64_t now_ms)
{
	struct span path;
	size_t cursor = 0;
	void *value;

	while (map_next(exporter->recents, &cursor, &path, &value)) {
		struct recent *recent = value;

		if (!recent->planned && !too_soon(recent, now_ms))
			owe(exporter, recent, false);
	}
}

/* The earliest moment at which one of them may be written or dropped. */
static int64_t
earliest(const struct exporter *exporter)
{
	struct span path;
	size_t cursor = 0;
	int64_t due = 0;
	void *value;

	while (map_next(exporter->recents, &cursor, &path, &value)) {
		const struct recent *recent = value;
		int64_t at = recent->written_ms + recent->wait_ms;

		if (!due || at < due)
			due = at;
	}
	return due;
}

void
exporter_write(struct exporter *exporter, int64_t now_ms)
{
	struct recent *recent;

	while ((recent = exporter->planned)) {
		exporter->planned = recent->next;
		recent->planned = false;
		write_one(exporter, recent, now_ms);
	}
	if (now_ms - exporter->looked_ms >= EXPORT_EVERY_MS ||
	    now_ms < exporter->looked_ms)
		drop_those_at_rest(exporter, now_ms);
	exporter->due_ms = earliest(exporter);
}

void
exporter_forget(struct exporter *exporter)
{
	struct recent *recent;

	while ((recent = exporter->planned)) {
		exporter->planned = recent->next;
		recent->planned = false;
	}
}

int64_t
exporter_due(const struct exporter *exporter)
{
	return map_count(exporter->recents) ? exporter->due_ms : 0;
}

bool
exporter_is_due(const struct exporter *exporter, int64_t now_ms,
    enum exporter_when when)
{
	int64_t due_ms = exporter_due(exporter);

	return due_ms && (when == EXPORT_NOW || now_ms >= due_ms ||
			     due_ms - now_ms > EXPORT_WAIT_MAX_MS);
}
