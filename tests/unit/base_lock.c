/* Unit tests of base/lock.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/lock.h"
#include "tap.h"

/* A process that takes the lock, says so, and waits to be killed. */
static pid_t
start_holder(const char *path)
{
	struct err err = ERR_INIT;
	char byte = 0;
	int ends[2];
	pid_t pid, holder;

	if (pipe(ends))
		abort();
	pid = fork();
	if (!pid) {
		byte = lock_take(path, &holder, &err) >= 0 ? 'y' : 'n';
		if (write(ends[1], &byte, 1) == 1)
			for (;;)
				pause();
		_exit(1);
	}
	close(ends[1]);
	OK(read(ends[0], &byte, 1) == 1 && byte == 'y',
	    "another process takes the lock");
	close(ends[0]);
	return pid;
}

static void
held_by_another(void)
{
	struct err err = ERR_INIT;
	pid_t holder = -5, other;
	char number[32];
	int fd;

	other = start_holder("lock");
	OK(lock_take("lock", &holder, &err) == -1 && errno == EAGAIN,
	    "a lock that is held is refused");
	IS_INT(holder, other, "its holder is told");
	snprintf(number, sizeof(number), "process %ld", (long)other);
	OK(strstr(err.text, number) && strstr(err.text, "lock is locked"),
	    "the error names lock and holder");
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	holder = -5;
	fd = lock_take("lock", &holder, &err);
	OK(fd >= 0 && holder == 0, "the death of the holder releases it");
	OK(fcntl(fd, F_GETFD) & FD_CLOEXEC, "the descriptor is closed by exec");
	close(fd);
}

static void
not_inherited(void)
{
	struct err err = ERR_INIT;
	pid_t holder, pid, parent = getpid();
	int fd = lock_take("lock", &holder, &err), status;

	OK(fd >= 0, "the lock is taken");
	pid = fork();
	if (!pid) {
		_exit(lock_take("lock", &holder, &err) == -1 && holder == parent
			  ? 0
			  : 1);
	}
	waitpid(pid, &status, 0);
	OK(WIFEXITED(status) && !WEXITSTATUS(status),
	    "a child does not have it, and is told who has");
	close(fd);
	pid = start_holder("lock");
	OK(true, "closing the descriptor releases it");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void
bad_names(void)
{
	struct err err = ERR_INIT;
	pid_t holder = -5;

	OK(!symlink("elsewhere", "link") &&
		lock_take("link", &holder, &err) == -1 && !holder,
	    "a symbolic link is refused");
	OK(access("elsewhere", F_OK) < 0, "where it leads, nothing is made");
	unlink("link");
	OK(lock_take("none/lock", &holder, &err) == -1 &&
		strstr(err.text, "none/lock") &&
		strstr(err.text, strerror(ENOENT)),
	    "a missing directory is named with the reason");
	OK(lock_take(".", &holder, &err) == -1, "a directory is refused");
}

int
main(void)
{
	char directory[] = "/tmp/ctail-lock-XXXXXX";
	struct stat st;

	if (!mkdtemp(directory) || chdir(directory))
		return 1;
	held_by_another();
	not_inherited();
	bad_names();
	OK(!stat("lock", &st) && (st.st_mode & 07777) == 0600 && !st.st_size,
	    "the file is empty and its owner's");
	unlink("lock");
	OK(!chdir("/") && !rmdir(directory), "nothing else was left");
	return tap_done();
}
