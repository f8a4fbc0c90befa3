/*
 * sink_kind: the list of all kinds of sinks.
 */
#include "config.h"

#include "deliver/sink_kind.h"

static const struct sink_kind kind_smtp = {&smtp_setting_table, SINK_BY_SEND};
static const struct sink_kind kind_webhook = {
    &webhook_setting_table, SINK_BY_SEND};
static const struct sink_kind kind_alertmanager = {
    &alertmanager_setting_table, SINK_BY_SEND};
static const struct sink_kind kind_sendmail = {
    &sendmail_setting_table, SINK_BY_EXEC};
static const struct sink_kind kind_exec = {&exec_setting_table, SINK_BY_EXEC};
static const struct sink_kind kind_syslog = {
    &syslog_setting_table, SINK_BY_SEND};
static const struct sink_kind kind_file = {&file_setting_table, SINK_BY_AGENT};

const struct sink_kind *const sink_kinds[] = {
    &kind_smtp,
    &kind_webhook,
    &kind_alertmanager,
    &kind_sendmail,
    &kind_exec,
    &kind_file,
    &kind_syslog,
    NULL,
};
