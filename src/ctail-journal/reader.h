/*
 * reader: the journal's entries after a place, each once and in order.
 *
 * The only file that steers libsystemd.  Entries are found by looking ahead
 * first and handing out only what a second walk over the same stretch finds:
 * the journal is several files, and an entry may be written to one that was
 * just looked at before the next one is.
 */
#ifndef CTAIL_JOURNAL_READER_H
#define CTAIL_JOURNAL_READER_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "ctail-journal/request.h"

struct reader;

/* What is found.  Each takes what arg says; -1 ends the reading with err. */
struct reader_handler {
	int (*record)(void *arg, const char *cursor, struct span fields,
	    struct err *err);
	/* Everything up to here is done, though no record says so. */
	int (*position)(void *arg, const char *cursor, struct err *err);
	/* The entry to go on behind is gone; times in microseconds, to_us 0:
	 * nothing is behind it. */
	int (*gap)(void *arg, int64_t from_us, int64_t to_us,
	    struct err *err);
	int (*warning)(void *arg, const char *text, struct err *err);
	void *arg;
};

/* What stands for a position before the journal's first entry. */
#define READER_HEAD "head"

struct reader *reader_new(const struct request *request,
    struct reader_handler handler, struct err *err);
void reader_free(struct reader *reader);

/* Hands out everything there is; -1 with err. */
int reader_run(struct reader *reader, struct err *err);

/* What to poll, for which events, and for how long (-1: for ever). */
int reader_fd(const struct reader *reader);
short reader_events(const struct reader *reader);
int reader_wait_ms(const struct reader *reader);

#endif
