/*
 * tap: the Test Anything Protocol for unit tests, in one header.
 *
 * A test program calls OK() and its kin, then `return tap_done();`.  The
 * text is a sentence that says what holds.  A failed one prints where.
 */
#ifndef CTAIL_TESTS_TAP_H
#define CTAIL_TESTS_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int tap_count, tap_failed;

__attribute__((format(printf, 4, 5))) static inline bool
tap_ok(bool passed, const char *file, int line, const char *format, ...)
{
	va_list args;

	printf("%sok %d - ", passed ? "" : "not ", ++tap_count);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	if (!passed) {
		tap_failed++;
		printf("# failed at %s:%d\n", file, line);
	}
	fflush(stdout);
	return passed;
}

static inline bool
tap_is_str(const char *got, const char *want, const char *file, int line,
    const char *sentence)
{
	bool same = got && want ? !strcmp(got, want) : got == want;

	tap_ok(same, file, line, "%s", sentence);
	if (!same)
		printf("#   got: %s\n#  want: %s\n", got ? got : "(null)",
		    want ? want : "(null)");
	return same;
}

static inline bool
tap_is_int(long long got, long long want, const char *file, int line,
    const char *sentence)
{
	tap_ok(got == want, file, line, "%s", sentence);
	if (got != want)
		printf("#   got: %lld\n#  want: %lld\n", got, want);
	return got == want;
}

static inline int
tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static inline void
tap_skip(const char *what, const char *why)
{
	printf("ok %d - %s # SKIP %s\n", ++tap_count, what, why);
}

#define OK(passed, ...) tap_ok((passed), __FILE__, __LINE__, __VA_ARGS__)
#define IS_STR(got, want, sentence) \
	tap_is_str((got), (want), __FILE__, __LINE__, (sentence))
#define IS_INT(got, want, sentence) \
	tap_is_int((got), (want), __FILE__, __LINE__, (sentence))

#endif
