/*
 * conf_names: the names that sections use of each other.
 *
 * A name must be there.  One that is there but switched off is taken out of
 * the list, so that nothing behind conf ever meets it; a rule or a [logcheck]
 * that has no log left is switched off with them.
 */
#include "config.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conf/conf_internal.h"

#define NAMES_SHOWN 10

/* What a name in a list refers to. */
struct target {
	const char *what; /* "sink" */
	bool (*is_one)(const struct conf_entry *entry);
	bool globs;
};

static bool
is_sink(const struct conf_entry *entry)
{
	return entry->section.sink != NULL;
}

static bool
is_log(const struct conf_entry *entry)
{
	return entry->section.table == &log_setting_table;
}

static const struct target sink_target = {"sink", is_sink, false};
static const struct target log_target = {"log", is_log, true};

static bool
name_matches(const struct target *target, const char *pattern, const char *name)
{
	if (target->globs && strpbrk(pattern, "*?["))
		return fnmatch(pattern, name, 0) == 0;
	return !strcmp(pattern, name);
}

enum found { FOUND_NONE, FOUND_OFF, FOUND_ON };

static enum found
name_find(
    const struct conf *conf, const struct target *target, const char *pattern)
{
	enum found found = FOUND_NONE;

	for (size_t i = 0; i < conf->count; i++) {
		const struct conf_entry *entry = conf->entries[i];

		if (!target->is_one(entry) ||
		    !name_matches(target, pattern, entry->section.name))
			continue;
		if (entry->enabled)
			return FOUND_ON;
		found = FOUND_OFF;
	}
	return found;
}

static const char *
name_nearest(
    const struct conf *conf, const struct target *target, const char *pattern)
{
	const char **words = xcalloc(conf->count + 1, sizeof(*words));
	const char *near;
	size_t count = 0;

	for (size_t i = 0; i < conf->count; i++) {
		if (target->is_one(conf->entries[i]))
			words[count++] = conf->entries[i]->section.name;
	}
	near = nearest_word(span_str(pattern), words);
	free(words);
	return near;
}

/* "did you mean `a'?", or which there are. */
static void
name_remedy(const struct conf *conf, const struct target *target,
    const char *pattern, struct buf *out)
{
	const char *near = name_nearest(conf, target, pattern);
	size_t count = 0;

	if (strchr(pattern, ',')) {
		buf_add_str(out, "names are separated by blanks, not by "
				 "commas");
		return;
	}
	if (*pattern == '#') {
		buf_add_str(out, "a comment stands on a line of its own");
		return;
	}
	if (near != NULL) {
		buf_addf(out, "did you mean `%s'?", near);
		return;
	}
	for (size_t i = 0; i < conf->count && count < NAMES_SHOWN; i++) {
		if (!target->is_one(conf->entries[i]))
			continue;
		if (count++ == 0)
			buf_addf(out, "the %ss are:", target->what);
		buf_addf(out, " %s", conf->entries[i]->section.name);
	}
	if (count == NAMES_SHOWN)
		buf_add_str(out, " ...");
	else if (count == 0)
		buf_addf(out, "no %s has a section here", target->what);
}

static void
report_missing(struct conf_builder *builder, struct conf_entry *entry,
    const struct target *target, const struct setting_item *item)
{
	struct buf remedy = BUF_INIT;

	name_remedy(builder->conf, target, item->text, &remedy);
	conf_entry_error(builder, entry, item->origin,
	    "there is no %s `%s'; %s", target->what, item->text,
	    buf_str(&remedy));
	buf_release(&remedy);
}

static bool
stands_before(const struct setting_list *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(list->items[i].text, name))
			return true;
	}
	return false;
}

/* Reports what is not there and drops what is switched off. */
static void
check_list(struct conf_builder *builder, struct conf_entry *entry,
    const struct target *target, struct setting_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct setting_item item = list->items[i];
		enum found found = name_find(builder->conf, target, item.text);

		if (found == FOUND_NONE)
			report_missing(builder, entry, target, &item);
		else if (stands_before(list, kept, item.text))
			conf_entry_error(builder, entry, item.origin,
			    "the %s `%s' is named twice", target->what,
			    item.text);
		if (found == FOUND_OFF) {
			free(item.text);
			continue;
		}
		list->items[kept++] = item;
	}
	list->count = kept;
}

/* Sinks named, of which none is left, would be silence. */
static void
check_sinks(struct conf_builder *builder, struct conf_entry *entry,
    struct setting_list *list)
{
	struct origin origin;
	bool named = list->count > 0;

	if (!named)
		return;
	origin = list->items[0].origin;
	check_list(builder, entry, &sink_target, list);
	if (list->count == 0)
		conf_entry_error(builder, entry, origin,
		    "`sink' names only sinks that are switched off");
}

static bool
names_none(const struct setting_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		if (!strcmp(list->items[i].text, "none"))
			return true;
	}
	return false;
}

/* Of what reads logs and tells sinks. */
static void
check_reader(struct conf_builder *builder, struct conf_entry *entry,
    struct setting_list *logs, struct setting_list *sinks)
{
	bool had_logs = logs->count > 0;

	check_list(builder, entry, &log_target, logs);
	if (had_logs && logs->count == 0)
		entry->enabled = false;
	/* That none stands alone is the section's own check. */
	if (!names_none(sinks))
		check_sinks(builder, entry, sinks);
}

static void
check_rule(struct conf_builder *builder, struct conf_entry *entry)
{
	struct rule_settings *rule = entry->section.settings;

	check_reader(builder, entry, &rule->log, &rule->sink);
}

static void
check_logcheck(struct conf_builder *builder, struct conf_entry *entry)
{
	struct logcheck_settings *logcheck = entry->section.settings;

	check_reader(builder, entry, &logcheck->log, &logcheck->sink);
}

static void
check_agent(struct conf_builder *builder, struct conf_entry *entry)
{
	struct agent_settings *agent = entry->section.settings;

	if (names_none(&agent->sink))
		conf_entry_error(builder, entry, agent->sink.items[0].origin,
		    "`sink' cannot be none here: ctail itself must be able "
		    "to report what goes wrong");
	else
		check_sinks(builder, entry, &agent->sink);
}

/* Who hears when this sink fails must be somebody else, who is there. */
static void
check_fallback(struct conf_builder *builder, struct conf_entry *entry)
{
	const struct sink_settings *sink = entry->section.settings;
	struct setting_item item;
	enum found found;

	if (!sink->fallback)
		return;
	item = (struct setting_item){.text = sink->fallback,
	    .origin = conf_origin(&entry->section, "fallback")};
	found = name_find(builder->conf, &sink_target, item.text);
	if (!strcmp(sink->fallback, entry->section.name))
		conf_entry_error(builder, entry, item.origin,
		    "`fallback' names the sink itself; name another one");
	else if (found == FOUND_NONE)
		report_missing(builder, entry, &sink_target, &item);
	else if (found == FOUND_OFF)
		conf_entry_error(builder, entry, item.origin,
		    "`fallback' names the sink `%s', which is switched off",
		    item.text);
}

void
conf_names_check(struct conf_builder *builder)
{
	struct conf *conf = builder->conf;

	for (size_t i = 0; i < conf->count; i++) {
		struct conf_entry *entry = conf->entries[i];

		if (entry->section.table == &rule_setting_table)
			check_rule(builder, entry);
		else if (entry->section.table == &logcheck_setting_table)
			check_logcheck(builder, entry);
		else if (entry->section.table == &agent_setting_table)
			check_agent(builder, entry);
		else if (entry->enabled && is_sink(entry))
			check_fallback(builder, entry);
	}
}
