/*
 * courier: schedules lanes and records what they report.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/mem.h"
#include "ctaild/courier.h"
#include "ctaild/post.h"
#include "deliver/retry.h"
#include "deliver/worker.h"
#include "store/store_alert.h"

#define FILE_RUN_MS 50

struct courier {
	struct loop *loop;
	struct store *store;
	const char *hostname;
	const struct outlet_places *places;
	struct post **posts;
	size_t post_count;
	struct loop_timer *timer;
	bool finishing;
};

static void on_timer(void *arg);

struct courier *
courier_new(struct loop *loop, struct store *store, const char *hostname,
    const struct outlet_places *places)
{
	struct courier *courier = xcalloc(1, sizeof(*courier));

	courier->loop = loop;
	courier->store = store;
	courier->hostname = hostname;
	courier->places = places;
	courier->timer = loop_timer_new(loop, on_timer, courier);
	return courier;
}

void
courier_free(struct courier *courier)
{
	if (!courier)
		return;
	courier_abort(courier);
	for (size_t i = 0; i < courier->post_count; i++)
		post_free(courier->posts[i]);
	free(courier->posts);
	loop_timer_free(courier->timer);
	free(courier);
}

/* --- Lanes ---------------------------------------------------------------- */

static void
on_outcome(void *arg, int64_t row, const struct outcome *outcome)
{
	post_outcome(arg, row, outcome);
}

static void
on_ended(void *arg)
{
	struct post *post = arg;

	post->lane = NULL;
	courier_kick(post->courier);
}

static void
start_lane(struct post *post)
{
	static const struct lane_calls calls = {post_next, on_outcome,
	    on_ended};
	struct courier *courier = post->courier;
	struct lane_spec spec = {post->name, courier->hostname,
	    post->kind->program, post_settings(post)->timeout,
	    LANE_SLACK_MS};
	struct outcome outcome;
	struct err err = ERR_INIT;

	post->lane = lane_start(courier->loop, &spec, courier->places, calls,
	    post, &err);
	if (post->lane)
		return;
	outcome_set(&outcome, OUTCOME_RETRY, 0, "%s", err.text);
	post_outcome(post, 0, &outcome);
}

/* A local file needs no worker: ctaild carries it out itself, for a moment
 * only, so that logs, signals and ctailctl need not wait for a long queue. */
static void
run_file(struct post *post)
{
	int64_t until = clock_boot_ms() + FILE_RUN_MS;
	struct outcome outcome;
	struct buf fields = BUF_INIT;
	int64_t row;
	void *run = file_driver.open(post->name, post->settings,
	    post->courier->hostname, &outcome);

	if (!run) {
		post_outcome(post, 0, &outcome);
		return;
	}
	while (clock_boot_ms() <= until && post_next(post, &row, &fields)) {
		struct alert alert;

		if (alert_decode(buf_span(&fields), &alert, NULL))
			break;
		file_driver.send(run,
		    &(struct delivery){.alert = &alert}, &outcome);
		alert_release(&alert);
		post_outcome(post, row, &outcome);
	}
	file_driver.close(run);
	buf_release(&fields);
}

static struct post *
find_post(struct courier *courier, struct span name)
{
	for (size_t i = 0; i < courier->post_count; i++)
		if (span_is(name, courier->posts[i]->name))
			return courier->posts[i];
	return NULL;
}

struct kick {
	struct courier *courier;
	int64_t now_ms;
	int64_t next_ms;		/* earliest to wait for; 0: none */
};

static void
wait_for(struct kick *kick, int64_t due_ms)
{
	if (!kick->next_ms || due_ms < kick->next_ms)
		kick->next_ms = due_ms;
}

static void
kick_post(struct kick *kick, struct post *post, int64_t due_ms)
{
	/* A clock that was set back must not silence a sink. */
	if (post->blocked_until_ms > kick->now_ms + RETRY_AFTER_MAX_MS)
		post->blocked_until_ms = kick->now_ms;
	if (due_ms > kick->now_ms + RETRY_AFTER_MAX_MS &&
	    !store_outbox_hasten(kick->courier->store, kick->now_ms, NULL))
		due_ms = kick->now_ms;
	if (post->blocked_until_ms > due_ms)
		due_ms = post->blocked_until_ms;
	if (due_ms > kick->now_ms) {
		wait_for(kick, due_ms);
		return;
	}
	if (post->unrecorded && post_record(post, NULL)) {
		wait_for(kick, kick->now_ms + RECORD_AGAIN_MS);
		return;
	}
	post_bury_old(post, kick->now_ms);
	if (post->kind->program != SINK_BY_AGENT) {
		start_lane(post);
	} else {
		run_file(post);
		/* What it left, and what is due later, needs another look. */
		wait_for(kick, kick->now_ms);
	}
	if (!post->lane && post->blocked_until_ms > kick->now_ms)
		wait_for(kick, post->blocked_until_ms);
}

struct due_sinks {
	struct kick kick;
	struct {
		struct post *post;
		int64_t due_ms;
	} *items;
	size_t count;
};

static void
note_sink(void *arg, struct span sink, int64_t due_ms, int64_t count)
{
	struct due_sinks *due = arg;
	struct post *post = find_post(due->kick.courier, sink);

	(void)count;
	if (!post || post->lane || due->count >= due->kick.courier->post_count)
		return;
	due->items[due->count].post = post;
	due->items[due->count++].due_ms = due_ms;
}

static void
arm(struct courier *courier, const struct kick *kick)
{
	if (kick->next_ms)
		loop_timer_set(courier->timer,
		    clock_boot_ms() + (kick->next_ms - kick->now_ms));
	else
		loop_timer_clear(courier->timer);
}

/* Collected first: starting a run changes the table being read. */
void
courier_kick(struct courier *courier)
{
	struct due_sinks due = {.kick = {courier, clock_wall_ms(), 0}};
	struct err err = ERR_INIT;

	if (courier->finishing)
		return;
	due.items = xcalloc(courier->post_count + 1, sizeof(*due.items));
	if (store_outbox_sinks(courier->store, note_sink, &due, &err)) {
		diag(DIAG_ERROR, "%s", err.text);
		wait_for(&due.kick, due.kick.now_ms + RECORD_AGAIN_MS);
	}
	for (size_t i = 0; i < due.count; i++)
		kick_post(&due.kick, due.items[i].post, due.items[i].due_ms);
	arm(courier, &due.kick);
	free(due.items);
}

static void
on_timer(void *arg)
{
	courier_kick(arg);
}

void
courier_reaped(struct courier *courier, pid_t pid)
{
	for (size_t i = 0; i < courier->post_count; i++)
		if (courier->posts[i]->lane)
			lane_reaped(courier->posts[i]->lane, pid);
}

void
courier_unblock(struct courier *courier, const char *sink)
{
	struct post *post = find_post(courier, span_str(sink));

	if (post && !post->unrecorded)
		post->blocked_until_ms = 0;
}

bool
courier_busy(const struct courier *courier)
{
	for (size_t i = 0; i < courier->post_count; i++)
		if (courier->posts[i]->lane)
			return true;
	return false;
}

struct work_run {
	struct courier *courier;
	int64_t now_ms;
	bool found;
};

static void
note_work(void *arg, struct span sink, int64_t due_ms, int64_t count)
{
	struct work_run *run = arg;
	struct post *post = find_post(run->courier, sink);

	(void)count;
	if (post && due_ms <= run->now_ms &&
	    post->blocked_until_ms <= run->now_ms)
		run->found = true;
}

bool
courier_has_work(struct courier *courier, int64_t now_ms)
{
	struct work_run run = {courier, now_ms, courier_busy(courier)};

	store_outbox_sinks(courier->store, note_work, &run, NULL);
	return run.found;
}

void
courier_finish(struct courier *courier)
{
	courier->finishing = true;
	for (size_t i = 0; i < courier->post_count; i++)
		if (courier->posts[i]->lane)
			lane_finish(courier->posts[i]->lane);
}

void
courier_abort(struct courier *courier)
{
	courier->finishing = true;
	for (size_t i = 0; i < courier->post_count; i++)
		if (courier->posts[i]->lane)
			lane_abort(courier->posts[i]->lane);
}

/* --- Configuration -------------------------------------------------------- */

static struct post *
post_for(struct courier *courier, const char *name, int64_t now_ms)
{
	struct post *post = find_post(courier, span_str(name));

	if (post) {
		/* A reload may have mended what kept it from working. */
		post->blocked_until_ms = 0;
		return post;
	}
	post = post_new(courier->store, name, now_ms);
	post->courier = courier;
	courier->posts = xreallocarray(courier->posts,
	    courier->post_count + 1, sizeof(*courier->posts));
	courier->posts[courier->post_count++] = post;
	return post;
}

struct orphan_run {
	struct courier *courier;
	struct buf names;		/* NUL-separated */
};

static void
note_orphan(void *arg, struct span sink, int64_t due_ms, int64_t count)
{
	struct orphan_run *run = arg;

	(void)due_ms;
	(void)count;
	if (find_post(run->courier, sink))
		return;
	buf_add_span(&run->names, sink);
	buf_add_byte(&run->names, '\0');
}

int
courier_move_orphans(struct courier *courier, const struct conf *conf,
    struct err *err)
{
	const struct setting_list *sinks = conf_default_sinks(conf);
	struct orphan_run run = {courier, BUF_INIT};
	int result = store_outbox_sinks(courier->store, note_orphan, &run,
	    err);
	size_t at = 0;

	while (!result && sinks->count && at < run.names.len) {
		struct span sink = span_str(run.names.data + at);

		diag(DIAG_NOTICE, "sink %s is gone; what waited for it goes to "
		    "%s", sink.data, sinks->items[0].text);
		result = store_outbox_move(courier->store, sink,
		    span_str(sinks->items[0].text), err);
		at += sink.len + 1;
	}
	buf_release(&run.names);
	return result;
}

/* Sinks that are gone lose their posts; nothing of them runs any more. */
static void
drop_posts(struct courier *courier, const struct conf *conf)
{
	size_t kept = 0;

	for (size_t i = 0; i < courier->post_count; i++) {
		struct post *post = courier->posts[i];

		if (conf_sink(conf, span_str(post->name))) {
			courier->posts[kept++] = post;
			continue;
		}
		if (post->lane)
			lane_abort(post->lane);
		post_free(post);
	}
	courier->post_count = kept;
}

void
courier_configure(struct courier *courier, const struct conf *conf)
{
	const struct conf_section *section;
	int64_t now_ms = clock_wall_ms();

	courier_finish(courier);
	drop_posts(courier, conf);
	courier->finishing = false;
	for (size_t i = 0; (section = conf_sink_at(conf, i)); i++) {
		struct post *post = post_for(courier, section->name, now_ms);

		post->kind = section->sink;
		post->settings = section->settings;
	}
}

void
courier_sinks(struct courier *courier,
    void (*each)(void *arg, const struct courier_sink *sink), void *arg)
{
	for (size_t i = 0; i < courier->post_count; i++) {
		const struct post *post = courier->posts[i];
		struct courier_sink sink = {post->name,
		    post->kind->table->section, post->lane != NULL,
		    post->blocked_until_ms, post->failures,
		    post->last_answer};

		each(arg, &sink);
	}
}
