dnl ctail-unpack.m4: what ctail-unpack can read and how it is confined.

dnl CTAIL_CODEC(FORMAT, NAME, MODULE, HEADER, LIBRARY, FUNCTION, PACKAGE,
dnl format)
dnl Defines FORMAT_CODEC, the conditional UNPACK_FORMAT and FORMAT_LIBS.
AC_DEFUN([CTAIL_CODEC], [
    AC_ARG_WITH([$2],
	[AS_HELP_STRING([--without-$2],
	    [no logs compressed by $8])],
	[], [with_$2=auto])
    ctail_codec=no
    AS_IF([test "x$with_$2" != xno], [
	PKG_CHECK_MODULES([$1], [$3], [ctail_codec=yes], [
	    AC_CHECK_HEADER([$4], [
		AC_CHECK_LIB([$5], [$6], [
		    ctail_codec=yes
		    $1_LIBS=-l$5])])])
	AS_IF([test $ctail_codec = no && test "x$with_$2" != xauto],
	    [AC_MSG_ERROR([--with-$2: it is not there; install $7])])
    ])
    AS_IF([test $ctail_codec = yes], [
	codec_note="$codec_note $8"
	AC_DEFINE([$1_CODEC], [&$8_codec],
	    [how ctail-unpack reads this format, or NULL])
    ], [
	AC_DEFINE([$1_CODEC], [NULL],
	    [how ctail-unpack reads this format, or NULL])
	$1_LIBS=
    ])
    AC_SUBST([$1_LIBS])
    AM_CONDITIONAL([UNPACK_$1], [test $ctail_codec = yes])
])

dnl CTAIL_CONFINE(SANITIZED): the filter of system calls, and the limit of
dnl memory that no sanitizer lives with.
AC_DEFUN([CTAIL_CONFINE], [
    AC_MSG_CHECKING([for a filter of system calls])
    confine_filter=none
    ctail_audit_arch=0
    for ctail_arch in \
	'AUDIT_ARCH_X86_64 defined(__x86_64__)&&!defined(__ILP32__)' \
	'AUDIT_ARCH_AARCH64 defined(__aarch64__)&&!defined(__AARCH64EB__)'
    do
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#if !(${ctail_arch#* })
#error another machine
#endif
	    ]], [[return (int)(${ctail_arch%% *} + SECCOMP_RET_KILL_PROCESS +
		PR_SET_SECCOMP + __NR_pread64);]])],
	    [confine_filter=seccomp
	     ctail_audit_arch=${ctail_arch%% *}])
    done
    AC_DEFINE_UNQUOTED([CONFINE_AUDIT_ARCH], [$ctail_audit_arch],
	[whose system calls the filters know; 0: of none])
    AS_IF([test "x$1" != x], [confine_filter=none])
    AC_MSG_RESULT([$confine_filter])
    AS_IF([test "x$1" = x],
	[ctail_memory='((rlim_t)256 << 20)'], [ctail_memory=RLIM_INFINITY])
    AC_DEFINE_UNQUOTED([CONFINE_MEMORY], [$ctail_memory],
	[how much memory ctail-unpack may have])
    AM_CONDITIONAL([CONFINE_SECCOMP], [test $confine_filter = seccomp])
])
