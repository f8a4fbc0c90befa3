/*
 * accepted: writes and reads the copy; its first line names the original.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/durable.h"
#include "base/mem.h"
#include "ctaild/accepted.h"

#define ACCEPTED_BYTES_MAX (16u << 20)

char *
accepted_path(const char *state_dir)
{
	struct buf path = BUF_INIT;

	buf_addf(&path, "%s/accepted.ini", state_dir);
	return buf_take(&path);
}

static void
add_first_line(struct buf *out, const char *config_path)
{
	buf_addf(out, "# accepted from %s\n", config_path);
}

int
accepted_write(const char *state_dir, const char *config_path,
    const struct conf *conf, struct err *err)
{
	char *path = accepted_path(state_dir);
	struct buf text = BUF_INIT, old = BUF_INIT;
	int result = 0;

	add_first_line(&text, config_path);
	conf_show(conf, CONF_SHOW_ACCEPTED, &text);
	if (durable_read(path, ACCEPTED_BYTES_MAX, &old, NULL) ||
	    !span_equal(buf_span(&old), buf_span(&text)))
		result = durable_replace(path, buf_span(&text), 0600, err);
	buf_release(&text);
	buf_release(&old);
	free(path);
	return result;
}

/* By eye: the file is refused, so there is no parser to ask. */
char *
accepted_named_dir(const char *config_path)
{
	static const char key[] = "state_dir";
	struct buf text = BUF_INIT;
	char *found = NULL, *rest, *line;

	if (durable_read(config_path, ACCEPTED_BYTES_MAX, &text, NULL)) {
		buf_release(&text);
		return NULL;
	}
	rest = (char *)buf_str(&text);
	while (!found && (line = strsep(&rest, "\n"))) {
		if (strncmp(line, key, sizeof(key) - 1))
			continue;
		line += sizeof(key) - 1;
		line += strspn(line, " \t");
		if (*line++ != '=')
			continue;
		line += strspn(line, " \t");
		line[strcspn(line, " \t\r")] = '\0';
		if (*line == '/')
			found = xstrdup(line);
	}
	buf_release(&text);
	return found;
}

struct conf *
accepted_load(const char *state_dir, const char *config_path,
    const struct conf_places *places, struct conf_errors *errors)
{
	char *path = accepted_path(state_dir);
	struct buf text = BUF_INIT, first = BUF_INIT;
	struct conf *conf = NULL;

	add_first_line(&first, config_path);
	if (!durable_read(path, ACCEPTED_BYTES_MAX, &text, NULL) &&
	    span_begins(buf_span(&text), buf_span(&first)))
		conf = conf_load_text(path, buf_span(&text), places, errors);
	buf_release(&text);
	buf_release(&first);
	free(path);
	return conf;
}
