/*
 * own_words: ctail's own lines in a syslog, which no rule may see.
 *
 * A rule that matches what ctail says about a failed alert would make the next
 * one.
 */
#ifndef CTAIL_CTAILD_OWN_WORDS_H
#define CTAIL_CTAILD_OWN_WORDS_H

#include <stdbool.h>
#include "base/span.h"

/* True for a line whose program, at the place where a syslog line has it, is
 * ctaild, ctail-send, ctail-exec or the tag of [syslog] with a process id:
 * "Nov 22 10:00:00 HOST ctaild[7]: ..." (RFC 3164),
 * "2026-11-22T10:00:00+00:00 HOST ctaild[7]: ..." (the journal, and what
 * daemons write today), or a line of [syslog]'s own in RFC 5424; each with or
 * without its "<30>".  Elsewhere in a line these words mean nothing: log text
 * must not be able to hide itself. */
bool own_words(struct span line);

#endif
