/*
 * probe: what the measuring programs have in common.
 *
 * Durations are microseconds of the monotonic clock.
 */
#ifndef CTAIL_BENCH_PROBE_H
#define CTAIL_BENCH_PROBE_H

#include <stddef.h>
#include <stdint.h>

double probe_now(void);

/* The measurement makes no sense any more: says why and ends. */
_Noreturn void probe_die(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* A whole number from the command line. */
long probe_number(const char *text, long min, long max);

/* The same sequence from the same state, which is not 0. */
uint64_t probe_random(uint64_t *state);

struct samples {
	double *values;
	size_t count, cap;
};

void samples_add(struct samples *samples, double value);
void samples_sort(struct samples *samples);

/* Of sorted samples: the smallest value that is at least as large as this
 * part of them.  0: the least, 1: the greatest. */
double samples_at(const struct samples *samples, double part);

/* "NAME count COUNT min A p50 B p99 C max D", sorting them first. */
void samples_print(struct samples *samples, const char *name);
void samples_free(struct samples *samples);

#endif
