/*
 * sample_paths: which files are logs at present.
 *
 * A source that discovers and never reads: whatever source.h says of names,
 * links and generations holds here, too.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "input/sample.h"

struct paths_call {
	void (*each)(void *arg, const char *path);
	void *arg;
};

static void
on_file(void *arg, const struct source_file *file)
{
	const struct paths_call *call = arg;

	if (file->size >= 0)
		call->each(call->arg, file->path);
}

static void
on_record(void *arg, const struct record *record)
{
	(void)arg;
	(void)record;
}

static void
on_notice(
    void *arg, enum source_notice kind, const char *path, const char *text)
{
	(void)arg;
	(void)kind;
	(void)path;
	(void)text;
}

int
sample_paths(const struct source_log *log,
    void (*each)(void *arg, const char *path), void *arg, struct err *err)
{
	const struct source_handler handler = {
	    .record = on_record,
	    .notice = on_notice,
	};
	const struct follow_now now = {0, 0};
	struct paths_call call = {each, arg};
	size_t count = log->settings->path.count;
	bool *known = xcalloc(count + 1, sizeof(bool));
	struct source_log alone = *log;
	struct source *source;

	/* So that none is opened to find its end. */
	for (size_t i = 0; i < count; i++)
		known[i] = true;
	alone.known = known;
	source = source_new(&alone, 1, handler, err);
	if (source) {
		source_turn(source, &now, 0);
		source_files(source, on_file, &call);
		source_free(source);
	}
	free(known);
	return source ? 0 : -1;
}
