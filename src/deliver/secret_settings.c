/*
 * secret_settings: is a secret named well?  Apart from secret.c, so that a
 * program that only checks the configuration holds no code that reads one.
 */
#include "config.h"

#include <string.h>

#include "base/ascii.h"
#include "deliver/secret.h"

bool
secret_is_set(const struct secret_settings *settings)
{
	return settings->file || settings->credential || settings->command ||
	       settings->env || settings->text;
}

bool
secret_is_left_out(const struct secret_settings *settings)
{
	return settings->text && !strcmp(settings->text, SETTING_LEFT_OUT);
}

static int
secret_check_one_source(
    const struct secret_settings *settings, const char *key, struct err *err)
{
	const char *const sources[] = {settings->file, settings->credential,
	    settings->command, settings->env, settings->text};
	int count = 0;

	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
		count += sources[i] != NULL;
	if (count > 1)
		return err_set(err,
		    "%s is given %d times: keep one of %s_file, "
		    "%s_credential, %s_command, %s_env and %s",
		    key, count, key, key, key, key, key);
	return 0;
}

static bool
secret_is_env_name(const char *name)
{
	if (!name[0] || ascii_is_digit(name[0]))
		return false;
	for (; *name; name++) {
		if (!ascii_is_word(*name))
			return false;
	}
	return true;
}

int
secret_check(
    const struct secret_settings *settings, const char *key, struct err *err)
{
	const char *credential = settings->credential;

	if (secret_check_one_source(settings, key, err))
		return -1;
	if (settings->file && settings->file[0] != '/')
		return err_set(err,
		    "%s_file must be an absolute path (begin with /)", key);
	if (settings->command && settings->command[0] != '/')
		return err_set(err,
		    "%s_command must begin with the absolute path of a "
		    "program; there is no shell",
		    key);
	if (credential &&
	    (!credential[0] || credential[0] == '.' || strchr(credential, '/')))
		return err_set(err,
		    "%s_credential must be the name of a systemd credential, "
		    "not a path",
		    key);
	if (settings->env && !secret_is_env_name(settings->env))
		return err_set(err,
		    "%s_env must be the name of an environment variable", key);
	if (settings->text && !settings->text[0])
		return err_set(err, "%s is empty", key);
	return 0;
}
