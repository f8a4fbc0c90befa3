/*
 * probe: clock, samples, and giving up.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "base/units.h"
#include "probe.h"

double
probe_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

void
probe_die(const char *format, ...)
{
	va_list args;

	fputs("bench: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

long
probe_number(const char *text, long min, long max)
{
	int64_t number;

	if (number_parse(span_str(text), min, max, &number, NULL))
		probe_die("%s is not a number from %ld to %ld", text, min, max);
	return (long)number;
}

uint64_t
probe_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

void
samples_add(struct samples *samples, double value)
{
	if (samples->count == samples->cap) {
		samples->cap = samples->cap * 2 + 64;
		samples->values = xreallocarray(
		    samples->values, samples->cap, sizeof(*samples->values));
	}
	samples->values[samples->count++] = value;
}

static int
compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

void
samples_sort(struct samples *samples)
{
	if (samples->count)
		qsort(samples->values, samples->count, sizeof(*samples->values),
		    compare);
}

double
samples_at(const struct samples *samples, double part)
{
	size_t at = (size_t)(part * (double)samples->count);

	if (!samples->count)
		probe_die("nothing was measured");
	/* The rank is part * count rounded up, counted from one. */
	if (at > 0 && (double)at >= part * (double)samples->count)
		at--;
	return samples->values[at];
}

void
samples_print(struct samples *samples, const char *name)
{
	samples_sort(samples);
	printf("%s count %zu min %.1f p50 %.1f p99 %.1f max %.1f\n", name,
	    samples->count, samples_at(samples, 0), samples_at(samples, 0.5),
	    samples_at(samples, 0.99), samples_at(samples, 1));
}

void
samples_free(struct samples *samples)
{
	free(samples->values);
	*samples = (struct samples){0};
}
