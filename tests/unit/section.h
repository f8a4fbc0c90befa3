/*
 * section: one section of a sink, as its settings table reads and checks it.
 */
#ifndef CTAIL_TESTS_SECTION_H
#define CTAIL_TESTS_SECTION_H

#include <stdlib.h>

#include "base/setting.h"
#include "tap.h"

/* Reads lines "key = value" as the section would be; "" when it is
 * fine, else what is wrong with it. */
static inline const char *
check(const struct setting_table *table, const char *lines)
{
	static struct err err;
	void *settings = calloc(1, table->size);
	char *copy = strdup(lines), *rest = copy, *line;

	err.text[0] = '\0';
	setting_defaults(table, settings);
	while (!err.text[0] && (line = strsep(&rest, "\n"))) {
		char *equals = strstr(line, " = ");

		if (!equals)
			continue;
		const struct setting *row = setting_find(
		    table, span_of(line, (size_t)(equals - line)));
		if (!row)
			err_set(&err, "unknown key %s", line);
		else
			setting_set(row, settings, span_str(equals + 3),
			    (struct origin){"test", 1}, &err);
	}
	if (!err.text[0] && table->check)
		table->check(settings, &err);
	setting_release(table, settings);
	free(settings);
	free(copy);
	return err.text;
}

static inline void
takes(const struct setting_table *table, const char *lines,
    const char *sentence)
{
	const char *wrong = check(table, lines);

	OK(!wrong[0], "%s%s%s", sentence, wrong[0] ? ": " : "", wrong);
}

static inline void
refuses(const struct setting_table *table, const char *lines,
    const char *needle, const char *sentence)
{
	const char *wrong = check(table, lines);

	OK(strstr(wrong, needle) != NULL, "%s (%s)", sentence, wrong);
}

#endif
