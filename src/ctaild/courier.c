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
#include "store/store_alert.h"

#define SYNC_MS 1000		/* that a power cut may cost of outcomes */
#define GONE_LOOK_MS 60000	/* for what grows too old */

struct courier {
	struct loop *loop;
	struct store *store;
	const char *hostname;
	const struct outlet_places *places;
	struct post **posts;
	size_t post_count;
	struct loop_timer *timer;
	struct loop_timer *sync_timer;
	bool unsynced;
	bool finishing;
};

static void on_timer(void *arg);
static void on_sync(void *arg);

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
	courier->sync_timer = loop_timer_new(loop, on_sync, courier);
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
	loop_timer_free(courier->sync_timer);
	free(courier);
}

/* --- Outcomes ------------------------------------------------------------- */

static void
sync_store(struct courier *courier)
{
	struct err err = ERR_INIT;

	loop_timer_clear(courier->sync_timer);
	if (!courier->unsynced)
		return;
	if (!store_sync(courier->store, &err)) {
		courier->unsynced = false;
		return;
	}
	diag(DIAG_WARNING, "%s", err.text);
	loop_timer_set(courier->sync_timer, clock_boot_ms() + SYNC_MS);
}

static void
on_sync(void *arg)
{
	sync_store(arg);
}

/* Behind whatever a post may have stored. */
static void
note_stored(struct post *post)
{
	struct courier *courier = post->courier;

	if (post->recorded)
		courier->unsynced = true;
	if (post->recorded && !loop_timer_armed(courier->sync_timer))
		loop_timer_set(courier->sync_timer,
		    clock_boot_ms() + SYNC_MS);
	if (post->told)
		loop_timer_set(courier->timer, clock_boot_ms());
	post->recorded = post->told = false;
}

/* --- Lanes ---------------------------------------------------------------- */

static bool
on_next(void *arg, int64_t *row_out, struct buf *fields_out,
    struct buf *settled_out)
{
	bool found = post_next(arg, row_out, fields_out, settled_out);

	note_stored(arg);
	return found;
}

static void
on_outcome(void *arg, int64_t row, const struct outcome *outcome)
{
	post_outcome(arg, row, outcome);
	note_stored(arg);
}

static void
on_ended(void *arg)
{
	struct post *post = arg;

	post->lane = NULL;
	sync_store(post->courier);
	courier_kick(post->courier);
}

static void
start_lane(struct post *post)
{
	static const struct lane_calls calls = {.next = on_next,
	    .outcome = on_outcome,
	    .ended = on_ended,
	    .ready = post_confined,
	    .trace = post_trace};
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

/* --- Scheduling ----------------------------------------------------------- */

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

/* A clock that was set back must not silence a sink. */
static int64_t
clamp_due(struct kick *kick, struct post *post, int64_t due_ms)
{
	int64_t latest_ms = kick->now_ms + RETRY_AFTER_MAX_MS;

	circuit_clamp(&post->health.circuit, kick->now_ms);
	if (post->store_again_ms > latest_ms)
		post->store_again_ms = 0;
	if (due_ms > latest_ms &&
	    !store_outbox_hasten(kick->courier->store, kick->now_ms, NULL))
		return kick->now_ms;
	return due_ms;
}

/* Who is gone gets nothing more; what waits there dies in its time. */
static void
kick_gone(struct kick *kick, struct post *post)
{
	bool more = post_bury_old(post, kick->now_ms);

	wait_for(kick, more ? kick->now_ms : kick->now_ms + GONE_LOOK_MS);
}

static void
run_post(struct kick *kick, struct post *post)
{
	if (post_bury_old(post, kick->now_ms)) {
		wait_for(kick, kick->now_ms);
		return;
	}
	if (post->kind->program != SINK_BY_AGENT) {
		start_lane(post);
	} else {
		post_run_file(post);
		/* What it left, and what is due later, needs another look. */
		wait_for(kick, kick->now_ms);
	}
	if (!post->lane && post_ready_ms(post) > kick->now_ms)
		wait_for(kick, post_ready_ms(post));
}

static void
kick_post(struct kick *kick, struct post *post, int64_t due_ms)
{
	due_ms = clamp_due(kick, post, due_ms);
	if (post->unrecorded)
		return;			/* kick_word sees to it */
	if (post->health.circuit.gone)
		kick_gone(kick, post);
	else if (due_ms > kick->now_ms)
		wait_for(kick, due_ms);
	else if (post_ready_ms(post) > kick->now_ms)
		wait_for(kick, post_ready_ms(post));
	else
		run_post(kick, post);
}

/* What others are to hear of a sink, however little is due there. */
static void
kick_word(struct kick *kick, struct post *post)
{
	int64_t due_ms = post_word_ms(post, kick->now_ms);

	if (due_ms && due_ms <= kick->now_ms)
		post_tell_late(post, kick->now_ms);
	else if (due_ms)
		wait_for(kick, due_ms);
	if (post->unrecorded && post->store_again_ms <= kick->now_ms)
		post_store(post);
	if (post->unrecorded)
		wait_for(kick, kick->now_ms + RECORD_AGAIN_MS);
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
note_sink(void *arg, struct span sink, int64_t due_ms)
{
	struct due_sinks *due = arg;
	struct post *post = find_post(due->kick.courier, sink);

	if (!post || post->lane || due->count >= due->kick.courier->post_count)
		return;
	due->items[due->count].post = post;
	due->items[due->count++].due_ms = due_ms;
}

static void
arm(struct courier *courier, struct kick *kick)
{
	for (size_t i = 0; i < courier->post_count; i++) {
		if (courier->posts[i]->told)
			wait_for(kick, kick->now_ms);
		note_stored(courier->posts[i]);
	}
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
	for (size_t i = 0; i < courier->post_count; i++)
		kick_word(&due.kick, courier->posts[i]);
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
	for (size_t i = 0; i < courier->post_count; i++)
		if (!sink || !strcmp(courier->posts[i]->name, sink))
			post_close_circuit(courier->posts[i]);
}

const char *
courier_trace(struct courier *courier, const char *sink, const char *id)
{
	struct post *post = find_post(courier, span_str(sink));

	if (!post || !*post->trace_id || strcmp(post->trace_id, id))
		return NULL;
	return buf_str(&post->trace);
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
note_work(void *arg, struct span sink, int64_t due_ms)
{
	struct work_run *run = arg;
	struct post *post = find_post(run->courier, sink);

	if (post && due_ms <= run->now_ms &&
	    post_ready_ms(post) <= run->now_ms)
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
	sync_store(courier);
}

void
courier_abort(struct courier *courier)
{
	courier->finishing = true;
	for (size_t i = 0; i < courier->post_count; i++)
		if (courier->posts[i]->lane)
			lane_abort(courier->posts[i]->lane);
	sync_store(courier);
}

/* --- Configuration -------------------------------------------------------- */

static struct post *
post_for(struct courier *courier, const char *name, int64_t now_ms)
{
	struct post *post = find_post(courier, span_str(name));

	if (post) {
		/* A reload may have mended what kept it from working. */
		post_close_circuit(post);
		return post;
	}
	post = post_new(courier->store, name, courier->hostname, now_ms);
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
note_orphan(void *arg, struct span sink, int64_t due_ms)
{
	struct orphan_run *run = arg;

	(void)due_ms;
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
		const struct circuit *circuit = &post->health.circuit;
		struct courier_sink sink = {.name = post->name,
		    .kind = post->kind->table->section,
		    .running = post->lane != NULL,
		    .gone = circuit->gone,
		    .open_until_ms = circuit->open_until_ms,
		    .failing_since_ms = circuit->failing_since_ms,
		    .failures = circuit->failures,
		    .last_answer = post->health.last_answer,
		    .confined = post->confined,
		    .partly = post->health.partly};

		each(arg, &sink);
	}
}
