/*
 * Fuzzes templates: whatever is accepted as a JSON template yields JSON.
 * The input is a template, a NUL, and the value of every variable.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "message/json.h"
#include "message/template.h"

static bool
lookup(void *arg, struct span name, struct buf *value_out)
{
	(void)name;
	buf_add_span(value_out, *(struct span *)arg);
	return true;
}

static void
try_form(const char *text, struct span value, enum template_form form)
{
	struct template *template = template_new(text, form, NULL);
	struct buf empty = BUF_INIT, filled = BUF_INIT;
	struct span nothing = span_of("", 0);

	if (!template)
		return;
	template_render(template, lookup, &nothing, &empty);
	template_render(template, lookup, &value, &filled);
	/* A value never decides whether the result is JSON. */
	if (form == TEMPLATE_JSON &&
	    !json_check(buf_span(&empty), NULL) !=
		!json_check(buf_span(&filled), NULL))
		abort();
	buf_release(&empty);
	buf_release(&filled);
	template_free(template);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const char *split = len ? memchr(bytes, '\0', len) : NULL;
	size_t first = split ? (size_t)(split - (const char *)bytes) : len;
	char *text = strndup((const char *)bytes, first);
	struct span value = split ? span_of(split + 1, len - first - 1)
				  : span_of("", 0);

	if (!text)
		abort();
	try_form(text, value, TEMPLATE_TEXT);
	try_form(text, value, TEMPLATE_JSON);
	free(text);
	return 0;
}
