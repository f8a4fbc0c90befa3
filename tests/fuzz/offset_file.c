/*
 * Fuzzes the two lines of an offset file.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/bug.h"
#include "fuzz/fuzz.h"
#include "input/offset_file.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct offset_entry entry, again;
	char text[OFFSET_FIXED + 1];

	if (offset_parse(span_of((const char *)bytes, len), &entry, NULL))
		return 0;
	snprintf(text, sizeof(text), "%020" PRIu64 "\n%020" PRIu64 "\n",
	    entry.inode, entry.offset);
	if (offset_parse(span_of(text, OFFSET_FIXED), &again, NULL) ||
	    again.inode != entry.inode || again.offset != entry.offset)
		BUG("what was read is not read again");
	return 0;
}
