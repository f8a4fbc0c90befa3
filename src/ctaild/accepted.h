/*
 * accepted: the configuration that was accepted last.
 *
 * Kept as state_dir/accepted.ini, without inline secrets.  A restart that
 * finds the real file refused goes on with it, loudly, and a worker uses it
 * for its sink's section while that is being edited.
 */
#ifndef CTAIL_CTAILD_ACCEPTED_H
#define CTAIL_CTAILD_ACCEPTED_H

#include "base/err.h"
#include "conf/conf.h"

/* The copy's path (caller frees). */
char *accepted_path(const char *state_dir);

/* Written only when it differs from what is there. */
int accepted_write(const char *state_dir, const char *config_path,
    const struct conf *conf, struct err *err);

/* The state_dir that a refused configuration still names, where its copy is
 * (caller frees); NULL when it names none. */
char *accepted_named_dir(const char *config_path);

/* NULL when there is none that was made from config_path. */
struct conf *accepted_load(const char *state_dir, const char *config_path,
    const struct conf_places *places, struct conf_errors *errors);

#endif
