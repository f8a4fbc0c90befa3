/*
 * Fuzzes the control socket: whatever a client sends, it gets an answer or is
 * hung up on, and only whole requests reach a command.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/sock.h"
#include "ctaild/command.h"
#include "ctaild/control.h"
#include "fuzz/fuzz.h"

#define INPUT_MAX 60000
#define TURNS_MAX 100

static int
run_command(void *arg, uid_t uid, int argc, const char *const *argv,
    struct buf *out, struct err *err)
{
	(void)arg;
	(void)uid;
	(void)err;
	if (argc < 0 || argc > COMMAND_ARGS_MAX)
		abort();
	for (int i = 0; i < argc; i++)
		buf_add_str(out, argv[i]);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char dir[64], *path;
	struct err err = ERR_INIT;
	struct loop *loop = loop_new();
	struct control *control;
	int fd;

	snprintf(dir, sizeof(dir), "/tmp/ctail-fuzz-control-%ld",
	    (long)getpid());
	if (durable_mkdir(dir, &err))
		abort();
	control = control_new(loop, dir, run_command, NULL, &err);
	path = control_path(dir);
	fd = sock_connect(path, &err);
	if (!control || fd < 0)
		abort();
	/* The server may hang up in the middle of it. */
	(void)!send(fd, bytes, len < INPUT_MAX ? len : INPUT_MAX,
	    MSG_NOSIGNAL);
	shutdown(fd, SHUT_WR);
	for (int i = 0; i < TURNS_MAX; i++)
		if (loop_turn(loop, 0, &err))
			abort();
	close(fd);
	control_free(control);
	loop_free(loop);
	rmdir(dir);
	free(path);
	return 0;
}
