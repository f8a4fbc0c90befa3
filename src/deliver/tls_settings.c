/*
 * tls_settings: the keys about TLS that [smtp] and [webhook] share.
 */
#include "config.h"

#include "deliver/tls_settings.h"

const char *const tls_version_choices[] = {"1.2", "1.3", NULL};

int
tls_settings_check(const struct tls_settings *settings, struct err *err)
{
	if (settings->ca_file && settings->ca_file[0] != '/')
		return err_set(
		    err, "ca_file must be an absolute path (begin with /)");
	return 0;
}
