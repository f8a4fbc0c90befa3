/*
 * exec_settings: the [exec NAME] section.
 *
 * There is no shell, so the danger left is log text that becomes an option.
 * Where a template puts a variable directly behind its own dashes, that is
 * its purpose, and the section must say so.
 */
#include "config.h"

#include "deliver/exec_settings.h"
#include "message/template.h"

static const struct setting exec_rows[] = {
    SINK_SETTING_ROWS(SINK_STORM_PROGRAMS),
    {.name = "command",
	.type = SETTING_TEXT,
	.flags = SETTING_REQUIRED,
	.offset = offsetof(struct exec_settings, command),
	.help = "path of the program, and nothing else"},
    {.name = "arg",
	.type = SETTING_LINES,
	.offset = offsetof(struct exec_settings, arg),
	.help = "one argument a line, with ${variables}"},
    {.name = "user",
	.type = SETTING_TEXT,
	.offset = offsetof(struct exec_settings, user),
	.help = "user to run it as"},
    {.name = "arg_dash",
	.type = SETTING_BOOL,
	.offset = offsetof(struct exec_settings, arg_dash),
	.fallback = "no",
	.help = "let log text be an argument that begins with a dash"},
};

static int
exec_check_arg(const char *text, size_t number, bool arg_dash, struct err *err)
{
	size_t dashes = strspn(text, "-");
	struct template *template = template_new(text, TEMPLATE_TEXT, err);

	if (!template)
		return err_prefix(err, "arg %zu", number);
	template_free(template);
	if (dashes > 0 && !strncmp(text + dashes, "${", 2) && !arg_dash)
		return err_set(err,
		    "arg %zu lets log text choose an option (%s); write the "
		    "option's name, or arg_dash = yes",
		    number, text);
	return 0;
}

static int
exec_check(const void *settings, struct err *err)
{
	const struct exec_settings *exec = settings;

	if (exec->command &&
	    (exec->command[0] != '/' || strpbrk(exec->command, " \t")))
		return err_set(err,
		    "command must be the absolute path of a program and "
		    "nothing else; arguments go into arg, one a line");
	if (exec->arg.count > EXEC_ARGUMENTS_MAX)
		return err_set(
		    err, "arg: more than %d lines", EXEC_ARGUMENTS_MAX);
	for (size_t i = 0; i < exec->arg.count; i++) {
		if (exec_check_arg(
			exec->arg.items[i].text, i + 1, exec->arg_dash, err))
			return -1;
	}
	return 0;
}

const struct setting_table exec_setting_table = {
    .section = "exec",
    .rows = exec_rows,
    .count = sizeof(exec_rows) / sizeof(exec_rows[0]),
    .size = sizeof(struct exec_settings),
    .named = true,
    .check = exec_check,
};
