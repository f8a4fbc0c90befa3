/*
 * grep_rules: from -e, -f and --rule to compiled rules under one numbering.
 *
 * All of -e and -f are one rule without excludes, in the order they were
 * given; each --rule is the one of the configuration, excludes and all.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "base/diag.h"
#include "base/mem.h"
#include "ctailctl/grep.h"
#include "judge/pattern_file.h"

/* Stands for the file of a pattern of the command line. */
static const char command_line[] = "-e";

struct making {
	struct grep_rules *rules;
	const char *path; /* -f as it was given */
	size_t skipped;
	int status;
};

/* --- Rule files ----------------------------------------------------------- */

static void
skip_rule(void *arg, struct origin origin, const char *text)
{
	struct making *making = arg;

	if (origin.file == command_line) {
		diag(DIAG_ERROR, "-e %u: %s", origin.line, text);
		making->status = EX_USAGE;
		return;
	}
	making->skipped++;
	diag(DIAG_WARNING, "%s:%u: this line is skipped: %s", origin.file,
	    origin.line, text);
}

__attribute__((format(printf, 2, 3))) static void
refuse(struct making *making, const char *format, ...)
{
	struct buf text = BUF_INIT;
	va_list args;

	va_start(args, format);
	buf_addv(&text, format, args);
	va_end(args);
	diag(DIAG_ERROR, "-f %s: %s", making->path, buf_str(&text));
	buf_release(&text);
	making->status = EX_NOINPUT;
}

static void
add_file(struct making *making, const char *path)
{
	struct setting_list *texts = &making->rules->texts;
	struct err err = ERR_INIT;
	const struct pattern_file *file =
	    plan_files_get(making->rules->files, path, &err);

	if (!file) {
		refuse(making, "%s", err.text);
		return;
	}
	for (size_t i = 0; i < file->mistakes.count; i++)
		skip_rule(making, file->mistakes.items[i].origin,
		    file->mistakes.items[i].text);
	for (size_t i = 0; i < file->remarks.count; i++)
		diag(DIAG_WARNING, "%s:%u: %s", file->path,
		    file->remarks.items[i].origin.line,
		    file->remarks.items[i].text);
	if (texts->count + file->patterns.count > PATTERN_FILE_PATTERNS_MAX) {
		refuse(making, "with %s there are more than %d patterns", path,
		    PATTERN_FILE_PATTERNS_MAX);
		return;
	}
	for (size_t i = 0; i < file->patterns.count; i++)
		plan_list_add(texts, file->patterns.items[i]);
}

static void
add_directory(struct making *making, const char *path)
{
	struct setting_list names = {NULL, 0};

	if (plan_files_list(making->rules->files, path, &names))
		refuse(
		    making, "cannot read the directory: %s", strerror(errno));
	for (size_t i = 0; i < names.count && !making->status; i++)
		add_file(making, names.items[i].text);
	plan_files_release(&names);
}

static void
add_files(struct making *making, const char *path)
{
	size_t before = making->rules->texts.count;
	struct stat st;

	making->path = path;
	if (stat(path, &st))
		refuse(making, "%s", strerror(errno));
	else if (S_ISDIR(st.st_mode))
		add_directory(making, path);
	else
		add_file(making, path);
	if (!making->status && before == making->rules->texts.count)
		diag(DIAG_WARNING, "-f %s: there is no rule in it%s", path,
		    S_ISDIR(st.st_mode)
			? "; directories below it, and files that run-parts "
			  "leaves out, do not count"
			: "");
}

/* --- The rule of -e and -f ------------------------------------------------ */

static void
add_pattern(struct making *making, const char *text, unsigned number)
{
	struct setting_item item = {xstrdup(text), {command_line, number}};

	plan_list_add(&making->rules->own_texts, item);
	plan_list_add(&making->rules->texts, item);
}

static void
gather(struct making *making, const struct grep_request *request)
{
	unsigned patterns = 0;

	for (size_t i = 0; i < request->wish_count && !making->status; i++) {
		const struct grep_wish *wish = &request->wishes[i];

		if (wish->kind == GREP_FILE)
			add_files(making, wish->text);
		else if (wish->kind == GREP_PATTERN)
			add_pattern(making, wish->text, ++patterns);
	}
}

static int
compile(struct grep_rules *rules, const struct grep_request *request)
{
	struct making making = {.rules = rules};
	struct rule_files files = {.lenient = true};

	gather(&making, request);
	if (making.status)
		return making.status;
	files.match = rules->texts;
	rules->own = rule_new(
	    "grep", &rules->settings, &files, skip_rule, skip_rule, &making);
	if (making.skipped)
		diag(DIAG_WARNING, "lines of rule files that were skipped: %zu",
		    making.skipped);
	return making.status;
}

/* --- --rule --------------------------------------------------------------- */

static int
load(struct grep_rules *rules, const struct grep_request *request,
    const struct agent_options *options)
{
	if (rules->loaded.path)
		return EX_OK;
	loaded_read(&rules->loaded, options, request->config);
	if (!loaded_compile(&rules->loaded)) {
		loaded_tell_skipped(&rules->loaded);
		return EX_OK;
	}
	loaded_print_errors(&rules->loaded);
	return EX_CONFIG;
}

static void
add_rule(struct grep_rules *rules, const struct rule *rule, bool of_logcheck)
{
	struct grep_rule *added = &rules->rules[rules->count++];

	*added = (struct grep_rule){rule, rules->pattern_count, of_logcheck};
	rules->pattern_count += rule_pattern_count(rule);
}

/* Those of this name (a glob), and all of a [logcheck] section of it. */
static size_t
add_planned(struct grep_rules *rules, const char *name)
{
	const struct plan *plan = rules->loaded.plan;
	size_t before = rules->count;

	for (size_t i = 0; i < plan->rule_count; i++) {
		const struct plan_rule *planned = &plan->rules[i];

		if (plan_rule_is_called(planned, name))
			add_rule(rules, planned->rule, planned->report != NULL);
	}
	return rules->count - before;
}

static size_t
count_planned(const struct grep_rules *rules)
{
	return rules->loaded.plan ? rules->loaded.plan->rule_count : 0;
}

static int
add_all(struct grep_rules *rules, const struct grep_request *request)
{
	rules->rules = xcalloc(1 + request->wish_count * count_planned(rules),
	    sizeof(*rules->rules));
	add_rule(rules, rules->own, false);
	for (size_t i = 0; i < request->wish_count; i++) {
		const struct grep_wish *wish = &request->wishes[i];

		if (wish->kind != GREP_RULE || add_planned(rules, wish->text))
			continue;
		diag(DIAG_ERROR, "there is no rule `%s' in %s", wish->text,
		    rules->loaded.path);
		return EX_NOINPUT;
	}
	return EX_OK;
}

/* --- All of them ---------------------------------------------------------- */

static void
number_patterns(struct grep_rules *rules)
{
	const struct pattern *pattern;
	struct origin origin;
	enum rule_list list;

	rules->patterns =
	    xcalloc(rules->pattern_count + 1, sizeof(*rules->patterns));
	for (size_t i = 0; i < rules->count; i++) {
		const struct grep_rule *rule = &rules->rules[i];

		for (size_t k = 0;
		     (pattern = rule_pattern(rule->rule, k, &list, &origin));
		     k++)
			if (list != RULE_CLOSE)
				rules->patterns[rule->first + k] = pattern;
	}
}

int
grep_rules_read(struct grep_rules *rules, const struct grep_request *request,
    const struct agent_options *options)
{
	int status;

	*rules = (struct grep_rules){.files = plan_files_new()};
	status = compile(rules, request);
	for (size_t i = 0; i < request->wish_count && !status; i++)
		if (request->wishes[i].kind == GREP_RULE)
			status = load(rules, request, options);
	if (!status)
		status = add_all(rules, request);
	if (!status)
		number_patterns(rules);
	return status;
}

void
grep_rules_release(struct grep_rules *rules)
{
	rule_free(rules->own);
	if (rules->loaded.path)
		loaded_release(&rules->loaded);
	plan_files_release(&rules->own_texts);
	free(rules->texts.items);
	plan_files_free(rules->files);
	free(rules->patterns);
	free(rules->rules);
}

struct origin
grep_rules_origin(const struct grep_rules *rules, const struct pattern *pattern)
{
	const struct pattern *known;
	struct origin origin;
	enum rule_list list;

	for (size_t i = 0; i < rules->count; i++)
		for (size_t k = 0; (known = rule_pattern(rules->rules[i].rule,
					k, &list, &origin));
		     k++)
			if (known == pattern)
				return origin;
	return (struct origin){NULL, 0};
}
