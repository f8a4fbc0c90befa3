/*
 * agent_about: what is known of a log's files, for an alert about what is
 * missing: whether the file is missing, or silent since when.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ctaild/agent_internal.h"

struct about {
	const char *log; /* the section's name */
	char *path;	 /* of the file written last; NULL: none is
			  * there */
	int64_t written_ms;
	char *missing; /* of one that is not there */
	size_t files;
};

static int64_t
written_ms(const struct source_file *file)
{
	int64_t written = file->read_ms;
	struct stat status;

	if (!stat(file->path, &status) && S_ISREG(status.st_mode)) {
		int64_t changed = (int64_t)status.st_mtim.tv_sec * 1000 +
				  status.st_mtim.tv_nsec / 1000000;

		if (changed > written)
			written = changed;
	}
	return written;
}

static void
replace(char **text, const char *with)
{
	free(*text);
	*text = xstrdup(with);
}

static void
look(void *arg, const struct source_file *file)
{
	struct about *about = arg;
	int64_t written;

	if (!span_is(span_str(file->log), about->log))
		return;
	about->files++;
	if (file->size < 0 && strncmp(file->path, "journal:", 8)) {
		replace(&about->missing, file->path);
		return;
	}
	written = written_ms(file);
	if (about->path && written <= about->written_ms)
		return;
	replace(&about->path, file->path);
	about->written_ms = written;
}

static void
say_written(const struct about *about, struct buf *out)
{
	char text[CLOCK_TEXT_MAX];

	buf_add_str(out, about->path);
	if (about->written_ms > 0) {
		clock_format_local(about->written_ms, text);
		buf_addf(out, " was last written %s", text);
	} else {
		buf_add_str(out, " is there, nothing was read of it since "
				 "the agent started");
	}
	if (about->files > 1)
		buf_addf(out, ", and none of %zu other files later",
		    about->files - 1);
}

void
agent_about_log(void *arg, size_t log, struct buf *out)
{
	struct agent *agent = arg;
	const struct plan_log *planned = &agent->session->plan->logs[log];
	const struct setting_list *paths = &planned->settings->path;
	struct about about = {.log = planned->name};

	source_files(agent->session->source, look, &about);
	journals_files(agent->session->journals, look, &about);
	if (about.path)
		say_written(&about, out);
	else if (about.missing)
		buf_addf(out, "the log %s is missing", about.missing);
	else if (paths->count)
		buf_addf(out, "the log %s is missing", paths->items[0].text);
	else
		buf_addf(out, "nothing is known of log %s", planned->name);
	free(about.path);
	free(about.missing);
}
