/*
 * packer: the real packers, for the unit tests of input.
 */
#ifndef CTAIL_TESTS_PACKER_H
#define CTAIL_TESTS_PACKER_H

#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "formats.h"

/* A real packer; false when it is not installed, or when what it makes could
 * not be read. */
static inline bool
pack(const char *program, const char *name)
{
	const char *path = files_path(name);
	int status;
	pid_t pid = formats_has(program) ? fork() : -1;

	if (pid == 0) {
		execlp(program, program, "-f", "-q", path, (char *)NULL);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

#endif
