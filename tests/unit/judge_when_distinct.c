/*
 * judge_when_distinct: different values in a sliding window.
 */
#include "config.h"

#include "judge/when.h"
#include "tap.h"

static const struct hours_spec always;

struct window {
	struct when_spec spec;
	struct when_state *state;
	struct when_met met;
};

static struct window
window_of(const char *text)
{
	struct window window = {0};
	struct err err = ERR_INIT;

	if (when_parse(span_str(text), &window.spec, &err))
		printf("# %s\n", err.text);
	window.state = when_state_new(&window.spec);
	return window;
}

static void
window_release(struct window *window)
{
	when_state_free(&window->spec, window->state);
}

static bool
feed(struct window *window, int64_t time_ms, const char *value)
{
	struct when_match match = {.time_ms = time_ms,
	    .now_ms = time_ms,
	    .value = span_str(value),
	    .hours = &always};

	return when_feed(&window->spec, window->state, &match, &window->met) ==
	       WHEN_MET;
}

static void
test_values(void)
{
	struct window window = window_of("distinct 3 user in 10s");

	OK(!feed(&window, 1000, "root") && !feed(&window, 2000, "root") &&
		!feed(&window, 3000, "root") && !feed(&window, 4000, "root"),
	    "the same value again and again is one");
	IS_INT(when_pending(&window.spec, window.state), 4,
	    "though each match is counted");
	OK(!feed(&window, 5000, "admin"), "two values are not three");
	OK(feed(&window, 6000, "guest"), "the third meets the condition");
	OK(window.met.count == 6 && window.met.first_ms == 1000,
	    "with all matches of all values and the first time");
	IS_INT(when_pending(&window.spec, window.state), 0,
	    "after which nothing is pending");
	OK(!feed(&window, 7000, "guest") && !feed(&window, 7000, "root"),
	    "and values have to be seen anew");
	OK(feed(&window, 7000, ""), "an empty value is one, too");
	window_release(&window);
}

static void
test_borders(void)
{
	struct window window = window_of("distinct 2 user in 10s");

	OK(!feed(&window, 1000, "a") && feed(&window, 11000, "b"),
	    "a value exactly the window away still counts");
	OK(!feed(&window, 1000, "a") && !feed(&window, 11001, "b"),
	    "a millisecond more does not");
	IS_INT(
	    when_pending(&window.spec, window.state), 1, "and it is forgotten");
	window_release(&window);
	window = window_of("distinct 3 user in 10s");
	feed(&window, 11001, "a");
	feed(&window, 11002, "b");
	OK(!feed(&window, 1000, "c"), "what is too old counts nowhere");
	IS_INT(
	    when_pending(&window.spec, window.state), 2, "not even as pending");
	OK(feed(&window, 2000, "c"), "an older one on the edge counts");
	IS_INT(window.met.first_ms, 2000, "and is the first");
	window_release(&window);
	window = window_of("distinct 2 user in 10s");
	feed(&window, 1000, "a");
	feed(&window, 8000, "a");
	OK(feed(&window, 15000, "b") && window.met.count == 3 &&
		window.met.first_ms == 1000,
	    "a repeated value has the time of its newest match");
	feed(&window, 1000, "a");
	feed(&window, 20000, "a");
	IS_INT(when_pending(&window.spec, window.state), 1,
	    "one that was outside of the window begins anew");
	window_release(&window);
	window = window_of("distinct 1 user in 10s");
	OK(feed(&window, 5, "a") && feed(&window, 6, "a"),
	    "one value in a time is each match");
	window_release(&window);
}

/* Saves and loads into a new state, as a restart does. */
static bool
restart(struct window *window)
{
	struct when_state *state = when_state_new(&window->spec);
	struct buf saved = BUF_INIT, again = BUF_INIT;
	struct err err = ERR_INIT;
	bool same;

	when_save(&window->spec, window->state, &saved);
	if (when_load(&window->spec, state, &always, buf_span(&saved),
		INT64_MAX / 4, &err))
		printf("# %s\n", err.text);
	when_save(&window->spec, state, &again);
	same = span_equal(buf_span(&saved), buf_span(&again));
	buf_release(&saved);
	buf_release(&again);
	when_state_free(&window->spec, window->state);
	window->state = state;
	return same;
}

/* A date that lies between what is read and now. */
static void
test_forged(void)
{
	struct window window = window_of("distinct 3 user in 10s");

	feed(&window, 1000, "a");
	feed(&window, 2000, "b");
	OK(!feed(&window, 900000, "x") && feed(&window, 3000, "c"),
	    "one date far ahead does not empty the window");
	OK(window.met.count == 3 && window.met.first_ms == 1000 &&
		window.met.last_ms == 3000,
	    "nor count in it");
	feed(&window, 900000, "x");
	feed(&window, 1000, "a");
	feed(&window, 2000, "b");
	OK(feed(&window, 3000, "c"),
	    "nor keep out what follows when it comes first");
	feed(&window, 1000, "a");
	feed(&window, 2000, "b");
	feed(&window, 900000, "x");
	feed(&window, 900001, "y");
	OK(!feed(&window, 3000, "c") && feed(&window, 900002, "z"),
	    "a second one there says that the time has passed");
	feed(&window, 1000, "a");
	feed(&window, 2000, "b");
	feed(&window, 2500, "b");
	feed(&window, 900000, "b");
	IS_INT(when_pending(&window.spec, window.state), 1,
	    "up to a date far ahead there is nothing else");
	OK(feed(&window, 3000, "c"),
	    "it takes no value out of the window that was there before");
	OK(window.met.count == 4 && window.met.first_ms == 1000 &&
		window.met.last_ms == 3000,
	    "nor what was counted of it");
	feed(&window, 900000, "a");
	feed(&window, 1000, "b");
	feed(&window, 2000, "c");
	OK(restart(&window) && feed(&window, 3000, "a"),
	    "nor keeps it out when it comes first");
	OK(window.met.count == 3 && window.met.first_ms == 1000,
	    "after a restart neither");
	window_release(&window);
}

#define MODEL_VALUES 40
#define MODEL_LOTS (2 * MODEL_VALUES)

/* A plain model: of every value there is the matches that lie together, and
 * those that lie together elsewhere. */
struct model {
	int64_t last[MODEL_LOTS], first[MODEL_LOTS];
	int64_t matches[MODEL_LOTS];
};

/* The lot with the newest match, but for one of them; -1: there is none. */
static int
model_newest(const struct model *model, int but)
{
	int i, newest = -1;

	for (i = 0; i < MODEL_LOTS; i++) {
		if (model->matches[i] && i != but &&
		    (newest < 0 || model->last[i] > model->last[newest]))
			newest = i;
	}
	return newest;
}

/* The time that moves the window, the match among them. */
static int64_t
model_moves(const struct model *model, int64_t time)
{
	int newest = model_newest(model, -1), second;

	if (newest < 0)
		return time;
	if (time >= model->last[newest])
		return model->last[newest];
	second = model_newest(model, newest);
	return second >= 0 && model->last[second] > time ? model->last[second]
							 : time;
}

/* Of the window up to one lot's newest match. */
static void
model_count(const struct model *model, int lot, int64_t window,
    int *values_out, int64_t *matches_out, int64_t *first_out)
{
	int i;

	*values_out = 0;
	*matches_out = 0;
	*first_out = INT64_MAX;
	for (i = 0; i < MODEL_LOTS; i++) {
		if (!model->matches[i] || model->last[i] > model->last[lot] ||
		    model->last[i] < model->last[lot] - window)
			continue;
		++*values_out;
		*matches_out += model->matches[i];
		if (model->first[i] < *first_out)
			*first_out = model->first[i];
	}
}

/* Where a match of a value belongs: with what is within a window of it, the
 * newer ones if both are; else it is for itself. */
static int
model_lot(
    const struct model *model, int64_t window, int64_t time, int value)
{
	int lots[] = {value, value + MODEL_VALUES}, found = -1, i;

	for (i = 0; i < 2; i++) {
		if (model->matches[lots[i]] &&
		    llabs(model->last[lots[i]] - time) <= window &&
		    (found < 0 || model->last[lots[i]] > model->last[found]))
			found = lots[i];
	}
	if (found >= 0)
		return found;
	return model->matches[lots[0]] ? lots[1] : lots[0];
}

/* What would have slid out at this time slides out before it is counted. */
static void
model_feed(struct model *model, int64_t window, int64_t time, int value)
{
	int64_t moves = model_moves(model, time);
	int i;

	if (time < moves - window)
		return;
	for (i = 0; i < MODEL_LOTS; i++) {
		if (model->last[i] < moves - window)
			model->matches[i] = 0;
	}
	i = model_lot(model, window, time, value);
	if (!model->matches[i])
		model->first[i] = model->last[i] = time;
	if (time < model->first[i])
		model->first[i] = time;
	if (time > model->last[i])
		model->last[i] = time;
	model->matches[i]++;
}

/* Whether one of the two windows has enough; what of. */
static bool
model_is_met(const struct model *model, int64_t window, int limit,
    int64_t *matches_out, int64_t *first_out)
{
	int newest = model_newest(model, -1), values;
	int second = model_newest(model, newest);

	model_count(model, newest, window, &values, matches_out, first_out);
	if (values >= limit)
		return true;
	if (second < 0 || model->last[second] == model->last[newest])
		return false;
	model_count(model, second, window, &values, matches_out, first_out);
	return values >= limit;
}

static int64_t
model_pending(const struct model *model, int64_t window)
{
	int newest = model_newest(model, -1), values;
	int64_t matches, first;

	if (newest < 0)
		return 0;
	model_count(model, newest, window, &values, &matches, &first);
	return matches;
}

static int
against_model(const char *text, int limit, int64_t length, int *met_out)
{
	struct window window = window_of(text);
	struct model model = {0};
	int64_t walk = 100000, time, matches, first;
	unsigned random = 4711;
	int i, wrong = 0;

	for (i = 0; i < 20000; i++) {
		char value[16];
		bool met;
		int which;

		random = random * 1103515245 + 12345;
		walk += (int64_t)(random >> 16 & 127) - 40;
		time = walk + (random >> 24 & 127 ? 0 : 2 * length);
		which = (int)(random >> 8 & 0xff) % MODEL_VALUES;
		snprintf(value, sizeof(value), "user%d", which);
		model_feed(&model, length, time, which);
		met = model_is_met(&model, length, limit, &matches, &first);
		if (feed(&window, time, value) != met)
			wrong++;
		if (met) {
			wrong += window.met.count != matches ||
				 window.met.first_ms != first;
			model = (struct model){0};
			++*met_out;
		}
		wrong += when_pending(&window.spec, window.state) !=
			 model_pending(&model, length);
		if (i % 97 == 0)
			wrong += !restart(&window);
	}
	window_release(&window);
	return wrong;
}

static void
test_against_model(void)
{
	int met = 0;

	IS_INT(against_model("distinct 5 user in 300ms", 5, 300, &met), 0,
	    "20000 random matches agree with a plain model");
	OK(met > 100, "which met the condition often enough to tell");
	met = 0;
	IS_INT(against_model("distinct 30 user in 3s", 30, 3000, &met), 0,
	    "with many values and restarts too");
	OK(met > 100, "which met the condition often enough, too");
	met = 0;
	IS_INT(against_model("distinct 39 user in 1s", 39, 1000, &met), 0,
	    "and with values that slide out all the time");
}

static void
test_large(void)
{
	struct window window = window_of("distinct 10000 user in 1h");
	char value[16];
	int i, met = 0;

	for (i = 0; i < 9999; i++) {
		snprintf(value, sizeof(value), "%d", i);
		met += feed(&window, i, value);
		met += feed(&window, i, "0");
	}
	OK(!met && when_pending(&window.spec, window.state) == 19998,
	    "it holds one value less than it needs");
	OK(restart(&window), "and can be saved and loaded");
	OK(feed(&window, 10000, "one more") && window.met.count == 19999,
	    "and one more meets the largest condition");
	window_release(&window);
}

static bool
refuses(const struct window *window, const char *bytes, size_t len)
{
	struct when_state *state = when_state_new(&window->spec);
	struct err err = ERR_INIT;
	bool refused = when_load(&window->spec, state, &always,
			   span_of(bytes, len), 60000, &err) &&
		       !when_pending(&window->spec, state) && err.text[0];

	when_state_free(&window->spec, state);
	return refused;
}

static void
test_damaged(void)
{
	struct window window = window_of("distinct 3 user in 10s");
	struct buf saved = BUF_INIT;

	when_save(&window.spec, window.state, &saved);
	IS_INT(saved.len, 0, "an empty window is saved as nothing");
	OK(restart(&window), "and loaded from it");
	feed(&window, 50000, "a");
	feed(&window, 50001, "b");
	when_save(&window.spec, window.state, &saved);
	OK(refuses(&window, saved.data, saved.len - 1),
	    "a truncated one is refused");
	buf_reserve(&saved, saved.len);
	buf_add_span(&saved, buf_span(&saved));
	OK(refuses(&window, saved.data, saved.len / 4 * 3),
	    "one with as many values as it needs too");
	memcpy(saved.data + saved.len / 4, saved.data, saved.len / 4);
	OK(refuses(&window, saved.data, saved.len / 2),
	    "one with the same value twice too");
	saved.data[8] = 0x7f;
	OK(refuses(&window, saved.data, saved.len / 4),
	    "an impossible time too");
	buf_reset(&saved);
	feed(&window, 900000, "b");
	when_save(&window.spec, window.state, &saved);
	OK(restart(&window), "what was seen before a date ahead is loaded");
	buf_reserve(&saved, saved.len / 3);
	buf_add_span(&saved, span_of(saved.data, saved.len / 3));
	saved.data[saved.len / 4 * 3] ^= 1;
	OK(refuses(&window, saved.data, saved.len),
	    "but nothing is taken from behind it");
	buf_release(&saved);
	window_release(&window);
}

static void
test_clock_step(void)
{
	struct window window = window_of("distinct 3 user in 10s");
	int64_t hour = 3600000;

	feed(&window, 2 * hour, "a");
	feed(&window, 2 * hour + 1, "b");
	when_settle(&window.spec, window.state, &always, 2 * hour - 59999);
	IS_INT(when_newest(&window.spec, window.state), 2 * hour + 1,
	    "a minute ahead of the clock is allowed");
	when_settle(&window.spec, window.state, &always, hour);
	IS_INT(when_newest(&window.spec, window.state), hour,
	    "after the clock was set back nothing lies in the future");
	OK(feed(&window, hour + 5, "c") && window.met.count == 3,
	    "and new values count with the old ones");
	window_release(&window);
}

int
main(void)
{
	test_values();
	test_borders();
	test_forged();
	test_against_model();
	test_large();
	test_damaged();
	test_clock_step();
	return tap_done();
}
