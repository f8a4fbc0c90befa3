/*
 * http_settings: what the sinks that speak HTTP check alike.
 *
 * Of a URL no more than its host gets into a message.
 */
#include "config.h"

#include "deliver/http_settings.h"

int
http_check_url(struct span text, struct sink_url *out, struct err *err)
{
	if (sink_url_parse(text, out, err))
		return err_prefix(err, "url");
	if (!sink_url_is(out, "https") && !sink_url_is(out, "http"))
		return err_set(err, "url must begin with https://");
	return 0;
}

int
http_check_clear(const struct sink_url *url, struct err *err)
{
	if (sink_url_is(url, "https") || sink_url_is_local(url))
		return 0;
	return err_set(err,
	    "url would send in clear across the network to %.*s; "
	    "write https://, or consent with allow_http = yes",
	    (int)url->host.len, url->host.data);
}

int
http_check_proxy(const char *proxy, struct err *err)
{
	static const char *const schemes[] = {
	    "http", "https", "socks5", "socks5h", NULL};
	struct sink_url url;

	if (!proxy)
		return 0;
	if (sink_url_parse(span_str(proxy), &url, err))
		return err_prefix(err, "proxy");
	for (size_t i = 0; schemes[i]; i++) {
		if (sink_url_is(&url, schemes[i]))
			return 0;
	}
	return err_set(err,
	    "proxy must begin with http://, https://, socks5:// or "
	    "socks5h://");
}

bool
http_is_header_text(const char *text)
{
	for (; *text; text++) {
		unsigned char byte = (unsigned char)*text;

		if (byte != '\t' && (byte < ' ' || byte >= 0x7f))
			return false;
	}
	return true;
}
