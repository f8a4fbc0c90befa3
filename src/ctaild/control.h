/*
 * control: the socket on which ctailctl asks.
 *
 * state_dir/control.sock, mode 0600.  A connection carries one request frame
 * (fields: type=command, arg...) and is answered by frames of type=text and
 * one of type=end with status and error.  At most CONTROL_MAX connections at
 * once, each with a deadline.
 */
#ifndef CTAIL_CTAILD_CONTROL_H
#define CTAIL_CTAILD_CONTROL_H

#include <stdbool.h>
#include <sys/types.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/loop.h"

#define CONTROL_MAX 16

struct control;

/* Runs one command for the user at the other end; returns its exit status. */
typedef int control_run(void *arg, uid_t uid, int argc,
    const char *const *argv, struct buf *out, struct err *err);

/* The path of the socket (caller frees). */
char *control_path(const char *state_dir);

struct control *control_new(struct loop *loop, const char *state_dir,
    control_run *run, void *arg, struct err *err);
void control_free(struct control *control);

/* Whether an agent answers there: an empty request, which each refuses at
 * once. */
bool control_answers(const char *state_dir);

/* The client's side, blocking.  The exit status with what was printed in
 * out and a failure's words in err; -1 when nobody answers. */
int control_ask(const char *state_dir, int argc, const char *const *argv,
    struct buf *out, struct err *err);

#endif
