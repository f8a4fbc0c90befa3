/*
 * program: making, printing, reading and shortening programs.
 *
 * Hides how often each step comes: rotations must be frequent enough for
 * several of them between two looks.
 */
#include "config.h"

#include <string.h>

#include "tests/property/program.h"

struct word {
	const char *name;
	unsigned weight;
	unsigned arguments;	/* 0: none, else below it */
};

static const struct word words[STEP_VERBS] = {
    [STEP_WRITE] = {"write", 26, 12},
    [STEP_PART] = {"part", 3, 0},
    [STEP_FINISH] = {"finish", 3, 0},
    [STEP_RENAME] = {"rename", 7, 0},
    [STEP_CREATE] = {"create", 4, 0},
    [STEP_REOPEN] = {"reopen", 8, 0},
    [STEP_COPY] = {"copy", 5, 0},
    [STEP_TRUNCATE] = {"truncate", 6, 0},
    [STEP_PACK] = {"pack", 2, 4},
    [STEP_REMOVE] = {"remove", 2, 6},
    [STEP_TOUCH] = {"touch", 2, 6},
    [STEP_REPLACE] = {"replace", 2, 0},
    [STEP_LOOK] = {"look", 22, 6},
    [STEP_CRASH] = {"crash", 3, 0},
    [STEP_RESTART] = {"restart", 5, 0},
    [STEP_OTHER] = {"other", 3, 0},
    [STEP_REWIND] = {"rewind", 2, 5},
    [STEP_PASS] = {"pass", 8, 5},
};

/* "pass" takes one of these. */
static const unsigned spans[] = {1, 3000, 12000, 70000, 5000000};

/* splitmix64: Steele, Lea, Flood, "Fast splittable pseudorandom number
 * generators", 2014. */
static unsigned
draw(uint64_t *state, unsigned bound)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (unsigned)((z ^ (z >> 31)) % bound);
}

static enum verb
draw_verb(uint64_t *state)
{
	unsigned total = 0, at;
	int verb = 0;

	for (int i = 0; i < STEP_VERBS; i++)
		total += words[i].weight;
	at = draw(state, total);
	while (at >= words[verb].weight)
		at -= words[verb++].weight;
	return (enum verb)verb;
}

static unsigned
draw_argument(uint64_t *state, enum verb verb)
{
	unsigned drawn =
	    words[verb].arguments ? draw(state, words[verb].arguments) : 0;

	if (verb == STEP_PASS)
		return spans[drawn];
	if (verb == STEP_WRITE && drawn == 0)
		return 40;
	/* Most looks take all there is. */
	if (verb == STEP_LOOK && drawn > 2)
		return 0;
	return drawn;
}

void
program_make(struct program *program, uint64_t seed)
{
	uint64_t state = seed * 0x9e3779b97f4a7c15u + 1;

	program->daemon = draw(&state, 2);
	program->extents = draw(&state, 2);
	program->headed = draw(&state, 4) == 0;
	program->append = draw(&state, 4) != 0;
	program->count = 6 + draw(&state, PROGRAM_MAX - 6);
	for (size_t i = 0; i < program->count; i++) {
		struct step *step = &program->steps[i];

		step->verb = draw_verb(&state);
		step->argument = draw_argument(&state, step->verb);
	}
}

void
program_print(const struct program *program, FILE *out)
{
	fprintf(out, "daemon %u\nextents %u\nheaded %u\nappend %u\n",
	    program->daemon, program->extents, program->headed,
	    program->append);
	for (size_t i = 0; i < program->count; i++)
		fprintf(out, "%s %u\n", words[program->steps[i].verb].name,
		    program->steps[i].argument);
}

static int
read_step(struct program *program, const char *name, unsigned argument)
{
	for (int i = 0; i < STEP_VERBS; i++) {
		if (strcmp(words[i].name, name) != 0)
			continue;
		if (program->count == PROGRAM_MAX)
			return -1;
		program->steps[program->count++] =
		    (struct step){(enum verb)i, argument};
		return 0;
	}
	return -1;
}

int
program_read(struct program *program, FILE *in)
{
	char name[32];

	*program = (struct program){0};
	if (fscanf(in, "daemon %u extents %u headed %u append %u",
		&program->daemon, &program->extents, &program->headed,
		&program->append) != 4)
		return -1;
	for (unsigned argument; fscanf(in, "%31s %u", name, &argument) == 2;) {
		if (read_step(program, name, argument) < 0)
			return -1;
	}
	return 0;
}

void
program_drop(struct program *program, size_t i)
{
	memmove(&program->steps[i], &program->steps[i + 1],
	    (program->count - i - 1) * sizeof(program->steps[0]));
	program->count--;
}
