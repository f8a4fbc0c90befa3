/*
 * secrets: what was sent in secret, and which of a stranger's words repeat it.
 *
 * A server may quote a request or a login in what it says: as it came, in
 * base64 or with %XX.  Whoever shows such words to anybody asks here first.
 */
#ifndef CTAIL_DELIVER_SECRETS_H
#define CTAIL_DELIVER_SECRETS_H

#include <stdbool.h>
#include <stddef.h>
#include "base/span.h"

#define SECRETS_MAX 48

/* Of a URL what stands behind the host, of a header its value, a password. */
struct secrets {
	struct span parts[SECRETS_MAX];	/* borrowed */
	size_t count;
};

#define SECRETS_INIT {.count = 0}

/* What is said instead of the words. */
#define SECRETS_WITHHELD "(not shown: it repeats a secret)"

void secrets_add(struct secrets *secrets, struct span part);

/* True when the text holds one of them, or a word of one (6 bytes and more,
 * between the signs that part URLs and headers).  secrets may be NULL. */
bool secrets_are_in(const struct secrets *secrets, struct span text);

#endif
