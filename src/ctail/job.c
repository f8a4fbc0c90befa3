/*
 * job: opening, storing and ending of one log; printing is in print.c.
 */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/durable.h"
#include "base/mem.h"
#include "ctail/job.h"

void
job_warn(const struct job *job, const char *format, ...)
{
	struct buf text = BUF_INIT;
	va_list args;

	if (job->run->options->quiet)
		return;
	va_start(args, format);
	buf_addv(&text, format, args);
	va_end(args);
	diag(DIAG_WARNING, "WARN: %s", buf_str(&text));
	buf_release(&text);
}

void
job_fail(struct job *job, enum exit_status status, const char *format, ...)
{
	struct buf text = BUF_INIT;
	va_list args;

	va_start(args, format);
	buf_addv(&text, format, args);
	va_end(args);
	diag(DIAG_ERROR, "%s", buf_str(&text));
	if (!job->error)
		job->error = buf_take(&text);
	buf_release(&text);
	job->status = status_worse(job->status, status);
}

void
job_tell(struct job *job, const char *text)
{
	if (job->told && strcmp(job->told, text) == 0)
		return;
	free(job->told);
	job->told = xstrdup(text);
	job_warn(job, "%s", text);
}

enum exit_status
job_unreadable(const struct job *job)
{
	struct stat st;

	return stat(job->log, &st) == 0 && !S_ISREG(st.st_mode)
		   ? STATUS_NO_LOG
		   : STATUS_UNREADABLE;
}

/* --- Where to begin ---------------------------------------------------------
 */

static void
explain_place(const struct job *job)
{
	static const char *const words[] = {
	    [CHECKPOINT_NONE] = "there are no fingerprints to prove it",
	    [CHECKPOINT_AGREES] = "the fingerprints agree",
	    [CHECKPOINT_MOVED] =
		"the fingerprints know the file, but another tool read on",
	    [CHECKPOINT_ELSEWHERE] = "the fingerprints are of another file",
	};
	const struct place *place = &job->place;

	if (!job->run->options->explain)
		return;
	if (!place->in_force.position.ino)
		diag(DIAG_INFO, "%s: no position in %s", job->log, place->path);
	else
		diag(DIAG_INFO, "%s: %s says inode %llu, offset %llu; %s",
		    job->log, place->path,
		    (unsigned long long)place->stored.inode,
		    (unsigned long long)place->stored.offset,
		    words[place->agreement]);
}

static void
warn_about_files(const struct job *job, bool recovered, const struct err *err)
{
	const struct place *place = &job->place;

	if (place->found == OFFSET_EMPTY)
		job_warn(job,
		    "offset file %s is empty, which counts as none; reading "
		    "%s from its start",
		    place->path, job->log);
	if (recovered)
		job_warn(job,
		    "%s; going on from the fingerprints in %s (inode %llu, "
		    "offset %llu)",
		    err->text, place->prints_path,
		    (unsigned long long)place->stored.inode,
		    (unsigned long long)place->stored.offset);
	if (place->prints_found == OFFSET_DAMAGED ||
	    place->prints_found == OFFSET_UNREADABLE)
		job_warn(job, "%s; going on without fingerprints",
		    place->prints_err.text);
}

/* --reset; what was there is said and stays until something is stored. */
static void
forget_position(struct job *job)
{
	const struct place *place = &job->place;
	const char *next = job->run->options->from_end ? "end" : "start";

	if (place->found == OFFSET_DAMAGED)
		job_warn(job,
		    "offset file %s is damaged and was reset; reading %s from "
		    "its %s",
		    place->path, job->log, next);
	else if (place->has_stored)
		job_warn(job,
		    "the position of %s (inode %llu, offset %llu) was reset; "
		    "reading it from its %s",
		    job->log, (unsigned long long)place->stored.inode,
		    (unsigned long long)place->stored.offset, next);
	place_forget(&job->place);
}

/* 0; -1 with the failure said; 1 to begin at the end. */
static int
read_position(struct job *job)
{
	const struct options *options = job->run->options;
	struct err err = ERR_INIT;
	bool recovered;
	enum exit_status status = place_read(&job->place, &recovered, &err);

	if (options->reset &&
	    (status == STATUS_OK || status == STATUS_DAMAGED)) {
		forget_position(job);
		return options->from_end;
	}
	if (status == STATUS_DAMAGED && options->accept_loss) {
		job_warn(job,
		    "%s; what was not read of %s until now is given up, going "
		    "on at its end",
		    err.text, job->log);
		return 1;
	}
	if (status == STATUS_DAMAGED)
		job_fail(job, status,
		    "%s; nothing was printed; ctail --reset reads %s from "
		    "its start, ctail --accept-loss goes on at its end",
		    err.text, job->log);
	else if (status != STATUS_OK)
		job_fail(job, status, "%s", err.text);
	if (status != STATUS_OK)
		return -1;
	warn_about_files(job, recovered, &err);
	return options->from_end && !job->place.in_force.position.ino;
}

static bool
begin_at_end(struct job *job)
{
	bool missing = access(job->log, F_OK) < 0;
	struct err err = ERR_INIT;

	/* What appears later is read from its start. */
	if (missing && job->run->options->follow)
		return true;
	if (follow_seek(job->follow, UINT64_MAX, &err) == 0)
		return true;
	job_fail(
	    job, missing ? STATUS_NO_LOG : STATUS_UNREADABLE, "%s", err.text);
	return false;
}

/* With older generations or somebody who listens it takes a real look. */
static bool
is_unchanged(const struct job *job, const struct stat *seen)
{
	const struct options *options = job->run->options;
	const struct checkpoint *stored = &job->place.in_force;
	struct stat st;

	if (!seen || !stored->stamp_ns || stored->old_count ||
	    job->place.agreement != CHECKPOINT_AGREES || options->explain ||
	    options->json_status)
		return false;
	if (!seen->st_ino && lstat(job->log, &st) == 0)
		seen = &st;
	return position_is_unchanged(&stored->position, stored->stamp_ns, seen);
}

static bool
open_follow(struct job *job, const struct stat *seen)
{
	int at_end = read_position(job);
	const struct checkpoint *begin = &job->place.in_force;

	if (at_end < 0)
		return false;
	explain_place(job);
	if (!at_end && is_unchanged(job, seen))
		return false;
	job->follow = follow_new(job->log, &job->run->follow_options,
	    begin->position.ino ? begin : NULL);
	return at_end ? begin_at_end(job) : true;
}

bool
job_open(
    struct job *job, struct run *run, const char *log, const struct stat *seen)
{
	const struct options *options = run->options;
	struct err err = ERR_INIT;
	enum exit_status status;

	*job = (struct job){
	    .run = run,
	    .log = log,
	    .counts_lines =
		options->every_n || options->max_lines || options->json_status,
	    .watches = {-1, -1},
	};
	status = place_open(&job->place, options, log, &err);
	if (status != STATUS_OK)
		job_fail(job, status, "%s", err.text);
	job->finished = status != STATUS_OK || !open_follow(job, seen);
	return !job->finished;
}

void
job_close(struct job *job)
{
	if (job->follow)
		follow_free(job->follow);
	checkpoint_release(&job->pending);
	place_close(&job->place);
	free(job->told);
	free(job->error);
}

/* --- Where it ends ----------------------------------------------------------
 */

void
job_checkpoint(const struct job *job, struct checkpoint *out)
{
	*out = CHECKPOINT_INIT;
	follow_checkpoint(job->follow, out);
	if (job->has_partial)
		out->position = job->partial;
}

static bool
output_is_safe(struct job *job)
{
	struct output *output = &job->run->output;

	if (output_settle(output) == OUTPUT_OK &&
	    (!job->run->options->drain || output_drain(output) == OUTPUT_OK))
		return true;
	job_fail(job, STATUS_OUTPUT,
	    "standard output was not taken to its end: %s; the position in "
	    "%s is not stored",
	    strerror(errno), job->log);
	return false;
}

static void
store_checkpoint(struct job *job, const struct checkpoint *now)
{
	struct place *place = &job->place;
	struct err warning = ERR_INIT, err = ERR_INIT;

	if (!output_is_safe(job))
		return;
	if (place_store(place, now, &warning, &err) < 0)
		job_fail(job, STATUS_NOT_STORED,
		    "%s; the same lines will be printed again", err.text);
	else
		job->stored = true;
	/* Where nothing can be made beside the offset file there are no
	 * fingerprints, every time. */
	if (warning.text[0] && place->how == OFFSET_REPLACE)
		job_warn(
		    job, "%s; going on without fingerprints", warning.text);
}

void
job_store(struct job *job)
{
	struct checkpoint now;

	if (!job->follow || job->run->options->no_store ||
	    job->status == STATUS_OUTPUT || job->status == STATUS_NOT_STORED)
		return;
	job_checkpoint(job, &now);
	if (place_differs(&job->place, &now) ||
	    (now.position.ino && place_is_displaced(&job->place)))
		store_checkpoint(job, &now);
	checkpoint_release(&now);
}

enum exit_status
job_status(const struct job *job)
{
	const struct options *options = job->run->options;
	enum exit_status status = job->status;

	if (job->follow && follow_gaps(job->follow).count > 0 &&
	    !options->accept_loss)
		status = status_worse(status, STATUS_GAP);
	if (status == STATUS_OK && options->exit_code && job->bytes == 0)
		status = STATUS_NOTHING;
	return status;
}
