/*
 * Unit tests of base/child.h.  The program starts itself, with a word that
 * says what the child is to do.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/durable.h"
#include "tap.h"

static char self[4096];

/* What children do. */

static int
list_descriptors(void)
{
	DIR *directory = opendir("/proc/self/fd");
	bool open_ones[4096] = {false};
	struct dirent *entry;
	long fd;

	while ((entry = readdir(directory))) {
		fd = strtol(entry->d_name, NULL, 10);
		if (*entry->d_name != '.' && fd != dirfd(directory))
			open_ones[fd < 4096 ? fd : 4095] = true;
	}
	closedir(directory);
	/* In the order of numbers, which the listing need not have. */
	for (fd = 0; fd < 4096; fd++)
		if (open_ones[fd])
			printf("%ld ", fd);
	return 0;
}

static int
show_signals(void)
{
	struct sigaction action;
	sigset_t mask;
	int number, odd = 0;

	sigprocmask(SIG_SETMASK, NULL, &mask);
	for (number = 1; number < NSIG; number++) {
		odd += sigismember(&mask, number) == 1;
		/* Sanitizers take these for themselves before main. */
		if (number == SIGSEGV || number == SIGBUS || number == SIGFPE ||
		    number == SIGILL)
			continue;
		odd += !sigaction(number, NULL, &action) &&
		       action.sa_handler != SIG_DFL;
	}
	printf("%d %d", odd, getpgrp() == getpid());
	return 0;
}

static int
copy(void)
{
	char bytes[100];
	ssize_t got;

	while ((got = read(0, bytes, sizeof(bytes))) > 0)
		if (write(1, bytes, (size_t)got) != got)
			return 1;
	return write(2, "error", 5) == 5 ? 0 : 1;
}

/* Two processes that hold standard output open until they are killed. */
static int
hang(void)
{
	if (fork())
		(void)write_all(1, "r", 1);
	for (;;)
		pause();
	return 0;
}

static int
show_user(void)
{
	printf("%d %d %d %d", (int)getuid(), (int)geteuid(), (int)getgid(),
	    (int)getegid());
	return 0;
}

static int
show_environment(void)
{
	extern char **environ;
	char **entry;

	for (entry = environ; *entry; entry++)
		printf("%s;", *entry);
	return 0;
}

static const struct act {
	const char *word;
	int (*run)(void);
} acts[] = {
    {"descriptors", list_descriptors},
    {"signals", show_signals},
    {"copy", copy},
    {"hang", hang},
    {"user", show_user},
    {"environment", show_environment},
};

/* What the parent asks. */

struct run {
	char text[65536];
	int status;
};

static struct child_spec
spec_of(const char *const argv[])
{
	return (struct child_spec){
	    .argv = argv, .in = -1, .out = -1, .error = -1};
}

/* Starts the act with standard output into a pipe and waits for its end. */
static struct run
run(struct child_spec spec)
{
	struct run result = {.status = -1};
	struct err err = ERR_INIT;
	size_t len = 0;
	ssize_t got;
	int ends[2];
	pid_t pid;

	if (pipe(ends))
		abort();
	spec.out = ends[1];
	pid = child_start(&spec, &err);
	close(ends[1]);
	if (pid < 0)
		snprintf(result.text, sizeof(result.text), "%s", err.text);
	while (pid > 0 && (got = read_some(ends[0], result.text + len,
			       sizeof(result.text) - 1 - len)) > 0)
		len += (size_t)got;
	close(ends[0]);
	if (pid > 0)
		waitpid(pid, &result.status, 0);
	return result;
}

static void
descriptors(void)
{
	const char *const argv[] = {self, "descriptors", NULL};
	int low, high, more[20], i;

	for (i = 0; i < 20; i++)
		more[i] = open("/dev/null", O_RDONLY);
	low = open("/dev/null", O_RDONLY);
	high = fcntl(low, F_DUPFD, 900);
	IS_STR(run(spec_of(argv)).text, "0 1 2 ",
	    "the child has 0, 1 and 2 and nothing else");
	OK(fcntl(low, F_GETFD) >= 0 && fcntl(high, F_GETFD) >= 0,
	    "the parent keeps its own");
	for (i = 0; i < 20; i++)
		close(more[i]);
	close(low);
	close(high);
}

static int
open_count(void)
{
	int fd, count = 0;

	for (fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void
on_signal(int number)
{
	(void)number;
}

static void
signals(void)
{
	const char *const argv[] = {self, "signals", NULL};
	sigset_t mask, now;

	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGUSR1, on_signal);
	IS_STR(run(spec_of(argv)).text, "0 1",
	    "the child has no signal blocked, ignored or handled, and a "
	    "process group of its own");
	sigprocmask(SIG_SETMASK, NULL, &now);
	OK(sigismember(&now, SIGTERM) && !sigismember(&now, SIGINT),
	    "the parent's mask is as it was");
	sigprocmask(SIG_UNBLOCK, &mask, NULL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGUSR1, SIG_DFL);
}

static void
streams(void)
{
	const char *const argv[] = {self, "copy", NULL};
	struct child_spec spec = spec_of(argv);
	char text[100] = "";
	int in[2], error[2];
	struct run result;

	if (pipe(in) || pipe(error))
		abort();
	spec.error = in[1];
	OK(!WEXITSTATUS(run(spec).status), "without an input there is none");
	OK(read(in[0], text, 5) == 5 && !strcmp(text, "error"),
	    "while errors go where they should");
	spec.in = in[0];
	spec.error = error[1];
	(void)write_all(in[1], "hello", 5);
	close(in[1]);
	result = run(spec);
	close(error[1]);
	IS_STR(result.text, "hello", "input and output go where they should");
	OK(read(error[0], text, sizeof(text)) == 5 && !strcmp(text, "error"),
	    "and errors again");
	OK(fcntl(in[0], F_GETFD) >= 0, "the descriptors stay the caller's");
	close(in[0]);
	close(error[0]);
}

/* In a process of its own, whose 0 and 1 are each other's targets. */
static void
crosswise(int in, int out)
{
	const char *const argv[] = {self, "copy", NULL};
	struct child_spec spec = spec_of(argv);
	int status;
	pid_t pid;

	dup2(out, 0);
	dup2(in, 1);
	dup2(out, 2);
	close(in);
	close(out);
	spec.in = 1;
	spec.out = 0;
	spec.error = 0;
	pid = child_start(&spec, NULL);
	close(0);
	close(1);
	close(2);
	if (pid < 0)
		_exit(1);
	waitpid(pid, &status, 0);
	_exit(status ? 1 : 0);
}

/* In a process whose 0, 1 and 2 are closed: what is opened next gets these
 * numbers. */
static void
nothing_open(int in, int out)
{
	const char *const argv[] = {self, "descriptors", NULL};
	struct child_spec spec = spec_of(argv);
	int status;
	pid_t pid;

	close(in);
	close(0);
	close(1);
	close(2);
	spec.out = out;
	pid = child_start(&spec, NULL);
	close(out);
	if (pid < 0)
		_exit(1);
	waitpid(pid, &status, 0);
	_exit(status ? 1 : 0);
}

static void
in_the_way(
    void (*call)(int in, int out), const char *want, const char *sentence)
{
	char text[100] = "";
	int in[2], out[2];
	size_t len = 0;
	ssize_t got;
	pid_t pid;

	if (pipe(in) || pipe(out))
		abort();
	pid = fork();
	if (!pid) {
		close(in[1]);
		close(out[0]);
		call(in[0], out[1]);
	}
	close(in[0]);
	close(out[1]);
	signal(SIGPIPE, SIG_IGN);
	(void)write_all(in[1], "hello", 5);
	signal(SIGPIPE, SIG_DFL);
	close(in[1]);
	while (
	    (got = read_some(out[0], text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)got;
	waitpid(pid, NULL, 0);
	close(out[0]);
	IS_STR(text, want, sentence);
}

static void
refusal(const char *path, int reason, const char *sentence)
{
	const char *const argv[] = {path, NULL};
	struct child_spec spec = spec_of(argv);
	struct err err = ERR_INIT;

	OK(child_start(&spec, &err) == -1 && strstr(err.text, path) &&
		strstr(err.text, strerror(reason)),
	    "%s: %s", sentence, err.text);
}

static void
refusals(void)
{
	int before = open_count();

	refusal("/nonexistent/program", ENOENT, "an unknown program");
	refusal("/", EACCES, "a directory");
	refusal("/etc/passwd", EACCES, "a file that is no program");
	OK(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD,
	    "no child is left of those");
	IS_INT(open_count(), before, "and no descriptor");
}

static void
groups_end(void)
{
	const char *const argv[] = {self, "hang", NULL};
	struct child_spec spec = spec_of(argv);
	int ends[2], status = 0;
	char byte;
	pid_t pid;

	if (pipe(ends))
		abort();
	spec.out = ends[1];
	pid = child_start(&spec, NULL);
	close(ends[1]);
	OK(pid > 0 && read(ends[0], &byte, 1) == 1,
	    "a child and a child of it run");
	child_signal(pid, SIGKILL);
	IS_INT(read_some(ends[0], &byte, 1), 0,
	    "a signal to the group ends them both");
	waitpid(pid, &status, 0);
	OK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL,
	    "and the parent can tell");
	close(ends[0]);
}

static void
users(void)
{
	const char *const argv[] = {self, "user", NULL};
	struct child_spec spec = spec_of(argv);
	struct passwd *entry;
	struct err err = ERR_INIT;
	char want[100];

	spec.user = "no-such-user-here";
	OK(child_start(&spec, &err) == -1 &&
		strstr(err.text, "there is no user no-such-user-here"),
	    "an unknown user is named");
	entry = getpwuid(geteuid());
	if (!entry) {
		tap_skip("the user we are", "it has no name");
	} else {
		spec.user = entry->pw_name;
		snprintf(want, sizeof(want), "%d %d %d %d", (int)geteuid(),
		    (int)geteuid(), (int)getegid(), (int)getegid());
		IS_STR(run(spec).text, want, "the user we are needs no right");
	}
}

/* A shell, because nobody may not reach a private build directory.  The
 * parent is in a group that the child must lose. */
static void
another_user(void)
{
	const char *const argv[] = {"/bin/sh", "-c",
	    "cd / && echo $(id -ru) $(id -u) $(id -rg) $(id -g) $(id -G)",
	    NULL};
	struct child_spec spec = spec_of(argv);
	struct passwd *entry = getpwnam("nobody");
	const gid_t extra = 54321;
	struct run result;
	char want[100];

	if (geteuid() || !entry || setgroups(1, &extra)) {
		tap_skip("another user", "only root may become nobody");
		return;
	}
	spec.user = "nobody";
	snprintf(want, sizeof(want), "%d %d %d %d ", (int)entry->pw_uid,
	    (int)entry->pw_uid, (int)entry->pw_gid, (int)entry->pw_gid);
	result = run(spec);
	OK(!strncmp(result.text, want, strlen(want)),
	    "a child of root can be nobody");
	OK(!strstr(result.text, "54321"),
	    "which is in no group of the parent's");
}

static void
environments(void)
{
	const char *const argv[] = {self, "environment", NULL};
	const char *const envp[] = {"A=1", "B=", NULL};
	struct child_spec spec = spec_of(argv);

	spec.envp = envp;
	IS_STR(run(spec).text, "A=1;B=;", "the environment is what was given");
	spec.envp = NULL;
	setenv("CTAIL_TEST_CHILD", "inherited", 1);
	OK(strstr(run(spec).text, "CTAIL_TEST_CHILD=inherited;") != NULL,
	    "or the parent's");
}

/* A parent that starts a sleeper, tells its pid, and dies. */
static pid_t
orphan(bool with_parent)
{
	const char *argv[] = {"/bin/sleep", "600", NULL};
	struct child_spec spec = {.argv = argv,
	    .in = -1,
	    .out = -1,
	    .error = -1,
	    .with_parent = with_parent};
	int tell[2];
	pid_t pid = -1, parent;

	if (pipe(tell))
		return -1;
	parent = fork();
	if (parent == 0) {
		struct err err = ERR_INIT;

		pid = child_start(&spec, &err);
		if (write(tell[1], &pid, sizeof(pid)) != sizeof(pid))
			_exit(1);
		_exit(0);
	}
	if (read(tell[0], &pid, sizeof(pid)) != sizeof(pid))
		pid = -1;
	waitpid(parent, NULL, 0);
	close(tell[0]);
	close(tell[1]);
	return pid;
}

/* Whoever inherits the orphan may take its time to reap it. */
static bool
is_dead(pid_t pid)
{
	char path[64], line[256] = "";
	FILE *status;

	if (kill(pid, 0))
		return true;
	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	status = fopen(path, "r");
	if (!status)
		return true;
	if (!fgets(line, sizeof(line), status))
		*line = '\0';
	fclose(status);
	return strstr(line, ") Z ") != NULL;
}

static void
test_with_parent(void)
{
	pid_t bound = orphan(true), loose = orphan(false);
	int tries = 0;

	while (!is_dead(bound) && tries++ < 5000)
		poll(NULL, 0, 1);
	OK(bound > 0 && is_dead(bound),
	    "a child bound to its parent dies with it");
	OK(loose > 0 && !is_dead(loose), "one that is not lives on");
	if (loose > 0)
		kill(loose, SIGKILL);
}

int
main(int argc, char **argv)
{
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	size_t i;

	for (i = 0; argc > 1 && i < sizeof(acts) / sizeof(*acts); i++)
		if (!strcmp(argv[1], acts[i].word))
			return acts[i].run();
	if (len < 0) {
		tap_skip("starting children", "this system has no /proc");
		return tap_done();
	}
	descriptors();
	signals();
	streams();
	in_the_way(crosswise, "helloerror",
	    "descriptors that are in each other's way are swapped");
	in_the_way(nothing_open, "0 1 2 ",
	    "a parent without 0, 1 and 2 can start children too");
	refusals();
	groups_end();
	users();
	another_user();
	environments();
	test_with_parent();
	return tap_done();
}
