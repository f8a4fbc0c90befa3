/*
 * entry: one entry of the journal as a record for the rules.
 */
#ifndef CTAIL_JOURNAL_ENTRY_H
#define CTAIL_JOURNAL_ENTRY_H

#include <stdbool.h>
#include <systemd/sd-journal.h>
#include "base/buf.h"
#include "ctail-journal/request.h"

/* True for what ctail itself has written: no rule may see it, or an alert
 * about a failed alert would make the next one. */
bool entry_is_own(sd_journal *journal);

/* Appends the record's line and its captures ("field.NAME") as fields:
 *   line   "2026-11-22T15:04:05.123456+01:00 HOST IDENT[PID]: MESSAGE"
 *   cut    1 when it is longer than wanted */
void entry_add(sd_journal *journal, const struct request *request,
    struct buf *out);

#endif
