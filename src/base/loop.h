/*
 * loop: poll(2), timers and signals turned into calls.
 *
 * Single-threaded.  Timers run on boot time (clock.h).  A descriptor or timer
 * may be removed from inside any callback, its own included: it is marked
 * dead and freed after the outermost dispatch.  Each descriptor and timer
 * is owned by the loop; the descriptor itself stays the caller's to close.
 */
#ifndef CTAIL_BASE_LOOP_H
#define CTAIL_BASE_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"

struct loop;
struct loop_fd;
struct loop_timer;

enum {
	LOOP_READ = 1,
	LOOP_WRITE = 2,
	LOOP_HANGUP = 4,	/* reported, never asked for */
};

struct loop *loop_new(void);
void loop_free(struct loop *loop);

/* Runs until loop_stop, or until nothing is left to wait for: no descriptor
 * and no timer.  Signals alone do not keep it running. */
int loop_run(struct loop *loop, struct err *err);

/* One wait of at most max_wait_ms (-1: as long as it takes) and its
 * callbacks. */
int loop_turn(struct loop *loop, int64_t max_wait_ms, struct err *err);
void loop_stop(struct loop *loop);

struct loop_fd *loop_watch(struct loop *loop, int fd, unsigned events,
    void (*call)(void *arg, unsigned events), void *arg);

/* With events 0 a watch rests: not even a hangup is reported.  A hangup comes
 * together with what was asked for, and again until unwatched. */
void loop_watch_events(struct loop_fd *watch, unsigned events);
void loop_unwatch(struct loop_fd *watch);	/* NULL is fine */

/* A timer is made idle; set arms it once, at a boot time in ms. */
struct loop_timer *loop_timer_new(struct loop *loop, void (*call)(void *arg),
    void *arg);
void loop_timer_set(struct loop_timer *timer, int64_t boot_ms);
void loop_timer_clear(struct loop_timer *timer);
bool loop_timer_armed(const struct loop_timer *timer);
void loop_timer_free(struct loop_timer *timer);	/* NULL is fine */

/* Turns a signal into a call from within a turn; several of the same kind
 * between two turns may become one call.  At most one loop of a process may
 * do so.  loop_free restores the old actions. */
int loop_signal(struct loop *loop, int signal_number,
    void (*call)(void *arg, int signal_number), void *arg, struct err *err);

#endif
