/*
 * world: everything between a record and an alert, with the clock in the
 * test's hand.
 *
 * A plan, a pipeline, silences, and a real database in a temporary directory;
 * no files and no sinks.  What comes out is text, one line each, appended to
 * a buffer:
 *
 *	> TIME KIND RULE [KEY] xCOUNT: SUBJECT      an alert went out
 *	>     < | = | + TEXT                        before, line, after (show)
 *	>     |TEXT                                 a line of a report (show)
 *	>     ~ OFFSET TEXT                         what the pattern matched
 *	>     # TIME WIDTH: COUNT...                when it came, by bins
 *	>     to SINK                               who hears it (show)
 *	- TIME REASON RULE [KEY] xCOUNT             held back
 *	! TIME SUBJECT                              ctail about itself
 */
#ifndef CTAIL_TESTS_GOLDEN_WORLD_H
#define CTAIL_TESTS_GOLDEN_WORLD_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/span.h"

struct world;

/* dir: for the database; out is borrowed.  NULL, with the mistakes in out,
 * when the configuration is refused. */
struct world *world_new(const char *dir, const char *config,
    int64_t now_ms, struct buf *out);
void world_free(struct world *world);

/* Shows the lines of alerts as well, or also what the pattern matched and when
 * what counts came; or instead of lines who hears them. */
enum world_show {
	WORLD_SUBJECTS,
	WORLD_SINKS,
	WORLD_LINES,
	WORLD_DETAILS,
};
void world_show(struct world *world, enum world_show show);

/* From here on a rule has at most so many keys, all rules together no more
 * memory than they take now, and `new' room for so many further shapes: the
 * true limits would make long scripts.  Nothing of it outlives a restart. */
void world_limit_keys(struct world *world, size_t most);
void world_limit_memory(struct world *world);
void world_limit_shapes(struct world *world, size_t further);

/* Moves the clock; what falls due on the way happens at its time. */
void world_advance(struct world *world, int64_t now_ms);
int64_t world_now(const struct world *world);

/* A record of the [log] of this name; false: there is none. */
bool world_record(struct world *world, struct span log, struct span text);

/* Everything is stored, forgotten and read again. */
bool world_restart(struct world *world);

/* The same with another configuration, as a reload does it. */
bool world_reload(struct world *world, const char *config);

/* As the control command of that name. */
bool world_command(struct world *world, int argc, const char *const *argv);

/* The end of a --once pass. */
void world_end_pass(struct world *world);

#endif
