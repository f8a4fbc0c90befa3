/*
 * program: a random sequence of things that happen to a log and its reader.
 *
 * Text form: one step a line, "NAME ARGUMENT"; what fails is shrunk and kept
 * in that form (kept/), and run again ever after.
 */
#ifndef CTAIL_TESTS_PROPERTY_PROGRAM_H
#define CTAIL_TESTS_PROPERTY_PROGRAM_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum verb {
	STEP_WRITE,		/* N lines, by whatever the writer has open */
	STEP_PART,		/* the beginning of a line */
	STEP_FINISH,		/* the rest of it */
	STEP_RENAME,		/* numbers shift, the log becomes .1 */
	STEP_CREATE,		/* an empty file under the name */
	STEP_REOPEN,		/* the writer opens the name again */
	STEP_COPY,		/* numbers shift, .1 is a copy of the log */
	STEP_TRUNCATE,		/* the log is emptied in place */
	STEP_PACK,		/* generation N is compressed */
	STEP_REMOVE,		/* generation N is deleted */
	STEP_TOUCH,		/* generation N gets the time of now */
	STEP_REPLACE,		/* an editor saves the log: a new inode */
	STEP_LOOK,		/* the reader looks; N lines at most, 0: all */
	STEP_CRASH,		/* the reader forgets what it did not save */
	STEP_RESTART,		/* the reader saves, ends, and begins again */
	STEP_OTHER,		/* pygtail reads on in the log */
	STEP_REWIND,		/* the offset file is edited: N lines back */
	STEP_PASS,		/* N milliseconds pass */
	STEP_VERBS,
};

struct step {
	enum verb verb;
	unsigned argument;
};

#define PROGRAM_MAX 64

struct program {
	struct step steps[PROGRAM_MAX];
	size_t count;
	unsigned daemon;	/* the reader stays, else it runs anew */
	unsigned extents;	/* it takes extents, else blocks */
	unsigned headed;	/* every new file begins with the same 1100
				 * bytes */
	unsigned append;	/* the writer uses O_APPEND */
};

void program_make(struct program *program, uint64_t seed);
void program_print(const struct program *program, FILE *out);

/* -1 when the text is not a program. */
int program_read(struct program *program, FILE *in);

/* Without step i. */
void program_drop(struct program *program, size_t i);

#endif
