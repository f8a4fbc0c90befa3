# golden.mk: cases that a person can read: a configuration, a log, and what
# ctail makes of it.

golden_programs = tests/golden/golden
check_PROGRAMS += $(golden_programs)
tests_golden_golden_SOURCES = tests/golden/golden.c tests/golden/world.c \
	tests/golden/world.h
tests_golden_golden_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_golden_golden_LDADD = $(rooms) $(PCRE2_LIBS) $(SQLITE_LIBS) $(INIH_LIBS)
shell_tests += tests/golden/golden.t
tests/golden/golden.log: $(golden_programs)
EXTRA_DIST += tests/golden/cases
