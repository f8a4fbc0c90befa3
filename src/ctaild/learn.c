/*
 * learn: feeds old records to rules with `new`.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/diag.h"
#include "ctaild/learn.h"
#include "input/checkpoint.h"
#include "input/sample.h"
#include "input/siblings.h"
#include "store/store_note.h"

/* One log that is being learned from. */
struct lesson {
	const struct learn *learn;
	size_t log;
	int64_t before_ms; /* records from then on will be read; 0: the
			    * offset says what */
	uint64_t bytes;
};

/* --- What was learned before ---------------------------------------------- */

static void
note_name(const struct plan *plan, size_t rule, size_t log, struct buf *out)
{
	buf_add_str(out, rule_name(plan->rules[rule].rule));
	buf_add_byte(out, '\0');
	buf_add_str(out, plan->rules[rule].definition);
	buf_add_byte(out, '\0');
	buf_add_str(out, plan->logs[log].name);
}

/* Whose note this is; false: nobody's any more. */
static bool
owner_of_note(const struct plan *plan, struct span name, size_t *rule_out,
    size_t *log_out)
{
	bool found = false;

	for (size_t i = 0; i < plan->rule_count && !found; i++)
		for (size_t k = 0; k < plan->log_count && !found; k++) {
			struct buf its = BUF_INIT;

			if (!plan->rules[i].logs[k])
				continue;
			note_name(plan, i, k, &its);
			found = span_equal(buf_span(&its), name);
			*rule_out = i;
			*log_out = k;
			buf_release(&its);
		}
	return found;
}

bool
learn_note_is_current(const struct plan *plan, struct span name)
{
	size_t rule, log;

	return owner_of_note(plan, name, &rule, &log);
}

static void
take_note(void *arg, struct span name, struct span saved)
{
	const struct learn *learn = arg;
	size_t rule, log;

	(void)saved;
	if (owner_of_note(learn->plan, name, &rule, &log))
		pipeline_set_learned(learn->pipeline, rule, log);
}

/* --- Where reading begins ------------------------------------------------- */

/* Whether files that are there now are older than their configuration. */
static bool
is_first_sight(const struct source_log *log)
{
	for (size_t i = 0; i < log->settings->path.count; i++)
		if (!log->known || !log->known[i])
			return true;
	return false;
}

/* What of this file will never be read, because it was read or was there
 * before; false: all that there is of the log will be. */
static bool
end_of_past(const struct lesson *lesson, const char *path, uint64_t *end_out)
{
	const struct source_log *log = &lesson->learn->logs[lesson->log];
	const struct checkpoint *read =
	    source_restored(lesson->learn->source, path);
	struct stat status;

	if (stat(path, &status) || status.st_size < 0)
		return false;
	*end_out = (uint64_t)status.st_size;
	if (!read)
		return is_first_sight(log) &&
		       log->settings->start.place != LOG_START_START;
	/* It was rotated meanwhile: the rest of its generation comes first. */
	if (read->position.ino != (uint64_t)status.st_ino)
		return false;
	if (read->position.offset < *end_out)
		*end_out = read->position.offset;
	return true;
}

/* --- Learning ------------------------------------------------------------- */

static void
on_record(void *arg, const struct record *record)
{
	struct lesson *lesson = arg;

	lesson->bytes += record->end - record->offset;
	if (!lesson->before_ms ||
	    pipeline_time(lesson->learn->pipeline, lesson->log,
		record->log_path, record->text) < lesson->before_ms)
		pipeline_learn(lesson->learn->pipeline, record);
}

static enum line_place
on_place(void *arg, size_t log, struct span line)
{
	const struct lesson *lesson = arg;

	return pipeline_place(lesson->learn->pipeline, log, line);
}

static void
learn_part(
    struct lesson *lesson, const char *path, uint64_t from, uint64_t to)
{
	const struct learn *learn = lesson->learn;
	struct sample sample = {.log = &learn->logs[lesson->log],
	    .index = lesson->log,
	    .regular = true,
	    .handler = {
		.record = on_record, .place = on_place, .arg = lesson}};
	struct err err = ERR_INIT;

	if (from < to && sample_file(&sample, path, from, to, &err))
		diag(DIAG_WARNING, "%s: `new' cannot learn from it (%s)", path,
		    err.text);
}

/* The last of them first, as many bytes as are left; of a packed one, whose
 * length is not known, the first. */
static void
learn_generations(struct lesson *lesson, const char *path, uint64_t until)
{
	const struct source_log *log = &lesson->learn->logs[lesson->log];
	struct siblings siblings = {0};
	struct err err = ERR_INIT;

	if (siblings_scan(path, &log->settings->rotated, &siblings, &err))
		diag(DIAG_WARNING, "%s: `new' cannot learn from older ones "
				   "(%s)",
		    path, err.text);
	for (size_t i = siblings.count; i-- > 0 && lesson->bytes < until;) {
		const struct sibling *its = &siblings.items[i];
		uint64_t left = until - lesson->bytes, size = its->size;

		if (its->shadowed)
			continue;
		if (its->name.compression != COMPRESSION_NONE)
			learn_part(lesson, its->path, 0, left);
		else
			learn_part(lesson, its->path,
			    size > left ? size - left : 0, size);
	}
	siblings_release(&siblings);
}

static void
learn_file(void *arg, const char *path)
{
	struct lesson *lesson = arg;
	const struct log_settings *log =
	    lesson->learn->logs[lesson->log].settings;
	uint64_t to, until = lesson->bytes + LEARN_BYTES_MAX;

	if (!end_of_past(lesson, path, &to))
		return;
	lesson->before_ms = 0;
	if (!source_restored(lesson->learn->source, path) &&
	    log->start.place == LOG_START_LAST)
		lesson->before_ms = lesson->learn->now_ms - log->start.last_ms;
	learn_part(lesson, path,
	    to > LEARN_BYTES_MAX ? to - LEARN_BYTES_MAX : 0, to);
	learn_generations(lesson, path, until);
}

static void
note_learned(const struct learn *learn, size_t log)
{
	for (size_t i = 0; i < learn->plan->rule_count; i++) {
		struct buf name = BUF_INIT;

		if (!pipeline_learns(learn->pipeline, i, log))
			continue;
		pipeline_set_learned(learn->pipeline, i, log);
		note_name(learn->plan, i, log, &name);
		ledger_note(
		    learn->ledger, LEARN_NOTE, buf_span(&name), span_str("1"));
		buf_release(&name);
	}
}

static int
learn_log(const struct learn *learn, size_t log, struct err *err)
{
	struct lesson lesson = {.learn = learn, .log = log};

	if (!learn->silent)
		diag(DIAG_INFO, "log %s: learning what is usual in it",
		    learn->plan->logs[log].name);
	if (sample_paths(&learn->logs[log], learn_file, &lesson, err))
		return -1;
	note_learned(learn, log);
	if (!learn->silent)
		diag(DIAG_INFO, "log %s: learned from %llu bytes",
		    learn->plan->logs[log].name,
		    (unsigned long long)lesson.bytes);
	return 0;
}

int
learn_run(const struct learn *learn, struct err *err)
{
	if (store_note_each(
		learn->store, LEARN_NOTE, take_note, (void *)learn, err))
		return -1;
	for (size_t i = 0; i < learn->plan->log_count; i++) {
		if (!pipeline_wants_learning(learn->pipeline, i))
			continue;
		if (learn->logs[i].settings->journal.count)
			note_learned(learn, i);
		else if (learn_log(learn, i, err))
			return -1;
	}
	return 0;
}
