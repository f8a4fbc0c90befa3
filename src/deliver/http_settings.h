/*
 * http_settings: what the sinks that speak HTTP check alike.
 *
 * Whatever becomes part of a request's head is checked here, byte by byte:
 * libcurl sends header lines as they are.
 */
#ifndef CTAIL_DELIVER_HTTP_SETTINGS_H
#define CTAIL_DELIVER_HTTP_SETTINGS_H

#include <stdbool.h>
#include "base/err.h"
#include "base/span.h"
#include "deliver/sink_url.h"

/* http:// or https://; the parts borrow from text. */
int http_check_url(struct span text, struct sink_url *out, struct err *err);

/* -1 when what is sent would be read on the way: http:// across a network. */
int http_check_clear(const struct sink_url *url, struct err *err);

/* NULL is none. */
int http_check_proxy(const char *proxy, struct err *err);

/* Printable ASCII and tabs: what RFC 9110 lets a sender write. */
bool http_is_header_text(const char *text);

#endif
