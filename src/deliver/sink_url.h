/*
 * sink_url: the parts of a URL that decide how far we trust it.
 *
 * Stricter than RFC 3986, so that no second reader (libcurl) can see another
 * host in it: printable ASCII only, no user or password, no backslash.
 * Nothing here ever puts more of a URL than its host into a message: the
 * path of a chat service's URL is its password.
 */
#ifndef CTAIL_DELIVER_SINK_URL_H
#define CTAIL_DELIVER_SINK_URL_H

#include <stdbool.h>
#include "base/err.h"
#include "base/span.h"

struct sink_url {
	struct span scheme;	/* as written; compare with sink_url_is */
	struct span host;	/* without the brackets of an IPv6 address */
	bool ipv6;
	int port;		/* 0: none written */
	struct span rest;	/* path, query and fragment */
};

/* The parts borrow from text. */
int sink_url_parse(struct span text, struct sink_url *out, struct err *err);

bool sink_url_is(const struct sink_url *url, const char *scheme);

/* True when nothing sent there leaves the machine: localhost, 127.0.0.0/8,
 * ::1. */
bool sink_url_is_local(const struct sink_url *url);

#endif
