/* Unit tests of input/content.h. */
#include "config.h"

#include <fcntl.h>
#include <unistd.h>

#include "files.h"
#include "input/content.h"
#include "tap.h"

static int
open_file(const char *name)
{
	return open(files_path(name), O_RDONLY | O_CLOEXEC);
}

static void
plain_files(void)
{
	struct content content;
	struct err err = ERR_INIT;
	char to[16];
	int fd;

	files_write("log", "0123456789");
	fd = open_file("log");
	content_init(&content, fd, COMPRESSION_NONE, NULL);
	OK(content.fd == fd && !content.unpack, "a plain file is itself");
	IS_INT(content_pread(&content, to, 4, 3, 4, &err), 4, "bytes are read");
	OK(!memcmp(to, "3456", 4), "the right ones");
	IS_INT(content_pread(&content, to, sizeof(to), 8, sizeof(to), &err), 2,
	    "up to the end");
	IS_INT(content_pread(&content, to, sizeof(to), 10, 1, &err), 0,
	    "nothing at the end");
	IS_INT(content_pread(&content, to, sizeof(to), UINT64_MAX, 1, &err), 0,
	    "nor where no file has bytes");
	IS_INT(content_pread(&content, to, sizeof(to), INT64_MAX, 1, &err), 0,
	    "nor at the last offset there is");
	IS_INT(content_pread(&content, to, 0, 0, 0, &err), 0,
	    "nothing wanted, nothing read");
	IS_INT(lseek(fd, 0, SEEK_CUR), 0, "the offset of the file stays");
	content_close(&content);
	OK(content.fd == -1 && fcntl(fd, F_GETFD) < 0, "closing closes it");
	content_close(&content);
	OK(content.fd == -1, "and may be repeated");
}

static void
unreadable(void)
{
	struct content content;
	struct err err = ERR_INIT;
	char to[16];

	files_mkdir("directory");
	content_init(&content, open_file("directory"), COMPRESSION_NONE, NULL);
	IS_INT(content_pread(&content, to, sizeof(to), 0, 1, &err), -1,
	    "a directory cannot be read");
	IS_STR(err.text, "cannot be read: Is a directory", "which is said");
	content_close(&content);
}

/* A helper that says "plain" to whatever it is given. */
static void
packed_files(void)
{
	const struct unpacker unpacker = {.program = files_path("helper")};
	struct content content;
	struct err err = ERR_INIT;
	char to[16];
	int fd;

	files_write("helper",
	    "#!/bin/sh\nprintf '\\0\\0\\0\\005plain\\0\\0\\0\\0\\0'\n");
	chmod(unpacker.program, 0700);
	fd = open_file("log");
	content_init(&content, fd, COMPRESSION_GZIP, &unpacker);
	OK(content.fd == fd && content.unpack, "a packed file is unpacked");
	IS_INT(content_pread(&content, to, sizeof(to), 1, 1, &err), 4,
	    "its plain bytes are read");
	OK(!memcmp(to, "lain", 4), "at the offset that was asked for");
	OK(unpack_end(content.unpack) == UNPACK_COMPLETE, "to its end");
	content_close(&content);
	OK(fcntl(fd, F_GETFD) < 0 && !content.unpack, "all is closed");
}

int
main(void)
{
	files_begin();
	plain_files();
	unreadable();
	packed_files();
	files_end();
	return tap_done();
}
