/* Unit tests of base/heap.h. */
#include "config.h"

#include "base/heap.h"
#include "tap.h"

#define NODES 2000

static unsigned long
next_random(unsigned long *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33;
}

static int
ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* Nodes are set, moved and removed at random; what is left must come out as
 * a sort has it. */
static void
against_sort(void)
{
	static struct heap_node nodes[NODES];
	static int64_t expected[NODES];
	struct heap heap = HEAP_INIT;
	unsigned long state = 7;
	size_t i, count = 0, at = 0;
	bool same = true;

	for (i = 0; i < NODES; i++)
		heap_node_init(&nodes[i]);
	for (i = 0; i < NODES * 5; i++) {
		struct heap_node *node = &nodes[next_random(&state) % NODES];

		if (next_random(&state) % 3)
			heap_set(&heap, node,
			    (int64_t)(next_random(&state) % 500) - 250);
		else
			heap_remove(&heap, node);
	}
	for (i = 0; i < NODES; i++)
		if (nodes[i].index != HEAP_OUT)
			expected[count++] = nodes[i].when;
	OK(count > 100 && count < NODES, "some nodes are in and some are out");
	IS_INT((long long)heap.count, (long long)count,
	    "the heap holds the nodes that think so");
	qsort(expected, count, sizeof(*expected), ascending);
	while (heap_min(&heap)) {
		same &= at < count && heap_min(&heap)->when == expected[at++];
		heap_remove(&heap, heap_min(&heap));
	}
	OK(same && at == count, "the nodes come out in the order of a sort");
	heap_release(&heap);
}

static void
edges(void)
{
	struct heap heap = HEAP_INIT;
	struct heap_node a, b;

	heap_node_init(&a);
	heap_node_init(&b);
	OK(!heap_min(&heap), "an empty heap has no first node");
	heap_remove(&heap, &a);
	OK(a.index == HEAP_OUT, "removing a node that is out does nothing");
	heap_set(&heap, &a, INT64_MAX);
	heap_set(&heap, &b, INT64_MIN);
	OK(heap_min(&heap) == &b, "the extreme times are ordered");
	heap_set(&heap, &b, INT64_MAX);
	heap_set(&heap, &a, INT64_MIN);
	OK(heap_min(&heap) == &a, "setting a node again moves it");
	IS_INT((long long)heap.count, 2, "and does not insert it twice");
	heap_remove(&heap, &a);
	heap_remove(&heap, &b);
	OK(!heap_min(&heap) && b.index == HEAP_OUT,
	    "removed nodes know that they are out");
	heap_set(&heap, &a, 1);
	OK(heap_min(&heap) == &a, "a removed node can come back");
	heap_release(&heap);
	heap_release(&heap);
	OK(!heap.nodes && !heap.count, "a released heap is empty");
}

static void
ties(void)
{
	struct heap heap = HEAP_INIT;
	struct heap_node nodes[3];
	const uint32_t given[] = {2, 3, 1};

	for (size_t i = 0; i < 3; i++) {
		heap_node_init(&nodes[i]);
		nodes[i].tie = given[i];
		heap_set(&heap, &nodes[i], 7);
	}
	OK(heap_min(&heap) == &nodes[2], "of equal ones the smaller tie comes");
	heap_set(&heap, &nodes[2], 8);
	OK(heap_min(&heap) == &nodes[0], "and behind it the next");
	heap_release(&heap);
}

int
main(void)
{
	ties();
	edges();
	against_sort();
	return tap_done();
}
