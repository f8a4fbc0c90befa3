/*
 * sink_url: the parts of a URL that decide how far we trust it.
 */
#include "config.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <strings.h>

#include "base/ascii.h"
#include "base/units.h"
#include "deliver/sink_url.h"

#define HOST_MAX 253

/* What RFC 3986 never lets stand unescaped. */
static int
url_check_bytes(struct span text, struct err *err)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char byte = (unsigned char)text.data[i];

		if (byte <= ' ' || byte >= 0x7f || strchr("\"<>\\^`{|}", byte))
			return err_set(err,
			    "the URL holds a blank or another byte that no "
			    "URL may hold (byte %zu); write it as %%XX",
			    i + 1);
	}
	return 0;
}

static int
url_take_scheme(struct span *text, struct span *scheme, struct err *err)
{
	size_t len = 0;

	while (len < text->len && ascii_is_alnum(text->data[len]))
		len++;
	if (len == 0 || text->len - len < 3 ||
	    memcmp(text->data + len, "://", 3))
		return err_set(err,
		    "the URL must begin with SCHEME://HOST, as in "
		    "https://hooks.example.org/");
	*scheme = span_of(text->data, len);
	*text = span_of(text->data + len + 3, text->len - len - 3);
	return 0;
}

static int
url_check_host(struct sink_url *url, struct err *err)
{
	char text[HOST_MAX + 1];
	struct in6_addr address;

	if (url->host.len == 0 || url->host.len > HOST_MAX)
		return err_set(err, "the URL names no host");
	for (size_t i = 0; i < url->host.len; i++) {
		char c = url->host.data[i];

		if (!ascii_is_alnum(c) && !strchr(url->ipv6 ? ":." : ".-_", c))
			return err_set(err,
			    "the URL's host may hold letters, digits, dots "
			    "and dashes only");
	}
	memcpy(text, url->host.data, url->host.len);
	text[url->host.len] = '\0';
	if (url->ipv6 && inet_pton(AF_INET6, text, &address) != 1)
		return err_set(err, "the URL's [%s] is no IPv6 address", text);
	return 0;
}

static int
url_take_port(struct span text, int *port, struct err *err)
{
	int64_t number;

	if (text.len == 0)
		return 0;
	if (text.data[0] != ':' ||
	    number_parse(
		span_of(text.data + 1, text.len - 1), 1, 65535, &number, NULL))
		return err_set(
		    err, "the URL's port must be a number from 1 to 65535");
	*port = (int)number;
	return 0;
}

/* HOST, HOST:PORT, [ADDRESS], [ADDRESS]:PORT */
static int
url_take_authority(struct span text, struct sink_url *url, struct err *err)
{
	size_t len = 0;

	if (text.len > 0 && memchr(text.data, '@', text.len))
		return err_set(err,
		    "the URL must not hold a user or password; there are "
		    "keys of their own for them");
	if (text.len > 0 && text.data[0] == '[') {
		const char *end = memchr(text.data, ']', text.len);

		if (!end)
			return err_set(err, "the URL's host lacks its ]");
		url->ipv6 = true;
		len = (size_t)(end - text.data) + 1;
		url->host = span_of(text.data + 1, len - 2);
	} else {
		while (len < text.len && text.data[len] != ':')
			len++;
		url->host = span_of(text.data, len);
	}
	if (url_check_host(url, err))
		return -1;
	return url_take_port(
	    span_of(text.data + len, text.len - len), &url->port, err);
}

int
sink_url_parse(struct span text, struct sink_url *out, struct err *err)
{
	struct sink_url url = {0};
	size_t len = 0;

	if (url_check_bytes(text, err) ||
	    url_take_scheme(&text, &url.scheme, err))
		return -1;
	while (len < text.len && !strchr("/?#", text.data[len]))
		len++;
	url.rest = span_of(text.data + len, text.len - len);
	if (url_take_authority(span_of(text.data, len), &url, err))
		return -1;
	*out = url;
	return 0;
}

bool
sink_url_is(const struct sink_url *url, const char *scheme)
{
	return url->scheme.len == strlen(scheme) &&
	       !strncasecmp(url->scheme.data, scheme, url->scheme.len);
}

bool
sink_url_is_local(const struct sink_url *url)
{
	char text[HOST_MAX + 1];
	struct in_addr v4;
	struct in6_addr v6;

	memcpy(text, url->host.data, url->host.len);
	text[url->host.len] = '\0';
	if (url->ipv6)
		return inet_pton(AF_INET6, text, &v6) == 1 &&
		       IN6_IS_ADDR_LOOPBACK(&v6);
	if (inet_pton(AF_INET, text, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == 127;
	return !strcasecmp(text, "localhost");
}
