/*
 * sink_settings: the keys that every sink's section has.
 *
 * A sink's settings struct begins with struct sink_settings, and its table
 * with the rows of SINK_SETTING_ROWS, which names the default of `storm`:
 * what wakes people is capped, what programs read is not.
 */
#ifndef CTAIL_DELIVER_SINK_SETTINGS_H
#define CTAIL_DELIVER_SINK_SETTINGS_H

#include <stdint.h>
#include "base/rate.h"
#include "base/setting.h"
#include "base/severity.h"

struct sink_settings {
	int64_t max_age;	/* ms an alert waits before it is given up */
	int64_t timeout;	/* ms for one attempt */
	int min_severity;	/* enum severity */
	struct rate storm;	/* the cap; no period: none */
	char *fallback;		/* sink that hears when this one fails; NULL:
				 * the journal only */
};

extern const char *const severity_choices[];

#define SINK_STORM_PEOPLE "60 in 1h"
#define SINK_STORM_PROGRAMS "none"

#define SINK_SETTING_ROWS(storm_default) \
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
	{.name = "storm", .type = SETTING_CUSTOM, \
	    .offset = offsetof(struct sink_settings, storm), \
	    .fallback = storm_default, .parse = rate_parse, \
	    .format = rate_format, \
	    .help = "at most so many alerts per time (`60 in 1h'); the rest " \
		    "is told in one summary"}, \
	{.name = "fallback", .type = SETTING_TEXT, \
	    .offset = offsetof(struct sink_settings, fallback), \
	    .help = "sink that hears when this one fails, and when it " \
		    "works again"}

#endif
