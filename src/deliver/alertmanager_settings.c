/*
 * alertmanager_settings: the [alertmanager NAME] section.
 *
 * Labels are an alert's identity in every node of the cluster: those that
 * ctail itself sets cannot be set here, and what Alertmanager would refuse or
 * alter is refused before anything is sent.
 */
#include "config.h"

#include <string.h>

#include "base/utf8.h"
#include "deliver/alertmanager_settings.h"
#include "deliver/http_settings.h"
#include "message/alertmanager_json.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"

static const struct setting alertmanager_rows[] = {
    SINK_SETTING_ROWS(SINK_STORM_PROGRAMS),
    {.name = "url",
	.type = SETTING_WORDS,
	.flags = SETTING_REQUIRED | SETTING_URL,
	.offset = offsetof(struct alertmanager_settings, url),
	.help = "every node of the cluster, as https://HOST:9093"},
    {.name = "label",
	.type = SETTING_WORDS,
	.offset = offsetof(struct alertmanager_settings, label),
	.help = "further labels, NAME=VALUE"},
    {.name = "resolve_after",
	.type = SETTING_DURATION,
	.offset = offsetof(struct alertmanager_settings, resolve_after),
	.fallback = "15m",
	.min = 60000,
	.max = 7LL * 86400000,
	.help = "an alert is over when nothing has matched for this long"},
    SECRET_SETTING_ROWS(
	"authorization", struct alertmanager_settings, authorization, 0),
    {.name = "allow_http",
	.type = SETTING_BOOL,
	.offset = offsetof(struct alertmanager_settings, allow_http),
	.fallback = "no",
	.help = "consent to an authorization over http:// across a network"},
    {.name = "proxy",
	.type = SETTING_TEXT,
	.offset = offsetof(struct alertmanager_settings, proxy),
	.help = "http://HOST:PORT or socks5h://HOST:PORT to send through"},
    TLS_SETTING_ROWS(struct alertmanager_settings, trust),
};

static int
alertmanager_check_node(const struct alertmanager_settings *alertmanager,
    const char *text, struct err *err)
{
	struct sink_url url;

	if (http_check_url(span_str(text), &url, err))
		return -1;
	if (strpbrk(text, "?#"))
		return err_set(err,
		    "url: a node's address ends after its port, or after the "
		    "path that its web.route-prefix gives it");
	if (strstr(text, "/api/v"))
		return err_set(err,
		    "url: leave out /api/...; where alerts go there is known");
	if (!secret_is_set(&alertmanager->authorization) ||
	    alertmanager->allow_http)
		return 0;
	return http_check_clear(&url, err);
}

static int
alertmanager_check_nodes(
    const struct alertmanager_settings *alertmanager, struct err *err)
{
	const struct setting_list *nodes = &alertmanager->url;

	if (nodes->count > ALERTMANAGER_NODES_MAX)
		return err_set(err, "url names more than %d nodes",
		    ALERTMANAGER_NODES_MAX);
	for (size_t i = 0; i < nodes->count; i++) {
		if (alertmanager_check_node(
			alertmanager, nodes->items[i].text, err))
			return -1;
		for (size_t j = 0; j < i; j++) {
			if (!strcmp(nodes->items[i].text, nodes->items[j].text))
				return err_set(err,
				    "url names node %zu a second time; "
				    "remove it",
				    j + 1);
		}
	}
	return 0;
}

static bool
alertmanager_is_text(struct span text)
{
	while (text.len > 0) {
		uint32_t point;
		size_t used = utf8_decode(text, &point);

		if (utf8_is_control(point))
			return false;
		text = span_of(text.data + used, text.len - used);
	}
	return true;
}

static int
alertmanager_check_label(const char *label, struct err *err)
{
	size_t len = strspn(label, LETTERS "0123456789");
	struct span name = span_of(label, len);
	struct span value = span_str(label[len] ? label + len + 1 : "");

	if (len == 0 || label[len] != '=' || strspn(label, LETTERS) == 0)
		return err_set(err,
		    "label must be NAME=VALUE, the name of letters, digits "
		    "and _, not beginning with a digit (`%.*s' is not)",
		    span_shown(span_str(label)), label);
	if (value.len == 0)
		return err_set(err,
		    "label %.*s has no value, which to Alertmanager is no "
		    "label at all",
		    (int)len, label);
	if (alertmanager_label_is_ours(name))
		return err_set(err,
		    "label %.*s cannot be set: ctail says by it what the alert "
		    "is about",
		    (int)len, label);
	if (!strncmp(label, "__", 2))
		return err_set(err,
		    "label %.*s: names that begin with __ belong to Prometheus",
		    (int)len, label);
	if (!utf8_valid(value) || !alertmanager_is_text(value))
		return err_set(err,
		    "label %.*s: the value must be UTF-8 without control "
		    "characters",
		    (int)len, label);
	return 0;
}

/* As long as both names, or up to the sign. */
static bool
alertmanager_is_same_label(const char *a, const char *b)
{
	size_t len = strcspn(a, "=");

	return len == strcspn(b, "=") && !strncmp(a, b, len);
}

static int
alertmanager_check_labels(const struct setting_list *labels, struct err *err)
{
	if (labels->count > ALERTMANAGER_LABELS_MAX)
		return err_set(
		    err, "label: more than %d labels", ALERTMANAGER_LABELS_MAX);
	for (size_t i = 0; i < labels->count; i++) {
		const char *label = labels->items[i].text;

		if (alertmanager_check_label(label, err))
			return -1;
		for (size_t j = 0; j < i; j++) {
			if (alertmanager_is_same_label(
				label, labels->items[j].text))
				return err_set(err,
				    "label %.*s is given a second time",
				    (int)strcspn(label, "="), label);
		}
	}
	return 0;
}

static int
alertmanager_check(const void *settings, struct err *err)
{
	const struct alertmanager_settings *alertmanager = settings;

	if (secret_check(&alertmanager->authorization, "authorization", err) ||
	    alertmanager_check_nodes(alertmanager, err) ||
	    alertmanager_check_labels(&alertmanager->label, err) ||
	    http_check_proxy(alertmanager->proxy, err))
		return -1;
	return tls_settings_check(&alertmanager->trust, err);
}

const struct setting_table alertmanager_setting_table = {
    .section = "alertmanager",
    .rows = alertmanager_rows,
    .count = sizeof(alertmanager_rows) / sizeof(alertmanager_rows[0]),
    .size = sizeof(struct alertmanager_settings),
    .named = true,
    .check = alertmanager_check,
};
