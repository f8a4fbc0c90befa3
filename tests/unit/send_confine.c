/*
 * Unit tests of ctail-send/confine.h: each attempt is a process of its own.
 * They run under sanitizers too, where ctail-send itself is not confined.
 */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "ctail-send/confine.h"
#include "files.h"
#include "tap.h"

/* What a child says by its exit status. */
enum said { DONE = 0, REFUSED = 1, BROKEN = 2 };

static char secret[256], needed[256], beside[256], shared[256],
    beside_shared[256], directory_file[256], fresh[256], socket_path[100];

static int
by_errno(int result)
{
	if (result >= 0)
		return DONE;
	return errno == EPERM || errno == EACCES ? REFUSED : BROKEN;
}

static int
try_write(void)
{
	return by_errno(open(fresh, O_WRONLY | O_CREAT, 0600));
}

static int
try_write_needed(void)
{
	return by_errno(open(needed, O_WRONLY));
}

static int
try_truncate(void)
{
	return by_errno(truncate(needed, 0));
}

static int
try_unlink(void)
{
	return by_errno(unlink(needed));
}

static int
try_read(void)
{
	return by_errno(open(secret, O_RDONLY));
}

static int
try_read_needed(void)
{
	return by_errno(open(needed, O_RDONLY));
}

static int
try_read_beside(void)
{
	return by_errno(open(beside, O_RDONLY));
}

static int
try_read_shared(void)
{
	return by_errno(open(shared, O_RDONLY));
}

static int
try_read_beside_shared(void)
{
	return by_errno(open(beside_shared, O_RDONLY));
}

static int
try_read_shadow(void)
{
	return by_errno(open("/etc/shadow", O_RDONLY));
}

static int
try_chmod(void)
{
	return by_errno(chmod(needed, 0666));
}

static int
try_chown(void)
{
	return by_errno(chown(needed, getuid(), getgid()));
}

static int
try_times(void)
{
	return by_errno(utimensat(AT_FDCWD, needed, NULL, 0));
}

static int
try_attribute(void)
{
	return by_errno(setxattr(needed, "user.x", "y", 1, 0));
}

static int
try_make_node(void)
{
	return by_errno(mknod(fresh, S_IFIFO | 0600, 0));
}

static int
try_link(void)
{
	return by_errno(link(needed, fresh));
}

static int
try_own_memory(void)
{
	return by_errno(open("/proc/self/mem", O_RDWR));
}

static int
try_shared_memory(void)
{
	return by_errno(open("/dev/shm/ctail-test", O_RDWR | O_CREAT, 0600));
}

static int
try_read_in_directory(void)
{
	return by_errno(open(directory_file, O_RDONLY));
}

static int
try_read_system(void)
{
	return by_errno(open("/etc/passwd", O_RDONLY));
}

static int
try_exec(void)
{
	execl("/bin/true", "true", (char *)NULL);
	return by_errno(-1);
}

static int
try_setuid(void)
{
	return by_errno(setuid(getuid()));
}

static int
try_ptrace(void)
{
	return by_errno((int)ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

static int
try_signal(void)
{
	return by_errno(kill(getppid(), 0));
}

static int
try_process(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	return by_errno(pid);
}

static int
try_memory_program(void)
{
	char *const nothing[] = {NULL};
	int fd = (int)syscall(__NR_memfd_create, "x", 0u);

	return fd < 0 ? BROKEN : by_errno(fexecve(fd, nothing, nothing));
}

static int
try_type_into_terminal(void)
{
	return by_errno(ioctl(STDERR_FILENO, TIOCSTI, "x"));
}

static int
try_other_terminal_call(void)
{
	return ioctl(STDERR_FILENO, FIONREAD, &(int){0}) && errno == EPERM
		   ? REFUSED
		   : DONE;
}

static int
try_raw_socket(void)
{
	return by_errno(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
}

static int
try_packet_socket(void)
{
	return socket(AF_PACKET, SOCK_DGRAM, 0) < 0 ? REFUSED : DONE;
}

static int
try_signal_itself(void)
{
	return by_errno(raise(0));
}

static int
try_unshare(void)
{
	return by_errno(unshare(CLONE_NEWUSER));
}

static int
try_mount(void)
{
	return by_errno(mount("none", "/mnt", "tmpfs", 0, NULL));
}

static int
try_listen(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0)
		return BROKEN;
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)))
		return by_errno(-1);
	return by_errno(listen(fd, 1));
}

static void *
in_thread(void *arg)
{
	return arg;
}

static int
try_thread(void)
{
	pthread_t thread;

	return pthread_create(&thread, NULL, in_thread, NULL) ||
		       pthread_join(thread, NULL)
		   ? REFUSED
		   : DONE;
}

static int
try_resolve(void)
{
	struct addrinfo *found = NULL;

	if (getaddrinfo("localhost", NULL, NULL, &found))
		return REFUSED;
	freeaddrinfo(found);
	return DONE;
}

static int
try_socket(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", socket_path);
	return by_errno(
	    connect(fd, (struct sockaddr *)&address, sizeof(address)));
}

static int
try_random(void)
{
	return by_errno(open("/dev/urandom", O_RDONLY));
}

static int
try_early(void)
{
	struct rlimit core;

	return getrlimit(RLIMIT_CORE, &core) || core.rlim_max ||
		       prctl(PR_GET_DUMPABLE) ||
		       prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1
		   ? REFUSED
		   : DONE;
}

/* What an attempt ends with in a process that is confined; no memory is looked
 * at when it ends. */
static int
confined(int (*attempt)(void), bool runs_commands)
{
	const char *const paths[] = {
	    needed, shared, files_path("directory"), NULL};
	struct confine_needs needs = {paths, runs_commands};
	struct buf held = BUF_INIT;
	int status = 0;
	pid_t pid = fork();

	if (!pid) {
		confine_early();
		confine_late(&needs, &held);
		_exit(attempt());
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

/* What holds here, as the words say. */
static const char *
what_holds(bool runs_commands)
{
	static char text[512];
	const char *const paths[] = {NULL};
	struct confine_needs needs = {paths, runs_commands};
	struct buf held = BUF_INIT;
	int ends[2];
	ssize_t len = 0;

	if (pipe(ends))
		abort();
	pid_t pid = fork();
	if (!pid) {
		confine_early();
		confine_late(&needs, &held);
		_exit(write(ends[1], held.data, held.len) < 0);
	}
	close(ends[1]);
	waitpid(pid, NULL, 0);
	len = read(ends[0], text, sizeof(text) - 1);
	close(ends[0]);
	text[len < 0 ? 0 : len] = '\0';
	return text;
}

struct row {
	const char *what;
	int (*attempt)(void);
};

static void
test_refused(const char *part, bool holds, const struct row *rows, size_t count)
{
	if (!holds) {
		tap_skip(part, "this kernel has none of it");
		return;
	}
	for (size_t i = 0; i < count; i++)
		IS_INT(confined(rows[i].attempt, false), REFUSED, rows[i].what);
}

#define REFUSES(part, holds, rows) \
	test_refused(part, holds, rows, sizeof(rows) / sizeof((rows)[0]))

static void
test_allowed(void)
{
	static const struct row rows[] = {
	    {"a file that the sink names can be read", try_read_needed},
	    {"so can what takes its place in its directory", try_read_beside},
	    {"a file that is named in a shared directory too",
		try_read_shared},
	    {"so can a directory of credentials", try_read_in_directory},
	    {"so can what the C library needs", try_read_system},
	    {"and random bytes", try_random},
	    {"threads can be started", try_thread},
	    {"a program can end itself", try_signal_itself},
	    {"calls to descriptors go on", try_other_terminal_call},
	    {"names can be resolved", try_resolve},
	    {"a socket of this machine can be connected to", try_socket},
	    {"no core, no debugger, no new rights", try_early},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		IS_INT(confined(rows[i].attempt, false), DONE, rows[i].what);
}

static void
test_commands(const char *held)
{
	OK(strstr(held, "command"), "a sink with a command says so (%s)", held);
	OK(!strstr(held, "Landlock"), "and does not claim to be without files");
	IS_INT(confined(try_exec, true), DONE, "its command can run");
	IS_INT(confined(try_read, true), DONE, "and read its files");
	if (strstr(held, "seccomp"))
		IS_INT(confined(try_ptrace, true), REFUSED,
		    "the rest is refused all the same");
}

static void
make_files(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	files_begin();
	files_write("secret", "s3cret");
	files_mkdir("named");
	files_write("named/needed", "certificate");
	files_mkdir("directory");
	files_write("directory/password", "p");
	files_write("named/beside", "its successor");
	files_mkdir("shared");
	files_write("shared/named", "p");
	files_write("shared/beside", "somebody else's");
	chmod(files_path("shared"), 01777);
	snprintf(beside, sizeof(beside), "%.200s", files_path("named/beside"));
	snprintf(shared, sizeof(shared), "%.200s", files_path("shared/named"));
	snprintf(beside_shared, sizeof(beside_shared), "%.200s",
	    files_path("shared/beside"));
	snprintf(secret, sizeof(secret), "%.200s", files_path("secret"));
	snprintf(needed, sizeof(needed), "%.200s", files_path("named/needed"));
	snprintf(fresh, sizeof(fresh), "%.200s", files_path("fresh"));
	snprintf(directory_file, sizeof(directory_file), "%.200s",
	    files_path("directory/password"));
	snprintf(socket_path, sizeof(socket_path), "%.99s", files_path("log"));
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", socket_path);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)))
		abort();
}

int
main(void)
{
	static const struct row files[] = {
	    {"no file can be made", try_write},
	    {"none can be written to, not even the sink's own",
		try_write_needed},
	    {"or cut", try_truncate},
	    {"or removed", try_unlink},
	    {"no other file can be read", try_read},
	    {"nor one beside it in a directory that all may write to",
		try_read_beside_shared},
	    {"nor the users' passwords, not even by root", try_read_shadow},
	    {"no device or fifo can be made", try_make_node},
	    {"or a link", try_link},
	    {"or memory that others share", try_shared_memory},
	    {"our own memory cannot be written to as a file", try_own_memory},
	};
	static const struct row calls[] = {
	    {"no program can be run", try_exec},
	    {"not even one made in memory", try_memory_program},
	    {"no process can be started", try_process},
	    {"no other process can be sent a signal", try_signal},
	    {"no mode can be changed", try_chmod},
	    {"or owner", try_chown},
	    {"or time", try_times},
	    {"or attribute", try_attribute},
	    {"nothing can be typed into a terminal", try_type_into_terminal},
	    {"no packet can be made by hand", try_raw_socket},
	    {"or be read", try_packet_socket},
	    {"no other user can be", try_setuid},
	    {"no process can be traced", try_ptrace},
	    {"no namespace can be made", try_unshare},
	    {"nothing can be mounted", try_mount},
	    {"nothing can be listened to", try_listen},
	};

	make_files();

	char held[512];
	snprintf(held, sizeof(held), "%s", what_holds(false));
	printf("# holds: %s\n", held);
	OK(strstr(held, "no new privileges"), "what holds is said");
	test_allowed();
	REFUSES("files", strstr(held, "Landlock") != NULL, files);
	REFUSES("calls", strstr(held, "seccomp") != NULL, calls);
	test_commands(what_holds(true));
	files_end();
	return tap_done();
}
