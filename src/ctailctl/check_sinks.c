/*
 * check_sinks: what a sink would fail for when its first alert is due: a file
 * that is not there, a program that cannot be started, a URL that is not what
 * its service expects.
 *
 * Only warned of: the worker may be another user, on a machine that is not
 * ready yet.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "conf/conf.h"
#include "ctailctl/ctailctl.h"
#include "deliver/file_settings.h"
#include "deliver/sink_url.h"
#include "deliver/webhook_settings.h"

static void
warn(const struct conf_section *section, const char *key, const char *value,
    const char *what)
{
	struct origin origin = conf_origin(section, key);

	fprintf(stderr, "ctailctl: warning: %s:%u: [%s %s] %s: %s%s\n",
	    origin.file, origin.line, section->table->section, section->name,
	    key, value, what);
}

static bool
ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), its = strlen(end);

	return len >= its && !strcmp(text + len - its, end);
}

/* What cannot be looked at is the worker's own. */
static bool
is_missing(const char *path)
{
	struct stat status;

	return stat(path, &status) && (errno == ENOENT || errno == ENOTDIR);
}

/* The worker refuses it, whoever it is. */
static bool
is_open_secret(const struct conf_section *section, const struct setting *row,
    const char *path)
{
	size_t len = strlen(row->name) - strlen("_file");
	const struct setting *secret =
	    setting_find(section->table, span_of(row->name, len));
	struct stat status;

	return secret && (secret->flags & SETTING_SECRET) &&
	       !stat(path, &status) && (status.st_mode & S_IRWXO);
}

static void
check_file(const struct conf_section *section, const struct setting *row,
    const char *path)
{
	if (is_missing(path))
		warn(section, row->name, path,
		    " is not there; nothing can be sent before it is");
	else if (is_open_secret(section, row, path))
		warn(section, row->name, path,
		    " can be read or changed by everybody, and is refused "
		    "for that; run chmod o= on it");
}

static void
check_row(const struct conf_section *section, const struct setting *row)
{
	const char *const *text =
	    (const void *)((const char *)section->settings + row->offset);

	if (row->type != SETTING_TEXT ||
	    !conf_origin(section, row->name).file || !*text || **text != '/')
		return;
	if (ends_with(row->name, "_file"))
		check_file(section, row, *text);
	else if (!strcmp(row->name, "command") && is_missing(*text))
		warn(section, row->name, *text, " is not there");
}

/* A [file] makes its file, and no directory; that of the file that there is
 * without any sink is the agent's own. */
static void
check_directory(const struct conf_section *section)
{
	const struct file_settings *file = section->settings;
	struct buf directory = BUF_INIT;

	if (section->table != &file_setting_table ||
	    !conf_origin(section, "path").line)
		return;
	buf_add_str(&directory, file->path);
	directory.len = (size_t)(strrchr(file->path, '/') - file->path) + 1;
	if (is_missing(buf_str(&directory)))
		warn(section, "path", buf_str(&directory),
		    " is not there; make this directory, or nothing can be "
		    "written");
	buf_release(&directory);
}

/* The service takes such a body at its root only; elsewhere people are shown
 * the JSON itself. */
static void
check_ntfy(const struct conf_section *section)
{
	const struct webhook_settings *webhook = section->settings;
	struct sink_url url;

	if (section->table != &webhook_setting_table ||
	    preset_at(webhook->preset) != &preset_ntfy || webhook->template ||
	    !webhook->url.text ||
	    sink_url_parse(span_str(webhook->url.text), &url, NULL) ||
	    !url.rest.len || span_is(url.rest, "/"))
		return;
	warn(section, "url", "",
	    "preset ntfy posts to the root of the server; write the URL "
	    "without a path, and what stands there as topic = ...");
}

void
ctailctl_check_sinks(const struct conf *conf)
{
	const struct conf_section *section;

	for (size_t n = 0; (section = conf_sink_at(conf, n)); n++) {
		for (size_t i = 0; i < section->table->count; i++)
			check_row(section, &section->table->rows[i]);
		check_directory(section);
		check_ntfy(section);
	}
}
