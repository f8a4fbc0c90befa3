/*
 * mem: the one place that knows what happens when memory runs out.
 *
 * Hides the death: a fixed line, because formatting one might allocate, and
 * _exit, because no destructor may run on what is half made.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/platform_internal.h"

/* EX_OSERR of sysexits.h, which not every libc has. */
#define EXIT_NO_MEMORY 71

static _Noreturn void
mem_die(void)
{
	static const char line[] = "ctail: out of memory\n";
	ssize_t written = write(STDERR_FILENO, line, sizeof(line) - 1);

	(void)written;
	_exit(EXIT_NO_MEMORY);
}

static void *
mem_checked(void *memory)
{
	if (!memory)
		mem_die();
	return memory;
}

void *
xmalloc(size_t size)
{
	return mem_checked(malloc(size ? size : 1));
}

void *
xcalloc(size_t count, size_t size)
{
	if (!count || !size)
		count = size = 1;
	return mem_checked(calloc(count, size));
}

void *
xreallocarray(void *old, size_t count, size_t size)
{
	if (!count || !size)
		count = size = 1;
	if (count > SIZE_MAX / size)
		mem_die();
	return mem_checked(realloc(old, count * size));
}

void *
xmemdup(const void *bytes, size_t len)
{
	void *copy = xmalloc(len);

	if (len)
		memcpy(copy, bytes, len);
	return copy;
}

char *
xstrdup(const char *text)
{
	return xmemdup(text, strlen(text) + 1);
}

char *
xstrndup(const char *bytes, size_t len)
{
	char *copy;

	if (len == SIZE_MAX)
		mem_die();
	copy = xmalloc(len + 1);
	if (len)
		memcpy(copy, bytes, len);
	copy[len] = '\0';
	return copy;
}

void
mem_trim(void)
{
	platform_trim_memory();
}
