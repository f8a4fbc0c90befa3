/*
 * smtp_settings: the [smtp NAME] section.
 */
#ifndef CTAIL_DELIVER_SMTP_SETTINGS_H
#define CTAIL_DELIVER_SMTP_SETTINGS_H

#include "deliver/secret.h"
#include "deliver/sink_kind.h"
#include "deliver/sink_settings.h"
#include "deliver/tls_settings.h"

#define SMTP_RECIPIENTS_MAX 100

enum smtp_tls { SMTP_TLS_ON, SMTP_TLS_OFF };

struct smtp_settings {
	struct sink_settings sink;
	char *url;
	char *socket;			/* path to connect to; NULL: url says
					 * where */
	char *user;
	struct secret_settings password;
	char *from;
	struct setting_list to;
	char *helo;
	int tls;			/* enum smtp_tls */
	bool allow_cleartext;
	struct tls_settings trust;
};

/* A host name or [ADDRESS] that we are willing to say in EHLO. */
bool smtp_is_helo(const char *text);

#endif
