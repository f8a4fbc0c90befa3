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

static bool
is_named(const struct owned *owned, struct span name)
{
	size_t kind = strlen(owned->kind), owner = strlen(owned->owner);
	char hash[HASH_DIGITS + 1];

	if (name.len != kind + owner + HASH_DIGITS + 2 ||
	    memcmp(name.data, owned->kind, kind) != 0 ||
	    memcmp(name.data + kind + 1, owned->owner, owner) != 0)
		return false;
	hash_pattern(owned, hash);
	return !memcmp(name.data + name.len - HASH_DIGITS, hash, HASH_DIGITS);
}

/* Looks for one by its address, or by its name. */
struct search {
	const struct pattern *pattern;
	struct span name;
	struct owned found;
};

static bool
is_sought(struct search *search, const struct owned *owned)
{
	bool is = search->pattern ? owned->pattern == search->pattern
				  : is_named(owned, search->name);

	if (is)
		search->found = *owned;
	return is;
}

static bool
find_in_rule(struct search *search, const struct rule *rule)
{
	struct owned owned = {.kind = "rule", .owner = rule_name(rule)};
	struct origin origin;
	enum rule_list list;

	for (size_t i = 0;
	     (owned.pattern = rule_pattern(rule, i, &list, &origin)); i++) {
		owned.use = rule_uses[list];
		if (is_sought(search, &owned))
			return true;
	}
	return false;
}

static bool
find_in_log(struct search *search, const struct plan_log *log)
{
	struct owned owned = {.kind = "log",
	    .owner = log->name,
	    .use = "record",
	    .pattern = log->record};

	if (owned.pattern && is_sought(search, &owned))
		return true;
	owned.use = "redact";
	for (size_t i = 0; (owned.pattern = redact_pattern(log->redact, i));
	     i++)
		if (is_sought(search, &owned))
			return true;
	return false;
}

static bool
find(const struct plan *plan, struct search *search)
{
	for (size_t i = 0; i < plan->rule_count; i++)
		if (find_in_rule(search, plan->rules[i].rule))
			return true;
	for (size_t i = 0; i < plan->log_count; i++)
		if (find_in_log(search, &plan->logs[i]))
			return true;
	return false;
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

	if (!find(run->pipeline->plan, &search))
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
	struct search search = {.name = name};

	if (!find(pipeline->plan, &search))
		return 0;
	return quarantine_load(
	    pipeline->quarantine, search.found.pattern, saved, now_ms, err);
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
pipeline_has_pattern(const struct pipeline *pipeline, struct span name)
{
	struct search search = {.name = name};

	return find(pipeline->plan, &search);
}
