/*
 * webhook_settings: the [webhook NAME] section.
 */
#ifndef CTAIL_DELIVER_WEBHOOK_SETTINGS_H
#define CTAIL_DELIVER_WEBHOOK_SETTINGS_H

#include "deliver/secret.h"
#include "deliver/sink_kind.h"
#include "deliver/sink_settings.h"
#include "deliver/tls_settings.h"
#include "deliver/webhook_sign.h"
#include "message/preset.h"
#include "message/template.h"

#define WEBHOOK_HEADERS_MAX 32

struct webhook_settings {
	struct sink_settings sink;
	int preset;			/* index for preset_at */
	struct secret_settings url;
	struct secret_settings authorization;
	struct secret_settings token, routing_key, user_key;
	char *chat_id;
	char *topic;
	bool allow_http;
	struct setting_list header;
	char *template;
	char *content_type;
	char *proxy;
	int sign;			/* enum webhook_sign */
	struct secret_settings sign_secret;
	struct tls_settings trust;
};

/* How the template is escaped, by content_type. */
enum template_form webhook_template_form(
    const struct webhook_settings *webhook);

/* The URL itself may be known only at run time: https://, or http:// where
 * that is fine. */
int webhook_check_url(const struct webhook_settings *webhook,
    struct span text, struct err *err);

/* Where a preset's value is given: the sources of a secret, or the text
 * itself (NULL: not given). */
const struct secret_settings *webhook_value_secret(
    const struct webhook_settings *webhook, enum preset_value value);
const char *webhook_value_text(
    const struct webhook_settings *webhook, enum preset_value value);

#endif
