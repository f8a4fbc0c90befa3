/*
 * sink_settings: the words that the common keys of sinks may have.
 */
#include "config.h"

#include "deliver/sink_settings.h"

/* In the order of enum severity. */
const char *const severity_choices[] = {
    "debug",
    "info",
    "notice",
    "warning",
    "error",
    "critical",
    NULL,
};
