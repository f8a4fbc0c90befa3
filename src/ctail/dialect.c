/*
 * dialect: names of the old tools.
 */
#include "config.h"

#include <stddef.h>
#include <string.h>

#include "ctail/dialect.h"

static const struct {
	const char *name;
	enum dialect dialect;
} names[] = {
    {"logtail", DIALECT_LOGTAIL},
    {"logtail2", DIALECT_LOGTAIL},
    {"pygtail", DIALECT_PYGTAIL},
};

enum dialect
dialect_of(const char *program)
{
	const char *slash = program ? strrchr(program, '/') : NULL;

	if (slash)
		program = slash + 1;
	for (size_t i = 0; program && i < sizeof(names) / sizeof(*names); i++) {
		if (strcmp(program, names[i].name) == 0)
			return names[i].dialect;
	}
	return DIALECT_CTAIL;
}
