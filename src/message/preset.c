/*
 * preset: the list of all presets.
 */
#include "config.h"

#include "base/bug.h"
#include "message/preset.h"

static const struct preset *const presets[] = {
    &preset_json,
    &preset_slack,
    &preset_discord,
    &preset_teams,
    &preset_mattermost,
    &preset_googlechat,
    &preset_telegram,
    &preset_pagerduty,
    &preset_ntfy,
    &preset_gotify,
    &preset_pushover,
};

const char *const preset_names[] = {"json", "slack", "discord", "teams",
    "mattermost", "googlechat", "telegram", "pagerduty", "ntfy", "gotify",
    "pushover", NULL};

const char *const preset_value_names[PRESET_VALUES] = {
    [PRESET_TOKEN] = "token",
    [PRESET_ROUTING_KEY] = "routing_key",
    [PRESET_USER_KEY] = "user_key",
    [PRESET_CHAT_ID] = "chat_id",
    [PRESET_TOPIC] = "topic",
};

#define PRESET_COUNT (sizeof(presets) / sizeof(presets[0]))

_Static_assert(
    sizeof(preset_names) / sizeof(preset_names[0]) == PRESET_COUNT + 1,
    "every preset is named");

const struct preset *
preset_at(int index)
{
	if (index < 0 || (size_t)index >= PRESET_COUNT)
		BUG("preset %d", index);
	return presets[index];
}
