/*
 * conf_sinks: where alerts go when no rule says so.
 *
 * What [agent] names; else the only sink there is; else, without any sink at
 * all, what is made up: mail to root where there is a mailer, and always a
 * file in the state directory.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/mem.h"
#include "conf/conf_internal.h"

static const char made_mail[] = "default-mail";
static const char made_file[] = "default-file";

static void
made_set(struct conf_entry *entry, const char *key, const char *text)
{
	const struct setting *row =
	    setting_find(entry->section.table, span_str(key));
	struct err err = ERR_INIT;

	if (row == NULL)
		BUG("[%s] has no key %s", entry->section.table->section, key);
	entry->keys[row - entry->section.table->rows].file = "(default)";
	if (setting_set(row, entry->section.settings, span_str(text),
		(struct origin){"(default)", 0}, &err) < 0)
		BUG("the default of %s: %s", key, err.text);
}

static struct conf_entry *
make(struct conf_builder *builder, const char *section, const char *name)
{
	const struct sink_kind *sink;
	const struct setting_table *table =
	    conf_table(span_str(section), &sink);

	if (table == NULL)
		BUG("there is no section %s", section);
	return conf_add(builder->conf, table, sink, span_str(name),
	    (struct origin){"(default)", 0});
}

static struct conf_entry *
make_mail(struct conf_builder *builder)
{
	struct conf_entry *entry;

	if (builder->places->sendmail == NULL)
		return NULL;
	entry = make(builder, "sendmail", made_mail);
	made_set(entry, "to", "root");
	made_set(entry, "command", builder->places->sendmail);
	return entry;
}

static struct conf_entry *
make_file(struct conf_builder *builder)
{
	const char *state_dir = conf_agent(builder->conf)->state_dir;
	struct conf_entry *entry;
	struct buf path = BUF_INIT;

	if (state_dir == NULL)
		return NULL;
	entry = make(builder, "file", made_file);
	buf_addf(&path, "%s/alerts.jsonl", state_dir);
	made_set(entry, "path", buf_str(&path));
	buf_release(&path);
	return entry;
}

struct conf_entry *
conf_sinks_make(struct conf_builder *builder, struct span name)
{
	if (span_is(name, made_mail))
		return make_mail(builder);
	if (span_is(name, made_file))
		return make_file(builder);
	return NULL;
}

static void
use(struct conf *conf, const char *name, struct origin origin)
{
	struct setting_list *list = &conf->default_sinks;

	list->items =
	    xreallocarray(list->items, list->count + 1, sizeof(*list->items));
	list->items[list->count++] =
	    (struct setting_item){xstrdup(name), origin};
}

static void
use_made(struct conf_builder *builder)
{
	struct origin origin = {"(default)", 0};

	if (make_mail(builder) != NULL)
		use(builder->conf, made_mail, origin);
	if (make_file(builder) != NULL)
		use(builder->conf, made_file, origin);
}

/* Names that are wrong or switched off are conf_names' to report. */
static void
use_named(struct conf *conf, const struct setting_list *names)
{
	for (size_t i = 0; i < names->count; i++) {
		if (conf_sink(conf, span_str(names->items[i].text)) != NULL)
			use(conf, names->items[i].text, names->items[i].origin);
	}
}

void
conf_sinks_choose(struct conf_builder *builder)
{
	struct conf *conf = builder->conf;
	struct conf_entry *entry = conf_find_agent(conf);
	const struct agent_settings *agent = entry->section.settings;
	const struct conf_section *only = conf_sink_at(conf, 0);

	if (agent->sink.count > 0)
		use_named(conf, &agent->sink);
	else if (only == NULL)
		use_made(builder);
	else if (conf_sink_at(conf, 1) == NULL)
		use(conf, only->name, only->origin);
	else
		conf_entry_error(builder, entry, entry->last,
		    "there are several sinks: name with `sink' those that "
		    "rules without one, and ctail itself, send to");
}
