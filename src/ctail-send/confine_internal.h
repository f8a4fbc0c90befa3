/*
 * confine_internal: the two halves of confine on Linux.
 */
#ifndef CTAIL_SEND_CONFINE_INTERNAL_H
#define CTAIL_SEND_CONFINE_INTERNAL_H

#include <stdbool.h>

/* Landlock: from now on files are read only, and only these, beside the
 * system's own.  False where the kernel has none. */
bool confine_files(const char *const *read_paths);

/* seccomp: the calls that no client makes fail with EPERM from now on.
 * False where there is no such filter for this kernel and machine. */
bool confine_calls(bool runs_commands);

#endif
