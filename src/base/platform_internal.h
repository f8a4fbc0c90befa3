/*
 * platform: the few places where base asks which system it is built for.
 */
#ifndef CTAIL_BASE_PLATFORM_INTERNAL_H
#define CTAIL_BASE_PLATFORM_INTERNAL_H

#include <stdint.h>
#include <sys/types.h>
#include <time.h>

/* The last part of argv[0]. */
const char *platform_program_name(void);

/* The clock that never goes back and counts suspend where one does. */
clockid_t platform_boot_clock(void);

/* The clock whose time the kernel writes into files. */
clockid_t platform_stamp_clock(void);

/* Closes every descriptor from first on, in one call that may be made between
 * fork and exec; -1 where the system has none. */
int platform_close_from(int first);

/* The type of the file system that holds path, as the kernel numbers them; -1
 * where it has no number or cannot be asked. */
int platform_filesystem_type(const char *path, uint32_t *type_out);

/* The user at the other end of a local socket; -1 with errno. */
int platform_peer(int fd, uid_t *uid_out);

/* Where the allocator can be asked to. */
void platform_trim_memory(void);

/* In a child: to be killed when its parent dies.  Where the system has no
 * such thing, nothing. */
void platform_die_with_parent(void);

#endif
