/*
 * logcheck: which rule files of a logcheck directory apply to what.
 *
 * Pure: names in, answers out; whoever reads the directories asks.  Source:
 * logcheck(8) and its README, Debian's logcheck 1.4.2 (the shell script's
 * greplogoutput and cleanchecked).
 *
 *	cracking.d/F		-> "Security Alerts for F"
 *	cracking.ignore.d	only when it is asked for
 *	violations.d/F		-> "Security Events for F", but for what
 *				violations.ignore.d/{F,logcheck-F,local,
 *				local-*} or cracking.d matches; of a file that
 *				is called logcheck, but for all of
 *				violations.ignore.d and what the other files
 *				report, and without "for F"
 *	everything		-> "System Events", but for what ignore.d of
 *				the level and those below, cracking.d or
 *				violations.d matches
 */
#ifndef CTAIL_JUDGE_LOGCHECK_H
#define CTAIL_JUDGE_LOGCHECK_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"
#include "base/severity.h"
#include "base/span.h"

/* The parts of a report, in their order. */
enum logcheck_layer {
	LOGCHECK_ALERTS,	/* cracking */
	LOGCHECK_EVENTS,	/* violations */
	LOGCHECK_SYSTEM,
	LOGCHECK_LAYERS
};

enum logcheck_level {
	LOGCHECK_PARANOID,
	LOGCHECK_SERVER,
	LOGCHECK_WORKSTATION,
	LOGCHECK_LEVELS
};

/* "Security Alerts" and so on; the same with " for GROUP", unless that is NULL
 * or ""; and how bad a report is that has them. */
const char *logcheck_heading(enum logcheck_layer layer);
void logcheck_add_heading(struct buf *out, enum logcheck_layer layer,
    const char *group);
enum severity logcheck_severity(enum logcheck_layer layer);

/* The directory whose files report this layer ("cracking.d"; NULL: it has
 * none), and the one that takes away from it before anything else. */
const char *logcheck_raise_directory(enum logcheck_layer layer);
const char *logcheck_ignore_directory(enum logcheck_layer layer);

/* The i-th ignore.d directory of a level; NULL behind the last. */
const char *logcheck_level_directory(enum logcheck_level level, size_t i);

/* Whether what a file of that ignore directory matches is taken from what
 * the raise file of this name reports. */
bool logcheck_ignores(struct span raise_file, struct span ignore_file);

/* Whether what another file of the same directory reports is taken from what
 * this one does. */
bool logcheck_yields_to(struct span raise_file, struct span other_file);

/* A heading has no "for F" when the file is called so. */
bool logcheck_is_nameless(struct span raise_file);

/* A line as the rules see it and the report has it: without blanks at its
 * end. */
struct span logcheck_line(struct span text);

/* How much of the line is a time and a host with the blanks behind them, as
 * rule files know them; 0: it does not begin so.  And what they write for
 * it. */
size_t logcheck_prefix(struct span line);
extern const char logcheck_prefix_rule[];

/* <0, 0, >0: by the first three fields, as sort -k 1,3 in the C locale. */
int logcheck_compare(struct span line, struct span other);

#endif
