/*
 * webhook_settings: the [webhook NAME] section.
 *
 * Whatever becomes part of an HTTP header is checked here, byte by byte:
 * libcurl sends header lines as they are.  What a preset needs and takes stands
 * in its own row.
 */
#include "config.h"

#include <strings.h>

#include "base/utf8.h"
#include "deliver/http_settings.h"
#include "deliver/webhook_settings.h"

#define VALUE_BYTES 255

static const struct setting webhook_rows[] = {
    SINK_SETTING_ROWS(SINK_STORM_PEOPLE),
    {.name = "preset",
	.type = SETTING_CHOICE,
	.offset = offsetof(struct webhook_settings, preset),
	.choices = preset_names,
	.fallback = "json",
	.help = "the service's form of message"},
    SECRET_SETTING_ROWS("url", struct webhook_settings, url, SETTING_URL),
    SECRET_SETTING_ROWS(
	"authorization", struct webhook_settings, authorization, 0),
    SECRET_SETTING_ROWS("token", struct webhook_settings, token, 0),
    SECRET_SETTING_ROWS("routing_key", struct webhook_settings, routing_key, 0),
    SECRET_SETTING_ROWS("user_key", struct webhook_settings, user_key, 0),
    {.name = "chat_id",
	.type = SETTING_TEXT,
	.offset = offsetof(struct webhook_settings, chat_id),
	.help = "chat, group or channel that the message goes to"},
    {.name = "topic",
	.type = SETTING_TEXT,
	.offset = offsetof(struct webhook_settings, topic),
	.help = "topic that the message goes to"},
    {.name = "allow_http",
	.type = SETTING_BOOL,
	.offset = offsetof(struct webhook_settings, allow_http),
	.fallback = "no",
	.help = "consent to http:// across a network"},
    {.name = "header",
	.type = SETTING_LINES,
	.flags = SETTING_PRIVATE,
	.offset = offsetof(struct webhook_settings, header),
	.help = "further request headers, `Name: value`"},
    {.name = "template",
	.type = SETTING_TEXT,
	.flags = SETTING_MULTILINE,
	.offset = offsetof(struct webhook_settings, template),
	.help = "body to send instead of the preset's, with ${variables}"},
    {.name = "content_type",
	.type = SETTING_TEXT,
	.offset = offsetof(struct webhook_settings, content_type),
	.help = "content type of the body; default: the preset's"},
    {.name = "proxy",
	.type = SETTING_TEXT,
	.offset = offsetof(struct webhook_settings, proxy),
	.help = "http://HOST:PORT or socks5h://HOST:PORT to send through"},
    TLS_SETTING_ROWS(struct webhook_settings, trust),
    {.name = "sign",
	.type = SETTING_CHOICE,
	.offset = offsetof(struct webhook_settings, sign),
	.choices = webhook_sign_names,
	.fallback = "none",
	.help = "how the body is signed"},
    SECRET_SETTING_ROWS("sign_secret", struct webhook_settings, sign_secret, 0),
};

enum template_form
webhook_template_form(const struct webhook_settings *webhook)
{
	return !webhook->content_type || strstr(webhook->content_type, "json")
		   ? TEMPLATE_JSON
		   : TEMPLATE_TEXT;
}

int
webhook_check_url(
    const struct webhook_settings *webhook, struct span text, struct err *err)
{
	struct sink_url url;

	if (http_check_url(text, &url, err))
		return -1;
	return webhook->allow_http ? 0 : http_check_clear(&url, err);
}

/* --- What presets call by names of their own -------------------------------*/

/* One of the two offsets; 0 is where no value can stand. */
static const struct webhook_value {
	size_t secret;
	size_t text;
} webhook_values[PRESET_VALUES] = {
    [PRESET_TOKEN] = {offsetof(struct webhook_settings, token), 0},
    [PRESET_ROUTING_KEY] = {offsetof(struct webhook_settings, routing_key), 0},
    [PRESET_USER_KEY] = {offsetof(struct webhook_settings, user_key), 0},
    [PRESET_CHAT_ID] = {0, offsetof(struct webhook_settings, chat_id)},
    [PRESET_TOPIC] = {0, offsetof(struct webhook_settings, topic)},
};

const struct secret_settings *
webhook_value_secret(
    const struct webhook_settings *webhook, enum preset_value value)
{
	size_t offset = webhook_values[value].secret;

	return offset ? (const void *)((const char *)webhook + offset) : NULL;
}

const char *
webhook_value_text(
    const struct webhook_settings *webhook, enum preset_value value)
{
	size_t offset = webhook_values[value].text;

	return offset ? *(char *const *)((const char *)webhook + offset) : NULL;
}

static bool
webhook_value_is_set(
    const struct webhook_settings *webhook, enum preset_value value)
{
	const struct secret_settings *secret =
	    webhook_value_secret(webhook, value);

	return secret ? secret_is_set(secret)
		      : webhook_value_text(webhook, value) != NULL;
}

/* The key as it is written: the line of it is where the mistake is. */
static const char *
webhook_value_suffix(
    const struct webhook_settings *webhook, enum preset_value value)
{
	const struct secret_settings *secret =
	    webhook_value_secret(webhook, value);

	return !secret		    ? ""
	       : secret->file	    ? "_file"
	       : secret->credential ? "_credential"
	       : secret->command    ? "_command"
	       : secret->env	    ? "_env"
				    : "";
}

/* "gotify, ntfy, pushover" */
static void
webhook_takers(unsigned bit, struct buf *out)
{
	for (int i = 0; preset_names[i]; i++) {
		const struct preset *preset = preset_at(i);

		if ((preset->needs | preset->takes) & bit)
			buf_addf(
			    out, "%s%s", out->len ? ", " : "", preset->name);
	}
}

static int
webhook_not_taken(const struct webhook_settings *webhook,
    const struct preset *preset, enum preset_value value, struct err *err)
{
	struct buf takers = BUF_INIT;

	webhook_takers(PRESET_BIT(value), &takers);
	err_set(err, "%s%s is nothing that preset %s takes%s%s%s",
	    preset_value_names[value], webhook_value_suffix(webhook, value),
	    preset->name, takers.len ? " (" : "", buf_str(&takers),
	    takers.len ? " would)" : "");
	buf_release(&takers);
	return -1;
}

static int
webhook_missing(const struct webhook_settings *webhook,
    const struct preset *preset, enum preset_value value, struct err *err)
{
	const char *name = preset_value_names[value];

	if (webhook_value_secret(webhook, value))
		return err_set(err,
		    "preset %s needs %s: add %s_file (or %s_credential, "
		    "%s_command, %s_env, %s)",
		    preset->name, name, name, name, name, name, name);
	return err_set(
	    err, "preset %s needs %s: add %s = ...", preset->name, name, name);
}

static int
webhook_check_text(const char *name, const char *text, struct err *err)
{
	struct span rest = span_str(text);

	if (rest.len == 0 || rest.len > VALUE_BYTES || !utf8_valid(rest))
		return err_set(err, "%s must be 1 to %d bytes of UTF-8", name,
		    VALUE_BYTES);
	while (rest.len > 0) {
		uint32_t point;
		size_t used = utf8_decode(rest, &point);

		if (utf8_is_control(point))
			return err_set(
			    err, "%s holds a control character", name);
		rest = span_of(rest.data + used, rest.len - used);
	}
	return 0;
}

/* A template of one's own says itself what stands in the body; what goes into
 * a header is needed with it too. */
static unsigned
webhook_needs(
    const struct webhook_settings *webhook, const struct preset *preset)
{
	if (!webhook->template)
		return preset->needs;
	return preset->token_header ? preset->needs & PRESET_BIT(PRESET_TOKEN)
				    : 0;
}

static int
webhook_check_value(const struct webhook_settings *webhook,
    const struct preset *preset, enum preset_value value, struct err *err)
{
	const struct secret_settings *secret =
	    webhook_value_secret(webhook, value);
	const char *text = webhook_value_text(webhook, value);
	const char *name = preset_value_names[value];
	unsigned bit = PRESET_BIT(value);

	if (!webhook_value_is_set(webhook, value))
		return webhook_needs(webhook, preset) & bit
			   ? webhook_missing(webhook, preset, value, err)
			   : 0;
	if (!((preset->needs | preset->takes) & bit))
		return webhook_not_taken(webhook, preset, value, err);
	return secret ? secret_check(secret, name, err)
		      : webhook_check_text(name, text, err);
}

static int
webhook_check_values(const struct webhook_settings *webhook, struct err *err)
{
	const struct preset *preset = preset_at(webhook->preset);

	for (int value = 0; value < PRESET_VALUES; value++) {
		if (webhook_check_value(
			webhook, preset, (enum preset_value)value, err))
			return -1;
	}
	return 0;
}

/* --- Headers -------------------------------------------------------------- */

static const struct webhook_reserved {
	const char *name;
	const char *remedy;
} webhook_reserved[] = {
    {"Host", "it follows from url"},
    {"Content-Length", "it follows from the body"},
    {"Transfer-Encoding", "it follows from the body"},
    {"Connection", "it belongs to the transfer"},
    {"Expect", "it belongs to the transfer"},
    {"Content-Type", "use content_type"},
    {"Authorization", "use authorization_file, so that it stays secret"},
    {"Proxy-Authorization", "proxies that ask for a password are not "
			    "supported"},
    {"webhook-id", "it is the alert's id"},
    {"Idempotency-Key", "it is the alert's id"},
    {"webhook-timestamp", "use sign = standard-webhooks"},
    {"webhook-signature", "use sign = standard-webhooks"},
    {"X-Hub-Signature", "use sign = github"},
    {"X-Hub-Signature-256", "use sign = github"},
    {NULL, NULL},
};

/* What the preset's token goes into. */
static bool
webhook_is_token_header(
    const struct webhook_settings *webhook, struct span name)
{
	const char *line = preset_at(webhook->preset)->token_header;

	return line && strcspn(line, ":") == name.len &&
	       !strncasecmp(line, name.data, name.len);
}

static int
webhook_check_header(
    const struct webhook_settings *webhook, const char *text, struct err *err)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789!#$%&'*+-.^_`|~");

	if (len == 0 || text[len] != ':' || !text[len + 1])
		return err_set(err,
		    "header must be a `Name: value', as X-Env: prod");
	if (!http_is_header_text(text + len))
		return err_set(err,
		    "header %.*s: the value may hold printable ASCII only",
		    (int)len, text);
	for (size_t i = 0; webhook_reserved[i].name; i++) {
		if (strlen(webhook_reserved[i].name) == len &&
		    !strncasecmp(text, webhook_reserved[i].name, len))
			return err_set(err, "header %s cannot be set: %s",
			    webhook_reserved[i].name,
			    webhook_reserved[i].remedy);
	}
	if (webhook_is_token_header(webhook, span_of(text, len)))
		return err_set(err,
		    "header %.*s cannot be set: use token_file, so that it "
		    "stays secret",
		    (int)len, text);
	return 0;
}

static int
webhook_check_headers(const struct webhook_settings *webhook, struct err *err)
{
	if (webhook->header.count > WEBHOOK_HEADERS_MAX)
		return err_set(
		    err, "header: more than %d lines", WEBHOOK_HEADERS_MAX);
	for (size_t i = 0; i < webhook->header.count; i++) {
		if (webhook_check_header(
			webhook, webhook->header.items[i].text, err))
			return -1;
	}
	if (webhook->content_type &&
	    (!strchr(webhook->content_type, '/') ||
		!http_is_header_text(webhook->content_type)))
		return err_set(err,
		    "content_type must be a type such as application/json");
	return 0;
}

static int
webhook_check_template(const struct webhook_settings *webhook, struct err *err)
{
	struct template *template = template_new(
	    webhook->template, webhook_template_form(webhook), err);

	if (!template)
		return err_prefix(err, "template");
	template_free(template);
	return 0;
}

static int
webhook_check_address(const struct webhook_settings *webhook, struct err *err)
{
	const struct secret_settings *url = &webhook->url;

	if (secret_check(url, "url", err) ||
	    secret_check(&webhook->authorization, "authorization", err))
		return -1;
	if (!secret_is_set(url) && !preset_at(webhook->preset)->url)
		return err_set(err,
		    "no url is given: add url_file (or url_credential, "
		    "url_command, url_env, url)");
	if (url->text && !secret_is_left_out(url) &&
	    webhook_check_url(webhook, span_str(url->text), err))
		return -1;
	if (secret_is_set(&webhook->authorization) &&
	    secret_is_set(&webhook->token) &&
	    webhook_is_token_header(webhook, span_str("Authorization")))
		return err_set(err,
		    "authorization and token would be the same header: keep "
		    "one of them");
	return http_check_proxy(webhook->proxy, err);
}

static int
webhook_check_sign(const struct webhook_settings *webhook, struct err *err)
{
	const struct secret_settings *secret = &webhook->sign_secret;

	if (secret_check(secret, "sign_secret", err))
		return -1;
	if (webhook->sign == WEBHOOK_SIGN_NONE)
		return secret_is_set(secret)
			   ? err_set(err,
				 "sign says how the secret is used: add sign = "
				 "standard-webhooks, or sign = github")
			   : 0;
	if (!secret_is_set(secret))
		return err_set(err,
		    "sign needs a secret: add sign_secret_file (or "
		    "sign_secret_credential, sign_secret_command, "
		    "sign_secret_env)");
	if (!secret->text || secret_is_left_out(secret))
		return 0;
	return webhook_sign_check(
	    (enum webhook_sign)webhook->sign, span_str(secret->text), err);
}

static int
webhook_check(const void *settings, struct err *err)
{
	const struct webhook_settings *webhook = settings;

	if (webhook_check_address(webhook, err) ||
	    webhook_check_values(webhook, err) ||
	    webhook_check_headers(webhook, err))
		return -1;
	if (webhook->template && webhook_check_template(webhook, err))
		return -1;
	if (webhook_check_sign(webhook, err))
		return -1;
	return tls_settings_check(&webhook->trust, err);
}

const struct setting_table webhook_setting_table = {
    .section = "webhook",
    .rows = webhook_rows,
    .count = sizeof(webhook_rows) / sizeof(webhook_rows[0]),
    .size = sizeof(struct webhook_settings),
    .named = true,
    .check = webhook_check,
};
