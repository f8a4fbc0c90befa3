/*
 * syslog_settings: the [syslog NAME] section.
 */
#ifndef CTAIL_DELIVER_SYSLOG_SETTINGS_H
#define CTAIL_DELIVER_SYSLOG_SETTINGS_H

#include "deliver/sink_kind.h"
#include "deliver/sink_settings.h"
#include "deliver/sink_url.h"
#include "deliver/tls_settings.h"

enum syslog_format {
	SYSLOG_FORMAT_AUTO,
	SYSLOG_FORMAT_3164,
	SYSLOG_FORMAT_5424,
};

struct syslog_settings {
	struct sink_settings sink;
	char *url;		/* unix:/dev/log, udp://, tcp://, tls:// */
	int facility;		/* 0..23 */
	int format;		/* enum syslog_format; AUTO: 3164 for a
				 * socket of this machine, else 5424 */
	bool allow_cleartext;
	struct tls_settings trust;
};

enum syslog_transport { SYSLOG_UNIX, SYSLOG_UDP, SYSLOG_TCP, SYSLOG_TLS };

struct syslog_place {
	enum syslog_transport transport;
	const char *path;	/* UNIX; borrowed from the text */
	struct sink_url url;	/* else; borrowed too */
	int port;		/* as written, or the usual one */
};

int syslog_place_parse(const char *text, struct syslog_place *out,
    struct err *err);

#endif
