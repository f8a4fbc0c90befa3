/*
 * Unit tests of ctail-unpack/confine.h: each attempt is a process of its own,
 * which the attempt should cost its life or fail.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "ctail-unpack/confine.h"
#include "tap.h"

/* What a child says by its exit status. */
enum said { DONE = 0, REFUSED = 1, NO_FILTER = 77 };

static int
try_open(void)
{
	return open("/dev/null", O_RDONLY) >= 0 ? DONE : REFUSED;
}

static int
try_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0) >= 0 ? DONE : REFUSED;
}

static int
try_fork(void)
{
	return fork() >= 0 ? DONE : REFUSED;
}

static int
try_exec(void)
{
	execl("/bin/true", "true", (char *)NULL);
	return REFUSED;
}

static int
try_kill(void)
{
	return kill(getppid(), 0) ? REFUSED : DONE;
}

static int
try_code(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return page != MAP_FAILED ? DONE : REFUSED;
}

static int
try_work(void)
{
	char byte;
	void *page = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *block = malloc(3 << 20);

	if (page == MAP_FAILED || !block || munmap(page, 1 << 20))
		return REFUSED;
	memset(block, 1, 3 << 20);
	free(block);
	return pread(-1, &byte, 1, 0) < 0 && errno == EBADF ? DONE : REFUSED;
}

static int
try_nothing(void)
{
	return DONE;
}

/* The exit status, or minus the signal. */
static int
confined(int (*attempt)(void))
{
	pid_t pid = fork();
	int status = 0;

	if (!pid) {
		/* As main.c has done by then. */
		free(xmalloc(1));
		_exit(confine() ? attempt() : NO_FILTER);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1000;
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

int
main(void)
{
	static const struct {
		const char *what;
		int (*attempt)(void);
	} deadly[] = {
	    {"opening a file", try_open},
	    {"making a socket", try_socket},
	    {"starting a process", try_fork},
	    {"starting a program", try_exec},
	    {"signalling somebody", try_kill},
	    {"making memory code", try_code},
	};

	if (confined(try_nothing) == NO_FILTER) {
		tap_skip("the filter of system calls", "there is none here");
		return tap_done();
	}
	IS_INT(confined(try_work), DONE, "memory and reading are allowed");
	for (size_t i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++)
		OK(confined(deadly[i].attempt) == -SIGSYS, "%s is deadly",
		    deadly[i].what);
	return tap_done();
}
