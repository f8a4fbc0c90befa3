/*
 * test_samples: from paths to logs.
 *
 * Hides which [log] a path is meant to be of: the one whose path matches it,
 * or that of which it could be an older generation, or the only one.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "ctailctl/test_samples.h"
#include "input/discover.h"
#include "input/rotation.h"
#include "input/sample.h"

void
test_samples_init(struct test_samples *samples, const struct plan *plan,
    const struct source_log *logs)
{
	*samples = (struct test_samples){.plan = plan, .logs = logs};
	samples->logs_read =
	    xcalloc(plan->log_count + 1, sizeof(*samples->logs_read));
}

void
test_samples_release(struct test_samples *samples)
{
	for (size_t i = 0; i < samples->count; i++)
		free(samples->paths[i]);
	free(samples->paths);
	free(samples->list);
	free(samples->logs_read);
}

/* --- Which log ------------------------------------------------------------ */

static void
add_names(const struct plan *plan, struct buf *out)
{
	for (size_t i = 0; i < plan->log_count; i++)
		buf_addf(out, "%s%s", i ? ", " : "", plan->logs[i].name);
}

static int
find_by_name(
    const struct plan *plan, const char *name, size_t *out, struct err *err)
{
	struct buf names = BUF_INIT;

	for (*out = 0; *out < plan->log_count; (*out)++)
		if (!strcmp(plan->logs[*out].name, name))
			return 0;
	add_names(plan, &names);
	err_set(err, "there is no log `%s'; the logs are: %s", name,
	    buf_str(&names));
	buf_release(&names);
	return -1;
}

static bool
belongs(const struct log_settings *settings, const char *path)
{
	for (size_t i = 0; i < settings->exclude_path.count; i++)
		if (discover_matches(
			settings->exclude_path.items[i].text, path))
			return false;
	for (size_t i = 0; i < settings->path.count; i++)
		if (discover_matches(settings->path.items[i].text, path))
			return true;
	return false;
}

static bool
find_of(const struct plan *plan, const char *path, size_t *out)
{
	for (*out = 0; *out < plan->log_count; (*out)++)
		if (belongs(plan->logs[*out].settings, path))
			return true;
	return false;
}

struct candidate {
	const struct plan *plan;
	struct span directory;
	size_t log;
};

static bool
is_of(void *arg, struct span base)
{
	struct candidate *candidate = arg;
	struct buf path = BUF_INIT;
	bool found;

	buf_add_span(&path, candidate->directory);
	buf_add_span(&path, base);
	found = find_of(candidate->plan, buf_str(&path), &candidate->log);
	buf_release(&path);
	return found;
}

static bool
find_by_path(const struct plan *plan, const char *path, size_t *out)
{
	char *whole = realpath(path, NULL);
	const char *slash = whole ? strrchr(whole, '/') : NULL;
	struct candidate candidate = {.plan = plan};
	bool found =
	    find_of(plan, path, out) || (whole && find_of(plan, whole, out));

	if (!found && slash) {
		candidate.directory =
		    span_of(whole, (size_t)(slash + 1 - whole));
		found = rotation_of_any(span_str(slash + 1), is_of, &candidate);
		*out = candidate.log;
	}
	free(whole);
	return found;
}

static int
find_log(const struct plan *plan, const char *path, const char *name,
    size_t *out, struct err *err)
{
	struct buf names = BUF_INIT;

	if (name)
		return find_by_name(plan, name, out, err);
	if (find_by_path(plan, path, out))
		return 0;
	if (plan->log_count == 1) {
		*out = 0;
		return 0;
	}
	if (!plan->log_count)
		return err_set(err, "the configuration has no [log]");
	if (strcmp(path, "-") != 0 && access(path, F_OK))
		return err_set(
		    err, "cannot open %s: %s", path, strerror(errno));
	add_names(plan, &names);
	err_set(err,
	    "%s is of no [log] by its path; say --log NAME, one of: "
	    "%s",
	    path, buf_str(&names));
	buf_release(&names);
	return -1;
}

/* --- The list ------------------------------------------------------------- */

static bool
wants_shapes(const struct plan *plan, size_t log)
{
	for (size_t i = 0; i < plan->rule_count; i++)
		if (plan->rules[i].logs[log] &&
		    when_class(&rule_settings(plan->rules[i].rule)->when) ==
			WHEN_NEW)
			return true;
	return false;
}

/* What is no file is being written now. */
static int64_t
changed_ms(const char *path)
{
	struct stat status;

	if (!strcmp(path, "-") || stat(path, &status) ||
	    !S_ISREG(status.st_mode))
		return clock_wall_ms();
	return (int64_t)status.st_mtim.tv_sec * 1000 +
	       status.st_mtim.tv_nsec / 1000000;
}

static int
append(struct test_samples *samples, const char *path, size_t log,
    bool generations, struct err *err)
{
	int64_t changed = changed_ms(path);
	char *own;

	if (samples->count == READERS_MAX)
		return err_set(err,
		    "there are more than %d files to read; "
		    "name fewer as SAMPLE, or one log with --log",
		    READERS_MAX);
	if (changed > samples->newest_ms)
		samples->newest_ms = changed;
	samples->list = xreallocarray(
	    samples->list, samples->count + 1, sizeof(*samples->list));
	samples->paths = xreallocarray(
	    samples->paths, samples->count + 1, sizeof(*samples->paths));
	own = xstrdup(path);
	samples->paths[samples->count] = own;
	samples->list[samples->count++] =
	    (struct reading){own, log, generations};
	samples->logs_read[log] = true;
	samples->is_new |= wants_shapes(samples->plan, log);
	return 0;
}

int
test_samples_add(struct test_samples *samples, const char *path,
    const char *log, struct err *err)
{
	size_t index;

	if (find_log(samples->plan, path, log, &index, err))
		return -1;
	return append(samples, path, index, false, err);
}

/* --- The logs themselves -------------------------------------------------- */

struct claim {
	struct test_samples *samples;
	struct map *taken; /* paths of the logs before */
	size_t log;
	struct err *err;
	bool failed;
};

static void
take_path(void *arg, const char *path)
{
	struct claim *claim = arg;

	if (claim->failed || map_get(claim->taken, span_str(path)))
		return;
	map_put(claim->taken, span_str(path), claim);
	claim->failed =
	    append(claim->samples, path, claim->log, true, claim->err) != 0;
}

static void
only_claim(void *arg, const char *path)
{
	struct claim *claim = arg;

	map_put(claim->taken, span_str(path), claim);
}

int
test_samples_add_logs(
    struct test_samples *samples, const char *log, struct err *err)
{
	const struct plan *plan = samples->plan;
	struct claim claim = {
	    .samples = samples, .taken = map_new(), .err = err};
	size_t only = SIZE_MAX;

	if (log && find_by_name(plan, log, &only, err))
		claim.failed = true;
	for (size_t i = 0; i < plan->log_count && !claim.failed; i++) {
		bool wanted = only == SIZE_MAX || i == only;

		if (!plan->logs[i].settings->path.count)
			continue;
		claim.log = i;
		if (sample_paths(&samples->logs[i],
			wanted ? take_path : only_claim, &claim, err))
			claim.failed = true;
	}
	map_free(claim.taken, NULL);
	return claim.failed ? -1 : 0;
}
