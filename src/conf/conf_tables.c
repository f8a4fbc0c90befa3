/*
 * conf_tables: which sections there are.
 *
 * The rooms export their tables; this file lists them, and the sections that
 * CONFIG.md knows and this version does not carry out.
 */
#include "config.h"

#include "conf/conf_internal.h"

static const struct setting_table *const plain_tables[] = {
    &agent_setting_table,
    &log_setting_table,
    &rule_setting_table,
    &logcheck_setting_table,
    NULL,
};

static const char *const not_built[] = {
    "job", "watch", "task", "digest", NULL};

#define TABLES_MAX 32

const struct setting_table *
conf_table(struct span kind, const struct sink_kind **sink_out)
{
	*sink_out = NULL;
	for (size_t i = 0; plain_tables[i]; i++) {
		if (span_is(kind, plain_tables[i]->section))
			return plain_tables[i];
	}
	for (size_t i = 0; sink_kinds[i]; i++) {
		if (span_is(kind, sink_kinds[i]->table->section)) {
			*sink_out = sink_kinds[i];
			return sink_kinds[i]->table;
		}
	}
	return NULL;
}

bool
conf_table_not_built(struct span kind)
{
	for (size_t i = 0; not_built[i]; i++) {
		if (span_is(kind, not_built[i]))
			return true;
	}
	return false;
}

static void
section_words(const char *words[TABLES_MAX])
{
	size_t count = 0;

	for (size_t i = 0; plain_tables[i]; i++)
		words[count++] = plain_tables[i]->section;
	for (size_t i = 0; sink_kinds[i] && count < TABLES_MAX - 1; i++)
		words[count++] = sink_kinds[i]->table->section;
	words[count] = NULL;
}

const char *
conf_table_nearest(struct span kind)
{
	const char *words[TABLES_MAX];

	section_words(words);
	return nearest_word(kind, words);
}

void
conf_table_words(struct buf *out)
{
	const char *words[TABLES_MAX];

	section_words(words);
	for (size_t i = 0; words[i]; i++)
		buf_addf(out, "%s%s", i ? ", " : "", words[i]);
}
