/*
 * severity: the six words.
 */
#include "config.h"

#include "base/bug.h"
#include "base/severity.h"

static const char *const severity_names[] = {
    "debug", "info", "notice", "warning", "error", "critical", NULL};

const char *
severity_name(enum severity severity)
{
	if ((unsigned)severity > SEVERITY_CRITICAL)
		BUG("there is no severity %d", (int)severity);
	return severity_names[severity];
}

int
severity_parse(struct span text, enum severity *out, struct err *err)
{
	int i;

	for (i = 0; severity_names[i]; i++) {
		if (span_is(text, severity_names[i])) {
			*out = (enum severity)i;
			return 0;
		}
	}
	return err_set(err,
	    "`%.*s' is no severity; write debug, info, notice, warning, error "
	    "or critical",
	    span_shown(text), text.data);
}
