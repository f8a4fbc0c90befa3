/*
 * rest: --follow of more logs than there may be open files.
 *
 * The one that was looked at longest ago gives back what it holds open, its
 * lock too, and takes it again for its next look.  Another program may have
 * read on meanwhile: then its position counts.
 */
#ifndef CTAIL_CTAIL_REST_H
#define CTAIL_CTAIL_REST_H

#include "ctail/job.h"

/* How many logs may hold files open at a time; raises the limit as far as
 * everybody may. */
size_t rest_room(void);

/* Lets others rest until `job` can be awake, too. */
void rest_make_room(struct job *jobs, size_t count, size_t room,
    const struct job *job);

/* False: it cannot be looked at now, or any more, which was said. */
bool rest_wake(struct job *job);

#endif
