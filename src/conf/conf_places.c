/*
 * conf_places: where things are when no file says so.
 *
 * The one place of this room that looks at the environment and at who runs
 * it; what is found is handed on as values.
 */
#include "config.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "conf/conf.h"

static const char *const mailers[] = {
    "/usr/sbin/sendmail", "/usr/lib/sendmail", "/usr/bin/sendmail", NULL};

/* NULL when unset or, as the XDG specification wants, not absolute. */
static const char *
environment_path(const char *name)
{
	const char *path = getenv(name);

	return path && path[0] == '/' ? path : NULL;
}

/* $XDG_... or the directory below the home directory; NULL without one. */
static char *
user_path(const char *variable, const char *below_home, const char *rest)
{
	const char *base = environment_path(variable);
	const char *home = environment_path("HOME");
	struct buf path = BUF_INIT;

	if (base == NULL && home == NULL)
		return NULL;
	if (base != NULL)
		buf_addf(&path, "%s/%s", base, rest);
	else
		buf_addf(&path, "%s/%s/%s", home, below_home, rest);
	return buf_take(&path);
}

static char *
find_state_dir(void)
{
	const char *given = environment_path("STATE_DIRECTORY");

	if (given != NULL)
		return xstrndup(given, strcspn(given, ":"));
	if (geteuid() == 0)
		return xstrdup("/var/lib/ctail");
	return user_path("XDG_STATE_HOME", ".local/state", "ctail");
}

void
conf_places_find(struct conf_places *out)
{
	*out = (struct conf_places){.state_dir = find_state_dir()};
	for (size_t i = 0; mailers[i] && !out->sendmail; i++) {
		if (access(mailers[i], X_OK) == 0)
			out->sendmail = xstrdup(mailers[i]);
	}
}

void
conf_places_release(struct conf_places *places)
{
	free((char *)places->state_dir);
	free((char *)places->sendmail);
	*places = (struct conf_places){NULL, NULL};
}

static bool
is_system_user(void)
{
	struct passwd *user;

	if (geteuid() == 0)
		return true;
	user = getpwuid(geteuid());
	return user != NULL && !strcmp(user->pw_name, "ctail");
}

char *
conf_default_path(void)
{
	char *path = NULL;

	if (!is_system_user())
		path =
		    user_path("XDG_CONFIG_HOME", ".config", "ctail/ctail.ini");
	return path ? path : xstrdup(CTAIL_SYSCONFDIR "/ctail/ctail.ini");
}
