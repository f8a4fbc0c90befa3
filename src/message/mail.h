/*
 * mail: an alert as a mail message (RFC 5322, MIME).
 *
 * Plain text and HTML that say the same (multipart/alternative).  7-bit clean
 * whatever the log holds: header text as RFC 2047 B-words split at characters
 * (also for ASCII text that contains "=?"), each part as quoted-printable, or
 * base64 when more than a sixth of it is not ASCII.  No line of a mail is
 * longer than 78 bytes (but with an address or a host's name in it), none
 * begins with "From ", perhaps behind some '>', and none is a lone dot.  No
 * log text can reach another header.
 *
 * Message-ID is made from the alert's id and is the same for every attempt;
 * References is the incident, so that a mail program threads what belongs
 * together (In-Reply-To would name a message that there never was).
 */
#ifndef CTAIL_MESSAGE_MAIL_H
#define CTAIL_MESSAGE_MAIL_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "message/alert.h"

/* The largest part before it is encoded, and the largest mail but for the
 * names of its recipients.  Records that do not fit are left out and
 * counted: of the lines the oldest, of the others the farthest. */
#define MAIL_PART_BYTES ((size_t)128 * 1024)
#define MAIL_BYTES ((size_t)1024 * 1024)

/* The same of a mail with a report (ALERT_REPORT), of which nothing is left
 * out; as HTML only while that stays below MAIL_PART_BYTES, else as plain
 * text alone. */
#define MAIL_REPORT_BYTES ((size_t)2 * 1024 * 1024 + MAIL_PART_BYTES)
#define MAIL_REPORT_MAIL_BYTES (4 * MAIL_REPORT_BYTES)

enum mail_newline { MAIL_CRLF, MAIL_LF };

struct mail_envelope {
	const char *from;		/* it passed mail_address */
	const char *const *to;
	size_t to_count;
	int64_t date_ms;		/* of the alert, not of the attempt */
};

void mail_render(const struct alert *alert,
    const struct mail_envelope *envelope, enum mail_newline newline,
    struct buf *out);

/* The plain part alone: what was seen, where, how often, what rule; as UTF-8
 * text with '\n'.  Shown by --dry-run and ctailctl too. */
void mail_body(const struct alert *alert, struct buf *out);

/* An address we are willing to put into an envelope: printable ASCII, one @,
 * no blank, comma, angle bracket, quote or control byte, and no leading
 * dash; a local name without @ is fine where `local` says so. */
enum mail_address_form { MAIL_ADDRESS_FULL, MAIL_ADDRESS_LOCAL };
int mail_address(struct span text, enum mail_address_form form,
    struct err *err);

/* One header value, encoded and folded at 76 columns; column is where it
 * starts. */
void mail_header_text(struct buf *out, struct span text, size_t column,
    enum mail_newline newline);

#endif
