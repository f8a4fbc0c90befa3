/*
 * mail_html: what a person reads, as HTML.
 *
 * One page without anything that is fetched, run or followed: no image, link,
 * script or font.  Text from logs is text, cleaned as everywhere
 * (message/text.h) and then escaped (message/html.h).
 */
#ifndef CTAIL_MESSAGE_MAIL_HTML_H
#define CTAIL_MESSAGE_MAIL_HTML_H

#include "base/buf.h"
#include "message/alert.h"

/* UTF-8 with '\n'; at most MAIL_PART_BYTES, unless there is a report, which is
 * never cut. */
void mail_html(const struct alert *alert, struct buf *out);

#endif
