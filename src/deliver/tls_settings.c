/*
 * tls_settings: the keys about TLS that the sinks of the network share.
 */
#include "config.h"

#include <string.h>

#include "base/ascii.h"
#include "base/span.h"
#include "deliver/tls_settings.h"

#define PIN_PREFIX "sha256//"
#define PIN_DIGITS 43 /* of base64 for 32 bytes, and a `=' behind them */
#define PINS_MAX 16

const char *const tls_version_choices[] = {"1.2", "1.3", NULL};

static int
tls_check_path(const char *key, const char *path, struct err *err)
{
	if (path && path[0] != '/')
		return err_set(
		    err, "%s must be an absolute path (begin with /)", key);
	return 0;
}

/* The last digit stands for four bits of the hash and two that are zero. */
static bool
tls_is_pin(struct span text)
{
	size_t prefix = strlen(PIN_PREFIX);

	if (text.len != prefix + PIN_DIGITS + 1 ||
	    memcmp(text.data, PIN_PREFIX, prefix) != 0)
		return false;
	for (size_t i = prefix; i < prefix + PIN_DIGITS; i++) {
		char byte = text.data[i];

		if (!ascii_is_alnum(byte) && byte != '+' && byte != '/')
			return false;
	}
	return text.data[text.len - 1] == '=' &&
	       strchr("AEIMQUYcgkosw048", text.data[text.len - 2]);
}

/* libcurl takes a value that is no pin for the name of a file. */
static int
tls_check_pins(const char *pins, struct err *err)
{
	size_t count = 0;

	for (const char *at = pins; at; count++) {
		size_t len = strcspn(at, ";");

		if (!tls_is_pin(span_of(at, len)) || count == PINS_MAX)
			return err_set(err,
			    "tls_pin must be sha256// and the base64 of a "
			    "public key's SHA-256 hash (44 characters); up to "
			    "%d of them, with `;' between and no blanks",
			    PINS_MAX);
		at = at[len] ? at + len + 1 : NULL;
	}
	return 0;
}

int
tls_settings_check(const struct tls_settings *settings, struct err *err)
{
	if (tls_check_path("ca_file", settings->ca_file, err) ||
	    tls_check_path("cert_file", settings->cert_file, err) ||
	    tls_check_path("key_file", settings->key_file, err))
		return -1;
	if (settings->key_file && !settings->cert_file)
		return err_set(err, "key_file is given without its cert_file");
	return tls_check_pins(settings->pin, err);
}
