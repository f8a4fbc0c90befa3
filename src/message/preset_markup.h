/*
 * preset_markup: log text that must stay text where a service reads markup.
 *
 * What wakes people, makes links or formats is broken or escaped, by one
 * table a service for running text and one for its code blocks and spans.
 */
#ifndef CTAIL_MESSAGE_PRESET_MARKUP_H
#define CTAIL_MESSAGE_PRESET_MARKUP_H

#include <stdbool.h>
#include "base/buf.h"
#include "base/span.h"
#include "message/preset_room.h"

struct preset_markup;

extern const struct preset_markup preset_markup_none;
extern const struct preset_markup preset_markup_slack;
extern const struct preset_markup preset_markup_slack_code;
extern const struct preset_markup preset_markup_discord;
extern const struct preset_markup preset_markup_discord_code;
extern const struct preset_markup preset_markup_mattermost;
extern const struct preset_markup preset_markup_mattermost_code;
extern const struct preset_markup preset_markup_googlechat;
extern const struct preset_markup preset_markup_googlechat_code;
extern const struct preset_markup preset_markup_telegram;
extern const struct preset_markup preset_markup_teams;

/* Appends clean text, or nothing and false when there is no room for it. */
bool preset_markup_add_whole(struct buf *out, struct span text,
    const struct preset_markup *markup, struct preset_room *room);

/* The same with what there is room for, never a part of a character or of
 * what replaces one; false when something is left out. */
bool preset_markup_add(struct buf *out, struct span text,
    const struct preset_markup *markup, struct preset_room *room);

/* Whether a reader sees, and copies, the text itself. */
bool preset_markup_keeps(struct span text, const struct preset_markup *markup);

#endif
