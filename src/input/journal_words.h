/*
 * journal_words: what `journal =` says, as the journal's own matches.
 *
 * The words are those of journalctl: `unit=NAME`, `identifier=NAME`,
 * `priority=LEVEL` (that or more severe), `transport=NAME`, `boot=current`,
 * `FIELD=VALUE` for any field of the journal, and `all`, alone, for
 * everything.  Words of one kind are alternatives, different kinds must hold
 * together.  Pure: the journal is not looked at.
 */
#ifndef CTAIL_INPUT_JOURNAL_WORDS_H
#define CTAIL_INPUT_JOURNAL_WORDS_H

#include <stdbool.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/setting.h"
#include "base/span.h"

/* The sentence begins with "journal". */
int journal_words_check(const struct setting_list *words, struct err *err);

/* Appends the fields of a request to ctail-journal (base/fields.h): `unit`,
 * `match` (FIELD=VALUE) and `boot`.  The words were checked. */
void journal_words_add(const struct setting_list *words, struct buf *request);

/*
 * The captures that a record of a journal brings along, by the names that
 * templates use: unit, identifier, pid, ...
 */
bool journal_capture_is(struct span name);

/* Appends a field `capture` (NAME=FIELD) for each to a request. */
void journal_captures_add(struct buf *request);

#endif
