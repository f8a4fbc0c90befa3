/*
 * restore_positions: where every log was read up to.
 *
 * What the store says, what somebody made of it by editing an offset file,
 * what other tools left beside logs that are new to us, and what was exported
 * before the store was lost.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/diag.h"
#include "base/map.h"
#include "base/mem.h"
#include "ctaild/export.h"
#include "ctaild/exporter.h"
#include "ctaild/log_lookup.h"
#include "ctaild/restore.h"
#include "input/checkpoint_file.h"
#include "input/discover.h"
#include "store/store_position.h"

struct positions_run {
	const struct restore *restore;
	struct source *source;
	struct map *known;		/* paths that have a stored position */
	bool beside;			/* which offset files are taken over */
};

/* An offset file names no device; it is most likely the log's. */
static void
take_device(struct checkpoint *checkpoint, const char *path)
{
	struct stat status;

	if (checkpoint->position.dev == 0 && !stat(path, &status))
		checkpoint->position.dev = status.st_dev;
}

/* Somebody moved the position with an editor or another tool. */
static void
obey_edit(struct checkpoint *checkpoint, const struct offset_entry *entry,
    int64_t written_ns, const char *path)
{
	char value[EXPORT_VALUE_MAX];

	export_value(entry, value);
	diag(DIAG_NOTICE,
	    "%s: the offset file was edited to \"%s\"; going on "
	    "from there",
	    path, value);
	checkpoint_move(checkpoint, entry, written_ns);
	take_device(checkpoint, path);
}

/* What a crash kept from being written, or somebody removed. */
static void
write_again(const struct positions_run *run, const char *path, bool beside,
    struct span exported)
{
	struct exporter_log log = {.path = path, .beside = beside};

	if (!export_parse(exported, &log.entry))
		exporter_restore(ledger_exporter(run->restore->ledger), &log);
}

static void
obey_if_newer(const struct positions_run *run, const char *path, bool beside,
    const struct stored_position *row, const struct offset_entry *entry,
    struct checkpoint *checkpoint)
{
	int64_t written_ns =
	    export_written_ns(run->restore->state_dir, path, beside);

	if (written_ns / 1000000 >= row->changed_ms) {
		obey_edit(checkpoint, entry, written_ns, path);
		return;
	}
	diag(DIAG_NOTICE,
	    "%s: the offset file is older than what is stored and is "
	    "written anew; to read again, use `ctailctl seek'",
	    path);
	write_again(run, path, beside, row->exported);
}

static void
look_at_export(const struct positions_run *run, const char *path,
    const struct stored_position *row, struct checkpoint *checkpoint)
{
	struct offset_entry entry;
	struct err err = ERR_INIT;
	char *log = xstrndup(row->log.data, row->log.len);
	bool beside = log_is_beside(run->restore->plan, log);

	free(log);
	switch (export_look(run->restore->state_dir, path, beside,
	    row->exported, row->exported_before, &entry, &err)) {
	case EXPORT_OURS:
		break;
	case EXPORT_EDITED:
		obey_if_newer(run, path, beside, row, &entry, checkpoint);
		break;
	case EXPORT_BAD:
		diag(DIAG_WARNING, "%s; it is written anew", err.text);
		write_again(run, path, beside, row->exported);
		break;
	case EXPORT_BEHIND:
		write_again(run, path, beside, row->exported);
		break;
	}
}

static void
restore_file(const struct positions_run *run, const char *path,
    const struct stored_position *row)
{
	struct checkpoint checkpoint;
	struct err err = ERR_INIT;
	uint64_t stored;

	if (checkpoint_parse(row->checkpoint, &checkpoint, &err)) {
		diag(DIAG_WARNING,
		    "%s: the stored position is damaged (%s); the "
		    "file is begun as if it were new",
		    path, err.text);
		return;
	}
	stored = checkpoint.position.offset;
	look_at_export(run, path, row, &checkpoint);
	if (checkpoint.position.offset == stored)
		source_restore(run->source, path, &checkpoint);
	else
		source_take_over(run->source, path, &checkpoint);
	checkpoint_release(&checkpoint);
	map_put(run->known, row->path, (void *)run);
}

static void
restore_row(void *arg, const struct stored_position *row)
{
	const struct positions_run *run = arg;
	const struct restore *restore = run->restore;
	char *path = xstrndup(row->path.data, row->path.len);

	pipeline_restore_newest(restore->pipeline, path, row->newest_ms);
	if (strncmp(path, RESTORE_JOURNAL, strlen(RESTORE_JOURNAL)))
		restore_file(run, path, row);
	else if (restore->journal)
		restore->journal(restore->journal_arg, path, row->checkpoint);
	free(path);
}

/* The offset file of a log we have never read, and what proves it.  False:
 * there is none, or none that can be used, which is said. */
static bool
read_beside(const char *offset_path, struct offset_entry *entry_out,
    struct checkpoint_pair *pair_out)
{
	char *path = checkpoint_file_path(offset_path);
	struct err err = ERR_INIT, why = ERR_INIT;
	enum offset_read answer =
	    offset_file_read(offset_path, entry_out, &err);
	bool usable = answer == OFFSET_OK;

	*pair_out = CHECKPOINT_PAIR_INIT;
	if (answer == OFFSET_OK || answer == OFFSET_DAMAGED)
		if (checkpoint_file_read(path, pair_out, &why) < 0)
			diag(DIAG_WARNING, "%s; it is not used", why.text);
	if (answer == OFFSET_DAMAGED) {
		usable = checkpoint_recover(pair_out, entry_out);
		diag(DIAG_WARNING, "%s; %s", err.text, usable
			? "what it said is taken from its fingerprints"
			: "the log is begun as if it were new");
	} else if (answer < 0) {
		diag(DIAG_WARNING, "%s", err.text);
	}
	free(path);
	return usable;
}

static void
go_on_from(const struct positions_run *run, const char *path,
    const struct offset_entry *entry, const struct checkpoint_pair *pair)
{
	int64_t written_ns =
	    export_written_ns(run->restore->state_dir, path, run->beside);
	struct checkpoint checkpoint;

	checkpoint_resume(entry, written_ns, pair, &checkpoint);
	take_device(&checkpoint, path);
	source_take_over(run->source, path, &checkpoint);
	checkpoint_release(&checkpoint);
}

/* The offset file of a log we have never read: beside it ctail's, pygtail's
 * or logtail's, else what was exported by a store that is no more. */
static void
take_over(void *arg, const char *path)
{
	const struct positions_run *run = arg;
	struct checkpoint_pair pair;
	struct offset_entry entry;
	char *offset_path;

	if (map_get(run->known, span_str(path)))
		return;
	offset_path = export_path(run->restore->state_dir, path, run->beside);
	if (read_beside(offset_path, &entry, &pair)) {
		go_on_from(run, path, &entry, &pair);
		diag(DIAG_NOTICE,
		    "%s: taking over at the offset %llu that %s names", path,
		    (unsigned long long)entry.offset, offset_path);
	}
	checkpoint_pair_release(&pair);
	free(offset_path);
}

static void
take_over_all(struct positions_run *run, bool beside)
{
	const struct plan *plan = run->restore->plan;

	run->beside = beside;
	for (size_t i = 0; i < plan->log_count; i++) {
		const struct log_settings *settings =
		    conf_section(plan->conf, &log_setting_table, i)->settings;

		if (beside != (settings->offset_file != NULL))
			continue;
		for (size_t k = 0; k < settings->path.count; k++)
			discover_each(settings->path.items[k].text, take_over,
			    NULL, run);
	}
}

int
restore_positions(
    const struct restore *restore, struct source *source, struct err *err)
{
	struct positions_run run = {restore, source, map_new(), false};
	int result;

	result = store_position_each(restore->store, restore_row, &run, err);
	if (!result)
		take_over_all(&run, true);
	/* A store without any was lost, if it is not the first. */
	if (!result && !map_count(run.known))
		take_over_all(&run, false);
	map_free(run.known, NULL);
	return result;
}
