/*
 * smtp_dialogue: what a mail server's replies say, and to what.
 *
 * libcurl sends no command before the last one was answered, so a reply is
 * about the command before it.
 */
#include "config.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "base/mem.h"
#include "deliver/smtp_dialogue.h"

void
smtp_dialogue_init(
    struct smtp_dialogue *dialogue, size_t recipients, bool must_login)
{
	*dialogue = (struct smtp_dialogue){
	    .must_login = must_login,
	    .recipient_count = recipients,
	    .recipients = xcalloc(recipients, sizeof(struct smtp_reply)),
	};
}

void
smtp_dialogue_release(struct smtp_dialogue *dialogue)
{
	free(dialogue->recipients);
	dialogue->recipients = NULL;
}

void
smtp_dialogue_begin(struct smtp_dialogue *dialogue)
{
	dialogue->stage = SMTP_STAGE_GREETING;
	dialogue->is_new = false;
	dialogue->quitting = false;
	dialogue->replies = 0;
	dialogue->last = (struct smtp_reply){0};
	dialogue->recipients_named = 0;
	for (size_t i = 0; i < dialogue->recipient_count; i++)
		dialogue->recipients[i] = (struct smtp_reply){0};
}

static bool
smtp_is_verb(struct span command, const char *verb)
{
	size_t len = strlen(verb);

	return command.len > len && !memcmp(command.data, verb, len) &&
	       (command.data[len] == ' ' || command.data[len] == '\r');
}

void
smtp_dialogue_command(struct smtp_dialogue *dialogue, struct span command)
{
	/* An old connection may be left while a new one is used. */
	dialogue->quitting = smtp_is_verb(command, "QUIT");
	if (smtp_is_verb(command, "EHLO") || smtp_is_verb(command, "HELO")) {
		dialogue->is_new = true;
		dialogue->logged_in = false;
	} else if (smtp_is_verb(command, "MAIL")) {
		dialogue->stage = SMTP_STAGE_SENDER;
	} else if (smtp_is_verb(command, "RCPT")) {
		dialogue->stage = SMTP_STAGE_RECIPIENTS;
		dialogue->recipients_named++;
	} else if (smtp_is_verb(command, "DATA")) {
		dialogue->stage = SMTP_STAGE_DATA;
	}
}

/* "250 text" and "250" end a reply; "250-text" does not, and "250text" is
 * passed over, as libcurl does; 0 then. */
static int
smtp_line_code(struct span line)
{
	if (line.len < 3)
		return 0;
	for (int i = 0; i < 3; i++) {
		if (!ascii_is_digit(line.data[i]))
			return 0;
	}
	if (line.len > 3 && !ascii_is_space(line.data[3]))
		return 0;
	return (line.data[0] - '0') * 100 + (line.data[1] - '0') * 10 +
	       (line.data[2] - '0');
}

static void
smtp_reply_set(struct smtp_reply *reply, int code, struct span line,
    const struct secrets *secrets)
{
	size_t len;

	if (secrets_are_in(secrets, line))
		line = span_str("000 " SECRETS_WITHHELD);
	len = line.len - 3;
	if (len > SMTP_REPLY_TEXT_MAX - 1)
		len = SMTP_REPLY_TEXT_MAX - 1;
	memcpy(reply->text, line.data + 3, len);
	while (len > 0 && ascii_is_space(reply->text[len - 1]))
		len--;
	reply->text[len] = '\0';
	reply->code = code;
}

static void
smtp_dialogue_keep(struct smtp_dialogue *dialogue, int code, struct span line)
{
	size_t named = dialogue->recipients_named;

	smtp_reply_set(&dialogue->last, code, line, dialogue->secrets);
	if (dialogue->stage == SMTP_STAGE_RECIPIENTS && named > 0 &&
	    named <= dialogue->recipient_count)
		dialogue->recipients[named - 1] = dialogue->last;
}

bool
smtp_dialogue_line(struct smtp_dialogue *dialogue, struct span line)
{
	int code = smtp_line_code(line);

	if (!code)
		return true;
	if (dialogue->quitting && code != 220)
		return true;
	if (dialogue->stage == SMTP_STAGE_GREETING && dialogue->replies == 0)
		dialogue->is_new = true;
	dialogue->quitting = false;
	dialogue->replies++;
	smtp_dialogue_keep(dialogue, code, line);
	if (code == 235 && dialogue->stage == SMTP_STAGE_GREETING)
		dialogue->logged_in = true;
	if (code != 354 || dialogue->stage != SMTP_STAGE_DATA)
		return true;
	dialogue->stage = SMTP_STAGE_MESSAGE;
	return !dialogue->must_login || dialogue->logged_in;
}
