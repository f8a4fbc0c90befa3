/*
 * mail_mbox: an alert as one message of a mailbox file.
 */
#ifndef CTAIL_MESSAGE_MAIL_MBOX_H
#define CTAIL_MESSAGE_MAIL_MBOX_H

#include "base/buf.h"
#include "message/alert.h"
#include "message/mail.h"

/* Appends "From SENDER DATE", the mail with LF, and a blank line.  SENDER is
 * the envelope's from, and holds no blank (mail_address). */
void mail_mbox(const struct alert *alert,
    const struct mail_envelope *envelope, struct buf *out);

#endif
