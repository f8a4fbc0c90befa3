/*
 * loop: one poll(2) a turn, then signals, descriptors and timers.
 *
 * Hides removal: a watch or timer removed while callbacks run is only marked
 * dead; the turn that is outermost sweeps.  Callbacks may themselves turn
 * the loop, so nothing a turn relies on moves before that sweep.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bug.h"
#include "base/clock.h"
#include "base/durable.h"
#include "base/heap.h"
#include "base/loop.h"
#include "base/mem.h"

struct loop_fd {
	struct loop *loop;
	int fd;
	unsigned events;
	bool dead;
	void (*call)(void *arg, unsigned events);
	void *arg;
};

struct loop_timer {
	struct heap_node node; /* first, so that a node is its timer */
	struct loop *loop;
	bool firing; /* due, taken out of the heap, not called yet */
	bool dead;
	void (*call)(void *arg);
	void *arg;
	struct loop_timer *next; /* of all timers */
};

struct loop_handler {
	int signal_number;
	bool pending;
	void (*call)(void *arg, int signal_number);
	void *arg;
	struct sigaction before;
};

struct loop {
	struct loop_fd **watches;
	size_t watch_count, watch_cap;
	struct loop_timer *all_timers;
	struct heap timers;
	struct loop_handler *handlers;
	size_t handler_count;
	int signal_read; /* -1 until the first loop_signal */
	unsigned depth;	 /* of turns within turns */
	bool dirty;	 /* something dead is to be swept */
	bool stopped;
};

/* Where the signal handler writes: a handler has no argument.  -1: no loop
 * takes signals. */
static volatile sig_atomic_t loop_signal_write = -1;

struct loop *
loop_new(void)
{
	struct loop *loop = xcalloc(1, sizeof(*loop));

	loop->signal_read = -1;
	return loop;
}

static void
loop_sweep_watches(struct loop *loop)
{
	size_t i, kept = 0;

	for (i = 0; i < loop->watch_count; i++) {
		if (loop->watches[i]->dead)
			free(loop->watches[i]);
		else
			loop->watches[kept++] = loop->watches[i];
	}
	loop->watch_count = kept;
}

static void
loop_sweep_timers(struct loop *loop)
{
	struct loop_timer **link = &loop->all_timers, *timer;

	while ((timer = *link)) {
		if (timer->dead) {
			*link = timer->next;
			free(timer);
		} else {
			link = &timer->next;
		}
	}
}

static void
loop_sweep(struct loop *loop)
{
	if (loop->depth || !loop->dirty)
		return;
	loop->dirty = false;
	loop_sweep_watches(loop);
	loop_sweep_timers(loop);
}

static void
loop_restore_signals(struct loop *loop)
{
	size_t i;

	if (loop->signal_read < 0)
		return;
	for (i = 0; i < loop->handler_count; i++)
		sigaction(loop->handlers[i].signal_number,
		    &loop->handlers[i].before, NULL);
	close(loop_signal_write);
	loop_signal_write = -1;
	close(loop->signal_read);
}

void
loop_free(struct loop *loop)
{
	struct loop_timer *timer;
	size_t i;

	if (!loop)
		return;
	if (loop->depth)
		BUG("a loop was freed while it runs");
	loop_restore_signals(loop);
	for (i = 0; i < loop->watch_count; i++)
		free(loop->watches[i]);
	while ((timer = loop->all_timers)) {
		loop->all_timers = timer->next;
		free(timer);
	}
	heap_release(&loop->timers);
	free(loop->watches);
	free(loop->handlers);
	free(loop);
}

/* Descriptors. */

struct loop_fd *
loop_watch(struct loop *loop, int fd, unsigned events,
    void (*call)(void *arg, unsigned events), void *arg)
{
	struct loop_fd *watch = xcalloc(1, sizeof(*watch));

	*watch = (struct loop_fd){loop, fd, events, false, call, arg};
	if (loop->watch_count == loop->watch_cap) {
		loop->watch_cap = loop->watch_cap ? loop->watch_cap * 2 : 8;
		loop->watches = xreallocarray(
		    loop->watches, loop->watch_cap, sizeof(struct loop_fd *));
	}
	loop->watches[loop->watch_count++] = watch;
	return watch;
}

void
loop_watch_events(struct loop_fd *watch, unsigned events)
{
	watch->events = events;
}

void
loop_unwatch(struct loop_fd *watch)
{
	if (!watch)
		return;
	watch->dead = true;
	watch->loop->dirty = true;
	loop_sweep(watch->loop);
}

/* The entry of a watch that asks for nothing has no descriptor, or a hangup
 * would wake us for ever. */
static struct pollfd
loop_poll_entry(const struct loop_fd *watch)
{
	struct pollfd entry = {.fd = watch->fd};

	if (watch->dead || !watch->events)
		entry.fd = -1;
	if (watch->events & LOOP_READ)
		entry.events |= POLLIN;
	if (watch->events & LOOP_WRITE)
		entry.events |= POLLOUT;
	return entry;
}

static void
loop_dispatch_watch(struct loop_fd *watch, short revents)
{
	unsigned events = 0;

	if (watch->dead || !watch->events || !revents)
		return;
	if (revents & POLLNVAL)
		BUG("descriptor %d was closed while it is watched", watch->fd);
	if (revents & POLLIN)
		events |= LOOP_READ;
	if (revents & POLLOUT)
		events |= LOOP_WRITE;
	if (revents & (POLLHUP | POLLERR))
		events |= LOOP_READ | LOOP_WRITE;
	/* An earlier callback of this turn may have changed its mind. */
	events &= watch->events;
	if (revents & (POLLHUP | POLLERR))
		events |= LOOP_HANGUP;
	if (events)
		watch->call(watch->arg, events);
}

/* Timers. */

struct loop_timer *
loop_timer_new(struct loop *loop, void (*call)(void *arg), void *arg)
{
	struct loop_timer *timer = xcalloc(1, sizeof(*timer));

	heap_node_init(&timer->node);
	timer->loop = loop;
	timer->call = call;
	timer->arg = arg;
	timer->next = loop->all_timers;
	loop->all_timers = timer;
	return timer;
}

void
loop_timer_set(struct loop_timer *timer, int64_t boot_ms)
{
	timer->firing = false;
	heap_set(&timer->loop->timers, &timer->node, boot_ms);
}

void
loop_timer_clear(struct loop_timer *timer)
{
	timer->firing = false;
	heap_remove(&timer->loop->timers, &timer->node);
}

bool
loop_timer_armed(const struct loop_timer *timer)
{
	return timer->firing || timer->node.index != HEAP_OUT;
}

void
loop_timer_free(struct loop_timer *timer)
{
	if (!timer)
		return;
	loop_timer_clear(timer);
	timer->dead = true;
	timer->loop->dirty = true;
	loop_sweep(timer->loop);
}

/* All that are due are taken out before the first is called: one that sets
 * itself to now again must wait for the next turn. */
static void
loop_dispatch_timers(struct loop *loop, int64_t now)
{
	struct loop_timer **due = NULL;
	struct heap_node *node;
	size_t count = 0, i;

	while ((node = heap_min(&loop->timers)) && node->when <= now) {
		heap_remove(&loop->timers, node);
		due =
		    xreallocarray(due, count + 1, sizeof(struct loop_timer *));
		due[count] = (struct loop_timer *)node;
		due[count++]->firing = true;
	}
	for (i = 0; i < count; i++) {
		if (!due[i]->firing)
			continue;
		due[i]->firing = false;
		due[i]->call(due[i]->arg);
	}
	free(due);
}

/* Signals. */

static void
loop_on_signal(int signal_number)
{
	int saved = errno;
	unsigned char byte = (unsigned char)signal_number;
	ssize_t written = write(loop_signal_write, &byte, 1);

	/* A full pipe wakes the loop as well. */
	(void)written;
	errno = saved;
}

static int
loop_signal_pipe(struct loop *loop, struct err *err)
{
	int ends[2];

	if (loop->signal_read >= 0)
		return 0;
	if (loop_signal_write >= 0)
		BUG("two loops of one process take signals");
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK))
		return err_set(err, "cannot create a pipe for signals: %s",
		    strerror(errno));
	loop->signal_read = ends[0];
	loop_signal_write = ends[1];
	return 0;
}

static struct loop_handler *
loop_handler_find(struct loop *loop, int signal_number)
{
	size_t i;

	for (i = 0; i < loop->handler_count; i++)
		if (loop->handlers[i].signal_number == signal_number)
			return &loop->handlers[i];
	return NULL;
}

int
loop_signal(struct loop *loop, int signal_number,
    void (*call)(void *arg, int signal_number), void *arg, struct err *err)
{
	struct sigaction action = {
	    .sa_handler = loop_on_signal, .sa_flags = SA_RESTART};
	struct loop_handler *handler, fresh = {.signal_number = signal_number};

	if (loop_signal_pipe(loop, err))
		return -1;
	handler = loop_handler_find(loop, signal_number);
	if (!handler) {
		sigemptyset(&action.sa_mask);
		if (sigaction(signal_number, &action, &fresh.before))
			return err_set(err, "cannot take signal %d: %s",
			    signal_number, strerror(errno));
		loop->handlers = xreallocarray(loop->handlers,
		    loop->handler_count + 1, sizeof(*loop->handlers));
		handler = &loop->handlers[loop->handler_count++];
		*handler = fresh;
	}
	handler->call = call;
	handler->arg = arg;
	return 0;
}

static void
loop_collect_signals(struct loop *loop)
{
	unsigned char numbers[64];
	struct loop_handler *handler;
	ssize_t got, i;

	while ((got = read_some(loop->signal_read, numbers, sizeof(numbers))) >
	       0) {
		for (i = 0; i < got; i++) {
			handler = loop_handler_find(loop, numbers[i]);
			if (handler)
				handler->pending = true;
		}
	}
}

static void
loop_dispatch_signals(struct loop *loop)
{
	struct loop_handler handler;
	size_t i;

	loop_collect_signals(loop);
	for (i = 0; i < loop->handler_count; i++) {
		if (!loop->handlers[i].pending)
			continue;
		loop->handlers[i].pending = false;
		/* The callback may add handlers and so move the array. */
		handler = loop->handlers[i];
		handler.call(handler.arg, handler.signal_number);
	}
}

/* Turns. */

static bool
loop_has_work(const struct loop *loop)
{
	size_t i;

	for (i = 0; i < loop->watch_count; i++)
		if (!loop->watches[i]->dead && loop->watches[i]->events)
			return true;
	return heap_min(&loop->timers) != NULL;
}

static int
loop_timeout(const struct loop *loop, int64_t max_wait_ms)
{
	struct heap_node *node = heap_min(&loop->timers);
	int64_t wait = max_wait_ms, until, now;

	if (node) {
		now = clock_boot_ms();
		until = node->when > now ? node->when - now : 0;
		if (wait < 0 || until < wait)
			wait = until;
	}
	if (wait < 0)
		return -1;
	return wait > INT_MAX ? INT_MAX : (int)wait;
}

/* A signal ends the wait, not the turn: what else is ready is asked for
 * without waiting. */
static int
loop_poll(struct pollfd *polls, nfds_t count, int timeout)
{
	int ready = poll(polls, count, timeout);

	while (ready < 0 && errno == EINTR)
		ready = poll(polls, count, 0);
	return ready;
}

static void
loop_dispatch(struct loop *loop, const struct pollfd *polls, size_t count)
{
	size_t i;

	if (polls[count].revents)
		loop_dispatch_signals(loop);
	for (i = 0; i < count; i++)
		loop_dispatch_watch(loop->watches[i], polls[i].revents);
	if (heap_min(&loop->timers))
		loop_dispatch_timers(loop, clock_boot_ms());
}

int
loop_turn(struct loop *loop, int64_t max_wait_ms, struct err *err)
{
	size_t count = loop->watch_count, i;
	struct pollfd *polls;
	int result = 0;

	if (max_wait_ms < 0 && loop->signal_read < 0 && !loop_has_work(loop))
		return 0;
	/* Of its own, because a callback may turn the loop again. */
	polls = xreallocarray(NULL, count + 1, sizeof(*polls));
	for (i = 0; i < count; i++)
		polls[i] = loop_poll_entry(loop->watches[i]);
	polls[count] =
	    (struct pollfd){.fd = loop->signal_read, .events = POLLIN};
	loop->depth++;
	if (loop_poll(polls, count + 1, loop_timeout(loop, max_wait_ms)) < 0)
		result =
		    err_set(err, "cannot wait for events: %s", strerror(errno));
	else
		loop_dispatch(loop, polls, count);
	loop->depth--;
	free(polls);
	loop_sweep(loop);
	return result;
}

int
loop_run(struct loop *loop, struct err *err)
{
	int result = 0;

	while (!result && !loop->stopped && loop_has_work(loop))
		result = loop_turn(loop, -1, err);
	loop->stopped = false;
	return result;
}

void
loop_stop(struct loop *loop)
{
	loop->stopped = true;
}
