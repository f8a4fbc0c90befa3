/*
 * bug: the end of a program whose invariants do not hold.
 *
 * Works without allocating: the heap may be what is broken.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bug.h"

_Noreturn void
bug_at(const char *file, int line, const char *format, ...)
{
	char text[1024], where[128];
	va_list args;
	ssize_t written;

	va_start(args, format);
	vsnprintf(text, sizeof(text) - 1, format, args);
	va_end(args);
	text[strlen(text) + 1] = '\0';
	text[strlen(text)] = '\n';
	snprintf(where, sizeof(where), "bug in %s:%d: ", file, line);
	written = write(STDERR_FILENO, where, strlen(where));
	if (written >= 0)
		written = write(STDERR_FILENO, text, strlen(text));
	(void)written;
	abort();
}
