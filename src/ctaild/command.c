/*
 * command: the table of control commands.
 */
#include "config.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/mem.h"
#include "ctaild/command.h"

const struct command *const commands[] = {
    &command_status,
    &command_alerts,
    &command_queue,
    &command_retry,
    &command_drop,
    &command_delivery,
    &command_explain,
    &command_send_test,
    &command_silence,
    &command_silences,
    &command_unsilence,
    &command_seek,
    &command_sweep,
    &command_reload,
    NULL,
};

const struct command *
command_find(const char *name)
{
	for (size_t i = 0; commands[i]; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

char *
command_asker(const struct command_context *context)
{
	struct passwd *entry = getpwuid(context->uid);
	char number[32];

	if (entry && entry->pw_name)
		return xstrdup(entry->pw_name);
	snprintf(number, sizeof(number), "user %lld", (long long)context->uid);
	return xstrdup(number);
}

int
command_run(const struct command_context *context, int argc,
    const char *const *argv, struct buf *out, struct err *err)
{
	const struct command *command = argc ? command_find(argv[0]) : NULL;

	if (!command) {
		err_set(err, "there is no command `%s'; see ctailctl help",
		    argc ? argv[0] : "");
		return EX_USAGE;
	}
	return command->run(context, argc - 1, argv + 1, out, err);
}
