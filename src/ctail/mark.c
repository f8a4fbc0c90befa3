/*
 * mark: --paranoid, --every-n and --follow, storing on the way.
 *
 * Within one generation only the offset is stored, with one write in place.
 * Where the fingerprints must follow (a generation that is begun, an older
 * one that grew), everything is.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "ctail/job.h"

/* A flood of lines is stored with all fingerprints so often: with the offset
 * alone, a truncation while nobody runs would go unseen. */
#define FOLLOW_BYTES (64 * 1024)

static bool
is_current(const struct job *job, const struct follow_extent *extent)
{
	return position_same_file(
	    &extent->position, follow_position(job->follow));
}

/* Lines that a late writer adds to an older generation are stored with all
 * fingerprints, for which an extent must end. */
bool
mark_is_whole(const struct job *job, const struct follow_extent *extent)
{
	return job->run->options->every_n && !is_current(job, extent);
}

/* Everything, where the fingerprints must follow: a generation that is begun,
 * or one that was left behind and grew. */
static int
mark_all(struct job *job, struct err *err)
{
	struct err warning = ERR_INIT;
	struct checkpoint now;
	int result;

	job_checkpoint(job, &now);
	result = place_mark(&job->place, &now, &warning, err);
	checkpoint_release(&now);
	return result;
}

static bool
mark_failed(struct job *job, const struct err *err)
{
	job_fail(job, STATUS_NOT_STORED,
	    "%s; lines that were printed will be printed again", err->text);
	return false;
}

bool
mark_generation(struct job *job, const struct follow_extent *extent)
{
	const struct checkpoint *in_force = &job->place.in_force;
	struct err err = ERR_INIT;

	if (!is_current(job, extent) ||
	    (in_force->position.ino &&
		position_same_file(&extent->position, &in_force->position) &&
		strcmp(extent->position.incarnation,
		    in_force->position.incarnation) == 0 &&
		job->place.agreement == CHECKPOINT_AGREES))
		return true;
	return mark_all(job, &err) == 0 || mark_failed(job, &err);
}

static bool
drained(struct job *job)
{
	if (!job->run->options->drain ||
	    output_drain(&job->run->output) == OUTPUT_OK)
		return true;
	job_fail(job, STATUS_OUTPUT,
	    "standard output was not taken to its end: %s", strerror(errno));
	return false;
}

bool
mark_reached(struct job *job, uint64_t offset)
{
	struct err err = ERR_INIT;

	return drained(job) &&
	       (place_mark_offset(&job->place, offset, &err) == 0 ||
		   mark_failed(job, &err));
}

bool
mark_consumed(struct job *job)
{
	struct err err = ERR_INIT;

	job->unmarked = 0;
	return drained(job) &&
	       (mark_all(job, &err) == 0 || mark_failed(job, &err));
}

/* A slow log is stored by time (live.c). */
bool
mark_passed(struct job *job)
{
	const struct options *options = job->run->options;
	struct err err = ERR_INIT;

	if (!options->follow || options->no_store || options->every_n ||
	    options->drain || job->bytes - job->marked_bytes < FOLLOW_BYTES)
		return true;
	job->marked_bytes = job->bytes;
	if (mark_all(job, &err) < 0)
		return mark_failed(job, &err);
	job->stored = true;
	return true;
}
