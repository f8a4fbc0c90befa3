/*
 * sink_finder: one sink's settings, for the program that carries it out.
 *
 * From the configuration as it is now; where its section is bad or gone, from
 * the copy of the last one that ctaild accepted, and that is said on standard
 * error: an edit that is half done must not stop what is under way.
 */
#ifndef CTAIL_CONF_SINK_FINDER_H
#define CTAIL_CONF_SINK_FINDER_H

#include "conf/conf.h"

struct sink_finder {
	const char *path;
	const char *accepted;	/* NULL: no copy */
	struct conf *conf;	/* NULL before it was asked */
};

/* The table and the settings (borrowed until release), or NULL.  Has the
 * form that worker_serve asks for; arg is a struct sink_finder. */
const struct setting_table *sink_finder_find(void *arg, struct span sink,
    const void **settings_out, struct err *err);

void sink_finder_release(struct sink_finder *finder);

#endif
