/*
 * log_lookup: which [log] section a path belongs to, and what it says.
 */
#ifndef CTAIL_CTAILD_LOG_LOOKUP_H
#define CTAIL_CTAILD_LOG_LOOKUP_H

#include <stdbool.h>
#include "ctaild/plan.h"

/* Whether this [log] keeps its offset file beside the log. */
bool log_is_beside(const struct plan *plan, const char *log);

/* Whether there is a [log] of this name, and it is a journal. */
bool log_is_journal(const struct plan *plan, const char *log);

#endif
