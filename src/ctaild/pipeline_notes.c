/*
 * pipeline_notes: what a pipeline knows beside its decider's state, kept over
 * the end of the process: alerts that wait for records, patterns that ran into
 * their limits, and what logs have shown of the order of their dates.
 *
 * Hides that a pattern is known again by whose it is, what for, and what it
 * says: one that was changed begins anew, and its number means nothing.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/sha256.h"
#include "ctaild/pipeline_internal.h"

#define HASH_BYTES 16
#define HASH_DIGITS (2 * HASH_BYTES)

/* A pattern, and whose it is. */
struct owned {
	const char *kind, *owner;
	const char *use;
	const struct pattern *pattern;
};

static const char *const rule_uses[RULE_LISTS] = {
    [RULE_MATCH] = "match", [RULE_EXCLUDE] = "exclude", [RULE_CLOSE] = "close"};

/* --- Names ---------------------------------------------------------------- */

static void
hash_pattern(const struct owned *owned, char out[HASH_DIGITS + 1])
{
	unsigned char digest[SHA256_SIZE];
	struct sha256 sum;
	char flags[16];

	snprintf(flags, sizeof(flags), "%u", pattern_flags(owned->pattern));
	sha256_init(&sum);
	sha256_add_part(&sum, span_str(owned->use));
	sha256_add_part(&sum, span_str(flags));
	sha256_add_part(&sum, span_str(pattern_text(owned->pattern)));
	sha256_final(&sum, digest);
	hex_encode(digest, HASH_BYTES, out);
}

static void
name_pattern(const struct owned *owned, struct buf *out)
{
	char hash[HASH_DIGITS + 1];

	hash_pattern(owned, hash);
	buf_reset(out);
	buf_addf(out, "%s %s %s", owned->kind, owned->owner, hash);
}

/* True: no more of them. */
typedef bool visit_owned(void *arg, const struct owned *owned);

static bool
visit_rule(const struct rule *rule, visit_owned *visit, void *arg)
{
	struct owned owned = {.kind = "rule", .owner = rule_name(rule)};
	struct origin origin;
	enum rule_list list;

	for (size_t i = 0;
	     (owned.pattern = rule_pattern(rule, i, &list, &origin)); i++) {
		owned.use = rule_uses[list];
		if (visit(arg, &owned))
			return true;
	}
	return false;
}

static bool
visit_log(const struct plan_log *log, visit_owned *visit, void *arg)
{
	struct owned owned = {.kind = "log",
	    .owner = log->name,
	    .use = "record",
	    .pattern = log->record};

	if (owned.pattern && visit(arg, &owned))
		return true;
	owned.use = "redact";
	for (size_t i = 0; (owned.pattern = redact_pattern(log->redact, i));
	     i++)
		if (visit(arg, &owned))
			return true;
	return false;
}

/* Whether it was one of them that needed no more. */
static bool
visit_all(const struct plan *plan, visit_owned *visit, void *arg)
{
	for (size_t i = 0; i < plan->rule_count; i++)
		if (visit_rule(plan->rules[i].rule, visit, arg))
			return true;
	for (size_t i = 0; i < plan->log_count; i++)
		if (visit_log(&plan->logs[i], visit, arg))
			return true;
	return false;
}

/* --- Finding one by its address, or by its name --------------------------- */

struct search {
	const struct pattern *pattern;
	struct owned found;
};

static bool
is_sought(void *arg, const struct owned *owned)
{
	struct search *search = arg;

	if (owned->pattern != search->pattern)
		return false;
	search->found = *owned;
	return true;
}

struct naming {
	struct map *names;
	struct buf name;
};

static bool
take_name(void *arg, const struct owned *owned)
{
	struct naming *naming = arg;
	struct span name;

	name_pattern(owned, &naming->name);
	name = buf_span(&naming->name);
	if (!map_get(naming->names, name))
		map_put(naming->names, name, (void *)owned->pattern);
	return false;
}

/* Names are made when somebody asks, since next to never anybody does: and
 * then of all, since rules may be thousands and notes as many. */
static const struct pattern *
pattern_named(struct pipeline *pipeline, struct span name)
{
	struct naming naming = {.name = BUF_INIT};

	if (!pipeline->pattern_names) {
		naming.names = pipeline->pattern_names = map_new();
		visit_all(pipeline->plan, take_name, &naming);
		buf_release(&naming.name);
	}
	return map_get(pipeline->pattern_names, name);
}

/* --- Storing -------------------------------------------------------------- */

struct notes_run {
	const struct pipeline *pipeline;
	pipeline_note *each;
	void *arg;
};

static void
note_waiting(void *arg, const char *id, struct span saved)
{
	const struct notes_run *run = arg;

	run->each(run->arg, PIPELINE_CONTEXT_NOTE, span_str(id), saved);
}

static void
note_suspect(void *arg, const struct pattern *pattern, struct span saved)
{
	const struct notes_run *run = arg;
	struct search search = {.pattern = pattern};
	struct buf name = BUF_INIT;

	if (!visit_all(run->pipeline->plan, is_sought, &search))
		return;
	name_pattern(&search.found, &name);
	run->each(run->arg, PIPELINE_QUARANTINE_NOTE, buf_span(&name), saved);
	buf_release(&name);
}

static void
note_dates(const struct notes_run *run, size_t log)
{
	const struct timestamp *timestamp = run->pipeline->logs[log].timestamp;
	struct buf saved = BUF_INIT;

	if (!timestamp || !timestamp_changed(timestamp))
		return;
	timestamp_save(timestamp, &saved);
	run->each(run->arg, PIPELINE_DATES_NOTE,
	    span_str(run->pipeline->plan->logs[log].name), buf_span(&saved));
	buf_release(&saved);
}

void
pipeline_notes_changed(
    struct pipeline *pipeline, pipeline_note *each, void *arg)
{
	struct notes_run run = {pipeline, each, arg};

	context_changed(pipeline->context, note_waiting, &run);
	quarantine_changed(pipeline->quarantine, note_suspect, &run);
	for (size_t i = 0; i < pipeline->plan->log_count; i++)
		note_dates(&run, i);
}

void
pipeline_notes_saved(struct pipeline *pipeline)
{
	context_saved(pipeline->context);
	quarantine_saved(pipeline->quarantine);
	for (size_t i = 0; i < pipeline->plan->log_count; i++)
		if (pipeline->logs[i].timestamp)
			timestamp_saved(pipeline->logs[i].timestamp);
}

/* --- Loading -------------------------------------------------------------- */

int
pipeline_load_waiting(struct pipeline *pipeline, const struct alert *alert,
    struct span saved, int64_t now_ms, struct err *err)
{
	return context_load(pipeline->context, alert, saved, now_ms, err);
}

int
pipeline_load_quarantine(struct pipeline *pipeline, struct span name,
    struct span saved, int64_t now_ms, struct err *err)
{
	const struct pattern *pattern = pattern_named(pipeline, name);

	return pattern ? quarantine_load(pipeline->quarantine, pattern, saved,
			     now_ms, err)
		       : 0;
}

static struct timestamp *
timestamp_of(const struct pipeline *pipeline, struct span name)
{
	for (size_t i = 0; i < pipeline->plan->log_count; i++)
		if (span_is(name, pipeline->plan->logs[i].name))
			return pipeline->logs[i].timestamp;
	return NULL;
}

int
pipeline_load_dates(struct pipeline *pipeline, struct span name,
    struct span saved, struct err *err)
{
	struct timestamp *timestamp = timestamp_of(pipeline, name);

	return timestamp ? timestamp_load(timestamp, saved, err) : 0;
}

bool
pipeline_has_dates(const struct pipeline *pipeline, struct span name)
{
	return timestamp_of(pipeline, name) != NULL;
}

bool
pipeline_has_waiting(const struct pipeline *pipeline, struct span id)
{
	return context_has(pipeline->context, id);
}

bool
pipeline_has_pattern(struct pipeline *pipeline, struct span name)
{
	return pattern_named(pipeline, name) != NULL;
}
