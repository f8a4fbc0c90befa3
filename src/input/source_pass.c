/*
 * source_pass: what is there of a file when a pass over it begins.
 *
 * A file that grows faster than it is read never comes to an end.  So what is
 * looked for is the end that it had: whoever is there in time has that and is
 * done with the pass, and waits for the others of its group; `ctaild --once`
 * is done with the file.  Hides that the file may have been rotated meanwhile.
 */
#include "config.h"

#include <string.h>
#include <sys/stat.h>

#include "input/source_internal.h"

void
source_pass_begin(struct file *file)
{
	struct pass *pass = &file->pass;
	struct stat st;

	if (pass->on)
		return;
	*pass = (struct pass){.on = true};
	if (stat(follow_path(file->follow), &st) < 0)
		return;
	pass->dev = st.st_dev;
	pass->ino = st.st_ino;
	pass->end = (uint64_t)st.st_size;
}

/* An inode is used again at once where logs are compressed: a position of
 * before says nothing. */
void
source_pass_note(struct file *file, const struct follow_block *block)
{
	struct pass *pass = &file->pass;

	if (block->position.ino == pass->ino &&
	    block->position.dev == pass->dev &&
	    !strcmp(block->path, follow_path(file->follow)))
		pass->begun = true;
}

void
source_pass_leave(struct file *file)
{
	file->pass = (struct pass){0};
}

void
source_pass_begin_again(struct source *source, unsigned group)
{
	for (struct file *at = source->ready_first; at; at = at->next_ready) {
		if (source->logs[at->log].group == group)
			source_pass_leave(at);
	}
}

/* False where the file is not to be seen: then it is read to its end. */
static bool
is_reached(const struct file *file)
{
	const struct pass *pass = &file->pass;
	const struct position *position;

	for (size_t i = 0; (position = follow_generation(file->follow, i));
	     i++) {
		if (position->ino == pass->ino && position->dev == pass->dev)
			return position->offset >= pass->end;
	}
	return false;
}

bool
source_pass_is_over(struct file *file)
{
	struct pass *pass = &file->pass;

	pass->over =
	    pass->over || (pass->on && pass->begun && is_reached(file));
	return pass->over;
}

void
source_pass_settle(struct source *source, struct file *file, bool more)
{
	bool over = source_pass_is_over(file), ends = over && source->once;

	/* Once more: that nothing more is there has to be seen for the later
	 * ones to know which generations are newer. */
	if (more && (!ends || !file->pass.looked_again)) {
		source_make_ready(source, file);
		file->pass.looked_again = ends;
		return;
	}
	if (!source->once)
		source_pass_leave(file);
	source_settle(source, file);
}

void
source_read_once(struct source *source)
{
	source->once = true;
}
