/*
 * agent_settings: the [agent] section.
 */
#include "config.h"

#include "conf/agent_settings.h"

static const struct setting agent_rows[] = {
    {.name = "state_dir",
	.type = SETTING_TEXT,
	.offset = offsetof(struct agent_settings, state_dir),
	.help = "directory of the database, the offset files and the lock"},
    {.name = "sink",
	.type = SETTING_WORDS,
	.offset = offsetof(struct agent_settings, sink),
	.help = "sinks of every rule that names none"},
    {.name = "include",
	.type = SETTING_WORDS,
	.offset = offsetof(struct agent_settings, include),
	.help = "further files, as conf.d/*.ini"},
    {.name = "reserve",
	.type = SETTING_SIZE,
	.offset = offsetof(struct agent_settings, reserve),
	.fallback = "8m",
	.min = 0,
	.max = (int64_t)1 << 30,
	.help = "room kept for the day the disk is full; 0: none"},
    {.name = "heartbeat",
	.type = SETTING_NOT_BUILT,
	.help = "a sign of life, as 5m via SINK"},
    {.name = "metrics_file",
	.type = SETTING_NOT_BUILT,
	.help = "file for the Prometheus node exporter"},
};

static int
agent_check(const void *settings, struct err *err)
{
	const struct agent_settings *agent = settings;

	if (agent->state_dir && agent->state_dir[0] != '/')
		return err_set(
		    err, "state_dir must be an absolute path (begin with /)");
	return 0;
}

const struct setting_table agent_setting_table = {
    .section = "agent",
    .rows = agent_rows,
    .count = sizeof(agent_rows) / sizeof(agent_rows[0]),
    .size = sizeof(struct agent_settings),
    .named = false,
    .check = agent_check,
};
