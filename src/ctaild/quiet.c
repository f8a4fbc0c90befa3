/*
 * quiet: one struct absence per log.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "ctaild/quiet.h"
#include "judge/absence.h"

/* A file may be stamped a little ahead of the clock we read. */
#define AHEAD_MS 2000

struct clock_of_log {
	const struct plan_log *log; /* NULL: it may be quiet */
	struct absence absence;
	int64_t back_ms; /* it spoke again, which is to be told; the
			  * last sign before */
	bool is_back;
	bool changed;
};

struct quiet {
	struct clock_of_log *clocks; /* per log */
	size_t count, used;
};

/* It runs by day and by night. */
static const struct hours_spec always = {.count = 0};

struct quiet *
quiet_new(const struct plan *plan)
{
	struct quiet *quiet = xcalloc(1, sizeof(*quiet));

	quiet->count = plan->log_count;
	quiet->clocks = xcalloc(plan->log_count + 1, sizeof(*quiet->clocks));
	for (size_t i = 0; i < plan->log_count; i++) {
		if (plan->logs[i].settings->quiet <= 0)
			continue;
		quiet->clocks[i].log = &plan->logs[i];
		quiet->used++;
	}
	return quiet;
}

void
quiet_free(struct quiet *quiet)
{
	if (!quiet)
		return;
	free(quiet->clocks);
	free(quiet);
}

static struct clock_of_log *
find(struct quiet *quiet, struct span log)
{
	for (size_t i = 0; i < quiet->count; i++)
		if (quiet->clocks[i].log &&
		    span_is(log, quiet->clocks[i].log->name))
			return &quiet->clocks[i];
	return NULL;
}

/* A clock that was set back must not make it wait longer; stored, or every
 * pass would put it right anew, and further away each time. */
static void
step_back(struct clock_of_log *clock, int64_t now_ms)
{
	int64_t before = clock->absence.since_ms;

	absence_clamp(&clock->absence, &always, clock->log->settings->quiet,
	    now_ms);
	clock->changed |= clock->absence.since_ms != before;
}

void
quiet_load(
    struct quiet *quiet, struct span log, struct span saved, int64_t now_ms)
{
	struct clock_of_log *clock = find(quiet, log);
	struct err err = ERR_INIT;

	if (!clock)
		return;
	/* As it was stored, however far ahead the clock was then. */
	if (!absence_load(&clock->absence, &always,
		clock->log->settings->quiet, saved, INT64_MAX, &err)) {
		step_back(clock, now_ms);
		return;
	}
	diag(DIAG_WARNING,
	    "log %s: the stored clock of `quiet' is damaged "
	    "(%s); it starts anew",
	    clock->log->name, err.text);
	clock->absence = (struct absence){0};
}

void
quiet_sign(
    struct quiet *quiet, const char *log, int64_t written_ms, int64_t now_ms)
{
	struct clock_of_log *clock = find(quiet, span_str(log));
	int64_t before;

	if (!clock || written_ms <= 0 || written_ms > now_ms + AHEAD_MS)
		return;
	before = clock->absence.since_ms;
	/* One that does not run yet begins when it is started. */
	if (!before || written_ms <= before)
		return;
	if (absence_sign(&clock->absence, &always, clock->log->settings->quiet,
		written_ms)) {
		clock->is_back = true;
		clock->back_ms = before;
	}
	clock->changed = true;
}

static void
tell_back(struct clock_of_log *clock, size_t log,
    void (*tell)(void *arg, size_t log, struct alert_quiet *what), void *arg)
{
	struct alert_quiet what = {.log = clock->log->name,
	    .kind = ALERT_RECOVERY,
	    .length_ms = clock->log->settings->quiet,
	    .since_ms = clock->back_ms,
	    .about = ""};

	clock->is_back = false;
	tell(arg, log, &what);
}

static void
tell_missing(struct clock_of_log *clock, size_t log,
    void (*tell)(void *arg, size_t log, struct alert_quiet *what), void *arg)
{
	struct alert_quiet what = {.log = clock->log->name,
	    .kind = ALERT_ABSENT,
	    .length_ms = clock->log->settings->quiet,
	    .since_ms = clock->absence.since_ms,
	    .about = ""};

	clock->changed = true;
	tell(arg, log, &what);
}

void
quiet_expire(struct quiet *quiet, int64_t now_ms, bool caught_up,
    void (*tell)(void *arg, size_t log, struct alert_quiet *what), void *arg)
{
	for (size_t i = 0; i < quiet->count; i++) {
		struct clock_of_log *clock = &quiet->clocks[i];

		if (!clock->log)
			continue;
		if (clock->is_back)
			tell_back(clock, i, tell, arg);
		step_back(clock, now_ms);
		if (!clock->absence.since_ms) {
			absence_start(&clock->absence, &always,
			    clock->log->settings->quiet, now_ms);
			clock->changed = true;
		}
		if (caught_up && absence_expire(&clock->absence, now_ms))
			tell_missing(clock, i, tell, arg);
	}
}

int64_t
quiet_due(const struct quiet *quiet)
{
	int64_t due = 0;

	for (size_t i = 0; i < quiet->count; i++) {
		int64_t its = quiet->clocks[i].absence.due_ms;

		if (quiet->clocks[i].log && its && (!due || its < due))
			due = its;
	}
	return due;
}

bool
quiet_is_used(const struct quiet *quiet)
{
	return quiet->used > 0;
}

void
quiet_changed(struct quiet *quiet,
    void (*each)(void *arg, const char *log, struct span saved), void *arg)
{
	for (size_t i = 0; i < quiet->count; i++) {
		struct clock_of_log *clock = &quiet->clocks[i];
		struct buf saved = BUF_INIT;

		if (!clock->log || !clock->changed)
			continue;
		clock->changed = false;
		absence_save(&clock->absence, &saved);
		each(arg, clock->log->name, buf_span(&saved));
		buf_release(&saved);
	}
}
