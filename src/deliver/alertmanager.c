/*
 * alertmanager: alerts to every node of a Prometheus Alertmanager cluster.
 *
 * Nodes do not pass alerts on to each other, only what was notified and what
 * is silenced: so each of them gets every alert, and one of them tells people.
 * The time of an attempt is shared among the nodes, so that one that hangs
 * leaves enough for the others.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "deliver/alertmanager_nodes.h"
#include "deliver/http_exchange.h"
#include "deliver/http_reply.h"
#include "deliver/http_settings.h"
#include "deliver/trace.h"
#include "deliver/worker.h"
#include "message/alertmanager_json.h"

#define API_PATH "/api/v2/alerts"

/* How a node is reached. */
struct alertmanager_route {
	char *url;
	struct sink_url parts; /* of url */
	struct span name;      /* of url: HOST:PORT */
};

struct alertmanager_run {
	const struct alertmanager_settings *settings;
	struct transfer *transfer;
	struct alertmanager_nodes nodes;
	struct alertmanager_route routes[ALERTMANAGER_NODES_MAX];
	struct alertmanager_label labels[ALERTMANAGER_LABELS_MAX];
	size_t label_count;
	struct secret_cache authorization_cache;
};

struct alertmanager_attempt {
	struct alertmanager_run *run;
	const struct trace *trace;
	int64_t deadline_ms; /* boot time */
	struct buf authorization;
	struct buf body;
};

/* --- A node --------------------------------------------------------------- */

static int64_t
alertmanager_share(const struct alertmanager_attempt *attempt)
{
	int64_t now = clock_boot_ms();
	size_t left = alertmanager_nodes_left(&attempt->run->nodes, now);
	int64_t share =
	    (attempt->deadline_ms - now) / (int64_t)(left ? left : 1);

	return share > 1 ? share : 1;
}

static void
alertmanager_add_headers(
    struct alertmanager_attempt *attempt, struct http_headers *headers)
{
	http_headers_add(
	    headers, "Content-Type: ", span_str("application/json"));
	if (attempt->authorization.len > 0)
		http_headers_add(headers,
		    "Authorization: ", buf_span(&attempt->authorization));
}

static void
alertmanager_post(struct alertmanager_attempt *attempt,
    const struct alertmanager_route *route, struct outcome *out)
{
	struct alertmanager_run *run = attempt->run;
	struct http_headers headers = HTTP_HEADERS_INIT;
	struct secrets secrets = SECRETS_INIT;
	struct transfer_result result;
	struct buf reply = BUF_INIT;
	const struct http_peer peer = {
	    .url = route->url,
	    .parts = &route->parts,
	    .trust = &run->settings->trust,
	    .proxy = run->settings->proxy,
	    .timeout_ms = alertmanager_share(attempt),
	    .trace = attempt->trace,
	    .secrets = &secrets,
	};

	alertmanager_add_headers(attempt, &headers);
	secrets_add(&secrets, buf_span(&attempt->authorization));
	http_post(run->transfer, &peer, &headers, buf_span(&attempt->body),
	    &reply, &result);
	const struct http_answer answer = {
	    .host = route->name,
	    .result = &result,
	    .reply = buf_span(&reply),
	    .secrets = &secrets,
	};
	http_outcome(&answer, out);
	if (out->class != OUTCOME_DELIVERED)
		trace_line(attempt->trace, TRACE_ADVICE,
		    span_str(http_advice(&answer)));
	http_headers_release(&headers);
	buf_release(&reply);
}

static void
alertmanager_ask_all(struct alertmanager_attempt *attempt)
{
	struct alertmanager_nodes *nodes = &attempt->run->nodes;
	struct alertmanager_node *node;

	alertmanager_nodes_begin(nodes);
	while ((node = alertmanager_nodes_next(nodes, clock_boot_ms()))) {
		alertmanager_post(attempt,
		    &attempt->run->routes[node - nodes->all], &node->outcome);
		alertmanager_node_answered(node, clock_boot_ms());
	}
}

/* --- An attempt ----------------------------------------------------------- */

static int
alertmanager_read_secret(struct alertmanager_attempt *attempt, struct err *err)
{
	const struct secret_settings *settings =
	    &attempt->run->settings->authorization;

	if (!secret_is_set(settings))
		return 0;
	if (secret_cache_read(&attempt->run->authorization_cache, settings,
		"authorization", &attempt->authorization, err))
		return -1;
	if (!http_is_header_text(buf_str(&attempt->authorization)))
		return err_set(
		    err, "the authorization may hold printable ASCII only");
	return 0;
}

static void
alertmanager_try(struct alertmanager_run *run, const struct delivery *delivery,
    int64_t deadline_ms, struct outcome *out)
{
	struct alertmanager_attempt attempt = {
	    .run = run, .trace = delivery->trace, .deadline_ms = deadline_ms};
	const struct alertmanager_form form = {
	    .labels = run->labels,
	    .label_count = run->label_count,
	    .resolve_after_ms = run->settings->resolve_after,
	    .now_ms = clock_wall_ms(),
	};
	struct err err = ERR_INIT;

	if (alertmanager_read_secret(&attempt, &err)) {
		outcome_set(out, OUTCOME_CONFIG, 0, "%s", err.text);
	} else {
		alertmanager_json(delivery->alert, &form, &attempt.body);
		alertmanager_ask_all(&attempt);
		alertmanager_nodes_outcome(&run->nodes, out);
	}
	secret_wipe(&attempt.authorization);
	buf_release(&attempt.body);
}

static void
alertmanager_send(
    void *arg, const struct delivery *delivery, struct outcome *out)
{
	struct alertmanager_run *run = arg;
	int64_t deadline = clock_boot_ms() + run->settings->sink.timeout;

	alertmanager_try(run, delivery, deadline, out);
	if (out->class == OUTCOME_CONFIG &&
	    secret_cache_refused(&run->authorization_cache))
		alertmanager_try(run, delivery, deadline, out);
}

/* --- The run -------------------------------------------------------------- */

static void
alertmanager_close(void *arg)
{
	struct alertmanager_run *run = arg;

	transfer_free(run->transfer);
	for (size_t i = 0; i < run->nodes.count; i++)
		free(run->routes[i].url);
	secret_cache_release(&run->authorization_cache);
	free(run);
}

/* The prefix's slash at the end is ours. */
static int
alertmanager_add_route(
    struct alertmanager_run *run, const char *text, struct err *err)
{
	struct alertmanager_route *route = &run->routes[run->nodes.count++];
	struct buf url = BUF_INIT;

	buf_add_str(&url, text);
	while (url.len > 0 && url.data[url.len - 1] == '/')
		url.len--;
	buf_add_str(&url, API_PATH);
	route->url = buf_take(&url);
	if (http_check_url(span_str(route->url), &route->parts, err))
		return -1;
	route->name = route->parts.scheme;
	route->name.data += route->name.len + strlen("://");
	route->name.len = strcspn(route->name.data, "/");
	return 0;
}

static int
alertmanager_prepare(struct alertmanager_run *run, struct err *err)
{
	const struct setting_list *nodes = &run->settings->url;
	const struct setting_list *labels = &run->settings->label;

	for (size_t i = 0; i < nodes->count; i++) {
		if (alertmanager_add_route(run, nodes->items[i].text, err))
			return -1;
	}
	for (size_t i = 0; i < labels->count; i++) {
		const char *text = labels->items[i].text;
		size_t len = strcspn(text, "=");

		run->labels[run->label_count++] = (struct alertmanager_label){
		    span_of(text, len), span_str(text + len + 1)};
	}
	run->transfer = transfer_new(err);
	return run->transfer ? 0 : -1;
}

static void *
alertmanager_open(const char *name, const void *settings, const char *hostname,
    struct outcome *out)
{
	struct alertmanager_run *run = xcalloc(1, sizeof(*run));
	struct err err = ERR_INIT;

	(void)name, (void)hostname;
	run->settings = settings;
	if (alertmanager_prepare(run, &err)) {
		outcome_set(out, OUTCOME_CONFIG, 0, "%s", err.text);
		alertmanager_close(run);
		return NULL;
	}
	return run;
}

const struct sink_driver alertmanager_driver = {
    .table = &alertmanager_setting_table,
    .open = alertmanager_open,
    .send = alertmanager_send,
    .close = alertmanager_close,
};
