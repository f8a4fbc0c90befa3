/*
 * ctail: what the files of the program ctail(1) share.
 */
#ifndef CTAIL_CTAIL_CTAIL_H
#define CTAIL_CTAIL_CTAIL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/err.h"
#include "base/span.h"

/* Listed in --help and in ctail(1). */
enum exit_status {
	STATUS_OK = 0,
	STATUS_USAGE = 64,
	STATUS_DAMAGED = 65,
	STATUS_NO_LOG = 66,
	STATUS_NO_AGENT = 69,
	STATUS_NOT_STORED = 73,
	STATUS_OUTPUT = 74,
	STATUS_LOCKED = 75,
};

/* options.c */
struct options {
	const char *offset_file;	/* NULL: LOG.offset */
	bool prefix;
	bool quiet;
	char **logs;
	int count;
};

/* True when there are logs to print; else *status_out is the exit status and
 * everything has been said. */
bool options_parse(int argc, char **argv, struct options *out,
    int *status_out);

/* output.c: standard output. */
struct output {
	bool kernel_copies;	/* copy_file_range may work */
};

void output_init(struct output *output);

/* -1 with errno. */
int output_add(struct output *output, struct span bytes);

/* Bytes [from, to) of fd; *reached_out is where the file ended if before to.
 * -1 with errno when the output failed, -2 when reading did.  label, unless
 * NULL, stands before each line. */
int output_copy(struct output *output, int fd, uint64_t from, uint64_t to,
    const char *label, uint64_t *reached_out);

/* lock.c: at most one ctail an offset file.  STATUS_OK, or why not. */
struct offset_lock {
	int fd;
	bool created;
};

enum exit_status offset_lock_take(const char *path, struct offset_lock *out,
    struct err *err);

/* Also removes a file that was made for the lock only. */
void offset_lock_drop(struct offset_lock *lock, const char *path);

/* print.c: one log, from where it was left. */
enum exit_status print_log(const struct options *options, const char *log,
    struct output *output);

#endif
