/*
 * builtin_rules: what `ctaild FILE...` looks for without a configuration.
 */
#ifndef CTAIL_CTAILD_BUILTIN_RULES_H
#define CTAIL_CTAILD_BUILTIN_RULES_H

#include "base/buf.h"

enum builtin_start { BUILTIN_FROM_END, BUILTIN_FROM_START };

/* Appends a whole configuration for these files (absolute paths). */
void builtin_rules(const char *const *files, size_t count,
    enum builtin_start start, struct buf *out);

#endif
