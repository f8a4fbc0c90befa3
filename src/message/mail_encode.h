/*
 * mail_encode: bytes in the alphabets that mail can carry (RFC 2045).
 */
#ifndef CTAIL_MESSAGE_MAIL_ENCODE_H
#define CTAIL_MESSAGE_MAIL_ENCODE_H

#include "base/buf.h"
#include "base/span.h"
#include "message/mail.h"

/* The end of a line. */
void mail_newline_add(struct buf *out, enum mail_newline newline);

/* A body in lines of 76 columns, ended by a newline; in text '\n' ends a
 * line, which the receiver gets as CRLF. */
void mail_body_base64(struct buf *out, struct span text,
    enum mail_newline newline);
void mail_body_quoted(struct buf *out, struct span text,
    enum mail_newline newline);

#endif
