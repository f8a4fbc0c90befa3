/*
 * conf: what an accepted configuration holds, and how it is asked.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conf/conf_internal.h"

struct conf *
conf_new(void)
{
	return xcalloc(1, sizeof(struct conf));
}

static void
entry_free(struct conf_entry *entry)
{
	setting_release(entry->section.table, entry->section.settings);
	free(entry->section.settings);
	free(entry->section.name);
	free(entry->keys);
	free(entry);
}

void
conf_free(struct conf *conf)
{
	if (conf == NULL)
		return;
	for (size_t i = 0; i < conf->count; i++)
		entry_free(conf->entries[i]);
	for (size_t i = 0; i < conf->default_sinks.count; i++)
		free(conf->default_sinks.items[i].text);
	for (size_t i = 0; i < conf->file_count; i++)
		free(conf->files[i]);
	free(conf->default_sinks.items);
	free(conf->entries);
	free(conf->files);
	free(conf);
}

const char *
conf_intern_file(struct conf *conf, const char *name)
{
	conf->files = xreallocarray(
	    conf->files, conf->file_count + 1, sizeof(*conf->files));
	conf->files[conf->file_count] = xstrdup(name);
	return conf->files[conf->file_count++];
}

struct conf_entry *
conf_add(struct conf *conf, const struct setting_table *table,
    const struct sink_kind *sink, struct span name, struct origin origin)
{
	struct conf_entry *entry = xcalloc(1, sizeof(*entry));

	entry->section.table = table;
	entry->section.name =
	    table->named ? xstrndup(name.data, name.len) : NULL;
	entry->section.origin = origin;
	entry->section.settings = xcalloc(1, table->size);
	entry->section.sink = sink;
	entry->keys = xcalloc(table->count, sizeof(*entry->keys));
	entry->enabled = true;
	entry->last = origin;
	setting_defaults(table, entry->section.settings);
	conf->entries = xreallocarray(
	    conf->entries, conf->count + 1, sizeof(*conf->entries));
	conf->entries[conf->count++] = entry;
	return entry;
}

struct conf_entry *
conf_find(const struct conf *conf, const struct setting_table *table,
    struct span name)
{
	for (size_t i = 0; i < conf->count; i++) {
		struct conf_entry *entry = conf->entries[i];

		if (entry->section.table == table &&
		    (!table->named || span_is(name, entry->section.name)))
			return entry;
	}
	return NULL;
}

struct conf_entry *
conf_find_sink(const struct conf *conf, struct span name)
{
	for (size_t i = 0; i < conf->count; i++) {
		struct conf_entry *entry = conf->entries[i];

		if (entry->section.sink && span_is(name, entry->section.name))
			return entry;
	}
	return NULL;
}

struct conf_entry *
conf_find_agent(const struct conf *conf)
{
	return conf_find(conf, &agent_setting_table, span_str(""));
}

const struct agent_settings *
conf_agent(const struct conf *conf)
{
	return conf_find_agent(conf)->section.settings;
}

const struct conf_section *
conf_section(
    const struct conf *conf, const struct setting_table *table, size_t n)
{
	for (size_t i = 0; i < conf->count; i++) {
		const struct conf_entry *entry = conf->entries[i];

		if (entry->enabled && entry->section.table == table && n-- == 0)
			return &entry->section;
	}
	return NULL;
}

size_t
conf_count(const struct conf *conf, const struct setting_table *table)
{
	size_t count = 0;

	for (size_t i = 0; i < conf->count; i++) {
		const struct conf_entry *entry = conf->entries[i];

		count += entry->enabled && entry->section.table == table;
	}
	return count;
}

const struct conf_section *
conf_sink(const struct conf *conf, struct span name)
{
	const struct conf_entry *entry = conf_find_sink(conf, name);

	return entry && entry->enabled ? &entry->section : NULL;
}

const struct conf_section *
conf_sink_at(const struct conf *conf, size_t n)
{
	for (size_t i = 0; i < conf->count; i++) {
		const struct conf_entry *entry = conf->entries[i];

		if (entry->enabled && entry->section.sink && n-- == 0)
			return &entry->section;
	}
	return NULL;
}

const struct setting_list *
conf_default_sinks(const struct conf *conf)
{
	return &conf->default_sinks;
}
