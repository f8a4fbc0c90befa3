/*
 * conf_load: from a path to a struct conf, or to all its mistakes.
 *
 * The order of the rounds: text, sections and keys of every file, then what
 * is missing or does not fit together in a section, then the names that
 * sections use of each other.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/mem.h"
#include "conf/conf_internal.h"

struct mistake {
	unsigned line;
	char *text;
};

/* Mistakes of one text, until it is known to which sections they belong. */
struct mistakes {
	struct mistake *items;
	size_t count;
};

static void
mistakes_add(void *arg, unsigned line, const char *text)
{
	struct mistakes *mistakes = arg;

	mistakes->items = xreallocarray(
	    mistakes->items, mistakes->count + 1, sizeof(*mistakes->items));
	mistakes->items[mistakes->count++] =
	    (struct mistake){line, xstrdup(text)};
}

/* The section a line stands in, or NULL. */
static const struct ini_section *
section_at(const struct ini *ini, unsigned line)
{
	const struct ini_section *at = NULL;

	for (size_t i = 0; i < ini->count; i++) {
		if (ini->sections[i].line <= line)
			at = &ini->sections[i];
	}
	return at;
}

static void
mistakes_report(struct mistakes *mistakes, struct conf_builder *builder,
    const struct conf_file *file, const struct ini *ini)
{
	for (size_t i = 0; i < mistakes->count; i++) {
		const struct mistake *mistake = &mistakes->items[i];
		const struct ini_section *at = section_at(ini, mistake->line);

		if (builder->only_sink == NULL || mistake->line == 0 ||
		    (at != NULL && conf_section_wanted(builder, at)))
			conf_error(builder->errors,
			    (struct origin){file->name, mistake->line}, "%s",
			    mistake->text);
		free(mistake->text);
	}
	free(mistakes->items);
}

static bool
is_agent(const struct ini_section *ini)
{
	return !strcmp(ini->name, agent_setting_table.section);
}

/* For a single sink, [agent] is read for what it says well. */
static void
add_quietly(struct conf_builder *builder, const struct conf_file *file,
    const struct ini_section *ini)
{
	struct conf_errors unheard = CONF_ERRORS_INIT;
	struct conf_errors *heard = builder->errors;

	builder->errors = &unheard;
	conf_section_add(builder, file, ini);
	builder->errors = heard;
	conf_errors_release(&unheard);
}

static void
read_text(struct conf_builder *builder, const struct conf_file *file,
    struct span text)
{
	struct mistakes mistakes = {NULL, 0};
	struct ini ini;

	ini_parse_text(text, &ini, mistakes_add, &mistakes);
	mistakes_report(&mistakes, builder, file, &ini);
	for (size_t i = 0; i < ini.count; i++) {
		if (conf_section_wanted(builder, &ini.sections[i]))
			conf_section_add(builder, file, &ini.sections[i]);
		else if (is_agent(&ini.sections[i]))
			add_quietly(builder, file, &ini.sections[i]);
	}
	ini_release(&ini);
}

static bool
ends_in(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && !strcmp(text + len - end_len, end);
}

/* The sentence names the file. */
static void
report_unread(struct conf_errors *errors, const struct err *err)
{
	conf_error(errors, (struct origin){NULL, 0},
	    "%s; name a file that this user may read", err->text);
}

static void
read_included(struct conf_builder *builder, const char *path)
{
	struct conf_file file = {
	    .name = conf_intern_file(builder->conf, path),
	    .included = true,
	    .local = ends_in(path, ".local.ini"),
	};
	struct buf text = BUF_INIT;
	struct err err = ERR_INIT;

	if (durable_read(path, INI_FILE_BYTES, &text, &err) == 0)
		read_text(builder, &file, buf_span(&text));
	else if (builder->only_sink == NULL)
		report_unread(builder->errors, &err);
	buf_release(&text);
}

static void
agent_defaults(struct conf_builder *builder)
{
	struct conf_entry *entry = conf_find_agent(builder->conf);
	struct agent_settings *agent = entry->section.settings;

	if (agent->state_dir != NULL)
		return;
	if (builder->places->state_dir != NULL)
		agent->state_dir = xstrdup(builder->places->state_dir);
	else if (builder->only_sink == NULL) /* a worker needs none */
		conf_entry_error(builder, entry, entry->last,
		    "`state_dir' is missing, and this user has no home "
		    "directory to put it into");
}

static void
check_all(struct conf_builder *builder)
{
	struct conf *conf = builder->conf;

	for (size_t i = 0; i < conf->count; i++)
		conf_section_check(builder, conf->entries[i]);
	agent_defaults(builder);
	conf_sinks_choose(builder);
	conf_names_check(builder);
}

/* The one sink: there, sound and switched on? */
static void
check_sink(struct conf_builder *builder, struct origin origin)
{
	struct span name = span_str(builder->only_sink);
	struct conf_entry *entry = conf_find_sink(builder->conf, name);

	agent_defaults(builder);
	if (entry == NULL)
		entry = conf_sinks_make(builder, name);
	if (entry == NULL) {
		conf_error(builder->errors, origin, "there is no sink `%s'",
		    builder->only_sink);
		return;
	}
	conf_section_check(builder, entry);
	if (!entry->enabled)
		conf_error(builder->errors, entry->last,
		    "the sink `%s' is switched off (enabled = no)",
		    builder->only_sink);
}

static struct conf *
load(const char *name, struct span text, const struct conf_places *places,
    const char *only_sink, struct conf_errors *errors)
{
	size_t before = errors->count;
	struct conf_builder builder = {
	    .conf = conf_new(),
	    .places = places,
	    .errors = errors,
	    .only_sink = only_sink,
	};
	struct conf_file file = {.name = conf_intern_file(builder.conf, name)};
	struct origin origin = {file.name, 0};

	read_text(&builder, &file, text);
	if (conf_find_agent(builder.conf) == NULL)
		conf_add(builder.conf, &agent_setting_table, NULL, span_str(""),
		    origin);
	conf_include(&builder, file.name, read_included);
	if (only_sink != NULL)
		check_sink(&builder, origin);
	else
		check_all(&builder);
	conf_group_sections(builder.conf);
	if (errors->count == before)
		return builder.conf;
	conf_free(builder.conf);
	return NULL;
}

struct conf *
conf_load_text(const char *name, struct span text,
    const struct conf_places *places, struct conf_errors *errors)
{
	return load(name, text, places, NULL, errors);
}

static int
read_main(const char *path, struct buf *text, struct conf_errors *errors)
{
	struct origin origin = {path, 0};
	struct err err = ERR_INIT;

	if (access(path, F_OK) < 0 && errno == ENOENT) {
		conf_error(errors, origin,
		    "there is no configuration file here; write one as "
		    "ctail.ini(5) says and try it with `ctailctl check', or "
		    "name another with -c FILE");
		return -1;
	}
	if (durable_read(path, INI_FILE_BYTES, text, &err) < 0) {
		report_unread(errors, &err);
		return -1;
	}
	return 0;
}

static struct conf *
load_path(const char *path, const struct conf_places *places,
    const char *only_sink, struct conf_errors *errors)
{
	struct buf text = BUF_INIT;
	struct conf *conf = NULL;

	if (read_main(path, &text, errors) == 0)
		conf = load(path, buf_span(&text), places, only_sink, errors);
	buf_release(&text);
	return conf;
}

struct conf *
conf_load(const char *path, const struct conf_places *places,
    struct conf_errors *errors)
{
	return load_path(path, places, NULL, errors);
}

struct conf *
conf_load_sink(const char *path, const char *sink,
    const struct conf_places *places, struct conf_errors *errors)
{
	return load_path(path, places, sink, errors);
}
