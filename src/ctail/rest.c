/*
 * rest: who holds files open, and who gives them back.
 *
 * Hides that a log rests only when its position is stored, because whoever
 * takes its lock then goes on from there.
 */
#include "config.h"

#include <sys/resource.h>

#include "ctail/rest.h"

#define SPARE_DESCRIPTORS 16 /* for what is no log */
#define DESCRIPTORS_EACH 4   /* lock, offset file, log, one it left behind */

size_t
rest_room(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 1;
	if (limit.rlim_cur < limit.rlim_max) {
		struct rlimit higher = limit;

		higher.rlim_cur = limit.rlim_max;
		if (setrlimit(RLIMIT_NOFILE, &higher) == 0)
			limit = higher;
	}
	if (limit.rlim_cur == RLIM_INFINITY)
		return SIZE_MAX;
	if (limit.rlim_cur < SPARE_DESCRIPTORS + 2 * DESCRIPTORS_EACH)
		return 1;
	return (size_t)(limit.rlim_cur - SPARE_DESCRIPTORS) / DESCRIPTORS_EACH;
}

/* Everything that was printed is, and --drain waits for nothing. */
static bool
is_stored(struct job *job)
{
	const struct options *options = job->run->options;
	struct err warning = ERR_INIT, err = ERR_INIT;
	struct checkpoint now;
	bool stored = true;

	if (options->no_store)
		return true;
	if (job->has_pending ||
	    (options->drain &&
		output_taken(&job->run->output) < job->run->output.written))
		return false;
	job_checkpoint(job, &now);
	if (place_differs(&job->place, &now)) {
		stored = place_mark(&job->place, &now, &warning, &err) == 0;
		job->stored = job->stored || stored;
	}
	checkpoint_release(&now);
	return stored;
}

static bool
is_awake(const struct job *job)
{
	return job->follow && !job->finished && !job->resting;
}

/* What is drained comes last: a file without a name cannot be opened again. */
static struct job *
find_idle(struct job *jobs, size_t count, const struct job *but, bool need)
{
	struct job *found = NULL;

	for (size_t i = 0; i < count; i++) {
		struct job *job = &jobs[i];

		if (job == but || !is_awake(job) ||
		    (!need && follow_due(job->follow) >= 0) ||
		    (found && found->looked_ms <= job->looked_ms))
			continue;
		if (is_stored(job))
			found = job;
	}
	return found;
}

static bool
let_rest(struct job *job)
{
	if (!job)
		return false;
	follow_close(job->follow);
	place_rest(&job->place);
	job->resting = true;
	return true;
}

void
rest_make_room(
    struct job *jobs, size_t count, size_t room, const struct job *job)
{
	size_t others = 0;

	if (count <= room)
		return;
	for (size_t i = 0; i < count; i++)
		others += &jobs[i] != job && is_awake(&jobs[i]);
	for (; others >= room; others--) {
		if (!let_rest(find_idle(jobs, count, job, false)) &&
		    !let_rest(find_idle(jobs, count, job, true)))
			return;
	}
}

/* Another program has stored a position. */
static bool
go_on_there(struct job *job)
{
	struct err err = ERR_INIT;
	enum exit_status status;
	bool recovered;

	place_forget(&job->place);
	status = place_read(&job->place, &recovered, &err);
	if (status != STATUS_OK) {
		job_fail(job, status, "%s", err.text);
		job->finished = true;
		return false;
	}
	follow_free(job->follow);
	job->follow = follow_new(job->log, &job->run->follow_options,
	    job->place.in_force.position.ino ? &job->place.in_force : NULL);
	return true;
}

bool
rest_wake(struct job *job)
{
	struct err err = ERR_INIT;
	bool moved = false;

	if (!job->resting)
		return true;
	if (!job->run->options->no_store &&
	    place_wake(&job->place, &moved, &err) != STATUS_OK) {
		job_tell(job, err.text);
		return false;
	}
	job->resting = false;
	return !moved || go_on_there(job);
}
