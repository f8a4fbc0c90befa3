/*
 * log_lookup: finds a [log] section by its name.
 */
#include "config.h"

#include <string.h>

#include "ctaild/log_lookup.h"

bool
log_is_beside(const struct plan *plan, const char *log)
{
	for (size_t i = 0; i < plan->log_count; i++) {
		const struct conf_section *section =
		    conf_section(plan->conf, &log_setting_table, i);
		const struct log_settings *settings = section->settings;

		if (!strcmp(section->name, log))
			return settings->offset_file != NULL;
	}
	return false;
}
