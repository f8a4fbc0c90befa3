/*
 * smtp_recipients: who of a mail's recipients is done with.
 *
 * Several recipients of one alert have an outcome each: a server takes it for
 * one, refuses another for good and a third for now.  Those who are done are
 * kept between attempts as 8 hexadecimal digits of a hash of their address,
 * separated by blanks, with a `!' behind who was refused: a reload that turns
 * the list round changes nothing.  Addresses that happen to share their
 * digits are done when all of them are.
 */
#ifndef CTAIL_DELIVER_SMTP_RECIPIENTS_H
#define CTAIL_DELIVER_SMTP_RECIPIENTS_H

#include <stddef.h>
#include "base/buf.h"
#include "deliver/outcome.h"

enum smtp_fate { SMTP_OPEN, SMTP_TAKEN, SMTP_REFUSED };

#define SMTP_MARK_MAX 9

struct smtp_recipient {
	const char *address;		/* borrowed */
	char mark[SMTP_MARK_MAX];
	enum smtp_fate fate;
};

struct smtp_recipients {
	struct smtp_recipient *items;
	size_t count;
	size_t *asked;			/* whom this attempt addresses */
	size_t asked_count;
	const char **to;		/* their addresses, NULL-terminated */
};

/* addresses are borrowed. */
void smtp_recipients_init(struct smtp_recipients *recipients,
    const char *const *addresses, size_t count);
void smtp_recipients_release(struct smtp_recipients *recipients);

/* Before an attempt: who is done, as smtp_recipients_save said, and who is to
 * be addressed.  What is unknown there belongs to nobody. */
void smtp_recipients_load(
    struct smtp_recipients *recipients, struct span settled);

/* The nth of those addressed. */
struct smtp_recipient *smtp_recipients_asked(
    const struct smtp_recipients *recipients, size_t nth);

size_t smtp_recipients_count(
    const struct smtp_recipients *recipients, enum smtp_fate fate);

void smtp_recipients_save(const struct smtp_recipients *recipients,
    char out[OUTCOME_SETTLED_MAX]);

#endif
