/*
 * html: the only place that escapes text for HTML.
 */
#include "config.h"

#include "message/html.h"

static const struct entity {
	char byte;
	const char *text;
} entities[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"},
    {'\'', "&#39;"}};

#define ENTITY_COUNT (sizeof(entities) / sizeof(entities[0]))

void
html_escape(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		size_t j = 0;

		while (j < ENTITY_COUNT && text.data[i] != entities[j].byte)
			j++;
		if (j < ENTITY_COUNT)
			buf_add_str(out, entities[j].text);
		else
			buf_add_byte(out, text.data[i]);
	}
}
