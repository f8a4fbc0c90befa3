/*
 * conf_internal: what the files behind conf.h share.
 */
#ifndef CTAIL_CONF_CONF_INTERNAL_H
#define CTAIL_CONF_CONF_INTERNAL_H

#include "base/map.h"
#include "conf/conf.h"
#include "conf/ini_text.h"

struct conf_entry {
	struct conf_section section;	/* first: conf_origin relies on it */
	struct origin *keys;	/* a row each: where it was set; file NULL:
				 * not at all */
	bool enabled;
	bool bad;		/* something in it was reported */
	struct origin last;	/* its header that was read last */
};

/* The sections of one kind that are switched on, in file order. */
struct conf_group {
	const struct setting_table *table;
	const struct conf_section **items;
	size_t count;
};

struct conf {
	struct conf_entry **entries;	/* in file order */
	size_t count;
	struct map *names;		/* "KIND NAME" -> entry */
	struct conf_group *groups;	/* once all is read */
	size_t group_count;
	char **files;			/* names, for origins */
	size_t file_count;
	struct setting_list default_sinks;
};

/* One loading of a configuration. */
struct conf_builder {
	struct conf *conf;
	const struct conf_places *places;
	struct conf_errors *errors;
	const char *only_sink;	/* this sink and [agent], or NULL: all */
};

/* A file that is being read. */
struct conf_file {
	const char *name;	/* owned by conf */
	bool included;
	bool local;		/* *.local.ini: may repeat sections */
};

/* conf.c */
struct conf *conf_new(void);
const char *conf_intern_file(struct conf *conf, const char *name);

/* A section with its defaults; name is NULL for [agent]. */
struct conf_entry *conf_add(struct conf *conf,
    const struct setting_table *table, const struct sink_kind *sink,
    struct span name, struct origin origin);
struct conf_entry *conf_find(const struct conf *conf,
    const struct setting_table *table, struct span name);
struct conf_entry *conf_find_sink(const struct conf *conf, struct span name);
struct conf_entry *conf_find_agent(const struct conf *conf);

/* All is read and checked: from here on sections can be asked for by their
 * number. */
void conf_group_sections(struct conf *conf);

/* conf_foreign.c: what another tool's key of a [log] or [rule] is here, in
 * words; NULL when it is not known. */
const char *conf_foreign_key(const char *section, const char *name);

/* conf_tables.c: NULL when there is no such section. */
const struct setting_table *conf_table(struct span kind,
    const struct sink_kind **sink_out);
bool conf_table_not_built(struct span kind);
const char *conf_table_nearest(struct span kind);
void conf_table_words(struct buf *out); /* "agent, log, ..." */

/* conf_section.c */
void conf_section_add(struct conf_builder *builder,
    const struct conf_file *file, const struct ini_section *ini);

/* Whether this section is to be read at all. */
bool conf_section_wanted(const struct conf_builder *builder,
    const struct ini_section *ini);

/* Reports a mistake in an entry, with its name in front. */
void conf_entry_error(struct conf_builder *builder, struct conf_entry *entry,
    struct origin origin, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* What can be checked only when all keys are there. */
void conf_section_check(struct conf_builder *builder,
    struct conf_entry *entry);

/* conf_include.c: calls read for each file, in order. */
void conf_include(struct conf_builder *builder, const char *from,
    void (*read)(struct conf_builder *builder, const char *path));

/* conf_names.c: the names that sections use of each other; switched-off ones
 * are taken out. */
void conf_names_check(struct conf_builder *builder);

/* conf_sinks.c: where rules without a sink send to. */
void conf_sinks_choose(struct conf_builder *builder);

/* The made-up sink of this name, if it is one; NULL otherwise. */
struct conf_entry *conf_sinks_make(struct conf_builder *builder,
    struct span name);

#endif
