/*
 * confine_linux: confine for Linux.
 *
 * Landlock by its system calls, so that neither library nor header has to be
 * as new as the kernel: the kernel says which version it speaks, and is asked
 * for what that version knows.  Numbers and bits are those of the kernel's
 * documentation (userspace-api/landlock).
 */
#include "config.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"
#include "ctail-send/confine.h"
#include "ctail-send/confine_internal.h"

enum {
	LANDLOCK_ASK_VERSION = 1,
	LANDLOCK_RULE_PATH = 1,
};

enum {
	FILE_EXECUTE = 1 << 0,
	FILE_WRITE = 1 << 1,
	FILE_READ = 1 << 2,
	DIRECTORY_READ = 1 << 3,
	BIND_TCP = 1 << 0,
	SCOPE_ABSTRACT_SOCKETS = 1 << 0,
	SCOPE_SIGNALS = 1 << 1,
};

/* struct landlock_ruleset_attr as it has grown; a kernel reads what of it it
 * knows, and takes more only when that is zero. */
struct ruleset {
	uint64_t files, net, scopes;
};

struct path_rule {
	uint64_t allowed;
	int32_t fd;
} __attribute__((packed));

/* What each version added: all rights to files that it knows (bits 0 to 12 at
 * first; then refer, truncate, devices' ioctl), ports, scopes. */
static const struct landlock_version {
	int version;
	struct ruleset most;
} landlock_versions[] = {
    {6, {0xffff, BIND_TCP, SCOPE_ABSTRACT_SOCKETS | SCOPE_SIGNALS}},
    {5, {0xffff, BIND_TCP, 0}},
    {4, {0x7fff, BIND_TCP, 0}},
    {3, {0x7fff, 0, 0}},
    {2, {0x3fff, 0, 0}},
    {1, {0x1fff, 0, 0}},
};

/* For the C library, its name services, TLS and time zones, wherever systems
 * keep them.  Directories rather than files where files are replaced while we
 * run (resolv.conf). */
static const char *const system_paths[] = {
    "/usr",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/nix/store",
    "/gnu/store",
    "/run/NetworkManager",
    "/run/nscd",
    "/run/resolvconf",
    "/run/systemd/resolve",
    "/run/systemd/machines",
    "/var/cache/nscd",
    "/var/db/nscd",
    "/var/lib/ca-certificates",
    "/var/lib/sss/mc",
    "/dev/null",
    "/dev/random",
    "/dev/urandom",
    "/dev/zero",
    "/proc/sys/crypto",
    "/proc/self",
    "/sys/devices/system/cpu",
    NULL,
};

/* Of /etc a user can read what the modes there leave to him.  To root they
 * leave everything, so that a list has to say it; a file of it that is
 * replaced is seen by the next run. */
static const char *const etc_of_users[] = {"/etc", NULL};
static const char *const etc_of_root[] = {
    "/etc/ca-certificates",
    "/etc/crypto-policies",
    "/etc/gai.conf",
    "/etc/gnutls",
    "/etc/group",
    "/etc/host.conf",
    "/etc/hosts",
    "/etc/krb5.conf",
    "/etc/krb5.conf.d",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/mdns.allow",
    "/etc/networks",
    "/etc/nsswitch.conf",
    "/etc/passwd",
    "/etc/pkcs11",
    "/etc/pki/ca-trust",
    "/etc/pki/tls/cert.pem",
    "/etc/pki/tls/certs",
    "/etc/pki/tls/openssl.cnf",
    "/etc/pki/tls/openssl.d",
    "/etc/protocols",
    "/etc/resolv.conf",
    "/etc/resolvconf",
    "/etc/services",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf",
    "/etc/ssl/openssl.cnf.d",
    "/etc/static",
    NULL,
};

void
confine_early(void)
{
	const struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* Whatever is not there cannot be read, and is none of our business. */
static void
allow_reading(int ruleset, const char *const *paths)
{
	for (size_t i = 0; paths[i]; i++) {
		struct stat status;
		int fd = open(paths[i], O_PATH | O_CLOEXEC);

		if (fd < 0)
			continue;
		if (!fstat(fd, &status)) {
			const struct path_rule rule = {
			    .allowed = S_ISDIR(status.st_mode)
					   ? FILE_READ | DIRECTORY_READ
					   : FILE_READ,
			    .fd = fd,
			};

			syscall(__NR_landlock_add_rule, ruleset,
			    LANDLOCK_RULE_PATH, &rule, 0);
		}
		close(fd);
	}
}

/* Where other things lie that are none of the sink's: there the file that is
 * named now can be read, and one that takes its place not before the next
 * run. */
static bool
is_shared(const char *directory)
{
	static const char *const shared[] = {"/", "/etc", "/root", "/run",
	    "/var", "/var/lib", "/etc/ssl/private"};
	const char *home = getenv("HOME");
	struct stat status;

	for (size_t i = 0; i < sizeof(shared) / sizeof(shared[0]); i++) {
		if (!strcmp(directory, shared[i]))
			return true;
	}
	return (!strncmp(directory, "/home/", 6) &&
		   !strchr(directory + 6, '/')) ||
	       (home && !strcmp(directory, home)) ||
	       stat(directory, &status) || status.st_mode & S_IWOTH;
}

/* A password is changed by renaming another file over it, of which a rule for
 * the file that was there knows nothing. */
static void
allow_reading_around(int ruleset, const char *const *paths)
{
	for (size_t i = 0; paths[i]; i++) {
		struct stat status;

		if (!stat(paths[i], &status) && S_ISDIR(status.st_mode))
			continue;

		char *directory = xstrdup(paths[i]);
		char *slash = strrchr(directory, '/');
		const char *const one[] = {directory, NULL};

		if (slash) {
			slash[slash == directory] = '\0';
			if (!is_shared(directory))
				allow_reading(ruleset, one);
		}
		free(directory);
	}
}

static int
new_ruleset(void)
{
	long known = syscall(__NR_landlock_create_ruleset, NULL, (size_t)0,
	    LANDLOCK_ASK_VERSION);
	const struct landlock_version *version = landlock_versions;

	if (known < 1)
		return -1;
	while (version->version > known)
		version++;
	return (int)syscall(__NR_landlock_create_ruleset, &version->most,
	    sizeof(version->most), 0);
}

bool
confine_files(const char *const *read_paths)
{
	int ruleset = new_ruleset();
	bool held;

	if (ruleset < 0)
		return false;
	allow_reading(ruleset, system_paths);
	allow_reading(ruleset, geteuid() == 0 ? etc_of_root : etc_of_users);
	allow_reading(ruleset, read_paths);
	allow_reading_around(ruleset, read_paths);
	held = !syscall(__NR_landlock_restrict_self, ruleset, 0);
	close(ruleset);
	return held;
}

static void
say(struct buf *out, bool holds, const char *words)
{
	if (holds)
		buf_addf(out, "%s%s", out->len > 0 ? ", " : "", words);
}

void
confine_late(const struct confine_needs *needs, struct buf *held_out)
{
	struct buf held = BUF_INIT;

	say(&held, prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1,
	    "no new privileges");
	if (!needs->runs_commands)
		say(&held, confine_files(needs->read_paths), "Landlock");
	say(&held, confine_calls(needs->runs_commands), "seccomp");
	if (held.len == 0)
		buf_add_str(&held, "nothing");
	if (needs->runs_commands)
		buf_add_str(&held, " (but commands, and their files: a "
				   "password comes from a command)");
	buf_add_span(held_out, buf_span(&held));
	buf_release(&held);
}
