/*
 * prefilter_vector_portable: the vector search one byte at a time, for every
 * machine: the buckets of four places in one word that moves along.
 */
#include "config.h"

#include "judge/prefilter_vector_internal.h"

/* One byte more.  The lowest byte of the result: the buckets of the place
 * three bytes before. */
static inline uint32_t
move_on(uint32_t state, uint32_t allowed)
{
	return (state >> 8 | UINT32_C(0xff000000)) & allowed;
}

void
vector_scan_portable(const struct vector_search *search, bool short_too)
{
	const unsigned char *data = (const unsigned char *)search->record.data;
	const uint32_t *bytes = search->tables->bytes;
	size_t i, len = search->record.len, behind = PREFILTER_WINDOW - 1;
	uint32_t state = 0;

	for (i = 0; i < len; i++) {
		state = move_on(state, bytes[data[i]]);
		if (state & 0xff &&
		    vector_hit(search, i - behind, state & 0xff))
			return;
	}
	/* What stands behind the end lets strings through that have ended
	 * before. */
	for (; short_too && i < len + behind; i++) {
		state = move_on(state, bytes[0]);
		if (state & 0xff &&
		    vector_hit(search, i - behind, state & 0xff))
			return;
	}
}
