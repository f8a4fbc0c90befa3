/*
 * plan_rule_files: match_file and exclude_file of a [rule], and what is said
 * of lines that are no patterns, and of files that cannot be read.
 */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "ctaild/plan_internal.h"
#include "judge/pattern_file.h"

/* One list in the making. */
struct gathering {
	struct plan_builder *builder;
	const char *key;
	struct origin origin; /* of the path that is read */
	bool may_skip;
	bool in_directory; /* nobody named the file that is read */
	struct setting_list list;
};

/* --- Lines that are not taken --------------------------------------------- */

/* Rules share files, and each of them meets the same lines. */
static bool
told_before(const struct plan_builder *builder, const char *whose,
    struct origin origin)
{
	struct buf name = BUF_INIT;
	bool before;

	buf_addf(&name, "%s %s:%u", whose, origin.file, origin.line);
	before = !plan_files_tell_once(builder->plan->files, buf_span(&name));
	buf_release(&name);
	return before;
}

static void
warn_of_line(const struct plan_builder *builder, const char *key,
    struct origin origin, const char *what, const char *text)
{
	const struct conf_section *section = builder->section;

	conf_error(&builder->plan->warnings, origin, "[%s %s] %s: %s%s",
	    section->table->section, section->name, key, what, text);
}

void
plan_skip_line(struct plan_builder *builder, const char *key,
    struct origin origin, const char *text)
{
	struct buf whose = BUF_INIT;

	if (!told_before(builder, "", origin))
		conf_error(&builder->plan->skipped, origin, "%s", text);
	buf_addf(&whose, "%s %s", builder->section->table->section,
	    builder->section->name);
	if (!told_before(builder, buf_str(&whose), origin)) {
		warn_of_line(builder, key, origin,
		    origin.line ? "this line is skipped: "
				: "this file is skipped: ",
		    text);
		if (builder->report)
			conf_error(&builder->report->skipped, origin, "%s",
			    text);
	}
	buf_release(&whose);
}

void
plan_tell_file(struct plan_builder *builder, const char *key, bool may_skip,
    const struct pattern_file *file)
{
	const struct conf_section *section = builder->section;
	const struct setting_list *mistakes = &file->mistakes;
	const struct setting_list *remarks = &file->remarks;

	for (size_t i = 0; i < mistakes->count; i++) {
		const struct setting_item *item = &mistakes->items[i];

		if (may_skip)
			plan_skip_line(builder, key, item->origin, item->text);
		else
			conf_error(builder->errors, item->origin,
			    "[%s %s] %s: %s", section->table->section,
			    section->name, key, item->text);
	}
	for (size_t i = 0; i < remarks->count; i++)
		warn_of_line(builder, key, remarks->items[i].origin, "",
		    remarks->items[i].text);
}

/* --- A list of paths ------------------------------------------------------ */

__attribute__((format(printf, 2, 3))) static void
gather_error(const struct gathering *gathering, const char *format, ...)
{
	char text[ERR_TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	conf_error(gathering->builder->errors, gathering->origin,
	    "[rule %s] %s: %s", gathering->builder->section->name,
	    gathering->key, text);
}

static void
gather_file(struct gathering *gathering, const char *path)
{
	struct err err = ERR_INIT;
	const struct pattern_file *file =
	    plan_files_get(gathering->builder->plan->files, path, &err);

	if (!file && gathering->may_skip && gathering->in_directory)
		plan_skip_line(gathering->builder, gathering->key,
		    (struct origin){path, 0}, err.text);
	else if (!file)
		gather_error(gathering, "%s", err.text);
	if (!file)
		return;
	plan_tell_file(
	    gathering->builder, gathering->key, gathering->may_skip, file);
	if (gathering->list.count + file->patterns.count >
	    PATTERN_FILE_PATTERNS_MAX) {
		gather_error(gathering,
		    "with %s there are more than %d patterns", path,
		    PATTERN_FILE_PATTERNS_MAX);
		return;
	}
	for (size_t i = 0; i < file->patterns.count; i++)
		plan_list_add(&gathering->list, file->patterns.items[i]);
}

static void
gather_directory(struct gathering *gathering, const char *path)
{
	struct plan *plan = gathering->builder->plan;
	struct setting_list names = {NULL, 0};

	gathering->in_directory = true;
	if (plan_files_list(plan->files, path, &names))
		gather_error(gathering, "cannot read the directory %s: %s",
		    path, strerror(errno));
	else if (!names.count && gathering->may_skip)
		conf_error(&plan->warnings, gathering->origin,
		    "[rule %s] %s: no file in %s counts; names of letters, "
		    "digits, _ and - do",
		    gathering->builder->section->name, gathering->key, path);
	for (size_t i = 0; i < names.count; i++)
		gather_file(gathering, names.items[i].text);
	plan_files_release(&names);
}

struct setting_list
plan_read_files(struct plan_builder *builder, const char *key,
    const struct setting_list *paths, bool may_skip)
{
	struct gathering gathering = {
	    .builder = builder, .key = key, .may_skip = may_skip};

	for (size_t i = 0; i < paths->count; i++) {
		const char *path = paths->items[i].text;
		struct stat st;

		gathering.origin = paths->items[i].origin;
		gathering.in_directory = false;
		if (stat(path, &st))
			gather_error(&gathering,
			    "cannot read %s: %s; name a file or a directory "
			    "that ctail's user may read",
			    path, strerror(errno));
		else if (S_ISDIR(st.st_mode))
			gather_directory(&gathering, path);
		else
			gather_file(&gathering, path);
	}
	return gathering.list;
}
