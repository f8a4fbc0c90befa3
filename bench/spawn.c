/*
 * spawn: how long programs take from being started to having ended.
 *
 *   spawn ROUNDS NAME COMMAND [ARGUMENT...] [-- NAME COMMAND...]...
 *
 * Each round runs every command once, so that whatever else the machine does
 * meets them all alike.  Nothing goes to their standard input or output.  A
 * command that fails ends the measurement.  Besides the time, the largest
 * resident set of each is told, in KiB as NAME.rss, that of its own children
 * included.
 */
#include "config.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe.h"

#define COMMANDS_MAX 16

extern char **environ;

struct command {
	const char *name;
	char **argv;
	struct samples wall, resident;
};

/* posix_spawn shares the memory until exec: the size of this program does
 * not count. */
static double
run(const struct command *command, posix_spawn_file_actions_t *actions,
    double *resident_out)
{
	double started = probe_now();
	struct rusage usage;
	int status, error;
	pid_t pid;

	error = posix_spawnp(
	    &pid, command->argv[0], actions, NULL, command->argv, environ);
	if (error)
		probe_die("%s: %s", command->argv[0], strerror(error));
	if (wait4(pid, &status, 0, &usage) != pid || status != 0)
		probe_die("%s ended with status %d", command->argv[0], status);
	*resident_out = (double)usage.ru_maxrss;
	return probe_now() - started;
}

static size_t
take_commands(int argc, char **argv, struct command *commands)
{
	size_t count = 0;
	int at = 0;

	while (at < argc) {
		if (count == COMMANDS_MAX || at + 1 >= argc)
			probe_die("wrong commands");
		commands[count].name = argv[at];
		commands[count++].argv = argv + at + 1;
		while (at < argc && strcmp(argv[at], "--") != 0)
			at++;
		if (at < argc)
			argv[at++] = NULL;
	}
	return count;
}

int
main(int argc, char **argv)
{
	struct command commands[COMMANDS_MAX] = {{0}};
	posix_spawn_file_actions_t actions;
	size_t count;
	long rounds;

	if (argc < 4)
		probe_die("usage: spawn ROUNDS NAME COMMAND... [-- ...]");
	rounds = probe_number(argv[1], 1, 1000000);
	count = take_commands(argc - 2, argv + 2, commands);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(
	    &actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(
	    &actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	/* The first round only warms the caches. */
	for (long round = -1; round < rounds; round++)
		for (size_t i = 0; i < count; i++) {
			double resident;
			double wall =
			    run(&commands[i], &actions, &resident);

			if (round < 0)
				continue;
			samples_add(&commands[i].wall, wall);
			samples_add(&commands[i].resident, resident);
		}
	for (size_t i = 0; i < count; i++) {
		char name[64];

		samples_print(&commands[i].wall, commands[i].name);
		snprintf(name, sizeof(name), "%s.rss", commands[i].name);
		samples_print(&commands[i].resident, name);
		samples_free(&commands[i].wall);
		samples_free(&commands[i].resident);
	}
	posix_spawn_file_actions_destroy(&actions);
	return 0;
}
