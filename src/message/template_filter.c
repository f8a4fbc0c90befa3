/*
 * template_filter: the filters of templates, one table.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/ascii.h"
#include "base/units.h"
#include "base/utf8.h"
#include "message/html.h"
#include "message/json.h"
#include "message/template_filter.h"

static const char filter_list[] = "trunc:N upper lower url html json";

struct filter_kind {
	const char *name;
	bool takes_number;
	void (*apply)(const struct filter *filter, bool number,
	    struct span value, struct buf *out);
};

static void
apply_trunc(const struct filter *filter, bool number, struct span value,
    struct buf *out)
{
	size_t used = 0;
	uint32_t point;

	(void)number;
	for (int64_t i = 0; i < filter->number && used < value.len; i++)
		used += utf8_decode(
		    span_of(value.data + used, value.len - used), &point);
	buf_add(out, value.data, used);
}

static void
apply_upper(const struct filter *filter, bool number, struct span value,
    struct buf *out)
{
	(void)filter;
	(void)number;
	for (size_t i = 0; i < value.len; i++)
		buf_add_byte(out, ascii_upper(value.data[i]));
}

static void
apply_lower(const struct filter *filter, bool number, struct span value,
    struct buf *out)
{
	(void)filter;
	(void)number;
	for (size_t i = 0; i < value.len; i++)
		buf_add_byte(out, ascii_lower(value.data[i]));
}

/* RFC 3986, section 2.3. */
static bool
is_unreserved(char byte)
{
	return ascii_is_word(byte) || byte == '-' || byte == '.' || byte == '~';
}

static void
apply_url(const struct filter *filter, bool number, struct span value,
    struct buf *out)
{
	(void)filter;
	(void)number;
	for (size_t i = 0; i < value.len; i++) {
		if (is_unreserved(value.data[i]))
			buf_add_byte(out, value.data[i]);
		else
			buf_addf(out, "%%%02X",
			    (unsigned)(unsigned char)value.data[i]);
	}
}

static void
apply_html(const struct filter *filter, bool number, struct span value,
    struct buf *out)
{
	(void)filter;
	(void)number;
	html_escape(out, value);
}

static void
apply_json(const struct filter *filter, bool number, struct span value,
    struct buf *out)
{
	int64_t plain;

	(void)filter;
	if (number && number_parse(value, 0, INT64_MAX, &plain, NULL) == 0) {
		buf_addf(out, "%" PRId64, plain);
		return;
	}
	buf_add_byte(out, '"');
	json_escape(out, value);
	buf_add_byte(out, '"');
}

static const struct filter_kind filter_kinds[] = {
    {"trunc", true, apply_trunc},
    {"upper", false, apply_upper},
    {"lower", false, apply_lower},
    {"url", false, apply_url},
    {"html", false, apply_html},
    {"json", false, apply_json},
};

static int
filter_parse_number(struct span text, struct filter *filter, struct err *err)
{
	if (number_parse(text, 1, FILTER_TRUNC_MAX, &filter->number, NULL) < 0)
		return err_set(err,
		    "trunc takes a number of characters from 1 to %d, as "
		    "trunc:80",
		    FILTER_TRUNC_MAX);
	return 0;
}

int
filter_parse(struct span text, struct filter *out, struct err *err)
{
	const char *colon = memchr(text.data, ':', text.len);
	struct span name = text, number = {"", 0};
	size_t i;

	if (colon != NULL) {
		name.len = (size_t)(colon - text.data);
		number = span_of(colon + 1, text.len - name.len - 1);
	}
	for (i = 0; i < sizeof(filter_kinds) / sizeof(filter_kinds[0]); i++) {
		if (!span_is(name, filter_kinds[i].name))
			continue;
		out->kind = &filter_kinds[i];
		if (out->kind->takes_number)
			return filter_parse_number(number, out, err);
		if (colon != NULL)
			return err_set(err, "the filter %s takes no number",
			    out->kind->name);
		return 0;
	}
	return err_set(err, "unknown filter \"%.*s\"; there are: %s",
	    name.len > 40 ? 40 : (int)name.len, name.data, filter_list);
}

bool
filter_is_json(const struct filter *filter)
{
	return filter->kind->apply == apply_json;
}

void
filter_apply(const struct filter *filter, bool number, struct span value,
    struct buf *out)
{
	filter->kind->apply(filter, number, value, out);
}
