/*
 * units: durations and sizes as people write them.
 *
 * A duration is digits and one of ms s m h d w ("250ms", "10m"); a size is
 * digits and optionally k, m or g (powers of 1,024).  Nothing else is
 * accepted: no sign, no blank inside, no fraction.  The result is bounded so
 * that adding it to a wall time cannot overflow (10 years, 1 TiB).
 */
#ifndef CTAIL_BASE_UNITS_H
#define CTAIL_BASE_UNITS_H

#include <stdint.h>
#include "base/err.h"
#include "base/span.h"

int duration_parse(struct span text, int64_t *ms_out, struct err *err);

/* The same with another bound, which must not be above that one. */
int duration_parse_most(struct span text, int64_t max_ms, int64_t *ms_out,
    struct err *err);
int size_parse(struct span text, int64_t *bytes_out, struct err *err);

/* A whole decimal number from min to max. */
int number_parse(struct span text, int64_t min, int64_t max, int64_t *out,
    struct err *err);

#define UNITS_TEXT_MAX 32

/* The shortest exact text that the parsers read back: "90s", "2h", "20m". */
void duration_format(int64_t ms, char out[UNITS_TEXT_MAX]);
void size_format(int64_t bytes, char out[UNITS_TEXT_MAX]);

#endif
