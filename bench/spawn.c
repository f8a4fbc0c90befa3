/*
 * spawn: how long programs take from being started to having ended.
 *
 *   spawn [-o DIRECTORY] ROUNDS NAME COMMAND [ARGUMENT...]
 *       [-- NAME COMMAND...]...
 *
 * Each round runs every command once, so that whatever else the machine does
 * meets them all alike.  Nothing goes to their standard input or output; with
 * -o their output goes to DIRECTORY/NAME, for those who would not do the work
 * otherwise, and the status 1, of a search that found nothing, is none of
 * failure.  A command that fails ends the measurement.  Besides the time, the
 * processor's time (NAME.cpu) and the largest resident set in KiB (NAME.rss)
 * of each are told, those of its own children included.
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

#define COMMANDS_MAX 32
/* One that takes longer on the processor will never end. */
#define SECONDS_MAX 60

extern char **environ;

enum measure { WALL, CPU, RESIDENT, MEASURES };

static const char *const suffixes[MEASURES] = {"", ".cpu", ".rss"};

struct command {
	const char *name;
	char **argv;
	struct samples samples[MEASURES];
};

static void
set_up(posix_spawn_file_actions_t *actions, const char *directory,
    const char *name)
{
	char path[4096] = "/dev/null";

	posix_spawn_file_actions_init(actions);
	posix_spawn_file_actions_addopen(
	    actions, STDIN_FILENO, path, O_RDONLY, 0);
	if (directory && (size_t)snprintf(path, sizeof(path), "%s/%s",
	    directory, name) >= sizeof(path))
		probe_die("%s is too long", directory);
	posix_spawn_file_actions_addopen(actions, STDOUT_FILENO, path,
	    O_WRONLY | O_CREAT | O_TRUNC, 0600);
}

static double
microseconds(const struct timeval *time)
{
	return (double)time->tv_sec * 1e6 + (double)time->tv_usec;
}

/* posix_spawn shares the memory until exec: the size of this program does
 * not count. */
static void
run(const struct command *command, const char *directory, double *out)
{
	posix_spawn_file_actions_t actions;
	struct rusage usage;
	int status, error;
	double started;
	pid_t pid;

	set_up(&actions, directory, command->name);
	started = probe_now();
	error = posix_spawnp(&pid, command->argv[0], &actions, NULL,
	    command->argv, environ);
	if (error)
		probe_die("%s: %s", command->argv[0], strerror(error));
	if (wait4(pid, &status, 0, &usage) != pid)
		probe_die("%s is not to be waited for", command->name);
	out[WALL] = probe_now() - started;
	if (status != 0 &&
	    (!directory || !WIFEXITED(status) || WEXITSTATUS(status) > 1))
		probe_die("%s ended with status %d", command->name, status);
	out[CPU] = microseconds(&usage.ru_utime) +
	    microseconds(&usage.ru_stime);
	out[RESIDENT] = (double)usage.ru_maxrss;
	posix_spawn_file_actions_destroy(&actions);
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

static void
tell(struct command *command)
{
	char name[64];

	for (int i = 0; i < MEASURES; i++) {
		snprintf(name, sizeof(name), "%s%s", command->name,
		    suffixes[i]);
		samples_print(&command->samples[i], name);
		samples_free(&command->samples[i]);
	}
}

int
main(int argc, char **argv)
{
	struct command commands[COMMANDS_MAX] = {{0}};
	const struct rlimit limit = {SECONDS_MAX, SECONDS_MAX};
	const char *directory = NULL;
	size_t count;
	long rounds;

	if (argc > 2 && strcmp(argv[1], "-o") == 0) {
		directory = argv[2];
		argv += 2;
		argc -= 2;
	}
	if (argc < 4)
		probe_die("usage: spawn [-o DIRECTORY] ROUNDS NAME "
			  "COMMAND... [-- ...]");
	rounds = probe_number(argv[1], 1, 1000000);
	count = take_commands(argc - 2, argv + 2, commands);
	setrlimit(RLIMIT_CPU, &limit);
	/* The first round only warms the caches. */
	for (long round = -1; round < rounds; round++)
		for (size_t i = 0; i < count; i++) {
			double values[MEASURES];

			run(&commands[i], directory, values);
			for (int j = 0; round >= 0 && j < MEASURES; j++)
				samples_add(&commands[i].samples[j],
				    values[j]);
		}
	for (size_t i = 0; i < count; i++)
		tell(&commands[i]);
	return 0;
}
