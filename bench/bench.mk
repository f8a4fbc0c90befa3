# bench.mk: the programs that measure.  Only `make bench` builds them, and
# `make bench-programs` for bench/run by hand.

bench_programs = bench/carry bench/commit bench/ctailctl-portable \
	bench/generate bench/latency bench/mix bench/receiver bench/spawn
bench_common = bench/probe.c bench/probe.h

EXTRA_PROGRAMS = $(bench_programs)

bench_carry_SOURCES = bench/carry.c $(bench_common)
bench_carry_LDADD = libdeliver.a libmessage.a $(foundation)
bench_commit_SOURCES = bench/commit.c $(bench_common)
bench_commit_LDADD = libstore.a libmessage.a $(foundation) $(SQLITE_LIBS)
# The same ctailctl for a machine without vector instructions: what is linked
# first is what the archive is not asked for.
bench_ctailctl_portable_SOURCES = $(ctailctl_SOURCES) \
	src/judge/prefilter_vector_none.c
bench_ctailctl_portable_LDADD = $(ctailctl_LDADD)
bench_generate_SOURCES = bench/generate.c $(bench_common)
bench_generate_LDADD = $(foundation)
bench_latency_SOURCES = bench/latency.c $(bench_common)
bench_latency_LDADD = $(foundation)
bench_mix_SOURCES = bench/mix.c $(bench_common)
bench_mix_LDADD = $(foundation)
bench_receiver_SOURCES = bench/receiver.c $(bench_common)
bench_receiver_LDADD = $(foundation)
bench_spawn_SOURCES = bench/spawn.c $(bench_common)
bench_spawn_LDADD = $(foundation)

bench-programs: $(bench_programs)

bench: all bench-programs
	CTAIL_ENV='$(abs_top_builddir)/tests/env.sh' \
	    $(SHELL) $(top_srcdir)/bench/run

bench-clean:
	rm -rf $(bench_programs) bench/results
clean-local: bench-clean

.PHONY: bench bench-clean bench-programs
