/*
 * Secrets: the five sources, modes of files, and what is refused.
 */
#include "config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deliver/secret.h"
#include "tap.h"

static char directory[64];

static const char *
path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

static void
write_file(const char *name, const void *bytes, size_t len, mode_t mode)
{
	const char *path = path_of(name);
	int fd;

	/* The last one may be read-only, which root would not notice. */
	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len)
		abort();
	close(fd);
	chmod(path, mode);
}

/* The secret, or "error: ..." */
static const char *
read_secret(const struct secret_settings *settings)
{
	static char text[SECRET_MAX + 64];
	struct buf out = BUF_INIT;
	struct err err = ERR_INIT;

	if (secret_read(settings, "password", &out, &err))
		snprintf(text, sizeof(text), "error: %s", err.text);
	else
		snprintf(text, sizeof(text), "%s", buf_str(&out));
	secret_wipe(&out);
	return text;
}

static const char *
read_file(const void *bytes, size_t len, mode_t mode)
{
	struct secret_settings settings = {0};

	write_file("pass", bytes, len, mode);
	settings.file = (char *)path_of("pass");
	return read_secret(&settings);
}

static bool
is_error(const char *text, const char *needle)
{
	return !strncmp(text, "error: ", 7) && strstr(text, needle);
}

static void
test_file(void)
{
	struct secret_settings settings = {0};

	IS_STR(read_file("s3cret\n", 7, 0600), "s3cret", "a file is read");
	IS_STR(read_file("s3cret", 6, 0400), "s3cret",
	    "its line need not end");
	IS_STR(read_file("s3 cret \r\nmore\n", 15, 0600), "s3 cret ",
	    "the first line counts, blanks included");
	OK(is_error(read_file("x\n", 2, 0644), "chmod"),
	    "a file that all may read is refused, with what to do");
	OK(is_error(read_file("x\n", 2, 0620), "can be read or changed"),
	    "one that the group may write is refused");
	OK(is_error(read_file("x\n", 2, 0602), "can be read or changed"),
	    "one that others may write is refused");
	if (geteuid() == 0)
		IS_STR(read_file("x\n", 2, 0640), "x",
		    "root may let a group read");
	else
		OK(is_error(read_file("x\n", 2, 0640), "chmod 600"),
		    "only root may let a group read");

	settings.file = (char *)path_of("missing");
	OK(is_error(read_secret(&settings), "missing"),
	    "one that is not there is named");
	settings.file = directory;
	OK(is_error(read_secret(&settings), "not a regular file"),
	    "a directory is refused");
	settings.file = (char *)path_of("fifo");
	if (mkfifo(settings.file, 0600))
		abort();
	OK(is_error(read_secret(&settings), "not a regular file"),
	    "a fifo is refused and not waited for");
	unlink(path_of("fifo"));
}

static void
test_owner(void)
{
	struct secret_settings settings = {0};

	if (geteuid() != 0) {
		tap_skip("a file of another user is refused", "not root");
		return;
	}
	write_file("pass", "x\n", 2, 0600);
	settings.file = (char *)path_of("pass");
	if (chown(settings.file, 12345, 0))
		abort();
	OK(is_error(read_secret(&settings), "belongs to user 12345"),
	    "a file of another user is refused");
	if (chown(settings.file, 0, 0))
		abort();
}

static void
test_content(void)
{
	char longest[SECRET_MAX + 2];

	memset(longest, 'k', sizeof(longest));
	IS_INT((int)strlen(read_file(longest, SECRET_MAX, 0600)), SECRET_MAX,
	    "the longest secret is read");
	memcpy(longest + SECRET_MAX, "\r\n", 2);
	IS_INT((int)strlen(read_file(longest, SECRET_MAX + 2, 0600)),
	    SECRET_MAX, "also with a line end");
	longest[SECRET_MAX] = 'k';
	OK(is_error(read_file(longest, SECRET_MAX + 1, 0600), "longer than"),
	    "a longer one is refused");
	OK(is_error(read_file("", 0, 0600), "is empty"),
	    "an empty file is refused");
	OK(is_error(read_file("\nx\n", 3, 0600), "is empty"),
	    "an empty first line is refused");
	OK(is_error(read_file("a\0b\n", 4, 0600), "control byte"),
	    "a NUL is refused");
	OK(is_error(read_file("a\rb\n", 4, 0600), "control byte"),
	    "a line end inside is refused");
	OK(!strstr(read_file("hunter2\x01\n", 9, 0600), "hunter2"),
	    "no error repeats what was read");
}

static void
test_credential(void)
{
	struct secret_settings settings = {.credential = (char *)"pass"};

	unsetenv("CREDENTIALS_DIRECTORY");
	OK(is_error(read_secret(&settings), "LoadCredential=pass"),
	    "a credential without systemd is refused, with what to do");
	write_file("pass", "from systemd\n", 13, 0440);
	setenv("CREDENTIALS_DIRECTORY", directory, 1);
	IS_STR(read_secret(&settings), "from systemd",
	    "a credential is read, whatever its mode shows");
	unsetenv("CREDENTIALS_DIRECTORY");
}

static void
test_command(void)
{
	struct secret_settings settings = {0};

	settings.command = (char *)"/bin/echo  two \t words";
	IS_STR(read_secret(&settings), "two words",
	    "a command is split at blanks");
	settings.command = (char *)"/bin/echo $HOME;id";
	IS_STR(read_secret(&settings), "$HOME;id", "and knows no shell");
	settings.command = (char *)"/bin/false";
	OK(is_error(read_secret(&settings), "exit status 1"),
	    "one that fails is an error");
	settings.command = (char *)"/bin/true";
	OK(is_error(read_secret(&settings), "is empty"),
	    "one that says nothing is an error");
	settings.command = (char *)"/usr/bin/env seq 200000";
	IS_STR(read_secret(&settings), "1", "of one that says 1 MB, a line");
	settings.command = (char *)"/usr/bin/env seq -s: 200000";
	OK(is_error(read_secret(&settings), "longer than 4096"),
	    "that line may be no longer than a secret");
	settings.command = (char *)"/nonexistent/helper";
	OK(is_error(read_secret(&settings), "/nonexistent/helper"),
	    "one that is not there is named");
	settings.command = (char *)"   ";
	OK(is_error(read_secret(&settings), "empty"),
	    "blanks are no command");
}

static void
test_env_and_text(void)
{
	struct secret_settings settings = {.env = (char *)"CTAIL_TEST_SECRET"};

	unsetenv("CTAIL_TEST_SECRET");
	OK(is_error(read_secret(&settings), "CTAIL_TEST_SECRET"),
	    "a variable that is not there is named");
	setenv("CTAIL_TEST_SECRET", "from env", 1);
	IS_STR(read_secret(&settings), "from env", "a variable is read");
	settings = (struct secret_settings){.text = (char *)"inline"};
	IS_STR(read_secret(&settings), "inline", "a text is taken as it is");
	settings = (struct secret_settings){0};
	OK(is_error(read_secret(&settings), "no password"),
	    "no source is an error");
}

/* What the cache reads now, or the words of its error. */
static const char *
read_cached(struct secret_cache *cache, const struct secret_settings *settings)
{
	static char text[2048];
	struct buf out = BUF_INIT;
	struct err err = ERR_INIT;

	if (secret_cache_read(cache, settings, "password", &out, &err))
		snprintf(text, sizeof(text), "error: %s", err.text);
	else
		snprintf(text, sizeof(text), "%s", buf_str(&out));
	secret_wipe(&out);
	return text;
}

static void
test_cache(void)
{
	struct secret_settings settings = {0};
	struct secret_cache cache = SECRET_CACHE_INIT;
	char command[256];

	settings.file = (char *)path_of("pass");
	write_file("pass", "old\n", 4, 0600);
	IS_STR(read_cached(&cache, &settings), "old", "a file is read");
	write_file("pass", "new\n", 4, 0600);
	IS_STR(read_cached(&cache, &settings), "new",
	    "and read again at the next attempt");
	OK(!secret_cache_refused(&cache),
	    "a file that was refused was read just now: no use to read again");

	snprintf(command, sizeof(command), "/bin/cat %s", path_of("pass"));
	settings = (struct secret_settings){.command = command};
	IS_STR(read_cached(&cache, &settings), "new", "a command is run");
	OK(!secret_cache_refused(&cache), "a fresh answer that was refused, too");
	IS_STR(read_cached(&cache, &settings), "new", "it is run again then");
	write_file("pass", "newer\n", 6, 0600);
	IS_STR(read_cached(&cache, &settings), "new",
	    "but not for every attempt");
	OK(secret_cache_refused(&cache), "until an old answer is refused");
	IS_STR(read_cached(&cache, &settings), "newer", "then it is run again");
	secret_cache_release(&cache);
	OK(!cache.kept.data, "and nothing is kept");

	settings.command = (char *)"/bin/false";
	OK(is_error(read_cached(&cache, &settings), "exit status 1"),
	    "one that fails is an error, and no empty secret");
	settings.command = (char *)"/bin/echo x";
	IS_STR(read_cached(&cache, &settings), "x", "and is run again");
	secret_cache_release(&cache);
}

static void
check_fails(struct secret_settings settings, const char *needle,
    const char *sentence)
{
	struct err err = ERR_INIT;

	OK(secret_check(&settings, "password", &err) &&
		strstr(err.text, needle),
	    "%s", sentence);
}

static void
test_check(void)
{
	struct secret_settings fine = {.file = (char *)"/etc/pass"};
	struct err err = ERR_INIT;

	OK(!secret_check(&fine, "password", &err), "one source is fine");
	OK(secret_is_set(&fine), "and is seen");
	fine = (struct secret_settings){0};
	OK(!secret_check(&fine, "password", &err) && !secret_is_set(&fine),
	    "none is fine, and is seen too");
	check_fails((struct secret_settings){.file = (char *)"/a",
			.env = (char *)"B"},
	    "given 2 times", "two sources are refused");
	check_fails((struct secret_settings){.file = (char *)"pass"},
	    "absolute", "a relative file is refused");
	check_fails((struct secret_settings){.command = (char *)"pass show x"},
	    "absolute", "a command without its path is refused");
	check_fails((struct secret_settings){.credential = (char *)"../x"},
	    "not a path", "a credential is no path");
	check_fails((struct secret_settings){.credential = (char *)".."},
	    "not a path", "nor the way out of its directory");
	check_fails((struct secret_settings){.env = (char *)"A=B"},
	    "environment variable", "a variable's name is checked");
	check_fails((struct secret_settings){.text = (char *)""}, "empty",
	    "an empty text is refused");
}

int
main(void)
{
	const char *base = getenv("TMPDIR");

	snprintf(directory, sizeof(directory), "%.32s/ctail-secret-XXXXXX",
	    base && strlen(base) < 32 ? base : "/tmp");
	if (!mkdtemp(directory))
		return EXIT_FAILURE;
	test_file();
	test_owner();
	test_content();
	test_credential();
	test_command();
	test_env_and_text();
	test_cache();
	test_check();
	unlink(path_of("pass"));
	rmdir(directory);
	return tap_done();
}
