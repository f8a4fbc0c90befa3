/*
 * preset: what a web service wants to be told, and how it says yes.
 *
 * A preset is one file with one const entry; preset.c lists them.  What a
 * service calls by its own name (a topic, a chat, a routing key) is a value
 * that the section gives; which of them a preset needs stands in its row.
 * Values may be secrets: a rendered body is never shown to anybody.
 *
 * Pure.  Log text is cut at characters, never inside one, and can give no
 * command of the service's markup (mentions, links, formatting).
 */
#ifndef CTAIL_MESSAGE_PRESET_H
#define CTAIL_MESSAGE_PRESET_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/span.h"
#include "message/alert.h"

enum preset_value {
	PRESET_TOKEN,		/* gotify, pushover, ntfy: the application's */
	PRESET_ROUTING_KEY,	/* pagerduty */
	PRESET_USER_KEY,	/* pushover */
	PRESET_CHAT_ID,		/* telegram */
	PRESET_TOPIC,		/* ntfy */
	PRESET_VALUES,
};

#define PRESET_BIT(value) (1U << (value))

/* The settings' names: "token", ... */
extern const char *const preset_value_names[PRESET_VALUES];

/* Empty spans: not given. */
struct preset_values {
	struct span of[PRESET_VALUES];
};

/* What an answer means beyond its status. */
enum preset_answer {
	PRESET_BY_STATUS,	/* 2xx is yes; the usual table decides else */
	PRESET_TAKEN,
	PRESET_NOT_NOW,		/* worth another attempt */
	PRESET_REFUSED,		/* this alert will never be taken */
	PRESET_MISCONFIGURED,	/* nothing will be taken until a person acts */
};

struct preset {
	const char *name;
	const char *content_type;
	const char *url;	/* default; NULL: the section must give one */
	unsigned needs;		/* PRESET_BITs that must be given */
	unsigned takes;		/* and that may be, beside them */
	const char *token_header;	/* "X-Gotify-Key: "; NULL: the token
					 * goes into the body */
	size_t max_bytes;	/* of a body the service accepts */
	bool keeps_incidents;	/* they stay open until a recovery comes, so
				 * no cap may hold one back */

	/* Where a reply says after how many seconds to come back, as
	 * "retry_after" or "parameters.retry_after"; NULL: nowhere. */
	const char *retry_after;

	/* Writes the body; never longer than max_bytes. */
	void (*render)(const struct alert *alert,
	    const struct preset_values *values, struct buf *out);

	/* NULL: PRESET_BY_STATUS, always.  reply is at most 8 KiB of what a
	 * stranger said. */
	enum preset_answer (*answer)(int status, struct span reply);
};

extern const struct preset preset_json;
extern const struct preset preset_slack;
extern const struct preset preset_discord;
extern const struct preset preset_teams;
extern const struct preset preset_mattermost;
extern const struct preset preset_googlechat;
extern const struct preset preset_telegram;
extern const struct preset preset_pagerduty;
extern const struct preset preset_ntfy;
extern const struct preset preset_gotify;
extern const struct preset preset_pushover;

/* Of the settings, whose choice is an index; names is NULL-terminated, in the
 * same order. */
const struct preset *preset_at(int index);
extern const char *const preset_names[];

#endif
