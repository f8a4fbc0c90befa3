/*
 * severity: how bad it is, in the words of ctail.ini.
 */
#ifndef CTAIL_BASE_SEVERITY_H
#define CTAIL_BASE_SEVERITY_H

#include "base/err.h"
#include "base/span.h"

enum severity {
	SEVERITY_DEBUG,
	SEVERITY_INFO,
	SEVERITY_NOTICE,
	SEVERITY_WARNING,
	SEVERITY_ERROR,
	SEVERITY_CRITICAL,
};

const char *severity_name(enum severity severity);
int severity_parse(struct span text, enum severity *out, struct err *err);

#endif
