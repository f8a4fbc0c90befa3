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
	struct conf *conf = xcalloc(1, sizeof(*conf));

	conf->names = map_new();
	return conf;
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
	for (size_t i = 0; i < conf->group_count; i++)
		free(conf->groups[i].items);
	free(conf->groups);
	map_free(conf->names, NULL);
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

static void
name_entry(const struct setting_table *table, struct span name, struct buf *out)
{
	buf_addf(out, "%s ", table->section);
	if (table->named)
		buf_add_span(out, name);
}

struct conf_entry *
conf_add(struct conf *conf, const struct setting_table *table,
    const struct sink_kind *sink, struct span name, struct origin origin)
{
	struct conf_entry *entry = xcalloc(1, sizeof(*entry));
	struct buf key = BUF_INIT;

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
	name_entry(table, name, &key);
	map_put(conf->names, buf_span(&key), entry);
	buf_release(&key);
	return entry;
}

struct conf_entry *
conf_find(const struct conf *conf, const struct setting_table *table,
    struct span name)
{
	struct buf key = BUF_INIT;
	struct conf_entry *entry;

	name_entry(table, name, &key);
	entry = map_get(conf->names, buf_span(&key));
	buf_release(&key);
	return entry;
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

static struct conf_group *
group_of(const struct conf *conf, const struct setting_table *table)
{
	for (size_t i = 0; i < conf->group_count; i++)
		if (conf->groups[i].table == table)
			return &conf->groups[i];
	return NULL;
}

static struct conf_group *
use_group(struct conf *conf, const struct setting_table *table)
{
	struct conf_group *group = group_of(conf, table);

	if (group)
		return group;
	conf->groups = xreallocarray(
	    conf->groups, conf->group_count + 1, sizeof(*conf->groups));
	group = &conf->groups[conf->group_count++];
	*group = (struct conf_group){.table = table};
	group->items = xcalloc(conf->count, sizeof(const void *));
	return group;
}

void
conf_group_sections(struct conf *conf)
{
	for (size_t i = 0; i < conf->count; i++) {
		const struct conf_entry *entry = conf->entries[i];
		struct conf_group *group;

		if (!entry->enabled)
			continue;
		group = use_group(conf, entry->section.table);
		group->items[group->count++] = &entry->section;
	}
}

const struct conf_section *
conf_section(
    const struct conf *conf, const struct setting_table *table, size_t n)
{
	const struct conf_group *group = group_of(conf, table);

	return group && n < group->count ? group->items[n] : NULL;
}

size_t
conf_count(const struct conf *conf, const struct setting_table *table)
{
	const struct conf_group *group = group_of(conf, table);

	return group ? group->count : 0;
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
