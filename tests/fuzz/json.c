/*
 * Fuzzes the JSON checker and the look into small replies.
 */
#include "config.h"

#include <stdlib.h>

#include "fuzz/fuzz.h"
#include "message/json.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span text = span_of((const char *)bytes, len);
	struct buf out = BUF_INIT;

	json_check(text, NULL);
	json_member(text, "retry_after", &out);
	json_path(text, "parameters.retry_after", &out);
	json_path(text, "a.b.", &out);
	buf_reset(&out);
	buf_add_byte(&out, '"');
	json_escape(&out, text);
	buf_add_byte(&out, '"');
	if (json_check(buf_span(&out), NULL))
		abort();
	buf_release(&out);
	return 0;
}
