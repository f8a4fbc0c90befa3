/*
 * err: sentences about what went wrong, in a fixed amount of memory.
 *
 * The text is made aside first, so that an error may quote the one it
 * replaces.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

int
err_set(struct err *err, const char *format, ...)
{
	char text[ERR_TEXT_MAX];
	va_list args;

	if (!err)
		return -1;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	memcpy(err->text, text, strlen(text) + 1);
	return -1;
}

int
err_prefix(struct err *err, const char *format, ...)
{
	char context[ERR_TEXT_MAX - 2];
	size_t len, rest;
	va_list args;

	if (!err)
		return -1;
	va_start(args, format);
	vsnprintf(context, sizeof(context), format, args);
	va_end(args);
	len = strlen(context);
	context[len] = ':';
	rest = strlen(err->text);
	if (rest > sizeof(err->text) - 1 - (len + 2))
		rest = sizeof(err->text) - 1 - (len + 2);
	memmove(err->text + len + 2, err->text, rest);
	memcpy(err->text, context, len + 1);
	err->text[len + 1] = ' ';
	err->text[len + 2 + rest] = '\0';
	return -1;
}
