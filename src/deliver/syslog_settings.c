/*
 * syslog_settings: the [syslog NAME] section.
 */
#include "config.h"

#include <sys/un.h>

#include "deliver/syslog_settings.h"

#define UNIX_SCHEME "unix:"

/* In the order of RFC 5424, table 1; the names are those of logger(1), and
 * for 12 to 15 those of syslog.conf(5) elsewhere. */
static const char *const syslog_facilities[] = {"kern", "user", "mail",
    "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv",
    "ftp", "ntp", "security", "console", "solaris-cron", "local0", "local1",
    "local2", "local3", "local4", "local5", "local6", "local7", NULL};

/* In the order of enum syslog_format. */
static const char *const syslog_formats[] = {
    "auto", "rfc3164", "rfc5424", NULL};

static const struct setting syslog_rows[] = {
    SINK_SETTING_ROWS(SINK_STORM_PROGRAMS),
    {.name = "url",
	.type = SETTING_TEXT,
	.offset = offsetof(struct syslog_settings, url),
	.fallback = "unix:/dev/log",
	.help = "unix:PATH, udp://HOST, tcp://HOST or tls://HOST"},
    {.name = "facility",
	.type = SETTING_CHOICE,
	.offset = offsetof(struct syslog_settings, facility),
	.choices = syslog_facilities,
	.fallback = "daemon",
	.help = "which part of a system the messages are said to be from"},
    {.name = "format",
	.type = SETTING_CHOICE,
	.offset = offsetof(struct syslog_settings, format),
	.choices = syslog_formats,
	.fallback = "auto",
	.help = "auto: rfc3164 for unix:, rfc5424 for the network"},
    {.name = "allow_cleartext",
	.type = SETTING_BOOL,
	.offset = offsetof(struct syslog_settings, allow_cleartext),
	.fallback = "no",
	.help = "consent to udp:// or tcp:// across a network"},
    TLS_SETTING_ROWS(struct syslog_settings, trust),
};

static const struct {
	const char *scheme;
	enum syslog_transport transport;
	int port;		/* RFC 5426, 6587 (by custom), 5425 */
} syslog_schemes[] = {
    {"udp", SYSLOG_UDP, 514},
    {"tcp", SYSLOG_TCP, 601},
    {"tls", SYSLOG_TLS, 6514},
};

#define SCHEMES (sizeof(syslog_schemes) / sizeof(syslog_schemes[0]))

static int
syslog_place_parse_path(
    const char *path, struct syslog_place *out, struct err *err)
{
	if (path[0] != '/')
		return err_set(err,
		    "url must name a socket by its absolute path, as in "
		    UNIX_SCHEME "/dev/log");
	if (strlen(path) >= sizeof(((struct sockaddr_un *)NULL)->sun_path))
		return err_set(
		    err, "url names a socket by a path that is too long");

	/* As in unix:///dev/log. */
	while (path[0] == '/' && path[1] == '/')
		path++;
	*out = (struct syslog_place){.transport = SYSLOG_UNIX, .path = path};
	return 0;
}

int
syslog_place_parse(const char *text, struct syslog_place *out, struct err *err)
{
	struct syslog_place place = {0};

	if (!strncmp(text, UNIX_SCHEME, strlen(UNIX_SCHEME)))
		return syslog_place_parse_path(
		    text + strlen(UNIX_SCHEME), out, err);
	if (sink_url_parse(span_str(text), &place.url, err))
		return err_prefix(err, "url");
	if (place.url.rest.len > 0 && !span_is(place.url.rest, "/"))
		return err_set(
		    err, "url must end after the host and the port");
	for (size_t i = 0; i < SCHEMES; i++) {
		if (!sink_url_is(&place.url, syslog_schemes[i].scheme))
			continue;
		place.transport = syslog_schemes[i].transport;
		place.port = place.url.port ? place.url.port
					    : syslog_schemes[i].port;
		*out = place;
		return 0;
	}
	return err_set(err,
	    "url must begin with " UNIX_SCHEME "/, udp://, tcp:// or tls://");
}

static int
syslog_check(const void *settings, struct err *err)
{
	const struct syslog_settings *syslog = settings;
	const struct tls_settings *trust = &syslog->trust;
	struct syslog_place place = {0};

	if (syslog_place_parse(syslog->url ? syslog->url : "", &place, err))
		return -1;
	if (place.transport == SYSLOG_TLS)
		return tls_settings_check(trust, err);
	if (trust->ca_file || trust->cert_file || trust->key_file || trust->pin)
		return err_set(err,
		    "url does not speak TLS, of which the section gives "
		    "details; write tls://");
	if (place.transport != SYSLOG_UNIX &&
	    !sink_url_is_local(&place.url) && !syslog->allow_cleartext)
		return err_set(err,
		    "url would send in clear across the network to %.*s; "
		    "write tls://, or consent with allow_cleartext = yes",
		    (int)place.url.host.len, place.url.host.data);
	return 0;
}

const struct setting_table syslog_setting_table = {
    .section = "syslog",
    .rows = syslog_rows,
    .count = sizeof(syslog_rows) / sizeof(syslog_rows[0]),
    .size = sizeof(struct syslog_settings),
    .named = true,
    .check = syslog_check,
};
