dnl ctail-flags.m4: flags the toolchain may lack, libraries by package name.

dnl CTAIL_COMPILER_FLAGS(VARIABLE, FLAGS): appends those that the compiler takes.
AC_DEFUN([CTAIL_COMPILER_FLAGS], [
    for ctail_flag in m4_normalize([$2]); do
	AC_MSG_CHECKING([whether $CC takes $ctail_flag])
	ctail_save=$CFLAGS
	CFLAGS="$CFLAGS -Werror $ctail_flag"
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])],
	    [AC_MSG_RESULT([yes])
	     $1="$$1 $ctail_flag"],
	    [AC_MSG_RESULT([no])])
	CFLAGS=$ctail_save
    done
])

dnl CTAIL_LINKER_FLAGS(VARIABLE, FLAGS): appends those that the linker takes.
AC_DEFUN([CTAIL_LINKER_FLAGS], [
    for ctail_flag in m4_normalize([$2]); do
	AC_MSG_CHECKING([whether linking takes $ctail_flag])
	ctail_save=$LDFLAGS ctail_save_c=$CFLAGS
	LDFLAGS="$LDFLAGS $ctail_flag" CFLAGS="$CFLAGS -Werror -fPIE"
	AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
	    [AC_MSG_RESULT([yes])
	     $1="$$1 $ctail_flag"],
	    [AC_MSG_RESULT([no])])
	LDFLAGS=$ctail_save CFLAGS=$ctail_save_c
    done
])

dnl CTAIL_REQUIRE_FLAGS(FLAGS, MESSAGE): stops when the toolchain lacks them.
AC_DEFUN([CTAIL_REQUIRE_FLAGS], [
    AC_MSG_CHECKING([whether $CC links with $1])
    ctail_save=$CFLAGS
    CFLAGS="$CFLAGS $1"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
	[AC_MSG_RESULT([yes])],
	[AC_MSG_RESULT([no])
	 AC_MSG_ERROR([$2])])
    CFLAGS=$ctail_save
])

dnl CTAIL_FORTIFY(VARIABLE): the highest level of _FORTIFY_SOURCE there is.
AC_DEFUN([CTAIL_FORTIFY], [
    for ctail_level in 3 2; do
	AC_MSG_CHECKING([for _FORTIFY_SOURCE=$ctail_level])
	ctail_save=$CPPFLAGS ctail_save_c=$CFLAGS
	CPPFLAGS="$CPPFLAGS -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$ctail_level"
	CFLAGS="$CFLAGS -Werror"
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <string.h>]], [])],
	    [ctail_fortify=yes], [ctail_fortify=no])
	CPPFLAGS=$ctail_save CFLAGS=$ctail_save_c
	AC_MSG_RESULT([$ctail_fortify])
	AS_IF([test "x$ctail_fortify" = xyes], [
	    $1=" -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$ctail_level"
	    break])
    done
])

dnl CTAIL_LIBRARY(NAME, MODULE, DEBIAN, FEDORA, ALPINE, FREEBSD)
AC_DEFUN([CTAIL_LIBRARY], [
    PKG_CHECK_MODULES([$1], [$2], [], [
	missing_packages="$missing_packages
  $2: Debian $3, Fedora $4, Alpine $5, FreeBSD $6"])
])
