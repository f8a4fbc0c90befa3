/*
 * check_secrets: passwords that stand where everybody can read them.
 *
 * A URL in the configuration may be a secret, and mostly is none: of these
 * nothing is said.
 */
#include "config.h"

#include <stdio.h>
#include <sys/stat.h>

#include "conf/conf.h"
#include "ctailctl/ctailctl.h"

static bool
is_open(const char *path)
{
	struct stat status;

	return !stat(path, &status) && (status.st_mode & S_IROTH);
}

static void
check_row(const struct conf_section *section, const struct setting *row)
{
	const char *const *text =
	    (const void *)((const char *)section->settings + row->offset);
	struct origin origin = conf_origin(section, row->name);

	if (row->type != SETTING_TEXT || !*text || !origin.file ||
	    (row->flags & (SETTING_SECRET | SETTING_URL)) != SETTING_SECRET ||
	    !is_open(origin.file))
		return;
	fprintf(stderr,
	    "ctailctl: warning: %s:%u: [%s %s] everybody may read this %s; "
	    "chmod o-r %s, or put it into a file of its own (%s_file)\n",
	    origin.file, origin.line, section->table->section, section->name,
	    row->name, origin.file, row->name);
}

void
ctailctl_check_secrets(const struct conf *conf)
{
	const struct conf_section *section;

	for (size_t n = 0; (section = conf_sink_at(conf, n)); n++)
		for (size_t i = 0; i < section->table->count; i++)
			check_row(section, &section->table->rows[i]);
}
