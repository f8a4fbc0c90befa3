/*
 * Fuzzes the two lines of an offset file.
 */
#include "config.h"

#include "fuzz/fuzz.h"
#include "input/offset_file.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct offset_entry entry;

	offset_parse(span_of((const char *)bytes, len), &entry, NULL);
	return 0;
}
