/*
 * world: what happens to the files, done twice: on disk and in the model.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/property/world.h"

/* A copy of less than POSITION_FIRST bytes cannot be told from other files. */
#define PART_LENGTH 70
#define HEAD_LENGTH 1100

extern char **environ;

static void
must(bool done, const char *what)
{
	if (done)
		return;
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(99);
}

const char *
world_path(struct world *world, const char *name)
{
	static char path[4][512];
	static unsigned turn;
	char *out = path[turn++ % 4];

	snprintf(out, sizeof(path[0]), "%s/%s", world->directory, name);
	return out;
}

size_t
world_line(int number, char out[512])
{
	size_t filler = 70 + (size_t)number * 37 % 300;
	int len = snprintf(out, 512, "%010d ", number);

	memset(out + len, 'x', filler);
	out[(size_t)len + filler] = '\n';
	return (size_t)len + filler + 1;
}

/* --- Bodies -------------------------------------------------------------- */

static struct body *
body_new(int fd)
{
	struct body *body = xcalloc(1, sizeof(*body));

	must(fd >= 0, "open");
	body->fd = fd;
	body->part = -1;
	body->references = 1;
	return body;
}

static void
body_drop(struct body *body)
{
	if (!body || --body->references > 0)
		return;
	close(body->fd);
	free(body);
}

static void
line_gone(struct line_state *line)
{
	if (--line->copies == 0 && !line->taken)
		line->excused = true;
}

static void
body_forget_lines(struct world *world, struct body *body)
{
	for (size_t i = 0; body->named && i < body->count; i++)
		line_gone(&world->lines[body->lines[i]]);
}

/* No name leads to it any more. */
static void
body_unlink(struct world *world, struct body *body)
{
	body_forget_lines(world, body);
	body->named = false;
	body_drop(body);
}

static void
stamp(struct world *world, int fd)
{
	struct timespec at = {world->wall_ns / 1000000000,
	    world->wall_ns % 1000000000};
	struct timespec times[2] = {at, at};

	must(futimens(fd, times) == 0, "futimens");
}

static void
body_put(struct world *world, struct body *body, const char *bytes, size_t len)
{
	uint64_t at = world->append ? body->size : world->at;

	must(pwrite(body->fd, bytes, len, (off_t)at) == (ssize_t)len, "write");
	if (at > body->size)
		body->holed = true;
	world->at = at + len;
	body->size = world->at;
	body->written_ns = world->wall_ns;
	stamp(world, body->fd);
}

static void
body_add(struct world *world, struct body *body, int number)
{
	struct line_state *line = &world->lines[number];

	body->lines[body->count] = number;
	body->ends[body->count++] = body->size;
	if (body != world->live)
		line->late = true;
	if (body->named)
		line->copies++;
	else
		line->excused = true;
}

/* With a line of its own: files that hold the same head and nothing else
 * cannot be told apart. */
static void
begin_with_head(struct world *world, struct body *body)
{
	char text[HEAD_LENGTH + 512];
	size_t len = HEAD_LENGTH;
	int number = world->next;

	memset(text, '#', HEAD_LENGTH - 1);
	text[HEAD_LENGTH - 1] = '\n';
	if (number < WORLD_LINES)
		len += world_line(world->next++, text + HEAD_LENGTH);
	must(write(body->fd, text, len) == (ssize_t)len, "write");
	body->size = len;
	body->written_ns = world->wall_ns;
	stamp(world, body->fd);
	if (number < WORLD_LINES)
		body_add(world, body, number);
}

static struct body *
make_live(struct world *world)
{
	struct body *body = body_new(open(world_path(world, WORLD_LOG),
	    O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644));

	body->named = true;
	world->live = body;
	if (world->headed)
		begin_with_head(world, body);
	return body;
}

/* --- The writer ----------------------------------------------------------- */

void
world_write(struct world *world, unsigned lines)
{
	char text[512];

	world_finish(world);
	while (lines-- > 0 && world->next < WORLD_LINES) {
		int number = world->next++;
		size_t len = world_line(number, text);

		body_put(world, world->writer, text, len);
		body_add(world, world->writer, number);
	}
}

void
world_part(struct world *world)
{
	char text[512];

	if (world->writer->part >= 0 || world->next == WORLD_LINES)
		return;
	world_line(world->next, text);
	world->writer->part = world->next++;
	body_put(world, world->writer, text, PART_LENGTH);
	if (!world->writer->named)
		world->lines[world->writer->part].excused = true;
	if (world->writer != world->live)
		world->lines[world->writer->part].late = true;
}

/* What a rotated file has at its end is handed out as it is when nobody has
 * written to it for long; then nobody does. */
void
world_finish(struct world *world)
{
	struct body *body = world->writer;
	char text[512];
	size_t len;

	if (body->part < 0)
		return;
	len = world_line(body->part, text);
	if (body != world->live &&
	    world->wall_ns - body->written_ns >= 9000000000) {
		world->lines[body->part].torn = true;
		world->remainders = true;
	}
	body_put(world, body, text + PART_LENGTH, len - PART_LENGTH);
	if (world->lines[body->part].torn)
		world->lines[body->part].excused = true;
	body_add(world, body, body->part);
	body->part = -1;
}

void
world_reopen(struct world *world)
{
	struct body *old = world->writer;

	if (old == world->live)
		return;
	if (old->part >= 0)
		world->lines[old->part].torn = true;
	if (!world->live)
		make_live(world);
	world->writer = world->live;
	world->writer->references++;
	world->at = world->writer->size;
	body_drop(old);
}

/* --- Rotation --------------------------------------------------------------- */

static const char *
name_of(unsigned generation, bool packed)
{
	static char name[2][64];
	static unsigned turn;
	char *out = name[turn++ % 2];

	snprintf(out, sizeof(name[0]), WORLD_LOG ".%u%s", generation,
	    packed ? ".gz" : "");
	return out;
}

static void
move_up(struct world *world, unsigned from)
{
	struct generation_name *file = &world->rotated[from];

	if (!file->body)
		return;
	must(rename(world_path(world, name_of(from, file->packed)),
		 world_path(world, name_of(from + 1, file->packed))) == 0,
	    "rename");
	world->rotated[from + 1] = *file;
	file->body = NULL;
}

/* As logrotate does: the oldest first. */
static void
shift(struct world *world)
{
	world_remove(world, WORLD_GENERATIONS - 1);
	for (unsigned i = WORLD_GENERATIONS - 1; i-- > 1;)
		move_up(world, i);
}

void
world_rename(struct world *world)
{
	if (!world->live || world->copied)
		return;
	shift(world);
	must(rename(world_path(world, WORLD_LOG),
		 world_path(world, WORLD_LOG ".1")) == 0,
	    "rename");
	world->rotated[1] = (struct generation_name){world->live, false};
	/* It goes out when its file is finished, after newer ones. */
	if (world->live->part >= 0)
		world->lines[world->live->part].late = true;
	world->live = NULL;
}

void
world_create(struct world *world)
{
	if (!world->live)
		make_live(world);
}

static void
copy_bytes(struct body *from, struct body *to)
{
	char block[4096];
	uint64_t at = 0;
	ssize_t n;

	while ((n = pread(from->fd, block, sizeof(block), (off_t)at)) > 0) {
		must(pwrite(to->fd, block, (size_t)n, (off_t)at) == n, "copy");
		at += (uint64_t)n;
	}
	to->size = at;
}

static void
copy_lines(struct world *world, const struct body *from, struct body *to)
{
	memcpy(to->lines, from->lines, sizeof(to->lines));
	memcpy(to->ends, from->ends, sizeof(to->ends));
	to->count = from->count;
	to->holed = from->holed;
	to->written_ns = world->wall_ns;
	to->named = true;
	for (size_t i = 0; i < to->count; i++)
		world->lines[to->lines[i]].copies++;
}

static struct body *
copy_of(struct world *world, struct body *from, const char *name)
{
	struct body *copy = body_new(open(world_path(world, name),
	    O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644));

	copy_bytes(from, copy);
	copy_lines(world, from, copy);
	stamp(world, copy->fd);
	return copy;
}

void
world_copy(struct world *world)
{
	if (!world->live)
		return;
	shift(world);
	world->rotated[1] = (struct generation_name){
	    copy_of(world, world->live, WORLD_LOG ".1"), false};
	world->copied++;
	if (world->live->part >= 0)
		world->lines[world->live->part].late = true;
}

void
world_truncate(struct world *world)
{
	struct body *live = world->live;

	if (!live || world->copied > 1)
		return;
	must(ftruncate(live->fd, 0) == 0, "ftruncate");
	stamp(world, live->fd);
	body_forget_lines(world, live);
	if (live->part >= 0) {
		world->lines[live->part].torn = true;
		world->lines[live->part].late = true;
		world->remainders = true;
	}
	world->copied = 0;
	live->count = 0;
	live->size = 0;
	live->holed = false;
}

/* An editor writes the same text to a new file and renames that over the log;
 * whoever had it open writes to nowhere from then on. */
void
world_replace(struct world *world)
{
	struct body *old = world->live;
	struct body *copy;

	if (!old || old->part >= 0 || old->holed || world->copied)
		return;
	copy = copy_of(world, old, "app.log~");
	must(rename(world_path(world, "app.log~"),
		 world_path(world, WORLD_LOG)) == 0,
	    "rename");
	body_unlink(world, old);
	world->live = copy;
	world_reopen(world);
}

void
world_pack(struct world *world, unsigned generation)
{
	struct generation_name *file = &world->rotated[generation];
	char program[] = "gzip", force[] = "-f";
	char *arguments[] = {program, force, NULL, NULL};
	int status = -1;
	pid_t child;

	/* Nobody compresses what is still written to. */
	if (generation == 0 || !world->can_pack || !file->body ||
	    file->packed || file->body == world->writer)
		return;
	arguments[2] = (char *)world_path(world, name_of(generation, false));
	must(posix_spawnp(&child, "gzip", NULL, NULL, arguments, environ) == 0,
	    "gzip");
	must(waitpid(child, &status, 0) == child && status == 0, "gzip");
	file->packed = true;
}

void
world_remove(struct world *world, unsigned generation)
{
	struct generation_name *file = &world->rotated[generation];

	if (generation == 0 || !file->body)
		return;
	must(unlink(world_path(world, name_of(generation, file->packed))) == 0,
	    "unlink");
	body_unlink(world, file->body);
	file->body = NULL;
}

void
world_touch(struct world *world, unsigned generation)
{
	struct generation_name *file = &world->rotated[generation];

	if (generation == 0 || !file->body)
		return;
	if (!file->packed)
		stamp(world, file->body->fd);
}

void
world_pass(struct world *world, unsigned ms)
{
	world->boot_ms += ms;
	world->wall_ns += (int64_t)ms * 1000000;
}

/* --- Life ---------------------------------------------------------------------- */

void
world_begin(struct world *world, bool append, bool headed, bool can_pack)
{
	const char *base = getenv("TMPDIR");

	memset(world, 0, sizeof(*world));
	snprintf(world->directory, sizeof(world->directory),
	    "%s/ctail-property.XXXXXX", base && *base ? base : "/tmp");
	must(mkdtemp(world->directory) != NULL, "mkdtemp");
	world->append = append;
	world->headed = headed;
	world->can_pack = can_pack;
	world->boot_ms = 1000000;
	world->wall_ns = INT64_C(1700000000000000000);
	world->writer = make_live(world);
	world->writer->references++;
	world->at = world->writer->size;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void
world_end(struct world *world)
{
	for (unsigned i = 1; i < WORLD_GENERATIONS; i++)
		body_drop(world->rotated[i].body);
	body_drop(world->live);
	body_drop(world->writer);
	nftw(world->directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
