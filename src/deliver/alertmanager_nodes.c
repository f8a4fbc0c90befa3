/*
 * alertmanager_nodes: what the answers of a cluster's nodes mean together.
 */
#include "config.h"

#include "base/buf.h"
#include "deliver/alertmanager_nodes.h"

/* A sentence holds several of them. */
#define NODE_TEXT_MAX 150

void
alertmanager_nodes_begin(struct alertmanager_nodes *nodes)
{
	for (size_t i = 0; i < nodes->count; i++)
		nodes->all[i].asked = false;
}

static bool
alertmanager_node_took(const struct alertmanager_node *node)
{
	return node->asked && node->outcome.class == OUTCOME_DELIVERED;
}

static size_t
alertmanager_nodes_that_took(const struct alertmanager_nodes *nodes)
{
	size_t count = 0;

	for (size_t i = 0; i < nodes->count; i++)
		count += alertmanager_node_took(&nodes->all[i]);
	return count;
}

static bool
alertmanager_node_rests(const struct alertmanager_node *node, int64_t now_ms)
{
	return !node->asked && node->rests_until_ms > now_ms;
}

size_t
alertmanager_nodes_left(const struct alertmanager_nodes *nodes, int64_t now_ms)
{
	bool taken = alertmanager_nodes_that_took(nodes) > 0;
	size_t count = 0;

	for (size_t i = 0; i < nodes->count; i++) {
		const struct alertmanager_node *node = &nodes->all[i];

		count += !node->asked &&
			 !(taken && alertmanager_node_rests(node, now_ms));
	}
	return count;
}

struct alertmanager_node *
alertmanager_nodes_next(struct alertmanager_nodes *nodes, int64_t now_ms)
{
	struct alertmanager_node *resting = NULL;

	for (size_t i = 0; i < nodes->count; i++) {
		struct alertmanager_node *node = &nodes->all[i];

		if (node->asked)
			continue;
		if (!alertmanager_node_rests(node, now_ms))
			return node;
		if (!resting)
			resting = node;
	}
	return alertmanager_nodes_that_took(nodes) ? NULL : resting;
}

/* What refused the alert itself works. */
void
alertmanager_node_answered(struct alertmanager_node *node, int64_t now_ms)
{
	enum outcome_class class = node->outcome.class;

	node->asked = true;
	node->rests_until_ms =
	    class == OUTCOME_DELIVERED || class == OUTCOME_REFUSED
		? 0
		: now_ms + ALERTMANAGER_REST_MS;
}

static int
alertmanager_rank(const struct alertmanager_node *node)
{
	static const int ranks[] = {
	    [OUTCOME_DELIVERED] = 6,
	    [OUTCOME_REFUSED] = 5,
	    [OUTCOME_DOUBT] = 4,
	    [OUTCOME_RETRY] = 3,
	    [OUTCOME_CONFIG] = 2,
	    [OUTCOME_GONE] = 1,
	};

	return node->asked ? ranks[node->outcome.class] : 0;
}

static const struct alertmanager_node *
alertmanager_best(const struct alertmanager_nodes *nodes)
{
	const struct alertmanager_node *best = &nodes->all[0];

	for (size_t i = 1; i < nodes->count; i++) {
		if (alertmanager_rank(&nodes->all[i]) > alertmanager_rank(best))
			best = &nodes->all[i];
	}
	return best;
}

/* "; not all did: am2:9093 cannot be reached: ...; am3:9093 ..." */
static void
alertmanager_add_failures(
    const struct alertmanager_nodes *nodes, struct buf *out)
{
	const char *before = "; not all did: ";

	for (size_t i = 0; i < nodes->count; i++) {
		const struct alertmanager_node *node = &nodes->all[i];

		if (alertmanager_node_took(node))
			continue;
		buf_addf(out, "%s%.*s%s", before, NODE_TEXT_MAX,
		    node->outcome.text,
		    node->asked ? "" : " (not asked again yet)");
		before = "; ";
	}
}

static void
alertmanager_delivered(const struct alertmanager_nodes *nodes, size_t taken,
    int code, struct outcome *out)
{
	struct buf text = BUF_INIT;

	buf_addf(&text, "taken by %zu of %zu node%s", taken, nodes->count,
	    nodes->count == 1 ? "" : "s");
	alertmanager_add_failures(nodes, &text);
	outcome_set(out, OUTCOME_DELIVERED, code, "%s", buf_str(&text));
	out->partly = taken < nodes->count;
	buf_release(&text);
}

void
alertmanager_nodes_outcome(
    const struct alertmanager_nodes *nodes, struct outcome *out)
{
	size_t taken = alertmanager_nodes_that_took(nodes);
	const struct alertmanager_node *best = alertmanager_best(nodes);
	struct buf text = BUF_INIT;

	if (taken) {
		alertmanager_delivered(nodes, taken, best->outcome.code, out);
		return;
	}
	*out = best->outcome;
	if (nodes->count < 2)
		return;
	buf_addf(&text, "none of %zu nodes took it", nodes->count);
	for (size_t i = 0; i < nodes->count; i++)
		buf_addf(
		    &text, "; %.*s", NODE_TEXT_MAX, nodes->all[i].outcome.text);
	outcome_set(
	    out, best->outcome.class, best->outcome.code, "%s", buf_str(&text));
	out->scope = best->outcome.scope;
	out->retry_after_ms = best->outcome.retry_after_ms;
	buf_release(&text);
}
