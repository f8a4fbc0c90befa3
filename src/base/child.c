/*
 * child: fork, put in order, exec.
 *
 * Everything that may allocate or take a lock happens before the fork;
 * between fork and exec there are system calls only.  A pipe that exec closes
 * tells the parent whether the program runs or what kept it from running.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bug.h"
#include "base/child.h"
#include "base/durable.h"
#include "base/mem.h"
#include "base/platform_internal.h"
#include "base/units.h"

extern char **environ;

#define STATUS_FD 3

/* How far the child came before it failed. */
enum child_stage {
	STAGE_DESCRIPTORS,
	STAGE_USER,
	STAGE_EXEC,
};

struct child_failure {
	enum child_stage stage;
	int error;
};

struct child_user {
	bool wanted;
	uid_t uid;
	gid_t gid;
	gid_t *groups;
	int group_count;
};

/* All that the child needs, looked up beforehand. */
struct child_plan {
	const struct child_spec *spec;
	struct child_user user;
	int sources[3];
	int null;      /* or -1 */
	int status[2]; /* the pipe; exec closes its writing end */
	int highest;   /* descriptor to close by hand; -1: not needed */
	sigset_t mask; /* the parent's */
};

static int
user_groups(const char *name, struct child_user *user)
{
	int room = 32;

	for (;;) {
		user->group_count = room;
		user->groups = xreallocarray(
		    user->groups, (size_t)room, sizeof(*user->groups));
		if (getgrouplist(
			name, user->gid, user->groups, &user->group_count) >= 0)
			return 0;
		if (room > NGROUPS_MAX)
			return -1;
		room *= 2;
	}
}

static int
user_find(const char *name, struct child_user *user, struct err *err)
{
	struct passwd *entry;

	if (!name)
		return 0;
	errno = 0;
	entry = getpwnam(name);
	if (!entry && errno)
		return err_set(err, "cannot look up the user %s: %s", name,
		    strerror(errno));
	if (!entry)
		return err_set(
		    err, "there is no user %s on this machine", name);
	user->uid = entry->pw_uid;
	user->gid = entry->pw_gid;
	/* Who is that user already needs no right to become it. */
	user->wanted = geteuid() != user->uid || getuid() != user->uid ||
		       getegid() != user->gid;
	if (user->wanted && user_groups(name, user))
		return err_set(
		    err, "cannot look up the groups of user %s", name);
	return 0;
}

static int
highest_open(void)
{
	DIR *directory = opendir("/proc/self/fd");
	struct dirent *entry;
	int64_t fd;
	int highest = STATUS_FD;
	long limit;

	if (!directory) {
		limit = sysconf(_SC_OPEN_MAX);
		return limit > 0 && limit < INT_MAX ? (int)limit : 65536;
	}
	while ((entry = readdir(directory)))
		if (!number_parse(
			span_str(entry->d_name), 0, INT_MAX, &fd, NULL) &&
		    fd > highest)
			highest = (int)fd;
	closedir(directory);
	return highest;
}

static bool
fd_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static int
plan_descriptors(struct child_plan *plan, struct err *err)
{
	const struct child_spec *spec = plan->spec;
	int error = spec->error;

	if (pipe2(plan->status, O_CLOEXEC)) {
		plan->status[0] = plan->status[1] = -1;
		return err_set(
		    err, "cannot create a pipe: %s", strerror(errno));
	}
	if (error < 0 && fd_open(STDERR_FILENO))
		error = STDERR_FILENO;
	if (spec->in < 0 || spec->out < 0 || error < 0) {
		plan->null = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (plan->null < 0)
			return err_set(
			    err, "cannot open /dev/null: %s", strerror(errno));
	}
	plan->sources[0] = spec->in < 0 ? plan->null : spec->in;
	plan->sources[1] = spec->out < 0 ? plan->null : spec->out;
	plan->sources[2] = error < 0 ? plan->null : error;
	/* No such descriptor can be open: this only asks whether the system
	 * knows the call. */
	plan->highest = platform_close_from(INT_MAX) ? highest_open() : -1;
	return 0;
}

static void
plan_release(struct child_plan *plan)
{
	free(plan->user.groups);
	if (plan->null >= 0)
		close(plan->null);
	if (plan->status[0] >= 0)
		close(plan->status[0]);
	if (plan->status[1] >= 0)
		close(plan->status[1]);
}

/* In the child from here on: system calls only. */

static _Noreturn void
child_fail(int status, enum child_stage stage)
{
	struct child_failure failure = {stage, errno};

	(void)write_all(status, &failure, sizeof(failure));
	_exit(127);
}

/* Everything is lifted out of the way first, because a source may be the
 * very number that another one goes to. */
static int
child_descriptors(const struct child_plan *plan)
{
	int lifted[3], status, fd;

	status = fcntl(plan->status[1], F_DUPFD_CLOEXEC, STATUS_FD);
	if (status < 0)
		child_fail(plan->status[1], STAGE_DESCRIPTORS);
	for (fd = 0; fd < 3; fd++) {
		lifted[fd] =
		    fcntl(plan->sources[fd], F_DUPFD_CLOEXEC, STATUS_FD);
		if (lifted[fd] < 0)
			child_fail(status, STAGE_DESCRIPTORS);
	}
	for (fd = 0; fd < 3; fd++)
		if (dup2(lifted[fd], fd) < 0)
			child_fail(status, STAGE_DESCRIPTORS);
	if (status != STATUS_FD && dup3(status, STATUS_FD, O_CLOEXEC) < 0)
		child_fail(status, STAGE_DESCRIPTORS);
	if (plan->highest < 0)
		platform_close_from(STATUS_FD + 1);
	/* The lifted ones may lie above what was the highest, but are
	 * close-on-exec. */
	for (fd = STATUS_FD + 1; fd <= plan->highest; fd++)
		close(fd);
	return STATUS_FD;
}

static void
child_signals(void)
{
	struct sigaction normal = {.sa_handler = SIG_DFL};
	sigset_t none;
	int number;

	sigemptyset(&normal.sa_mask);
	for (number = 1; number < NSIG; number++)
		sigaction(number, &normal, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void
child_run(const struct child_plan *plan)
{
	const struct child_spec *spec = plan->spec;
	const struct child_user *user = &plan->user;
	char *const *envp =
	    spec->envp ? (char *const *)(uintptr_t)spec->envp : environ;
	int status = child_descriptors(plan);

	setpgid(0, 0);
	if (user->wanted &&
	    (setgroups((size_t)user->group_count, user->groups) ||
		setgid(user->gid) || setuid(user->uid)))
		child_fail(status, STAGE_USER);
	child_signals();
	if (spec->with_parent)
		platform_die_with_parent();
	execve(spec->argv[0], (char *const *)(uintptr_t)spec->argv, envp);
	child_fail(status, STAGE_EXEC);
}

/* In the parent again. */

static int
child_explain(const struct child_spec *spec, struct child_failure failure,
    struct err *err)
{
	const char *reason = strerror(failure.error);

	switch (failure.stage) {
	case STAGE_USER:
		return err_set(err, "cannot run %s as user %s: %s",
		    spec->argv[0], spec->user, reason);
	case STAGE_DESCRIPTORS:
	case STAGE_EXEC:
		break;
	}
	return err_set(err, "cannot run %s: %s", spec->argv[0], reason);
}

/* Waits for exec to close the pipe or for the child's last words. */
static pid_t
child_await(struct child_plan *plan, pid_t pid, struct err *err)
{
	struct child_failure failure;
	ssize_t got;

	close(plan->status[1]);
	plan->status[1] = -1;
	got = read_some(plan->status[0], &failure, sizeof(failure));
	if (got == 0)
		return pid;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (got != sizeof(failure)) {
		errno = EAGAIN;
		return err_set(err, "cannot run %s: its start got lost",
		    plan->spec->argv[0]);
	}
	child_explain(plan->spec, failure, err);
	errno = failure.error;
	return -1;
}

pid_t
child_start(const struct child_spec *spec, struct err *err)
{
	struct child_plan plan = {
	    .spec = spec, .null = -1, .status = {-1, -1}, .highest = -1};
	sigset_t all;
	pid_t pid = -1;
	int number;

	errno = 0;
	if (user_find(spec->user, &plan.user, err) ||
	    plan_descriptors(&plan, err)) {
		number = errno;
		plan_release(&plan);
		errno = number;
		return -1;
	}
	/* The parent's handlers must not run in the child. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &plan.mask);
	pid = fork();
	if (!pid)
		child_run(&plan);
	if (pid < 0)
		err_set(
		    err, "cannot start %s: %s", spec->argv[0], strerror(errno));
	else
		pid = child_await(&plan, pid, err);
	number = errno;
	sigprocmask(SIG_SETMASK, &plan.mask, NULL);
	plan_release(&plan);
	errno = number;
	return pid;
}

void
child_signal(pid_t pid, int signal_number)
{
	/* Beneath 2 the number would mean everybody or ourselves. */
	if (pid < 2)
		BUG("process group %ld was to be signalled", (long)pid);
	kill(-pid, signal_number);
}
