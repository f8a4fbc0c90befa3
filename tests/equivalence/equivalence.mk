# equivalence.mk: however logs are read, and whenever a program restarts, the
# same is decided.

equivalence_programs = tests/equivalence/restarting
check_PROGRAMS += $(equivalence_programs)
tests_equivalence_restarting_SOURCES = tests/equivalence/restarting.c \
	tests/golden/world.c tests/golden/world.h
tests_equivalence_restarting_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_equivalence_restarting_LDADD = $(rooms) $(PCRE2_LIBS) $(SQLITE_LIBS) \
	$(INIH_LIBS)
shell_tests += tests/equivalence/equivalence.t tests/equivalence/restarting.t
tests/equivalence/restarting.log: $(equivalence_programs)
EXTRA_DIST += tests/equivalence/equivalence.py \
	tests/equivalence/forecast.py tests/equivalence/reference.py \
	tests/equivalence/runs.py tests/equivalence/world.py
