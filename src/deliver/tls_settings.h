/*
 * tls_settings: the keys about TLS that the sinks of the network share.
 */
#ifndef CTAIL_DELIVER_TLS_SETTINGS_H
#define CTAIL_DELIVER_TLS_SETTINGS_H

#include "base/setting.h"

enum tls_version { TLS_1_2, TLS_1_3 };

struct tls_settings {
	char *ca_file;		/* NULL: the system's */
	int min;		/* enum tls_version */
	char *cert_file;	/* PEM, client certificate; NULL: none */
	char *key_file;		/* PEM, its key; NULL: it is in cert_file */
	char *pin;		/* "sha256//BASE64", several by `;': the only
				 * public keys the server may have; NULL: any
				 * that is trusted */
};

extern const char *const tls_version_choices[];

#define TLS_SETTING_ROWS(type_, member) \
	{.name = "ca_file", .type = SETTING_TEXT, \
	    .offset = offsetof(type_, member.ca_file), \
	    .help = "file of certificates to trust instead of the " \
		    "system's"}, \
	{.name = "tls_min", .type = SETTING_CHOICE, \
	    .offset = offsetof(type_, member.min), \
	    .choices = tls_version_choices, .fallback = "1.2", \
	    .help = "oldest version of TLS to accept"}, \
	{.name = "tls_pin", .type = SETTING_TEXT, \
	    .offset = offsetof(type_, member.pin), \
	    .help = "public key that the server must have"}, \
	{.name = "cert_file", .type = SETTING_TEXT, \
	    .offset = offsetof(type_, member.cert_file), \
	    .help = "client certificate"}, \
	{.name = "key_file", .type = SETTING_TEXT, \
	    .offset = offsetof(type_, member.key_file), \
	    .help = "key of the client certificate"}

/* Files must be absolute: nobody knows where a worker runs.  A key_file needs a
 * cert_file; tls_pin is checked byte by byte. */
int tls_settings_check(const struct tls_settings *settings, struct err *err);

#endif
