# elsewhere.mk: the programs on a machine whose clock is set, whose disk is
# another's, or where a signal comes early.

elsewhere_programs =
if HAVE_INOTIFY
if !SANITIZE
elsewhere_programs += tests/elsewhere/elsewhere.so
endif
endif
check_PROGRAMS += $(elsewhere_programs)
tests_elsewhere_elsewhere_so_SOURCES = tests/elsewhere/elsewhere.c
tests_elsewhere_elsewhere_so_CFLAGS = $(AM_CFLAGS) -fPIC
tests_elsewhere_elsewhere_so_LDFLAGS = -shared
tests_elsewhere_elsewhere_so_LDADD = -ldl
shell_tests += tests/elsewhere/elsewhere.t
tests/elsewhere/elsewhere.log: $(elsewhere_programs)
