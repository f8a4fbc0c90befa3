/*
 * sink_finder: one sink's settings, for the program that carries it out.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "conf/sink_finder.h"

/* The mistakes as one sentence. */
static void
sink_finder_join(struct buf *text, struct err *err)
{
	while (text->len > 0 && text->data[text->len - 1] == '\n')
		text->len--;
	err_set(
	    err, "%s", text->len ? buf_str(text) : "there is no such section");
	for (char *end = err->text; (end = strchr(end, '\n'));)
		*end = ' ';
}

static struct conf *
sink_finder_load(const char *path, const char *sink, struct err *err)
{
	struct conf_errors errors = CONF_ERRORS_INIT;
	struct conf_places places;
	struct conf *conf;

	conf_places_find(&places);
	conf = conf_load_sink(path, sink, &places, &errors);
	if (!conf)
		sink_finder_join(&errors.text, err);
	conf_errors_release(&errors);
	conf_places_release(&places);
	return conf;
}

static struct conf *
sink_finder_load_either(
    const struct sink_finder *finder, const char *sink, struct err *err)
{
	struct err second = ERR_INIT;
	struct conf *conf = sink_finder_load(finder->path, sink, err);

	if (conf || !finder->accepted)
		return conf;
	conf = sink_finder_load(finder->accepted, sink, &second);
	if (conf)
		diag(DIAG_WARNING,
		    "sink %s is taken from %s, the last configuration that "
		    "was accepted: %s",
		    sink, finder->accepted, err->text);
	return conf;
}

const struct setting_table *
sink_finder_find(
    void *arg, struct span sink, const void **settings_out, struct err *err)
{
	struct sink_finder *finder = arg;
	const struct conf_section *section;
	char *name = xstrndup(sink.data, sink.len);

	sink_finder_release(finder);
	finder->conf = sink_finder_load_either(finder, name, err);
	section = finder->conf ? conf_sink(finder->conf, sink) : NULL;
	if (finder->conf && !section)
		err_set(err, "there is no such section in %s", finder->path);
	free(name);
	if (!section)
		return NULL;
	*settings_out = section->settings;
	return section->table;
}

void
sink_finder_release(struct sink_finder *finder)
{
	conf_free(finder->conf);
	finder->conf = NULL;
}
