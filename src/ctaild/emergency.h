/*
 * emergency: the notice that needs no database.
 *
 * When nothing can be stored, one fixed notice per episode goes straight to
 * the workers of the given sinks.  Not recorded, not retried: the log itself
 * is the backlog, and reading stops meanwhile.
 */
#ifndef CTAIL_CTAILD_EMERGENCY_H
#define CTAIL_CTAILD_EMERGENCY_H

#include <stdbool.h>
#include <sys/types.h>
#include "base/loop.h"
#include "conf/conf.h"
#include "ctaild/outlet.h"
#include "message/alert.h"

struct emergency;

struct emergency *emergency_new(struct loop *loop, const char *hostname,
    const struct outlet_places *places);
void emergency_free(struct emergency *emergency);

/* True while a notice is on its way. */
bool emergency_busy(const struct emergency *emergency);

/* For SIGCHLD: this child has been reaped. */
void emergency_reaped(struct emergency *emergency, pid_t pid);

/* Sends the alert (with an id) to every one of these sinks. */
void emergency_send(struct emergency *emergency, const struct conf *conf,
    const struct setting_list *sinks, const struct alert *alert);

#endif
