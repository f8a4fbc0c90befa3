# property.mk: the property test of the reading core.

property_programs = tests/property/rotating
check_PROGRAMS += $(property_programs)
tests_property_rotating_SOURCES = tests/property/rotating.c \
	tests/property/program.c tests/property/program.h \
	tests/property/reader.c tests/property/reader.h \
	tests/property/world.c tests/property/world.h
tests_property_rotating_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_property_rotating_LDADD = libinput.a $(foundation)
shell_tests += tests/property/rotating.t
tests/property/rotating.log: $(property_programs)
EXTRA_DIST += tests/property/kept
