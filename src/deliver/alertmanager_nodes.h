/*
 * alertmanager_nodes: what the answers of a cluster's nodes mean together.
 * Pure.
 *
 * An alert is delivered when one node took it; its labels make a second copy
 * harmless, so that who is not sure sends again.  A node that failed is left
 * out for a while as long as another works.
 */
#ifndef CTAIL_DELIVER_ALERTMANAGER_NODES_H
#define CTAIL_DELIVER_ALERTMANAGER_NODES_H

#include <stdbool.h>
#include <stdint.h>
#include "deliver/alertmanager_settings.h"
#include "deliver/outcome.h"

#define ALERTMANAGER_REST_MS 30000

struct alertmanager_node {
	int64_t rests_until_ms;	/* boot time */
	bool asked;		/* in this attempt */
	struct outcome outcome;	/* of the last time it was asked */
};

struct alertmanager_nodes {
	struct alertmanager_node all[ALERTMANAGER_NODES_MAX];
	size_t count;
};

/* Nobody is asked yet. */
void alertmanager_nodes_begin(struct alertmanager_nodes *nodes);

/* Who is to be asked next, in order: those that do not rest, and when none of
 * them took it, those that do.  NULL: nobody is left. */
struct alertmanager_node *alertmanager_nodes_next(
    struct alertmanager_nodes *nodes, int64_t now_ms);

/* How many there are still to ask, to share the time among them. */
size_t alertmanager_nodes_left(
    const struct alertmanager_nodes *nodes, int64_t now_ms);

/* Its outcome stands in it. */
void alertmanager_node_answered(
    struct alertmanager_node *node, int64_t now_ms);

/* DELIVERED when one took it, partly unless all did; else what the alert was
 * refused for, then DOUBT, RETRY, CONFIG, GONE: the first of them that a node
 * came to. */
void alertmanager_nodes_outcome(
    const struct alertmanager_nodes *nodes, struct outcome *out);

#endif
