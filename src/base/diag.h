/*
 * diag: what a program says about itself, on standard error.
 *
 * One call is one line, "program: text", written with one write(2).  Control
 * bytes in the text (file names are hostile) appear as \xNN.  Where standard
 * error is the systemd journal ($JOURNAL_STREAM), the line starts with the
 * priority that sd-daemon(3) documents.  Secrets never come here.
 */
#ifndef CTAIL_BASE_DIAG_H
#define CTAIL_BASE_DIAG_H

enum diag_level {
	DIAG_ERROR = 3,
	DIAG_WARNING = 4,
	DIAG_NOTICE = 5,
	DIAG_INFO = 6,
};

void diag(enum diag_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
