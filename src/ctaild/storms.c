/*
 * storms: one cap per sink, by name.
 *
 * Hides what becomes of a cap whose sink changed: its state is carried over
 * in its saved form, which is the same whatever the rate is.
 */
#include "config.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/map.h"
#include "base/mem.h"
#include "ctaild/storms.h"
#include "deliver/alertmanager_settings.h"
#include "deliver/webhook_settings.h"
#include "store/store_note.h"

/* What holds for a sink that has no cap any more, until it has been told. */
static const struct rate any_rate = {1, STORM_GRACE_MS};

struct cap {
	struct rate rate;
	struct storm *storm; /* NULL: only loaded yet */
	struct buf loaded;
	bool ends; /* no sink has it any more */
	bool keeps_incidents; /* its sink does, until they are over */
};

struct storms {
	struct map *caps;
};

static void
cap_free(void *arg)
{
	struct cap *cap = arg;

	storm_free(cap->storm);
	buf_release(&cap->loaded);
	free(cap);
}

struct storms *
storms_new(void)
{
	struct storms *storms = xcalloc(1, sizeof(*storms));

	storms->caps = map_new();
	return storms;
}

void
storms_free(struct storms *storms)
{
	if (!storms)
		return;
	map_free(storms->caps, cap_free);
	free(storms);
}

static struct cap *
use_cap(struct storms *storms, struct span sink)
{
	struct cap *cap = map_get(storms->caps, sink);

	if (!cap) {
		cap = xcalloc(1, sizeof(*cap));
		map_put(storms->caps, sink, cap);
	}
	return cap;
}

static void
load_note(void *arg, struct span sink, struct span saved)
{
	buf_add_span(&use_cap(arg, sink)->loaded, saved);
}

int
storms_load(struct storms *storms, struct store *store, struct err *err)
{
	map_free(storms->caps, cap_free);
	storms->caps = map_new();
	return store_note_each(store, STORMS_KIND, load_note, storms, err);
}

/* The same state under this rate. */
static void
rebuild(
    struct cap *cap, struct span sink, const struct rate *rate, int64_t now_ms)
{
	struct err err = ERR_INIT;

	if (cap->storm)
		storm_save(cap->storm, &cap->loaded);
	storm_free(cap->storm);
	cap->rate = *rate;
	cap->storm = storm_new(rate);
	if (cap->loaded.len &&
	    storm_load(cap->storm, buf_span(&cap->loaded), now_ms, &err))
		diag(DIAG_WARNING,
		    "what is stored of the cap of sink %.*s is damaged (%s); "
		    "it begins anew",
		    span_shown(sink), sink.data, err.text);
	buf_release(&cap->loaded);
}

static bool
keeps_incidents(const struct conf_section *section)
{
	const struct webhook_settings *webhook = section->settings;

	if (section->table == &alertmanager_setting_table)
		return true;
	return section->table == &webhook_setting_table &&
	       preset_at(webhook->preset)->keeps_incidents;
}

static void
configure_sink(
    struct storms *storms, const struct conf_section *section, int64_t now_ms)
{
	const struct sink_settings *settings = section->settings;
	struct span name = span_str(section->name);
	struct cap *cap;

	if (!settings->storm.period_ms)
		return;
	cap = use_cap(storms, name);
	cap->ends = false;
	cap->keeps_incidents = keeps_incidents(section);
	if (!cap->storm || cap->rate.count != settings->storm.count ||
	    cap->rate.period_ms != settings->storm.period_ms)
		rebuild(cap, name, &settings->storm, now_ms);
}

void
storms_configure(struct storms *storms, const struct conf *conf, int64_t now_ms)
{
	const struct conf_section *section;
	struct span sink;
	void *value;
	size_t at;

	for (at = 0; map_next(storms->caps, &at, &sink, &value);)
		((struct cap *)value)->ends = true;
	for (at = 0; (section = conf_sink_at(conf, at)); at++)
		configure_sink(storms, section, now_ms);
	for (at = 0; map_next(storms->caps, &at, &sink, &value);) {
		struct cap *cap = value;

		if (!cap->storm)
			rebuild(cap, sink, &any_rate, now_ms);
	}
}

bool
storms_admit(struct storms *storms, const char *sink, const struct alert *alert,
    int64_t now_ms)
{
	struct cap *cap = map_get(storms->caps, span_str(sink));

	if (!cap || cap->ends || !cap->storm)
		return true;
	/* It wakes nobody, and without it what was told stays open there. */
	if (alert->kind == ALERT_RECOVERY && cap->keeps_incidents)
		return true;
	return storm_admit(cap->storm, span_str(alert->rule),
	    (int)alert->severity, alert->count, now_ms);
}

/* One that ends does not wait for its time. */
static int64_t
cap_due(const struct cap *cap)
{
	int64_t due = cap->storm ? storm_due(cap->storm) : 0;

	return due && cap->ends ? 1 : due;
}

int64_t
storms_due(const struct storms *storms)
{
	int64_t earliest = 0;
	struct span sink;
	size_t at = 0;
	void *value;

	while (map_next(storms->caps, &at, &sink, &value)) {
		int64_t due = cap_due(value);

		if (due && (!earliest || due < earliest))
			earliest = due;
	}
	return earliest;
}

static struct storms_cap
describe(struct span sink, const struct cap *cap, int64_t at_ms)
{
	return (struct storms_cap){sink, cap->rate, cap->storm, at_ms};
}

void
storms_expire(
    struct storms *storms, int64_t now_ms, storms_each *each, void *arg)
{
	struct span sink;
	size_t at = 0;
	void *value;

	while (map_next(storms->caps, &at, &sink, &value)) {
		struct cap *cap = value;
		int64_t due, own = 0;
		struct storms_cap known;

		if (cap->storm)
			storm_settle(cap->storm, now_ms);
		due = cap_due(cap);
		if (!due || due > now_ms)
			continue;
		own = storm_due(cap->storm);
		known = describe(sink, cap, own > now_ms ? own : now_ms);
		each(arg, &known);
	}
}

void
storms_all(const struct storms *storms, storms_each *each, void *arg)
{
	struct span sink;
	size_t at = 0;
	void *value;

	while (map_next(storms->caps, &at, &sink, &value)) {
		struct cap *cap = value;
		struct storms_cap known =
		    describe(sink, cap, cap->storm ? storm_due(cap->storm) : 0);

		if (cap->storm && (!cap->ends || known.at_ms))
			each(arg, &known);
	}
}

/* Its row is to go. */
static bool
is_over(const struct cap *cap)
{
	return cap->ends && cap->storm && !storm_due(cap->storm);
}

void
storms_dirty(struct storms *storms,
    void (*each)(void *arg, struct span sink, struct span saved), void *arg)
{
	struct buf saved = BUF_INIT;
	struct span sink;
	size_t at = 0;
	void *value;

	while (map_next(storms->caps, &at, &sink, &value)) {
		struct cap *cap = value;

		if (!cap->storm ||
		    (!storm_is_dirty(cap->storm) && !is_over(cap)))
			continue;
		buf_reset(&saved);
		if (!is_over(cap))
			storm_save(cap->storm, &saved);
		each(arg, sink, buf_span(&saved));
	}
	buf_release(&saved);
}

static void
drop_over(struct storms *storms)
{
	struct map *kept = map_new();
	struct span sink;
	size_t at = 0;
	void *value;

	while (map_next(storms->caps, &at, &sink, &value)) {
		if (is_over(value))
			cap_free(value);
		else
			map_put(kept, sink, value);
	}
	map_free(storms->caps, NULL);
	storms->caps = kept;
}

void
storms_saved(struct storms *storms)
{
	bool over = false;
	struct span sink;
	size_t at = 0;
	void *value;

	while (map_next(storms->caps, &at, &sink, &value)) {
		struct cap *cap = value;

		if (cap->storm)
			storm_saved(cap->storm);
		over |= is_over(cap);
	}
	if (over)
		drop_over(storms);
}
