/*
 * loaded: a configuration as a command of ctailctl has read it.
 */
#ifndef CTAIL_CTAILCTL_LOADED_H
#define CTAIL_CTAILCTL_LOADED_H

#include "conf/conf.h"
#include "ctaild/agent.h"
#include "ctaild/plan.h"

struct loaded {
	struct conf_places places;
	struct conf_errors errors;
	char *path;
	struct conf *conf;		/* NULL: refused, see errors */
	struct plan *plan;		/* of loaded_compile */
};

/* path: another file than the options say, or NULL. */
void loaded_read(struct loaded *loaded, const struct agent_options *options,
    const char *path);

/* -1 when a rule or a template is bad, or nothing was read. */
int loaded_compile(struct loaded *loaded);

/* That not all rules are in force, where it is so. */
void loaded_tell_skipped(const struct loaded *loaded);
void loaded_release(struct loaded *loaded);

/* The mistakes, for a person. */
void loaded_print_errors(const struct loaded *loaded);

#endif
