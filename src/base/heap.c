/*
 * heap: the binary heap in an array.
 *
 * Hides how nodes travel; whoever moves a node writes down where it is.
 */
#include "config.h"

#include <stdlib.h>

#include "base/bug.h"
#include "base/heap.h"
#include "base/mem.h"

static void
heap_place(struct heap *heap, size_t i, struct heap_node *node)
{
	heap->nodes[i] = node;
	node->index = (uint32_t)i;
}

static bool
heap_before(const struct heap_node *a, const struct heap_node *b)
{
	return a->when < b->when || (a->when == b->when && a->tie < b->tie);
}

static void
heap_rise(struct heap *heap, size_t i)
{
	struct heap_node *node = heap->nodes[i];
	size_t parent;

	for (; i > 0; i = parent) {
		parent = (i - 1) / 2;
		if (!heap_before(node, heap->nodes[parent]))
			break;
		heap_place(heap, i, heap->nodes[parent]);
	}
	heap_place(heap, i, node);
}

static void
heap_sink(struct heap *heap, size_t i)
{
	struct heap_node *node = heap->nodes[i];
	size_t child;

	for (; (child = 2 * i + 1) < heap->count; i = child) {
		if (child + 1 < heap->count &&
		    heap_before(heap->nodes[child + 1], heap->nodes[child]))
			child++;
		if (!heap_before(heap->nodes[child], node))
			break;
		heap_place(heap, i, heap->nodes[child]);
	}
	heap_place(heap, i, node);
}

void
heap_release(struct heap *heap)
{
	free(heap->nodes);
	*heap = (struct heap)HEAP_INIT;
}

void
heap_node_init(struct heap_node *node)
{
	node->when = 0;
	node->index = HEAP_OUT;
	node->tie = 0;
}

void
heap_set(struct heap *heap, struct heap_node *node, int64_t when)
{
	node->when = when;
	if (node->index == HEAP_OUT) {
		if (heap->count == HEAP_OUT)
			BUG("a heap is full");
		if (heap->count == heap->cap) {
			heap->cap = heap->cap ? heap->cap * 2 : 16;
			heap->nodes = xreallocarray(
			    heap->nodes, heap->cap, sizeof(struct heap_node *));
		}
		heap_place(heap, heap->count++, node);
	} else if (node->index >= heap->count ||
		   heap->nodes[node->index] != node) {
		BUG("a node of another heap was set");
	}
	heap_rise(heap, node->index);
	heap_sink(heap, node->index);
}

void
heap_remove(struct heap *heap, struct heap_node *node)
{
	struct heap_node *last;
	size_t i = node->index;

	if (i == HEAP_OUT)
		return;
	if (i >= heap->count || heap->nodes[i] != node)
		BUG("a node of another heap was removed");
	last = heap->nodes[--heap->count];
	node->index = HEAP_OUT;
	if (last == node)
		return;
	heap_place(heap, i, last);
	heap_rise(heap, i);
	heap_sink(heap, last->index);
}

struct heap_node *
heap_min(const struct heap *heap)
{
	return heap->count ? heap->nodes[0] : NULL;
}
