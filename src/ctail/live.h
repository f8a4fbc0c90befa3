/*
 * live: --follow, what is there and then what comes.
 */
#ifndef CTAIL_CTAIL_LIVE_H
#define CTAIL_CTAIL_LIVE_H

#include <stddef.h>
#include "ctail/job.h"

/* Until a signal asks to end, the output breaks, or every job is finished.  At
 * most `room` of them hold files open (rest.h). */
enum exit_status live_run(struct run *run, struct job *jobs, size_t count,
    size_t room);

#endif
