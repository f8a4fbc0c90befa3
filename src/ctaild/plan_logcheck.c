/*
 * plan_logcheck: a [logcheck] becomes rules.
 *
 * One for each file of cracking.d and of violations.d that has a pattern, and
 * one for System Events, which takes every line but what the others' files and
 * those of its level match.  What applies to what is judge/logcheck.h's to say.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/bug.h"
#include "base/mem.h"
#include "ctaild/plan_internal.h"
#include "judge/decider.h"
#include "judge/pattern_file.h"

/* What counts of one directory; empty when it is not there. */
struct rule_directory {
	const struct pattern_file **files;
	size_t count;
};

struct rule_directories {
	struct rule_directory raise[LOGCHECK_LAYERS];
	struct rule_directory ignore[LOGCHECK_LAYERS];
	struct rule_directory levels[LOGCHECK_LEVELS];
};

/* One section in the making. */
struct report_builder {
	struct plan_builder builder;
	const struct logcheck_settings *settings;
	struct rule_directories directories;
	size_t found;	/* directories */
	size_t lines;	/* that are meant to be patterns */
	size_t unread;	/* files */
};

/* --- What is there -------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static void
rules_error(struct report_builder *making, const char *format, ...)
{
	const struct conf_section *section = making->builder.section;
	struct buf text = BUF_INIT;
	va_list args;

	va_start(args, format);
	buf_addv(&text, format, args);
	va_end(args);
	conf_error(making->builder.errors, conf_origin(section, "rules"),
	    "[logcheck %s] rules: %s", section->name, buf_str(&text));
	buf_release(&text);
}

/* One that cannot be read takes no other with it: without a file of ignore.d
 * more is told, and that one is missing is told with it. */
static void
read_file(struct report_builder *making, const char *path,
    struct rule_directory *out)
{
	struct plan_builder *builder = &making->builder;
	struct err err = ERR_INIT;
	const struct pattern_file *file =
	    plan_files_get(builder->plan->files, path, &err);

	if (!file) {
		plan_skip_line(builder, "rules",
		    (struct origin){path, 0}, err.text);
		making->unread++;
		return;
	}
	plan_tell_file(builder, "rules", true, file);
	out->files[out->count++] = file;
	builder->report->file_count++;
	making->lines += file->patterns.count + file->mistakes.count;
}

static void
read_files(struct report_builder *making, const char *path,
    struct rule_directory *out)
{
	struct setting_list paths = {NULL, 0};

	if (plan_files_list(making->builder.plan->files, path, &paths))
		rules_error(making, "cannot read the directory %s: %s", path,
		    strerror(errno));
	out->files = xcalloc(paths.count + 1, sizeof(*out->files));
	for (size_t i = 0; i < paths.count; i++)
		read_file(making, paths.items[i].text, out);
	plan_files_release(&paths);
}

static void
read_directory(struct report_builder *making, const char *name,
    struct rule_directory *out)
{
	struct buf path = BUF_INIT;
	struct stat st;

	if (!name)
		return;
	buf_addf(&path, "%s/%s", making->settings->rules, name);
	if (!stat(buf_str(&path), &st) && S_ISDIR(st.st_mode)) {
		making->found++;
		read_files(making, buf_str(&path), out);
	} else if (!stat(buf_str(&path), &st)) {
		rules_error(making, "%s is not a directory", buf_str(&path));
	} else if (errno == ENOENT) {
		plan_files_missing(
		    making->builder.plan->files, buf_str(&path));
	} else {
		rules_error(making,
		    "cannot read %s: %s; give ctail's user the group that "
		    "may (on Debian that is logcheck)",
		    buf_str(&path), strerror(errno));
	}
	buf_release(&path);
}

static bool
is_directory(struct report_builder *making)
{
	const char *path = making->settings->rules;
	struct stat st;

	if (stat(path, &st))
		rules_error(making,
		    "cannot read %s: %s; install logcheck-database, or name "
		    "the directory that has the rules",
		    path, strerror(errno));
	else if (!S_ISDIR(st.st_mode))
		rules_error(making, "%s is not a directory", path);
	else
		return true;
	return false;
}

/* Stops at what may not be read, which is not to be told for each. */
static void
read_directories(struct report_builder *making)
{
	struct rule_directories *directories = &making->directories;
	enum logcheck_level level = making->settings->level;
	size_t errors = making->builder.errors->count;
	const char *name;

	for (int i = 0; i < LOGCHECK_LAYERS; i++) {
		bool ignores =
		    i != LOGCHECK_ALERTS || making->settings->cracking_ignore;

		read_directory(making, logcheck_raise_directory(i),
		    &directories->raise[i]);
		if (making->builder.errors->count > errors)
			return;
		if (ignores)
			read_directory(making, logcheck_ignore_directory(i),
			    &directories->ignore[i]);
	}
	for (size_t i = 0; (name = logcheck_level_directory(level, i)); i++)
		read_directory(making, name, &directories->levels[i]);
	if (!making->found)
		rules_error(making,
		    "%s has none of cracking.d, violations.d and ignore.d.%s",
		    making->settings->rules,
		    level == LOGCHECK_PARANOID ? "paranoid" : "*");
}

static void
directories_release(struct rule_directories *directories)
{
	for (size_t i = 0; i < LOGCHECK_LAYERS; i++) {
		free(directories->raise[i].files);
		free(directories->ignore[i].files);
	}
	for (size_t i = 0; i < LOGCHECK_LEVELS; i++)
		free(directories->levels[i].files);
}

/* --- What applies to what ------------------------------------------------- */

static void
add_file(struct setting_list *list, const struct pattern_file *file)
{
	for (size_t i = 0; i < file->patterns.count; i++)
		plan_list_add(list, file->patterns.items[i]);
}

static void
add_directory(struct setting_list *list, const struct rule_directory *directory)
{
	for (size_t i = 0; i < directory->count; i++)
		add_file(list, directory->files[i]);
}

static void
add_files(struct setting_list *list, const struct rule_directory *directory,
    const struct pattern_file *raise,
    bool (*applies)(struct span raise_file, struct span file))
{
	for (size_t i = 0; i < directory->count; i++)
		if (applies(span_str(raise->name),
			span_str(directory->files[i]->name)))
			add_file(list, directory->files[i]);
}

/* --- Rules ---------------------------------------------------------------- */

static void
set_key(struct rule_settings *settings, const char *key, const char *text,
    struct origin origin)
{
	struct err err = ERR_INIT;

	if (setting_set(setting_find(&rule_setting_table, span_str(key)),
		settings, span_str(text), origin, &err))
		BUG("%s", err.text);
}

/* What the rules of a layer go by. */
static void
make_settings(struct report_builder *making, enum logcheck_layer layer)
{
	struct rule_settings *settings =
	    &making->builder.report->as_rule[layer];

	setting_defaults(&rule_setting_table, settings);
	settings->severity = (int)logcheck_severity(layer);
	set_key(settings, "throttle", "none", (struct origin){NULL, 0});
	if (layer == LOGCHECK_SYSTEM)
		set_key(settings, "match", "^",
		    making->builder.section->origin);
}

static bool
has_match(const struct rule *rule)
{
	struct origin origin;
	enum rule_list list;

	return rule_pattern(rule, 0, &list, &origin) && list == RULE_MATCH;
}

/* Behind all rules that are there. */
static struct plan_rule *
plan_add_rule(struct plan *plan)
{
	plan->rules = xreallocarray(
	    plan->rules, plan->rule_count + 2, sizeof(*plan->rules));
	memset(&plan->rules[plan->rule_count], 0, 2 * sizeof(*plan->rules));
	return &plan->rules[plan->rule_count++];
}

/* Its files are there; name is what stands behind the section's. */
static void
compile(struct report_builder *making, struct plan_rule *rule,
    enum logcheck_layer layer, const char *name)
{
	struct plan_builder *builder = &making->builder;
	struct plan_report *report = builder->report;
	struct buf full = BUF_INIT;

	rule->files.lenient = true;
	rule->report = report;
	rule->layer = layer;
	rule->partner = DECIDER_NO_RULE;
	rule->sinks = report->sinks;
	builder->rule = rule;
	buf_addf(&full, "%s/%s", report->name, name);
	rule->rule = plan_compile_patterns(
	    builder, buf_str(&full), &report->as_rule[layer]);
	plan_resolve_logs(builder->plan, rule, &making->settings->log);
	plan_default_subject(rule);
	buf_release(&full);
}

/* A file without a pattern reports nothing. */
static void
add_raise_rule(struct report_builder *making, enum logcheck_layer layer,
    const struct pattern_file *file)
{
	const struct rule_directories *directories = &making->directories;
	const struct rule_directory *siblings = &directories->raise[layer];
	struct plan *plan = making->builder.plan;
	struct plan_rule *rule = plan_add_rule(plan);
	struct buf name = BUF_INIT;

	if (!logcheck_is_nameless(span_str(file->name)))
		rule->group = file->name;
	add_file(&rule->files.match, file);
	add_files(&rule->files.exclude, &directories->ignore[layer], file,
	    logcheck_ignores);
	add_files(&rule->files.exclude, siblings, file, logcheck_yields_to);
	for (int i = 0; i < (int)layer; i++)
		add_directory(&rule->files.exclude, &directories->raise[i]);
	buf_addf(
	    &name, "%s/%s", logcheck_raise_directory(layer), file->name);
	compile(making, rule, layer, buf_str(&name));
	buf_release(&name);
	if (!rule->rule || !has_match(rule->rule))
		plan_drop_last_rule(plan);
}

static void
add_system_rule(struct report_builder *making)
{
	const struct rule_directories *directories = &making->directories;
	struct plan_rule *rule = plan_add_rule(making->builder.plan);
	struct setting_list *exclude = &rule->files.exclude;

	for (size_t i = 0; i < LOGCHECK_LEVELS; i++)
		add_directory(exclude, &directories->levels[i]);
	for (size_t i = 0; i < LOGCHECK_LAYERS; i++)
		add_directory(exclude, &directories->raise[i]);
	compile(making, rule, LOGCHECK_SYSTEM, "system");
}

static void
make_rules(struct report_builder *making)
{
	struct plan_report *report = making->builder.report;

	if (making->lines > PATTERN_FILE_PATTERNS_MAX) {
		rules_error(making, "there are more than %d patterns in %s",
		    PATTERN_FILE_PATTERNS_MAX, making->settings->rules);
		return;
	}
	for (int layer = 0; layer < LOGCHECK_LAYERS; layer++) {
		const struct rule_directory *raise =
		    &making->directories.raise[layer];

		make_settings(making, (enum logcheck_layer)layer);
		for (size_t i = 0; i < raise->count; i++)
			add_raise_rule(making, (enum logcheck_layer)layer,
			    raise->files[i]);
	}
	add_system_rule(making);
	report->pattern_count =
	    making->lines - (report->skipped.count - making->unread);
}

static void
compile_report(struct plan *plan, struct plan_report *report,
    const struct conf_section *section, struct conf_errors *errors)
{
	struct report_builder making = {.builder = {.plan = plan,
					    .errors = errors,
					    .section = section,
					    .report = report},
	    .settings = section->settings};

	report->name = section->name;
	report->settings = section->settings;
	report->sinks = plan_sinks_of(plan->conf, &report->settings->sink);
	report->first_rule = plan->rule_count;
	plan_compile_report_subject(&making.builder);
	if (is_directory(&making))
		read_directories(&making);
	if (making.found)
		make_rules(&making);
	report->rule_count = plan->rule_count - report->first_rule;
	plan_lint_report(&making.builder);
	directories_release(&making.directories);
}

void
plan_compile_reports(struct plan *plan, struct conf_errors *errors)
{
	plan->report_count = conf_count(plan->conf, &logcheck_setting_table);
	plan->reports =
	    xcalloc(plan->report_count + 1, sizeof(*plan->reports));
	for (size_t i = 0; i < plan->report_count; i++)
		compile_report(plan, &plan->reports[i],
		    conf_section(plan->conf, &logcheck_setting_table, i),
		    errors);
}

void
plan_reports_release(struct plan *plan)
{
	for (size_t i = 0; i < plan->report_count; i++) {
		struct plan_report *report = &plan->reports[i];

		for (size_t k = 0; k < LOGCHECK_LAYERS; k++)
			setting_release(
			    &rule_setting_table, &report->as_rule[k]);
		conf_errors_release(&report->skipped);
		template_free(report->subject);
	}
	free(plan->reports);
}
