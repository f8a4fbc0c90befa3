/*
 * sample_log: all there is of a log, its generations included.
 *
 * Hides that names change meanwhile: the live file is opened before the
 * others are looked for, and what is under a name later is only read when it
 * is still the file that was found.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "input/sample_internal.h"
#include "input/siblings.h"

#define NS_PER_MS 1000000

/* A log in the reading. */
struct sampled_log {
	struct sampling sampling;
	struct sample_input live;
	bool exists;   /* the live file */
	bool has_live; /* and is to be read: it is open */
	struct err *err;
	bool failed; /* err has the first reason */
};

static void
note_failed(struct sampled_log *log, const struct err *why)
{
	if (!log->failed)
		err_set(log->err, "%s", why->text);
	log->failed = true;
}

static bool
is_same_file(const struct sibling *sibling, const struct stat *st)
{
	return sibling->dev == st->st_dev && sibling->ino == st->st_ino;
}

static bool
is_wanted(const struct sampled_log *log, const struct sibling *sibling)
{
	if (sibling->shadowed ||
	    (log->exists && is_same_file(sibling, &log->live.st)))
		return false;
	return sibling->mtime_ns / NS_PER_MS >= log->sampling.since_ms;
}

static int
open_sibling(const struct sampled_log *log, const struct sibling *sibling,
    struct sample_input *out, struct err *err)
{
	if (sample_open(log->sampling.sample, sibling->path, false, out, err) <
	    0)
		return -1;
	if (is_same_file(sibling, &out->st))
		return 0;
	content_close(&out->content);
	return err_set(err, "%s was rotated while it was being read; try again",
	    sibling->path);
}

static void
read_sibling(struct sampled_log *log, const struct sibling *sibling, bool last)
{
	struct sample_input input;
	struct err why = ERR_INIT;

	if (open_sibling(log, sibling, &input, &why) < 0 ||
	    sampling_read(&log->sampling, sibling->path, &input, last, &why) <
		0)
		note_failed(log, &why);
}

static void
read_siblings(struct sampled_log *log, const struct siblings *siblings)
{
	const struct sibling *next = NULL;

	for (size_t i = 0; i < siblings->count; i++) {
		if (!is_wanted(log, &siblings->items[i]))
			continue;
		if (next && !log->sampling.ended)
			read_sibling(log, next, false);
		next = &siblings->items[i];
	}
	if (next && !log->sampling.ended)
		read_sibling(log, next, !log->has_live);
}

/* It may be away for the moment. */
static void
open_live(struct sampled_log *log, const char *path)
{
	struct sample_input *live = &log->live;
	struct err why = ERR_INIT;
	struct stat st;

	log->exists = stat(path, &st) == 0 || errno != ENOENT;
	if (!log->exists)
		return;
	if (sample_open(log->sampling.sample, path, false, live, &why) < 0) {
		note_failed(log, &why);
		return;
	}
	log->has_live = (int64_t)live->st.st_mtim.tv_sec * 1000 +
			    live->st.st_mtim.tv_nsec / NS_PER_MS >=
			log->sampling.since_ms;
	if (!log->has_live)
		content_close(&live->content);
}

static void
read_live(struct sampled_log *log, const char *path)
{
	struct err why = ERR_INIT;

	if (log->sampling.ended)
		content_close(&log->live.content);
	else if (sampling_read(&log->sampling, path, &log->live, true, &why) <
		 0)
		note_failed(log, &why);
}

int
sample_log(const struct sample *sample, const char *log_path, int64_t since_ms,
    struct err *err)
{
	struct sampled_log log = {.err = err};
	struct siblings siblings = {0};
	struct err why = ERR_INIT;
	size_t there;

	sampling_init(&log.sampling, sample, log_path);
	log.sampling.since_ms = since_ms;
	open_live(&log, log_path);
	if (siblings_scan(
		log_path, &sample->log->settings->rotated, &siblings, &why) < 0)
		note_failed(&log, &why);
	there = siblings.count;
	read_siblings(&log, &siblings);
	siblings_release(&siblings);
	if (log.has_live)
		read_live(&log, log_path);
	sampling_release(&log.sampling);
	if (!log.failed && there == 0 && !log.exists)
		return err_set(err,
		    "%s is not there, nor is any file that "
		    "it was rotated to",
		    log_path);
	return log.failed ? -1 : 0;
}
