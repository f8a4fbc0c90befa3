/*
 * confine_calls: a list of the system calls that may not be made, for Linux.
 *
 * A list of what is denied, not of what is allowed, as ctail-unpack has it:
 * libcurl, its TLS and the name services of the C library may make any call
 * that a client makes, today's and tomorrow's.  A denied call fails and kills
 * nobody.  CONFINE_AUDIT_ARCH is configure's; 0 for a machine whose call
 * numbers we do not know.
 */
#include "config.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ctail-send/confine_internal.h"

/* The same everywhere, and younger than some headers. */
enum {
	CALL_OPEN_TREE = 428,
	CALL_MOVE_MOUNT = 429,
	CALL_FSOPEN = 430,
	CALL_FSCONFIG = 431,
	CALL_FSMOUNT = 432,
	CALL_FSPICK = 433,
	CALL_IO_URING_SETUP = 425,
	CALL_IO_URING_ENTER = 426,
	CALL_IO_URING_REGISTER = 427,
	CALL_PIDFD_SEND_SIGNAL = 424,
	CALL_CLONE3 = 435,
	CALL_PIDFD_GETFD = 438,
	CALL_PROCESS_MADVISE = 440,
	CALL_MOUNT_SETATTR = 442,
	CALL_FCHMODAT2 = 452,
	CALL_SETXATTRAT = 463,
	CALL_REMOVEXATTRAT = 466,
};

/* What x86-64 alone has still besides the calls that took its place. */
enum {
	OLD_FORK = 57,
	OLD_VFORK = 58,
	OLD_CHMOD = 90,
	OLD_CHOWN = 92,
	OLD_LCHOWN = 94,
	OLD_UTIME = 132,
	OLD_UTIMES = 235,
	OLD_FUTIMESAT = 261,
};

/* To run a program, to end it, and what a program that prints a password may
 * do for it: ask the kernel's keys, start an agent of its own, keep its files
 * to itself. */
static const int calls_of_commands[] = {__NR_execve, __NR_execveat,
    __NR_keyctl, __NR_add_key, __NR_request_key, __NR_listen, __NR_accept,
    __NR_accept4, __NR_mknodat,
    /* modes, owners, attributes and times, which Landlock leaves alone */
    __NR_fchmod, __NR_fchmodat, CALL_FCHMODAT2, __NR_fchown, __NR_fchownat,
    __NR_setxattr, __NR_lsetxattr, __NR_fsetxattr, CALL_SETXATTRAT,
    __NR_removexattr, __NR_lremovexattr, __NR_fremovexattr,
    CALL_REMOVEXATTRAT, __NR_utimensat,
    /* signals to others, and their memory */
    __NR_kill, __NR_tkill, __NR_rt_sigqueueinfo, __NR_rt_tgsigqueueinfo,
    CALL_PIDFD_SEND_SIGNAL, __NR_shmget, __NR_shmat};

static const int old_calls_of_commands[] = {OLD_FORK, OLD_VFORK, OLD_CHMOD,
    OLD_CHOWN, OLD_LCHOWN, OLD_UTIME, OLD_UTIMES, OLD_FUTIMESAT};

static const int calls_denied[] = {
    /* other processes */
    __NR_ptrace, __NR_process_vm_readv, __NR_process_vm_writev, __NR_kcmp,
    CALL_PIDFD_GETFD, CALL_PROCESS_MADVISE,
    /* another user, other rights */
    __NR_setuid, __NR_setgid, __NR_setreuid, __NR_setregid, __NR_setresuid,
    __NR_setresgid, __NR_setfsuid, __NR_setfsgid, __NR_setgroups, __NR_capset,
    /* another view of the system */
    __NR_unshare, __NR_setns, __NR_chroot, __NR_pivot_root, __NR_mount,
    __NR_umount2, CALL_OPEN_TREE, CALL_MOVE_MOUNT, CALL_FSOPEN, CALL_FSCONFIG,
    CALL_FSMOUNT, CALL_FSPICK, CALL_MOUNT_SETATTR, __NR_open_by_handle_at,
    __NR_name_to_handle_at, __NR_personality,
    /* the machine */
    __NR_kexec_load, __NR_kexec_file_load, __NR_reboot, __NR_init_module,
    __NR_finit_module, __NR_delete_module, __NR_swapon, __NR_swapoff,
    __NR_acct, __NR_quotactl, __NR_syslog, __NR_sethostname,
    __NR_setdomainname, __NR_settimeofday, __NR_clock_settime, __NR_adjtimex,
    __NR_clock_adjtime,
    /* doors into the kernel that have stood open before */
    __NR_bpf, __NR_perf_event_open, __NR_userfaultfd, CALL_IO_URING_SETUP,
    CALL_IO_URING_ENTER, CALL_IO_URING_REGISTER, __NR_vmsplice};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Two instructions a call, and what stands around them. */
#define PROGRAM_MAX \
	(2 * (COUNT(calls_denied) + COUNT(calls_of_commands) + \
		 COUNT(old_calls_of_commands)) + \
	    64)

struct program {
	struct sock_filter lines[PROGRAM_MAX];
	unsigned short len;
};

static void
add(struct program *program, struct sock_filter line)
{
	program->lines[program->len++] = line;
}

static void
add_load(struct program *program, size_t offset)
{
	add(program,
	    (struct sock_filter)BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS, (unsigned)offset));
}

static void
add_return(struct program *program, unsigned verdict)
{
	add(program,
	    (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, verdict));
}

/* The verdict, where the comparison with what was loaded holds. */
static void
add_check(struct program *program, unsigned short comparison, unsigned value,
    unsigned verdict)
{
	add(program,
	    (struct sock_filter)BPF_JUMP(
		BPF_JMP | comparison | BPF_K, value, 0, 1));
	add_return(program, verdict);
}

static void
add_denied(struct program *program, const int *calls, size_t count)
{
	for (size_t i = 0; i < count; i++)
		add_check(program, BPF_JEQ, (unsigned)calls[i],
		    SECCOMP_RET_ERRNO | EPERM);
}

/* What follows up to end_call is about this call alone, and may load what it
 * likes. */
static size_t
begin_call(struct program *program, unsigned call)
{
	add(program,
	    (struct sock_filter)BPF_JUMP(
		BPF_JMP | BPF_JEQ | BPF_K, call, 0, 0));
	return program->len;
}

static void
end_call(struct program *program, size_t begun)
{
	add_return(program, SECCOMP_RET_ALLOW);
	program->lines[begun - 1].jf = (unsigned char)(program->len - begun);
}

/* The low half of an argument comes first on the machines we know. */
static void
add_load_argument(struct program *program, size_t nth)
{
	add_load(program, offsetof(struct seccomp_data, args[0]) +
			      nth * sizeof(uint64_t));
}

/* A thread may be made; a process only for a command, a namespace never.
 * Behind the pointer of clone3 nobody can look, and the C library asks for
 * clone instead when there is none. */
static void
add_clone(struct program *program, bool runs_commands)
{
	const unsigned namespaces = CLONE_NEWNS | CLONE_NEWCGROUP |
				    CLONE_NEWUTS | CLONE_NEWIPC |
				    CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
	size_t begun;

	add_check(program, BPF_JEQ, CALL_CLONE3, SECCOMP_RET_ERRNO | ENOSYS);
	begun = begin_call(program, __NR_clone);
	add_load_argument(program, 0);
	add_check(
	    program, BPF_JSET, namespaces, SECCOMP_RET_ERRNO | EPERM);
	if (!runs_commands) {
		add_check(program, BPF_JSET, CLONE_THREAD, SECCOMP_RET_ALLOW);
		add_return(program, SECCOMP_RET_ERRNO | EPERM);
	}
	end_call(program, begun);
}

/* Our standard error may be somebody's terminal: nothing is typed into it. */
static void
add_terminals(struct program *program)
{
	size_t begun = begin_call(program, __NR_ioctl);

	add_load_argument(program, 1);
	add_check(program, BPF_JEQ, TIOCSTI, SECCOMP_RET_ERRNO | EPERM);
	add_check(program, BPF_JEQ, TIOCLINUX, SECCOMP_RET_ERRNO | EPERM);
	end_call(program, begun);
}

/* Connections, sockets of this machine, and what the C library asks about its
 * addresses; no packets made by hand, none read that are not ours. */
static void
add_sockets(struct program *program)
{
	static const unsigned families[] = {AF_UNIX, AF_INET, AF_INET6};
	size_t begun = begin_call(program, __NR_socket);

	add_load_argument(program, 0);
	add_check(program, BPF_JEQ, AF_NETLINK, SECCOMP_RET_ALLOW);
	for (size_t i = 0; i < COUNT(families); i++)
		add(program,
		    (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
			families[i],
			(unsigned char)(COUNT(families) - i), 0));
	add_return(program, SECCOMP_RET_ERRNO | EAFNOSUPPORT);
	add_load_argument(program, 1);
	add(program,
	    (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xf));
	add_check(program, BPF_JEQ, SOCK_RAW, SECCOMP_RET_ERRNO | EPERM);
	end_call(program, begun);
}

/* To itself, as abort(3) does. */
static void
add_signals(struct program *program)
{
	size_t begun = begin_call(program, __NR_tgkill);

	add_load_argument(program, 0);
	add_check(program, BPF_JEQ, (unsigned)getpid(), SECCOMP_RET_ALLOW);
	add_return(program, SECCOMP_RET_ERRNO | EPERM);
	end_call(program, begun);
}

/* The numbers are of one calling convention; what comes by another (32 bits on
 * a machine of 64, x32) is refused whole. */
#define X32_BIT 0x40000000u

static void
add_what_commands_need(struct program *program)
{
	add_denied(program, calls_of_commands, COUNT(calls_of_commands));
	if (CONFINE_AUDIT_ARCH == AUDIT_ARCH_X86_64)
		add_denied(program, old_calls_of_commands,
		    COUNT(old_calls_of_commands));
	add_sockets(program);
	add_signals(program);
}

static void
write_program(struct program *program, bool runs_commands)
{
	add_load(program, offsetof(struct seccomp_data, arch));
	add(program,
	    (struct sock_filter)BPF_JUMP(
		BPF_JMP | BPF_JEQ | BPF_K, CONFINE_AUDIT_ARCH, 1, 0));
	add_return(program, SECCOMP_RET_ERRNO | EPERM);
	add_load(program, offsetof(struct seccomp_data, nr));
	add_check(program, BPF_JGE, X32_BIT, SECCOMP_RET_ERRNO | EPERM);
	add_denied(program, calls_denied, COUNT(calls_denied));
	if (!runs_commands)
		add_what_commands_need(program);
	add_clone(program, runs_commands);
	add_terminals(program);
	add_return(program, SECCOMP_RET_ALLOW);
}

bool
confine_calls(bool runs_commands)
{
	struct program program = {.len = 0};
	struct sock_fprog filter = {.filter = program.lines};

	if (!CONFINE_AUDIT_ARCH || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return false;
	write_program(&program, runs_commands);
	filter.len = program.len;
	return !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}
