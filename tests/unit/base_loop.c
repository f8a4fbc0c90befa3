/*
 * Unit tests of base/loop.h.  Timers are set to boot times that are long
 * past, so nothing waits.
 */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/loop.h"
#include "tap.h"

/* Callbacks write down a letter, so that a test compares a text. */
struct notes {
	char text[200];
	size_t len;
};

static void
note(struct notes *notes, char letter)
{
	if (notes->len + 1 < sizeof(notes->text))
		notes->text[notes->len++] = letter;
	notes->text[notes->len] = '\0';
}

struct actor {
	struct notes *notes;
	char letter;
	struct loop *loop;
	struct loop_fd *unwatch[2];
	struct loop_timer *timer, *free_timer;
	int64_t set_to;
	bool stop, turn;
	struct actor *add_watch;
	int add_fd;
	unsigned events;
};

static void on_events(void *arg, unsigned events);

static void
act(struct actor *actor)
{
	bool turn = actor->turn;

	note(actor->notes, actor->letter);
	loop_unwatch(actor->unwatch[0]);
	loop_unwatch(actor->unwatch[1]);
	actor->unwatch[0] = actor->unwatch[1] = NULL;
	if (actor->add_watch)
		loop_watch(actor->loop, actor->add_fd, LOOP_READ, on_events,
		    actor->add_watch);
	actor->add_watch = NULL;
	if (actor->timer && actor->set_to)
		loop_timer_set(actor->timer, actor->set_to);
	else if (actor->timer)
		loop_timer_clear(actor->timer);
	loop_timer_free(actor->free_timer);
	actor->free_timer = NULL;
	if (actor->stop)
		loop_stop(actor->loop);
	actor->turn = false;
	if (turn)
		loop_turn(actor->loop, 0, NULL);
}

static void
on_events(void *arg, unsigned events)
{
	struct actor *actor = arg;

	actor->events = events;
	act(actor);
}

static void
on_timer(void *arg)
{
	act(arg);
}

static void
on_signal(void *arg, int signal_number)
{
	note(arg, signal_number == SIGUSR1 ? '1' : '2');
}

static struct actor
actor_of(struct loop *loop, struct notes *notes, char letter)
{
	return (struct actor){.notes = notes, .letter = letter, .loop = loop};
}

/* A pipe with a byte in it. */
static void
ready_pipe(int ends[2])
{
	if (pipe(ends) || write(ends[1], "x", 1) != 1)
		abort();
}

static void
close_pipe(int ends[2])
{
	close(ends[0]);
	close(ends[1]);
}

static void
reading(void)
{
	struct loop *loop = loop_new();
	struct notes notes = {"", 0};
	struct actor a = actor_of(loop, &notes, 'a');
	struct loop_fd *watch;
	struct err err = ERR_INIT;
	int ends[2];

	ready_pipe(ends);
	watch = loop_watch(loop, ends[0], LOOP_READ, on_events, &a);
	OK(!loop_turn(loop, -1, &err) && a.events == LOOP_READ,
	    "what can be read is reported");
	loop_turn(loop, 0, &err);
	IS_STR(notes.text, "aa", "and again as long as it can");
	loop_watch_events(watch, 0);
	loop_turn(loop, 0, &err);
	IS_STR(notes.text, "aa", "a watch that asks for nothing rests");
	close(ends[1]);
	loop_turn(loop, 0, &err);
	IS_STR(notes.text, "aa", "even when the other side hangs up");
	loop_watch_events(watch, LOOP_READ);
	loop_turn(loop, 0, &err);
	OK(a.events == (LOOP_READ | LOOP_HANGUP),
	    "a hangup comes together with what was asked for");
	loop_unwatch(watch);
	loop_turn(loop, 0, &err);
	IS_STR(notes.text, "aaa", "a watch that is removed is silent");
	loop_unwatch(NULL);
	OK(fcntl(ends[0], F_GETFD) >= 0, "its descriptor stays open");
	close(ends[0]);
	loop_free(loop);
}

static void
writing(void)
{
	struct loop *loop = loop_new();
	struct notes notes = {"", 0};
	struct actor a = actor_of(loop, &notes, 'a');
	int ends[2];

	ready_pipe(ends);
	loop_watch(loop, ends[1], LOOP_WRITE, on_events, &a);
	OK(!loop_turn(loop, -1, NULL) && a.events == LOOP_WRITE,
	    "what can be written is reported");
	close(ends[0]);
	OK(!loop_turn(loop, -1, NULL) && a.events == (LOOP_WRITE | LOOP_HANGUP),
	    "a reader that is gone too");
	loop_free(loop);
	close(ends[1]);
}

static void
removal(void)
{
	struct loop *loop = loop_new();
	struct notes notes = {"", 0};
	struct actor a = actor_of(loop, &notes, 'a');
	struct actor b = actor_of(loop, &notes, 'b');
	struct actor c = actor_of(loop, &notes, 'c');
	int ends[2];

	ready_pipe(ends);
	/* The first that is called removes itself and the second. */
	a.unwatch[0] = loop_watch(loop, ends[0], LOOP_READ, on_events, &a);
	a.unwatch[1] = loop_watch(loop, ends[0], LOOP_READ, on_events, &b);
	a.add_watch = &c;
	a.add_fd = ends[0];
	loop_turn(loop, 0, NULL);
	IS_STR(notes.text, "a",
	    "a watch removed by an earlier callback is not called, nor one "
	    "that was added");
	loop_turn(loop, 0, NULL);
	IS_STR(notes.text, "ac", "the added one is, a turn later");
	loop_free(loop);
	close_pipe(ends);
}

static void
turns_in_turns(void)
{
	struct loop *loop = loop_new();
	struct notes notes = {"", 0};
	struct actor a = actor_of(loop, &notes, 'a');
	struct actor b = actor_of(loop, &notes, 'b');
	struct actor c = actor_of(loop, &notes, 'c');
	int ends[2];

	ready_pipe(ends);
	a.turn = true;
	a.unwatch[0] = loop_watch(loop, ends[0], LOOP_READ, on_events, &a);
	b.unwatch[0] = loop_watch(loop, ends[0], LOOP_READ, on_events, &b);
	b.add_watch = &c;
	b.add_fd = ends[0];
	loop_watch(loop, ends[0], LOOP_READ, on_events, &c);
	loop_turn(loop, 0, NULL);
	/* a; inside it b (which goes, and adds a second c) and c; then c. */
	IS_STR(notes.text, "abcc",
	    "a callback may turn the loop, which removes safely");
	loop_turn(loop, 0, NULL);
	IS_STR(notes.text, "abcccc", "what is left goes on");
	loop_free(loop);
	close_pipe(ends);
}

static void
timers(void)
{
	struct loop *loop = loop_new();
	struct notes notes = {"", 0};
	struct actor a = actor_of(loop, &notes, 'a');
	struct actor b = actor_of(loop, &notes, 'b');
	struct actor c = actor_of(loop, &notes, 'c');
	struct loop_timer *first = loop_timer_new(loop, on_timer, &a);
	struct loop_timer *second = loop_timer_new(loop, on_timer, &b);
	struct loop_timer *third = loop_timer_new(loop, on_timer, &c);

	OK(!loop_timer_armed(first), "a new timer is idle");
	loop_timer_set(third, -1);
	loop_timer_set(second, -2);
	loop_timer_set(first, -3);
	OK(loop_timer_armed(first), "a timer that is set is armed");
	loop_turn(loop, -1, NULL);
	IS_STR(notes.text, "abc", "timers are called in their order");
	OK(!loop_timer_armed(first), "and are idle then");
	loop_timer_set(first, 1);
	loop_timer_set(second, 2);
	loop_timer_clear(first);
	loop_turn(loop, 0, NULL);
	IS_STR(notes.text, "abcb", "a timer that is cleared is not called");
	loop_timer_set(first, INT64_MAX);
	loop_turn(loop, 0, NULL);
	IS_STR(notes.text, "abcb", "nor one that is not due");
	loop_timer_set(first, 1);
	loop_turn(loop, -1, NULL);
	IS_STR(notes.text, "abcba", "setting again moves it");
	loop_timer_free(second);
	loop_timer_free(NULL);
	loop_free(loop);
}

static void
timers_in_callbacks(void)
{
	struct loop *loop = loop_new();
	struct notes notes = {"", 0};
	struct actor a = actor_of(loop, &notes, 'a');
	struct actor b = actor_of(loop, &notes, 'b');
	struct actor c = actor_of(loop, &notes, 'c');
	struct loop_timer *first = loop_timer_new(loop, on_timer, &a);
	struct loop_timer *second = loop_timer_new(loop, on_timer, &b);
	struct loop_timer *third = loop_timer_new(loop, on_timer, &c);

	loop_timer_set(first, 1);
	loop_timer_set(second, 2);
	loop_timer_set(third, 3);
	a.timer = second; /* is cleared */
	a.free_timer = first;
	loop_turn(loop, 0, NULL);
	IS_STR(notes.text, "ac",
	    "a callback may free its timer and clear one that is due too");
	c.timer = third;
	c.set_to = 1;
	loop_timer_set(third, 1);
	loop_turn(loop, 0, NULL);
	IS_STR(notes.text, "acc",
	    "a timer that sets itself to the past waits for the next turn");
	b.free_timer = third;
	loop_timer_set(second, 0);
	loop_turn(loop, 0, NULL);
	IS_STR(notes.text, "accb",
	    "a callback may free another timer that is due");
	loop_turn(loop, 0, NULL);
	IS_STR(notes.text, "accb", "which is silent then");
	loop_free(loop);
}

static void
running(void)
{
	struct loop *loop = loop_new();
	struct notes notes = {"", 0};
	struct actor a = actor_of(loop, &notes, 'a');
	struct actor b = actor_of(loop, &notes, 'b');
	struct loop_timer *timer = loop_timer_new(loop, on_timer, &a);
	struct err err = ERR_INIT;
	int ends[2];

	OK(!loop_run(loop, &err), "a loop with nothing to wait for returns");
	OK(!loop_turn(loop, -1, &err), "a turn of it too");
	loop_timer_set(timer, 1);
	OK(!loop_run(loop, &err), "the last timer ends a run");
	IS_STR(notes.text, "a", "having been called");
	ready_pipe(ends);
	b.unwatch[0] = loop_watch(loop, ends[0], LOOP_READ, on_events, &b);
	OK(!loop_run(loop, &err), "the last watch ends a run");
	b.stop = true;
	loop_watch(loop, ends[0], LOOP_READ, on_events, &b);
	OK(!loop_run(loop, &err), "a callback stops a run");
	IS_STR(notes.text, "abb", "at the end of its turn");
	loop_stop(loop);
	OK(!loop_run(loop, &err), "a stop before a run ends it at once");
	IS_STR(notes.text, "abb", "before anything is called");
	OK(!loop_run(loop, &err), "the next run is not concerned");
	IS_STR(notes.text, "abbb", "and calls");
	loop_free(loop);
	close_pipe(ends);
}

static void
waiting(void)
{
	struct loop *loop = loop_new();
	struct notes notes = {"", 0};
	struct actor a = actor_of(loop, &notes, 'a');
	struct loop_timer *timer = loop_timer_new(loop, on_timer, &a);
	int64_t before = clock_boot_ms();

	loop_timer_set(timer, before + 20);
	while (!notes.len)
		loop_turn(loop, -1, NULL);
	OK(clock_boot_ms() >= before + 20, "a timer is never early");
	loop_free(loop);
}

static void
signals(void)
{
	struct loop *loop = loop_new();
	struct notes notes = {"", 0}, other = {"", 0};
	struct sigaction action;
	struct err err = ERR_INIT;

	OK(!loop_signal(loop, SIGUSR1, on_signal, &notes, &err) &&
		!loop_signal(loop, SIGUSR2, on_signal, &notes, &err),
	    "two signals are taken");
	raise(SIGUSR2);
	OK(!notes.len, "a signal calls nothing by itself");
	loop_turn(loop, -1, &err);
	IS_STR(notes.text, "2", "the turn does");
	loop_turn(loop, 0, &err);
	IS_STR(notes.text, "2", "once");
	raise(SIGUSR1);
	raise(SIGUSR1);
	loop_turn(loop, -1, &err);
	IS_STR(notes.text, "21", "two of a kind may be one call");
	raise(SIGUSR1);
	raise(SIGUSR2);
	loop_turn(loop, -1, &err);
	IS_STR(notes.text, "2112", "two kinds are two calls");
	OK(!loop_signal(loop, SIGUSR1, on_signal, &other, &err),
	    "a signal is given to another call");
	raise(SIGUSR1);
	loop_turn(loop, -1, &err);
	OK(!strcmp(other.text, "1") && !strcmp(notes.text, "2112"),
	    "which takes the place of the first");
	OK(!loop_run(loop, &err), "signals alone do not keep a run going");
	OK(loop_signal(loop, SIGKILL, on_signal, &notes, &err) == -1 &&
		strstr(err.text, "signal"),
	    "a signal that cannot be taken is an error");
	loop_free(loop);
	OK(!sigaction(SIGUSR1, NULL, &action) && action.sa_handler == SIG_DFL,
	    "a loop that is freed leaves no handler behind");
}

static void
on_alarm(void *arg, int signal_number)
{
	(void)signal_number;
	note(arg, 's');
}

/* The signal comes while poll waits; without survival of EINTR the turn would
 * fail or the call be late. */
static void
interrupted(void)
{
	struct loop *loop = loop_new();
	struct notes notes = {"", 0};
	struct err err = ERR_INIT;
	int ends[2];

	if (pipe(ends))
		abort();
	loop_watch(loop, ends[0], LOOP_READ, on_events, NULL);
	OK(!loop_signal(loop, SIGALRM, on_alarm, &notes, &err),
	    "a loop that was freed lets another one take signals");
	ualarm(20000, 0);
	OK(!loop_turn(loop, -1, &err), "a signal ends the wait, not the loop");
	IS_STR(notes.text, "s", "and is called in the same turn");
	loop_free(loop);
	close_pipe(ends);
}

int
main(void)
{
	reading();
	writing();
	removal();
	turns_in_turns();
	timers();
	timers_in_callbacks();
	running();
	waiting();
	signals();
	interrupted();
	loop_free(NULL);
	return tap_done();
}
