/*
 * log_lookup: finds a [log] section by its name.
 */
#include "config.h"

#include <string.h>

#include "ctaild/log_lookup.h"

static const struct log_settings *
settings_of(const struct plan *plan, const char *log)
{
	for (size_t i = 0; i < plan->log_count; i++) {
		const struct conf_section *section =
		    conf_section(plan->conf, &log_setting_table, i);

		if (!strcmp(section->name, log))
			return section->settings;
	}
	return NULL;
}

bool
log_is_beside(const struct plan *plan, const char *log)
{
	const struct log_settings *settings = settings_of(plan, log);

	return settings && settings->offset_file;
}

bool
log_is_journal(const struct plan *plan, const char *log)
{
	const struct log_settings *settings = settings_of(plan, log);

	return settings && settings->journal.count;
}
