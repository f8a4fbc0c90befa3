/*
 * heap: which of many deadlines comes first.
 *
 * An intrusive binary min-heap: the node lives inside the caller's struct,
 * whose memory the heap never owns.  A node is in at most one heap; index
 * says where (HEAP_OUT: nowhere), and a node must be zeroed with
 * heap_node_init before first use.  Of equal deadlines the one with the
 * smaller tie comes first, which its owner may set while the node is out.  All
 * operations are O(log n).
 */
#ifndef CTAIL_BASE_HEAP_H
#define CTAIL_BASE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEAP_OUT UINT32_MAX

struct heap_node {
	int64_t when;
	uint32_t index;
	uint32_t tie;
};

struct heap {
	struct heap_node **nodes;
	size_t count;
	size_t cap;
};

#define HEAP_INIT {NULL, 0, 0}

void heap_release(struct heap *heap);
void heap_node_init(struct heap_node *node);

/* Inserts, or moves a node that is already in this heap. */
void heap_set(struct heap *heap, struct heap_node *node, int64_t when);

/* Does nothing when the node is out. */
void heap_remove(struct heap *heap, struct heap_node *node);

/* NULL when empty. */
struct heap_node *heap_min(const struct heap *heap);

#endif
