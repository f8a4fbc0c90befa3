# links.mk: which libraries the unit tests of each room may link.
# One paragraph a test; a test has one source of the same name.

# base: only base.
tests_unit_base_ascii_SOURCES = tests/unit/base_ascii.c
tests_unit_base_ascii_LDADD = $(foundation)
tests_unit_base_bytes_SOURCES = tests/unit/base_bytes.c
tests_unit_base_bytes_LDADD = $(foundation)
tests_unit_base_child_SOURCES = tests/unit/base_child.c
tests_unit_base_child_LDADD = $(foundation)
tests_unit_base_civil_SOURCES = tests/unit/base_civil.c
tests_unit_base_civil_LDADD = $(foundation)
tests_unit_base_encode_SOURCES = tests/unit/base_encode.c
tests_unit_base_encode_LDADD = $(foundation)
tests_unit_base_mapping_SOURCES = tests/unit/base_mapping.c
tests_unit_base_mapping_LDADD = $(foundation)
tests_unit_base_rate_SOURCES = tests/unit/base_rate.c
tests_unit_base_rate_LDADD = $(foundation)
tests_unit_base_durable_SOURCES = tests/unit/base_durable.c
tests_unit_base_durable_LDADD = $(foundation)
tests_unit_base_fields_SOURCES = tests/unit/base_fields.c
tests_unit_base_fields_LDADD = $(foundation)
tests_unit_base_heap_SOURCES = tests/unit/base_heap.c
tests_unit_base_heap_LDADD = $(foundation)
tests_unit_base_lock_SOURCES = tests/unit/base_lock.c
tests_unit_base_lock_LDADD = $(foundation)
tests_unit_base_loop_SOURCES = tests/unit/base_loop.c
tests_unit_base_loop_LDADD = $(foundation)
tests_unit_base_map_SOURCES = tests/unit/base_map.c
tests_unit_base_map_LDADD = $(foundation)
tests_unit_base_setting_SOURCES = tests/unit/base_setting.c
tests_unit_base_setting_LDADD = $(foundation)
tests_unit_base_sha256_SOURCES = tests/unit/base_sha256.c
tests_unit_base_sha256_LDADD = $(foundation)
tests_unit_base_sock_SOURCES = tests/unit/base_sock.c
tests_unit_base_sock_LDADD = $(foundation)
tests_unit_base_text_SOURCES = tests/unit/base_text.c
tests_unit_base_text_LDADD = $(foundation)

# input: base and itself.
tests_unit_input_content_SOURCES = tests/unit/input_content.c
tests_unit_input_content_LDADD = libinput.a $(foundation)
tests_unit_input_unpack_SOURCES = tests/unit/input_unpack.c
tests_unit_input_unpack_LDADD = libinput.a $(foundation)
tests_unit_input_checkpoint_SOURCES = tests/unit/input_checkpoint.c
tests_unit_input_checkpoint_LDADD = libinput.a $(foundation)
tests_unit_input_checkpoint_file_SOURCES = tests/unit/input_checkpoint_file.c
tests_unit_input_checkpoint_file_LDADD = libinput.a $(foundation)
tests_unit_input_discover_SOURCES = tests/unit/input_discover.c
tests_unit_input_discover_LDADD = libinput.a $(foundation)
tests_unit_input_follow_SOURCES = tests/unit/input_follow.c
tests_unit_input_follow_LDADD = libinput.a $(foundation)
tests_unit_input_follow_chain_SOURCES = tests/unit/input_follow_chain.c
tests_unit_input_follow_chain_LDADD = libinput.a $(foundation)
tests_unit_input_follow_lives_SOURCES = tests/unit/input_follow_lives.c
tests_unit_input_follow_lives_LDADD = libinput.a $(foundation)
tests_unit_input_follow_packed_SOURCES = tests/unit/input_follow_packed.c
tests_unit_input_follow_packed_LDADD = libinput.a $(foundation)
tests_unit_input_journal_SOURCES = tests/unit/input_journal.c
tests_unit_input_journal_LDADD = libinput.a $(foundation)
tests_unit_input_lines_SOURCES = tests/unit/input_lines.c
tests_unit_input_lines_LDADD = libinput.a $(foundation)
tests_unit_input_record_SOURCES = tests/unit/input_record.c
tests_unit_input_record_LDADD = libinput.a $(foundation)
tests_unit_input_source_record_SOURCES = tests/unit/input_source_record.c \
	tests/unit/source.h
tests_unit_input_source_record_LDADD = libinput.a $(foundation)
tests_unit_input_log_settings_SOURCES = tests/unit/input_log_settings.c
tests_unit_input_log_settings_LDADD = libinput.a $(foundation)
tests_unit_input_offset_file_SOURCES = tests/unit/input_offset_file.c
tests_unit_input_offset_file_LDADD = libinput.a $(foundation)
tests_unit_input_position_SOURCES = tests/unit/input_position.c
tests_unit_input_position_LDADD = libinput.a $(foundation)
tests_unit_input_chain_SOURCES = tests/unit/input_chain.c
tests_unit_input_chain_LDADD = libinput.a $(foundation)
tests_unit_input_siblings_SOURCES = tests/unit/input_siblings.c
tests_unit_input_siblings_LDADD = libinput.a $(foundation)
tests_unit_input_rotation_SOURCES = tests/unit/input_rotation.c
tests_unit_input_rotation_LDADD = libinput.a $(foundation)
tests_unit_input_source_SOURCES = tests/unit/input_source.c
tests_unit_input_source_LDADD = libinput.a $(foundation)
tests_unit_input_filesystem_SOURCES = tests/unit/input_filesystem.c
tests_unit_input_filesystem_LDADD = libinput.a $(foundation)
tests_unit_input_offset_name_SOURCES = tests/unit/input_offset_name.c
tests_unit_input_offset_name_LDADD = libinput.a $(foundation)
tests_unit_input_links_SOURCES = tests/unit/input_links.c
tests_unit_input_links_LDADD = libinput.a $(foundation)
tests_unit_input_rotated_name_SOURCES = tests/unit/input_rotated_name.c
tests_unit_input_rotated_name_LDADD = libinput.a $(foundation)
tests_unit_input_source_copy_SOURCES = tests/unit/input_source_copy.c
tests_unit_input_source_copy_LDADD = libinput.a $(foundation)
tests_unit_input_source_links_SOURCES = tests/unit/input_source_links.c
tests_unit_input_source_links_LDADD = libinput.a $(foundation)
tests_unit_input_source_restart_SOURCES = tests/unit/input_source_restart.c
tests_unit_input_source_restart_LDADD = libinput.a $(foundation)
tests_unit_input_source_watch_SOURCES = tests/unit/input_source_watch.c
tests_unit_input_source_watch_LDADD = libinput.a $(foundation)
tests_unit_input_source_merge_SOURCES = tests/unit/input_source_merge.c
tests_unit_input_source_merge_LDADD = libinput.a $(foundation)
tests_unit_input_source_skip_SOURCES = tests/unit/input_source_skip.c
tests_unit_input_source_skip_LDADD = libinput.a $(foundation)
tests_unit_input_source_start_SOURCES = tests/unit/input_source_start.c
tests_unit_input_source_start_LDADD = libinput.a $(foundation)
tests_unit_input_sample_SOURCES = tests/unit/input_sample.c
tests_unit_input_sample_LDADD = libinput.a $(foundation)

# judge: base and itself.
tests_unit_judge_decider_SOURCES = tests/unit/judge_decider.c
tests_unit_judge_decider_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_judge_decider_gate_SOURCES = tests/unit/judge_decider_gate.c
tests_unit_judge_decider_gate_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_judge_decider_random_SOURCES = tests/unit/judge_decider_random.c
tests_unit_judge_decider_random_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_judge_decider_room_SOURCES = tests/unit/judge_decider_room.c
tests_unit_judge_decider_room_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_judge_silence_SOURCES = tests/unit/judge_silence.c
tests_unit_judge_silence_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_judge_storm_SOURCES = tests/unit/judge_storm.c
tests_unit_judge_storm_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_judge_hours_SOURCES = tests/unit/judge_hours.c
tests_unit_judge_hours_LDADD = libjudge.a $(foundation)
tests_unit_judge_record_clock_SOURCES = tests/unit/judge_record_clock.c
tests_unit_judge_record_clock_LDADD = libjudge.a $(foundation)
tests_unit_judge_timestamp_SOURCES = tests/unit/judge_timestamp.c
tests_unit_judge_timestamp_LDADD = libjudge.a $(foundation)
tests_unit_judge_pattern_SOURCES = tests/unit/judge_pattern.c
tests_unit_judge_pattern_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_judge_literals_SOURCES = tests/unit/judge_literals.c
tests_unit_judge_literals_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_judge_literals_random_SOURCES = tests/unit/judge_literals_random.c
tests_unit_judge_literals_random_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_judge_literals_rules_SOURCES = tests/unit/judge_literals_rules.c
tests_unit_judge_literals_rules_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_judge_logcheck_SOURCES = tests/unit/judge_logcheck.c
tests_unit_judge_logcheck_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_judge_lint_line_SOURCES = tests/unit/judge_lint_line.c
tests_unit_judge_lint_line_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_judge_reach_SOURCES = tests/unit/judge_reach.c
tests_unit_judge_reach_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)

tests_unit_judge_lint_SOURCES = tests/unit/judge_lint.c
tests_unit_judge_lint_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_judge_prefilter_rules_SOURCES = tests/unit/judge_prefilter_rules.c
tests_unit_judge_prefilter_rules_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_judge_sweep_random_SOURCES = tests/unit/judge_sweep_random.c
tests_unit_judge_sweep_random_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_judge_seek_SOURCES = tests/unit/judge_seek.c
tests_unit_judge_seek_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_judge_sweep_hostile_SOURCES = tests/unit/judge_sweep_hostile.c
tests_unit_judge_sweep_hostile_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_judge_prefilter_find_SOURCES = tests/unit/judge_prefilter_find.c
tests_unit_judge_prefilter_find_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_judge_prefilter_SOURCES = tests/unit/judge_prefilter.c
tests_unit_judge_prefilter_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_judge_posix_SOURCES = tests/unit/judge_posix.c
tests_unit_judge_posix_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_judge_quarantine_SOURCES = tests/unit/judge_quarantine.c
tests_unit_judge_quarantine_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_judge_sweep_SOURCES = tests/unit/judge_sweep.c
tests_unit_judge_sweep_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_judge_redact_SOURCES = tests/unit/judge_redact.c
tests_unit_judge_redact_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_judge_rule_settings_SOURCES = tests/unit/judge_rule_settings.c
tests_unit_judge_rule_settings_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_judge_rule_SOURCES = tests/unit/judge_rule.c
tests_unit_judge_rule_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_judge_throttle_SOURCES = tests/unit/judge_throttle.c
tests_unit_judge_throttle_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_judge_when_SOURCES = tests/unit/judge_when.c
tests_unit_judge_when_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_judge_when_clock_SOURCES = tests/unit/judge_when_clock.c
tests_unit_judge_when_clock_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_judge_when_distinct_SOURCES = tests/unit/judge_when_distinct.c
tests_unit_judge_when_distinct_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_judge_shape_SOURCES = tests/unit/judge_shape.c
tests_unit_judge_shape_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_judge_seen_SOURCES = tests/unit/judge_seen.c
tests_unit_judge_seen_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_judge_histogram_SOURCES = tests/unit/judge_histogram.c
tests_unit_judge_histogram_LDADD = libjudge.a $(foundation)
tests_unit_judge_held_SOURCES = tests/unit/judge_held.c
tests_unit_judge_held_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)

# message: base and itself.
tests_unit_message_alert_SOURCES = tests/unit/message_alert.c
tests_unit_message_alert_LDADD = libmessage.a $(foundation)
tests_unit_message_alertmanager_SOURCES = tests/unit/message_alertmanager.c
tests_unit_message_alertmanager_LDADD = libmessage.a $(foundation)
tests_unit_message_json_SOURCES = tests/unit/message_json.c
tests_unit_message_json_LDADD = libmessage.a $(foundation)
tests_unit_message_mail_SOURCES = tests/unit/message_mail.c
tests_unit_message_mail_LDADD = libmessage.a $(foundation)
tests_unit_message_report_SOURCES = tests/unit/message_report.c
tests_unit_message_report_LDADD = libmessage.a $(foundation)
tests_unit_message_mail_parts_SOURCES = tests/unit/message_mail_parts.c
tests_unit_message_mail_parts_LDADD = libmessage.a $(foundation)
tests_unit_message_preset_SOURCES = tests/unit/message_preset.c
tests_unit_message_preset_LDADD = libmessage.a $(foundation)
tests_unit_message_preset_contract_SOURCES = tests/unit/message_preset_contract.c
tests_unit_message_preset_contract_LDADD = libmessage.a $(foundation)
tests_unit_message_preset_mentions_SOURCES = tests/unit/message_preset_mentions.c
tests_unit_message_preset_mentions_LDADD = libmessage.a $(foundation)
tests_unit_message_preset_jansson_SOURCES = tests/unit/message_preset_jansson.c
tests_unit_message_preset_jansson_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
tests_unit_message_preset_jansson_LDADD = libmessage.a $(foundation) $(JANSSON_LIBS)
tests_unit_message_syslog_SOURCES = tests/unit/message_syslog.c
tests_unit_message_syslog_LDADD = libmessage.a $(foundation)
tests_unit_message_template_SOURCES = tests/unit/message_template.c
tests_unit_message_template_LDADD = libmessage.a $(foundation)

# store: base and itself.
tests_unit_store_store_SOURCES = tests/unit/store_store.c
tests_unit_store_store_LDADD = libstore.a $(foundation) $(SQLITE_LIBS)
tests_unit_store_alert_SOURCES = tests/unit/store_alert.c
tests_unit_store_alert_LDADD = libstore.a $(foundation) $(SQLITE_LIBS)
tests_unit_store_order_SOURCES = tests/unit/store_order.c
tests_unit_store_order_LDADD = libstore.a $(foundation) $(SQLITE_LIBS)
tests_unit_store_report_SOURCES = tests/unit/store_report.c
tests_unit_store_report_LDADD = libstore.a $(foundation) $(SQLITE_LIBS)
tests_unit_store_note_SOURCES = tests/unit/store_note.c
tests_unit_store_note_LDADD = libstore.a $(foundation) $(SQLITE_LIBS)
tests_unit_store_crash_SOURCES = tests/unit/store_crash.c
tests_unit_store_crash_LDADD = libstore.a $(foundation) $(SQLITE_LIBS)

# deliver: base and message; the network half is proven end to end.
tests_unit_deliver_circuit_SOURCES = tests/unit/deliver_circuit.c
tests_unit_deliver_circuit_LDADD = libdeliver.a libmessage.a $(foundation)
tests_unit_deliver_command_SOURCES = tests/unit/deliver_command.c
tests_unit_deliver_command_LDADD = libdeliver.a libmessage.a $(foundation)
tests_unit_deliver_exec_SOURCES = tests/unit/deliver_exec.c
tests_unit_deliver_exec_LDADD = libdeliver.a libmessage.a $(foundation)
tests_unit_deliver_file_SOURCES = tests/unit/deliver_file.c
tests_unit_deliver_file_LDADD = libdeliver.a libmessage.a $(foundation)
tests_unit_deliver_outcome_SOURCES = tests/unit/deliver_outcome.c
tests_unit_deliver_outcome_LDADD = libdeliver.a libmessage.a $(foundation)
tests_unit_deliver_alertmanager_SOURCES = tests/unit/deliver_alertmanager.c
tests_unit_deliver_alertmanager_LDADD = libdeliver.a libmessage.a $(foundation)
tests_unit_deliver_webhook_SOURCES = tests/unit/deliver_webhook.c
tests_unit_deliver_webhook_LDADD = libdeliver.a libmessage.a $(foundation)
tests_unit_deliver_replies_SOURCES = tests/unit/deliver_replies.c
tests_unit_deliver_replies_LDADD = libdeliver.a libmessage.a $(foundation)
tests_unit_deliver_secret_SOURCES = tests/unit/deliver_secret.c
tests_unit_deliver_secret_LDADD = libdeliver.a libmessage.a $(foundation)
tests_unit_deliver_settings_SOURCES = tests/unit/deliver_settings.c
tests_unit_deliver_settings_LDADD = libdeliver.a libmessage.a $(foundation)
tests_unit_deliver_smtp_SOURCES = tests/unit/deliver_smtp.c
tests_unit_deliver_smtp_LDADD = libdeliver.a libmessage.a $(foundation)
tests_unit_deliver_secrets_SOURCES = tests/unit/deliver_secrets.c
tests_unit_deliver_secrets_LDADD = libdeliver.a libmessage.a $(foundation)
tests_unit_deliver_trace_SOURCES = tests/unit/deliver_trace.c
tests_unit_deliver_trace_LDADD = libdeliver.a libmessage.a $(foundation)
tests_unit_deliver_syslog_SOURCES = tests/unit/deliver_syslog.c
tests_unit_deliver_syslog_LDADD = libdeliver.a libmessage.a $(foundation)
tests_unit_deliver_worker_SOURCES = tests/unit/deliver_worker.c
tests_unit_deliver_worker_LDADD = libdeliver.a libmessage.a $(foundation)

# conf: base, and the settings tables that the rooms export (data only: no
# PCRE2, no SQLite, no curl).
tests_unit_conf_finder_SOURCES = tests/unit/conf_finder.c
tests_unit_conf_finder_LDADD = libconf.a libdeliver.a libmessage.a libinput.a libjudge.a \
	$(foundation) $(INIH_LIBS)
tests_unit_conf_ini_SOURCES = tests/unit/conf_ini.c
tests_unit_conf_ini_LDADD = libconf.a libdeliver.a libmessage.a libinput.a libjudge.a \
	$(foundation) $(INIH_LIBS)
tests_unit_conf_load_SOURCES = tests/unit/conf_load.c
tests_unit_conf_load_LDADD = libconf.a libdeliver.a libmessage.a libinput.a libjudge.a \
	$(foundation) $(INIH_LIBS)
tests_unit_conf_logcheck_SOURCES = tests/unit/conf_logcheck.c
tests_unit_conf_logcheck_LDADD = libconf.a libdeliver.a libmessage.a libinput.a libjudge.a \
	$(foundation) $(INIH_LIBS)
tests_unit_conf_show_SOURCES = tests/unit/conf_show.c
tests_unit_conf_show_LDADD = libconf.a libdeliver.a libmessage.a libinput.a libjudge.a \
	$(foundation) $(INIH_LIBS)

# One contract, both backends.
tests_unit_input_watch_poll_SOURCES = tests/unit/input_watch.c \
	src/input/watch_poll.c
tests_unit_input_watch_poll_LDADD = libinput.a $(foundation)
tests_unit_input_watch_inotify_SOURCES = tests/unit/input_watch.c \
	src/input/watch_inotify.c
tests_unit_input_watch_inotify_LDADD = libinput.a $(foundation)

# ctail-send: what it gives up.
tests_unit_send_confine_SOURCES = tests/unit/send_confine.c \
	src/ctail-send/confine_linux.c src/ctail-send/confine_calls.c
tests_unit_send_confine_CFLAGS = $(AM_CFLAGS) -pthread
tests_unit_send_confine_LDADD = $(foundation)

# ctail-unpack: its own parts.
tests_unit_unpack_confine_SOURCES = tests/unit/unpack_confine.c \
	src/ctail-unpack/confine.c
nodist_tests_unit_unpack_confine_SOURCES = $(confine_source)
tests_unit_unpack_confine_LDADD = $(foundation)
tests_unit_unpack_formats_SOURCES = tests/unit/unpack_formats.c
tests_unit_unpack_formats_LDADD = libunpack.a $(foundation) $(unpack_libs)

# ctail: its way to bytes.
tests_unit_ctail_feed_SOURCES = tests/unit/ctail_feed.c src/ctail/feed.c
tests_unit_ctail_feed_LDADD = libinput.a $(foundation)

# ctailctl grep: its way to lines, and what that stands on.
tests_unit_grep_input_SOURCES = tests/unit/grep_input.c \
	src/ctailctl/grep_input.c src/ctailctl/grep_skim.c
tests_unit_grep_input_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_grep_input_unmapped_SOURCES = tests/unit/grep_input_unmapped.c \
	src/base/mapping_none.c src/ctailctl/grep_input.c \
	src/ctailctl/grep_skim.c
tests_unit_grep_input_unmapped_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)
tests_unit_grep_skim_changes_SOURCES = tests/unit/grep_skim_changes.c \
	src/ctailctl/grep_skim.c
tests_unit_grep_skim_changes_LDADD = $(foundation)
tests_unit_grep_skim_scribbled_SOURCES = tests/unit/grep_skim_scribbled.c \
	src/ctailctl/grep_input.c src/ctailctl/grep_skim.c
tests_unit_grep_skim_scribbled_CFLAGS = $(AM_CFLAGS) -pthread
tests_unit_grep_skim_scribbled_LDADD = libjudge.a $(foundation) $(PCRE2_LIBS)

# The roof: everything.
tests_unit_agent_alert_build_SOURCES = tests/unit/agent_alert_build.c
tests_unit_agent_alert_build_LDADD = $(rooms) $(PCRE2_LIBS) $(SQLITE_LIBS) $(INIH_LIBS)
tests_unit_agent_counts_SOURCES = tests/unit/agent_counts.c
tests_unit_agent_counts_LDADD = $(rooms) $(PCRE2_LIBS) $(SQLITE_LIBS) $(INIH_LIBS)
tests_unit_agent_courier_SOURCES = tests/unit/agent_courier.c
tests_unit_agent_courier_LDADD = $(rooms) $(PCRE2_LIBS) $(SQLITE_LIBS) $(INIH_LIBS)
tests_unit_agent_export_SOURCES = tests/unit/agent_export.c
tests_unit_agent_export_LDADD = $(rooms) $(PCRE2_LIBS) $(SQLITE_LIBS) $(INIH_LIBS)
tests_unit_agent_reports_SOURCES = tests/unit/agent_reports.c
tests_unit_agent_reports_LDADD = $(rooms) $(PCRE2_LIBS) $(SQLITE_LIBS) $(INIH_LIBS)
tests_unit_agent_ledger_SOURCES = tests/unit/agent_ledger.c
tests_unit_agent_ledger_LDADD = $(rooms) $(PCRE2_LIBS) $(SQLITE_LIBS) $(INIH_LIBS)
tests_unit_agent_context_SOURCES = tests/unit/agent_context.c
tests_unit_agent_context_LDADD = $(rooms) $(PCRE2_LIBS) $(SQLITE_LIBS) $(INIH_LIBS)
tests_unit_agent_rehearsal_SOURCES = tests/unit/agent_rehearsal.c
tests_unit_agent_rehearsal_LDADD = $(rooms) $(PCRE2_LIBS) $(SQLITE_LIBS) $(INIH_LIBS)
tests_unit_agent_pipeline_SOURCES = tests/unit/agent_pipeline.c
tests_unit_agent_pipeline_LDADD = $(rooms) $(PCRE2_LIBS) $(SQLITE_LIBS) $(INIH_LIBS)
tests_unit_agent_unwanted_SOURCES = tests/unit/agent_unwanted.c
tests_unit_agent_unwanted_LDADD = $(rooms) $(PCRE2_LIBS) $(SQLITE_LIBS) $(INIH_LIBS)
tests_unit_agent_quiet_SOURCES = tests/unit/agent_quiet.c
tests_unit_agent_quiet_LDADD = $(rooms) $(PCRE2_LIBS) $(SQLITE_LIBS) $(INIH_LIBS)
tests_unit_agent_own_words_SOURCES = tests/unit/agent_own_words.c
tests_unit_agent_own_words_LDADD = $(rooms) $(PCRE2_LIBS) $(SQLITE_LIBS) $(INIH_LIBS)
tests_unit_agent_exporter_SOURCES = tests/unit/agent_exporter.c
tests_unit_agent_exporter_LDADD = $(rooms) $(PCRE2_LIBS) $(SQLITE_LIBS) $(INIH_LIBS)
tests_unit_agent_lane_SOURCES = tests/unit/agent_lane.c
tests_unit_agent_lane_LDADD = $(rooms) $(PCRE2_LIBS) $(SQLITE_LIBS) $(INIH_LIBS)
tests_unit_agent_restore_SOURCES = tests/unit/agent_restore.c
tests_unit_agent_restore_LDADD = $(rooms) $(PCRE2_LIBS) $(SQLITE_LIBS) $(INIH_LIBS)
tests_unit_agent_plan_logcheck_SOURCES = tests/unit/agent_plan_logcheck.c
tests_unit_agent_plan_logcheck_LDADD = $(rooms) $(PCRE2_LIBS) $(SQLITE_LIBS) $(INIH_LIBS)
tests_unit_agent_plan_SOURCES = tests/unit/agent_plan.c
tests_unit_agent_plan_LDADD = $(rooms) $(PCRE2_LIBS) $(SQLITE_LIBS) $(INIH_LIBS)
tests_unit_agent_post_SOURCES = tests/unit/agent_post.c
tests_unit_agent_post_LDADD = $(rooms) $(PCRE2_LIBS) $(SQLITE_LIBS) $(INIH_LIBS)
