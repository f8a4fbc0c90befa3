/*
 * live: the loop of --follow.
 *
 * Hides when to look: at a hint, but not more often than every few
 * milliseconds; when a follow is due; and slowly whatever happens, because
 * hints are not to be trusted.  The position goes to disk at most once a
 * second, only as far as standard output took the lines, and at the end.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/diag.h"
#include "ctail/live.h"
#include "ctail/rest.h"
#include "input/paths.h"
#include "input/watch.h"

#define STORE_MS 1000
#define SWEEP_MS 1000 /* where hints do not come */
#define SLOW_SWEEP_MS 10000
#define PAUSE_MS 5
#define HURRY_MS 1000

/* The only state that a signal can reach. */
static volatile sig_atomic_t ending;

/* A write may begin to wait right after the flag was looked at: the alarm
 * interrupts it once more. */
static void
on_signal(int number)
{
	(void)number;
	ending = 1;
	alarm(1);
}

static void
catch_signals(void)
{
	static const int numbers[] = {SIGTERM, SIGINT, SIGHUP, SIGALRM};
	struct sigaction action = {.sa_handler = on_signal};
	struct sigaction before;

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		/* nohup(1) stays in force, and so does a shell's `&`. */
		if (numbers[i] != SIGTERM && numbers[i] != SIGALRM &&
		    sigaction(numbers[i], NULL, &before) == 0 &&
		    before.sa_handler == SIG_IGN)
			continue;
		sigaction(numbers[i], &action, NULL);
	}
}

struct live {
	struct run *run;
	struct job *jobs;
	size_t count;
	struct watch *watch;
	bool has_warned; /* that watches are not to be had */
	size_t room;	 /* rest.h */
	int64_t hurry_until;
};

/* --- Watches ----------------------------------------------------------------
 */

static int
add_watch(struct live *live, const char *path, enum watch_target target)
{
	struct err err = ERR_INIT;
	const char *why;
	int id;

	switch (watch_add(live->watch, path, target, &id, &why, &err)) {
	case WATCH_OK:
		return id;
	case WATCH_LIMIT:
		if (!live->has_warned)
			job_warn(
			    &live->jobs[0], "%s; polling instead", err.text);
		live->has_warned = true;
		return -1;
	case WATCH_MISSING:
	case WATCH_UNSUPPORTED:
		break;
	}
	return -1;
}

/* The same path gives the same id as long as it is the same file. */
static void
watch_job(struct live *live, struct job *job)
{
	char *directory = path_directory(job->log);

	job->watches[0] = add_watch(live, job->log, WATCH_FILE);
	job->watches[1] = add_watch(live, directory, WATCH_DIRECTORY);
	free(directory);
}

/* A name has come or gone beside a log.  It may be logrotate's: what is
 * written until it truncates the log must be read at once, or never. */
static void
note_rotation(struct live *live, const struct watch_hint *hint, int64_t now)
{
	for (size_t i = 0; i < live->count; i++) {
		if (hint->kind == WATCH_CHANGED &&
		    hint->id == live->jobs[i].watches[1])
			live->hurry_until = now + HURRY_MS;
	}
}

static void
take_hints(struct live *live, int64_t now)
{
	struct watch_hint hint;

	while (watch_next(live->watch, &hint)) {
		note_rotation(live, &hint, now);
		for (size_t i = 0; i < live->count; i++) {
			struct job *job = &live->jobs[i];

			if (hint.kind == WATCH_RESCAN ||
			    hint.id == job->watches[0] ||
			    hint.id == job->watches[1])
				job->next_look_ms = now;
		}
	}
}

/* --- Storing ----------------------------------------------------------------
 */

static void
store_pending(struct job *job)
{
	struct err warning = ERR_INIT, err = ERR_INIT;

	job->has_pending = false;
	if (place_mark(&job->place, &job->pending, &warning, &err) == 0) {
		job->stored = true;
	} else {
		job_fail(job, STATUS_NOT_STORED,
		    "%s; lines that were printed will be printed again",
		    err.text);
		job->finished = true;
	}
	checkpoint_release(&job->pending);
}

static void
note_position(struct job *job)
{
	struct checkpoint now;

	job_checkpoint(job, &now);
	if (!place_differs(&job->place, &now)) {
		checkpoint_release(&now);
		return;
	}
	job->pending = now;
	job->pending_at = job->run->output.written;
	job->has_pending = true;
}

/* What was written counts, or (--drain) what the reader has taken of it. */
static uint64_t
output_has_taken(const struct run *run)
{
	if (run->options->drain)
		return output_taken(&run->output);
	return run->output.written;
}

/* Else it is not stored, or after every so many lines. */
static bool
stores_by_time(const struct job *job)
{
	const struct options *options = job->run->options;

	return !options->no_store && !options->every_n;
}

static void
store_now_and_then(struct job *job, int64_t now)
{
	if (!stores_by_time(job) || job->finished || now < job->next_store_ms)
		return;
	if (!job->has_pending)
		note_position(job);
	if (job->has_pending && output_has_taken(job->run) >= job->pending_at)
		store_pending(job);
	job->next_store_ms = now + STORE_MS;
}

/* --- Waiting ----------------------------------------------------------------
 */

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Something was printed that is not stored yet, or may be. */
static bool
wants_store(const struct job *job)
{
	struct checkpoint now;
	bool differs;

	if (!stores_by_time(job))
		return false;
	if (job->has_pending)
		return true;
	job_checkpoint(job, &now);
	differs = place_differs(&job->place, &now);
	checkpoint_release(&now);
	return differs;
}

static int64_t
next_event(const struct live *live, int64_t now)
{
	int64_t interval = watch_interval(live->watch);
	int64_t when = interval >= 0 ? now + interval : INT64_MAX;

	for (size_t i = 0; i < live->count; i++) {
		const struct job *job = &live->jobs[i];

		if (job->finished)
			continue;
		when = earlier(when, job->next_look_ms);
		if (wants_store(job))
			when = earlier(when, job->next_store_ms);
	}
	return when;
}

/* False when the reader of a pipe is gone. */
static bool
wait_until(const struct live *live, int64_t when, int64_t now, bool listen)
{
	struct pollfd fds[2] = {
	    {.fd = live->run->output.is_pipe ? STDOUT_FILENO : -1},
	    {.fd = listen ? watch_fd(live->watch) : -1, .events = POLLIN},
	};
	int64_t wait_ms = when > now ? when - now : 0;

	if (wait_ms > SLOW_SWEEP_MS)
		wait_ms = SLOW_SWEEP_MS;
	if (poll(fds, 2, (int)wait_ms) <= 0)
		return true;
	return !(fds[0].revents & (POLLERR | POLLHUP | POLLNVAL));
}

/* --- The loop ---------------------------------------------------------------
 */

/* What it leads to changes in a directory that is not watched. */
static bool
is_link(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
}

static void
look_at(struct live *live, struct job *job, int64_t now)
{
	bool hinted;
	int64_t due;

	job->looked_ms = now;
	rest_make_room(live->jobs, live->count, live->room, job);
	watch_job(live, job);
	if (!rest_wake(job)) {
		job->next_look_ms = now + SWEEP_MS;
		return;
	}
	job_print(job);
	/* A file that came between the watch and the look is watched now. */
	if (job->watches[0] < 0)
		watch_job(live, job);
	hinted =
	    job->watches[0] >= 0 && job->watches[1] >= 0 && !is_link(job->log);
	job->next_look_ms = now + (hinted ? SLOW_SWEEP_MS : SWEEP_MS);
	due = follow_due(job->follow);
	if (due >= 0)
		job->next_look_ms = earlier(
		    job->next_look_ms, due > now ? due : now + PAUSE_MS);
	store_now_and_then(job, now);
}

/* False when all is over. */
static bool
turn(struct live *live)
{
	int64_t now = clock_boot_ms();
	bool left = false;

	take_hints(live, now);
	for (size_t i = 0; i < live->count && !ending; i++) {
		struct job *job = &live->jobs[i];

		if (job->finished)
			continue;
		if (job->next_look_ms <= now)
			look_at(live, job, now);
		else
			store_now_and_then(job, now);
		if (job->status == STATUS_OUTPUT)
			return false;
		left = left || !job->finished;
	}
	return left && !ending;
}

static void
loop(struct live *live)
{
	while (turn(live)) {
		int64_t now = clock_boot_ms();
		int64_t pause = now < live->hurry_until ? 0 : PAUSE_MS;

		if (!wait_until(live, now + pause, now, false) ||
		    (!ending &&
			!wait_until(live, next_event(live, now), now, true))) {
			job_fail(&live->jobs[0], STATUS_OUTPUT,
			    "standard output was closed by its reader");
			return;
		}
	}
}

static enum exit_status
finish(struct live *live)
{
	enum exit_status status = STATUS_OK;
	bool broken = false;

	/* A second signal ends the wait for --drain. */
	ending = 0;
	for (size_t i = 0; i < live->count; i++)
		broken = broken || live->jobs[i].status == STATUS_OUTPUT;
	for (size_t i = 0; i < live->count; i++) {
		if (!broken)
			job_store(&live->jobs[i]);
		status = status_worse(status, job_status(&live->jobs[i]));
	}
	return status;
}

enum exit_status
live_run(struct run *run, struct job *jobs, size_t count, size_t room)
{
	struct live live = {
	    .run = run, .jobs = jobs, .count = count, .room = room};
	struct err err = ERR_INIT;
	enum exit_status status;

	live.watch = watch_new(&err);
	if (!live.watch) {
		diag(DIAG_ERROR, "%s", err.text);
		return STATUS_UNREADABLE;
	}
	catch_signals();
	run->output.stop = &ending;
	loop(&live);
	status = finish(&live);
	watch_free(live.watch);
	return status;
}
