/*
 * loaded: reads and compiles a configuration for one command.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/diag.h"
#include "base/mem.h"
#include "ctailctl/loaded.h"

void
loaded_read(struct loaded *loaded, const struct agent_options *options,
    const char *path)
{
	*loaded = (struct loaded){.errors = CONF_ERRORS_INIT};
	conf_places_find(&loaded->places);
	if (path)
		loaded->path = xstrdup(path);
	else
		loaded->path = options->config ? xstrdup(options->config)
					       : conf_default_path();
	loaded->conf =
	    conf_load(loaded->path, &loaded->places, &loaded->errors);
}

int
loaded_compile(struct loaded *loaded)
{
	if (loaded->conf)
		loaded->plan = plan_new(loaded->conf, &loaded->errors);
	return loaded->plan ? 0 : -1;
}

void
loaded_tell_skipped(const struct loaded *loaded)
{
	size_t skipped = loaded->plan ? loaded->plan->skipped.count : 0;

	if (skipped)
		diag(DIAG_WARNING,
		    "lines of rule files are skipped: %zu; see `ctailctl "
		    "check'",
		    skipped);
}

void
loaded_release(struct loaded *loaded)
{
	plan_free(loaded->plan);
	conf_free(loaded->conf);
	conf_errors_release(&loaded->errors);
	conf_places_release(&loaded->places);
	free(loaded->path);
}

void
loaded_print_errors(const struct loaded *loaded)
{
	const struct buf *text = &loaded->errors.text;

	fwrite(text->data, 1, text->len, stderr);
	fprintf(stderr, "%s is refused: mistakes: %zu\n", loaded->path,
	    loaded->errors.count);
}
