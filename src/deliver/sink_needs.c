/*
 * sink_needs: which files and programs a sink's section names.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "deliver/sink_needs.h"

static bool
sink_needs_ends(const char *name, const char *end)
{
	size_t len = strlen(name), end_len = strlen(end);

	return len > end_len && !strcmp(name + len - end_len, end);
}

void
sink_needs_find(const struct setting_table *table, const void *settings,
    struct sink_needs *out)
{
	size_t count = 0;

	*out = (struct sink_needs){
	    .paths = xcalloc(table->count + 1, sizeof(*out->paths))};
	for (size_t i = 0; i < table->count; i++) {
		const struct setting *row = &table->rows[i];
		const char *text = NULL;

		if (row->type == SETTING_TEXT)
			text = *(char *const *)(const void *)(
			    (const char *)settings + row->offset);
		if (!text)
			continue;
		if (sink_needs_ends(row->name, "_file"))
			out->paths[count++] = text;
		else if (sink_needs_ends(row->name, "_credential") &&
			 getenv("CREDENTIALS_DIRECTORY"))
			out->paths[count++] = getenv("CREDENTIALS_DIRECTORY");
		else if (sink_needs_ends(row->name, "_command"))
			out->runs_commands = true;
	}
}

void
sink_needs_release(struct sink_needs *needs)
{
	free(needs->paths);
	needs->paths = NULL;
}
