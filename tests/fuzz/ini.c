/*
 * Fuzzes the reader of ctail.ini: the text, then the whole of it.
 */
#include "config.h"

#include <stdlib.h>

#include "conf/conf.h"
#include "conf/ini_text.h"
#include "fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct conf_places places = {(char *)"/nonexistent", NULL};
	struct conf_errors errors = CONF_ERRORS_INIT;
	struct span text = span_of((const char *)bytes, len);
	struct conf *conf = conf_load_text("fuzz", text, &places, &errors);

	if (conf) {
		struct buf shown = BUF_INIT, again = BUF_INIT;
		struct conf *second;

		/* What is accepted reads back to the same. */
		conf_show(conf, CONF_SHOW_ACCEPTED, &shown);
		second = conf_load_text("shown", buf_span(&shown), &places,
		    &errors);
		if (second) {
			conf_show(second, CONF_SHOW_ACCEPTED, &again);
			if (!span_equal(buf_span(&shown), buf_span(&again)))
				abort();
			conf_free(second);
		}
		buf_release(&shown);
		buf_release(&again);
		conf_free(conf);
	} else if (!errors.count) {
		abort();
	}
	conf_errors_release(&errors);
	return 0;
}
