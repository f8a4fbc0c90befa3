/*
 * base64: RFC 4648, section 4: the standard alphabet, with padding.
 */
#ifndef CTAIL_BASE_BASE64_H
#define CTAIL_BASE_BASE64_H

#include "base/buf.h"
#include "base/span.h"

void base64_encode(struct buf *out, struct span bytes);

/* -1 when the text is anything but whole, padded base64; then nothing was
 * appended. */
int base64_decode(struct buf *out, struct span text);

#endif
