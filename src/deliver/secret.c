/*
 * secret: a password or token, read when it is needed.
 *
 * One reader per source; the rows below say which.  No message here holds a
 * byte of what was read.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/mem.h"
#include "deliver/command.h"
#include "deliver/secret.h"

#define SECRET_COMMAND_MS 10000
#define SECRET_COMMAND_WORDS 64

void
secret_wipe(struct buf *secret)
{
	if (secret->data)
		explicit_bzero(secret->data, secret->cap);
	buf_release(secret);
}

/* Owner root or us; nobody else may read, but for a group that root chose. */
static int
secret_check_mode(const struct stat *status, const char *key, const char *path,
    struct err *err)
{
	mode_t forbidden = status->st_uid == 0 ? 037 : 077;

	if (!S_ISREG(status->st_mode))
		return err_set(
		    err, "%s_file %s is not a regular file", key, path);
	if (status->st_uid != 0 && status->st_uid != geteuid())
		return err_set(err,
		    "%s_file %s belongs to user %ld, who could change it: "
		    "chown it to root or to the user that sends",
		    key, path, (long)status->st_uid);
	if (status->st_mode & forbidden)
		return err_set(err,
		    "%s_file %s can be read or changed by others (mode "
		    "%03o): run chmod %s %s",
		    key, path, (unsigned)status->st_mode & 0777,
		    status->st_uid == 0 && status->st_gid != 0 ? "640" : "600",
		    path);
	return 0;
}

/* The first SECRET_MAX + 3 bytes: enough to tell a secret that is too long
 * from one that just fits and ends with CR LF. */
static int
secret_read_fd(int fd, struct buf *out)
{
	size_t room = SECRET_MAX + 3;

	buf_reserve(out, room);
	while (room > 0) {
		ssize_t got = read_some(fd, out->data + out->len, room);

		if (got < 0)
			return -1;
		if (got == 0)
			break;
		out->len += (size_t)got;
		room -= (size_t)got;
	}
	return 0;
}

enum secret_trust { SECRET_TRUSTED_PLACE, SECRET_CHECK_MODE };

static int
secret_read_path(const char *key, const char *path, enum secret_trust trust,
    struct buf *out, struct err *err)
{
	struct stat status;
	int result = -1;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd < 0)
		return err_set(err, "cannot open the file %s of %s: %s", path,
		    key, strerror(errno));
	if (fstat(fd, &status))
		err_set(err, "cannot look at %s: %s", path, strerror(errno));
	else if (trust == SECRET_CHECK_MODE &&
		 secret_check_mode(&status, key, path, err))
		;
	else if (secret_read_fd(fd, out))
		err_set(err, "cannot read the file %s of %s: %s", path, key,
		    strerror(errno));
	else
		result = 0;
	close(fd);
	return result;
}

static int
secret_from_file(const struct secret_settings *settings, const char *key,
    struct buf *out, struct err *err)
{
	return secret_read_path(
	    key, settings->file, SECRET_CHECK_MODE, out, err);
}

/* systemd owns the directory; the modes there show an ACL's mask. */
static int
secret_from_credential(const struct secret_settings *settings, const char *key,
    struct buf *out, struct err *err)
{
	const char *directory = getenv("CREDENTIALS_DIRECTORY");
	struct buf path = BUF_INIT;
	int result;

	if (!directory || directory[0] != '/')
		return err_set(err,
		    "%s_credential = %s needs systemd: there is no "
		    "$CREDENTIALS_DIRECTORY (add LoadCredential=%s:PATH to "
		    "the unit that sends)",
		    key, settings->credential, settings->credential);
	buf_addf(&path, "%s/%s", directory, settings->credential);
	result = secret_read_path(
	    key, buf_str(&path), SECRET_TRUSTED_PLACE, out, err);
	buf_release(&path);
	return result;
}

/* Splits in place. */
static int
secret_split(char *text, const char **argv, struct err *err)
{
	size_t count = 0;
	char *rest = text, *word;

	while ((word = strsep(&rest, " \t"))) {
		if (!*word)
			continue;
		if (count == SECRET_COMMAND_WORDS)
			return err_set(err, "more than %d words in a command",
			    SECRET_COMMAND_WORDS);
		argv[count++] = word;
	}
	argv[count] = NULL;
	return 0;
}

static int
secret_run(
    const char *const *argv, const char *key, struct buf *out, struct err *err)
{
	struct command_spec spec = {
	    .argv = argv,
	    .timeout_ms = SECRET_COMMAND_MS,
	    .output_max = SECRET_MAX + 3,
	    .streams = COMMAND_OUTPUT_ONLY,
	};
	struct command_end end;

	if (command_run(&spec, out, &end, err))
		return err_prefix(err, "%s_command", key);
	if (end.how == COMMAND_TIMED_OUT)
		return err_set(
		    err, "%s_command %s took longer than 10 s", key, argv[0]);
	if (end.how != COMMAND_EXITED || end.status != 0)
		return err_set(err, "%s_command %s failed (%s %d)", key,
		    argv[0],
		    end.how == COMMAND_EXITED ? "exit status" : "signal",
		    end.status);
	return 0;
}

static int
secret_from_command(const struct secret_settings *settings, const char *key,
    struct buf *out, struct err *err)
{
	const char *argv[SECRET_COMMAND_WORDS + 1];
	char *text = xstrdup(settings->command);
	int result = secret_split(text, argv, err);

	if (!result && !argv[0])
		result = err_set(err, "%s_command is empty", key);
	if (!result)
		result = secret_run(argv, key, out, err);
	free(text);
	return result;
}

static int
secret_from_env(const struct secret_settings *settings, const char *key,
    struct buf *out, struct err *err)
{
	const char *value = getenv(settings->env);

	if (!value)
		return err_set(err,
		    "%s_env names %s, which is not in the environment of the "
		    "program that sends",
		    key, settings->env);
	buf_add_str(out, value);
	return 0;
}

static int
secret_from_text(const struct secret_settings *settings, const char *key,
    struct buf *out, struct err *err)
{
	(void)key, (void)err;
	buf_add_str(out, settings->text);
	return 0;
}

static const struct secret_source {
	size_t offset;
	int (*read)(const struct secret_settings *settings, const char *key,
	    struct buf *out, struct err *err);
} secret_sources[] = {
    {offsetof(struct secret_settings, file), secret_from_file},
    {offsetof(struct secret_settings, credential), secret_from_credential},
    {offsetof(struct secret_settings, command), secret_from_command},
    {offsetof(struct secret_settings, env), secret_from_env},
    {offsetof(struct secret_settings, text), secret_from_text},
};

static const struct secret_source *
secret_source(const struct secret_settings *settings)
{
	size_t count = sizeof(secret_sources) / sizeof(secret_sources[0]);

	for (size_t i = 0; i < count; i++) {
		const char *field =
		    (const char *)settings + secret_sources[i].offset;

		if (*(char *const *)field)
			return &secret_sources[i];
	}
	return NULL;
}

/* Keeps the first line; no other control byte may stand in it. */
static int
secret_cut_line(struct buf *secret, const char *key, struct err *err)
{
	char *end =
	    secret->len ? memchr(secret->data, '\n', secret->len) : NULL;
	size_t len = end ? (size_t)(end - secret->data) : secret->len;

	if (len > 0 && secret->data[len - 1] == '\r')
		len--;
	if (len == 0)
		return err_set(err, "the %s is empty", key);
	if (len > SECRET_MAX)
		return err_set(
		    err, "the %s is longer than %d bytes", key, SECRET_MAX);
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)secret->data[i];

		if (byte < ' ' || byte == 0x7f)
			return err_set(err, "the %s holds a control byte", key);
	}
	explicit_bzero(secret->data + len, secret->cap - len);
	secret->len = len;
	return 0;
}

int
secret_read(const struct secret_settings *settings, const char *key,
    struct buf *out, struct err *err)
{
	const struct secret_source *source = secret_source(settings);
	struct buf secret = BUF_INIT;
	int result;

	if (!source)
		return err_set(err, "no %s is given", key);
	if (secret_is_left_out(settings))
		return err_set(err, "the %s stands in the configuration "
		    "itself, of which only the copy without secrets can be "
		    "read now; mend the configuration, or use %s_file", key,
		    key);

	/* Room for any secret at once: growing would leave copies behind. */
	buf_reserve(&secret, SECRET_MAX + 3 + 1);
	result = source->read(settings, key, &secret, err);
	if (!result)
		result = secret_cut_line(&secret, key, err);
	if (!result) {
		buf_reserve(out, secret.len + 1);
		buf_add_span(out, buf_span(&secret));
	}
	secret_wipe(&secret);
	return result;
}
