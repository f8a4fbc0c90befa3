/*
 * environment: what a started program finds in its environment.
 */
#include "config.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "deliver/environment.h"

#define ENVIRONMENT_PATH                                                       \
	"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

const char *
environment_get(const struct environment *environment, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < environment->count; i++) {
		if (!strncmp(environment->entries[i], name, len) &&
		    environment->entries[i][len] == '=')
			return environment->entries[i] + len + 1;
	}
	return NULL;
}

bool
environment_add(
    struct environment *environment, const char *name, struct span value)
{
	struct buf entry = BUF_INIT;

	if (environment_get(environment, name) ||
	    (value.len > 0 && memchr(value.data, '\0', value.len)))
		return false;
	buf_addf(&entry, "%s=", name);
	buf_add_span(&entry, value);
	environment->entries = xreallocarray(
	    environment->entries, environment->count + 2, sizeof(char *));
	environment->entries[environment->count++] = buf_take(&entry);
	environment->entries[environment->count] = NULL;
	return true;
}

int
environment_init(
    struct environment *environment, const char *user, struct err *err)
{
	const char *zone = getenv("TZ");
	const struct passwd *entry =
	    user ? getpwnam(user) : getpwuid(geteuid());

	*environment = (struct environment){NULL, 0};
	if (user && !entry)
		return err_set(err, "there is no user %s", user);
	environment_add(environment, "PATH", span_str(ENVIRONMENT_PATH));
	environment_add(environment, "LANG", span_str("C.UTF-8"));
	if (entry) {
		environment_add(environment, "HOME", span_str(entry->pw_dir));
		environment_add(environment, "USER", span_str(entry->pw_name));
		environment_add(
		    environment, "LOGNAME", span_str(entry->pw_name));
	}
	environment_add(environment, "SHELL", span_str("/bin/sh"));
	if (zone)
		environment_add(environment, "TZ", span_str(zone));
	return 0;
}

void
environment_release(struct environment *environment)
{
	for (size_t i = 0; i < environment->count; i++)
		free(environment->entries[i]);
	free(environment->entries);
	*environment = (struct environment){NULL, 0};
}
