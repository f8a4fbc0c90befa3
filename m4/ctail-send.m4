dnl CTAIL_CONFINE_SEND(SANITIZED): what ctail-send gives up, and by which file.
AC_DEFUN([CTAIL_CONFINE_SEND], [
    AC_MSG_CHECKING([for Landlock and a filter of system calls])
    confine_send=posix
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
	]], [[return (int)(CLONE_NEWCGROUP + SECCOMP_RET_ERRNO +
	    PR_SET_SECCOMP + PR_SET_DUMPABLE + __NR_landlock_create_ruleset +
	    __NR_landlock_add_rule + __NR_landlock_restrict_self +
	    __NR_kexec_file_load + __NR_userfaultfd + __NR_open_by_handle_at +
	    __NR_execveat + __NR_accept + __NR_setns + __NR_umount2);]])],
	[confine_send=linux])
    AC_MSG_RESULT([$confine_send])
    AS_IF([test "x$1" = x], [ctail_confined=1], [ctail_confined=0])
    AC_DEFINE_UNQUOTED([CONFINE_SINK], [$ctail_confined],
	[1 when ctail-send gives up files and calls once it knows its sink; 0
	 under sanitizers, which read and trace what is given up])
    AM_CONDITIONAL([CONFINE_LINUX], [test $confine_send = linux])
])
