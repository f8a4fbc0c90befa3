/*
 * posix: a POSIX extended regular expression, as GNU grep -E understands it,
 * written as PCRE2.
 *
 * Source: POSIX.1-2017 XBD 9.4, the GNU grep manual section 3, and
 * regex(7).  What differs: a backslash inside brackets is itself, `\<` `\>`
 * `\b` `\B` `\w` `\W` `\s` `\S` ``\` `` `\'` are GNU's, `{` that begins no
 * interval is itself, a leading `*` is itself, backslash before anything else
 * is the character, `$` matches only at the line's end, back references keep
 * their meaning.  Leftmost-longest differs from PCRE2's leftmost-first only
 * in what is captured, not in whether a line matches.
 */
#ifndef CTAIL_JUDGE_POSIX_H
#define CTAIL_JUDGE_POSIX_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

/* Appends the PCRE2 pattern; -1 with the column of the mistake. */
int posix_translate(struct span extended, struct buf *out, struct err *err);

/* The other way round, of what shape_pattern writes and no more: appends an
 * extended expression that matches every line the pattern does (where the
 * pattern names a control character, any byte does), but none with a newline
 * in it.  -1: it wants one, or has something that is not known here. */
int posix_write(struct span pattern, struct buf *out);

#endif
