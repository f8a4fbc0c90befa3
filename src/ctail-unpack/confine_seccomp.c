/*
 * confine_seccomp: a list of the system calls that may be made, for Linux.
 *
 * Anything else kills the process, which its reader sees as a death without a
 * last word.  CONFINE_AUDIT_ARCH is configure's: a filter that does not know
 * whose call numbers it looks at is none.
 */
#include "config.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "ctail-unpack/confine.h"

#define LOAD(member)                                                           \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS,                                     \
	    (unsigned)offsetof(struct seccomp_data, member))
#define RETURN(verdict) BPF_STMT(BPF_RET | BPF_K, (verdict))
#define SKIP_UNLESS(value, count)                                              \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, (count))
#define ALLOW(call) SKIP_UNLESS((unsigned)(call), 1), RETURN(SECCOMP_RET_ALLOW)

/* Memory that is no code: the protection is the third argument, whose low
 * half comes first on the machines we know. */
#define ALLOW_DATA(call)                                                       \
	SKIP_UNLESS((unsigned)(call), 4), LOAD(args[2]),                       \
	    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 1, 0),             \
	    RETURN(SECCOMP_RET_ALLOW), RETURN(SECCOMP_RET_KILL_PROCESS)

bool
confine_filter(void)
{
	struct sock_filter program[] = {
	    LOAD(arch),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CONFINE_AUDIT_ARCH, 1, 0),
	    RETURN(SECCOMP_RET_KILL_PROCESS),
	    LOAD(nr),
	    ALLOW(__NR_pread64),
	    ALLOW(__NR_write),
	    ALLOW(__NR_read),
	    ALLOW_DATA(__NR_mmap),
	    ALLOW(__NR_munmap),
	    ALLOW(__NR_mremap),
	    ALLOW(__NR_brk),
	    ALLOW(__NR_madvise),
	    ALLOW_DATA(__NR_mprotect),
	    ALLOW(__NR_futex),
	    ALLOW(__NR_clock_gettime),
	    ALLOW(__NR_rt_sigreturn),
	    ALLOW(__NR_close),
	    ALLOW(__NR_exit),
	    ALLOW(__NR_exit_group),
	    RETURN(SECCOMP_RET_KILL_PROCESS),
	};
	const struct sock_fprog filter = {
	    .len = sizeof(program) / sizeof(program[0]),
	    .filter = program,
	};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return false;
	return !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}
