/*
 * smtp_recipients: who of a mail's recipients is done with.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/sha256.h"
#include "deliver/smtp_recipients.h"

static void
smtp_mark(const char *address, char out[SMTP_MARK_MAX])
{
	unsigned char hash[SHA256_SIZE];
	struct sha256 sum;

	sha256_init(&sum);
	sha256_add(&sum, address, strlen(address));
	sha256_final(&sum, hash);
	hex_encode(hash, (SMTP_MARK_MAX - 1) / 2, out);
}

void
smtp_recipients_init(struct smtp_recipients *recipients,
    const char *const *addresses, size_t count)
{
	*recipients = (struct smtp_recipients){
	    .items = xcalloc(count, sizeof(struct smtp_recipient)),
	    .count = count,
	    .asked = xcalloc(count, sizeof(size_t)),
	    .to = xcalloc(count + 1, sizeof(char *)),
	};
	for (size_t i = 0; i < count; i++) {
		recipients->items[i].address = addresses[i];
		smtp_mark(addresses[i], recipients->items[i].mark);
	}
}

void
smtp_recipients_release(struct smtp_recipients *recipients)
{
	free(recipients->items);
	free(recipients->asked);
	free(recipients->to);
	*recipients = (struct smtp_recipients){0};
}

static void
smtp_recipients_mark_done(struct smtp_recipients *recipients, struct span word)
{
	bool refused = word.len > 0 && word.data[word.len - 1] == '!';

	word.len -= refused;
	for (size_t i = 0; i < recipients->count; i++) {
		if (span_is(word, recipients->items[i].mark))
			recipients->items[i].fate =
			    refused ? SMTP_REFUSED : SMTP_TAKEN;
	}
}

static void
smtp_recipients_ask(struct smtp_recipients *recipients)
{
	size_t count = 0;

	for (size_t i = 0; i < recipients->count; i++) {
		if (recipients->items[i].fate != SMTP_OPEN)
			continue;
		recipients->asked[count] = i;
		recipients->to[count++] = recipients->items[i].address;
	}
	recipients->to[count] = NULL;
	recipients->asked_count = count;
}

void
smtp_recipients_load(struct smtp_recipients *recipients, struct span settled)
{
	size_t at = 0;

	for (size_t i = 0; i < recipients->count; i++)
		recipients->items[i].fate = SMTP_OPEN;
	while (at < settled.len) {
		size_t end = at;

		while (end < settled.len && settled.data[end] != ' ')
			end++;
		smtp_recipients_mark_done(
		    recipients, span_of(settled.data + at, end - at));
		at = end + 1;
	}
	smtp_recipients_ask(recipients);
}

struct smtp_recipient *
smtp_recipients_asked(const struct smtp_recipients *recipients, size_t nth)
{
	return &recipients->items[recipients->asked[nth]];
}

size_t
smtp_recipients_count(
    const struct smtp_recipients *recipients, enum smtp_fate fate)
{
	size_t count = 0;

	for (size_t i = 0; i < recipients->count; i++)
		count += recipients->items[i].fate == fate;
	return count;
}

/* Said once for all who share it, when all of them are done. */
static bool
smtp_recipients_may_say(const struct smtp_recipients *recipients, size_t nth)
{
	const struct smtp_recipient *one = &recipients->items[nth];

	for (size_t i = 0; i < recipients->count; i++) {
		const struct smtp_recipient *other = &recipients->items[i];

		if (strcmp(one->mark, other->mark) != 0)
			continue;
		if (other->fate == SMTP_OPEN || i < nth)
			return false;
	}
	return true;
}

void
smtp_recipients_save(
    const struct smtp_recipients *recipients, char out[OUTCOME_SETTLED_MAX])
{
	size_t len = 0;

	for (size_t i = 0; i < recipients->count; i++) {
		const struct smtp_recipient *item = &recipients->items[i];

		if (len + SMTP_MARK_MAX + 2 > OUTCOME_SETTLED_MAX)
			break;
		if (!smtp_recipients_may_say(recipients, i))
			continue;
		if (len > 0)
			out[len++] = ' ';
		memcpy(out + len, item->mark, SMTP_MARK_MAX - 1);
		len += SMTP_MARK_MAX - 1;
		if (item->fate == SMTP_REFUSED)
			out[len++] = '!';
	}
	out[len] = '\0';
}
