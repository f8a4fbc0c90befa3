/*
 * rotating: random programs against a reader, and what it made of them.
 *
 *   rotating [-n PROGRAMS] [-s SEED] [-k DIRECTORY] [PROGRAM-FILE...]
 *
 * Runs the kept programs, then PROGRAMS random ones from SEED on.  A failing
 * one is shrunk by leaving steps out for as long as it fails, and printed;
 * with -k also stored.  CTAIL_PROGRAMS and CTAIL_SEED do as -n and -s;
 * CTAIL_UNPACK names ctail-unpack (without it nothing is compressed), and
 * with CTAIL_EXPLAIN the reader says why it does what it does.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/property/program.h"
#include "tests/property/reader.h"
#include "tests/unit/tap.h"

#define PROGRAMS 2000
#define SHOWN 5

struct setup {
	struct unpacker unpacker;
	const char *keep;
	uint64_t seed;
	unsigned long programs;
};

static void
do_step(struct world *world, struct reader *reader, const struct step *step)
{
	switch (step->verb) {
	case STEP_WRITE:
		world_write(world, step->argument);
		break;
	case STEP_PART:
		world_part(world);
		break;
	case STEP_FINISH:
		world_finish(world);
		break;
	case STEP_RENAME:
		world_rename(world);
		break;
	case STEP_CREATE:
		world_create(world);
		break;
	case STEP_REOPEN:
		world_reopen(world);
		break;
	case STEP_COPY:
		world_copy(world);
		break;
	case STEP_TRUNCATE:
		if (!reader->blind)
			world_truncate(world);
		break;
	case STEP_PACK:
		world_pack(world, step->argument);
		break;
	case STEP_REMOVE:
		world_remove(world, step->argument);
		break;
	case STEP_TOUCH:
		world_touch(world, step->argument);
		break;
	case STEP_REPLACE:
		if (!reader->blind)
			world_replace(world);
		break;
	case STEP_LOOK:
		reader_look(reader, step->argument);
		break;
	case STEP_CRASH:
		reader_crash(reader);
		break;
	case STEP_RESTART:
		reader_restart(reader);
		break;
	case STEP_OTHER:
		reader_other(reader);
		break;
	case STEP_REWIND:
		reader_rewind(reader, step->argument);
		break;
	case STEP_PASS:
		world_pass(world, step->argument);
		break;
	case STEP_VERBS:
		break;
	}
	/* No two steps happen at the same instant. */
	world_pass(world, 20);
}

/* True when all is well; else why says what is not. */
static bool
run(const struct program *program, const struct setup *setup, char why[512])
{
	struct world *world = malloc(sizeof(*world));
	struct reader reader;
	bool well;

	if (!world)
		exit(99);
	world_begin(world, program->append, program->headed,
	    setup->unpacker.program != NULL);
	reader_begin(&reader, world, program->daemon, program->extents,
	    &setup->unpacker);
	/* What was rotated before the first look is nobody's business. */
	reader_look(&reader, 0);
	reader_restart(&reader);
	for (size_t i = 0; i < program->count && !reader.noted; i++)
		do_step(world, &reader, &program->steps[i]);
	/* Long enough for whatever is waited for. */
	for (int i = 0; i < 4 && !reader.noted; i++) {
		reader_look(&reader, 0);
		world_pass(world, 61000);
	}
	reader_judge(&reader);
	well = reader.noted == 0;
	snprintf(why, 512, "%s", reader.fault);
	reader_end(&reader);
	world_end(world);
	free(world);
	return well;
}

static void
shrink(struct program *program, const struct setup *setup)
{
	bool shorter = true;
	char why[512];

	while (shorter) {
		shorter = false;
		for (size_t i = program->count; i-- > 0;) {
			struct program less = *program;

			program_drop(&less, i);
			if (run(&less, setup, why))
				continue;
			*program = less;
			shorter = true;
		}
	}
}

static void
keep(const struct program *program, const struct setup *setup, uint64_t seed)
{
	char path[600];
	FILE *out;

	if (!setup->keep)
		return;
	snprintf(path, sizeof(path), "%s/%llu", setup->keep,
	    (unsigned long long)seed);
	out = fopen(path, "w");
	if (!out) {
		perror(path);
		return;
	}
	program_print(program, out);
	fclose(out);
}

static void
show_shrunk(struct program *program, const struct setup *setup, uint64_t seed)
{
	char why[512];

	shrink(program, setup);
	run(program, setup, why);
	printf("# seed %llu, shrunk to %zu steps: %s\n",
	    (unsigned long long)seed, program->count, why);
	fflush(stdout);
	program_print(program, stderr);
	keep(program, setup, seed);
}

static void
run_kept(const struct setup *setup, const char *path)
{
	struct program program;
	FILE *in = fopen(path, "r");
	char why[512] = "it is not a program";
	bool well = in && program_read(&program, in) == 0 &&
		    run(&program, setup, why);

	if (in)
		fclose(in);
	OK(well, "kept program %s", path);
	if (!well)
		printf("# %s\n", why);
}

static void
run_random(const struct setup *setup)
{
	unsigned long failed = 0;
	char why[512];

	for (uint64_t i = 0; i < setup->programs; i++) {
		struct program program;

		program_make(&program, setup->seed + i);
		if (run(&program, setup, why))
			continue;
		if (failed++ < SHOWN)
			show_shrunk(&program, setup, setup->seed + i);
	}
	OK(failed == 0,
	    "no line is lost, repeated, torn or out of order in %lu programs "
	    "from seed %llu on (%lu failed)",
	    setup->programs, (unsigned long long)setup->seed, failed);
}

static unsigned long long
number_of(const char *text, unsigned long long otherwise)
{
	return text && *text ? strtoull(text, NULL, 10) : otherwise;
}

int
main(int argc, char **argv)
{
	struct setup setup = {
	    .unpacker.program = getenv("CTAIL_UNPACK"),
	    .seed = number_of(getenv("CTAIL_SEED"), 1),
	    .programs = number_of(getenv("CTAIL_PROGRAMS"), PROGRAMS),
	};
	int option;

	while ((option = getopt(argc, argv, "n:s:k:")) != -1) {
		if (option == 'n')
			setup.programs = number_of(optarg, PROGRAMS);
		else if (option == 's')
			setup.seed = number_of(optarg, 1);
		else if (option == 'k')
			setup.keep = optarg;
		else
			return 64;
	}
	for (int i = optind; i < argc; i++)
		run_kept(&setup, argv[i]);
	if (setup.programs > 0)
		run_random(&setup);
	return tap_done();
}
