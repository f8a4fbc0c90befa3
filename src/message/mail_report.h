/*
 * mail_report: the report of a [logcheck] within a mail.
 *
 * Private to the files of mail.
 */
#ifndef CTAIL_MESSAGE_MAIL_REPORT_H
#define CTAIL_MESSAGE_MAIL_REPORT_H

#include "base/buf.h"
#include "message/alert.h"

#define MAIL_MONOSPACE                                                         \
	"font-family:monospace;font-size:14px;overflow-wrap:anywhere;"         \
	"word-break:break-word"

/* The report line by line, each cleaned (message/text.h) and nothing of it
 * left out; at most MAIL_REPORT_BYTES. */
void mail_report_text(const struct alert *alert, struct buf *out);

/* The same as HTML: headings, and what is below each in one piece. */
void mail_report_html(const struct alert *alert, struct buf *out);

#endif
