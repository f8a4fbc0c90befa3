/*
 * sink_settings: the keys that every sink's section has.
 *
 * A sink's settings struct begins with struct sink_settings, and its table
 * with the rows of SINK_SETTING_ROWS.
 */
#ifndef CTAIL_DELIVER_SINK_SETTINGS_H
#define CTAIL_DELIVER_SINK_SETTINGS_H

#include <stdint.h>
#include "base/setting.h"
#include "base/severity.h"

struct sink_settings {
	int64_t max_age;	/* ms an alert waits before it is given up */
	int64_t timeout;	/* ms for one attempt */
	int min_severity;	/* enum severity */
};

extern const char *const severity_choices[];

/* storm and fallback come with a later version and are refused by name. */
#define SINK_SETTING_ROWS \
	{.name = "max_age", .type = SETTING_DURATION, \
	    .offset = offsetof(struct sink_settings, max_age), \
	    .fallback = "24h", .min = 60000, .max = 30LL * 86400000, \
	    .help = "give an alert up when it could not be delivered " \
		    "for this long"}, \
	{.name = "timeout", .type = SETTING_DURATION, \
	    .offset = offsetof(struct sink_settings, timeout), \
	    .fallback = "2m", .min = 1000, .max = 3600000, \
	    .help = "longest time for one attempt"}, \
	{.name = "min_severity", .type = SETTING_CHOICE, \
	    .offset = offsetof(struct sink_settings, min_severity), \
	    .choices = severity_choices, .fallback = "debug", \
	    .help = "less severe alerts are not sent here"}, \
	{.name = "storm", .type = SETTING_NOT_BUILT, \
	    .help = "cap on alerts per time"}, \
	{.name = "fallback", .type = SETTING_NOT_BUILT, \
	    .help = "sink that is told when this one fails"}

#endif
