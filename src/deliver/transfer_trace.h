/*
 * transfer_trace: what of an exchange may be shown.
 *
 * A list of what is shown, and nothing else is: of mail, our commands but for
 * a login, of which there is the mechanism; the server's replies but for a
 * login's, of which there is the code; of a request, its method, the names of
 * its headers and the values of harmless ones; of an answer, its status; of
 * what libcurl notes, the lines about addresses, connections and
 * certificates, known by how they begin.  Of content there is the size.  A line
 * that is shown by these rules and still holds a secret is withheld.  Pure:
 * fed with what libcurl's debug function hears, in pieces of any length.
 */
#ifndef CTAIL_DELIVER_TRANSFER_TRACE_H
#define CTAIL_DELIVER_TRANSFER_TRACE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "deliver/secrets.h"
#include "deliver/trace.h"

#define TRANSFER_TRACE_LINES_MAX 150	/* of one exchange */

enum transfer_talk { TRANSFER_TALK_MAIL, TRANSFER_TALK_POST };

enum transfer_heard {
	TRANSFER_HEARD_NOTE,
	TRANSFER_HEARD_COMMAND,	/* or a request's head */
	TRANSFER_HEARD_REPLY,	/* or an answer's head */
	TRANSFER_HEARD_SENT,	/* content */
	TRANSFER_HEARD_GOT,
};

struct transfer_trace {
	const struct trace *trace;
	const struct secrets *secrets;	/* NULL: none */
	enum transfer_talk talk;
	bool in_login;
	size_t lines;
	uint64_t sent;			/* bytes not yet told */
	uint64_t got;
	struct buf partial[2];		/* of a request's, an answer's line */
};

void transfer_trace_init(struct transfer_trace *trace, enum transfer_talk talk,
    const struct trace *to, const struct secrets *secrets);
void transfer_trace_release(struct transfer_trace *trace);

void transfer_trace_hear(struct transfer_trace *trace,
    enum transfer_heard what, struct span bytes);

/* At the end: sizes that are not told yet. */
void transfer_trace_end(struct transfer_trace *trace);

#endif
