/*
 * syslog_line: an alert as one syslog message.
 *
 * RFC 3164 as syslog(3) writes it, or RFC 5424.  One line whatever the log
 * holds: the subject, then the last line, controls spelled as message/text.h
 * does; cut at a character.  The program's name in it is SYSLOG_LINE_TAG, by
 * which ctail knows its own words again when they come back in a log.
 */
#ifndef CTAIL_MESSAGE_SYSLOG_LINE_H
#define CTAIL_MESSAGE_SYSLOG_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include "base/buf.h"
#include "base/severity.h"
#include "message/alert.h"

#define SYSLOG_LINE_TAG "ctail-alert"

/* A private name (RFC 5424, 7.2.2); the number is the one that RFC 5612 keeps
 * for who has none. */
#define SYSLOG_LINE_DATA "ctail@32473"

/* The smallest bound: header and structured data always fit. */
#define SYSLOG_LINE_LEAST 1024

enum syslog_form {
	SYSLOG_FORM_LOCAL,	/* RFC 3164 without a host: for a socket of
				 * this machine */
	SYSLOG_FORM_3164,
	SYSLOG_FORM_5424,	/* with structured data */
};

struct syslog_line {
	enum syslog_form form;
	int facility;		/* 0..23 */
	pid_t pid;
	const char *hostname;	/* this machine's */
	size_t max;		/* bytes; at least SYSLOG_LINE_LEAST */
};

/* Neither begins with a length nor ends with anything: framing is the
 * transport's. */
void syslog_line(const struct alert *alert, const struct syslog_line *line,
    struct buf *out);

/* RFC 5424, 6.2.1: 0 is worst. */
int syslog_severity(enum severity severity);

#endif
