/*
 * sink_needs: which files and programs a sink's section names, for the worker
 * that is about to give everything else up.
 *
 * Goes by the settings table: a text key that ends in _file names a file, in
 * _credential one of $CREDENTIALS_DIRECTORY, in _command a program.
 */
#ifndef CTAIL_DELIVER_SINK_NEEDS_H
#define CTAIL_DELIVER_SINK_NEEDS_H

#include <stdbool.h>
#include "base/setting.h"

struct sink_needs {
	const char **paths;	/* NULL-terminated; borrowed from the settings
				 * and the environment */
	bool runs_commands;
};

void sink_needs_find(const struct setting_table *table, const void *settings,
    struct sink_needs *out);
void sink_needs_release(struct sink_needs *needs);

#endif
