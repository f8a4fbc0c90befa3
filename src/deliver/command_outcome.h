/*
 * command_outcome: how a command's end counts as a delivery.
 *
 * Exit status 0 is delivered; 126 and 127, and what cannot be started, wait
 * for a person; any other, 75 (EX_TEMPFAIL) included, is tried again until
 * the alert is too old.  One that was ended at its deadline may have done
 * its work.
 */
#ifndef CTAIL_DELIVER_COMMAND_OUTCOME_H
#define CTAIL_DELIVER_COMMAND_OUTCOME_H

#include "deliver/command.h"
#include "deliver/worker.h"

#define COMMAND_OUTCOME_OUTPUT_MAX 8192

/* A trace shows what it printed, and of its arguments the number: they may hold
 * what is nobody's business. */
void command_outcome(const struct command_spec *spec,
    const struct trace *trace, struct outcome *out);

#endif
