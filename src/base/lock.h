/*
 * lock: at most one process at a time, by name.
 *
 * A classic fcntl(2) lock on a file that also holds nothing else: released
 * by the kernel when the holder dies, never inherited by children, and able
 * to name its holder.  The process must open the file once only (closing any
 * descriptor of it drops the lock).
 */
#ifndef CTAIL_BASE_LOCK_H
#define CTAIL_BASE_LOCK_H

#include <sys/types.h>
#include "base/err.h"

/* Takes the lock and returns its descriptor (close to release); -1 on
 * failure.  *holder_out is the holder's process id when somebody else has
 * it, else 0.  errno is EAGAIN when somebody has it, even one whom this
 * machine cannot name (another PID namespace or NFS client). */
int lock_take(const char *path, pid_t *holder_out, struct err *err);

#endif
