# fuzz.mk: fuzz targets, and their replay in every `make check`.
#
# A target is tests/fuzz/NAME.c with LLVMFuzzerTestOneInput.  Without
# --enable-fuzz it is linked with replay.c, which feeds it the seed corpus
# tests/fuzz/corpus/NAME and mutations of it; with it, with libFuzzer.

fuzz_targets = tests/fuzz/hours tests/fuzz/timestamp \
	tests/fuzz/checkpoint tests/fuzz/control tests/fuzz/fields \
	tests/fuzz/ini tests/fuzz/lint \
	tests/fuzz/decider tests/fuzz/json tests/fuzz/lane tests/fuzz/lines tests/fuzz/literals tests/fuzz/mail tests/fuzz/names tests/fuzz/notes \
	tests/fuzz/offset_file tests/fuzz/posix tests/fuzz/prefilter tests/fuzz/preset \
	tests/fuzz/redact tests/fuzz/rule \
	tests/fuzz/shape tests/fuzz/sweep tests/fuzz/when \
	tests/fuzz/reply tests/fuzz/template tests/fuzz/trace tests/fuzz/unpack tests/fuzz/words tests/fuzz/worker

if FUZZ
fuzz_main =
fuzz_link = $(fuzz_flags)
noinst_PROGRAMS = $(fuzz_targets)
fuzz_replays =
else
fuzz_main = tests/fuzz/replay.c
fuzz_link =
fuzz_replays = $(fuzz_targets)
endif

tests_fuzz_checkpoint_SOURCES = tests/fuzz/checkpoint.c $(fuzz_main)
tests_fuzz_checkpoint_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_checkpoint_LDADD = libinput.a $(foundation)
tests_fuzz_checkpoint_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fields_SOURCES = tests/fuzz/fields.c $(fuzz_main)
tests_fuzz_fields_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_fields_LDADD = libmessage.a $(foundation)
tests_fuzz_fields_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_hours_SOURCES = tests/fuzz/hours.c $(fuzz_main)
tests_fuzz_hours_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_hours_LDADD = libjudge.a $(foundation)
tests_fuzz_hours_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_timestamp_SOURCES = tests/fuzz/timestamp.c $(fuzz_main)
tests_fuzz_timestamp_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_timestamp_LDADD = libjudge.a $(foundation)
tests_fuzz_timestamp_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_ini_SOURCES = tests/fuzz/ini.c $(fuzz_main)
tests_fuzz_ini_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_ini_LDADD = libconf.a libdeliver.a libmessage.a libinput.a libjudge.a $(foundation) $(INIH_LIBS)
tests_fuzz_ini_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_json_SOURCES = tests/fuzz/json.c $(fuzz_main)
tests_fuzz_json_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_json_LDADD = libmessage.a $(foundation)
tests_fuzz_json_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_notes_SOURCES = tests/fuzz/notes.c $(fuzz_main)
tests_fuzz_notes_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_notes_LDADD = libagent.a libjudge.a libmessage.a $(foundation) $(PCRE2_LIBS)
tests_fuzz_notes_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_decider_SOURCES = tests/fuzz/decider.c $(fuzz_main)
tests_fuzz_decider_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_decider_LDADD = libjudge.a $(foundation)
tests_fuzz_decider_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_lines_SOURCES = tests/fuzz/lines.c $(fuzz_main)
tests_fuzz_lines_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_lines_LDADD = libinput.a $(foundation)
tests_fuzz_lines_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_literals_SOURCES = tests/fuzz/literals.c $(fuzz_main)
tests_fuzz_literals_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_literals_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_fuzz_literals_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_mail_SOURCES = tests/fuzz/mail.c $(fuzz_main)
tests_fuzz_mail_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_mail_LDADD = libmessage.a $(foundation)
tests_fuzz_mail_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_names_SOURCES = tests/fuzz/names.c $(fuzz_main)
tests_fuzz_names_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_names_LDADD = libinput.a $(foundation)
tests_fuzz_names_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_offset_file_SOURCES = tests/fuzz/offset_file.c $(fuzz_main)
tests_fuzz_offset_file_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_offset_file_LDADD = libinput.a $(foundation)
tests_fuzz_offset_file_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_posix_SOURCES = tests/fuzz/posix.c $(fuzz_main)
tests_fuzz_posix_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_posix_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_fuzz_posix_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_prefilter_SOURCES = tests/fuzz/prefilter.c $(fuzz_main)
tests_fuzz_prefilter_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_prefilter_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_fuzz_prefilter_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_preset_SOURCES = tests/fuzz/preset.c $(fuzz_main)
tests_fuzz_preset_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_preset_LDADD = libmessage.a $(foundation)
tests_fuzz_preset_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_redact_SOURCES = tests/fuzz/redact.c $(fuzz_main)
tests_fuzz_redact_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_redact_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_fuzz_redact_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_rule_SOURCES = tests/fuzz/rule.c $(fuzz_main)
tests_fuzz_rule_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_rule_LDADD = libjudge.a $(foundation)
tests_fuzz_rule_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_lint_SOURCES = tests/fuzz/lint.c $(fuzz_main)
tests_fuzz_lint_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_lint_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_fuzz_lint_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_shape_SOURCES = tests/fuzz/shape.c $(fuzz_main)
tests_fuzz_shape_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_shape_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_fuzz_shape_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_sweep_SOURCES = tests/fuzz/sweep.c $(fuzz_main)
tests_fuzz_sweep_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_sweep_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_fuzz_sweep_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_when_SOURCES = tests/fuzz/when.c $(fuzz_main)
tests_fuzz_when_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_when_LDADD = libjudge.a $(foundation)
tests_fuzz_when_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_template_SOURCES = tests/fuzz/template.c $(fuzz_main)
tests_fuzz_template_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_template_LDADD = libmessage.a $(foundation)
tests_fuzz_template_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_unpack_SOURCES = tests/fuzz/unpack.c $(fuzz_main)
tests_fuzz_unpack_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_unpack_LDADD = libunpack.a $(foundation) $(unpack_libs)
tests_fuzz_unpack_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_trace_SOURCES = tests/fuzz/trace.c $(fuzz_main)
tests_fuzz_trace_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_trace_LDADD = libdeliver.a libmessage.a $(foundation)
tests_fuzz_trace_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_reply_SOURCES = tests/fuzz/reply.c $(fuzz_main)
tests_fuzz_reply_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_reply_LDADD = libdeliver.a libmessage.a $(foundation)
tests_fuzz_reply_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_words_SOURCES = tests/fuzz/words.c $(fuzz_main)
tests_fuzz_words_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_words_LDADD = libdeliver.a libmessage.a $(foundation)
tests_fuzz_words_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_worker_SOURCES = tests/fuzz/worker.c $(fuzz_main)
tests_fuzz_worker_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_worker_LDADD = libdeliver.a libmessage.a $(foundation)
tests_fuzz_worker_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_control_SOURCES = tests/fuzz/control.c $(fuzz_main)
tests_fuzz_control_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_control_LDADD = $(rooms) $(PCRE2_LIBS) $(SQLITE_LIBS) $(INIH_LIBS)
tests_fuzz_control_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_lane_SOURCES = tests/fuzz/lane.c $(fuzz_main)
tests_fuzz_lane_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_lane_LDADD = $(rooms) $(PCRE2_LIBS) $(SQLITE_LIBS) $(INIH_LIBS)
tests_fuzz_lane_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)

# make fuzz FUZZ_SECONDS=600: each target for that long, from its corpus.
FUZZ_SECONDS = 60
fuzz: $(fuzz_targets)
	@for target in $(fuzz_targets); do \
	    name=$${target##*/}; echo "== $$name"; \
	    mkdir -p fuzz-found/$$name && \
	    $$target -max_total_time=$(FUZZ_SECONDS) -timeout=10 \
		-rss_limit_mb=1024 -print_final_stats=1 \
		-artifact_prefix=fuzz-found/$$name- fuzz-found/$$name \
		$(srcdir)/tests/fuzz/corpus/$$name || exit 1; \
	done

# For .ci/run.
fuzz-names:
	@for target in $(fuzz_targets); do echo "$${target##*/}"; done
.PHONY: fuzz fuzz-names
