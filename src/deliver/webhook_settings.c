/*
 * webhook_settings: the [webhook NAME] section.
 *
 * Whatever becomes part of an HTTP header is checked here, byte by byte:
 * libcurl sends header lines as they are.
 */
#include "config.h"

#include <strings.h>

#include "deliver/sink_url.h"
#include "deliver/webhook_settings.h"
#include "message/preset.h"

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
	.type = SETTING_NOT_BUILT,
	.help = "how the body is signed"},
    {.name = "sign_secret",
	.type = SETTING_NOT_BUILT,
	.help = "key of the signature"},
    {.name = "sign_secret_file",
	.type = SETTING_NOT_BUILT,
	.help = "file with the key of the signature"},
    {.name = "label",
	.type = SETTING_NOT_BUILT,
	.help = "labels for Alertmanager and Loki"},
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

	if (sink_url_parse(text, &url, err))
		return err_prefix(err, "url");
	if (sink_url_is(&url, "https"))
		return 0;
	if (!sink_url_is(&url, "http"))
		return err_set(err, "url must begin with https://");
	if (!sink_url_is_local(&url) && !webhook->allow_http)
		return err_set(err,
		    "url would send in clear across the network to %.*s; "
		    "write https://, or consent with allow_http = yes",
		    (int)url.host.len, url.host.data);
	return 0;
}

static int
webhook_check_proxy(const char *text, struct err *err)
{
	static const char *const schemes[] = {
	    "http", "https", "socks5", "socks5h", NULL};
	struct sink_url url;

	if (sink_url_parse(span_str(text), &url, err))
		return err_prefix(err, "proxy");
	for (size_t i = 0; schemes[i]; i++) {
		if (sink_url_is(&url, schemes[i]))
			return 0;
	}
	return err_set(err,
	    "proxy must begin with http://, https://, socks5:// or "
	    "socks5h://");
}

/* Printable ASCII and tabs: what RFC 9110 lets a sender write. */
static bool
webhook_is_header_text(const char *text)
{
	for (; *text; text++) {
		unsigned char byte = (unsigned char)*text;

		if (byte != '\t' && (byte < ' ' || byte >= 0x7f))
			return false;
	}
	return true;
}

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
    {NULL, NULL},
};

static int
webhook_check_header(const char *text, struct err *err)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789!#$%&'*+-.^_`|~");

	if (len == 0 || text[len] != ':' || !text[len + 1])
		return err_set(err, "header must be `Name: value`");
	if (!webhook_is_header_text(text + len))
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
	return 0;
}

static int
webhook_check_headers(const struct webhook_settings *webhook, struct err *err)
{
	if (webhook->header.count > WEBHOOK_HEADERS_MAX)
		return err_set(
		    err, "more than %d header lines", WEBHOOK_HEADERS_MAX);
	for (size_t i = 0; i < webhook->header.count; i++) {
		if (webhook_check_header(webhook->header.items[i].text, err))
			return -1;
	}
	if (webhook->content_type &&
	    (!strchr(webhook->content_type, '/') ||
		!webhook_is_header_text(webhook->content_type)))
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
webhook_check(const void *settings, struct err *err)
{
	const struct webhook_settings *webhook = settings;

	if (secret_check(&webhook->url, "url", err) ||
	    secret_check(&webhook->authorization, "authorization", err))
		return -1;
	if (!secret_is_set(&webhook->url))
		return err_set(err,
		    "no url is given: add url_file (or url_credential, "
		    "url_command, url_env, url)");
	if (webhook->url.text && !secret_is_left_out(&webhook->url) &&
	    webhook_check_url(webhook, span_str(webhook->url.text), err))
		return -1;
	if (webhook_check_headers(webhook, err))
		return -1;
	if (webhook->template && webhook_check_template(webhook, err))
		return -1;
	if (webhook->proxy && webhook_check_proxy(webhook->proxy, err))
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
