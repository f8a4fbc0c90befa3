/*
 * json_status: what happened to one log, for programs.
 */
#include "config.h"

#include "base/utf8.h"
#include "ctail/job.h"

static void
add_text(struct buf *out, const char *text)
{
	struct span rest = span_str(text);
	uint32_t point;

	buf_add_byte(out, '"');
	while (rest.len > 0) {
		size_t used = utf8_decode(rest, &point);

		if (point == '"' || point == '\\')
			buf_addf(out, "\\%c", (char)point);
		else if (utf8_is_control(point))
			buf_addf(out, "\\u%04x", (unsigned)point);
		else
			utf8_append(out, point);
		rest = span_of(rest.data + used, rest.len - used);
	}
	buf_add_byte(out, '"');
}

static void
add_member(struct buf *out, const char *name, const char *text)
{
	buf_addf(out, ", \"%s\": ", name);
	if (text)
		add_text(out, text);
	else
		buf_add_str(out, "null");
}

static void
add_number(struct buf *out, const char *name, uint64_t value)
{
	buf_addf(out, ", \"%s\": %llu", name, (unsigned long long)value);
}

static void
add_position(struct buf *out, const struct job *job)
{
	struct checkpoint now;

	if (!job->follow)
		return;
	job_checkpoint(job, &now);
	add_number(out, "inode", now.position.ino);
	add_number(out, "offset", now.position.offset);
	add_number(out, "old_generations", now.old_count);
	checkpoint_release(&now);
	add_number(out, "gaps", follow_gaps(job->follow).count);
	add_number(out, "lost_bytes", follow_gaps(job->follow).bytes);
}

void
json_status_add(struct buf *out, const struct job *job)
{
	enum exit_status status = job_status(job);

	buf_add_str(out, "{\"log\": ");
	add_text(out, job->log);
	add_member(out, "offset_file", job->place.path);
	add_member(out, "status", status_name(status));
	add_number(out, "exit_status", status);
	add_number(out, "lines", job->lines);
	add_number(out, "bytes", job->bytes);
	add_number(out, "rotations", job->rotations);
	add_number(out, "truncations", job->truncations);
	add_position(out, job);
	buf_addf(out, ", \"stored\": %s", job->stored ? "true" : "false");
	add_member(out, "error", job->error);
	buf_add_str(out, "}\n");
}
