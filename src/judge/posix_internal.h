/*
 * posix_internal: what the files behind posix.h share.
 */
#ifndef CTAIL_JUDGE_POSIX_INTERNAL_H
#define CTAIL_JUDGE_POSIX_INTERNAL_H

#include <stdbool.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

/* One byte that stands for itself, in brackets or not. */
void posix_add_byte(struct buf *out, char byte);

/* posix_bracket.c: what begins behind the `[' at *at, which then lies behind
 * the closing bracket. */
int posix_bracket(struct span text, size_t *at, struct buf *out,
    struct err *err);

#endif
