/*
 * smtp_dialogue: what a mail server's replies say, line by line.
 *
 * Recipients are found by counting: libcurl sends no command before the last
 * one was answered, so the replies just before 354 are the recipients', in
 * their order; without a 354 they are, if all of them say no, the last.
 */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/mem.h"
#include "deliver/smtp_dialogue.h"

void
smtp_dialogue_init(
    struct smtp_dialogue *dialogue, size_t recipients, bool must_login)
{
	*dialogue = (struct smtp_dialogue){
	    .must_login = must_login,
	    .recipients = recipients,
	    .recent = xcalloc(recipients, sizeof(int)),
	};
}

void
smtp_dialogue_release(struct smtp_dialogue *dialogue)
{
	free(dialogue->recent);
	dialogue->recent = NULL;
}

void
smtp_dialogue_begin(struct smtp_dialogue *dialogue)
{
	dialogue->stage = SMTP_STAGE_GREETING;
	dialogue->is_new = false;
	dialogue->replies = 0;
	dialogue->code = 0;
	dialogue->text[0] = '\0';
	memset(dialogue->recent, 0, dialogue->recipients * sizeof(int));
}

/* "250 text" and "250" end a reply, "250-text" does not; 0 then. */
static int
smtp_line_code(struct span line)
{
	if (line.len < 3)
		return 0;
	for (int i = 0; i < 3; i++) {
		if (!isdigit((unsigned char)line.data[i]))
			return 0;
	}
	if (line.len > 3 && line.data[3] == '-')
		return 0;
	return (line.data[0] - '0') * 100 + (line.data[1] - '0') * 10 +
	       (line.data[2] - '0');
}

static void
smtp_dialogue_keep_text(struct smtp_dialogue *dialogue, struct span line)
{
	size_t len = line.len - 3;

	if (len > SMTP_REPLY_TEXT_MAX - 1)
		len = SMTP_REPLY_TEXT_MAX - 1;
	memcpy(dialogue->text, line.data + 3, len);
	dialogue->text[len] = '\0';
}

static void
smtp_dialogue_move(struct smtp_dialogue *dialogue, int code)
{
	/* Only a greeting can be the first reply and say 220; a connection
	 * that is used again answers MAIL with 250. */
	if (dialogue->stage == SMTP_STAGE_GREETING && code == 220) {
		dialogue->is_new = true;
		dialogue->logged_in = false;
	}
	if (code == 235)
		dialogue->logged_in = true;
	if (code == 354)
		dialogue->stage = SMTP_STAGE_DATA;
	else if (dialogue->stage == SMTP_STAGE_GREETING && code < 400)
		dialogue->stage = SMTP_STAGE_ENVELOPE;
}

bool
smtp_dialogue_line(struct smtp_dialogue *dialogue, struct span line)
{
	bool in_envelope = dialogue->stage != SMTP_STAGE_DATA;
	int code = smtp_line_code(line);

	/* 221 answers the QUIT with which libcurl leaves after a refusal. */
	if (!code || code == 221)
		return true;
	dialogue->code = code;
	smtp_dialogue_keep_text(dialogue, line);
	smtp_dialogue_move(dialogue, code);
	if (in_envelope && code != 354 && dialogue->recipients > 0)
		dialogue->recent[dialogue->replies % dialogue->recipients] =
		    code;
	dialogue->replies++;
	return code != 354 || !dialogue->must_login || dialogue->logged_in;
}

struct smtp_refused
smtp_dialogue_refused(const struct smtp_dialogue *dialogue)
{
	struct smtp_refused refused = {0, 0};

	for (size_t i = 0; i < dialogue->recipients; i++) {
		refused.for_now += dialogue->recent[i] / 100 == 4;
		refused.for_good += dialogue->recent[i] / 100 == 5;
	}
	return refused;
}
