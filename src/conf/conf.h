/*
 * conf: one accepted configuration, const and whole.
 *
 * conf_load reads the file and its includes, checks every section against
 * its settings table, and the names that sections use of each other.  It
 * either yields a struct conf or reports every mistake there is, each with
 * file, line, key and, where something is near, a proposal.  What needs
 * compiled patterns or templates is checked by the programs afterwards, with
 * the same report.
 *
 * A struct conf is immutable; a reload makes a new one.
 */
#ifndef CTAIL_CONF_CONF_H
#define CTAIL_CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/setting.h"
#include "conf/agent_settings.h"
#include "deliver/sink_kind.h"
#include "deliver/sink_settings.h"
#include "input/log_settings.h"
#include "judge/logcheck_settings.h"
#include "judge/rule_settings.h"

struct conf;

/* Collected mistakes; those of one file in the order of its lines, in
 * whatever order they were found. */
struct conf_errors {
	struct buf text;	/* "FILE:LINE: sentence\n" each */
	size_t count;
};

#define CONF_ERRORS_INIT {BUF_INIT, 0}

void conf_errors_release(struct conf_errors *errors);
void conf_error(struct conf_errors *errors, struct origin origin,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

struct conf_section {
	const struct setting_table *table;
	char *name;		/* NULL for [agent] */
	struct origin origin;
	void *settings;		/* the table's struct */
	const struct sink_kind *sink;	/* NULL unless a sink */
};

/* Where a key of the section was written; the section's header when it was
 * not. */
struct origin conf_origin(const struct conf_section *section,
    const char *key);

/* Where things are when no file says so; conf_places_find asks the
 * environment, tests and the demo say it themselves. */
struct conf_places {
	const char *state_dir;	/* default of state_dir */
	const char *sendmail;	/* path of a mailer, or NULL: none */
};

void conf_places_find(struct conf_places *out);
void conf_places_release(struct conf_places *places);

/* The default file for this user (caller frees). */
char *conf_default_path(void);

struct conf *conf_load(const char *path, const struct conf_places *places,
    struct conf_errors *errors);

/* The same from text, for the built-in rules and for tests; name stands for
 * the file in messages. */
struct conf *conf_load_text(const char *name, struct span text,
    const struct conf_places *places, struct conf_errors *errors);

/* Only [agent] and the section of this sink; mistakes elsewhere do not
 * matter.  NULL when it is not there, is bad or switched off.  What conf_load
 * makes up is found by name too. */
struct conf *conf_load_sink(const char *path, const char *sink,
    const struct conf_places *places, struct conf_errors *errors);

void conf_free(struct conf *conf);

const struct agent_settings *conf_agent(const struct conf *conf);

/* Enabled sections in file order; the n-th with this table, or NULL. */
const struct conf_section *conf_section(const struct conf *conf,
    const struct setting_table *table, size_t n);
size_t conf_count(const struct conf *conf, const struct setting_table *table);

const struct conf_section *conf_sink(const struct conf *conf,
    struct span name);
const struct conf_section *conf_sink_at(const struct conf *conf, size_t n);

/* The sinks that a rule without one, and ctail itself, use: [agent] sink,
 * else the only one there is, else what was made up (mail to root where there
 * is a mailer, always alerts.jsonl).  Every name is that of an enabled
 * sink; empty only for conf_load_sink. */
const struct setting_list *conf_default_sinks(const struct conf *conf);

enum conf_show {
	CONF_SHOW_PEOPLE,	/* secrets as <secret>, URLs shortened */
	CONF_SHOW_ACCEPTED,	/* SETTING_LEFT_OUT for inline secrets */
};

/* The effective settings, as text that reads back to the same. */
void conf_show(const struct conf *conf, enum conf_show how, struct buf *out);

#endif
