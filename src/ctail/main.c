/*
 * ctail: prints what is new in log files since the last time.
 *
 * Only composition: options, one job a log, the first failure's status.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/durable.h"
#include "base/mem.h"
#include "ctail/job.h"
#include "ctail/live.h"
#include "ctail/rest.h"
#include "ctail/targets.h"

/* No file of ours may become standard output by having its number; and what is
 * closed must fail when it is written to. */
static void
hold_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", O_RDONLY) < 0)
			_exit(STATUS_OUTPUT);
	}
}

static int
become_agent(char **argv)
{
	const char *path = getenv("CTAIL_AGENT");

	if (!path || !*path)
		path = CTAIL_SBINDIR "/ctaild";
	execv(path, argv);
	diag(DIAG_ERROR,
	    "cannot start the agent %s: %s (the environment variable "
	    "CTAIL_AGENT can name another)",
	    path, strerror(errno));
	return STATUS_NO_AGENT;
}

static void
explain(void *arg, const char *text)
{
	(void)arg;
	diag(DIAG_INFO, "%s", text);
}

/* Who runs with rights that its caller has not does not let the caller choose
 * a program. */
static const char *
unpack_program(void)
{
	const char *path = getenv("CTAIL_UNPACK");
	bool trusted = getuid() == geteuid() && getgid() == getegid();

	return trusted && path && *path ? path
					: CTAIL_LIBEXECDIR "/ctail-unpack";
}

static void
run_init(struct run *run, const struct options *options)
{
	*run = (struct run){
	    .options = options,
	    .unpacker = {.program = unpack_program()},
	};
	run->follow_options = (struct follow_options){
	    .rotated = options->patterns.count ? &options->patterns : NULL,
	    .unpacker = &run->unpacker,
	    .max_line = FOLLOW_BLOCK,
	    .no_copytruncate = options->no_copytruncate,
	    .once = !options->follow,
	    .explain = options->explain ? explain : NULL,
	};
	output_init(&run->output, options->no_splice, !options->quiet);
}

static void
run_release(struct run *run)
{
	feed_memory_release(&run->memory);
	buf_release(&run->unpacked);
	buf_release(&run->labelled);
}

static void
tell_status(const struct job *job)
{
	struct buf text = BUF_INIT;

	if (!job->run->options->json_status)
		return;
	json_status_add(&text, job);
	(void)write_all(STDERR_FILENO, text.data, text.len);
	buf_release(&text);
}

static enum exit_status
print_once(struct run *run, const struct target *target)
{
	struct job job;
	enum exit_status status;

	if (job_open(&job, run, target->path, &target->st)) {
		job_print(&job);
		if (run->options->partial_lines && !job.finished &&
		    job.status == STATUS_OK)
			print_unfinished(&job);
		job_store(&job);
	}
	status = job_status(&job);
	tell_status(&job);
	job_close(&job);
	return status;
}

static enum exit_status
print_all(struct run *run, const struct targets *targets)
{
	enum exit_status status = STATUS_OK;
	bool nothing = true;

	for (size_t i = 0; i < targets->count; i++) {
		enum exit_status one = print_once(run, &targets->items[i]);

		nothing = nothing && one == STATUS_NOTHING;
		status = status_worse(status, one);
		if (one == STATUS_OUTPUT)
			break;
	}
	if (status == STATUS_OK && nothing && targets->count > 0)
		return STATUS_NOTHING;
	return status;
}

static enum exit_status
follow_all(struct run *run, const struct targets *targets)
{
	struct job *jobs = xcalloc(targets->count + 1, sizeof(*jobs));
	enum exit_status status = STATUS_OK;
	size_t room = rest_room();

	for (size_t i = 0; i < targets->count; i++) {
		if (job_open(&jobs[i], run, targets->items[i].path, NULL))
			rest_make_room(jobs, targets->count, room, &jobs[i]);
	}
	status = live_run(run, jobs, targets->count, room);
	for (size_t i = 0; i < targets->count; i++) {
		tell_status(&jobs[i]);
		job_close(&jobs[i]);
	}
	free(jobs);
	return status;
}

static enum exit_status
run_all(const struct options *options)
{
	struct targets targets;
	enum exit_status status, found = targets_find(options, &targets);
	struct run run;

	run_init(&run, options);
	if (options->drain && !run.output.is_pipe) {
		diag(DIAG_ERROR,
		    "--drain needs a pipe as standard output: only a pipe "
		    "tells what its reader has taken");
		status = STATUS_USAGE;
	} else if (options->follow && targets.count > 0) {
		status = follow_all(&run, &targets);
	} else {
		status = print_all(&run, &targets);
	}
	run_release(&run);
	targets_release(&targets);
	return found == STATUS_OK ? status : found;
}

int
main(int argc, char **argv)
{
	struct options options;
	enum exit_status status;
	int result;

	hold_standard_descriptors();
	if (argc > 1 && dialect_of(argv[0]) == DIALECT_CTAIL &&
	    strcmp(argv[1], "--agent") == 0)
		return become_agent(argv + 1);
	signal(SIGPIPE, SIG_IGN);
	if (options_parse(argc, argv, &options, &result)) {
		status = run_all(&options);
		result = status_number(status, options.dialect);
	}
	options_release(&options);
	return result;
}
