/*
 * input_follow_lives: random lives of a log: written to in pieces, renamed,
 * copied and truncated, packed, read, closed and restarted in any order; each
 * line comes exactly once and in order.
 *
 * input_follow_lives [SEED [COUNT]] plays others than the usual ones.
 */
#include "config.h"

#include "follow_driver.h"

#define LIVES 250
#define STEPS 80
#define LATE_MAX 6 /* rotations that the writer does not notice */

struct life {
	uint32_t seed;
	struct follow *follow;
	int writer;	     /* its descriptor, as a daemon keeps it */
	int rotations;	     /* since the writer opened the log */
	unsigned generation; /* so many were there */
	unsigned written, read;
	bool in_line, right;
};

static unsigned
chance(struct life *life, unsigned bound)
{
	life->seed = life->seed * 1664525u + 1013904223u;
	return (life->seed >> 10) % bound;
}

static void
reopen_writer(struct life *life)
{
	if (life->writer >= 0)
		close(life->writer);
	life->writer =
	    open(files_path("log"), O_WRONLY | O_CREAT | O_APPEND, 0644);
	life->rotations = 0;
}

/* Lines carry numbers; some are written in two pieces, some are long. */
static void
write_some(struct life *life)
{
	static const char filler[] =
	    "................................................................"
	    "................................................................";
	char text[256];
	int len;

	if (life->in_line)
		len = snprintf(text, sizeof(text), "rest\n");
	else
		len = snprintf(text, sizeof(text), "%u %.*s%s", life->written++,
		    (int)chance(life, sizeof(filler)), filler,
		    chance(life, 3) ? "whole\n" : "");
	life->in_line = text[len - 1] != '\n';
	if (write(life->writer, text, (size_t)len) != len)
		exit(99);
}

static void
rotate_by_rename(struct life *life)
{
	if (access(files_path("log"), F_OK) < 0 || life->rotations >= LATE_MAX)
		return;
	shift_generations((int)life->generation++);
	files_rename("log", "log.1");
	life->rotations++;
	if (chance(life, 2))
		files_append("log", "");
}

/* Copying tears the line that is being written, whoever reads. */
static void
rotate_by_copy(struct life *life)
{
	if (life->rotations > 0 || life->in_line)
		return;
	shift_generations((int)life->generation++);
	copytruncate("log.1");
}

/* Some file that the writer has left. */
static void
pack_one(struct life *life)
{
	unsigned n = (unsigned)life->rotations + 1 + chance(life, 3);
	char name[32];

	snprintf(name, sizeof(name), "log.%u", n);
	if (options.unpacker && access(files_path(name), F_OK) == 0)
		pack("gzip", name);
}

/* Every line once and in order. */
static void
check_read(struct life *life)
{
	char *at;

	look_all(life->follow);
	buf_str(&got);
	for (at = got.data; at && *at; at = strchr(at, '|') + 1) {
		unsigned number = (unsigned)strtoul(at, NULL, 10);

		if (number != life->read++ || !strchr(at, '|')) {
			printf("# line %u instead of %u\n", number,
			    life->read - 1);
			life->right = false;
			return;
		}
	}
}

static void
one_step(struct life *life)
{
	switch (chance(life, 16)) {
	case 0:
		rotate_by_rename(life);
		break;
	case 1:
		rotate_by_copy(life);
		break;
	case 2:
	case 3:
		if (!life->in_line)
			reopen_writer(life);
		break;
	case 4:
		if (chance(life, 3))
			check_read(life);
		life->follow = restart(life->follow);
		break;
	case 5:
		follow_close(life->follow);
		break;
	case 6:
		if (chance(life, 8) == 0)
			pack_one(life);
		break;
	case 7:
	case 8:
		now += chance(life, 300);
		check_read(life);
		break;
	default:
		write_some(life);
		break;
	}
}

static bool
live_randomly(uint32_t seed)
{
	struct life life = {.seed = seed, .writer = -1, .right = true};

	files_clear();
	buf_reset(&said);
	gaps_told = 0;
	reopen_writer(&life);
	life.follow = follow_new(files_path("log"), &options, NULL);
	look_all(life.follow);
	for (int i = 0; i < STEPS && life.right; i++)
		one_step(&life);
	if (life.in_line)
		write_some(&life);
	for (int i = 0; i < 4 && life.right; i++) {
		check_read(&life);
		now += 60000;
		reopen_writer(&life);
		write_some(&life);
		if (life.in_line)
			write_some(&life);
	}
	check_read(&life);
	close(life.writer);
	follow_free(life.follow);
	/* Whether a gap is told for nothing depends on which inode numbers
	 * the file system gives out again. */
	if (life.right && life.read == life.written)
		return true;
	printf("# seed %u: %u of %u lines, %u gaps\n", seed, life.read,
	    life.written, gaps_told);
	if (getenv("FOLLOW_SAY"))
		fputs(buf_str(&said), stdout);
	return false;
}

int
main(int argc, char **argv)
{
	uint32_t seed = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1;
	unsigned count =
	    argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : LIVES;

	driver_begin();
	for (int extents = 0; extents < 2; extents++) {
		bool right = true;

		take_extents = extents;
		for (uint32_t i = 0; i < count; i++)
			right = live_randomly(seed + i) && right;
		OK(right, "random lives, read in %s: each line once",
		    extents ? "extents" : "blocks");
	}
	return driver_end();
}
