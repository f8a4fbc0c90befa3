/*
 * sink_kind: one kind of sink ([smtp], [webhook], ...): its section and the
 * program that carries it out.
 *
 * A kind's description (this table) is linked into every program that reads
 * the configuration; its delivery code (struct sink_driver) only into the
 * one that delivers.
 */
#ifndef CTAIL_DELIVER_SINK_KIND_H
#define CTAIL_DELIVER_SINK_KIND_H

#include "base/setting.h"

enum sink_program {
	SINK_BY_SEND,		/* ctail-send: the network */
	SINK_BY_EXEC,		/* ctail-exec: commands */
	SINK_BY_AGENT,		/* ctaild itself: files */
};

struct sink_kind {
	const struct setting_table *table;
	enum sink_program program;
};

/* NULL-terminated. */
extern const struct sink_kind *const sink_kinds[];

extern const struct setting_table smtp_setting_table;
extern const struct setting_table webhook_setting_table;
extern const struct setting_table sendmail_setting_table;
extern const struct setting_table exec_setting_table;
extern const struct setting_table file_setting_table;
extern const struct setting_table alertmanager_setting_table;
extern const struct setting_table syslog_setting_table;

#endif
