/*
 * html: text inside HTML.
 */
#ifndef CTAIL_MESSAGE_HTML_H
#define CTAIL_MESSAGE_HTML_H

#include "base/buf.h"
#include "base/span.h"

/* The text so that it is text between tags and in an attribute with quotes of
 * either kind, and nothing else.  Bytes that are no UTF-8, and controls, stay
 * what they are. */
void html_escape(struct buf *out, struct span text);

#endif
